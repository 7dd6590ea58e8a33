"""The gallery at a care home's desk (人脸库): agree, then capture; who is this; taken back.

Source: 人脸识别技术应用安全管理办法 (2025): a separate consent or a guardian's decision is written down before the
camera opens, and nothing is decided by the machine: it names candidates, a member of staff says who it is. Pictures
and vectors are in memory only, the templates in the box's own encrypted file.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, get_args

from contract.events.data import EventData
from contract.events.visits import ConsentGiven, ConsentWithdrawn, FaceEnrolled, FaceIdentified
from edge.domain.face.gallery import Entry, Found, Grant, Who, may_keep
from edge.domain.visits.staff import Staff
from edge.ports import CameraLost, CaseStore, Clock
from edge.services.desk.checks import Number
from edge.services.desk.deeds import NotNow, reason_in
from edge.services.face_attempt import Embedding, Means
from edge.services.face_capture import NoGoodLook, captured

TEXT_VERSION = "gallery-2026-11"
MOST = 3  # candidates
BASES = ("consent", "guardian")
_SEARCHES = 16  # that nobody has answered yet
_NAME, _GIVEN_BY = 32, 64
log = logging.getLogger(__name__)


class Gallery(Protocol):
    """edge.adapters.face.gallery_file.GalleryFile."""

    @property
    def grants(self) -> list[Grant]: ...
    def enrolled(self, model: str) -> set[str]: ...
    def allow(self, grant: Grant) -> None: ...
    def enrol(self, *entries: Entry) -> None: ...
    def withdraw(self, person: str) -> int: ...
    def search(self, vector: Embedding, model: str, most: int) -> list[Found]: ...


Opened = Callable[[], AbstractContextManager[Gallery]]
"""The gallery, whole and for one at a time, inside the block only. No transaction of the store is begun in it: a
consent that is taken back at a case opens the gallery inside of one.
"""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed, as it was typed. `number`: the person's identity number; it is not kept."""

    who: str
    name: str
    number: str
    basis: str
    given_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the list. `is_enrolled`: a template of the present model stands in the gallery."""

    grant: Grant
    is_enrolled: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    grant: Grant
    cosine: float


@dataclass(frozen=True, slots=True)
class Search:
    """The candidates with the nearest first; without any the box knows nobody like that."""

    id: str
    candidates: tuple[Candidate, ...]


class DeskFaces:
    """`means`: None where no camera or no engine is; then there is only the list, and taking back."""

    def __init__(
        self,
        place: str,
        facility_kind: str,
        opened: Opened,
        means: Means | None,
        store: CaseStore,
        clock: Clock,
        number: Number,
        new_id: Callable[[int], str],
    ) -> None:
        """Raises NoGalleryHere."""
        may_keep(facility_kind)
        self._place, self._opened, self._means = place, opened, means
        self._store, self._clock, self._number, self._new_id = store, clock, number, new_id
        self._camera = threading.Lock()
        self._searches: dict[str, Search] = {}

    @property
    def can_look(self) -> bool:
        return self._means is not None

    def all(self) -> list[Kept]:
        """Raises OSError where the file cannot be opened."""
        with self._opened() as gallery:
            enrolled = gallery.enrolled(self._model) if self._means else set[str]()
            return [Kept(grant, grant.person in enrolled) for grant in gallery.grants]

    def agree(self, agreed: Agreed, language: str, staff: Staff) -> Grant:
        """同意入库: durable before anybody is looked at. Raises NotNow."""
        grant = self._grant(agreed, staff)
        self._tell(self._consent(ConsentGiven, grant, language))
        with self._opened() as gallery:
            gallery.allow(grant)
        return grant

    def enrol(self, grant_id: str, staff: Staff) -> Grant:
        """采集: who is before the camera is kept as the person of the grant. Raises NotNow: no grant, no good look."""
        with self._opened() as gallery:
            _of(gallery, grant_id)
        with self._look() as vector, self._opened() as gallery:
            grant = _of(gallery, grant_id)  # it may have been taken back meanwhile
            gallery.enrol(Entry(grant.person, grant.basis, grant.id, self._model, vector.astype("<f4").tobytes()))
        try:
            self._tell(
                FaceEnrolled(
                    case=grant.id,
                    place=self._place,
                    token=grant.person,
                    who=grant.who,
                    basis=grant.basis,
                    model=self._model,
                    by=staff.number,
                )
            )
        except Exception:
            self._forget(grant)  # what cannot be written down is not kept
            raise
        return grant

    def _forget(self, grant: Grant) -> None:
        """The template, and not the grant."""
        with self._opened() as gallery:
            if grant in gallery.grants:
                gallery.withdraw(grant.person)
                gallery.allow(grant)

    def identify(self, staff: Staff) -> Search:
        """这是谁: of whoever is before the camera now. Raises NotNow."""
        with self._look() as vector, self._opened() as gallery:
            grants = {grant.person: grant for grant in gallery.grants}
            found = [one for one in gallery.search(vector, self._model, MOST) if one.cosine >= self._threshold]
        candidates = tuple(Candidate(grants[one.person], one.cosine) for one in found if one.person in grants)
        search = Search(self._new_id(self._clock.now().wall_ms), candidates)
        best = round(candidates[0].cosine, 3) if candidates else None
        self._tell(self._identified(search, "candidates" if candidates else "nobody", staff, score=best))
        if candidates:
            self._searches[search.id] = search
            while len(self._searches) > _SEARCHES:
                del self._searches[next(iter(self._searches))]
        return search

    def confirm(self, search_id: str, person: str, staff: Staff) -> Grant | None:
        """A member of staff says who it is, once; `person` "": none of them. Raises NotNow."""
        search = self._searches.get(search_id)
        chosen = next((one for one in search.candidates if one.grant.person == person), None) if search else None
        if search is None or (person and chosen is None):
            raise NotNow("desk.why.no_search")
        if chosen is None:
            self._tell(self._identified(search, "not_confirmed", staff))
        else:
            score = round(chosen.cosine, 3)
            self._tell(self._identified(search, "confirmed", staff, score=score, token=chosen.grant.person))
        self._searches.pop(search_id, None)
        return chosen.grant if chosen else None

    def withdraw(self, grant_id: str, language: str, staff: Staff) -> int:
        """撤回: every template is gone from memory and file; how many there were. Raises NotNow."""
        with self._opened() as gallery:
            grant = _of(gallery, grant_id)
            deleted = gallery.withdraw(grant.person)
            self._searches = {
                key: search for key, search in self._searches.items()
                if all(one.grant.person != grant.person for one in search.candidates)
            }  # fmt: skip
        self._tell(self._consent(ConsentWithdrawn, grant, language, deleted=deleted))
        log.info("desk: %s took a face out of the gallery", staff.number)
        return deleted

    @contextlib.contextmanager
    def _look(self) -> Iterator[Embedding]:
        """The vector of who is before the camera, zeroed after the block. Raises NotNow."""
        if self._means is None:
            raise NotNow("desk.why.no_camera")
        if not self._camera.acquire(blocking=False):
            raise NotNow("desk.why.camera_busy")
        try:
            vector = captured(self._means)
        except NoGoodLook as none:
            raise NotNow(none.hint) from None
        except CameraLost as lost:
            log.warning("desk: %s", lost)
            raise NotNow("desk.why.no_camera") from None
        finally:
            self._camera.release()
        try:
            yield vector
        finally:
            vector.fill(0)

    def _grant(self, agreed: Agreed, staff: Staff) -> Grant:
        name = " ".join(agreed.name.split())[:_NAME]
        if agreed.who not in get_args(Who) or agreed.basis not in BASES or not name:
            raise NotNow("desk.why.agreed")
        is_guardians = agreed.basis == "guardian"
        given_by = " ".join(agreed.given_by.split())[:_GIVEN_BY] if is_guardians else ""
        if is_guardians and not given_by:
            raise NotNow("desk.why.guardian")
        try:
            token, _masked = self._number(agreed.number.strip().upper())
        except ValueError:
            raise NotNow("desk.why.number") from None
        now_ms = self._clock.now().wall_ms
        fields: dict[str, Any] = {"who": agreed.who, "basis": agreed.basis}
        return Grant(
            id=self._new_id(now_ms), person=token, name=name, text_version=TEXT_VERSION, by=staff.number,
            at_ms=now_ms, given_by=given_by, why=reason_in(agreed.why) if is_guardians else "", **fields,
        )  # fmt: skip

    def _consent(self, kind: type[EventData], grant: Grant, language: str, **about: int) -> EventData:
        return kind.model_validate({
            "case": grant.id, "scope": "face_gallery", "text_version": grant.text_version, "language": language,
            "place": self._place, "token": grant.person, **about,
        })  # fmt: skip

    def _identified(self, search: Search, result: str, staff: Staff, **about: object) -> FaceIdentified:
        return FaceIdentified.model_validate({
            "case": search.id, "place": self._place, "result": result, "candidates": len(search.candidates),
            "threshold": self._threshold, "model": self._model, "by": staff.number, **about,
        })  # fmt: skip

    def _tell(self, *events: EventData) -> None:
        """Durable when it returns. Raises StoreUnavailable."""
        with self._store.transaction() as writing:
            writing.add_events(events, self._clock.now())

    @property
    def _model(self) -> str:
        assert self._means is not None
        return f"{self._means.engine.model}@{self._means.engine.version}"

    @property
    def _threshold(self) -> float:
        assert self._means is not None
        return self._means.settings.thresholds.match_from


def _of(gallery: Gallery, grant_id: str) -> Grant:
    """Raises NotNow: nobody agreed to this, or not any more."""
    found: Sequence[Grant] = [grant for grant in gallery.grants if grant.id == grant_id]
    if not found:
        raise NotNow("desk.why.no_grant")
    return found[0]
