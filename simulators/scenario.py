"""What people do in the four facilities: a seeded story of small episodes, as fast as a demo needs them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from simulators.devices.call_button_ev1527 import CALL_KEY, CANCEL_KEY
from simulators.people import make_person

QUIET_END_S = 6.0  # nothing happens at the end, so that everything can arrive
CARD_LIES_S = 1.2
TRACELESS = frozenset({"remove"})  # verbs of which no device tells


@dataclass(frozen=True, slots=True)
class Action:
    """One verb of a device's model and its arguments; where the port has several devices, the key goes before them."""

    at_s: float
    facility: str
    device: str
    verb: str
    args: tuple[object, ...] = ()

    @property
    def is_incident(self) -> bool:
        return self.verb not in TRACELESS


Step = tuple[float, str, tuple[object, ...]]  # seconds from the episode's begin, verb, arguments
Span = tuple[float, float]


def _check_in(rng: Random) -> list[Step]:
    return [(0.0, "present", (make_person(rng),)), (CARD_LIES_S, "remove", ())]


def _call(rng: Random) -> list[Step]:
    return [(0.0, "press", (CALL_KEY,)), (rng.uniform(3.5, 7.0), "press", (CANCEL_KEY,))]


def _fall(rng: Random) -> list[Step]:
    return [(0.0, "fall", ()), (rng.uniform(3.5, 4.5), "stand_up", ())]


def _bed_exit(rng: Random) -> list[Step]:
    return [(0.0, "out_of_bed", ()), (rng.uniform(9.5, 12.5), "in_bed", ())]


def _open_door(rng: Random) -> list[Step]:
    return [(0.0, "open_door", ()), (rng.uniform(7.5, 9.0), "close_door", ())]


@dataclass(frozen=True, slots=True)
class _Lane:
    """One device's episodes: when the first begins, and how long the device rests before the next."""

    facility: str
    device: str
    episode: Callable[[Random], list[Step]]
    first: Span
    rest: Span


_LANES = (
    _Lane("330802-marriage-01", "kiosk-1-reader", _check_in, (0.8, 2.0), (3.0, 6.0)),
    _Lane("330803-care-01", "bed-101-1", _bed_exit, (1.5, 4.0), (30.0, 50.0)),
    _Lane("330803-care-01", "bed-102-1", _bed_exit, (4.0, 10.0), (40.0, 70.0)),
    _Lane("330803-care-01", "bed-102-2", _bed_exit, (35.0, 50.0), (40.0, 70.0)),
    _Lane("330803-care-01", "fall-101", _fall, (3.0, 8.0), (25.0, 45.0)),
    _Lane("330803-care-01", "fall-102", _fall, (9.0, 17.0), (25.0, 45.0)),
    _Lane("330803-care-01", "call-101-1", _call, (1.0, 5.0), (20.0, 40.0)),
    _Lane("330803-care-01", "call-102-1", _call, (7.0, 14.0), (20.0, 40.0)),
    _Lane("330803-care-01", "call-102-2", _call, (35.0, 50.0), (20.0, 40.0)),
    _Lane("330803-care-01", "fridge-1", _open_door, (2.0, 6.0), (40.0, 60.0)),
    _Lane("330800-funeral-01", "reception-reader", _check_in, (5.0, 12.0), (20.0, 40.0)),
    _Lane("330802-relief-01", "intake-reader", _check_in, (10.0, 16.0), (15.0, 30.0)),
    _Lane("330802-relief-01", "gate-help", _call, (8.0, 15.0), (20.0, 40.0)),
)


class Story:
    """The same seed and length tell the same story. An episode is told only if it ends before the quiet end."""

    def __init__(self, seed: int, duration_s: float = 30.0) -> None:
        self._seed, self._duration_s = seed, duration_s

    def actions(self) -> tuple[Action, ...]:
        rng = Random(self._seed)
        told = [action for lane in _LANES for action in self._tell(lane, rng)]
        return tuple(sorted(told, key=lambda action: action.at_s))

    def _tell(self, lane: _Lane, rng: Random) -> Iterator[Action]:
        begin = rng.uniform(*lane.first)
        while True:
            steps = lane.episode(rng)
            end = begin + steps[-1][0]
            if end > self._duration_s - QUIET_END_S:
                return
            for offset, verb, args in steps:
                yield Action(round(begin + offset, 3), lane.facility, lane.device, verb, args)
            begin = end + rng.uniform(*lane.rest)
