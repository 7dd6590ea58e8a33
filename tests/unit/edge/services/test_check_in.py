"""A card becomes a check-in; the number and the full name go no further."""

import hashlib
import hmac
import json

import pytest

from contract.events.data import EventData
from contract.events.types import attributes
from contract.events.visits import IdentityRead, VisitCheckin
from contract.identifiers.citizen_number import check_character
from edge.domain.visits.person import mask_name
from edge.services.check_in import CheckIn
from tests.unit.edge.moments import at

KEY = b"k" * 32
NAME = "欧阳测试"
_FIRST_17 = "330899" + "19900307" + "001"
NUMBER = _FIRST_17 + check_character(_FIRST_17)
X_NUMBER = next(n + "X" for i in range(100) if check_character(n := f"33089919900307{i:03}") == "X")


def check_in(*, simulated: bool = True) -> CheckIn:
    return CheckIn(KEY, lambda _ms: "visit-1", simulated=simulated)


def card(number: str = NUMBER, name: str = NAME) -> dict[str, str]:
    return {"id_number": number, "name": name, "address": "衢州市柯城区某路1号", "birth": "19900307", "sex": "2"}


def text_of(events: list[EventData]) -> str:
    return json.dumps([attributes(event) for event in events], ensure_ascii=False)


def test_a_good_card_is_an_identity_read_and_a_check_in() -> None:
    read, visit = check_in().on_card("kiosk-1", card(), at(0))
    token = hmac.new(KEY, NUMBER.encode(), hashlib.sha256).hexdigest()
    masked = "330899********" + NUMBER[-4:]
    assert read == IdentityRead(device="kiosk-1", method="card", result="ok", token=token, id_masked=masked)
    assert visit == VisitCheckin(visit="visit-1", device="kiosk-1", token=token, id_masked=masked, name_masked="欧**",
                                 method="card")  # fmt: skip


def test_neither_number_nor_name_nor_address_nor_birthday_is_anywhere_in_the_events() -> None:
    said = text_of(check_in().on_card("kiosk-1", card(), at(0)))
    for secret in (NUMBER, NUMBER[6:14], NAME, NAME[1:], "柯城区"):
        assert secret not in said


def test_the_same_person_has_the_same_token_here_and_another_one_elsewhere() -> None:
    here, again = check_in().on_card("kiosk-1", card(), at(0)), check_in().on_card("kiosk-2", card(), at(0))
    elsewhere = CheckIn(b"x" * 32, lambda _ms: "visit-1", simulated=True).on_card("kiosk-1", card(), at(0))
    tokens = [events[1].token for events in (here, again, elsewhere) if isinstance(events[1], VisitCheckin)]
    assert tokens[0] == tokens[1] != tokens[2]


def test_a_small_x_and_spaces_are_the_same_number() -> None:
    assert check_in().on_card("kiosk-1", card(X_NUMBER.lower() + " "), at(0)) == check_in().on_card(
        "kiosk-1", card(X_NUMBER), at(0)
    )


def test_a_wrong_check_character_is_read_but_no_check_in() -> None:
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    (read,) = check_in().on_card("kiosk-1", card(wrong), at(0))
    assert isinstance(read, IdentityRead)
    assert (read.result, read.token, read.id_masked) == ("bad_check_digit", None, None)
    assert wrong not in text_of([read])
    assert wrong[6:14] not in text_of([read])


@pytest.mark.parametrize("number", ["", " ", "12345", "ABCDEFGHIJKLMNOPQR", "３３０８９９" + NUMBER[6:]])
def test_what_is_no_number_is_told_in_words(number: str) -> None:
    (read,) = check_in().on_card("kiosk-1", card(number), at(0))
    assert isinstance(read, IdentityRead)
    assert read.result == "bad_check_digit"
    assert "character" in read.reason


def test_a_rehearsal_refuses_the_number_of_a_living_person() -> None:
    first_17 = "330802" + "19900307" + "001"  # joined here, so that no file holds one
    real = first_17 + check_character(first_17)
    (read,) = check_in(simulated=True).on_card("kiosk-1", card(real), at(0))
    assert isinstance(read, IdentityRead)
    assert (read.result, read.reason) == ("bad_check_digit", "area 330802 is not an accepted one")
    assert len(check_in(simulated=False).on_card("kiosk-1", card(real), at(0))) == 2


def test_a_real_facility_refuses_an_invented_number() -> None:
    assert len(check_in(simulated=False).on_card("kiosk-1", card(), at(0))) == 1


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("欧阳测试", "欧**"), ("张", "张*"), ("买买提·吐尔逊", "买**"), ("", "**"), ("\n三", "**")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize("name", ["", "\n", "\0", "A", "王\n"])
def test_a_card_with_an_odd_name_still_checks_in(name: str) -> None:
    assert len(check_in().on_card("kiosk-1", card(name=name), at(0))) == 2


@pytest.mark.parametrize(
    ("what", "result"), [("card_unreadable", "unreadable"), ("card_unsupported", "unsupported_card")]
)
def test_a_card_that_cannot_be_used_is_told_with_the_reason(what: str, result: str) -> None:
    (read,) = check_in().on_failure("kiosk-1", what, {"sw3": "41", "meaning": "read failed"})
    assert isinstance(read, IdentityRead)
    assert (read.result, read.reason) == (result, "meaning read failed, sw3 41")


# cards of people from elsewhere


def test_a_foreign_residents_card_is_a_check_in_too() -> None:
    foreign = {"id_number": "ZZZ000000000016", "name": "EXAMPLE PERSON", "card_type": "foreign_resident"}
    read, visit = check_in().on_card("kiosk-1", foreign, at(0))
    assert isinstance(visit, VisitCheckin)
    assert (visit.id_masked, visit.name_masked) == ("ZZZ********0016", "E**")
    assert "0000000000" not in text_of([read, visit])


@pytest.mark.parametrize(
    ("number", "simulated"), [("ZZZ000000000016", False), ("USA000000000016", True), ("ZZZ01", True), ("", True)]
)
def test_an_invented_foreigner_is_refused_in_real_life_and_a_real_one_in_a_rehearsal(
    number: str, simulated: bool
) -> None:
    foreign = {"id_number": number, "name": "EXAMPLE", "card_type": "foreign_resident"}
    (read,) = check_in(simulated=simulated).on_card("kiosk-1", foreign, at(0))
    assert isinstance(read, IdentityRead)
    assert read.result == "bad_check_digit"
    assert not number or number not in read.reason


def test_a_resident_of_hong_kong_has_a_citizen_number_and_checks_in_with_it() -> None:
    first_17 = "81009719900307001"
    number = first_17 + check_character(first_17)
    resident = {"id_number": number, "name": "陈试", "card_type": "hmt_resident"}
    _, visit = check_in().on_card("kiosk-1", resident, at(0))
    assert isinstance(visit, VisitCheckin)
