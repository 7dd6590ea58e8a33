"""A visit with a face check: the consent comes first, each attempt is written down, and every way leads on."""

import base64
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from edge.domain.face import hints
from edge.domain.visits.person import read_card
from edge.domain.visits.questions import Answer
from edge.ports import StoreUnavailable
from edge.services.card_photos import CardPhotos
from edge.services.face_attempt import Settings
from edge.services.face_check import FaceCheck
from edge.services.kiosk_faces import KioskFaces
from edge.services.kiosk_machines import KioskMachines
from tests.unit.edge.services.face_scene import (
    ANOTHER,
    FAST,
    RELATIVE,
    SHORT,
    Camera,
    Image,
    a_person,
    a_person_with_a_document,
    a_still,
    means,
    nobody,
    picture,
)
from tests.unit.edge.services.visits.counter_hall import CARD, KEY, OTHER_CARD, STROKES, Hall, Visitor

PHOTO = b"card photo"


class NoDevices:
    def act(self, device: str, action: str, **arguments: str | int) -> None:
        raise OSError(device, action, arguments)


class Kiosk:
    """A hall whose kiosk has a camera. `asked`: the photos that were to be read."""

    def __init__(self, directory: Path) -> None:
        self.hall = Hall(directory)
        self.camera, self.photos = Camera(a_person), CardPhotos()
        self.asked: list[bytes] = []
        self._work = ThreadPoolExecutor(1)
        self.has(FAST)

    def has(self, settings: Settings) -> None:
        check = FaceCheck(means(self.camera, settings), lambda: ("left",))
        visits = self.hall.visits
        self.faces = KioskFaces(visits, check, self.photos, self._picture, "kiosk-1", KEY, simulated=True)
        self.machines = KioskMachines(visits, {}, NoDevices(), None, self.faces, lambda _session: "", self._work)

    def _picture(self, photo: bytes | bytearray) -> Image | None:
        self.asked.append(bytes(photo))
        return picture() if bytes(photo) == PHOTO else None

    def reads(self, photo: bytes | str = PHOTO, card: dict[str, str] = CARD) -> None:
        self.faces.on_card({**card, "photo": photo})
        self.hall.visits.on_card(card)

    def someone_who_says_yes(self, photo: bytes | str = PHOTO) -> Visitor:
        visitor = Visitor(self.hall)
        visitor.says(chosen="now")
        self.reads(photo)
        visitor.says(way="yes")
        return visitor

    def answer(self, visitor: Visitor, question: str = "who.face") -> Answer:
        """Without whose it is, which is always that of the card."""
        until(lambda: visitor.at != question)
        answer = dict(self.hall.visits.view(visitor.session).answers[question])
        assert answer.pop("of") == read_card(CARD, KEY, simulated=True).token
        return answer

    def machine(self, visitor: Visitor) -> dict[str, object]:
        return dict(self.hall.visits.standing(visitor.session)["machine"])

    def close(self) -> None:
        self.photos.forget()
        self._work.shutdown()
        until(lambda: not self.camera.is_on)
        self.hall.store.close()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    with closing(Kiosk(tmp_path)) as made:
        yield made


def until(holds: Callable[[], bool], within_s: float = 10) -> None:
    ends = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.005)


