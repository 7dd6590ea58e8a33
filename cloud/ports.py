"""What the cloud's services and pages need from the outside world. Adapters implement these."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy import Connection

from cloud.domain.case_now import CaseNow, LedgerRow
from cloud.domain.chain import Tip
from cloud.domain.intervals import Intervals
from cloud.domain.picture import Picture
from cloud.domain.rows import DeviceRow, FacilityRow, Point
from contract.command import Command
from contract.events.city import CaseOpened, CaseStepped, CaseStepRefused, LedgerEntered
from contract.events.data import EventData
from contract.events.envelope import Envelope
from contract.events.types import AlarmRaised, DrillStarted
from contract.events.visits import CaseChanged, CaseMoved, CaseSubmitted, SmsQueued, VisitCheckin
from contract.lookups import Asked, ConflictKind, PaymentStep
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

    def append_event(
        self, envelope: Envelope, body: bytes, ingest_at_ms: int, *, late: bool, applied: bool = True
    ) -> bool:
        """False when an event of this id is in the log already. `applied` False: it will have no effect, ever."""

    def event_id(self, facility: str, epoch: str, seq: int) -> str | None: ...

    def raise_alarm(self, facility: str, event: AlarmRaised, at_ms: int, *, late: bool) -> None: ...
    def alarm_state(self, facility: str, alarm: str) -> str | None: ...
    def move_alarm(self, alarm: str, state: str, at_ms: int, *, level: int | None, reason: str | None) -> None: ...
    def add_visit(self, facility: str, event: VisitCheckin, at_ms: int) -> None: ...
    def open_case(self, facility: str, event: CaseSubmitted, at_ms: int) -> bool:
        """False when it was submitted before."""

    def move_case(self, facility: str, event: CaseMoved, at_ms: int) -> bool:
        """False when no such case was submitted."""

    def touch_case(self, facility: str, event: CaseChanged, at_ms: int) -> bool: ...
    def add_trip(self, facility: str, case: str, day: str) -> None:
        """Somebody came for it on this day (YYYY-MM-DD); once or more is the same."""

    def queue_sms(self, facility: str, event: SmsQueued, at_ms: int, now_ms: int) -> bool:
        """False when a message of this id is there already."""

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

    # what the city itself does

    @property
    def db(self) -> Connection:
        """For the tables of one service of the plan (cloud.matters), in the same transaction."""

    def open_city_case(self, facility: str, event: CaseOpened, at_ms: int) -> None: ...
    def step_city_case(self, event: CaseStepped, at_ms: int) -> None: ...
    def refuse_step(self, event_id: str, event: CaseStepRefused, at_ms: int) -> None: ...
    def enter_ledger(self, event: LedgerEntered, at_ms: int) -> None: ...
    def case_now(self, case: str) -> CaseNow | None: ...
    def persons_of(self, case: str) -> frozenset[str]:
        """Tokens of its applicants, and of who acts for them."""

    def case_of_act(self, act: str) -> str | None:
        """The newest one."""

    def last_number(self, prefix: str) -> int:
        """The highest counting number of case numbers that begin so; 0 before the first."""

    def ledger_row(self, ledger: str, key: str) -> LedgerRow | None:
        """As it is now."""


class LogWriting(Protocol):
    """The log and the records in one transaction, with no other writer."""

    @property
    def books(self) -> Books: ...
    @property
    def now_ms(self) -> int: ...
    def append(self, data: EventData) -> None:
        """The city's next event, and what follows from it."""


class CityLog(Protocol):
    def writing(self) -> AbstractContextManager[LogWriting]:
        """Committed at the end of the block, rolled back on an exception. Raises RecordsUnavailable, RecordsRefused."""


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

    def newest(self, facility: str, dataset: str) -> tuple[int, bytes] | None:
        """Its version, and as it went out."""

    def keep(self, snapshot: Snapshot, body: bytes, published_at_ms: int) -> None:
        """Raises RecordsRefused when this version was published already."""


# what boxes ask, and messages to people


class BadFile(Exception):
    """A file that was given cannot be used; the text says what to do."""


class LookupUnavailable(Exception):
    """Another authority's service, or a provider's, does not answer. Asked again later, it may."""


class SmsRefused(Exception):
    """The gateway will never take this message."""


class SmsNotTaken(Exception):
    """The gateway answered, but did not take it. Another try may go through."""


class SmsGatewayDown(Exception):
    """Nobody answers. It says nothing about the message, and all others would wait as well."""


