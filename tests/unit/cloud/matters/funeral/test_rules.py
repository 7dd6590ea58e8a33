"""Forms of a funeral case, bills from the list, what a kiosk's booking becomes, when a receipt is late."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cloud.matters.funeral.bookings import case_form, contact_of
from cloud.matters.funeral.figures import nearest
from cloud.matters.funeral.forms import FuneralCase, Order, Reception
from cloud.matters.funeral.notices import bill, message, to_pay_fen
from cloud.matters.funeral.permits import RECEIPT_DUE_MS, due_ms
from cloud.matters.funeral.points import CustodyPoint
from cloud.office.inputs import inputs_of
from cloud.services.casework import Refused
from contract.cremation_notice import PART
from tests.unit.edge.domain.visits.matters.mourners import price_list

NUMBER = "330899193802280012"
HOUR_MS = 3_600_000


def test_who_the_deceased_is_stands_sealed_and_the_city_makes_the_tokens() -> None:
    form = FuneralCase.model_validate({
        "home": "funeral-1", "area": "330802", "deceased_name": "测试甲", "deceased_number": NUMBER,
        "certificate": "SIM12345", "token": "forged", "certificate_token": "forged",
    }).tokened(lambda number: f"token of {number}")  # fmt: skip
    plain, personal = form.parts()
    assert plain == {
        "home": "funeral-1", "area": "330802", "token": f"token of {NUMBER}",
        "certificate_token": "token of death-certificate/SIM12345",
    }  # fmt: skip
    assert set(personal) == {"deceased_name", "deceased_number", "certificate"}
    nobody = FuneralCase(home="funeral-1", area="330802", token="forged").tokened(lambda _number: "made")
    assert (nobody.token, nobody.certificate_token) == ("", "")
    asked = [one.name for one in inputs_of(FuneralCase)]
    assert not {"token", "certificate_token", "booking", "booked_at", "price_list", "services"} & set(asked)


@pytest.mark.parametrize("number", ["330899193802280016", "3308991938022800", "330899190002290010", "长期"])
def test_a_number_that_cannot_be_is_nobody_s(number: str) -> None:
    with pytest.raises(ValidationError):
        Reception(deceased_name="测试甲", deceased_number=number, proof="police", epc="E2801105")


def test_a_reader_before_a_furnace_says_which_and_no_other_does() -> None:
    for wrong in ({"place": "furnace"}, {"place": "cold_room", "furnace": "cremator-1"}):
        with pytest.raises(ValidationError, match="for a reader before a furnace"):
            CustodyPoint.model_validate({"home": "funeral-1", "device": "rfid-1", **wrong})


def test_a_bill_has_what_was_chosen_from_the_list_and_nothing_outside_it() -> None:
    lines = bill(price_list(), {"urn-paper": 1, "storage-more": 2, "candle": 0, "pick-up": 1})
    assert [(one.item, one.price_fen, one.to_pay_fen) for one in lines] == [
        ("pick-up", 26_000, 0), ("storage-more", 18_000, 18_000), ("urn-paper", 12_000, 12_000),
    ]  # fmt: skip
    assert to_pay_fen(lines) == 30_000
    with pytest.raises(Refused, match="not on the list 2026-1: flowers") as refused:
        bill(price_list(), {"flowers": 1})
    assert "清单外不得收费" in refused.value.zh


@given(st.dictionaries(st.sampled_from([item.id for item in price_list().items]), st.integers(0, 1000)))
def test_whatever_is_chosen_is_priced_as_the_list_says(services: dict[str, int]) -> None:
    items = {item.id: item for item in price_list().items}
    lines = bill(price_list(), services)
    assert to_pay_fen(lines) == sum(items[name].to_pay_fen * count for name, count in services.items())
    said = message(price_list(), lines, None, "")
    assert f"{to_pay_fen(lines) / 100:.2f}元" in said.replace("\n", "")
    assert all(len(line) <= PART for line in said.splitlines())


@pytest.mark.parametrize("typed", [{"time": "24:00"}, {"phone": "110"}, {"services": {"": 1}}, {"cause": "x"}])
def test_an_order_holds_no_free_text_that_could_reach_the_message(typed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Order.model_validate({"price_list": "2026-1", "services": {"pick-up": 1}, **typed})


def test_a_receipt_is_due_72_hours_after_the_departure_or_the_permit() -> None:
    assert due_ms(0, None) == RECEIPT_DUE_MS == 72 * HOUR_MS
    assert due_ms(0, 5 * HOUR_MS) == 77 * HOUR_MS


BOOKING = SimpleNamespace(case="01a00000-0000-7000-8000-000000000000", price_list="2026-1")


def test_a_booking_becomes_a_case_with_what_of_it_fits() -> None:
    person = {"name": "测试乙", "number": NUMBER, "sex": "1"}
    sealed = {
        "persons": [person], "phones": ["000-12345678"], "services": {"pick-up": 1},
        "deceased": {"certificate": "SIM12345", "name": "测试逝"},
    }  # fmt: skip
    form = case_form("funeral-1", "330802", BOOKING, sealed)
    assert (form.certificate, form.deceased_name, form.services) == ("SIM12345", "测试逝", {"pick-up": 1})
    assert (form.applicants[0].number, form.applicants[0].phone) == (NUMBER, "000-12345678")


_TYPED = st.text("长a0\n\u202e𠮷'", max_size=9)
_SEALED = st.one_of(
    st.none(),
    _TYPED,
    st.integers(),
    st.lists(_TYPED, max_size=3),
    st.dictionaries(st.sampled_from(("name", "number", "certificate", "pick-up")), _TYPED),
)


@given(st.dictionaries(st.sampled_from(("persons", "phones", "services", "deceased")), _SEALED))
def test_whatever_a_box_sealed_a_booking_becomes_a_case_and_a_contact(sealed: dict[str, Any]) -> None:
    form = case_form("funeral-1", "330802", BOOKING, sealed)
    assert (form.home, form.booking) == ("funeral-1", BOOKING.case)
    assert contact_of(sealed).keys() <= {"name", "phone"}


@given(st.lists(st.integers(0, 100), min_size=1, max_size=300))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values: list[int]) -> None:
    told = nearest(sorted(values), 99)
    assert told in values
    assert sum(value <= told for value in values) >= 0.99 * len(values)
    assert nearest([], 99) is None
