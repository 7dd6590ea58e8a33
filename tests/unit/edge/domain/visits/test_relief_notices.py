"""Papers of the relief station: in time, with what is known, and a refusal never without its reason."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events.visits import NoticePrepared
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.relief_notices import (
    Described,
    Ground,
    NotRefusable,
    Station,
    described,
    kin_search_notice,
    police_request,
    refusal_notice,
)

HOUR_MS = 3600_000
ARRIVED_MS = int(datetime(2026, 11, 25, 3, tzinfo=SHANGHAI).timestamp() * 1000)
STATION = Station("模拟救助管理站", "000-11112222", "模拟民政局", "000-33334444")
WANG = Described(
    said_name="老王", sex="man", age="old", height_cm="165", accent="elsewhere", home="elsewhere", company="alone",
    found="330803", came="police", belongings={"bag": 1, "money": 1},
)  # fmt: skip
CODES = st.sampled_from(["", "unknown", "unwilling"])
NOBODY_KNOWS = st.builds(
    Described, sex=CODES, age=CODES, accent=CODES, home=CODES, company=CODES, found=CODES, came=CODES
)  # fmt: skip


def test_the_notice_says_what_eyes_and_ears_know() -> None:
    assert kin_search_notice(WANG, STATION, "f-1-20261125-0001", ARRIVED_MS).text == (
        "寻亲公告\n"
        "2026年11月25日，我站接待一名暂时无法查明身份的人员，现寻找其亲属。\n"
        "性别：男\n"
        "年龄(目测)：60周岁以上\n"
        "身高(目测)：约165厘米\n"
        "口音：外省口音\n"
        "发现地：衢江区\n"
        "自称：老王\n"
        "同行：独自一人\n"
        "如您认识此人，或有走失的亲人与以上情况相近，请与我站联系。\n"
        "联系电话：000-11112222(24小时)  编号：f-1-20261125-0001\n"
        "模拟救助管理站"
    )


def test_the_notice_is_due_twenty_four_hours_after_the_arrival() -> None:
    assert kin_search_notice(WANG, STATION, "n", ARRIVED_MS).due_ms == ARRIVED_MS + 24 * HOUR_MS


def test_the_public_does_not_learn_what_somebody_carries_or_where_home_is() -> None:
    text = kin_search_notice(WANG, STATION, "n", ARRIVED_MS).text
    assert [word for word in ("封袋", "包1件", "家乡", "到站方式", "照片") if word in text] == []


def test_the_police_are_asked_for_a_check_and_for_dna_within_a_month() -> None:
    paper = police_request(WANG, STATION, "n", ARRIVED_MS, "模拟派出所")
    assert paper.lines[0] == "模拟派出所："
    assert "2026年11月25日03:00" in paper.lines[1]
    assert "随身物品：包1件、装钱物的封袋1件" in paper.lines
    assert "一个月内采集、比对DNA" in paper.text
    assert paper.due_ms == ARRIVED_MS + 24 * HOUR_MS


@pytest.mark.parametrize(
    "about",
    [
        replace(WANG, is_harmed=True),
        replace(WANG, age="child"),
        replace(WANG, age="child", company=""),
        replace(WANG, age="child", company="pet"),
    ],
)
def test_a_child_alone_and_whoever_is_harmed_are_told_to_the_police_at_once(about: Described) -> None:
    paper = police_request(about, STATION, "n", ARRIVED_MS, "模拟派出所")
    assert paper.due_ms == ARRIVED_MS
    assert "请立即核查" in paper.text
    assert not replace(about, is_harmed=False, age="child", company="adult").is_urgent


def test_the_event_of_a_paper_carries_its_sum_and_no_word_of_it() -> None:
    paper = kin_search_notice(WANG, STATION, "n", ARRIVED_MS)
    assert paper.sha256 == sha256(paper.text.encode()).hexdigest()
    NoticePrepared(
        case="01a00000-0000-7000-8000-000000000000", kind="kin_search", document_sha256=paper.sha256, by="17"
    )


@given(NOBODY_KNOWS)
def test_what_nobody_knows_has_no_line(about: Described) -> None:
    paper = kin_search_notice(about, STATION, "n", ARRIVED_MS)
    assert len(paper.lines) == 4
    assert not any(code in paper.text for code in ("unknown", "unwilling", "：\n"))


def test_what_the_intake_kept_comes_back_as_it_was() -> None:
    assert described(WANG.as_json()) == WANG


def test_a_refusal_names_its_ground_the_facts_and_who_hears_a_complaint() -> None:
    paper = refusal_notice(
        ["has_kin", "can_pay"], "有亲属在本市居住，愿意接回。", STATION, "n", ARRIVED_MS, is_helped_first=False
    )  # fmt: skip
    assert "理由：有亲友可以投靠；自身有能力解决食宿。" in paper.lines
    assert "事实：有亲属在本市居住，愿意接回。" in paper.lines
    assert "可以向模拟民政局反映，电话 000-33334444" in paper.text
    assert "随时再来求助" in paper.text


@pytest.mark.parametrize(
    ("grounds", "explanation", "is_helped_first"),
    [([], "x", False), (["can_pay"], "  ", False), (["untrue"], "x", True)],
)
def test_no_refusal_without_a_ground_without_facts_or_for_who_is_helped_first(
    grounds: list[Ground], explanation: str, is_helped_first: bool
) -> None:
    with pytest.raises(NotRefusable):
        refusal_notice(grounds, explanation, STATION, "n", ARRIVED_MS, is_helped_first=is_helped_first)
