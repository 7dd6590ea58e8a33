"""Data entered once: where each field of an application came from."""

from edge.domain.visits.person import read_card
from edge.domain.visits.provenance import provenance

CARD = {
    "name": "测试甲", "sex": "1", "ethnic": "01", "birth": "19900307", "address": "测试省测试市测试路1号",
    "id_number": "330899199003070016", "issuer": "测试市公安局", "valid_from": "20160101", "valid_to": "20360101",
}  # fmt: skip
PERSON = read_card(CARD, b"k" * 32, simulated=True)


def test_a_card_fills_nine_fields_that_nobody_types() -> None:
    told = provenance((PERSON,), {"persons": [PERSON.as_json()], "phone": "00012345678"}, {})
    assert sorted(name for name, source in told.items() if source == "card") == [
        f"persons.1.{field}"
        for field in ("address", "birth", "ethnic", "issuer", "name", "number", "sex", "valid_from", "valid_to")
    ]
    assert told["phone"] == "typed"


def test_what_a_card_does_not_say_came_from_nowhere() -> None:
    bare = read_card({k: v for k, v in CARD.items() if k not in ("issuer", "ethnic")}, b"k" * 32, simulated=True)
    assert "persons.1.issuer" not in provenance((bare,), {}, {})
    assert provenance((), {"phone": "", "persons": []}, {}) == {}


def test_what_the_city_knew_already_is_shared() -> None:
    told = provenance((), {"booking": "b-1", "room": "101", "health": "well"}, {"booking": "shared", "room": "shared"})
    assert told == {"booking": "shared", "room": "shared", "health": "typed"}


def test_no_value_is_told_with_it() -> None:
    assert PERSON.number not in str(provenance((PERSON,), {}, {}))
