"""What the cloud's services and pages need from the outside world. Adapters implement these."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from cloud.domain.chain import Tip
from cloud.domain.intervals import Intervals
from cloud.domain.picture import Picture
from cloud.domain.rows import DeviceRow, FacilityRow, Point
from contract.command import Command
from contract.events.envelope import Envelope
from contract.events.types import AlarmRaised, DrillStarted
from contract.events.visits import VisitCheckin
from contract.reference import Snapshot


class RecordsUnavailable(Exception):
    """The database cannot be reached or refuses; nothing was written. Keep what you have and try again."""


class RecordsRefused(Exception):
    """The database works, but will not take these values. Trying again will not help."""


class BrokerUnreachable(Exception):
    """The broker cannot be reached, or does not take a message."""


class TelemetryUnavailable(Exception):
    """The time-series store cannot be reached or refuses. The spool keeps the points."""


CONNECTION_LOST = ""
"""The topic of the message that tells the ingest that its Sparkplug connection has gone."""


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message. `done` sends its PUBACK and is called only after the commit."""

    topic: str
    payload: bytes
    received_ms: int
    done: Callable[[], object] | None = None


class Books(Protocol):
    """The shared records inside one transaction."""

    def tip(self, facility: str, epoch: str) -> Tip: ...
    def set_tip(self, facility: str, epoch: str, tip: Tip) -> None: ...
    def offsets(self, facility: str, epoch: str) -> Intervals: ...
    def set_offsets(self, facility: str, epoch: str, offsets: Intervals) -> None: ...
    def chain_break(
        self, facility: str, epoch: str, lane: str, kind: str, first: int, last: int, at_ms: int
    ) -> None: ...

    def append_event(self, envelope: Envelope, body: bytes, ingest_at_ms: int, *, late: bool) -> bool:
        """False when an event of this id is in the log already."""

    def event_id(self, facility: str, epoch: str, seq: int) -> str | None: ...

    def raise_alarm(self, facility: str, event: AlarmRaised, at_ms: int, *, late: bool) -> None: ...
    def alarm_state(self, facility: str, alarm: str) -> str | None: ...
    def move_alarm(self, alarm: str, state: str, at_ms: int, *, level: int | None, reason: str | None) -> None: ...
    def add_visit(self, facility: str, event: VisitCheckin, at_ms: int) -> None: ...
    def drill_is_on(self, facility: str, drill: str) -> bool | None:
        """None when no such drill was started."""

    def start_drill(self, facility: str, event: DrillStarted, at_ms: int) -> None: ...
    def end_drill(self, facility: str, drill: str, reason: str, at_ms: int) -> None: ...
    def answer_command(self, facility: str, command: str, answer: str, at_ms: int) -> None: ...
    def dead_letter(self, topic: str, payload: bytes, reason: str, at_ms: int) -> None: ...

    def epoch(self, facility: str) -> str | None:
        """The epoch in the facility's last birth certificate."""

    def facility_online(self, row: FacilityRow, at_ms: int) -> None:
        """Its devices are off line until they are born."""

    def facility_offline(self, facility: str, cause: str, at_ms: int) -> None: ...
    def everything_offline(self, cause: str, at_ms: int) -> None: ...
    def device_born(self, row: DeviceRow, at_ms: int) -> None: ...
    def device_offline(self, facility: str, device: str, cause: str | None, at_ms: int) -> None: ...
    def device_learnt(self, facility: str, device: str, about: Mapping[str, object], at_ms: int) -> None:
        """By column of its row. A proof or a swap stays one: an older time changes nothing; none is after `at_ms`."""

    def device_clocks(self, offsets_ms: Mapping[tuple[str, str], int]) -> None:
        """(facility, device) -> the device's own clock minus the facility's."""

    def facility_stands(self, facility: str, about: Mapping[str, object]) -> None:
        """Its clock and its configuration, by column of its row."""

    def heard(self, facility: str, at_ms: int, clock_ms: int | None) -> None:
        """`clock_ms`: the facility's clock minus ours, None when this message does not tell."""

    def remember_latest(self, points: Sequence[Point], ingest_at_ms: int) -> None:
        """Those of drills are passed over."""

    def count_readings(self, readings: int, at_ms: int) -> None: ...
    def spool(self, points: Sequence[Point]) -> None: ...
    def changed(self, kind: str, facility: str, ref: str) -> None: ...


class Records(Protocol):
    def transaction(self) -> AbstractContextManager[Books]:
        """Committed at the end of the block, rolled back on an exception. Raises RecordsUnavailable."""


class CommandBox(Protocol):
    """Commands that wait for an answer from a facility."""

    def due(self, now_ms: int, repeat_after_ms: int) -> Sequence[tuple[str, str, Command]]:
        """(area, facility, command): not answered, not expired, not sent lately; marks them as sent now."""


class Spool(Protocol):
    def restart(self) -> None:
        """Everything that is kept counts as not written: the store may have lost its last seconds."""

    def unwritten(self, limit: int) -> Sequence[tuple[int, Sequence[Point]]]: ...
    def mark_written(self, ids: Sequence[int], now_ms: int) -> None: ...
    def forget_written_before(self, at_ms: int) -> None: ...


class TelemetryStore(Protocol):
    durable_after_s: float
    """How long after `write` returned the points survive a kill of the store."""

    def write(self, points: Sequence[Point]) -> None:
        """Idempotent by (facility, device, metric, time, drill). Raises TelemetryUnavailable.

        Points of a drill must be where no query for real ones can meet them.
        """


class PictureReader(Protocol):
    """Read side of the live wall; safe to call from several threads."""

    def version(self) -> int:
        """A number that grows with every committed change; cheap enough to ask ten times a second."""

    def picture(self, now_ms: int) -> Picture: ...


Row = Mapping[str, object]
Drills = Literal["exclude", "include", "only"]
"""Which rows: those of real life, all, or those of drills."""


class Queries(Protocol):
    """Read side of the API; safe to call from several threads. Rows are JSON-ready."""

    def facilities(self) -> list[Row]: ...
    def devices(self, facility: str | None) -> list[Row]: ...
    def alarms(self, *, open_only: bool, facility: str | None, drill: Drills, limit: int) -> list[Row]: ...
    def visits(self, facility: str | None, drill: Drills, limit: int) -> list[Row]: ...
    def drills(self, *, on_only: bool, facility: str | None, limit: int) -> list[Row]: ...
    def command(self, command: str) -> Row | None: ...
    def dead_letters(self, limit: int) -> list[Row]: ...
    def changes_after(self, change: int, limit: int) -> list[tuple[int, str, Row]]:
        """(change id, kind, row as it is now) for kinds alarm, visit, drill, device, facility, each row once.

        Kind `missed` comes first when changes after `change` are kept no longer. Rows of other kinds are empty.
        """

    def last_change(self) -> int: ...
    def health(self) -> Row: ...


class CommandDesk(Protocol):
    def ask(self, facility: str, command: Command, now_ms: int, expires_at_ms: int) -> None: ...
    def facility_of_alarm(self, alarm: str) -> str | None: ...


class ReferenceShelf(Protocol):
    """What reference data was published."""

    def facilities(self) -> Sequence[str]:
        """All that were ever born."""

    def last_version(self, facility: str, dataset: str) -> int:
        """0 before the first."""

    def keep(self, snapshot: Snapshot, body: bytes, published_at_ms: int) -> None:
        """Raises RecordsRefused when this version was published already."""
