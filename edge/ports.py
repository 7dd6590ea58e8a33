"""What the edge needs from the outside world. Adapters implement these; services use them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from contract.command import Command
from contract.events.data import EventData
from contract.lookups import CertificateEntry, Clear, Conflict, PaymentState, RefundState
from contract.reference import Snapshot
from contract.sparkplug.topics import Publish
from edge.domain.alarms import Alarm
from edge.domain.moment import Moment
from edge.domain.readings import DeviceState, Latest, Reading
from edge.domain.visits.case import Case
from edge.domain.visits.order import PayOrder
from edge.domain.visits.staff_calls import StaffCall
from firmware_bridge.recording import Kind


class StoreUnavailable(Exception):
    """Nothing was written (disk full, read-only, locked). Keep what you have and try again."""


class CloudUnreachable(Exception):
    """The broker cannot be reached or has gone. The outbox keeps everything; try again."""


class GoesOnElsewhere(Exception):
    """What was begun on the web goes on at another facility already."""


class CameraLost(Exception):
    """No picture for some seconds: unplugged, or never there. It may come back by itself."""


class Clock(Protocol):
    def now(self) -> Moment: ...


class ComparedClock(Clock, Protocol):
    def compare(self, offset_ms: int | None) -> None:
        """Judge how far the wall clock can be trusted: ours minus the cloud's, None when that is not known lately."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    seq: int
    type: str
    body: bytes  # exactly the bytes that go on the wire


@dataclass(frozen=True, slots=True)
class StoredReading:
    offset: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Standing:
    """Numbers of an outbox. `acked_*`: committed by the cloud; `last_*`: written here."""

    epoch: str
    acked_event: int
    acked_reading: int
    last_event: int
    last_reading: int
    heartbeat_ms: int  # wall time of the field process's last sign of life
    clock_offset_ms: int = 0  # our clock minus the cloud's, when they were compared last
    clock_compared_ms: int = -(2**53)
    reached_ms: int = 0  # wall time when the cloud was last known to be reached


class Journal(Protocol):
    """Writes down every input of the field process in the order in which it takes effect, so that it can be replayed.

    `port` counts from 1; 0 is the field process itself. Never raises: a recording that fails ends, the field goes on.
    """

    def exclusive(self) -> AbstractContextManager[object]:
        """Held around a call and the entry that tells it, so that their order is the same."""

    def write(self, kind: Kind, port: int, at: Moment, data: bytes = b"") -> None: ...


class FieldStore(Protocol):
    """The field process's side of the store on disk."""

    def append(
        self,
        readings: Iterable[Reading],
        events: Iterable[tuple[EventData, Moment]],
        *,
        open_alarms: Sequence[Alarm] | None = None,
        answered: Sequence[str] = (),
    ) -> None:
        """One transaction, durable when it returns. `events`: data and when. Raises StoreUnavailable."""

    def open_alarms(self) -> list[Alarm]: ...
    def latest(self) -> Mapping[tuple[str, str], Latest]: ...
    def save_devices(self, devices: Iterable[DeviceState]) -> None: ...
    def waiting_commands(self) -> list[Command]: ...

    def beat(self, wall_ms: int) -> int | None:
        """A sign of life; answers how far our clock is from the cloud's (ms), None when nothing is known lately."""


class Outbox(Protocol):
    """The uplink process's side of the same store."""

    def standing(self) -> Standing: ...
    def events_after(self, seq: int, limit: int) -> list[StoredEvent]: ...
    def readings_after(self, offset: int, limit: int, up_to: int | None = None) -> list[StoredReading]: ...
    def forget(self, events_up_to: int, readings_up_to: int) -> None: ...
    def devices(self) -> list[DeviceState]: ...
    def latest(self) -> Mapping[tuple[str, str], Latest]: ...
    def next_bd_seq(self) -> int: ...
    def keep_command(self, command: Command) -> None: ...
    def compare_clock(self, offset_ms: int, wall_ms: int) -> None: ...
    def note_reached(self, wall_ms: int) -> None: ...


