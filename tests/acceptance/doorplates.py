"""Points as a collector's device has them, and a village to hold them against."""

import csv
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import httpx

from tests.acceptance.people import ok

VILLAGE, NEXT = "330802013201", "330802013202"
WEST, SOUTH, EAST, NORTH = 118.80, 28.90, 118.82, 28.92
HEAD = "浙江省衢州市柯城区花园街道"


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def village(reviewer: httpx.Client) -> None:
    for area, name, ring in (
        (VILLAGE, "荷花社区", square(WEST, SOUTH, EAST, NORTH)),
        (NEXT, "兴隆社区", square(EAST, SOUTH, EAST + 0.02, NORTH)),
    ):
        row = {"area": area, "name": name, "ring": ring}
        ok(reviewer.put("/api/ledgers/village-boundary", json={"row": row}))


def point(n: int, **other: Any) -> dict[str, Any]:
    """The n-th of a grid inside the village, about 90 m apart."""
    return {
        "point": str(UUID(int=0x7000_8000_0000_0000_0000 + n)), "area": VILLAGE, "written": f"荷花中路{n + 1}号",
        "lon": round(WEST + 0.0008 * (n % 24 + 0.5), 7), "lat": round(SOUTH + 0.0008 * (n // 24 + 0.5), 7),
        "satellites": 9, "hdop": 0.9, "taken_at_ms": 1_789_999_000_000 + n, **other,
    }  # fmt: skip


def sync(collector: httpx.Client, points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In batches as the tool sends them; all answers."""
    answers = []
    for first in range(0, len(points), 100):
        answered = ok(collector.post("/api/doorplates/sync", json={"points": points[first : first + 100]}))
        answers += answered["answers"]
    return answers


def all_steps(reviewer: httpx.Client, ids: list[str], *steps: str, **form: Any) -> None:
    for step in steps:
        body = {"step": step, "points": ids, "form": form if step == "approve" else {}}
        told = ok(reviewer.post("/api/doorplates/steps", json=body))
        assert [one for one in told if one["refused"]] == []


def based(collector: httpx.Client, reviewer: httpx.Client, points: list[dict[str, Any]]) -> None:
    """All the way into the base."""
    sync(collector, points)
    all_steps(reviewer, [one["point"] for one in points], "approve", "complete", "standardise", "import")


def table(points: Iterable[dict[str, Any]]) -> str:
    """As a field worker's spreadsheet has them; the tool names the points."""
    text = io.StringIO()
    writer = csv.DictWriter(
        text, ("area", "written", "lon", "lat", "satellites", "hdop", "taken_at_ms"), extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(points)
    return text.getvalue()


def token_of(collector: httpx.Client) -> str:
    return collector.headers["Authorization"].removeprefix("Bearer ")
