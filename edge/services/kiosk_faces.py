"""Between a visit at the kiosk and the face check: begins it with the consent and the card's photo, tells the page its
hints, writes down each attempt, and answers the page. No result is a refusal: whatever is no match is the window.
"""

import base64
import binascii
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from contract.events.visits import IdentityCompare
from edge.domain.face import hints
from edge.domain.face.consent import NoConsent, consent_to
from edge.domain.face.decision import Attempt, Result
from edge.domain.visits.person import NotUsable, read_card
from edge.domain.visits.questions import Answer, Consent, Face
from edge.ports import StoreUnavailable
from edge.services.card_photos import CardPhotos
from edge.services.face_attempt import Image, State
from edge.services.face_check import FaceCheck, Run
from edge.services.visits import NoSession, Session, Visits

log = logging.getLogger(__name__)

_NOTICES: Mapping[Result, str] = {"match": hints.DONE, "no_camera": hints.NO_CAMERA}
"""What the next page says; of all else the same, so that nobody standing by reads why."""


class KioskFaces:
    """`picture`: a card photo's bytes as a picture, None where they cannot be read here. `begin`, `end` and `on_card`
    are called from one thread at a time (with the visits' lock held, or before they are told of the card).
    """

    wants_photos = True

    def __init__(
        self,
        visits: Visits,
        check: FaceCheck,
        photos: CardPhotos,
        picture: Callable[[bytes | bytearray], Image | None],
        place: str,
        site_key: bytes,
        *,
        simulated: bool,
    ) -> None:
        self._visits, self._check, self._photos, self._picture = visits, check, photos, picture
        self._place, self._site_key, self._simulated = place, site_key, simulated
        self._runs: dict[str, Run] = {}  # by session

    def on_card(self, fields: Mapping[str, Any]) -> None:
        """A card was read: `photo` of its fields, bytes or base64, is kept for its person. To be told before the
        visits are.
        """
        photo = fields.get("photo", b"")
        if isinstance(photo, str):
            try:
                photo = base64.b64decode(photo, validate=True)
            except binascii.Error:
                photo = b""
        self._photos.forget()
        with contextlib.suppress(NotUsable):
            if photo:
                self._photos.put(read_card(fields, self._site_key, simulated=self._simulated).token, photo)

    def on_compared(self, values: Mapping[str, Any]) -> None:
        """A camera is looked through, it tells nothing by itself."""

    def on_standing(self, *, is_there: bool) -> None: ...

    def begin(self, session: Session, question: Face) -> None:
        """Returns at once; the check's own thread answers."""
        self.end(session)
        self._visits.tell(session.id, question.name, state="reading", hint=hints.WAIT)
        work = _Checking(self._visits, self._place, session, question)
        try:
            token = consent_to(
                question,
                session.walk.question(question.consent),
                session.case.answers.get(question.consent),
                session.case.id,
                session.case.changed_ms,
            )
            is_held_up = question.reference == "document_photo"
            reference = None if is_held_up else lambda: self._reference(question.token)
            self._runs[session.id] = self._check.start(token, reference, work.on_state)
        except NoConsent as none:
            log.error("kiosk: no face check: %s", none)
            self._visits.tell(session.id, question.name, state="gone", hint=hints.WINDOW)

    def end(self, session: Session) -> None:
        """The page is another now, or the visitor has gone. Returns at once."""
        run = self._runs.pop(session.id, None)
        if run is not None:
            run.cancel()
        self._photos.forget(but=self._person_before(session))

    def _person_before(self, session: Session) -> str:
        """Whose photo the page may still need; "" when the page is another or the visitor has gone."""
        page = session.walk.at
        with contextlib.suppress(NoSession):
            self._visits.standing(session.id)
            return page.token if isinstance(page, Consent | Face) else ""
        return ""

    def _reference(self, person: str) -> Image | None:
        photo = self._photos.of(person)
        if photo is None:
            return None
        try:
            return self._picture(photo)
        finally:
            photo[:] = bytes(len(photo))


class _Checking:
    """Tells one face question of one session how its check stands."""

    def __init__(self, visits: Visits, place: str, session: Session, question: Face) -> None:
        self._visits, self._place, self._question = visits, place, question
        self._session, self._case = session.id, session.case.id
        self._noted = 0

    def on_state(self, state: State) -> None:
        """Never raises: a check that cannot be written down is none, and the window helps."""
        try:
            self._take(state)
        except StoreUnavailable as error:
            log.error("kiosk: a face check could not be written down: %s", error)
            self._visits.tell(self._session, self._question.name, state="gone", hint=hints.WINDOW)

    def _take(self, state: State) -> None:
        outcome = state.outcome
        if outcome is None or outcome.result == "cancelled":
            fresh = (outcome or state).attempts[self._noted :]
            if fresh:
                self._visits.note(self._session, *map(self._event, fresh))
                self._noted += len(fresh)
        if outcome is None:
            tries = len(state.attempts)
            self._visits.tell(self._session, self._question.name, state="reading", hint=state.hint, tries=tries)
            return
        if outcome.result == "cancelled":
            return
        answer: Answer = {"result": "window", "attempts": len(outcome.attempts), "why": outcome.result}
        if outcome.result == "match":
            answer = {"result": "match", "attempts": len(outcome.attempts)}
        events = [self._event(attempt) for attempt in outcome.attempts[self._noted :]]
        self._visits.give(self._session, self._question.name, answer, *events, notice=self._notice(outcome.result))

    def _notice(self, result: Result) -> str:
        is_held_up = self._question.reference == "document_photo"
        if is_held_up and result == "match":
            return hints.DOCUMENT_DONE
        if not is_held_up and result == "no_reference":
            return ""  # the next page asks for a document
        return _NOTICES.get(result, hints.STAFF)

    def _event(self, attempt: Attempt) -> IdentityCompare:
        return IdentityCompare(
            case=self._case,
            place=self._place,
            token=self._question.token,
            result=attempt.result,
            attempt=attempt.number,
            reference="none" if attempt.result == "no_reference" else self._question.reference,
            score=attempt.score,
            threshold=attempt.threshold,
            liveness=attempt.liveness,
            model=attempt.model,
        )
