"""A family looks for a care home, books, pays and says how it was: off line too, and never for a bed that has gone."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events.visits import BookingMade, PaymentSettled, ReviewGiven
from contract.reference_rows import code_hash
from edge.domain.visits.conversation import Matter, Visit
from edge.domain.visits.matters.care_home import MATTERS, MOVING_IN, REVIEW, VISIT_BOOKING, booking_code
from edge.domain.visits.questions import Choice, Face, NotAnAnswer, Notice, Pay, Review
from edge.kiosk.words.care_home import WORDS
from tests.unit.edge.domain.visits.conversation_driver import DAY, MAN, WOMAN, Talk, visit
from tests.unit.edge.domain.visits.matters.care_talks import booking, home, room, slots
from tests.unit.edge.domain.visits.matters.walked import CODE, PHONE, unsaid, wander

YESTERDAY = DAY - timedelta(days=1)
OWN = "f-1"  # the facility of the kiosk
HOMES = [
    home(OWN, price_fen_month_from=260_000, price_fen_month_to=390_000, dementia_unit=True),
    home("full", free_beds=0, care_levels=("full",)),
    home("far", county="330881", price_fen_month_from=450_000, price_fen_month_to=600_000, deposit_fen=0),
    home("cheap", price_fen_month_from=150_000, price_fen_month_to=250_000),
]
TOURS = slots("care_home", (1, "10:00", 1), (1, "15:00", 1), (2, "10:00", 1))
VISITS = slots("care_visit", (1, "09:30", 1), (1, "10:30", 1), (2, "09:30", 2), (3, "14:30", 1))
ALL = {"care_homes": HOMES, "slots": [*TOURS, *VISITS], "bookings": [booking(state="completed", on=YESTERDAY)]}


def hall(
    rows: Mapping[str, Any] | None = None, *, online: bool = True, taken: Mapping[str, int] | None = None
) -> Visit:
    about = visit(online=online, snapshots=ALL if rows is None else rows)
    return replace(about, booked=lambda slot: (taken or {}).get(slot, 0))


def searching(
    about: Visit, *, area: str = "any", price: str = "any", level: str = "any", wishes: tuple[str, ...] = ()
) -> Talk:
    talk = Talk(MOVING_IN, about).says(chosen="find").says(chosen=area).says(chosen=price).says(chosen=level)
    return talk.says(chosen=list(wishes))


def offered(talk: Talk) -> list[str]:
    question = talk.question
    assert isinstance(question, Choice)
    assert question.name == "home"
    return [option.key for option in question.options]


def bed(about: Visit, which: str = "cheap") -> Talk:
    """Up to the review."""
    talk = searching(about).says(chosen=which).says().says(chosen="bed")
    return talk.lays(MAN).says(typed=PHONE)


# finding a home


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["cheap", "full", OWN, "far"]),
        ({"area": "330881"}, ["far"]),
        ({"price": "low"}, ["cheap", "full"]),
        ({"price": "middle"}, ["cheap", "full", OWN]),
        ({"price": "high"}, ["far"]),
        ({"level": "full"}, ["full"]),
        ({"wishes": ("free",)}, ["cheap", OWN, "far"]),
        ({"wishes": ("free", "dementia")}, [OWN]),
    ],
)
def test_homes_are_found_by_what_is_wanted_and_stand_in_the_order_of_their_price(
    wanted: dict[str, Any], found: list[str]
) -> None:
    assert offered(searching(hall(), **wanted)) == found


def test_every_home_tells_its_price_and_how_many_beds_are_free() -> None:
    question = searching(hall()).question
    assert isinstance(question, Choice)
    assert question.options[0].note == ("每月 1500–2500 元，空床 2 张", "CNY 1500–2500 a month, 2 beds free")
    facts = searching(hall()).says(chosen=OWN).question
    assert isinstance(facts, Notice)
    assert {line.label for line in facts.lines} >= {"care_home.deposit", "care_home.dementia", "care_home.levels"}


def test_where_no_home_fits_all_of_them_can_be_seen_or_somebody_asked() -> None:
    def none() -> Talk:
        return searching(hall(), area="330825")

    assert none().at == "none_fits"
    assert len(offered(none().says(chosen="all"))) == 4
    ending = none().says(chosen="talk").ending
    assert (ending.key, ending.ticket and ending.ticket.queue) == ("talk", "stay")


def test_without_the_list_of_homes_there_is_a_number_for_a_talk() -> None:
    ending = Talk(MOVING_IN, hall({})).says(chosen="find").ending
    assert (ending.key, ending.ticket and ending.ticket.queue) == ("no_list", "stay")


def test_only_looking_keeps_nothing_and_needs_no_card() -> None:
    ending = searching(hall()).says(chosen="far").says().says(chosen="look").ending
    assert (ending.key, ending.state, ending.persons, ending.sealed) == ("looked", None, (), {})
    assert "000-11112222" in [line.value for line in ending.receipt]


# a tour


def test_a_tour_of_this_home_takes_one_of_its_own_times() -> None:
    talk = searching(hall()).says(chosen=OWN).says().says(chosen="tour")
    talk.says(chosen=TOURS[0].date).says(chosen=TOURS[0].key).says(typed=PHONE)
    ending = talk.says(right="1").ending
    assert (ending.key, ending.slots) == ("tour", (TOURS[0].key,))


def test_a_tour_whose_time_has_just_gone_is_offered_the_nearest() -> None:
    talk = searching(hall(taken={TOURS[0].key: 1})).says(chosen=OWN).says().says(chosen="tour")
    talk.says(chosen=TOURS[0].date).says(chosen=TOURS[0].key)
    assert talk.at == "nearest"
    talk.says(chosen=TOURS[1].key).says(skip="1").says(right="1")
    assert talk.ending.slots == (TOURS[1].key,)
    assert unsaid(talk, WORDS) == set()


def test_another_home_arranges_the_time_itself() -> None:
    ending = searching(hall()).says(chosen="far").says().says(chosen="tour").says(skip="1").says(right="1").ending
    assert (ending.key, ending.slots) == ("tour_asked", ())
    assert "care_home.telephone" in [line.label for line in ending.receipt], "who left no number can call"


# a bed and its deposit


def test_a_bed_is_asked_for_with_a_deposit_that_was_seen_before_it_is_paid() -> None:
    talk = bed(hall())
    question = talk.question
    assert isinstance(question, Review)
    assert question.total_fen == 100_000
    pay = talk.says(right="1").question
    assert isinstance(pay, Pay)
    assert (pay.amount_fen, pay.order) == (100_000, f"{talk.visit.case}-cheap")
    ending = talk.hears({"state": "paid", "reference": "p-1"}).ending
    assert (ending.key, ending.answers["paid"], ending.persons) == ("bed", "paid", (MAN,))
    assert unsaid(talk, WORDS) == set()
    assert (ending.ticket, ending.undo) == (None, True), "taken back, the deposit goes back by itself"
    assert (ending.slots, ending.reference) == (("care_bed/cheap@1",), ("care_homes@1",))


def test_who_pays_at_the_window_gets_a_number() -> None:
    ending = bed(hall()).says(right="1").says(instead="at_counter").ending
    assert (ending.key, ending.ticket and ending.ticket.queue, ending.undo) == ("bed_counter", "stay", True)


def test_off_line_the_bed_is_noted_the_deposit_waits_and_the_slip_says_so() -> None:
    ending = bed(hall(online=False)).says(right="1").says(instead="at_counter").ending
    assert (ending.key, ending.state) == ("bed_counter", "submitted")
    assert "care_home.sent.later" in [line.value for line in ending.receipt]


def test_a_home_without_a_deposit_asks_for_no_payment() -> None:
    ending = bed(hall(), "far").says(right="1").ending
    assert (ending.key, ending.answers["paid"]) == ("bed", "none")


def test_without_a_card_the_bed_is_finished_at_the_window() -> None:
    talk = searching(hall()).says(chosen="far").says().says(chosen="bed").hears({"instead": "no_card"})
    ending = talk.says(skip="1").says(right="1").ending
    assert (ending.key, ending.ticket and ending.ticket.queue) == ("bed_counter", "stay")


def test_a_full_home_takes_no_deposit_and_puts_on_the_list() -> None:
    talk = bed(hall(), "full")
    question = talk.question
    assert isinstance(question, Review)
    assert question.total_fen is None
    ending = talk.says(right="1").ending
    assert (ending.key, ending.slots, ending.ticket and ending.ticket.queue) == ("bed_waiting", (), "stay")


def test_the_last_bed_is_given_away_here_once_only() -> None:
    assert bed(hall(taken={"care_bed/cheap@1": 1})).says(right="1").at == "pay.cheap"
    assert bed(hall(taken={"care_bed/cheap@1": 2})).says(right="1").ending.key == "bed_waiting"
    older = bed(hall(taken={"care_bed/cheap@0": 2}))
    assert older.says(right="1").at == "pay.cheap", "a newer count of the city knows of those before"


def test_whose_bed_went_while_they_paid_meets_a_person_and_is_asked_nothing_again() -> None:
    taken: dict[str, int] = {}
    talk = bed(hall(taken=taken)).says(right="1")
    assert talk.at == "pay.cheap"
    taken["care_bed/cheap@1"] = 2
    talk.answers["pay.cheap"] = {"state": "paid", "reference": "p-1"}
    ending = talk.ending
    assert (ending.key, ending.persons, ending.ticket and ending.ticket.queue) == ("bed_waiting", (MAN,), "stay")
    assert "退" in WORDS["care_home.end.bed_waiting.say"].zh


def test_another_home_is_another_payment() -> None:
    talk = bed(hall()).says(right="1").hears({"state": "paid", "reference": "p-1"})
    assert talk.ending.key == "bed"
    talk.answers["home"] = {"chosen": OWN}
    question = talk.question
    assert isinstance(question, Pay)
    assert question.order.endswith(f"-{OWN}")


def test_the_same_bed_asked_for_twice_on_a_day_is_the_same_act() -> None:
    targets = {bed(hall()).says(right="1").says(instead="at_counter").ending.target for _ in range(2)}
    assert targets == {"bed.cheap"}


# booking a visit


def visiting(about: Visit) -> Talk:
    """Up to the day."""
    return Talk(VISIT_BOOKING, about).lays(WOMAN).says(typed="301")


def test_a_visit_is_booked_for_a_day_a_time_and_some_persons_with_a_message() -> None:
    talk = visiting(hall()).says(chosen=VISITS[1].date).says(chosen=VISITS[1].key).says(chosen="3").says(typed=PHONE)
    ending = talk.says(right="1").ending
    assert (ending.key, ending.slots, ending.persons) == ("booked", (VISITS[1].key,), (WOMAN,))
    (message,) = ending.messages
    assert message.phone == PHONE
    assert "11月26日 周四 10:30" in message.text
    assert "301" not in message.text, "a message tells nobody where somebody lives"
    assert ending.undo


def test_a_booking_is_told_to_the_city_with_what_opens_it_and_without_who_it_is() -> None:
    talk = visiting(hall()).says(chosen=VISITS[1].date).says(chosen=VISITS[1].key).says(chosen="2").says(typed=PHONE)
    ending = talk.says(right="1").ending
    (made,) = ending.events
    assert isinstance(made, BookingMade)
    assert (made.about, made.date, made.time, made.room) == ("care_visit", VISITS[1].date, VISITS[1].time, "301")
    assert (made.token, made.name_masked, made.phone_tail) == (WOMAN.token, "测**", PHONE[-4:])
    code = booking_code(talk.visit.case)
    assert made.code_hash == code_hash(talk.visit.case, code)
    assert code in ending.messages[0].text
    assert ("care_visit_booking.code", code) in [(line.label, line.value) for line in ending.receipt]
    assert code not in made.model_dump_json()


@given(st.uuids())
def test_a_booking_code_has_six_digits_and_is_the_same_whenever_it_is_asked(case: UUID) -> None:
    assert re.fullmatch(r"[0-9]{6}", booking_code(str(case)))
    assert booking_code(str(case)) == booking_code(str(case))


def test_a_wish_without_a_time_is_no_booking() -> None:
    assert visiting(hall({})).says(chosen="1").says(typed=PHONE).says(right="1").ending.events == ()


def test_nobody_is_asked_for_a_face_to_book() -> None:
    talk = visiting(hall()).says(chosen=VISITS[1].date).says(chosen=VISITS[1].key).says(chosen="1").says(skip="1")
    assert not [one for one in talk.says(right="1").walk.asked if isinstance(one, Face)]


def test_a_closed_day_cannot_be_booked() -> None:
    with pytest.raises(NotAnAnswer):
        visiting(hall()).says(chosen=(DAY + timedelta(days=5)).isoformat())


def test_who_comes_second_to_the_last_place_sees_three_others_and_keeps_their_answers() -> None:
    taken: dict[str, int] = {}
    talk = visiting(hall(taken=taken)).says(chosen=VISITS[0].date).says(chosen=VISITS[0].key).says(chosen="2")
    talk.says(typed=PHONE)
    assert talk.at == "check"
    taken[VISITS[0].key] = 1
    question = talk.question
    assert isinstance(question, Choice)
    assert question.name == "nearest"
    assert [option.key for option in question.options] == [VISITS[n].key for n in (1, 2, 3)]
    assert talk.says(chosen=VISITS[1].key).at == "check"
    assert talk.says(right="1").ending.slots == (VISITS[1].key,)
    assert unsaid(talk, WORDS) == set()


def test_off_line_the_sites_own_places_are_booked_and_the_message_waits() -> None:
    talk = visiting(hall(online=False)).says(chosen=VISITS[0].date).says(chosen=VISITS[0].key).says(chosen="1")
    ending = talk.says(typed=PHONE).says(right="1").ending
    assert (ending.key, ending.slots, len(ending.messages)) == ("noted", (VISITS[0].key,), 1)
    assert "care_home.sent.later" in [line.value for line in ending.receipt]


@pytest.mark.parametrize("rows", [{}, {"slots": []}, {"slots": slots("care_visit", (1, "09:30", 0))}])
def test_without_any_time_to_give_the_wish_is_noted_and_staff_come(rows: dict[str, Any]) -> None:
    ending = visiting(hall(rows)).says(chosen="1").says(typed=PHONE).says(right="1").ending
    assert (ending.key, ending.staff, ending.messages, ending.slots) == ("asked", "help", (), ())


def test_a_visit_is_booked_without_a_card_too() -> None:
    talk = Talk(VISIT_BOOKING, hall()).says(instead="no_card").says(typed="301")
    talk.says(chosen=VISITS[0].date).says(chosen=VISITS[0].key).says(chosen="1").says(skip="1")
    ending = talk.says(right="1").ending
    assert (ending.key, ending.persons, ending.messages) == ("booked", (), ())


def test_a_changed_day_asks_for_its_time_and_keeps_the_rest() -> None:
    talk = visiting(hall()).says(chosen=VISITS[0].date).says(chosen=VISITS[0].key).says(chosen="2").says(typed=PHONE)
    del talk.answers["date"]
    assert talk.says(chosen=VISITS[2].date).at == "time"
    assert talk.says(chosen=VISITS[2].key).at == "check"


def test_confirmed_family_book_their_room_without_typing_it() -> None:
    theirs = room("301", "yes").model_copy(update={"resident_token": "cd" * 32})
    about = replace(hall({**ALL, "care_rooms": [theirs]}), family=lambda _token: frozenset({"cd" * 32}))
    talk = Talk(VISIT_BOOKING, about).lays(WOMAN)
    assert talk.at == "family"
    talk.says(chosen="301").says(chosen=VISITS[0].date).says(chosen=VISITS[0].key).says(chosen="1").says(skip="1")
    ending = talk.says(right="1").ending
    assert ending.sealed["room"] == "301"
    assert unsaid(talk, WORDS) == set()
    assert Talk(VISIT_BOOKING, about).lays(WOMAN).says(chosen="other").at == "room"


# saying how it was


def test_who_has_visited_says_how_it_was() -> None:
    talk = Talk(REVIEW, hall()).says(chosen="code").says(typed=CODE).says(chosen="4")
    ending = talk.ending
    assert ending.events == (ReviewGiven(case=talk.visit.case, target=OWN, score=4, booking="b-1"),)
    assert Talk(REVIEW, hall()).says(chosen="card").lays(MAN).at == "score"


@pytest.mark.parametrize(
    "row", [booking(state="booked", on=YESTERDAY), booking(state="cancelled", on=YESTERDAY), booking(code="111111")]
)
def test_only_a_completed_booking_of_ones_own_can_be_reviewed(row: object) -> None:
    about = hall({"bookings": [row]})
    ending = Talk(REVIEW, about).says(chosen="code").says(typed=CODE).ending
    assert (ending.key, ending.state, ending.events) == ("not_yet", None, ())
    assert Talk(REVIEW, hall()).says(chosen="card").lays(WOMAN).ending.key == "not_yet"
    assert Talk(REVIEW, hall()).says(chosen="card").says(instead="no_card").ending.key == "not_yet"


def test_a_booking_is_reviewed_once() -> None:
    first = Talk(REVIEW, hall()).says(chosen="code").says(typed=CODE).says(chosen="5").ending
    (once,) = first.slots
    assert first.once == once, "two at the same moment are one too"
    again = Talk(REVIEW, hall(taken={once: 1})).says(chosen="code").says(typed=CODE).ending
    assert (again.key, again.events) == ("already", ())


def test_without_the_bookings_it_says_so() -> None:
    assert Talk(REVIEW, hall({})).says(chosen="code").says(typed=CODE).ending.key == "later"


# all of them


@pytest.mark.parametrize("matter", MATTERS)
@given(data=st.data())
def test_whatever_is_answered_it_ends_and_every_word_is_in_the_catalogue(matter: Matter, data: st.DataObject) -> None:
    taken = {row.key: 1 for row in [*TOURS, *VISITS] if data.draw(st.booleans())}
    rows = {name: ALL[name] for name in ALL if data.draw(st.integers(0, 3))}
    talk = Talk(matter, hall(rows, online=data.draw(st.booleans()), taken=taken))
    ending = wander(talk, data)
    assert unsaid(talk, WORDS) == set()
    assert ending.state in ("submitted", None)
    for event in ending.events:
        type(event).model_validate(event.model_dump())
    for question in talk.walk.asked:
        if isinstance(question, Pay):
            PaymentSettled(
                case=talk.visit.case, order=question.order, amount_fen=question.amount_fen, provider="p", result="paid"
            )
    assert MAN.name not in repr((ending.answers, ending.receipt))
    assert MAN.number not in repr((ending.answers, ending.receipt, ending.values))
    assert PHONE not in repr((ending.answers, ending.receipt, ending.values))
