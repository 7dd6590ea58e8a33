"""A resident's family is confirmed by staff, with consent and a reason; two tokens are kept, and nobody's name."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contract.reference_rows import CareRoom
from edge.domain.visits.case import Case
from edge.services.desk.deeds import NotNow
from edge.services.desk.family import Families
from tests.unit.edge.services.desk.desk_hall import FIRST, NURSE, DeskHall

RESIDENT, OTHER = "aa" * 32, "bb" * 32
ROOMS = [
    CareRoom(room="301", floor=3, visit="yes", resident_masked="李*", resident_token=RESIDENT),
    CareRoom(room="301", floor=3, visit="yes", resident_masked="王*"),  # the city has never seen this one here
    CareRoom(room="302", floor=3, visit="yes", resident_masked="赵*", resident_token=OTHER),
]
WHY = "户口本上是女儿"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[DeskHall]:
    with closing(DeskHall(tmp_path / "box", "care_home")) as one:
        yield one


@pytest.fixture
def families(hall: DeskHall) -> Families:
    return Families("f-1-desk", hall.store, lambda: ROOMS, hall.clock)


def visiting(hall: DeskHall, room: str = "3-01", *, with_card: bool = True) -> Case:
    return hall.submit("care_visit", (FIRST,) if with_card else (), answers={}, sealed={"room": room})


def told(hall: DeskHall) -> list[dict[str, Any]]:
    return hall.events("consent.given", "consent.withdrawn", "family.confirmed")


def test_confirmed_with_consent_they_are_family_and_the_consent_stands_before(
    hall: DeskHall, families: Families
) -> None:
    case = visiting(hall)
    (one,) = families.asked(case.id).residents
    assert (one.room, one.name_masked, one.is_family) == ("301", "李*", False)
    families.confirm(case.id, RESIDENT, "resident", WHY, NURSE)
    assert hall.store.family_of(FIRST.token) == {RESIDENT}
    consent, relation = told(hall)[-2:]
    assert (consent["type"], consent["token"]) == ("consent.given", RESIDENT)
    assert (relation["resident"], relation["relative"], relation["result"]) == (RESIDENT, FIRST.token, "confirmed")
    assert (relation["by"], relation["reason"], relation["consent"]) == (NURSE.number, WHY, "resident")
    assert families.asked(case.id).residents[0].is_family


def test_a_consent_that_is_taken_back_ends_it(hall: DeskHall, families: Families) -> None:
    case = visiting(hall)
    families.confirm(case.id, RESIDENT, "resident", WHY, NURSE)
    families.end(case.id, RESIDENT, "guardian", "老人不愿意了", NURSE)
    assert hall.store.family_of(FIRST.token) == frozenset()
    assert [one["type"] for one in told(hall)[-2:]] == ["consent.withdrawn", "family.confirmed"]


@pytest.mark.parametrize(
    ("resident", "consent", "reason", "why"),
    [
        (RESIDENT, "", WHY, "desk.why.consent"),
        (RESIDENT, "visitor", WHY, "desk.why.consent"),
        (RESIDENT, "resident", "  ", "desk.why.reason"),
        (OTHER, "resident", WHY, "desk.why.no_resident"),
        ("", "resident", WHY, "desk.why.no_resident"),
    ],
)
def test_without_consent_reason_or_a_resident_of_that_room_nothing_is_written(
    hall: DeskHall, families: Families, resident: str, consent: str, reason: str, why: str
) -> None:
    case = visiting(hall)
    before = told(hall)
    with pytest.raises(NotNow) as refused:
        families.confirm(case.id, resident, consent, reason, NURSE)
    assert refused.value.why == why
    assert (told(hall), hall.store.family_of(FIRST.token)) == (before, frozenset())


def test_twice_is_refused_and_so_is_the_end_of_what_never_was(hall: DeskHall, families: Families) -> None:
    case = visiting(hall)
    with pytest.raises(NotNow, match=r"no_resident"):
        families.end(case.id, RESIDENT, "resident", WHY, NURSE)
    families.confirm(case.id, RESIDENT, "resident", WHY, NURSE)
    with pytest.raises(NotNow, match=r"no_resident"):
        families.confirm(case.id, RESIDENT, "resident", WHY, NURSE)


def test_who_laid_no_card_cannot_be_confirmed(hall: DeskHall, families: Families) -> None:
    case = visiting(hall, with_card=False)
    with pytest.raises(NotNow, match=r"no_card"):
        families.confirm(case.id, RESIDENT, "resident", WHY, NURSE)


def test_another_matter_has_no_family(hall: DeskHall, families: Families) -> None:
    case = hall.submit("care_home", (FIRST,), answers={}, sealed={"room": "301"})
    with pytest.raises(NotNow):
        families.asked(case.id)


def test_no_name_is_kept_or_told(hall: DeskHall, families: Families) -> None:
    case = visiting(hall)
    families.confirm(case.id, RESIDENT, "resident", WHY, NURSE)
    written = hall.written()
    assert FIRST.name.encode() not in written
    assert FIRST.number.encode() not in written
