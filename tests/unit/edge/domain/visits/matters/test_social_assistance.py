"""One form for all assistance: no paper, card or network turns anybody away, and nobody agrees for somebody else."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.matters.social_assistance import APPLICATION, MOST_FAMILY, RELATIONS
from edge.domain.visits.person import Person, read_card
from edge.domain.visits.questions import Card, Choice, Consent, Face, Line, Notice, Pad, Question, Review, Sign
from edge.kiosk.words import shared
from edge.kiosk.words.social_assistance import WORDS
from simulators.people import check_character
from tests.unit.edge.domain.visits.conversation_driver import KEY, MAN, STROKES, WOMAN, Talk, visit

PHONE = "000-12345678"


def relative(number: int, birth: str) -> Person:
    first_17 = f"330899{birth}{number:03d}"
    fields = {"name": f"测试{number}", "sex": "1", "birth": birth, "valid_to": "长期"}
    return read_card({**fields, "id_number": first_17 + check_character(first_17)}, KEY, simulated=True)


CHILD = relative(11, "20180601")


def begun(*needs: str, online: bool = True) -> Talk:
    """Up to the applicant's card."""
    return Talk(APPLICATION, visit(online=online)).says(chosen=list(needs or ("food",))).says(chosen="own")


def alone(*needs: str, online: bool = True, card: bool = True) -> Talk:
    """One person without income, up to the consent."""
    talk = begun(*needs, online=online)
    talk = talk.lays(MAN) if card else talk.says(instead="no_card")
    return talk.says(chosen="none").says(chosen="none").says(chosen="none").says(chosen="no").says(chosen="no")


def papers_and_phone(talk: Talk, *here: str, phone: str = PHONE) -> Talk:
    talk.says(chosen=list(here))
    return talk.says(typed=phone) if phone else talk.says(skip="1")


def submitted(talk: Talk, *here: str, phone: str = PHONE) -> Ending:
    """From the consent on."""
    return papers_and_phone(talk.says(way="yes"), *here, phone=phone).says(right="1").says(strokes=STROKES).ending


def test_one_person_needs_no_more_than_fifteen_pages() -> None:
    talk = alone("illness", "work")
    ending = submitted(talk, "bankbook")
    assert (ending.key, ending.state) == ("submitted", "submitted")
    assert len(talk.walk.asked) <= 15


def test_the_form_goes_to_exactly_the_owners_it_concerns() -> None:
    ending = submitted(alone("illness", "school"))
    assert ending.answers["owners"] == "medical,education"
    assert set(ending.sealed["may_see"]) == {"medical", "education"}


def test_what_is_missing_is_told_once_and_whole_and_stops_nothing() -> None:
    ending = submitted(alone("illness"), "bankbook")
    assert ending.answers["missing"] == "income_proof,medical_bills"
    missing = [line.value for line in ending.receipt if line.label == "social_assistance.missing"]
    assert missing == ["social_assistance.papers.income_proof", "social_assistance.papers.medical_bills"]


def test_in_an_emergency_somebody_comes_before_anything_is_asked() -> None:
    talk = Talk(APPLICATION, visit()).says(chosen=["sudden"]).says(chosen="now")
    assert (talk.at, talk.ending.staff, talk.ending.state) == ("end:urgent", "help", "submitted")
    assert Talk(APPLICATION, visit()).says(chosen=["sudden"]).says(chosen="later").at == "whom"


def test_off_line_the_form_is_whole_and_says_that_it_waits() -> None:
    online, offline = submitted(alone()), submitted(alone(online=False))
    assert (offline.key, offline.state) == ("submitted_offline", "submitted")
    assert offline.target == online.target  # sent again when the network is back, it is the same act
    assert "网络恢复后" in WORDS["social_assistance.end.submitted_offline.say"].zh


