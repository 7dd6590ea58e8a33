"""Drills (演练): a technician or an instructor pretends something on the real box. Pure.

bytes: frames put in beside the real ones; fault: something done to a device's line; test: the real device is made to
do what it is for. Whatever a drill causes carries its id, in every record and to the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from edge.domain.moment import Moment

LONGEST_S = 600

DrillKind = Literal["bytes", "fault", "test"]


@dataclass(frozen=True, slots=True)
class Drill:
    """`devices`: all that it may touch; a fault on a line touches every device there. `until`: monotonic seconds."""

    id: str
    kind: DrillKind
    device: str
    devices: tuple[str, ...]
    what: str
    by: str
    for_s: int
    until: float


class DrillBook:
    """The drills that go on now; one at a time for each device."""

    def __init__(self) -> None:
        self._drills: dict[str, Drill] = {}

    @property
    def active(self) -> list[Drill]:
        return list(self._drills.values())

    def find(self, drill: str) -> Drill | None:
        return self._drills.get(drill)

    def on(self, devices: Iterable[str]) -> Drill | None:
        """A drill that touches one of these devices."""
        wanted = set(devices)
        return next((drill for drill in self._drills.values() if wanted & set(drill.devices)), None)

    def test_of(self, device: str) -> str:
        """The id of the test that this device is in, or ""."""
        drill = self.on([device])
        return drill.id if drill and drill.kind == "test" else ""

    def start(self, drill: Drill) -> None:
        self._drills[drill.id] = drill

    def end(self, drill: str) -> Drill | None:
        return self._drills.pop(drill, None)

    def over(self, now: Moment) -> list[Drill]:
        return [drill for drill in self._drills.values() if now.monotonic >= drill.until]
