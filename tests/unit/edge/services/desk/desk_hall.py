"""A desk on a real store, with a clock that the test moves, and cases as a kiosk submits them."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract.events.envelope import decode
from edge.adapters import sqlite_queue
from edge.adapters.case_seal import CaseSeal
from edge.adapters.sqlite_cases import SqliteCases
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.seeded_ids import SeededIds
from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Ending, Matter, Message, Ticket, Visit
from edge.domain.visits.halls import letters_of
from edge.domain.visits.person import Person, read_card
from edge.domain.visits.questions import Answer
from edge.domain.visits.staff import Staff
from edge.ports import Clock as AnyClock
from edge.services.calling import Calls
from edge.services.endings import Endings
from edge.services.queueing import Queueing
from tests.unit.edge.services.visits.counter_hall import CARD, KEY, OTHER_CARD, Clock

CLERK = Staff("1001", "窗口甲", "clerk", "a")
REGISTRAR = Staff("2001", "登记员乙", "registrar", "b")
NURSE = Staff("3001", "护理员丙", "nurse", "c")
MANAGER = Staff("9001", "主任丁", "manager", "d")
FIRST, SECOND = (read_card(card, KEY, simulated=True) for card in (CARD, OTHER_CARD))
SIGNED: Mapping[str, Answer] = {
    "first.statement": {"how": "screen", "sha256": "0" * 64},
    "second.statement": {"how": "screen", "sha256": "1" * 64},
}


class DeskHall:
    def __init__(
        self, directory: Path, kind: str = "marriage_office", key: bytes = KEY, clock: AnyClock | None = None
    ) -> None:
        self.directory, self.clock = directory, Clock()
        self._ids, self._now = SeededIds(str(directory).encode()), clock or self.clock
        self.seal = CaseSeal(key)
        self.store = SqliteCases(directory, "f-1", self.seal, self._ids)
        self.queueing = Queueing(letters_of(kind), 2, self.store, sqlite_queue, self._now, self.new_id)
        self.endings = Endings(
            "f-1", self.store, self.queueing, self.new_id, lambda: False, lambda _about, _fields: None
        )
        self.calls = Calls("kiosk-1", self.store, self._now, self.new_id)

    def new_id(self, ms: int) -> str:
        return str(self._ids(ms))

    def submit(
        self,
        matter: str = "marriage",
        persons: Sequence[Person] = (FIRST, SECOND),
        *,
        answers: Mapping[str, Answer] = SIGNED,
        told: Mapping[str, str] | None = None,
        sealed: Mapping[str, Any] | None = None,
        online: str = "",
        queue: str = "",
        messages: tuple[Message, ...] = (),
        **ending: Any,
    ) -> Case:
        """A case as the kiosk leaves it, or the first of the same act.

        `online`: what the check on line found; `queue`: it takes a number there.
        """
        now = self._now.now()
        case = Case(
            self.new_id(now.wall_ms), matter, self.new_id(now.wall_ms)[-8:], "kiosk-1", now.wall_ms, now.wall_ms
        )
        case.answers = dict(answers)
        local = datetime.fromtimestamp(now.wall_ms / 1000, UTC).astimezone(SHANGHAI)
        visit = Visit(
            case=case.id, place="kiosk-1", facility="f-1", area="330802", now_ms=now.wall_ms, day=local.date(),
            minute=local.hour * 60 + local.minute, is_online=False, has_camera=False, has_scanner=False,
            snapshot=lambda _dataset: None,
        )  # fmt: skip
        known = {"persons": [one.as_json() for one in persons], **(sealed or {})}
        end = Ending(
            key="done", target=case.id, persons=tuple(persons), answers=told or {}, sealed=known, messages=messages,
            ticket=Ticket(queue=queue) if queue else None, **ending,
        )  # fmt: skip
        self.endings.end(case, Matter(name=matter, theme="neutral", open=_never), end, visit, (), now)
        if online:
            self.check(case.id, online)
        return self.case((case.result or {})["case"])

    def check(self, case_id: str, online: str) -> None:
        """What the check on line found, as the reconciling writes it."""
        case = self.case(case_id)
        case.checks["online_check"] = online
        with self.store.transaction() as writing:
            writing.keep(case)

    def case(self, case_id: str) -> Case:
        found = self.store.case(case_id)
        assert found is not None
        return found

    def events(self, *names: str) -> list[dict[str, Any]]:
        """The data of these events, oldest first; each with its `type`."""
        with closing(SqliteOutbox(self.directory)) as outbox:
            kept = [decode(event.body) for event in outbox.events_after(0, 1000)]
        short = [(one.type.removeprefix("onetrip.").removesuffix(".v1"), one.data) for one in kept]
        return [{"type": name, **data} for name, data in short if name in names]

    def written(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.directory.rglob("*") if path.is_file())

    def close(self) -> None:
        self.store.close()


def _never(_visit: Visit) -> Any:
    raise AssertionError
