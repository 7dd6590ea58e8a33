"""A visitor at a care home's kiosk: the machine never tells who lives here, and never sends anybody away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events.visits import StaffCalled, VisitorEntered, VisitorLeft
from edge.domain.visits.conversation import Ending, Matter, Visit
from edge.domain.visits.matters.care_visit import BRINGING, MATTERS, SIGNING_IN, SIGNING_OUT, badge_of, is_badge
from edge.domain.visits.questions import Choice, Face, Pad
from edge.kiosk.words.care_visit import WORDS
from tests.unit.edge.domain.visits.conversation_driver import DAY, MAN, WOMAN, Talk, visit
from tests.unit.edge.domain.visits.matters.care_talks import booking, room
from tests.unit.edge.domain.visits.matters.walked import CODE, PHONE, unsaid, wander

ROOMS = [room("301", "yes"), room("302", "yes"), room("302", "ask")]
HOME = {"bookings": [booking()], "care_rooms": ROOMS}


def home(*, online: bool = True, minute: int = 600) -> Visit:
    return replace(visit(online=online, snapshots=HOME), minute=minute)


def to_the_end(talk: Talk, *, persons: str = "2", health: str = "well") -> Ending:
    return talk.says(chosen=persons).says(chosen=health).ending


def unbooked(about: Visit, typed: str = "301") -> Talk:
    """Up to the number of persons."""
    return Talk(SIGNING_IN, about).says(chosen="card").lays(WOMAN).says(typed=typed)


# signing in


def test_a_booking_code_is_enough_and_the_badge_is_valid_until_five() -> None:
    talk = Talk(SIGNING_IN, home()).says(chosen="code").says(typed=CODE)
    assert talk.at == "whom"
    assert talk.question.values == {"about": "李* 3 楼"}
    assert talk.question.private == {"about"}, "whom somebody visits is not read aloud"
    ending = to_the_end(talk.says(chosen="yes"))
    assert (ending.key, ending.state, ending.staff) == ("badge", "submitted", "")
    (entered,) = ending.events
    assert isinstance(entered, VisitorEntered)
    assert (entered.badge, entered.persons, entered.room) == (badge_of(talk.visit.case), 2, "")
    until = datetime.fromtimestamp(entered.until_ms / 1000, UTC) + timedelta(hours=8)
    assert (until.date(), f"{until:%H:%M}") == (DAY, "17:00")
    assert ending.qr == entered.badge


def test_the_card_of_who_booked_finds_the_booking_too() -> None:
    talk = Talk(SIGNING_IN, home()).says(chosen="card").lays(MAN).says(chosen="yes")
    ending = to_the_end(talk)
    assert (ending.key, ending.persons, ending.answers["booking"]) == ("badge", (MAN,), "b-1")


def test_nobody_is_asked_for_a_face() -> None:
    talk = Talk(SIGNING_IN, home()).says(chosen="card").lays(MAN).says(chosen="yes")
    to_the_end(talk)
    assert not [one for one in talk.walk.asked if isinstance(one, Face)]


def test_without_a_booking_a_carer_comes_and_the_visitor_has_a_badge() -> None:
    ending = to_the_end(unbooked(home()))
    assert (ending.key, ending.staff) == ("wait", "help")
    assert isinstance(ending.events[0], VisitorEntered)
    assert ending.events[0].room == "301"


@given(typed=st.from_regex(r"[1-9][0-9]{2,3}", fullmatch=True), rules=st.lists(st.sampled_from(["yes", "ask"])))
def test_the_answer_to_any_room_is_the_same_whoever_lives_there(typed: str, rules: list[str]) -> None:
    rooms = [room(typed, rule) for rule in rules]
    about = visit(snapshots={"care_rooms": rooms})
    known, unknown = to_the_end(unbooked(about, typed)), to_the_end(unbooked(visit(snapshots={}), typed))
    for ending in (known, unknown):
        assert (ending.key, ending.values, ending.staff) == ("wait", {}, "help")
    assert (known.receipt, known.qr, known.events) == (unknown.receipt, unknown.qr, unknown.events)
    assert known.answers == unknown.answers


@pytest.mark.parametrize(("typed", "rule"), [("301", "yes"), ("3-01", "yes"), ("302", "ask"), ("999", "unknown")])
def test_only_the_staff_are_told_that_a_resident_wants_to_be_asked_first(typed: str, rule: str) -> None:
    ending = to_the_end(unbooked(home(), typed))
    assert ending.sealed["rule"] == rule
    assert rule not in ending.answers.values()


def test_who_feels_unwell_gets_a_mask_and_a_person_and_is_not_sent_away() -> None:
    talk = Talk(SIGNING_IN, home()).says(chosen="code").says(typed=CODE).says(chosen="yes")
    ending = to_the_end(talk, health="some")
    assert (ending.key, ending.staff, ending.events) == ("mask", "symptoms", ())
    assert "some" not in ending.answers.values(), "how somebody feels is in the sealed part only"


@pytest.mark.parametrize("why", ["no_card", "unreadable", "unsupported", "reader_gone"])
def test_whose_card_could_not_be_read_is_met_by_a_member_of_staff(why: str) -> None:
    talk = Talk(SIGNING_IN, home()).says(chosen="card").hears({"instead": why}).says(typed="301")
    ending = to_the_end(talk)
    assert (ending.key, ending.staff, ending.events, ending.qr) == ("wait", "help", (), "")
    assert (ending.trip_reason == "card_fail") == (why != "no_card")


def test_without_papers_the_page_is_the_same_and_the_badge_is_the_staffs() -> None:
    ending = to_the_end(Talk(SIGNING_IN, home()).says(chosen="none").says(typed="301"))
    assert (ending.key, ending.staff, ending.events) == ("wait", "help", ())


@pytest.mark.parametrize(
    "row",
    [
        booking(code="111111"),
        booking(on=DAY + timedelta(days=1)),
        booking(state="cancelled"),
        booking(matter="care_home"),
    ],
)
def test_a_code_that_is_not_known_today_leads_to_the_card(row: object) -> None:
    talk = Talk(SIGNING_IN, visit(snapshots={"bookings": [row]})).says(chosen="code").says(typed=CODE)
    assert talk.at == "code_unknown"
    assert talk.says().at == "visitor.card"
    assert to_the_end(talk.lays(WOMAN).says(typed="301")).key == "wait"


def test_a_booking_for_somebody_else_asks_for_the_room_and_still_identifies() -> None:
    talk = Talk(SIGNING_IN, home()).says(chosen="code").says(typed=CODE).says(chosen="no")
    assert talk.at == "room"
    ending = to_the_end(talk.says(typed="301"))
    assert (ending.key, ending.answers["booking"], ending.answers["badge"] != "") == ("wait", "b-1", True)


def test_a_booking_that_does_not_say_for_whom_can_be_confirmed_all_the_same() -> None:
    about = visit(snapshots={"bookings": [booking(about="")]})
    talk = Talk(SIGNING_IN, about).says(chosen="code").says(typed=CODE)
    assert to_the_end(talk.says(chosen="yes")).key == "badge"
    assert unsaid(talk, WORDS) == set()


@pytest.mark.parametrize(("minute", "key"), [(1019, "badge"), (1020, "wait")])
def test_after_five_the_page_is_that_of_a_wait_and_staff_decide(minute: int, key: str) -> None:
    talk = Talk(SIGNING_IN, home(minute=minute)).says(chosen="code").says(typed=CODE).says(chosen="yes")
    ending = to_the_end(talk)
    assert (ending.key, bool(ending.events)) == (key, key == "badge")


def test_a_room_that_was_mistyped_can_be_changed_without_losing_the_rest() -> None:
    talk = unbooked(home(), "301")
    to_the_end(talk)
    del talk.answers["room"]
    assert talk.at == "room"
    assert talk.says(typed="302").ending.sealed["room"] == "302"


def test_off_line_it_is_all_the_same() -> None:
    for known in (True, False):
        endings = []
        for online in (True, False):
            talk = Talk(SIGNING_IN, home(online=online)).says(chosen="card").lays(MAN if known else WOMAN)
            endings.append(to_the_end(talk.says(chosen="yes") if known else talk.says(typed="301")))
        assert endings[0] == endings[1]


def test_who_comes_again_in_the_afternoon_is_another_visit_with_another_badge() -> None:
    morning = unbooked(home())
    afternoon = unbooked(replace(home(minute=900), case="01a00000-0000-7000-8000-000000000001"))
    first, second = to_the_end(morning), to_the_end(afternoon)
    assert first.target != second.target
    assert first.qr != second.qr


# signing out


def test_a_badge_that_is_scanned_signs_out() -> None:
    talk = Talk(SIGNING_OUT, visit())
    question = talk.question
    assert isinstance(question, Pad)
    assert question.may_scan
    badge = badge_of("01a00000-0000-7000-8000-000000000009")
    ending = talk.says(typed=badge).ending
    assert (ending.key, ending.state, ending.staff) == ("bye", None, "")
    assert ending.events == (VisitorLeft(case=talk.visit.case, badge=badge),)


@pytest.mark.parametrize("form", [{"skip": "1"}, {"typed": "1234"}, {"typed": "96385075"}])
def test_a_lost_badge_or_a_wrong_number_is_closed_by_staff_and_signs_nobody_else_out(form: dict[str, str]) -> None:
    ending = Talk(SIGNING_OUT, visit()).says(**form).ending
    assert (ending.key, ending.staff, ending.events) == ("by_staff", "help", ())


def test_the_check_digit_is_that_of_ean_8() -> None:
    assert is_badge("96385074")  # the example of the GS1 General Specifications
    assert is_badge("73513537")


@given(st.uuids(), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(case: object, place: int, more: int) -> None:
    badge = badge_of(str(case))
    assert is_badge(badge)
    wrong = badge[:place] + str((int(badge[place]) + more) % 10) + badge[place + 1 :]
    assert not is_badge(wrong)


# bringing something


def test_what_is_brought_is_taken_at_the_desk_and_food_is_looked_at_first() -> None:
    for things, key in ((["clothes"], "taken"), (["clothes", "food"], "looked_at"), (["medicine"], "looked_at")):
        talk = Talk(BRINGING, home()).says(chosen=things).says(typed="301").says(typed=PHONE).says(right="1")
        ending = talk.ending
        assert (ending.key, ending.staff, ending.answers["what"]) == (key, "help", ",".join(things))
        assert ending.sealed["phone"] == PHONE
        assert PHONE not in repr(ending.answers)


def test_bringing_something_does_not_tell_who_lives_there_either() -> None:
    endings = [
        Talk(BRINGING, home()).says(chosen="clothes").says(typed=typed).says(skip="1").says(right="1").ending
        for typed in ("301", "302", "999")
    ]
    assert {(one.key, one.staff, len(one.receipt)) for one in endings} == {("taken", "help", 1)}


# all of them


@pytest.mark.parametrize("matter", MATTERS)
@given(data=st.data())
def test_whatever_is_answered_it_ends_and_every_word_is_in_the_catalogue(matter: Matter, data: st.DataObject) -> None:
    has_data = data.draw(st.booleans())
    about = visit(
        online=data.draw(st.booleans()), camera=data.draw(st.booleans()), snapshots=HOME if has_data else None
    )
    talk = Talk(matter, replace(about, minute=data.draw(st.integers(0, 1439))))
    ending = wander(talk, data)
    assert unsaid(talk, WORDS) == set()
    assert ending.state in ("submitted", None)
    assert ending.staff or ending.qr or ending.key == "bye", "either it is done, or somebody comes"
    for event in ending.events:
        type(event).model_validate(event.model_dump())
    if ending.staff:
        StaffCalled.model_validate({"call": "c", "place": "kiosk-1", "about": ending.staff})
    assert MAN.name not in repr(ending.answers)
    assert MAN.number not in repr((ending.answers, ending.receipt, ending.values))


# family whom staff have confirmed


GRANDMOTHER = "cd" * 32


def family(*rules: str, token: str = MAN.token) -> Visit:
    """The man is confirmed as family of who lives in 301, 302 …; `rules`: of those rooms."""
    rooms = [
        room(f"30{number}", rule).model_copy(update={"resident_token": GRANDMOTHER})
        for number, rule in enumerate(rules, 1)
    ]
    about = visit(snapshots={"bookings": [], "care_rooms": [*rooms, room("309", "yes")]})
    return replace(about, family=lambda asked: frozenset({GRANDMOTHER} if asked == token else ()))


def test_confirmed_family_choose_their_room_without_typing_it() -> None:
    talk = Talk(SIGNING_IN, family("yes")).says(chosen="card").lays(MAN)
    question = talk.question
    assert isinstance(question, Choice)
    assert [option.key for option in question.options] == ["301", "other"]
    ending = talk.says(chosen="301").says(chosen="1").says(chosen="well").ending
    assert (ending.key, ending.staff, ending.sealed["room"]) == ("badge", "", "301")
    assert unsaid(talk, WORDS) == set()


def test_where_the_resident_wants_to_be_asked_staff_come_for_family_too() -> None:
    talk = Talk(SIGNING_IN, family("ask")).says(chosen="card").lays(MAN).says(chosen="301")
    ending = talk.says(chosen="1").says(chosen="well").ending
    assert (ending.key, ending.staff) == ("wait", "help")


def test_family_may_go_to_another_room_as_anybody() -> None:
    talk = Talk(SIGNING_IN, family("yes")).says(chosen="card").lays(MAN).says(chosen="other")
    assert talk.at == "room"


def test_to_anybody_else_the_machine_says_nothing_of_who_lives_here() -> None:
    assert Talk(SIGNING_IN, family("yes")).says(chosen="card").lays(WOMAN).at == "room"
    assert Talk(SIGNING_IN, family("yes")).says(chosen="none").at == "room"