def test_who_does_not_agree_keeps_the_form_and_speaks_with_the_window() -> None:
    ending = papers_and_phone(alone().says(way="no")).says(right="1").ending
    assert (ending.key, ending.state, ending.answers["authorised"]) == ("explain", "submitted", "0/1")
    assert ending.ticket is not None
    assert ending.messages == ()
    assert ending.target != submitted(alone()).target  # so that they may decide again today


def test_the_consent_is_a_page_of_its_own_in_the_name_of_who_agrees() -> None:
    consent = alone().question
    assert isinstance(consent, Consent)
    assert (consent.scope, consent.token, consent.slow) == ("family_economy_check", MAN.token, True)


def test_without_a_card_the_name_is_written_at_the_window_and_nothing_asked_twice() -> None:
    ending = submitted(alone(card=False))
    assert (ending.key, ending.persons) == ("window", ())
    assert ending.ticket is not None


def test_the_family_lays_its_cards_one_after_the_other() -> None:
    talk = begun().lays(MAN).says(chosen="card")
    card = talk.question
    assert isinstance(card, Card)
    assert card.not_tokens == {MAN.token}
    talk.lays(WOMAN).says(chosen="spouse").says(chosen="no_card").says(chosen="child")
    assert talk.at == "more.4"
    assert talk.question.values["n"] == "3"


def test_a_household_of_eight_is_not_asked_for_a_ninth() -> None:
    talk = begun().lays(MAN)
    for _ in range(MOST_FAMILY - 1):
        talk.says(chosen="no_card").says(chosen="other")
    assert talk.at == "status"


def test_a_child_is_not_asked_for_an_income_and_agrees_to_nothing() -> None:
    talk = begun().lays(MAN).says(chosen="card").lays(CHILD).says(chosen="child").says(chosen="none")
    talk.says(chosen="none").says(chosen="wage").says(chosen="low")
    assert talk.at == "house"
    ending = submitted(talk.says(chosen="one").says(chosen="no"))
    assert ending.answers["authorised"] == "1/1"


def test_a_recognised_household_is_not_asked_again_for_what_is_known() -> None:
    talk = begun("illness").lays(MAN).says(chosen="none").says(chosen="low_income")
    assert talk.at == "authority"
    ending = submitted(talk)
    assert ending.answers["owners"] == "medical,water,power,gas,cable_tv"
    assert ending.answers["missing"] == "medical_bills"


def couple() -> Talk:
    """Two adults, the first one has signed."""
    talk = begun().lays(MAN).says(chosen="card").lays(WOMAN).says(chosen="spouse").says(chosen="none")
    talk.says(chosen="none").says(chosen="none").says(chosen="farming").says(chosen="low")
    talk.says(chosen="no").says(chosen="no").says(way="yes")
    return papers_and_phone(talk).says(right="1").says(strokes=STROKES)


def test_each_adult_agrees_and_signs_for_themselves_here_or_at_home() -> None:
    at_home = couple().says(chosen="at_home").ending
    assert (at_home.answers["authorised"], at_home.answers["signed"]) == ("1/2", "1")
    here = couple().says(chosen="here")
    consent = here.question
    assert isinstance(consent, Consent)
    assert consent.token == WOMAN.token
    ending = here.says(way="yes").says(strokes=STROKES).ending
    assert (ending.answers["authorised"], ending.answers["signed"]) == ("2/2", "2")
    declined = couple().says(chosen="here").says(way="no").ending
    assert (declined.key, declined.answers["authorised"]) == ("submitted", "1/2")


def for_another(card: bool = True) -> Talk:
    talk = Talk(APPLICATION, visit()).says(chosen=["disability"]).says(chosen="other").says(chosen="grid_worker")
    talk.lays(WOMAN)
    talk = talk.lays(MAN) if card else talk.says(instead="no_card")
    return talk.says(chosen="none").says(chosen="extreme_poverty")


