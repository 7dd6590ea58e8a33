"""A certificate again: who must come is said first, a record is shown to its own person alone, and nobody is told that
they are not registered.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.identifiers.area import AREAS
from edge.domain.visits.conversation import Ending
from edge.domain.visits.matters.certificates import CERTIFICATES
from edge.domain.visits.matters.what_to_bring import usual_papers
from edge.domain.visits.questions import Choice, Line, Lookup, Notice, Review, Said
from edge.kiosk.words.certificates import WORDS
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, Talk, visit
from tests.unit.edge.domain.visits.matters.office_talks import ENTRIES, GUIDE, entry
from tests.unit.edge.domain.visits.matters.office_talks import WORDS as OFFICE_WORDS
from tests.unit.edge.domain.visits.matters.walked import PHONE, unsaid, wander

FOUND = [entry("m-0", 2009, county="330881"), entry("m-1", 2015)]


def begins(kind: str = "marriage", **about: Any) -> Talk:
    """Up to the card."""
    talk = Talk(CERTIFICATES, visit(**about)).says(chosen=kind).says(right="1")
    return talk.says(chosen="yes") if kind == "marriage" else talk


def by_face(kind: str = "marriage", **about: Any) -> Talk:
    """Up to what follows the check of the person."""
    return begins(kind, **about).lays(MAN).says(way="yes").hears({"result": "match"})


def to_the_end(talk: Talk, *, phone: str = "", delivery: str = "window") -> Ending:
    """From the reason on."""
    talk.says(chosen="lost").says(chosen=delivery).says(**({"typed": phone} if phone else {"skip": "1"})).says(
        right="1"
    )
    return (talk.says(strokes=STROKES) if talk.at == "statement" else talk).ending


def test_a_record_is_found_chosen_and_applied_for_in_one_visit() -> None:
    talk = by_face().hears({"found": FOUND}).says(chosen="m-1")
    ending = to_the_end(talk, phone=PHONE)
    assert (ending.key, ending.state, ending.wants, ending.target) == ("ticket", "submitted", "", "reissue.marriage")
    assert ending.ticket is not None
    assert (ending.ticket.queue, ending.ticket.face) == ("certificates", "used")
    assert ending.sealed["record"]["id"] == "m-1"
    assert {name: ending.answers[name] for name in ("record", "reason", "delivery", "signed")} == {
        "record": "found", "reason": "lost", "delivery": "window", "signed": "screen",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["marriage", "divorce"])
@pytest.mark.parametrize("guide", [GUIDE, None])
def test_who_must_come_is_told_before_anything_is_asked(kind: str, guide: object) -> None:
    talk = Talk(CERTIFICATES, visit(snapshots={"matters_info": guide} if guide else {})).says(chosen=kind)
    notice = talk.question
    assert isinstance(notice, Notice)
    assert notice.lines[0].label == "certificates.line.comes"
    assert [line.label for line in notice.lines[1:]] == ["certificates.line.paper"] * (len(notice.lines) - 1)


def test_the_citys_own_list_is_the_one_that_is_shown() -> None:
    notice = Talk(CERTIFICATES, visit(snapshots={"matters_info": GUIDE})).says(chosen="marriage").question
    assert isinstance(notice, Notice)
    assert notice.lines == (
        Line("certificates.line.comes", Said("两人一起来", "both come")),
        Line("certificates.line.paper", Said("两人的身份证", "both identity cards")),
    )


def test_a_record_shows_year_county_and_kind_alone_the_newest_first() -> None:
    question = by_face().hears({"found": FOUND}).question
    assert isinstance(question, Choice)
    assert [(option.key, option.text, option.note) for option in question.options[:-1]] == [
        ("m-1", Said("2015年 柯城区", "2015, Kecheng"), "certificates.what.marriage"),
        ("m-0", Said("2009年 江山市", "2009, Jiangshan"), "certificates.what.marriage"),
    ]
    assert question.options[-1].key == "none"
    assert "某婚姻登记处" not in repr(question)


def test_a_county_that_is_none_of_the_citys_is_not_named() -> None:
    assert "320102" not in AREAS
    question = by_face().hears({"found": [entry("m-9", 2001, county="320102")]}).question
    assert isinstance(question, Choice)
    assert question.options[0].text == Said("2001年 外地", "2001, elsewhere")


@pytest.mark.commitment("C16")
def test_the_archives_are_asked_about_nobody_else() -> None:
    question = by_face().question
    assert isinstance(question, Lookup)
    assert question.about["person"]["number"] == MAN.number


@pytest.mark.parametrize("settled", ["no face", "not recognised", "no camera", "no card"])
@pytest.mark.commitment("C16")
def test_nothing_is_looked_up_here_for_somebody_who_was_not_checked(settled: str) -> None:
    talk = begins(camera=settled != "no camera")
    if settled == "no card":
        talk.says(instead="no_card")
    else:
        talk.lays(MAN)
    if settled in ("no face", "not recognised"):
        talk.says(way="no" if settled == "no face" else "yes")
    if settled == "not recognised":
        talk.hears({"result": "window", "attempts": 3, "why": "mismatch"})
    assert talk.at == "reason"
    ending = to_the_end(talk)
    assert (ending.key, ending.state, ending.wants) == ("ticket_check", "submitted", "")
    assert ending.ticket is not None
    assert (ending.ticket.queue, ending.answers["record"]) == ("certificates", "not_looked")


@pytest.mark.parametrize(("phone", "key"), [(PHONE, "ticket_later"), ("", "ticket_later_no_phone")])
def test_archives_that_cannot_be_asked_are_asked_later_and_the_application_is_taken(phone: str, key: str) -> None:
    for talk in (by_face().says(instead="later"), by_face(online=False), begins(online=False).lays(MAN).says(way="no")):
        ending = to_the_end(talk, phone=phone)
        assert (ending.key, ending.state, ending.wants) == (key, "awaiting_online_check", "certificates")
        assert ending.ticket is not None
        assert ending.sealed["persons"] == [MAN.as_json()]


def test_off_line_without_a_card_there_is_a_number_and_nothing_is_promised() -> None:
    ending = to_the_end(begins(online=False).says(instead="no_card"))
    assert (ending.key, ending.state, ending.wants) == ("ticket_offline", "submitted", "")
    assert ending.ticket is not None
    assert ending.answers["signed"] == "window"


def test_an_answer_of_the_archives_that_comes_late_is_none() -> None:
    talk = by_face().says(instead="later")
    assert talk.at == "reason"


# nothing found


@pytest.mark.parametrize("found", [[], [entry("d-1", 2020, kind="divorce")]])
def test_that_nothing_is_found_opens_three_other_ways(found: list[Any]) -> None:
    question = by_face().hears({"found": found}).question
    assert isinstance(question, Choice)
    assert [option.key for option in question.options] == ["other_way", "archive", "window"]


def test_none_of_these_opens_the_same_ways() -> None:
    assert by_face().hears({"found": FOUND}).says(chosen="none").at == "not_found"


@pytest.mark.parametrize("way", ["other_way", "window"])
def test_the_window_looks_another_way(way: str) -> None:
    ending = by_face().hears({"found": []}).says(chosen=way).ending
    assert (ending.key, ending.answers["record"]) == ("window", "none")
    assert ending.ticket is not None


@pytest.mark.parametrize(("form", "key"), [({"typed": PHONE}, "archive"), ({"skip": "1"}, "archive_no_phone")])
def test_a_search_of_the_papers_is_taken_with_or_without_a_number(form: dict[str, str], key: str) -> None:
    ending = by_face().hears({"found": []}).says(chosen="archive").says(**form).ending
    assert (ending.key, ending.state, ending.ticket) == (key, "submitted", None)
    assert PHONE not in repr(ending.answers)


def test_nobody_is_told_that_they_are_not_registered() -> None:
    told = "".join(said.zh for said in WORDS.values())
    assert "没有登记" not in told
    assert "未登记" not in told


# what contradicts


@pytest.mark.parametrize(
    "found",
    [
        [entry("m-1", 2015, status="void")],
        [entry("m-1", 2015), entry("d-1", 2020, kind="divorce")],
        [entry("m-1", 2015), entry("d-1", 2015, kind="divorce")],
    ],
)
def test_what_contradicts_is_for_the_window_and_nothing_of_it_is_shown(found: list[Any]) -> None:
    ending = by_face().hears({"found": found}).ending
    assert (ending.key, ending.answers["record"]) == ("window", "window")
    assert ending.ticket is not None
    assert not ending.receipt
    assert not ending.values
    assert "2015" not in repr(ending.answers)


def test_a_divorce_before_the_marriage_contradicts_nothing() -> None:
    found = [entry("m-1", 2015), entry("d-1", 2010, kind="divorce")]
    assert by_face().hears({"found": found}).at == "record"


@pytest.mark.commitment("C16")
def test_a_void_record_is_not_offered_beside_a_valid_one() -> None:
    question = by_face("divorce").hears({"found": [
        entry("d-0", 2010, kind="divorce", status="void"), entry("d-1", 2010, kind="divorce"),
    ]}).question  # fmt: skip
    assert isinstance(question, Choice)
    assert [option.key for option in question.options] == ["d-1", "none"]


# one of two, and other certificates


def test_one_of_a_couple_can_have_a_proof_of_their_own_record() -> None:
    talk = Talk(CERTIFICATES, visit()).says(chosen="marriage").says(right="1").says(chosen="one").says(chosen="proof")
    talk.lays(MAN).says(way="yes").hears({"result": "match"}).hears({"found": FOUND}).says(chosen="m-1")
    assert talk.at == "phone"
    ending = talk.says(skip="1").says(right="1").ending
    assert (ending.key, ending.target) == ("ticket", "proof.marriage")
    assert "reason" not in ending.answers


def test_who_asks_how_to_act_for_the_other_gets_a_number_at_once() -> None:
    talk = Talk(CERTIFICATES, visit()).says(chosen="marriage").says(right="1").says(chosen="one").says(chosen="mandate")
    assert (talk.ending.key, talk.ending.persons) == ("alone", ())
    assert talk.ending.ticket is not None


def test_a_divorced_person_comes_alone() -> None:
    assert begins("divorce").at == "applicant.card"


@pytest.mark.parametrize(("kind", "key"), [("cremation", "cremation"), ("other", "window")])
def test_what_is_issued_elsewhere_is_said_and_the_window_is_open(kind: str, key: str) -> None:
    ending = Talk(CERTIFICATES, visit()).says(chosen=kind).ending
    assert ending.key == key
    assert ending.ticket is not None
    assert ending.ticket.queue == "other"


# the rest


def test_by_post_needs_no_address_on_the_screen() -> None:
    ending = to_the_end(by_face().hears({"found": FOUND}).says(chosen="m-1"), delivery="post")
    assert ending.answers["delivery"] == "post"
    assert ending.ticket is not None


def test_the_review_shows_a_masked_name_and_each_line_can_be_changed() -> None:
    talk = by_face().hears({"found": FOUND}).says(chosen="m-1").says(chosen="lost").says(chosen="post")
    review = talk.says(typed=PHONE).question
    assert isinstance(review, Review)
    assert MAN.name_masked in repr(review.lines)
    assert MAN.name not in repr(review.lines)
    assert PHONE not in repr(review.lines)
    assert {line.change for line in review.lines} <= set(talk.answers)


def test_another_record_is_chosen_without_losing_the_rest() -> None:
    talk = by_face().hears({"found": FOUND}).says(chosen="m-1")
    to_the_end(talk)
    talk.answers["record"] = {"chosen": "m-0"}
    assert talk.ending.sealed["record"]["id"] == "m-0"


def test_what_tells_who_they_are_is_only_in_the_sealed_part() -> None:
    ending = to_the_end(by_face().hears({"found": FOUND}).says(chosen="m-1"), phone=PHONE)
    assert MAN.name in repr(ending.sealed)
    for told in (MAN.name, MAN.number, PHONE, "m-1"):
        assert told not in repr((ending.answers, ending.receipt, ending.values, ending.target))


def test_every_list_of_papers_has_its_words() -> None:
    for kind in ("marriage", "divorce"):
        assert usual_papers("certificates", kind) in OFFICE_WORDS


@given(st.data())
def test_whatever_is_answered_it_ends_with_a_number_or_a_search(data: st.DataObject) -> None:
    about = visit(
        online=data.draw(st.booleans()),
        camera=data.draw(st.booleans()),
        snapshots=data.draw(st.sampled_from([{}, {"matters_info": GUIDE}])),
    )
    talk = Talk(CERTIFICATES, about)
    ending = wander(talk, data, ENTRIES)
    assert ending.state in ("submitted", "awaiting_online_check")
    assert ending.ticket is not None or ending.key.startswith("archive")
    assert unsaid(talk, WORDS) == set()
