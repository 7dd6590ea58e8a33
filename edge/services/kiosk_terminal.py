"""The other reader of faces: a terminal beside the kiosk that compares by itself (人证比对), and tells what it found.

Its word counts only while a page asks for it after a recorded consent, and only for the person whose card was laid at
the kiosk; anything else is no match. No picture reaches this side: the terminal's driver drops them unseen.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Literal

from contract.events.visits import IdentityCompare
from edge.domain.face import hints
from edge.domain.face.consent import NoConsent, consent_to
from edge.domain.face.decision import MOST_ATTEMPTS, Result
from edge.domain.visits.person import check_number, token_of
from edge.domain.visits.questions import Answer, Face
from edge.ports import StoreUnavailable
from edge.services.visits import Session, Visits

WAIT_S = 60.0
_TOLD: Mapping[Any, Result] = {"match": "match", "mismatch": "mismatch", "not_live": "not_live"}
_NOTICES: Mapping[Result, str] = {"match": hints.DONE, "no_camera": hints.NO_TERMINAL}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One face question of one session. `told`: what the terminal says; "gone" when it is, "over" to say no more."""

    session: str
    case: str
    question: Face
    told: "SimpleQueue[Mapping[str, Any] | Literal['gone', 'over']]" = field(default_factory=SimpleQueue)


class KioskTerminal:
    """`is_there` is told by the devices' feed. `begin` and `end` are called with the visits' lock held: they only
    start and stop. `wait_s`: for one answer of the terminal.
    """

    wants_photos = False

    def __init__(
        self,
        visits: Visits,
        place: str,
        device: str,
        site_key: bytes,
        on_standing: Callable[[bool], None] = lambda _is_there: None,
        *,
        simulated: bool,
        wait_s: float = WAIT_S,
    ) -> None:
        """`on_standing`: told whether the terminal is there."""
        self._visits, self._place, self._device, self._site_key = visits, place, device, site_key
        self._tell_standing, self._simulated, self._wait_s = on_standing, simulated, wait_s
        self._is_there = False
        self._asked: _Asked | None = None  # one terminal: the page that asked last

    # of the devices

    def on_card(self, fields: Mapping[str, Any]) -> None: ...

    def on_standing(self, *, is_there: bool) -> None:
        self._is_there = is_there
        self._tell_standing(is_there)
        asked = self._asked
        if not is_there and asked is not None:
            asked.told.put("gone")

    def on_compared(self, values: Mapping[str, Any]) -> None:
        """What nobody asked for leaves no trace, nor what the terminal tells late, after an outage."""
        asked = self._asked
        if asked is not None and not values.get("history"):
            asked.told.put(values)

    # of the visits

    def begin(self, session: Session, question: Face) -> None:
        self.end(session)
        try:
            consent_to(
                question,
                session.walk.question(question.consent),
                session.case.answers.get(question.consent),
                session.case.id,
                session.case.changed_ms,
            )
        except NoConsent as none:
            log.error("kiosk: no face check: %s", none)
            self._visits.tell(session.id, question.name, state="gone", hint=hints.WINDOW)
            return
        self._visits.tell(session.id, question.name, state="reading", hint=hints.TERMINAL)
        if self._asked is not None:
            self._asked.told.put("over")
            self._gone(self._asked)  # one terminal: who asked before goes to the window
        self._asked = asked = _Asked(session.id, session.case.id, question)
        if not self._is_there:
            asked.told.put("gone")
        threading.Thread(target=self._work, args=(asked,), name="face terminal", daemon=True).start()

    def end(self, session: Session) -> None:
        asked = self._asked
        if asked is not None and asked.session == session.id:
            self._asked = None
            asked.told.put("over")

    # its own thread

    def _work(self, asked: _Asked) -> None:
        """Whatever breaks here leaves the visitor with the window's button."""
        try:
            self._listen(asked)
        except StoreUnavailable as error:
            log.error("kiosk: a face check could not be written down: %s", error)
            self._gone(asked)
        except Exception:
            log.exception("kiosk: a face check broke")
            self._gone(asked)

    def _gone(self, asked: _Asked) -> None:
        self._visits.tell(asked.session, asked.question.name, state="gone", hint=hints.WINDOW)

    def _listen(self, asked: _Asked) -> None:
        for number in range(1, MOST_ATTEMPTS + 1):
            told = _next(asked, self._wait_s)
            if told == "over":
                return
            result, terminal = self._judge(asked.question, told)
            event = self._event(asked, result, number, terminal)
            is_last = number == MOST_ATTEMPTS or told is None or told == "gone"
            if result == "match" or is_last:
                answer: Answer = {"result": "window", "attempts": number, "why": result}
                if result == "match":
                    answer = {"result": "match", "attempts": number}
                notice = _NOTICES.get(result, hints.STAFF)
                self._visits.give(asked.session, asked.question.name, answer, event, notice=notice)
                return
            self._visits.note(asked.session, event)
            self._visits.tell(
                asked.session, asked.question.name, state="reading", hint=hints.TERMINAL_AGAIN, tries=number
            )

    def _judge(self, question: Face, told: Mapping[str, Any] | str | None) -> tuple[Result, str]:
        """With the terminal's own name; "no_reference": it compared with another card than the one laid here."""
        if told is None:
            return "no_face", ""
        if isinstance(told, str):
            return "no_camera", ""
        if self._token(str(told.get("id_number", ""))) != question.token:
            return "no_reference", ""
        return _TOLD.get(told.get("result"), "mismatch"), str(told.get("terminal", ""))

    def _token(self, number: str) -> str:
        for kind in ("resident", "foreign_resident"):
            try:
                return token_of(check_number(number, kind, simulated=self._simulated)[0], self._site_key)
            except ValueError:
                continue
        return ""

    def _event(self, asked: _Asked, result: Result, number: int, terminal: str) -> IdentityCompare:
        is_compared = result in ("match", "mismatch", "not_live")
        return IdentityCompare(
            case=asked.case,
            place=self._place,
            token=asked.question.token,
            result=result,
            attempt=number,
            reader="face_terminal",
            reference="card_photo" if is_compared else "none",
            model=f"{self._device}@{terminal}" if is_compared else "",
        )


def _next(asked: _Asked, wait_s: float) -> Mapping[str, Any] | str | None:
    """None when nothing was told in time."""
    try:
        return asked.told.get(timeout=wait_s)
    except Empty:
        return None