def test_an_agent_agrees_for_nobody_and_both_are_named() -> None:
    talk = for_another()
    assert (talk.at, type(talk.question)) == ("authority_later", Notice)
    talk.says()
    signing = papers_and_phone(talk).says(right="1")
    sign = signing.question
    assert isinstance(sign, Sign)
    assert sign.signer == WOMAN.token
    ending = signing.says(strokes=STROKES).ending
    assert (ending.key, ending.answers["agent"], ending.answers["authorised"]) == ("submitted", "grid_worker", "0/1")
    assert [one.token for one in ending.persons] == [MAN.token, WOMAN.token]
    assert "proxy" in ending.answers["missing"]
    assert ending.sealed["agent"] == WOMAN.token


def test_a_grid_worker_may_apply_for_two_households_without_cards_on_one_day() -> None:
    ending = papers_and_phone(for_another(card=False).says()).says(right="1").says(strokes=STROKES).ending
    assert (ending.key, ending.target) == ("window", visit().case)


def test_an_answer_can_be_changed_and_the_others_stay() -> None:
    talk = papers_and_phone(alone("illness").says(way="yes"), "medical_bills")
    assert talk.at == "check"
    del talk.answers["needs"]
    talk.says(chosen=["school"])
    assert talk.at == "papers"  # what was at hand is not wanted any more
    assert "phone" in talk.answers
    talk.says(chosen=["school_proof"])
    assert talk.at == "check"


def test_who_cannot_sign_here_signs_later() -> None:
    talk = papers_and_phone(alone().says(way="yes")).says(right="1").says(instead="window")
    assert (talk.ending.key, talk.ending.answers["signed"]) == ("submitted", "0")


def test_what_is_signed_is_what_was_checked() -> None:
    talk = papers_and_phone(alone("illness").says(way="yes"))
    review = talk.question
    sign = talk.says(right="1").question
    assert isinstance(review, Review)
    assert isinstance(sign, Sign)
    assert [(one.label, one.value) for one in sign.lines] == [(one.label, one.value) for one in review.lines]


def test_a_message_is_one_part_without_a_name_and_goes_only_where_a_number_was_left() -> None:
    (message,) = submitted(alone()).messages
    assert len(message.text) <= 70
    assert MAN.name not in message.text
    silent = submitted(alone(), phone="")
    assert silent.messages == ()
    assert silent.receipt[0].value == "social_assistance.comes.no_phone"


def test_who_they_are_and_what_they_have_is_only_in_the_sealed_part() -> None:
    talk = couple().says(chosen="at_home")
    open_part = repr(talk.ending.answers) + repr(talk.ending.receipt) + repr(talk.ending.values)
    for private in (MAN.name, MAN.number, MAN.token, PHONE, "farming"):
        assert private not in open_part
        assert private in repr(talk.ending.sealed)
    shown = [line.value for line in next(one for one in talk.walk.asked if isinstance(one, Review)).lines]
    assert not {MAN.name, MAN.number, PHONE} & set(map(str, shown))


def test_a_page_that_is_read_aloud_names_nobody() -> None:
    talk = couple().says(chosen="here")
    for question in (*talk.walk.asked, talk.question):
        assert MAN.name_masked not in map(str, question.values.values())
    assert talk.question.values["n"] == "2"


def test_a_draft_may_be_gone_on_with() -> None:
    assert APPLICATION.keeps_draft
    assert len(APPLICATION.sections) == 5


def test_no_word_turns_anybody_away() -> None:
    said = "".join(one.zh for one in WORDS.values())
    for word in ("失败", "异常", "非法", "校验", "错误", "超时", "不符", "流浪", "乞讨"):
        assert word not in said
    assert {APPLICATION.name, f"{APPLICATION.name}.note"} <= WORDS.keys()
    assert {f"{APPLICATION.name}.section.{section}" for section in APPLICATION.sections} <= WORDS.keys()
    assert {f"{APPLICATION.name}.relation.{one}" for one in RELATIONS} <= WORDS.keys()


