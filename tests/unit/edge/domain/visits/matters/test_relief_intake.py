"""The intake: a doctor first, then whatever somebody can and wants to say; not knowing and not saying cost nothing."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reference_rows import ReliefBed
from edge.domain.visits.matters.relief_intake import (
    CONDITIONS,
    HOSPITAL_FIRST,
    INTAKE,
    OPEN,
    free_beds,
    is_helped_first,
    outcome,
    rooms,
)
from edge.domain.visits.questions import Choice, Consent, Face, Pay
from edge.domain.visits.relief_notices import described
from edge.kiosk.words.relief_intake import WORDS
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, Talk, visit
from tests.unit.edge.domain.visits.matters.walked import unsaid, wander

MEANS_MET = {"lodging": "no", "kin": "no", "support": "no", "living": "yes"}


def bed(room: str, name: str, section: str, state: str = "free") -> ReliefBed:
    return ReliefBed.model_validate({"room": room, "bed": name, "section": section, "state": state})


BEDS = [
    bed("201", "1", "men"), bed("201", "2", "men", "taken"), bed("203", "1", "women"), bed("204", "1", "family"),
    bed("205", "1", "minors"), bed("101", "1", "medical"), bed("202", "1", "men", "out_of_service"),
]  # fmt: skip


def begun(**snapshots: Any) -> Talk:
    return Talk(INTAKE, visit(snapshots=snapshots or {"relief_beds": BEDS})).says(chosen=["well"]).says(chosen="no")


def without_papers(talk: Talk, *, sex: str = "man", age: str = "adult", ability: str = "none") -> Talk:
    """Up to the conditions; called 老王, alone, nobody to call."""
    talk.says(skip="1").says(chosen="none").says(chosen="told").says(typed="老王").says(chosen=sex).says(chosen=age)
    talk.says(chosen=ability).says(chosen="alone").says(chosen="police").says(chosen="330803").says(chosen="elsewhere")
    return talk.says(chosen="elsewhere").says(typed="170").says(chosen="unknown")


def with_conditions(talk: Talk, **changed: str) -> Talk:
    for name in CONDITIONS:
        talk.says(chosen={**MEANS_MET, **changed}[name])
    return talk


def to_the_bed(talk: Talk) -> Talk:
    return talk.says(n_bag="1", n_money="1").says(chosen="safe")


def test_who_is_unwell_goes_to_a_doctor_before_a_single_other_question() -> None:
    for state in HOSPITAL_FIRST:
        talk = Talk(INTAKE, visit()).says(chosen=[state]).says(chosen="go")
        assert (talk.ending.key, talk.ending.staff, talk.ending.persons) == ("hospital", "medical", ())
        assert [question.name for question in talk.walk.asked] == ["health", "doctor"]


def test_somebody_without_papers_gets_a_bed_and_signs() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun()))).says(chosen="201-1").says(right="1")
    ending = talk.says(chosen="sign").says(strokes=STROKES).ending
    assert (ending.key, ending.state) == ("taken_in", "submitted")
    assert ending.slots == ("relief_bed/201-1/2026-11-25",)
    assert ending.answers["agreed"] == "signed"
    assert ending.answers["identity"] == "told"
    assert ending.sealed["name"] == "老王"


def test_who_cannot_write_says_yes_before_a_witness() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun()))).says(chosen="later").says(right="1")
    ending = talk.says(chosen="spoken").says(typed="17").ending
    assert (ending.answers["agreed"], ending.sealed["witness"]) == ("spoken", "17")


def test_who_wants_to_sign_later_is_taken_in_all_the_same() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun()))).says(chosen="later").says(right="1")
    assert talk.says(chosen="sign").says(instead="window").ending.answers["agreed"] == "later"


def test_a_card_saves_the_questions_that_it_answers() -> None:
    talk = begun().says(skip="1").says(chosen="have").lays(MAN)
    assert talk.at == "ability"
    wandered = {question.name for question in talk.walk.asked}
    assert not wandered & {"name", "sex", "age", "accent"}
    assert talk.walk.question("card") is not None


def test_everything_that_is_asked_of_somebody_may_stay_open() -> None:
    own_ways = {"doctor", "agree", "bed"}
    talk = to_the_bed(with_conditions(without_papers(begun())))
    for question in talk.walk.asked:
        if isinstance(question, Choice) and question.name not in own_ways:
            assert {option.key for option in question.options} >= set(OPEN), question.name


def test_who_leaves_everything_open_is_helped_first_and_nobody_is_called() -> None:
    talk = Talk(INTAKE, visit(snapshots={"relief_beds": BEDS}))
    while talk.at != "things":
        match talk.question:
            case Choice(many=True):
                talk.says(chosen=["unwilling"])
            case Choice():
                talk.says(chosen="unknown")
            case _:
                talk.says(skip="1")
    ending = talk.says().says(chosen="self").says(chosen="later").says(right="1").says(chosen="later").ending
    assert (ending.key, ending.state) == ("helped_first", "submitted")
    assert ending.sealed["phone"] == ""
    assert ending.answers["police"] == "ask"


def test_the_family_is_called_only_after_a_yes() -> None:
    talk = begun().says(skip="1").says(chosen="have").lays(MAN).says(chosen="none").says(chosen="alone")
    talk.says(chosen="self").says(chosen="330802").says(chosen="city").says(chosen="told").says(typed="000-12345678")
    question = talk.question
    assert isinstance(question, Consent)
    assert question.scope == "contact"
    to_the_bed(with_conditions(talk.says(way="no"))).says(chosen="201-1").says(right="1")
    ending = talk.says(chosen="sign").says(strokes=STROKES).ending
    assert ending.answers["contact"] == "no"
    assert "12345678" not in repr((ending.answers, ending.receipt))


def test_four_conditions_and_nothing_open_is_the_only_way_to_be_taken_in() -> None:
    for told in product(("yes", "no", "unknown", "unwilling"), repeat=4):
        answers = dict(zip(CONDITIONS, told, strict=True))
        against = any(said in ("yes", "no") and said != CONDITIONS[name] for name, said in answers.items())
        expected = "staff_decides" if against else "taken_in" if answers == MEANS_MET else "check_later"
        assert outcome(answers, helped_first=False) == expected
        assert outcome(answers, helped_first=True) == "helped_first"


def test_having_means_is_for_staff_to_talk_about_and_the_bed_is_kept_meanwhile() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun()), kin="yes")).says(chosen="201-1").says(right="1")
    ending = talk.says(chosen="later").ending
    assert (ending.key, ending.state, len(ending.slots)) == ("staff_decides", "submitted", 1)
    assert "不" not in WORDS["relief_intake.end.staff_decides"].zh + WORDS["relief_intake.end.staff_decides.say"].zh


@pytest.mark.parametrize(
    ("age", "ability", "identity"),
    [
        ("child", "none", "card"),
        ("old", "none", "card"),
        ("adult", "walking", "told"),
        ("adult", "mind", "told"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_the_young_the_old_the_disabled_and_who_cannot_say_their_name_are_helped_first(
    age: str, ability: str, identity: str
) -> None:
    assert is_helped_first(age, ability, identity)
    assert not is_helped_first("adult", "none", "unwilling")


def test_the_conditions_are_not_asked_of_who_is_helped_first() -> None:
    assert without_papers(begun(), age="old").at == "things"


def test_a_child_alone_is_told_to_the_police_at_once_and_sleeps_among_minors() -> None:
    talk = to_the_bed(without_papers(begun(), age="child"))
    question = talk.question
    assert isinstance(question, Choice)
    assert [option.key for option in question.options] == ["205-1", "later"]
    ending = talk.says(chosen="205-1").says(right="1").says(chosen="later").ending
    assert ending.answers["police"] == "at_once"


@pytest.mark.parametrize(
    ("sex", "age", "company", "ill", "sections"),
    [
        ("man", "adult", "alone", False, ("men",)),
        ("woman", "old", "pet", False, ("women",)),
        ("woman", "adult", "child", False, ("family",)),
        ("man", "child", "adult", False, ("family",)),
        ("man", "child", "child", False, ("minors",)),
        ("man", "adult", "alone", True, ("medical",)),
        ("unwilling", "adult", "alone", False, ()),
    ],
)
def test_where_somebody_sleeps(sex: str, age: str, company: str, ill: bool, sections: tuple[str, ...]) -> None:
    assert rooms(sex, age, company, is_ill=ill) == sections


def test_a_bed_that_was_given_away_tonight_is_no_longer_offered() -> None:
    free = visit(snapshots={"relief_beds": BEDS})
    assert list(free_beds(free, ("men",))) == ["201-1"]
    taken = replace(free, booked=lambda slot: int(slot.startswith("relief_bed/201-1/2026-11-25")))
    assert free_beds(taken, ("men",)) == {}


def test_a_bed_that_went_meanwhile_is_asked_for_again() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun()))).says(chosen="201-1").says(right="1")
    talk.visit = visit(snapshots={"relief_beds": [bed("201", "1", "men", "taken")]})
    assert talk.at == "bed"


def test_without_a_list_of_beds_staff_find_one() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun(other=[]))))
    ending = talk.says(chosen="later").says(right="1").says(chosen="later").ending
    assert ending.values["bed"] == "relief_intake.bed.later"


def test_a_changed_answer_changes_what_follows_from_it() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun()))).says(chosen="201-1").says(right="1")
    talk.answers["company"] = {"chosen": "child"}
    assert talk.at == "bed"  # the family's rooms


def test_what_eyes_and_ears_know_comes_to_the_notices() -> None:
    talk = to_the_bed(with_conditions(without_papers(begun()))).says(chosen="201-1").says(right="1")
    about = described(talk.says(chosen="later").ending.sealed["described"])
    assert (about.said_name, about.sex, about.height_cm, about.found) == ("老王", "man", "170", "330803")
    assert about.belongings == {"bag": 1, "money": 1}


@given(st.data())
def test_whatever_is_answered_somebody_is_helped_and_nobody_is_refused(data: st.DataObject) -> None:
    beds = data.draw(st.sampled_from([{"relief_beds": BEDS}, {}]))
    talk = Talk(INTAKE, visit(online=data.draw(st.booleans()), camera=data.draw(st.booleans()), snapshots=beds))
    ending = wander(talk, data)
    assert ending.state == "submitted"
    assert ending.key in ("hospital", "taken_in", "helped_first", "check_later", "staff_decides")
    assert not any(isinstance(question, Face | Pay) for question in talk.walk.asked)
    assert not any(question.scope != "contact" for question in talk.walk.asked if isinstance(question, Consent))
    assert len(ending.receipt) <= 8
    assert unsaid(talk, WORDS) == set()
    assert MAN.name not in repr((ending.answers, ending.values, ending.receipt))


def test_no_word_blames_and_none_names_what_somebody_is() -> None:
    texts = " ".join(said.zh for said in WORDS.values())
    assert [word for word in ("流浪", "乞讨", "失败", "异常", "非法", "错误", "超时", "不予") if word in texts] == []
