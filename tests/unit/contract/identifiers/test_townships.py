"""The 100 townships, towns and streets of the city."""

from collections import Counter

from contract.identifiers.area import AREAS
from contract.identifiers.townships import TOWNSHIPS


def test_there_are_one_hundred_by_county_as_the_statistics_have_them() -> None:
    assert len(TOWNSHIPS) == 100
    assert Counter(one.county for one in TOWNSHIPS.values()) == {
        "330802": 18, "330803": 20, "330822": 14, "330824": 14, "330825": 15, "330881": 19,
    }  # fmt: skip


def test_each_has_a_code_of_nine_digits_in_its_county_and_a_name_of_its_kind() -> None:
    for code, township in TOWNSHIPS.items():
        assert code == township.code
        assert (len(code), code.isdecimal(), code[:6] in AREAS) == (9, True, True)
        assert township.zh.endswith(("街道", "镇", "乡"))
    assert TOWNSHIPS["330825212"].zh == "沐尘畲族乡"
    assert len({one.zh for one in TOWNSHIPS.values()}) == 100
