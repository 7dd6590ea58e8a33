"""The nine owners of special relief are the plan's nine departments."""

from contract.special_relief import OWNERS, UNITS


def test_each_owner_is_a_department_of_its_own() -> None:
    assert UNITS == {
        "medical": "卫生健康", "employment": "人力社保", "education": "教育", "housing": "住建",
        "disabled_federation": "残联", "water": "供水", "power": "供电", "gas": "供气", "cable_tv": "广电传媒",
    }  # fmt: skip
    assert tuple(UNITS) == OWNERS