@pytest.mark.commitment("C14")
def test_who_agrees_and_is_the_person_of_the_card_goes_on_and_it_is_written_down(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_who_says_yes()
    assert kiosk.answer(visitor) == {"result": "match", "attempts": 1}
    assert visitor.at == "sign"
    assert kiosk.hall.events() == ["consent.given", "identity.compare"]
    body = kiosk.hall.bodies()
    assert b'"score":1.0' in body
    assert b'"reference":"card_photo"' in body
    assert b'"model":"scene@000000000000"' in body


def test_the_consent_is_durable_before_the_camera_is_on(kiosk: Kiosk) -> None:
    seen: list[list[str]] = []

    def scene() -> Iterator[Image | None]:
        seen.append(kiosk.hall.events())
        return a_person()

    kiosk.camera.scene = scene
    kiosk.answer(kiosk.someone_who_says_yes())
    assert seen == [["consent.given"]]


@pytest.mark.commitment("C14")
def test_who_does_not_agree_meets_no_camera_and_the_photo_is_gone(kiosk: Kiosk) -> None:
    visitor = Visitor(kiosk.hall)
    visitor.says(chosen="now")
    kiosk.reads()
    kept = kiosk.photos._photo
    visitor.says(way="no")
    assert visitor.at == "sign"
    assert kiosk.camera.times_on == 0
    assert kiosk.asked == []
    assert len(kept) == len(PHOTO)
    assert not any(kept)
    assert kiosk.hall.events() == ["consent.declined"]


@pytest.mark.parametrize("photo", [b"", b"SIM1" + bytes(1020), "not base64!"])
def test_without_a_card_photo_that_can_be_read_another_document_may_be_shown_and_the_window_helps_as_well(
    kiosk: Kiosk, photo: bytes | str
) -> None:
    kiosk.camera.scene = nobody
    visitor = kiosk.someone_who_says_yes(photo)
    assert kiosk.answer(visitor) == {"result": "window", "attempts": 1, "why": "no_reference"}
    assert visitor.at == "who.document"
    assert b'"result":"no_reference"' in kiosk.hall.bodies()
    assert kiosk.hall.visits.view(visitor.session).notices == ()
    visitor.says(instead="window")
    assert visitor.at == "sign"
    until(lambda: not kiosk.camera.is_on)


def test_who_is_pictured_in_the_document_they_show_goes_on_and_the_window_looks_at_the_document(kiosk: Kiosk) -> None:
    kiosk.camera.scene = a_person_with_a_document
    visitor = kiosk.someone_who_says_yes(b"")
    until(lambda: visitor.at == "sign")
    view = kiosk.hall.visits.view(visitor.session)
    assert kiosk.answer(visitor, "who.document") == {"result": "match", "attempts": 1}
    assert view.notices == (hints.DOCUMENT_DONE,)
    assert kiosk.hall.events() == ["consent.given", "identity.compare", "identity.compare"]
    none, match = kiosk.hall.bodies().splitlines()[-2:]
    assert b'"reference"' not in none
    assert b'"reference":"document_photo"' in match
    assert b'"result":"match"' in match
    visitor.says(strokes=STROKES)
    visitor.says(right="1")
    assert visitor.at.startswith("end:")
    assert "visit.checkin" in kiosk.hall.events()
    assert "identity.checked" not in kiosk.hall.events()  # nobody has seen whose document it was


def test_who_shows_somebody_elses_document_goes_to_the_window_like_everybody(kiosk: Kiosk) -> None:
    kiosk.camera.scene = lambda: a_person_with_a_document(ANOTHER)
    visitor = kiosk.someone_who_says_yes(b"")
    until(lambda: visitor.at == "sign")
    view = kiosk.hall.visits.view(visitor.session)
    assert kiosk.answer(visitor, "who.document") == {"result": "window", "attempts": 3, "why": "mismatch"}
    assert view.notices == (hints.STAFF,)


def test_who_shows_no_document_is_waited_for_no_longer_than_an_attempt(kiosk: Kiosk) -> None:
    kiosk.camera.scene = nobody
    kiosk.has(SHORT)
    visitor = kiosk.someone_who_says_yes(b"")
    until(lambda: visitor.at == "sign")
    answer = kiosk.answer(visitor, "who.document")
    assert answer == {"result": "window", "attempts": 1, "why": "no_reference"}
    assert b'"reference":"document_photo"' not in kiosk.hall.bodies()


def test_a_photo_may_come_as_base64(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_who_says_yes(base64.b64encode(PHOTO).decode())
    assert kiosk.answer(visitor)["result"] == "match"


def test_the_photo_of_another_persons_card_is_no_reference(kiosk: Kiosk) -> None:
    visitor = Visitor(kiosk.hall)
    visitor.says(chosen="now")
    kiosk.reads()
    kiosk.faces.on_card({**OTHER_CARD, "photo": PHOTO})
    visitor.says(way="yes")
    assert kiosk.answer(visitor)["why"] == "no_reference"
    visitor.says(instead="window")


@pytest.mark.commitment("C14")
def test_three_attempts_are_each_written_down_as_they_end(kiosk: Kiosk) -> None:
    kiosk.camera.scene = lambda: a_person(ANOTHER)
    visitor = kiosk.someone_who_says_yes()
    assert kiosk.answer(visitor) == {"result": "window", "attempts": 3, "why": "mismatch"}
    assert kiosk.hall.events() == ["consent.given", *["identity.compare"] * 3]
    bodies = kiosk.hall.bodies().splitlines()
    assert [f'"attempt":{number}'.encode() in body for number, body in enumerate(bodies)] == [False, True, True, True]


@pytest.mark.commitment("C14")
def test_a_borderline_result_is_for_a_clerk(kiosk: Kiosk) -> None:
    kiosk.camera.scene = lambda: a_person(RELATIVE)
    assert kiosk.answer(kiosk.someone_who_says_yes()) == {"result": "window", "attempts": 1, "why": "borderline"}


@pytest.mark.commitment("C14")
def test_a_camera_that_does_not_work_leads_to_the_window_at_once(kiosk: Kiosk) -> None:
    kiosk.camera.was_unplugged = True
    assert kiosk.answer(kiosk.someone_who_says_yes()) == {"result": "window", "attempts": 1, "why": "no_camera"}


def test_the_page_is_told_what_helps_now(kiosk: Kiosk) -> None:
    kiosk.camera.scene = nobody
    visitor = kiosk.someone_who_says_yes()
    until(lambda: kiosk.machine(visitor).get("hint") == "face.look")
    assert kiosk.machine(visitor)["state"] == "reading"
    visitor.says(instead="window")


def test_who_taps_not_by_face_goes_on_at_once_and_the_camera_goes_off(kiosk: Kiosk) -> None:
    kiosk.camera.scene = a_still
    visitor = kiosk.someone_who_says_yes()
    until(lambda: kiosk.camera.is_on)
    began = time.monotonic()
    visitor.says(instead="window")
    assert visitor.at == "sign"
    assert time.monotonic() - began < 1
    until(lambda: not kiosk.camera.is_on, within_s=2)
    until(lambda: "identity.compare" in kiosk.hall.events())
    assert b'"result":"cancelled"' in kiosk.hall.bodies()


def test_a_match_is_of_whose_card_it_was_and_another_card_begins_anew(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_who_says_yes()
    assert kiosk.answer(visitor)["result"] == "match"
    visitor.says(strokes=STROKES)
    visits = kiosk.hall.visits
    visits.change(visitor.session, "who.card", visits.view(visitor.session).rev)
    kiosk.reads(card=OTHER_CARD)
    assert visitor.at == "who.way"  # asked whether they want it, as if the other had never been here
    visitor.says(way="no")
    assert visitor.at == "sign"
    visitor.says(strokes=STROKES)
    visitor.says(right="1")
    assert visitor.at.startswith("end:")
    assert "identity.checked" not in kiosk.hall.events()


def test_who_lays_their_own_card_again_is_not_asked_again(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_who_says_yes()
    assert kiosk.answer(visitor)["result"] == "match"
    visitor.says(strokes=STROKES)
    visits = kiosk.hall.visits
    visits.change(visitor.session, "who.card", visits.view(visitor.session).rev)
    kiosk.reads()
    assert visitor.at == "check"
    visitor.says(right="1")
    assert "identity.checked" in kiosk.hall.events()


def test_who_leaves_leaves_nothing(kiosk: Kiosk) -> None:
    kiosk.camera.scene = a_still
    visitor = kiosk.someone_who_says_yes()
    until(lambda: kiosk.camera.is_on)
    kept = kiosk.photos._photo
    assert bytes(kept) == PHOTO
    kiosk.hall.visits.leave(visitor.session)
    until(lambda: not kiosk.camera.is_on, within_s=2)
    assert not any(kept)


def test_who_leaves_before_the_consent_leaves_no_photo(kiosk: Kiosk) -> None:
    visitor = Visitor(kiosk.hall)
    visitor.says(chosen="now")
    kiosk.reads()
    kept = kiosk.photos._photo
    kiosk.hall.visits.leave(visitor.session)
    assert len(kept) == len(PHOTO)
    assert not any(kept)


def test_who_goes_back_to_the_consent_and_agrees_again_is_looked_at_again(kiosk: Kiosk) -> None:
    kiosk.camera.scene = a_still
    visitor = kiosk.someone_who_says_yes()
    until(lambda: kiosk.camera.is_on)
    kiosk.hall.visits.back(visitor.session, kiosk.hall.visits.view(visitor.session).rev)
    assert visitor.at == "who.way"
    kiosk.camera.scene = a_person
    visitor.says(way="yes")
    assert kiosk.answer(visitor) == {"result": "match", "attempts": 1}


def test_when_the_store_cannot_be_written_the_window_button_is_what_is_left(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.camera.scene = nobody
    kiosk.has(SHORT)
    visitor = kiosk.someone_who_says_yes()

    def full() -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(kiosk.hall.store, "transaction", full)
        until(lambda: kiosk.machine(visitor).get("state") == "gone")
        until(lambda: not kiosk.camera.is_on)
        assert visitor.at == "who.face"
    visitor.says(instead="window")
    assert visitor.at == "sign"
