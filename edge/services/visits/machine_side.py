"""What machines bring to a visit: cards, codes, answers that took time, how a print went."""

import contextlib
import re
from collections.abc import Mapping
from typing import Any, Literal

from contract.events.data import EventData
from contract.web_drafts import CODE
from edge.domain.visits.person import NotUsable, read_card
from edge.domain.visits.questions import (
    Answer,
    Card,
    NotAnAnswer,
    Pad,
    Scan,
)
from edge.services.visits.card_reading import Verdict, judge_card, judge_failure
from edge.services.visits.keeping import Keeping
from edge.services.visits.session import Session

_WEB_CODE = re.compile(CODE)


class MachineSide(Keeping):
    """Of the visits at a kiosk."""

    def give(self, session_id: str, question: str, answer: Answer, *events: EventData, notice: str = "") -> bool:
        """An answer of a machine, with what it tells; False when nobody waits for it any more. `notice`: what the next
        page says of it, as a key of the catalogue.
        """
        with self._changed:
            session = self._sessions.find(session_id)
            if session is None or session.machine_for != question:
                return False
            at = session.asks
            if at is None or at.name != question:
                return False
            session.touched = self._clock.now().monotonic
            self._keep(session, at, answer, events)
            if notice:
                session.notices.append(notice)
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
            elif not self._sessions.has_visitor:
                self._offer_draft(fields)

    def on_bad_card(self, why: Literal["unreadable", "unsupported"]) -> None:
        with self._changed:
            session, at = self._sessions.asking(Card)
            if session is not None and isinstance(at, Card):
                self._on_verdict(session, at, judge_failure(why, int(session.machine.get("tries", 0))))

    def on_code(self, text: str) -> None:
        """A code was scanned: for the page that asks for one, or on the home page to go on with what the web began."""
        with self._changed:
            session, at = self._sessions.asking(Scan, Pad)
            if session is None and not self._sessions.has_visitor and _WEB_CODE.fullmatch(text):
                self.on_web_code(text)
            if session is None or (isinstance(at, Pad) and not at.may_scan):
                return
            with contextlib.suppress(NotAnAnswer):
                answer = at.read({"code": [text], "typed": [text]})
                self._keep(self._touch(session.id), at, answer)

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
