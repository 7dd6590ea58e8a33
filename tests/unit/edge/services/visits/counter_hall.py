"""A hall with one kiosk on a real store, a clock that the test moves, and a small errand."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from contract.events.envelope import TimeQuality
from edge.adapters import sqlite_queue
from edge.adapters.case_seal import CaseSeal
from edge.adapters.sqlite_cases import SqliteCases
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.moment import Moment
from edge.domain.seeded_ids import SeededIds
from edge.domain.visits.conversation import Ending, Flow, Matter, Snapshot, Visit
from edge.domain.visits.identity import identify
from edge.domain.visits.questions import Choice, Option, Review, Sign
from edge.services.calling import Calls
from edge.services.endings import Endings
from edge.services.queueing import Queueing
from edge.services.visits import Look, Visits

LETTERS = {"marriage": "A", "divorce": "B", "other": "D"}
KEY = b"k" * 32
MORNING_MS = 1_764_036_000_000  # 2025-11-25 10:00 in Shanghai
CARD = {"name": "测试甲", "sex": "1", "birth": "19900307", "id_number": "330899199003070016", "valid_to": "长期"}
OTHER_CARD = {
    "name": "测试乙",
    "sex": "2",
    "birth": "19930512",
    "id_number": "330899199305120023",
    "valid_to": "20990101",
}
STROKES = " ".join(f"{n},{n},{n}" for n in range(30))


def errand(visit: Visit) -> Flow:
    kind = yield Choice(name="kind", personal=False, options=(Option(key="now"), Option(key="later")))
    who = yield from identify(visit, "who", "who")
    yield Sign(name="sign", document="errand.statement@1", signer=who.person.token if who.person else "")
    yield Review(name="check", lines=())
    return Ending(
        key="done",
        state="submitted" if visit.is_online else "awaiting_online_check",
        persons=(who.person,) if who.person else (),
        target=kind["chosen"],
        sealed={"persons": [who.person.as_json()] if who.person else []},
        slots=("morning",),
    )


ERRAND = Matter(name="errand", theme="neutral", open=errand, sections=("who",))
KEPT = Matter(name="kept", theme="neutral", open=errand, keeps_draft=True)


class Clock:
    def __init__(self) -> None:
        self.passed_s = 0.0
        self.jumped_ms = 0
        self.quality: TimeQuality = "uncertain"

    def now(self) -> Moment:
        return Moment(MORNING_MS + round(self.passed_s * 1000) + self.jumped_ms, 1000.0 + self.passed_s, self.quality)


class Hall:
    """`visits` is the kiosk that runs now; `power_cut` starts it afresh on the same store."""

    def __init__(self, directory: Path, *, camera: bool = True, matters: Sequence[Matter] = (ERRAND, KEPT)) -> None:
        self.directory, self.camera, self.online, self.matters = directory, camera, True, matters
        self.snapshot: Callable[[str], Snapshot | None] = lambda _dataset: None
        self.clock = Clock()
        self._ids = SeededIds(b"hall")
        self.store = self._open()
        self.visits = self._start()

    def _open(self) -> SqliteCases:
        return SqliteCases(self.directory, "f-1", CaseSeal(KEY), self._ids)

    def new_id(self, ms: int) -> str:
        return str(self._ids(ms))

    def _start(self) -> Visits:
        self.queueing = Queueing(LETTERS, 2, self.store, sqlite_queue, self.clock, self.new_id)
        endings = Endings(
            "f-1", self.store, self.queueing, self.new_id, lambda: self.online, lambda _about, _fields: None
        )
        calls = Calls("kiosk-1", self.store, self.clock, self.new_id)
        return Visits(
            "kiosk-1", "f-1", "330802", self.matters, self.store, endings, calls,
            lambda dataset: self.snapshot(dataset), self.clock, KEY, lambda: self.online, lambda: self.camera,
            self.new_id, simulated=True, statement=lambda _matter, question, lang: f"{question.document} {lang}",
        )  # fmt: skip

    def power_cut(self) -> None:
        """Nothing is closed in order: what is in memory is gone, what is on disk stays."""
        self.store.close()
        self.store = self._open()
        self.visits = self._start()

    def events(self) -> list[str]:
        with closing(SqliteOutbox(self.directory)) as outbox:
            return [event.type.removeprefix("onetrip.").removesuffix(".v1") for event in outbox.events_after(0, 1000)]

    def bodies(self) -> bytes:
        with closing(SqliteOutbox(self.directory)) as outbox:
            return b"\n".join(event.body for event in outbox.events_after(0, 1000))


class Visitor:
    """Somebody before the screen."""

    def __init__(self, hall: Hall, matter: str = "errand") -> None:
        self.hall, self.session = hall, hall.visits.begin(matter, Look())

    @property
    def at(self) -> str:
        page = self.hall.visits.view(self.session).page
        return getattr(page, "name", "") or f"end:{getattr(page, 'key', '')}"

    def says(self, **form: str) -> None:
        view = self.hall.visits.view(self.session)
        self.hall.visits.answer(self.session, self.at, view.rev, {name: [value] for name, value in form.items()})

    def goes_to_the_end(self) -> None:
        self.says(chosen="now")
        self.hall.visits.on_card(CARD)
        self.says(way="no")
        self.says(strokes=STROKES)
        self.says(right="1")
