"""What both sides of a visit rest on: the sessions before the screen, and answers that are durable at once."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime

from contract.events.data import EventData
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.moment import Moment
from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Ending, Matter, Snapshot, Visit, walk
from edge.domain.visits.questions import (
    Answer,
    Card,
    Face,
    FaceReader,
    Lookup,
    Pay,
    Question,
    Scan,
    Sign,
)
from edge.domain.visits.staff_calls import StaffCall
from edge.domain.visits.web_draft import with_web
from edge.ports import CaseStore, CaseWriting, Clock, StoreUnavailable
from edge.services.calling import Calls
from edge.services.endings import Endings
from edge.services.visits.drafts import Drafts
from edge.services.visits.session import Look, Session
from edge.services.visits.sessions import MOST, Sessions
from edge.services.visits.telling import told_by

_BY_MACHINES = (Card, Face, Lookup, Pay, Scan, Sign)
log = logging.getLogger(__name__)


@contextmanager
def _unless_written(session: Session) -> Iterator[None]:
    """Where the block raises, the case is as it was before: nothing shows that is not durable."""
    case = session.case
    before = replace(case, desk=dict(case.desk))  # the other parts are replaced, never changed in place
    try:
        yield
    except BaseException:
        for part in fields(case):
            setattr(case, part.name, getattr(before, part.name))
        session.case = case
        raise


class Keeping:
    """`statement`: the very words of a matter's page to sign. `on_page`, `on_end`, `on_leave`: for machines.

    `message`: the text of a message about a case, by its template.
    """

    def __init__(
        self,
        place: str,
        facility: str,
        area: str,
        matters: Sequence[Matter],
        store: CaseStore,
        endings: Endings,
        calls: Calls,
        snapshot: Callable[[str], Snapshot | None],
        clock: Clock,
        site_key: bytes,
        is_online: Callable[[], bool],
        has_camera: Callable[[], bool],
        new_id: Callable[[int], str],
        *,
        simulated: bool,
        has_scanner: bool = False,
        face_reader: FaceReader = "camera",
        is_reader_gone: Callable[[], bool] = lambda: False,
        statement: Callable[[str, Sign, str], str] = lambda _matter, _question, _lang: "",
    ) -> None:
        self._place, self._facility, self._area = place, facility, area
        self._matters = {matter.name: matter for matter in matters}
        self._store, self._endings, self._calls = store, endings, calls
        self._snapshot, self._clock = snapshot, clock
        self._site_key, self._simulated = site_key, simulated
        self._is_online, self._has_camera, self._has_scanner = is_online, has_camera, has_scanner
        self._is_reader_gone, self._statement, self._new_id = is_reader_gone, statement, new_id
        self._face_reader: FaceReader = face_reader
        self._sessions = Sessions()
        self._was_online = False
        self._changed = self._sessions.changed
        self._drafts = Drafts(store, self._matters)
        self.on_page: Callable[[Session, Question], None] = lambda _session, _question: None
        self.on_end: Callable[[Session, Ending], None] = lambda _session, _ending: None
        self.message: Callable[[str, Case], str] = lambda template, case: f"{template} {case.code}"
        self.on_leave: Callable[[Session], None] = lambda _session: None
        self.on_web_code: Callable[[str], None] = lambda _code: None
        self.asks_city = False  # whether there is a city that may be asked

    def leave(self, session_id: str) -> None:
        """退出 or the end of patience: the session is gone at once; a draft too, unless its matter keeps drafts."""
        with self._changed:
            session = self._sessions.remove(session_id)
            if session is None:
                return
            self.on_leave(session)
            try:
                self._end_for_who_left(session)
                if session.case.state == "draft" and session.kept and not session.matter.keeps_draft:
                    with self._store.transaction() as writing:
                        session.case.desk["left"] = True  # it stays while a payment for it is open
                        writing.keep(session.case)
                        writing.forget(session.case.id)
            except StoreUnavailable as error:  # the screen is empty all the same; the draft goes with the old ones
                log.error("kiosk: a visitor's leaving could not be written down: %s", error)
            session.case.answers.clear()
            session.unsent = {}
            session.machine.clear()
            self._sessions.bump(session)

    def _keep(self, session: Session, question: Question, answer: Answer, events: Sequence[EventData] = ()) -> None:
        """The answer and what it tells are durable when this returns."""
        case, now = session.case, self._clock.now()
        told = [*events, *told_by(case.id, case.place, session.look.lang, question, answer)]
        with _unless_written(session):
            case.desk.pop("left", None)  # its visitor is back
            case.answers = {**case.answers, question.name: question.kept(answer)}
            if web := case.desk.get("web"):
                case.answers = with_web(session.matter, session.visit, case.answers, web)
            case.rev += 1
            case.changed_ms = now.wall_ms
            at = walk(session.matter, session.visit, case.answers).at
            if isinstance(at, Ending):
                self._end(session, at, told, now)
            elif session.matter.needs_people or told or at.tells or at.calls:
                with self._store.transaction() as writing:
                    case.code = case.code or self._drafts.new_code(now)
                    writing.keep(case)
                    writing.add_events([*told, *at.tells], now)
                    called = self._call_for(session, at, writing)
                session.kept, session.call = True, called
        self._arrive(session)
        if isinstance(at, Ending):
            self.on_end(session, at)

    def _call_for(self, session: Session, at: Question, writing: CaseWriting) -> StaffCall | None:
        """A page may call staff by itself; somebody who is on the way already is not called again."""
        if not at.calls or self._calls.open_s(session.call) is not None:
            return session.call
        return self._calls.call_in(writing, at.calls, session.case.id)

    def _end_for_who_left(self, session: Session) -> None:
        """Who walks away from a page that may be left has said enough."""
        case, answers = session.case, dict(session.case.answers)
        at: Question | Ending = session.walk.at
        while isinstance(at, Question) and at.left is not None:
            answers[at.name] = at.left
            at = walk(session.matter, session.visit, answers).at
        if isinstance(at, Ending) and case.state == "draft" and at is not session.walk.at:
            with _unless_written(session):
                case.answers = answers
                self._end(session, at, (), self._clock.now())

    def _end(self, session: Session, ending: Ending, told: Sequence[EventData], now: Moment) -> None:
        if ending.state is not None:  # drawn with what is kept, so that nobody else can have it
            session.case.code = session.case.code or self._drafts.new_code(now)
        session.first_again = self._endings.end(session.case, session.matter, ending, session.visit, told, now)
        if session.first_again and session.case.result is not None:
            session.case = self._store.case(session.case.result["case"]) or session.case
        session.kept = session.kept or ending.state is not None

    def _unanswer(self, session: Session, question: str) -> None:
        case = session.case
        with _unless_written(session):
            case.answers = {name: answer for name, answer in case.answers.items() if name != question}
            case.result = None
            case.rev += 1
            case.changed_ms = self._clock.now().wall_ms
            if session.kept:
                with self._store.transaction() as writing:
                    writing.keep(case)
        self._arrive(session)

    def _arrive(self, session: Session) -> None:
        """At another page than before; where other data, or another network, make it the last one, that is the end."""
        session.moved()
        session.error, session.unsent, session.machine, session.machine_for = "", {}, {}, ""
        if isinstance(ending := session.walk.at, Ending) and session.case.result is None:
            with _unless_written(session):
                self._end(session, ending, (), self._clock.now())
            self.on_end(session, ending)
        at = session.asks
        if isinstance(at, _BY_MACHINES):
            gone = isinstance(at, Card) and self._is_reader_gone()
            session.machine_for = at.name
            session.machine = {"state": "gone" if gone else "waiting", "tries": 0, "hint": ""}
            self.on_page(session, at)
        self._sessions.bump(session)

    def _open(self, case: Case, matter: Matter, look: Look, now: Moment, *, kept: bool) -> str:
        for other in self._sessions:
            if other.case.id == case.id:  # gone on with at another screen: there is one place where it goes on
                self._sessions.remove(other.id)
                self.on_leave(other)
                self._sessions.bump(other)
        if len(self._sessions) >= MOST:
            self.leave(self._sessions.oldest().id)
        ages: dict[str, int] = {}
        session = self._sessions.add(look, case, matter, self._visit(case, ages), ages, now)
        session.kept = kept
        self._arrive(session)
        return session.id

    def _visit(self, case: Case, ages: dict[str, int]) -> Visit:
        def snapshot(dataset: str) -> Snapshot | None:
            found = self._snapshot(dataset)
            if found is not None:
                ages[dataset] = found.as_of_ms
            return found

        local = datetime.fromtimestamp(case.opened_ms / 1000, UTC).astimezone(SHANGHAI)
        return Visit(
            case=case.id,
            place=case.place,
            facility=self._facility,
            area=self._area,
            now_ms=case.opened_ms,
            day=local.date(),
            minute=local.hour * 60 + local.minute,
            is_online=self._is_online(),
            has_camera=self._has_camera() or case.has_chosen_a_way,
            has_scanner=self._has_scanner,
            snapshot=snapshot,
            booked=self._store.booked,
            family=self._store.family_of,
            face_reader=self._face_reader,
        )

    def _touch(self, session_id: str) -> Session:
        """Raises NoSession."""
        before = self._sessions.get(session_id).asks
        session = self._sessions.touch(
            session_id, self._clock.now(), online=self._is_online(), camera=self._has_camera()
        )
        if before is not None and (session.asks is None or session.asks.name != before.name):
            self._arrive(session)  # without network or camera the next question is another
        return session