class BrokerConnection(Protocol):
    """One MQTT connection. `open` gives a fresh session with its own will."""

    def open(
        self, will: Publish, subscriptions: Sequence[tuple[str, int]], wishes: Sequence[tuple[str, int]] = ()
    ) -> None:
        """`wishes`: more subscriptions; the connection stands without those that the broker refuses."""

    def publish(self, message: Publish) -> None: ...
    def received(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """Messages since the last call, waiting at most that long. Raises CloudUnreachable when cut off."""

    def close(self) -> None: ...


class CaseWriting(Protocol):
    """What one transaction over cases may do; nothing of it stands until the transaction ends."""

    @property
    def db(self) -> Any:
        """The open transaction, for other tables of the same store."""

    def keep(self, case: Case) -> None: ...
    def forget(self, case_id: str) -> None: ...
    def age_drafts(self, ran_ms: int, now: Moment, *, may_have_been_off: bool) -> None: ...
    def forget_drafts(self, kept: Collection[str], kept_ms: int, others_ms: int) -> None: ...
    def open_order(self, order: PayOrder) -> None: ...
    def close_order(self, order: str) -> None: ...
    def add_events(self, events: Sequence[EventData], at: Moment) -> int: ...
    def last_number(self, prefix: str) -> int: ...
    def id_of_act(self, act: str) -> str: ...
    def take_slot(self, slot: str, case_id: str, at_ms: int) -> None: ...
    def free_slots(self, case_id: str) -> None: ...
    def confirm_family(self, relative: str, resident: str, at_ms: int) -> None: ...
    def end_family(self, relative: str, resident: str) -> None: ...
    def note_message(self, message: str, case_id: str, template: str, at_ms: int, seq: int) -> None: ...
    def keep_call(self, call: StaffCall) -> None: ...
    def note_leaflet(self, message: str, at_ms: int) -> None:
        """The message's items were given on paper: it waits no longer."""


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A text message that the cloud does not have yet, and that nobody has given on paper."""

    id: str
    case: str
    template: str
    at_ms: int


class CaseStore(Protocol):
    """Cases, calls and slots on the box. Every method raises StoreUnavailable."""

    def transaction(self) -> AbstractContextManager[CaseWriting]: ...
    def case(self, case_id: str) -> Case | None: ...
    def by_code(self, code: str) -> Case | None: ...
    def draft_of(self, token: str) -> Case | None: ...
    def in_state(
        self, states: Collection[str], limit: int = 500, matter: str = "", *, newest: bool = False
    ) -> list[Case]: ...
    def some(self, ids: Collection[str]) -> list[Case]: ...
    def wanting(self) -> list[str]: ...
    def owing(self) -> list[str]: ...
    def family_of(self, relative: str) -> frozenset[str]: ...
    def open_orders(self) -> list[PayOrder]: ...
    def has_drafts(self, matters: Collection[str] | None = None) -> bool: ...
    def codes_in_use(self, since_ms: int) -> set[str]: ...
    def booked(self, slot: str) -> int: ...
    def open_calls(self) -> list[StaffCall]: ...
    def messages_waiting(self) -> list[WaitingMessage]: ...


class CloudLookups(Protocol):
    """What only the cloud knows. Every method but `reachable` raises CloudUnreachable, after ten seconds at most.

    A person: name, number, sex, birth; it leaves the box sealed for the city.
    """

    def online_check(self, case: str, persons: Sequence[Mapping[str, Any]], turn: int = 1) -> Clear | Conflict:
        """联网核查 of identity and marital status; asked again for the same case and turn, the same answer.

        `turn`: how many times a registrar had it checked.
        """

    def certificates(self, case: str, person: Mapping[str, Any]) -> list[CertificateEntry]:
        """The person's own certificates, the newest first."""

    def pay(self, order: str, amount_fen: int, case: str) -> PaymentState:
        """Opens the order, or the same one again, and waits for its end; `created` when it has none in time."""

    def payment(self, order: str) -> PaymentState | None:
        """How an order stands now; None where the cloud never heard of it."""

    def refund(self, order: str, case: str) -> RefundState:
        """Gives back what was paid for an order; asked again, the same refund."""

    def reachable(self) -> bool:
        """Whether the cloud answers, and takes this box's token."""


class Snapshots(Protocol):
    """Reference data as the box has it, newest version of each dataset."""

    def snapshot(self, dataset: str) -> Snapshot | None:
        """None: it never came. Cheap when nothing changed. Never raises: while the store fails, what was read last."""


class SnapshotShelf(Protocol):
    """Where the uplink puts reference data. Every method raises StoreUnavailable."""

    def holds(self, dataset: str, body: bytes) -> bool:
        """Whether these very bytes are there."""

    def keep(self, snapshot: Snapshot, body: bytes, received_ms: int) -> int | None:
        """Durable when it returns None; else the version that is there, which is not older: nothing was written."""