def missing_words(at: Question | Ending) -> set[str]:
    """Keys that a page uses and the catalogue does not have."""
    lines: Sequence[Line] = at.receipt if isinstance(at, Ending) else getattr(at, "lines", ())
    texts = [text for line in lines for text in (line.label, line.value)] + [*at.values.values()]
    used = {text for text in texts if isinstance(text, str) and text.startswith("social_assistance.")}
    if isinstance(at, Ending):
        used |= {f"social_assistance.end.{at.key}", f"social_assistance.end.{at.key}.say"}
    else:
        prefix = at.words or f"social_assistance.{at.name}"
        keys = [option.key for option in getattr(at, "options", ())]
        keys += ["no_card"] if isinstance(at, Card) else []
        keys += ["yes", "no", "text", "yes.note", "no.note"] if isinstance(at, Consent) else []
        keys += ["text"] if isinstance(at, Notice | Sign) else []
        used |= {prefix} | {f"{prefix}.{key}" for key in keys}
    return used - WORDS.keys() - shared.WORDS.keys()


@given(st.data())
def test_whatever_is_answered_it_ends_with_something_to_go_on_with(data: st.DataObject) -> None:
    talk = Talk(APPLICATION, visit(online=data.draw(st.booleans())))
    people = iter((MAN, WOMAN, CHILD, *(relative(number, "19750203") for number in range(21, 31))))
    for _ in range(LONGEST):
        at = talk.walk.at
        assert not missing_words(at)
        match at:
            case Ending():
                assert at.state == "submitted"
                assert at.ticket is not None or at.staff or at.key.startswith("submitted")
                assert all(len(key) <= 64 and len(value) <= 1024 for key, value in at.answers.items())
                return
            case Choice(many=True):
                least = 0 if at.may_be_none else 1
                keys = st.sampled_from([option.key for option in at.options])
                talk.says(chosen=data.draw(st.lists(keys, min_size=least, unique=True)))
            case Choice():
                talk.says(chosen=data.draw(st.sampled_from([option.key for option in at.options])))
            case Card():
                if data.draw(st.booleans()):
                    talk.lays(next(people))
                else:
                    talk.hears({"instead": data.draw(st.sampled_from(["no_card", "unreadable", "reader_gone"]))})
            case Consent():
                talk.says(way=data.draw(st.sampled_from(["yes", "no"])))
            case Pad():
                talk.says(**data.draw(st.sampled_from([{"typed": PHONE}, {"skip": "1"}])))
            case Sign():
                talk.says(**data.draw(st.sampled_from([{"strokes": STROKES}, {"instead": "window"}])))
            case Review() | Notice():
                talk.says()
            case Face():
                raise AssertionError("no face is needed for assistance")
    raise AssertionError("it asks without an end")


def test_the_longest_way_ends_too() -> None:
    talk = Talk(APPLICATION, visit()).says(chosen=["sudden", "illness"]).says(chosen="later").says(chosen="own")
    people = iter(relative(number, "19750203") for number in range(40, 40 + MOST_FAMILY))
    talk.lays(next(people))
    for person in people:
        talk.says(chosen="card").lays(person).says(chosen="sibling")
    talk.says(chosen="unknown")
    for _ in range(MOST_FAMILY):
        talk.says(chosen="wage").says(chosen="low")
    talk.says(chosen="one").says(chosen="yes").says(way="yes")
    papers_and_phone(talk).says(right="1").says(strokes=STROKES).says(chosen="here")
    for _ in range(MOST_FAMILY - 1):
        talk.says(way="yes").says(strokes=STROKES)
    assert talk.ending.answers["authorised"] == "8/8"
    assert len(talk.walk.asked) < LONGEST


@pytest.mark.parametrize("why", ["unreadable", "unsupported", "reader_gone"])
def test_a_card_that_cannot_be_read_is_no_reason_to_stop(why: str) -> None:
    assert begun().hears({"instead": why}).at == "more.2"
