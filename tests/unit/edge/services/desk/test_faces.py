"""The gallery at a care home's desk: agreed first, nothing by the machine alone, and gone when it is taken back."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.adapters.face.gallery_file import GalleryFile
from edge.domain.face import hints
from edge.domain.face.gallery import NoGalleryHere
from edge.domain.visits.person import check_number, token_of
from edge.ports import StoreUnavailable
from edge.services.desk.deeds import NotNow
from edge.services.desk.faces import TEXT_VERSION, Agreed, DeskFaces
from edge.services.face_attempt import Means
from tests.unit.edge.services.desk.desk_hall import NURSE, DeskHall
from tests.unit.edge.services.face_scene import (
    ANOTHER,
    FAST,
    RELATIVE,
    SHORT,
    SOMEBODY,
    Camera,
    Image,
    means,
    nobody,
    picture,
)
from tests.unit.edge.services.visits.counter_hall import CARD, KEY, OTHER_CARD

NAME, OTHER_NAME = "测试甲 201", "测试乙 202"
HERS = Agreed("resident", NAME, CARD["id_number"], "consent")
HIS = Agreed("resident", OTHER_NAME, OTHER_CARD["id_number"], "guardian", "测试丙，儿子", "失智，说不清自己是谁")


def still(who: int = SOMEBODY, live: int = 90) -> Callable[[], Iterator[Image | None]]:
    def scene() -> Iterator[Image | None]:
        while True:
            yield picture(who=who, live=live)

    return scene


class Home:
    def __init__(self, directory: Path, kind: str = "care_home") -> None:
        self.hall, self.camera = DeskHall(directory, kind), Camera(still())
        self.kind, self.directory, self.is_open = kind, directory, False
        self.sees(means(self.camera, FAST))

    def sees(self, by: Means | None) -> None:
        self.faces = DeskFaces(
            "f-1-desk", self.kind, self.opened, by, self.hall.store, self.hall.clock, _number, self.hall.new_id
        )

    @contextlib.contextmanager
    def opened(self) -> Iterator[GalleryFile]:
        with closing(GalleryFile(self.directory, KEY, self.kind)) as gallery:
            self.is_open = True
            try:
                yield gallery
            finally:
                self.is_open = False

    def keeps(self, agreed: Agreed, who: int) -> str:
        self.camera.scene = still(who)
        grant = self.faces.agree(agreed, "zh", NURSE)
        self.faces.enrol(grant.id, NURSE)
        return grant.id

    def found(self, who: int) -> list[str]:
        self.camera.scene = still(who)
        return [one.grant.name for one in self.faces.identify(NURSE).candidates]


def _number(typed: str) -> tuple[str, str]:
    whole, masked = check_number(typed, "resident", simulated=True)
    return token_of(whole, KEY), masked


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with closing((made := Home(tmp_path)).hall):
        yield made


def test_who_agreed_is_captured_listed_found_and_confirmed_by_a_person(home: Home) -> None:
    home.keeps(HERS, SOMEBODY)
    home.keeps(HIS, ANOTHER)
    assert [(one.grant.name, one.grant.basis, one.is_enrolled) for one in home.faces.all()] == [
        (NAME, "consent", True), (OTHER_NAME, "guardian", True),
    ]  # fmt: skip
    home.camera.scene = still(ANOTHER)
    search = home.faces.identify(NURSE)
    assert [one.grant.name for one in search.candidates] == [OTHER_NAME]
    told = home.hall.events("face.identified")
    assert [(one["result"], one.get("token")) for one in told] == [("candidates", None)]
    who = home.faces.confirm(search.id, search.candidates[0].grant.person, NURSE)
    assert who is not None
    assert who.name == OTHER_NAME
    confirmed = home.hall.events("face.identified")[-1]
    assert (confirmed["result"], confirmed["token"], confirmed["by"]) == ("confirmed", who.person, NURSE.number)
    with pytest.raises(NotNow):
        home.faces.confirm(search.id, who.person, NURSE)


def test_the_consent_is_durable_before_the_camera_is_on(home: Home) -> None:
    seen: list[list[str]] = []

    def scene() -> Iterator[Image | None]:
        seen.append([one["type"] for one in home.hall.events("consent.given", "face.enrolled")])
        return still()()

    home.camera.scene = scene
    grant = home.faces.agree(HERS, "zh", NURSE)
    assert home.camera.times_on == 0
    home.faces.enrol(grant.id, NURSE)
    assert seen == [["consent.given"]]
    given, enrolled = home.hall.events("consent.given", "face.enrolled")
    assert (given["scope"], given["text_version"], given["token"]) == ("face_gallery", TEXT_VERSION, grant.person)
    assert (given["case"], enrolled["token"]) == (enrolled["case"], grant.person)


def test_without_an_agreement_the_camera_stays_off(home: Home) -> None:
    with pytest.raises(NotNow, match="no_grant"):
        home.faces.enrol("nobody's", NURSE)
    grant = home.faces.agree(HERS, "zh", NURSE)
    home.faces.withdraw(grant.id, "zh", NURSE)
    with pytest.raises(NotNow, match="no_grant"):
        home.faces.enrol(grant.id, NURSE)
    assert home.camera.times_on == 0


@pytest.mark.parametrize(
    ("agreed", "why"),
    [
        (Agreed("visitor", NAME, CARD["id_number"], "consent"), "agreed"),
        (Agreed("resident", " ", CARD["id_number"], "consent"), "agreed"),
        (Agreed("resident", NAME, CARD["id_number"], "contract"), "agreed"),
        (Agreed("resident", NAME, "330899199003070017", "consent"), "number"),
        (Agreed("resident", NAME, CARD["id_number"], "guardian", "", "失智"), "guardian"),
        (Agreed("resident", NAME, CARD["id_number"], "guardian", "测试丙，儿子", " "), "reason"),
    ],
)
def test_an_agreement_that_is_not_whole_is_none(home: Home, agreed: Agreed, why: str) -> None:
    with pytest.raises(NotNow, match=why):
        home.faces.agree(agreed, "zh", NURSE)
    assert home.faces.all() == []
    assert home.hall.events("consent.given") == []


def test_a_stranger_is_nobody_and_a_relative_is_not_taken_for_one(home: Home) -> None:
    home.keeps(HERS, SOMEBODY)
    assert home.found(RELATIVE) == home.found(ANOTHER) == []
    assert [one["result"] for one in home.hall.events("face.identified")] == ["nobody", "nobody"]


def test_none_of_them_is_an_answer(home: Home) -> None:
    home.keeps(HERS, SOMEBODY)
    search = home.faces.identify(NURSE)
    with pytest.raises(NotNow, match="no_search"):
        home.faces.confirm(search.id, "somebody who is no candidate", NURSE)
    assert home.faces.confirm(search.id, "", NURSE) is None
    assert home.hall.events("face.identified")[-1]["result"] == "not_confirmed"


def test_who_is_taken_out_is_not_found_again_and_can_be_confirmed_no_more(home: Home) -> None:
    grant_id = home.keeps(HERS, SOMEBODY)
    home.keeps(HIS, ANOTHER)
    home.camera.scene = still(SOMEBODY)
    search = home.faces.identify(NURSE)
    assert home.faces.withdraw(grant_id, "zh", NURSE) == 1
    with pytest.raises(NotNow, match="no_search"):
        home.faces.confirm(search.id, search.candidates[0].grant.person, NURSE)
    assert home.found(SOMEBODY) == []
    assert [one.grant.name for one in home.faces.all()] == [OTHER_NAME]
    withdrawn = home.hall.events("consent.withdrawn")
    assert [(one["scope"], one["deleted"]) for one in withdrawn] == [("face_gallery", 1)]
    with pytest.raises(NotNow, match="no_grant"):
        home.faces.withdraw(grant_id, "zh", NURSE)


@pytest.mark.parametrize(("scene", "hint"), [(nobody, hints.LOOK), (still(live=10), hints.AGAIN)])
def test_nobody_and_a_print_are_not_captured_and_the_page_says_what_helps(
    home: Home, scene: Callable[[], Iterator[Image | None]], hint: str
) -> None:
    home.sees(means(home.camera, SHORT))
    grant = home.faces.agree(HERS, "zh", NURSE)
    home.camera.scene = scene
    with pytest.raises(NotNow, match=hint):
        home.faces.enrol(grant.id, NURSE)
    assert [one.is_enrolled for one in home.faces.all()] == [False]
    assert home.hall.events("face.enrolled") == []
    assert not home.camera.is_on


def test_every_picture_is_zeroed_and_neither_a_name_nor_a_number_nor_a_vector_is_to_be_read_anywhere(
    home: Home,
) -> None:
    home.keeps(HERS, SOMEBODY)
    home.found(SOMEBODY)
    assert home.camera.given
    assert not any(image.any() for image in home.camera.given)
    written = home.hall.written()
    for secret in (NAME.encode(), CARD["id_number"].encode()):
        assert secret not in written


def test_a_camera_that_was_unplugged_is_said(home: Home) -> None:
    home.camera.was_unplugged = True
    with pytest.raises(NotNow, match="no_camera"):
        home.faces.identify(NURSE)
    home.sees(None)
    with pytest.raises(NotNow, match="no_camera"):
        home.faces.identify(NURSE)
    assert not home.faces.can_look


def test_what_cannot_be_written_down_is_not_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = home.faces.agree(HERS, "zh", NURSE)

    def full() -> None:
        raise StoreUnavailable("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(home.hall.store, "transaction", full)
        with pytest.raises(StoreUnavailable):
            home.faces.enrol(grant.id, NURSE)
    assert [one.is_enrolled for one in home.faces.all()] == [False]


def test_a_step_here_and_a_consent_taken_back_at_a_case_never_wait_for_each_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a case the gallery is opened inside a transaction: so no transaction may begin while it is open."""
    begin, orders = home.hall.store.transaction, list[bool]()

    def transaction() -> Any:
        orders.append(home.is_open)
        return begin()

    monkeypatch.setattr(home.hall.store, "transaction", transaction)
    grant_id = home.keeps(HERS, SOMEBODY)
    search = home.faces.identify(NURSE)
    home.faces.confirm(search.id, search.candidates[0].grant.person, NURSE)
    home.faces.withdraw(grant_id, "zh", NURSE)
    assert orders == [False] * 5


@pytest.mark.parametrize("kind", ["marriage_office", "funeral_home", "relief_station"])
def test_no_other_kind_of_facility_can_have_one(tmp_path: Path, kind: str) -> None:
    with pytest.raises(NoGalleryHere):
        DeskFaces("desk", kind, NotImplemented, None, NotImplemented, NotImplemented, _number, NotImplemented)
