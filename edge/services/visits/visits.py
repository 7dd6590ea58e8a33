"""Visitors at a kiosk: one session for one person before the screen, one case for what they came for.

A session lives in memory only. What was answered is durable before the next page shows, so a power cut loses nothing:
the visitor goes on with the code on the screen, or by laying the card again. Everything here is quick; what takes time
(the face check, a look-up, the printer) answers later (`give`), told by `on_page` what is asked.
"""

from typing import Any, Literal

from contract import web_drafts
from contract.events.visits import CaseRated
from edge.domain.visits.case import OVER, Case, IllegalStep
from edge.domain.visits.conversation import Matter, walk
from edge.domain.visits.idle import MOST_EXTENSIONS
from edge.domain.visits.questions import (
    Form,
    NotAnAnswer,
    Question,
    Sign,
)
from edge.domain.visits.web_draft import with_web
from edge.services.visits.assisted import Assisted
from edge.services.visits.session import Look, NotFound, Session, View


class Visits(Assisted):
    """What a visitor does, and what a page needs to know."""

    @property
    def offered(self) -> tuple[Matter, ...]:
        return tuple(matter for matter in self._matters.values() if not matter.by_staff)

    @property
    def online(self) -> bool:
        return self._is_online()

    @property
    def offers_resume(self) -> Literal["", "code", "card", "web"]:
        """Whether the home page offers to go on: by the card that was just laid, the code that was just scanned, or by
        a code that is typed.
        """
        with self._changed:
            if by := self._drafts.is_offered(self._clock.now()):
                return by
            return "code" if self._drafts.are_there() or (self._takes_web and self._is_online()) else ""

    @property
    def _takes_web(self) -> bool:
        """Whether something may be gone on with here that was begun on the web."""
        return self.asks_city and any(matter.name in web_drafts.MATTERS for matter in self.offered)

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
        if matter is None or matter.by_staff:
            raise NotFound("matter.unknown")
        with self._changed:
            now = self._clock.now()
            case = Case(self._new_id(now.wall_ms), matter.name, "", self._place, now.wall_ms, now.wall_ms)
            return self._open(case, matter, look, now, kept=False)

    def resume(self, code: str, look: Look) -> str:
        """Go on with a draft, or see a receipt again; for an open case with a number of today.

        Raises NotFound; five tries in five minutes.
        """
        with self._changed:
            now = self._clock.now()
            case = self._endings.welcome_back(self._drafts.by_code(code, now), now)
            return self._open(case, self._matters[case.matter], look, now, kept=True)

    def resume_by_card(self, look: Look) -> str:
        """Go on with the draft of whose card was laid, or whose code was scanned, just now. Raises NotFound."""
        with self._changed:
            now = self._clock.now()
            case = self._drafts.offered(now)
            return self._open(case, self._matters[case.matter], look, now, kept=True)

    # what was begun on the web

    def knows(self, code: str) -> bool:
        """Whether a case of this box has it. Raises StoreUnavailable."""
        return self._store.by_code(code) is not None

    def may_try(self) -> None:
        """Raises NotFound: five wrong codes in five minutes."""
        with self._changed:
            self._drafts.may_try(self._clock.now())

    def adopt(self, draft: web_drafts.WebDraft) -> None:
        """A draft of the web becomes one of ours, with its own id and code. Raises NotFound, StoreUnavailable."""
        matter = self._matters.get(draft.matter)
        if matter is None or matter.by_staff:
            raise NotFound("resume.not_here")
        with self._changed:
            if self._store.case(draft.case) is not None:
                return
            now = self._clock.now()
            case = Case(draft.case, matter.name, draft.code, self._place, now.wall_ms, now.wall_ms)
            case.desk["web"] = draft.model_dump(mode="json")["forms"]
            case.answers = with_web(matter, self._visit(case, {}), {}, case.desk["web"])
            case.rev = len(case.answers)
            with self._store.transaction() as writing:
                writing.keep(case)

    def offer(self, code: str) -> None:
        """The home page offers to go on with this one. Raises StoreUnavailable."""
        with self._changed:
            self._drafts.offer_code(code, self._clock.now())

    def tick(self) -> None:
        """End the sessions that nobody touches, and forget old drafts. To be called every second or so."""
        with self._changed:
            now = self._clock.now()
            self._follow_network()
            for session in self._sessions:
                idle = session.idle(now)
                if idle.left_s <= 0:
                    self.leave(session.id)
                elif idle.warning != session.warned:
                    session.warned = idle.warning
                    self._sessions.bump(session)
            self._drafts.purge(now)

    def _follow_network(self) -> None:
        """Every page says it when the network goes or comes back."""
        if (online := self._is_online()) != self._was_online:
            self._was_online = online
            for session in self._sessions:
                self._sessions.bump(session)

    # the page

    def view(self, session_id: str) -> View:
        """Raises NoSession, StoreUnavailable."""
        with self._changed:
            session = self._sessions.get(session_id)
            called_s = self._calls.open_s(session.call)
            return session.view(self._clock.now(), online=self._is_online(), staff_called_s=called_s)

    def look(self, session_id: str) -> Look:
        """How the visitor wants the pages. Raises NoSession."""
        with self._changed:
            return self._sessions.get(session_id).look

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
            at = session.asks
            if at is None or at.name != question or session.case.rev != rev:
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
                self._ask_again(session, last)

    def change(self, session_id: str, question: str, rev: int) -> None:
        """改: ask one question again; the other answers stay."""
        with self._changed:
            session = self._touch(session_id)
            if session.case.rev == rev and session.case.state == "draft" and question in session.case.answers:
                self._ask_again(session, question)

    def _ask_again(self, session: Session, question: str) -> None:
        if session.may_change(question):
            self._unanswer(session, question)
        else:
            session.notices.append("pay.stands")
            self._sessions.bump(session)

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
            session, now = self._touch(session_id), self._clock.now()
            if not session.result(now).may_rate:
                return
            event = CaseRated(case=session.case.id, score=score, place=self._place)
            with self._store.transaction() as writing:
                case = self._as_it_is_now(session)
                if case.state != "withdrawn" and case.desk.get("rated") is None:
                    case.desk["rated"] = score
                    writing.keep(case)
                    writing.add_events([event], now)
            session.case = case
            self._sessions.bump(session)

    def undo(self, session_id: str) -> bool:
        """撤回 within ten minutes of the submission.

        False when it is too late for it, or staff have taken it up; then the page says what to do instead.
        """
        with self._changed:
            session, now = self._touch(session_id), self._clock.now()
            session.case = self._as_it_is_now(session)
            self._sessions.bump(session)
            if session.undo_left_s(now) > 0:
                try:
                    session.case = self._endings.withdraw(session.case, now, by="visitor")
                except IllegalStep:
                    session.case = self._as_it_is_now(session)
                else:
                    return True
            if notice := _why_not_undone(session.case):
                session.notices.append(notice)
            return False

    def _as_it_is_now(self, session: Session) -> Case:
        """Of a case that was submitted: staff may have gone on with it while its receipt stands on the screen."""
        return self._store.case(session.case.id) or session.case

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


def _why_not_undone(case: Case) -> str:
    """Words of what to do instead; "" where nothing was submitted, or it was taken back already."""
    told = case.result
    if told is None or case.state in ("draft", "withdrawn"):
        return ""
    if case.state in OVER:
        return "undo.over"
    if not told.get("undo"):
        return "undo.never"
    return "undo.late" if case.state in ("submitted", "awaiting_online_check") else "undo.begun"
