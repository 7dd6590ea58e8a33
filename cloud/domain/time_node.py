"""Time nodes (时间节点): to be done by a day, red from the next day on. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

Light = Literal["green", "amber", "red"]
_SOON = timedelta(days=7)


def days_late(due: date, done: date | None, today: date) -> int:
    """0 in time; what is done late stays as late as it was."""
    return max(0, ((done or today) - due).days)


def light(due: date, done: date | None, today: date) -> Light:
    """What is done is green. Amber in the last week before the day, and on it."""
    if done is not None or today + _SOON < due:
        return "green"
    return "red" if today > due else "amber"


def worst(lights: Iterable[Light]) -> Light:
    """Of several; green of none."""
    return max(lights, key=("green", "amber", "red").index, default="green")
