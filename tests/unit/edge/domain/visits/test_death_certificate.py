"""What the code of a death certificate tells: a number, and sometimes whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.death_certificate import Deceased, deceased_of


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("2026330899000001|测试丙|1|2026-11-24", "测** 先生", "Mr 测**"),
        ("2026330899000001|测丁|2|2026-11-24", "测* 女士", "Ms 测*"),
        ("2026330899000001|测丁|0|2026-11-24", "测*", "测*"),
        ("2026330899000001", "证明号尾号 0001", "certificate ending in 0001"),
    ],
)
def test_the_deceased_are_spoken_of_masked(code: str, zh: str, en: str) -> None:
    assert deceased_of(code).said == (zh, en)


@pytest.mark.parametrize(
    "code", ["", "1234567", "12345678|测丁", "12345678|测丁|3|2026-11-24", "12345678|||", "a" * 12]
)
def test_another_code_is_none(code: str) -> None:
    with pytest.raises(ValueError, match="not the code of a death certificate"):
        deceased_of(code)


def test_the_token_is_of_the_certificate_whoever_scans_it() -> None:
    whole, number = deceased_of("2026330899000001|测试丙|1|2026-11-24"), deceased_of("2026330899000001")
    assert whole.token == number.token != deceased_of("2026330899000002").token


@given(st.from_regex(r"[0-9A-Z]{8,24}", fullmatch=True), st.sampled_from("012"), st.dates())
def test_all_that_stands_in_the_code_is_kept(number: str, sex: str, died: object) -> None:
    assert deceased_of(f"{number}|测试丙|{sex}|{died}") == Deceased(number, "测试丙", sex, str(died))
