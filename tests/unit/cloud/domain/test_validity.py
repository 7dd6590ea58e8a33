"""How long something holds."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from cloud.domain.validity import Validity, last_day

VALIDITY = TypeAdapter(Validity)


@pytest.mark.parametrize(("until", "last"), [("长期", None), ("2028-02-29", date(2028, 2, 29))])
def test_a_validity_has_a_last_day_or_none(until: str, last: date | None) -> None:
    assert last_day(VALIDITY.validate_python(until)) == last


@pytest.mark.parametrize(
    "until", ["", "2027-02-29", "20270101", "2027-1-1", "长期 ", "永久", "2027-01-01T00:00", "２０２７-０１-０１"]
)
def test_what_is_neither_a_day_of_the_calendar_nor_for_good_is_no_validity(until: str) -> None:
    with pytest.raises(ValidationError):
        VALIDITY.validate_python(until)
