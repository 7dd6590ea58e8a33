"""Visitors at a kiosk: one session for one person before the screen, one case for what they came for.

A session lives in memory only. What was answered is durable before the next page shows, so a power cut loses nothing:
the visitor goes on with the code on the screen, or by laying the card again. Everything here is quick; what takes time
(the face check, a look-up, the printer) answers later (`give`), told by `on_page` what is asked.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from contract.events.data import EventData
from contract.events.visits import CaseRated
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.moment import Moment
from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Ending, Matter, Snapshot, Visit, walk
from edge.domain.visits.idle import MOST_EXTENSIONS
from edge.domain.visits.person import NotUsable, read_card
from edge.domain.visits.questions import (
    Answer,
    Card,
    Face,
    Form,
    Lookup,
    NotAnAnswer,
    Pad,
    Pay,
    Question,
    Scan,
    Sign,
)
from edge.domain.visits.staff_calls import StaffCall
from edge.ports import CaseStore, CaseWriting, Clock, StoreUnavailable
from edge.services.calling import Calls
from edge.services.endings import Endings
from edge.services.visits.card_reading import Verdict, judge_card, judge_failure
from edge.services.visits.drafts import Drafts
from edge.services.visits.session import Look, NotFound, Session, View
from edge.services.visits.sessions import MOST, Sessions
from edge.services.visits.telling import told_by

_BY_MACHINES = (Card, Face, Lookup, Pay, Scan, Sign)


class Visits:
    """`statement`: the very words of a matter's page to sign. `on_page`, `on_end`, `on_leave`: for machines."""

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
        self._sessions = Sessions()
        self._changed = self._sessions.changed
        self._drafts = Drafts(store, self._matters)
        self.on_page: Callable[[Session, Question], None] = lambda _session, _question: None
        self.on_end: Callable[[Session, Ending], None] = lambda _session, _ending: None
        self.on_leave: Callable[[Session], None] = lambda _session: None

    @property
    def offered(self) -> tuple[Matter, ...]:
        return tuple(self._matters.values())

    @property
    def online(self) -> bool:
        return self._is_online()

    @property
    def offers_resume(self) -> Literal["", "code", "card"]:
        """Whether the home page offers to go on: by the card that was just laid, or by a code."""
        with self._changed:
            if self._drafts.is_offered(self._clock.now()):
                return "card"
            return "code" if self._store.has_drafts() else ""

    def opening(self, matter: Matter) -> Question | None:
        """What a matter asks first, before anybody has begun it."""
        with self._changed:
            now = self._clock.now()
            nobody = Case("", matter.name, "", self._place, now.wall_ms, now.wall_ms)
            at = walk(matter, self._visit(nobody, {}), {}).at
            return at if isinstance(at, Question) else None

    # beginning and ending

    def begin(self, matter_name: str, look: Look) -> str:
        """Returns the session's id. Raises NotFound for a matter that is not offered here."""
        matter = self._matters.get(matter_name)
        if matter is None:
            raise NotFound("matter.unknown")
        with self._changed:
            now = self._clock.now()
            case = Case(
                self._new_id(now.wall_ms), matter.name, self._drafts.new_code(), self._place, now.wall_ms, now.wall_ms
            )
            return self._open(case, matter, look, now, kept=False)

    def resume(self, code: str, look: Look) -> str:
        """Go on with a draft, or see a receipt again. Raises NotFound; five tries in five minutes."""
        with self._changed:
            now = self._clock.now()
            case = self._drafts.by_code(code, now)
            return self._open(case, self._matters[case.matter], look, now, kept=True)

    def resume_by_card(self, look: Look) -> str:
        """Go on with the draft of the person whose card was laid on the reader just now. Raises NotFound."""
        with self._changed:
            now = self._clock.now()
            case = self._drafts.offered(now)
            return self._open(case, self._matters[case.matter], look, now, kept=True)

    def leave(self, session_id: str) -> None:
        """退出 or the end of patience: the session is gone at once; a draft too, unless its matter keeps drafts."""
        with self._changed:
            session = self._sessions.remove(session_id)
            if session is None:
                return
            self.on_leave(session)
            with contextlib.suppress(StoreUnavailable):
                self._end_for_who_left(session)
            if session.case.state == "draft" and session.kept and not session.matter.keeps_draft:
                with self._store.transaction() as writing:
                    writing.forget(session.case.id)
            session.case.answers.clear()
            session.unsent = {}
            session.machine.clear()
            self._sessions.bump(session)

    def tick(self) -> None:
        """End the sessions that nobody touches. To be called every second or so."""
        with self._changed:
            now = self._clock.now()
            for session in self._sessions:
                idle = session.idle(now)
                if idle.left_s <= 0:
                    self.leave(session.id)
                elif idle.warning != session.warned:
                    session.warned = idle.warning
                    self._sessions.bump(session)

    # the page

    def view(self, session_id: str) -> View:
        """Raises NoSession, StoreUnavailable."""
        with self._changed:
            session = self._sessions.get(session_id)
            called_s = self._calls.open_s(session.call)
            return session.view(self._clock.now(), online=self._is_online(), staff_called_s=called_s)

    def standing(self, session_id: str) -> dict[str, Any]:
        """What the page asks every second. Raises NoSession."""
        with self._changed:
            session = self._sessions.get(session_id)
            idle = session.idle(self._clock.now())
            return {
                "version": session.version,
                "left_s": round(idle.left_s),
                "warn_s": idle.warn_s,
                "warning": idle.warning,
                "machine": dict(session.machine),
                "printed": session.printed,
                "online": self._is_online(),
                "staff_called_s": self._calls.open_s(session.call),
            }

    def wait(self, session_id: str, seen: int, timeout: float) -> int:
        """The session's version when it is another than `seen`, or after `timeout` seconds. Raises NoSession."""
        return self._sessions.wait(session_id, seen, timeout)

    # what the visitor does

    def answer(self, session_id: str, question: str, rev: int, form: Form) -> None:
        """An answer of the visitor. One for a page that is past changes nothing. Raises NoSession, NotAnAnswer."""
        with self._changed:
            session = self._touch(session_id)
            at = session.walk.at
            if not isinstance(at, Question) or at.name != question or session.case.rev != rev:
                return
            try:
                answer = at.read(form)
            except NotAnAnswer as wrong:
                session.errors += 1
                session.error = wrong.why
                self._sessions.bump(session)
                raise
            if isinstance(at, Sign) and "strokes" in answer:
                shown = self._statement(session.matter.name, at, session.look.lang)
                answer = {**answer, "document_sha256": at.document_hash(shown)}
            self._keep(session, at, answer)

    def edit(self, session_id: str, question: str, rev: int, unsent: Form) -> None:
        """What stands on the page and is not sent yet. It is gone with the page, and with the session."""
        with self._changed:
            session = self._touch(session_id)
            if getattr(session.walk.at, "name", "") == question and session.case.rev == rev:
                session.unsent = unsent

    def back(self, session_id: str, rev: int) -> None:
        with self._changed:
            session = self._touch(session_id)
            if session.case.rev == rev and (last := session.last_of_visitor) is not None:
                self._unanswer(session, last)

    def change(self, session_id: str, question: str, rev: int) -> None:
        """改: ask one question again; the other answers stay."""
        with self._changed:
            session = self._touch(session_id)
            if session.case.rev == rev and session.case.state == "draft" and question in session.case.answers:
                self._unanswer(session, question)

    def extend(self, session_id: str) -> None:
        with self._changed:
            session = self._sessions.get(session_id)
            if session.extensions < MOST_EXTENSIONS:
                session.extensions += 1
                session.touched = self._clock.now().monotonic
                session.warned = False
                self._sessions.bump(session)

    def set_look(self, session_id: str, look: Look) -> None:
        with self._changed:
            session = self._touch(session_id)
            session.look = look
            self._sessions.bump(session)

    def rate(self, session_id: str, score: int) -> None:
        """At most once for a case; a second one changes nothing. Raises NoSession, ValueError."""
        with self._changed:
            session = self._touch(session_id)
            case = session.case
            if not session.result(self._clock.now()).may_rate or case.desk.get("rated") is not None:
                return
            event = CaseRated(case=case.id, score=score, place=self._place)
            case.desk["rated"] = score
            with self._store.transaction() as writing:
                writing.keep(case)
                writing.add_events([event], self._clock.now())
            self._sessions.bump(session)

    def undo(self, session_id: str) -> bool:
        """撤回 within ten minutes of the submission. False when it is too late for it."""
        with self._changed:
            session, now = self._touch(session_id), self._clock.now()
            if session.undo_left_s(now) <= 0:
                return False
            self._endings.withdraw(session.case, now, by="visitor")
            self._sessions.bump(session)
            return True

    def call_staff(self, session_id: str | None, about: str = "help") -> None:
        """叫工作人员: from any page, with one touch; a second touch is the same call."""
        with self._changed:
            session = self._sessions.find(session_id or "")
            if session is None:
                self._calls.call_from_home(about)
                return
            session.touched = self._clock.now().monotonic
            if self._calls.open_s(session.call) is None:
                session.call = self._calls.call(about, session.case.id if session.kept else "")
            self._sessions.bump(session)

    def home_call_s(self) -> float | None:
        """How long ago somebody called from the home page; None when nobody did, or somebody came."""
        return self._calls.home_s()

    # what machines do

    def give(self, session_id: str, question: str, answer: Answer, *events: EventData) -> bool:
        """An answer of a machine, with what it tells; False when nobody waits for it any more."""
        with self._changed:
            session = self._sessions.find(session_id)
            if session is None or session.walk.at.__class__ is Ending or session.machine_for != question:
                return False
            at = session.walk.at
            if not isinstance(at, Question) or at.name != question:
                return False
            session.touched = self._clock.now().monotonic
            self._keep(session, at, answer, events)
            return True

    def tell(self, session_id: str, question: str, **about: Any) -> None:
        """How it stands with a machine that works on a question."""
        with self._changed:
            session = self._sessions.find(session_id)
            if session is None or session.machine_for != question or {**session.machine, **about} == session.machine:
                return
            session.machine.update(about)
            self._sessions.bump(session)

    def note(self, session_id: str, *events: EventData) -> None:
        """What a machine's work for a case tells on the way: an attempt. Durable when this returns."""
        with self._changed:
            if self._sessions.find(session_id) is not None:
                with self._store.transaction() as writing:
                    writing.add_events(events, self._clock.now())

    def on_card(self, fields: Mapping[str, Any]) -> None:
        """A card was read. It answers the page that asks for one, or offers to go on with a draft; else it is lost."""
        with self._changed:
            session, at = self._sessions.asking(Card)
            if session is not None and isinstance(at, Card):
                tries = int(session.machine.get("tries", 0))
                verdict = judge_card(at, fields, session.visit.day, tries, self._site_key, simulated=self._simulated)
                self._on_verdict(session, at, verdict)
            elif not self._sessions:
                self._offer_draft(fields)

    def on_bad_card(self, why: Literal["unreadable", "unsupported"]) -> None:
        with self._changed:
            session, at = self._sessions.asking(Card)
            if session is not None and isinstance(at, Card):
                self._on_verdict(session, at, judge_failure(why, int(session.machine.get("tries", 0))))

    def on_code(self, text: str) -> None:
        """A code was scanned."""
        with self._changed:
            session, at = self._sessions.asking(Scan, Pad)
            if session is None or (isinstance(at, Pad) and not at.may_scan):
                return
            with contextlib.suppress(NotAnAnswer):
                self.answer(session.id, at.name, session.case.rev, {"code": [text], "typed": [text]})

    def on_reader(self, *, is_there: bool) -> None:
        with self._changed:
            session, at = self._sessions.asking(Card)
            if session is not None:
                self.tell(session.id, at.name, state="waiting" if is_there else "gone")

    def printed(self, session_id: str, *, done: bool) -> None:
        with self._changed:
            session = self._sessions.find(session_id)
            if session is not None:
                session.printed = "printed" if done else "failed"
                session.touched = self._clock.now().monotonic
                self._sessions.bump(session)

    # inside

    def _on_verdict(self, session: Session, at: Card, verdict: Verdict) -> None:
        session.touched = self._clock.now().monotonic
        if verdict.answer is None:
            self.tell(session.id, at.name, state="waiting", tries=verdict.tries, hint=verdict.hint)
            return
        if verdict.person and not session.case.token:
            session.case.token = verdict.person.token
        self._keep(session, at, verdict.answer)
        if verdict.notice:
            session.notices.append(verdict.notice)

    def _offer_draft(self, fields: Mapping[str, Any]) -> None:
        with contextlib.suppress(NotUsable):
            person = read_card(fields, self._site_key, simulated=self._simulated)
            self._drafts.offer(person.token, self._clock.now())

    def _keep(self, session: Session, question: Question, answer: Answer, events: Sequence[EventData] = ()) -> None:
        """The answer and what it tells are durable when this returns."""
        case, now = session.case, self._clock.now()
        told = [*events, *told_by(case.id, self._place, session.look.lang, question, answer)]
        before = case.answers, case.rev, case.changed_ms
        case.answers = {**case.answers, question.name: answer}
        case.rev += 1
        case.changed_ms = now.wall_ms
        try:
            at = walk(session.matter, session.visit, case.answers).at
            if isinstance(at, Ending):
                self._end(session, at, told, now)
            elif session.matter.needs_people or told or at.tells or at.calls:
                with self._store.transaction() as writing:
                    writing.keep(case)
                    writing.add_events([*told, *at.tells], now)
                    called = self._call_for(session, at, writing)
                session.kept, session.call = True, called
        except BaseException:
            case.answers, case.rev, case.changed_ms = before
            raise
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
            case.answers = answers
            self._end(session, at, (), self._clock.now())

    def _end(self, session: Session, ending: Ending, told: Sequence[EventData], now: Moment) -> None:
        session.first_again = self._endings.end(session.case, session.matter, ending, session.visit, told, now)
        if session.first_again and session.case.result is not None:
            session.case = self._store.case(session.case.result["case"]) or session.case
        session.kept = session.kept or ending.state is not None

    def _unanswer(self, session: Session, question: str) -> None:
        case = session.case
        case.answers = {name: answer for name, answer in case.answers.items() if name != question}
        case.result = None
        case.rev += 1
        case.changed_ms = self._clock.now().wall_ms
        if session.kept:
            with self._store.transaction() as writing:
                writing.keep(case)
        self._arrive(session)

    def _arrive(self, session: Session) -> None:
        """At another page than before."""
        session.moved()
        session.error, session.unsent, session.machine, session.machine_for = "", {}, {}, ""
        at = session.walk.at
        if isinstance(at, _BY_MACHINES):
            gone = isinstance(at, Card) and self._is_reader_gone()
            session.machine_for = at.name
            session.machine = {"state": "gone" if gone else "waiting", "tries": 0, "hint": ""}
            self.on_page(session, at)
        self._sessions.bump(session)

    def _open(self, case: Case, matter: Matter, look: Look, now: Moment, *, kept: bool) -> str:
        if len(self._sessions) >= MOST:
            self.leave(self._sessions.oldest().id)
        for other in self._sessions:
            if other.case.id == case.id:  # gone on with at another screen: there is one place where it goes on
                self._sessions.remove(other.id)
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
            place=self._place,
            facility=self._facility,
            area=self._area,
            now_ms=case.opened_ms,
            day=local.date(),
            minute=local.hour * 60 + local.minute,
            is_online=self._is_online(),
            has_camera=self._has_camera(),
            has_scanner=self._has_scanner,
            snapshot=snapshot,
            booked=self._store.booked,
        )

    def _touch(self, session_id: str) -> Session:
        return self._sessions.touch(session_id, self._clock.now(), online=self._is_online(), camera=self._has_camera())
