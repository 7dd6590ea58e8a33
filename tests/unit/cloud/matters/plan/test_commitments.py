"""The plan's commitments and the units in its brackets, word by word from 衢政办发〔2018〕106号."""

import pytest

from cloud.matters.plan.commitments import SECTION_OF, SECTIONS, short
from cloud.matters.plan.tasks import of_the_plan

BRACKETS = {
    ("C03", "C10"): "市智慧办、市电子政务中心、市发改委、市经信委、市财政局、市民政局",
    ("C11", "C17"): "市民政局、市行政服务中心、市电子政务中心、市公安局、市档案局、市法院，各县〔市、区〕政府",
    ("C18", "C22"): (
        "市民政局、市编办、市行政服务中心、市电子政务中心、市发改委、市财政局、市国土局、市住建局、市规划局、"
        "衢州绿色产业集聚区、市西区管委会，各县〔市、区〕政府"
    ),
    ("C23", "C27"): "市民政局、市编办、市电子政务中心、市公安局、市人力社保局、市卫生计生委，各县〔市、区〕政府",
    ("C28", "C31"): "市民政局、市公安局、市广电传媒集团",
    ("C32", "C35"): "市民政局、市公安局、市卫生计生委、市综合执法局",
    ("C36", "C40"): (
        "市民政局、市行政服务中心、市教育局、市人力社保局、市卫生计生委、市体育局、市工商联，其他市级机关各单位，"
        "各县〔市、区〕政府"
    ),
    ("C41", "C43"): (
        "市民政局、市行政服务中心、市电子政务中心、市人力社保局、市卫生计生委、市教育局、市住建局、市广电传媒集团、"
        "市残联、国网衢州供电公司，各县〔市、区〕政府"
    ),
    ("C44", "C46"): "市民政局、市编办、市安监局、市消防支队",
    ("C47", "C50"): (
        "市民政局、市发改委、市公安局、市财政局、市国土局、市规划局、市林业局、市综合执法局、市市场监管局、"
        "各县〔市、区〕政府"
    ),
}
COUNTIES = "各县〔市、区〕政府"


def units(bracket: str) -> tuple[str, ...]:
    """〔市、区〕 is no separator."""
    parts = bracket.replace(COUNTIES, "COUNTIES").replace("，", "、").split("、")
    return tuple(COUNTIES if part == "COUNTIES" else part for part in parts)


@pytest.mark.parametrize(("items", "bracket"), BRACKETS.items(), ids=lambda value: str(value)[:12])
def test_units_stand_as_the_plan_s_brackets_name_them(items: tuple[str, str], bracket: str) -> None:
    first, last = (int(item[1:]) for item in items)
    for n in range(first, last + 1):
        assert SECTION_OF[f"C{n:02}"].units == units(bracket)


def test_each_of_the_54_commitments_has_a_task_with_one_lead_unit() -> None:
    every = [f"C{n:02}" for n in range(1, 55)]
    assert [item for section in SECTIONS for item in section.items] == every
    tasks = of_the_plan()
    assert [task.item for task in tasks] == every
    assert {task.lead_unit for task in tasks if task.item in ("C03", "C10")} == {"市智慧办"}
    assert {task.lead_unit for task in tasks} == {"市智慧办", "市民政局"}
    assert all(task.lead_unit not in task.partners for task in tasks)


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("市民政局", "民政"),
        ("民政局", "民政"),
        ("民政", "民政"),
        ("市市场监管局", "市场监管"),
        ("市场监管", "市场监管"),
        ("市安监局", "应急"),
        ("市卫生计生委", "卫生健康"),
        ("市国土局", "自然资源"),
        ("市消防支队", "消防"),
    ],
)
def test_a_unit_has_several_names_and_is_one(unit: str, name: str) -> None:
    assert short(unit) == name