class Opener(Protocol):
    def __call__(self, about: str, sealed: str) -> Mapping[str, Any]:
        """What was sealed for the city. Raises contract.sealing.CannotOpen."""


class Sealer(Protocol):
    def __call__(self, about: str, fields: Mapping[str, Any]) -> str:
        """For the city's eyes alone."""


class Signer(Protocol):
    def __call__(self, text: bytes) -> str:
        """The office's signature, base64."""


class Tokens(Protocol):
    """Who it is about, in records that must not hold numbers: 64 hex digits."""

    def of(self, number: str) -> str: ...
    def of_all(self, numbers: Iterable[str]) -> str:
        """The same for the same people in any order."""


@dataclass(frozen=True, slots=True)
class WaitingSms:
    """`sealed` None: it came unsealed of any key, and nobody can read it. `tries`: those that failed."""

    facility: str
    id: str
    sealed: str | None
    tries: int
    received_at_ms: int


class SmsBox(Protocol):
    """Messages that wait. Each method raises RecordsUnavailable."""

    def take(self, now_ms: int, until_ms: int) -> Sequence[WaitingSms]:
        """Some that are due, the oldest first: ours until then. Those that another sender took are not due."""

    def sent(self, sms: WaitingSms, phone_masked: str, at_ms: int) -> None: ...
    def again(self, sms: WaitingSms, tries: int, at_ms: int) -> None: ...
    def failed(self, sms: WaitingSms, tries: int, reason: str) -> None: ...


class SmsGateway(Protocol):
    def send(self, sms: str, phone: str, text: str) -> None:
        """The same `sms` again is the same message. Raises SmsRefused, SmsNotTaken, SmsGatewayDown."""


class NationalCheck(Protocol):
    """部省数据: identity and marital status."""

    def check(self, persons: Sequence[Asked]) -> ConflictKind | None:
        """None: nothing against it. Raises LookupUnavailable."""


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """`reference`: of the answer, as the platform names it."""

    reference: str
    text: str


class JointPlatform(Protocol):
    """The provincial joint platform of social organisations (联办平台). Each method raises LookupUnavailable.

    The same number again is the same item, and has the same reference.
    """

    def report(self, number: str, decision: Mapping[str, Any]) -> str:
        """A decision. Its reference there."""

    def give_feedback(self, number: str, feedback: Mapping[str, Any]) -> str: ...
    def answers(self, references: Sequence[str]) -> Mapping[str, PlatformAnswer]:
        """Those that there are, by the feedback's reference."""


class PaymentProvider(Protocol):
    @property
    def name(self) -> str: ...

    def open(self, order: str, amount_fen: int) -> tuple[str, PaymentStep]:
        """The provider's reference and where it stands; the same order again is the same. Raises LookupUnavailable."""

    def step(self, reference: str) -> PaymentStep:
        """Raises LookupUnavailable."""

    def refund(self, reference: str) -> str:
        """Gives all of a payment back: the refund's reference, the same when asked again. Raises LookupUnavailable."""

    def told(self, body: bytes, signature: str) -> tuple[str, PaymentStep] | None:
        """A call-back's reference and state; None when it was not the provider who called."""


@dataclass(frozen=True, slots=True)
class Order:
    """A payment. `order` is the box's name for it, `reference` the provider's."""

    facility: str
    order: str
    case: str
    amount_fen: int
    state: PaymentStep
    provider: str
    reference: str


class PaymentBook(Protocol):
    """Each method raises RecordsUnavailable."""

    def create(self, order: Order, at_ms: int) -> Order:
        """The one that stands: this, or the first of its name."""

    def find(self, facility: str, order: str) -> Order | None: ...
    def refer(self, order: Order, reference: str) -> None: ...
    def settle(self, provider: str, reference: str, state: PaymentStep, at_ms: int) -> bool:
        """False when it has an end already, which stays, or nobody knows it."""


class RefundBook(Protocol):
    """Each method raises RecordsUnavailable."""

    def begin(self, order: Order, at_ms: int) -> str:
        """That it is to be given back. The provider's reference where it was; else ""."""

    def end(self, order: Order, reference: str, at_ms: int) -> None: ...


class Registers(Protocol):
    """What the API counts and lists of cases and messages. Rows are JSON-ready and name nobody."""

    def cases(self, facility: str | None) -> Row: ...
    def messages(self, limit: int, now_ms: int) -> Row: ...
