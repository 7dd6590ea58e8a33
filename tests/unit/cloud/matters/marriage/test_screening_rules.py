"""The rules of stages 1 and 2, each by itself."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.marriage.entered import Entered, Party, citizen, day, full_number, plain_certificate
from cloud.matters.marriage.findings import RULES, Finding, Rule
from cloud.matters.marriage.format_rules import age, least_age, stage_1
from cloud.matters.marriage.source_rules import Known, Other, Ruling, stage_2
from simulators.people import Person, check_character, make_person

TODAY = date(2026, 11, 25)
KEY, COUPLE = "330802/r1", ("h" * 64, "w" * 64)
WOMAN = make_person(Random(7), sex="2", born=(1970, 1980))
MAN = make_person(Random(8), sex="1", born=(1970, 1980))
days = st.dates(date(1950, 5, 1), TODAY)


def party(person: Person) -> Party:
    return Party(person.name, person.id_number, f"{person.birth[:4]}-{person.birth[4:6]}-{person.birth[6:]}")


def born(person: Person, on: date) -> Party:
    first_17 = f"{person.id_number[:6]}{on:%Y%m%d}{person.id_number[14:17]}"
    return Party(person.name, first_17 + check_character(first_17), on.isoformat())


RIGHT = Entered("330802", "marriage", "J330802-2019-000001", "2019-05-20", party(MAN), party(WOMAN))
ALL = Known({COUPLE[0]: MAN.name, COUPLE[1]: WOMAN.name}, {}, (), ())


def rules(row: Entered, *same: tuple[str, str]) -> list[tuple[Rule, str]]:
    return [(one.rule, one.about) for one in stage_1(row, TODAY, same)]


def matched(known: Known, row: Entered = RIGHT) -> list[tuple[Rule, str]]:
    return [(one.rule, one.about) for one in stage_2(row, KEY, COUPLE, known)]


def test_what_is_right_is_not_flagged() -> None:
    assert rules(RIGHT) == []
    assert matched(ALL) == []


def test_there_are_twelve_kinds_of_defect_and_the_comparison() -> None:
    assert len([rule for rule, (stage, _severity, _owner) in RULES.items() if stage < 3]) == 12


@pytest.mark.parametrize(
    "text", ["2023-02-29", "1900-02-29", "2023-13-01", "20230101", "长期", "", "2023-1-1", "0000-01-01"]
)
def test_what_is_no_day_is_said_to_be_none(text: str) -> None:
    assert day(text) is None
    assert ("no_such_day", "registered") in rules(replace(RIGHT, registered=text))


def test_29_february_of_a_leap_year_is_a_day() -> None:
    assert day("2020-02-29") == date(2020, 2, 29)
    assert rules(replace(RIGHT, registered="2020-02-29", certificate="J330802-2020-000001")) == []


def test_a_day_that_has_not_come_is_none_of_a_registration() -> None:
    assert ("no_such_day", "registered") in rules(replace(RIGHT, registered="2026-11-26"))
    today = replace(RIGHT, registered="2026-11-25", certificate="J330802-2026-000001")
    assert rules(today) == []


def test_who_was_born_on_29_february_is_a_year_older_on_1_march() -> None:
    assert age(date(2000, 2, 29), date(2022, 2, 28)) == 21
    assert age(date(2000, 2, 29), date(2022, 3, 1)) == 22


@given(days, st.sampled_from(["husband", "wife"]))
def test_on_the_birthday_one_is_old_enough_and_the_day_before_one_is_not(registered: date, who: str) -> None:
    years = least_age(who, registered)
    birthday = date(registered.year - years, registered.month, 28 if registered.day > 28 else registered.day)
    on = registered.replace(day=birthday.day)
    person = MAN if who == "husband" else WOMAN
    row = replace(RIGHT, registered=on.isoformat(), certificate=f"J330802-{on.year}-000001")
    other = born(WOMAN if who == "husband" else MAN, date(1920, 1, 1))
    for late, found in ((timedelta(0), []), (timedelta(days=1), [("under_age", who)])):
        young = born(person, birthday + late)
        both = {"husband": young, "wife": other} if who == "husband" else {"husband": other, "wife": young}
        assert [one for one in rules(replace(row, **both)) if one[0] == "under_age"] == found  # type: ignore[arg-type]


def test_the_ages_of_the_law_of_1950_hold_until_the_end_of_1980() -> None:
    assert (least_age("husband", date(1980, 12, 31)), least_age("wife", date(1980, 12, 31))) == (20, 18)
    assert (least_age("husband", date(1981, 1, 1)), least_age("wife", date(1981, 1, 1))) == (22, 20)


def test_of_a_divorce_no_age_is_asked() -> None:
    young = replace(RIGHT, kind="divorce", certificate="L330802-2019-000001", wife=born(WOMAN, date(2005, 1, 1)))
    assert rules(young) == []


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_of_a_number_is_found(place: int, by: int) -> None:
    number = MAN.id_number
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert citizen(wrong) is None
    assert ("citizen_number", "husband") in rules(replace(RIGHT, husband=replace(RIGHT.husband, number=wrong)))


def test_a_number_of_fifteen_digits_is_the_same_persons_until_such_numbers_lapsed() -> None:
    old = MAN.id_number[:6] + MAN.id_number[8:17]
    assert full_number(old) == MAN.id_number
    husband = replace(RIGHT.husband, number=old)
    before = replace(RIGHT, registered="2012-12-31", certificate="测结字第1号", husband=husband)
    assert rules(before) == []
    assert rules(replace(before, registered="2013-01-01")) == [("citizen_number", "husband")]


@given(st.text(max_size=32))
def test_no_number_however_odd_breaks_a_rule(number: str) -> None:
    assert isinstance(rules(replace(RIGHT, wife=replace(RIGHT.wife, number=number))), list)


def test_a_passport_says_nothing_about_its_holder_and_a_residence_card_is_no_citizens_number() -> None:
    for document, number in (("other", "E00000000"), ("citizen", "ZZZ330897750101")):
        wife = replace(RIGHT.wife, number=number, document=document)  # type: ignore[arg-type]
        assert rules(replace(RIGHT, wife=wife)) == []


@pytest.mark.parametrize(
    ("certificate", "is_right"),
    [
        ("J330802-2019-000001", True), ("ｊ330802-2019-000001", True), ("BJ330802-2024-000001", True),
        ("L330802-2019-000001", False), ("J330803-2019-000001", False), ("J330802-2018-000001", False),
        ("J330802-2019-00001", False), ("测结字第1号", False),
    ],
)  # fmt: skip
def test_the_number_of_a_certificate_has_its_kind_county_and_year(certificate: str, is_right: bool) -> None:
    assert rules(replace(RIGHT, certificate=certificate)) == ([] if is_right else [("certificate_form", "")])


def test_a_number_given_twice_is_the_citys_where_two_counties_gave_it() -> None:
    found = stage_1(RIGHT, TODAY, [("330802/r2", "330802"), ("330803/r9", "330803")])
    assert [(one.about, one.owner_level) for one in found] == [("330802/r2", "county"), ("330803/r9", "city")]
    assert plain_certificate(" Ｊ330802－2019－1 ") == "J330802-2019-1"


def test_the_same_person_twice_the_wrong_sex_and_another_birth_are_found() -> None:
    assert rules(replace(RIGHT, wife=RIGHT.husband)) == [("same_person", ""), ("sex_differs", "wife")]
    other = replace(RIGHT.husband, birth="1971-01-31" if RIGHT.husband.birth != "1971-01-31" else "1971-02-01")
    assert rules(replace(RIGHT, husband=other)) == [("birth_differs", "husband")]


def test_nobody_of_this_number_and_name_is_in_the_register() -> None:
    assert matched(replace(ALL, names={COUPLE[0]: MAN.name, COUPLE[1]: "测试他人"})) == [("not_in_population", "wife")]
    assert matched(replace(ALL, names={COUPLE[0]: MAN.name})) == [("not_in_population", "wife")]
    dotted = replace(RIGHT, wife=replace(RIGHT.wife, name="阿依•测试"))
    assert matched(replace(ALL, names={COUPLE[0]: MAN.name, COUPLE[1]: "阿依·测试"}), dotted) == []


@given(days)
def test_a_death_is_a_defect_only_of_what_was_registered_after_it(died: date) -> None:
    found = matched(replace(ALL, deaths={COUPLE[0]: died}))
    assert found == ([("deceased_before", "husband")] if died < date(2019, 5, 20) else [])


def test_an_annulment_is_found_while_the_record_says_valid() -> None:
    ruling = Ruling(frozenset(COUPLE), "annulled", date(2020, 2, 29))
    assert matched(replace(ALL, rulings=(ruling,))) == [("annulled_by_court", "")]
    assert matched(replace(ALL, rulings=(ruling,)), replace(RIGHT, status="annulled")) == []
    assert matched(replace(ALL, rulings=(replace(ruling, effect="divorced"),))) == []
    others = replace(ruling, couple=frozenset({COUPLE[0], "x" * 64}))
    assert matched(replace(ALL, rulings=(others,))) == []


BEFORE = Other("330803/r9", "330803", "marriage", "2010-01-01", frozenset({COUPLE[0], "x" * 64}))


@given(days)
def test_an_earlier_marriage_is_over_by_a_divorce_a_ruling_or_a_death_between(ended: date) -> None:
    is_between = date(2010, 1, 1) <= ended <= date(2019, 5, 20)
    divorce = replace(BEFORE, key="330803/r10", kind="divorce", registered=ended.isoformat())
    ruling = Ruling(BEFORE.couple, "divorced", ended)
    for known in (
        replace(ALL, others=(BEFORE, divorce)),
        replace(ALL, others=(BEFORE,), rulings=(ruling,)),
        replace(ALL, others=(BEFORE,), deaths={"x" * 64: ended}),
    ):
        assert matched(known) == ([] if is_between else [("already_married", BEFORE.key)])


def test_of_two_marriages_the_later_one_is_the_defect_and_an_annulled_one_is_none() -> None:
    assert matched(replace(ALL, others=(BEFORE,))) == [("already_married", BEFORE.key)]
    assert matched(replace(ALL, others=(replace(BEFORE, registered="2020-01-01"),))) == []
    assert matched(replace(ALL, others=(replace(BEFORE, is_valid=False),))) == []
    assert matched(replace(ALL, others=(replace(BEFORE, registered="2019-05-20"),))) == []  # r9 is the later key
    assert matched(replace(ALL, others=(replace(BEFORE, key="330801/r0", registered="2019-05-20"),))) != []


def test_findings_stand_in_an_order_so_that_the_same_ones_are_the_same() -> None:
    found = stage_1(replace(RIGHT, wife=RIGHT.husband, certificate="x"), TODAY, [("b", "330802"), ("a", "330802")])
    assert found == sorted(found)
    assert isinstance(found[0], Finding)
