"""Anybody may ask about a social organisation: four groups, each with its age, and nothing is kept of the question."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.identifiers.credit_code import check_character, organisation_check_character
from contract.reference_rows import SocialOrganisation
from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.matters.social_organisations import (
    KINDS,
    MOST_SHOWN,
    QUERY,
    STATES,
    groups_of,
    in_sixes,
    matching,
    nearest,
)
from edge.domain.visits.questions import Choice, Line, NotAnAnswer, Notice, Pad, Question
from edge.kiosk.words import shared
from edge.kiosk.words.social_organisations import WORDS
from tests.unit.edge.domain.visits.conversation_driver import Talk, visit

NOW_MS = visit().now_ms
DAY_MS = 86_400_000


def code(number: int) -> str:
    inside = f"MJT{number:05d}"
    first_17 = f"51330899{inside}{organisation_check_character(inside)}"
    return first_17 + check_character(first_17)


def row(number: int, name: str, initials: str, **changed: Any) -> SocialOrganisation:
    fresh = {"as_of_ms": NOW_MS - DAY_MS // 2, "source": "测试民政局"}
    about: dict[str, Any] = {
        "name": name,
        "initials": initials,
        "credit_code": code(number),
        "kind": "association",
        "county": "330802",
        "state": "normal",
        "legal_representative": "测试甲",
        "registration": {**fresh, "established": "2015-04-01", "registrar": "测试民政局"},
        "annual": {**fresh, "checks": [{"year": 2024, "result": "passed"}, {"year": 2025, "result": "not_done"}]},
        "credit": fresh,
    }
    return SocialOrganisation.model_validate_json(json.dumps(about | changed))


CLIMBERS = row(1, "样例登山协会", "YLDSXH")
PAINTERS = row(2, "样例书法协会", "YLSFXH", state="check_due")
RESCUE = row(3, "测试救援队", "CSJYD", kind="service", county="330881", state="listed_abnormal")
ROWS = (CLIMBERS, PAINTERS, RESCUE)


def talk(*rows: SocialOrganisation) -> Talk:
    return Talk(QUERY, visit(snapshots={"social_organisations": rows or ROWS}))


def keys(at: Question) -> list[str]:
    assert isinstance(at, Choice)
    return [option.key for option in at.options]


def to_the_end(one: Talk, take: str = "done") -> Ending:
    return one.until("take", lambda page: page.says()).says(chosen=take).ending


def test_a_name_is_found_by_the_first_letters_of_any_part_of_it() -> None:
    found = talk().says(chosen="name").says(typed="dsxh")
    assert keys(found.question) == [CLIMBERS.credit_code]
    assert found.says(chosen=CLIMBERS.credit_code).at == "detail.registration"


def test_names_that_begin_with_the_letters_stand_first() -> None:
    assert matching((RESCUE, CLIMBERS, row(4, "登山", "DS")), "DS")[0].name == "登山"
    assert len(matching(ROWS, "")) == len(ROWS)


def test_one_wrong_letter_shows_the_nearest_names_and_calls_nothing_unlawful() -> None:
    near = talk().says(chosen="name").says(typed="YLDSX" + "B")
    assert near.at == "near"
    assert keys(near.question) == [CLIMBERS.credit_code, PAINTERS.credit_code, "none"]
    assert near.says(chosen="none").at == "end:none"
    assert "非法" not in "".join(said.zh for said in WORDS.values())


def test_the_nearest_are_three_at_most_and_at_least_half_alike() -> None:
    many = [row(n, f"样例{n}", "ABCD") for n in range(1, 9)]
    assert len(nearest(many, "ABCE")) == 3
    assert nearest(many, "WXYZ") == []


def test_a_code_finds_its_organisation() -> None:
    assert talk().says(chosen="code").says(typed=PAINTERS.credit_code).at == "detail.registration"
    assert talk().says(chosen="code").says(typed=code(99)).at == "end:none"


def test_a_code_with_a_wrong_check_character_is_not_looked_up() -> None:
    asking = talk().says(chosen="code")
    wrong = CLIMBERS.credit_code[:-1] + ("0" if CLIMBERS.credit_code[-1] != "0" else "1")
    with pytest.raises(NotAnAnswer) as told:
        asking.says(typed=wrong)
    assert told.value.why == "pad.credit_code.wrong"
    assert asking.at == "code"


def test_a_kind_in_a_county_or_in_the_whole_city() -> None:
    service = talk().says(chosen="kind").says(chosen="service")
    assert keys(service.says(chosen="330881").says(skip="1").question) == [RESCUE.credit_code]
    whole = talk().says(chosen="kind").says(chosen="association").says(chosen="330800").says(typed="SF")
    assert keys(whole.question) == [PAINTERS.credit_code]
    assert talk().says(chosen="kind").says(chosen="foundation").says(chosen="330802").says(skip="1").at == "end:none"


def test_too_many_are_said_to_be_many_and_the_first_ones_shown() -> None:
    many = talk(*(row(n, f"样例{n:03d}协会", "YLXH") for n in range(MOST_SHOWN + 5))).says(chosen="name")
    question = many.says(typed="XH").question
    assert len(keys(question)) == MOST_SHOWN
    assert (question.words, question.values["n"]) == ("social_organisations.found_many", str(MOST_SHOWN + 5))


def test_one_query_tells_four_groups_each_with_its_age_and_source() -> None:
    party = {"as_of_ms": NOW_MS, "source": "测试部", "has_party_branch": True, "projects": ["邻里互助"]}
    groups = groups_of(row(5, "样例", "YL", party=party), visit())
    assert list(groups) == ["registration", "annual", "credit", "party"]
    for lines in groups.values():
        assert {"social_organisations.line.as_of", "social_organisations.line.source"} <= {one.label for one in lines}


def test_a_group_that_nobody_shares_is_left_out() -> None:
    assert list(groups_of(CLIMBERS, visit())) == ["registration", "annual", "credit"]


def test_data_older_than_twice_its_period_is_said_to_be_old() -> None:
    def is_old(age_ms: int) -> bool:
        credit = {"as_of_ms": NOW_MS - age_ms, "source": "测试"}
        return "social_organisations.old" in [
            one.value for one in groups_of(row(6, "样例", "YL", credit=credit), visit())["credit"]
        ]

    assert not is_old(2 * DAY_MS)
    assert is_old(2 * DAY_MS + 1)


def test_a_penalty_leaves_the_public_page_when_its_validity_ends() -> None:
    penalty = {"kind": "penalty", "decided": "2025-11-25", "authority": "测试局", "reason": "警告"}
    credit = {"as_of_ms": NOW_MS, "source": "测试", "entries": [{**penalty, "valid_until": "2026-11-25"}]}
    punished = row(7, "样例", "YL", credit=credit)

    def labels(day: date) -> set[Any]:
        return {one.label for one in groups_of(punished, visit(day=day))["credit"]}

    assert "social_organisations.credit.penalty" in labels(date(2026, 11, 25))
    assert "social_organisations.credit.penalty" not in labels(date(2026, 11, 26))
    assert "social_organisations.line.entries" in labels(date(2026, 11, 26))


def test_a_code_is_shown_in_sixes() -> None:
    assert in_sixes("51330899MJT000010L") == "513308 99MJT0 00010L"
    assert in_sixes(CLIMBERS.credit_code) in {one.value for one in groups_of(CLIMBERS, visit())["registration"]}


def test_state_is_a_shape_and_a_word_and_no_two_shapes_are_alike() -> None:
    assert len({said.zh[0] for said in STATES.values()}) == len(STATES)
    assert all(len(said.zh) > 2 for said in STATES.values())


def test_what_is_taken_along_tells_nobodys_name() -> None:
    ending = to_the_end(talk().says(chosen="code").says(typed=CLIMBERS.credit_code), "take")
    assert ending.key == "take"
    assert CLIMBERS.credit_code in ending.qr
    assert CLIMBERS.legal_representative not in ending.qr + repr(ending.receipt)


def test_who_wants_to_report_something_speaks_with_a_person() -> None:
    ending = to_the_end(talk().says(chosen="code").says(typed=CLIMBERS.credit_code), "report")
    assert (ending.key, ending.staff) == ("report", "help")


@pytest.mark.parametrize("by", ["name", "code", "kind"])
def test_without_the_list_the_page_says_so(by: str) -> None:
    assert Talk(QUERY, visit(online=False)).says(chosen=by).at == "end:unavailable"


def test_an_organisation_that_went_from_the_list_meanwhile_is_asked_for_again() -> None:
    before = talk().says(chosen="name").says(typed="XH").says(chosen=PAINTERS.credit_code)
    after = talk(CLIMBERS)
    after.answers = dict(before.answers)
    assert after.at == "found"


def test_nobody_is_asked_who_they_are() -> None:
    assert not QUERY.needs_people


def _lines(at: Question | Ending) -> Iterator[Line]:
    yield from at.receipt if isinstance(at, Ending) else getattr(at, "lines", ())


def missing_words(at: Question | Ending) -> set[str]:
    """Keys that a page uses and the catalogue does not have."""
    if isinstance(at, Ending):
        used = {f"social_organisations.end.{at.key}"}
    else:
        prefix = at.words or f"social_organisations.{at.name}"
        used = {prefix} | {f"{prefix}.{option.key}" for option in getattr(at, "options", ()) if option.text is None}
    used |= {
        text
        for line in _lines(at)
        for text in (line.label, line.value)
        if isinstance(text, str) and text.startswith("social_organisations.")
    }
    return used - WORDS.keys() - shared.WORDS.keys()


def test_every_word_stands_in_both_languages() -> None:
    assert {QUERY.name, f"{QUERY.name}.note"} <= WORDS.keys()
    assert {f"{QUERY.name}.kind.{key}" for key in KINDS} <= WORDS.keys()
    assert all(said.zh and said.en for said in WORDS.values())


@given(st.data())
def test_whatever_is_asked_it_ends_and_nothing_is_kept(data: st.DataObject) -> None:
    one = talk() if data.draw(st.booleans()) else Talk(QUERY, visit())
    codes = [*(known.credit_code for known in ROWS), code(77)]
    for _ in range(LONGEST):
        at = one.walk.at
        assert not missing_words(at)
        match at:
            case Ending():
                assert (at.state, at.persons, at.events, dict(at.sealed), dict(at.answers)) == (None, (), (), {}, {})
                return
            case Choice():
                one.says(chosen=data.draw(st.sampled_from(keys(at))))
            case Pad(kind="letters"):
                one.says(typed=data.draw(st.text("CDFHJLSXY", min_size=1, max_size=12)))
            case Pad():
                one.says(typed=data.draw(st.sampled_from(codes)))
            case Notice():
                one.says()
        assert not at.personal
    raise AssertionError("it asks without an end")
