"""The alarm board (报警台) of a facility: what is open, where somebody must go first, and the steps that staff take.

The field process owns the alarms; this asks it through its control socket and keeps nothing. The cloud has no part.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, Protocol

from contract.events.types import Rule
from edge.domain.alarms import STATES, State

Verb = Literal["acknowledge", "attend", "close"]

# Who is in danger now comes before what only may become one. What is only out of order comes last.
_GRAVEST: tuple[Rule, ...] = (
    "fire", "gas_leak", "fall", "call", "stationary", "bed_exit", "water_leak", "out_of_range", "device_silent"
)  # fmt: skip


class Control(Protocol):
    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Raises OSError when nobody answers, ValueError when it is refused."""


class NotSeen(OSError):
    """The field process does not answer: nobody here knows of any alarm, and the page must say so."""


class NotTaken(ValueError):
    """The step was refused. `state`: how the alarm stands now, "" when it is closed."""

    def __init__(self, state: State | Literal[""]) -> None:
        super().__init__(f"the alarm is {state or 'closed'}")
        self.state = state


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """`location`: in Chinese, as in the facility file. `level`: 0, or how far it was escalated (1 to 3)."""

    id: str
    device: str
    location: str
    rule: Rule
    state: State
    level: int
    raised_at_ms: int
    drill: str


@dataclass(frozen=True, slots=True)
class Group:
    """Open alarms that one walk answers, worst first: those of one place; as `silent`, of all devices not heard."""

    place: str
    silent: bool
    alarms: tuple[OpenAlarm, ...]

    @property
    def unanswered(self) -> tuple[OpenAlarm, ...]:
        return tuple(alarm for alarm in self.alarms if alarm.state == "raised")


@dataclass(frozen=True, slots=True)
class Board:
    """Worst first. Every open alarm stands in exactly one group; those of drills stand apart."""

    groups: tuple[Group, ...] = ()
    drills: tuple[Group, ...] = ()

    @property
    def unanswered(self) -> int:
        return sum(len(group.unanswered) for group in self.groups)


class AlarmBoard:
    def __init__(self, control: Control) -> None:
        self._control = control

    def look(self) -> tuple[int, Board]:
        """The box's time in ms since 1970, and the board. Raises NotSeen."""
        try:
            told = self._control.ask({"do": "alarms"})
        except (OSError, ValueError) as error:
            raise NotSeen(str(error)) from error
        return told["now_ms"], board_of(OpenAlarm(**about) for about in told["alarms"])

    def open_alarms(self) -> list[OpenAlarm]:
        """Real ones, worst first: for the hand-over. Raises NotSeen."""
        return [alarm for group in self.look()[1].groups for alarm in group.alarms]

    def step(self, alarm: str, verb: Verb, by: str, reason: str = "") -> None:
        """`by`: a staff number. `reason`: to close, one of CLOSE_REASONS. Raises NotTaken, NotSeen."""
        try:
            self._control.ask({"do": "alarm", "alarm": alarm, "verb": verb, "by": by, "reason": reason})
        except ValueError:
            raise NotTaken(self._state(alarm)) from None
        except OSError as error:
            raise NotSeen(str(error)) from error

    def _state(self, alarm: str) -> State | Literal[""]:
        _, board = self.look()
        found = (one.state for group in (*board.groups, *board.drills) for one in group.alarms if one.id == alarm)
        return next(found, "")


def board_of(alarms: Iterable[OpenAlarm]) -> Board:
    gravest_first = sorted(alarms, key=_gravity)
    real = [alarm for alarm in gravest_first if not alarm.drill]
    return Board(_groups(real), _groups([alarm for alarm in gravest_first if alarm.drill]))


def _groups(alarms: Sequence[OpenAlarm]) -> tuple[Group, ...]:
    by_place = groupby(sorted(alarms, key=_place), key=_place)  # sorted() keeps the gravest first in each place
    groups = (Group(place, silent, tuple(found)) for (silent, place), found in by_place)
    return tuple(sorted(groups, key=lambda group: _gravity(group.alarms[0])))


def _place(alarm: OpenAlarm) -> tuple[bool, str]:
    is_silent = alarm.rule == "device_silent"
    return is_silent, "" if is_silent else alarm.location or alarm.device


def _gravity(alarm: OpenAlarm) -> tuple[int, int, int, int, str]:
    """Nobody knows of it yet, then what it is, then how long it has climbed and waited."""
    return STATES.index(alarm.state), _GRAVEST.index(alarm.rule), -alarm.level, alarm.raised_at_ms, alarm.id
