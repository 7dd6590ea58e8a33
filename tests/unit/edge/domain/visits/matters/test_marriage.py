"""A couple at the kiosk: every way leads to the window with a number, and none completes a registration."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.conversation import Ending
from edge.domain.visits.matters.divorce_days import claim_window
from edge.domain.visits.matters.marriage import REGISTRATION
from edge.domain.visits.matters.what_to_bring import usual_papers
from edge.domain.visits.questions import Card, Choice, Consent, Notice, Pad, Review, Said, Sign
from edge.kiosk.words.marriage import WORDS
from tests.unit.edge.domain.visits.conversation_driver import DAY, MAN, STROKES, WOMAN, Talk, visit
from tests.unit.edge.domain.visits.matters.office_talks import GUIDE, booking, slot
from tests.unit.edge.domain.visits.matters.walked import CODE, PHONE, unsaid, wander


def begins(kind: str = "marriage", stage: str = "first", **about: Any) -> Talk:
    """Up to the first card."""
    talk = Talk(REGISTRATION, visit(**about)).says(chosen=kind)
    if kind == "divorce":
        talk.says(chosen=stage)
    return talk.says(chosen="yes")


def couple(kind: str = "marriage", *, face: bool = False, phone: str = "", **about: Any) -> Talk:
    """Up to the review, without a code of a booking."""
    talk = begins(kind, **about)
    for person in (MAN, WOMAN):
        talk.lays(person).says(way="yes" if face else "no")
        if face:
            talk.hears({"result": "match"})
    if talk.at == "booking":
        talk.says(skip="1")
    return talk.says(**({"typed": phone} if phone else {"skip": "1"}))


def to_the_end(talk: Talk) -> Ending:
    return talk.says(right="1").says(chosen="all").says(strokes=STROKES).says(strokes=STROKES).ending


def claiming(applied: date) -> Talk:
    """Up to the two dates."""
    talk = Talk(REGISTRATION, visit()).says(chosen="divorce").says(chosen="claim")
    return talk.says(chosen=f"{applied:%Y-%m}").says(chosen=applied.isoformat())


def test_two_cards_two_signatures_and_a_number() -> None:
    ending = to_the_end(couple())
    assert (ending.key, ending.state, ending.wants) == ("ticket", "submitted", "online_check")
    assert ending.ticket is not None
    assert (ending.ticket.queue, ending.ticket.oldest_age, ending.ticket.face) == ("marriage", 36, "not_used")
    assert ending.answers["signed"] == "2"


@pytest.mark.parametrize(("phone", "key"), [(PHONE, "ticket_offline"), ("", "ticket_offline_no_phone")])
def test_off_line_the_couple_is_held_for_the_check_and_never_registered(phone: str, key: str) -> None:
    ending = to_the_end(couple(online=False, phone=phone))
    assert (ending.key, ending.state, ending.wants) == (key, "awaiting_online_check", "online_check")
    assert ending.ticket is not None


def test_who_does_not_want_the_camera_stands_in_the_same_queue() -> None:
    without, with_face = to_the_end(couple()), to_the_end(couple(face=True))
    assert without.ticket is not None
    assert with_face.ticket is not None
    assert without.ticket.queue == with_face.ticket.queue
    assert (without.answers["first"], with_face.answers["first"]) == ("window", "card_and_face")


@pytest.mark.parametrize("day", [DAY, DAY + timedelta(days=1)])
def test_neither_way_is_always_the_first_one(day: date) -> None:
    question = begins(day=day).lays(MAN).question
    assert isinstance(question, Consent)
    assert question.first == ("face" if day.toordinal() % 2 == 0 else "other")


def test_a_face_that_was_not_recognised_goes_to_the_window_with_its_number() -> None:
    talk = begins().lays(MAN).says(way="yes").hears({"result": "window", "attempts": 3, "why": "mismatch"})
    ending = to_the_end(talk.lays(WOMAN).says(way="no").says(skip="1").says(skip="1"))
    assert (ending.answers["first"], ending.answers["why"]) == ("window", "mismatch")


def test_without_a_camera_nobody_is_asked_about_their_face() -> None:
    talk = begins(camera=False).lays(MAN).lays(WOMAN)
    assert talk.at == "booking"


def test_without_any_card_there_is_a_number_all_the_same() -> None:
    talk = begins().says(instead="no_card").hears({"instead": "unreadable"}).says(skip="1").says(skip="1")
    ending = talk.says(right="1").says(chosen="all").ending
    assert ending.ticket is not None
    assert ending.persons == ()
    assert (ending.answers["why"], ending.trip_reason) == ("no_card,unreadable", "card_fail")


def test_the_same_card_cannot_be_both_of_a_couple() -> None:
    question = begins().lays(MAN).says(way="no").question
    assert isinstance(question, Card)
    assert question.not_tokens == {MAN.token}


def test_the_second_of_a_couple_sees_nothing_of_the_first() -> None:
    question = begins().lays(MAN).says(way="no").question
    assert MAN.name not in repr(question)
    assert MAN.name_masked not in repr(question)


def test_who_came_alone_is_told_so_before_any_card_and_gets_a_number() -> None:
    ending = Talk(REGISTRATION, visit()).says(chosen="marriage").says(chosen="one").ending
    assert (ending.key, ending.state, ending.persons) == ("alone", "submitted", ())
    assert ending.ticket is not None


def test_another_matter_goes_to_the_staff_with_a_number() -> None:
    ending = Talk(REGISTRATION, visit()).says(chosen="other").ending
    assert (ending.key, ending.staff) == ("window", "help")
    assert ending.ticket is not None


# the booking


def test_a_booking_of_today_is_found_by_either_of_them_and_keeps_its_time() -> None:
    talk = begins(snapshots={"bookings": [booking()]}).lays(MAN).says(way="no").lays(WOMAN).says(way="no")
    assert talk.at == "phone"
    ending = to_the_end(talk.says(skip="1"))
    assert ending.ticket is not None
    assert (ending.ticket.booked_minute, ending.answers["booking"]) == (630, "b-7")


@pytest.mark.parametrize(
    "row", [booking(matter="divorce"), booking(state="cancelled"), booking(on=DAY + timedelta(days=1))]
)
def test_no_other_booking_counts(row: object) -> None:
    assert begins(snapshots={"bookings": [row]}).lays(MAN).says(way="no").lays(WOMAN).says(way="no").at == "booking"


def by_code(row: object, code: str = CODE) -> Talk:
    talk = begins(snapshots={"bookings": [row]}).says(instead="no_card").says(instead="no_card")
    return talk.says(typed=code)


def test_without_a_card_the_code_finds_the_booking() -> None:
    ending = by_code(booking()).says(skip="1").says(right="1").says(chosen="all").ending
    assert ending.ticket is not None
    assert (ending.ticket.booked_minute, ending.answers["booking"]) == (630, "b-7")
    assert ending.persons == ()


def test_a_code_that_is_not_known_here_is_kept_sealed_for_the_window() -> None:
    talk = by_code(booking(), "135791")
    assert talk.at == "booking_unknown"
    ending = talk.says(right="1").says(skip="1").says(right="1").says(chosen="all").ending
    assert ending.sealed["booking_code"] == "135791"
    assert "135791" not in repr(ending.answers)


def test_who_comes_on_another_day_than_the_booked_one_is_told_it_and_goes_on() -> None:
    talk = by_code(booking(on=date(2026, 11, 27)))
    assert talk.at == "booking_other_day"
    assert talk.question.values["day"] == Said("11月27日 周五", "Fri 27 Nov")
    assert talk.says(right="1").at == "phone"


# the days of a divorce


def test_a_divorce_can_be_claimed_from_the_thirty_first_day_on_for_thirty_days() -> None:
    first, last = claim_window(date(2026, 1, 1))
    assert (first, last) == (date(2026, 2, 1), date(2026, 3, 2))
    assert (last - first).days == 29


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_thirty_whole_days_lie_between_an_application_and_its_first_day(applied: date) -> None:
    first, last = claim_window(applied)
    assert ((first - applied).days, (last - applied).days) == (31, 60)


@pytest.mark.parametrize(
    ("days_ago", "when"), [(0, "early"), (30, "early"), (31, "open"), (60, "open"), (61, "late"), (80, "late")]
)
def test_the_page_tells_both_dates(days_ago: int, when: str) -> None:
    talk = claiming(DAY - timedelta(days=days_ago))
    notice = talk.question
    assert isinstance(notice, Notice)
    assert notice.words == f"marriage.window.{when}"
    assert [line.label for line in notice.lines] == ["marriage.window.first", "marriage.window.last"]
    assert talk.says(right="1").at == ("both" if when == "open" else "come")


def test_the_two_dates_are_written_out() -> None:
    notice = claiming(date(2026, 10, 20)).question
    assert isinstance(notice, Notice)
    assert [line.value for line in notice.lines] == [
        Said("2026年11月20日 周五", "Fri 20 Nov 2026"),
        Said("2026年12月19日 周六", "Sat 19 Dec 2026"),
    ]


def test_outside_of_the_days_nobody_is_refused() -> None:
    early = claiming(DAY).says(right="1")
    assert early.says(chosen="ticket").at == "both"
    later = claiming(DAY).says(right="1").says(chosen="later").ending
    assert (later.key, later.state) == ("later", None)


def test_who_does_not_remember_the_day_goes_on_and_the_window_looks() -> None:
    talk = Talk(REGISTRATION, visit()).says(chosen="divorce").says(chosen="claim").says(chosen="unknown")
    assert talk.at == "both"


def test_a_claim_is_signed_at_the_window_alone() -> None:
    talk = claiming(date(2026, 10, 20)).says(right="1").says(chosen="yes")
    talk.lays(MAN).says(way="no").lays(WOMAN).says(way="no").says(skip="1").says(skip="1")
    ending = talk.says(right="1").says(chosen="all").ending
    assert (ending.target, ending.answers["applied"], ending.answers["signed"]) == ("divorce.claim", "2026-10-20", "0")


def test_a_day_that_has_not_come_cannot_be_chosen() -> None:
    question = Talk(REGISTRATION, visit()).says(chosen="divorce").says(chosen="claim").says(chosen="2026-11").question
    assert isinstance(question, Choice)
    assert question.options[-1].key == DAY.isoformat()


def test_another_month_asks_for_the_day_again() -> None:
    talk = claiming(date(2026, 10, 20))
    talk.answers["month"] = {"chosen": "2026-09"}
    assert talk.at == "applied"


# papers


def test_a_missing_paper_sends_nobody_away() -> None:
    ending = couple().says(right="1").says(chosen="lacking").says(chosen="ticket").ending
    assert ending.ticket is not None
    assert (ending.key, ending.trip_reason) == ("ticket_lacking", "missing_document")


def test_everything_that_is_missing_is_told_at_once_and_stands_on_the_slip() -> None:
    talk = couple("divorce", snapshots={"matters_info": GUIDE}).says(right="1")
    assert talk.question.values["papers"] == Said(
        "两人的身份证、结婚证", "both identity cards, the marriage certificate"
    )
    talk.says(chosen="lacking").says(chosen=["两人的身份证", "结婚证"])
    assert talk.question.values["papers"] == Said(
        "两人的身份证、结婚证", "both identity cards, the marriage certificate"
    )
    ending = talk.says(chosen="sent").ending
    assert ending.ticket is not None
    assert [line.value for line in ending.receipt] == [
        Said("两人的身份证", "both identity cards"),
        Said("结婚证", "the marriage certificate"),
    ]
    assert (ending.answers["missing"], ending.answers["instead"]) == ("两人的身份证,结婚证", "sent")


def another_day(**about: Any) -> Talk:
    snapshots = {"slots": [slot(1, "09:00", 1), slot(1, "10:00", 2), slot(0, "15:00", 2)], **about}
    return couple(snapshots=snapshots).says(right="1").says(chosen="lacking").says(chosen="later")


def test_another_day_takes_a_place_and_gives_up_the_booking_of_today() -> None:
    talk = another_day(bookings=[booking()])
    ending = talk.says(chosen="2026-11-26").says(chosen="marriage/2026-11-26/09:00").ending
    assert (ending.key, ending.state, ending.ticket) == ("changed", "submitted", None)
    assert ending.slots == ("marriage/2026-11-26/09:00",)
    assert (ending.answers["booking"], ending.answers["slot"]) == ("b-7", "marriage/2026-11-26/09:00")


def test_another_day_is_not_today() -> None:
    question = another_day().question
    assert isinstance(question, Choice)
    assert [option.key for option in question.options if option.off is None] == ["2026-11-26"]


def test_a_time_whose_last_place_has_gone_leads_to_the_nearest_ones() -> None:
    talk = another_day().says(chosen="2026-11-26").says(chosen="marriage/2026-11-26/09:00")
    assert talk.ending.key == "changed"
    talk.visit = replace(talk.visit, booked=lambda key: int(key.endswith("09:00")))
    assert talk.at == "nearest"
    assert talk.says(chosen="marriage/2026-11-26/10:00").ending.slots == ("marriage/2026-11-26/10:00",)


def test_where_no_times_are_known_another_day_needs_no_booking() -> None:
    ending = couple().says(right="1").says(chosen="lacking").says(chosen="later").ending
    assert (ending.key, ending.state) == ("later", None)


def test_a_place_is_taken_by_somebody_not_by_nobody() -> None:
    talk = begins(snapshots={"slots": [slot(1, "09:00", 1)]}).says(instead="no_card").says(instead="no_card")
    talk.says(skip="1").says(skip="1").says(right="1").says(chosen="lacking").says(chosen="later")
    assert talk.ending.slots == ()


# the rest


def test_an_answer_can_be_changed_and_the_others_stay() -> None:
    talk = couple("divorce")
    talk.answers["kind"] = {"chosen": "marriage"}
    assert to_the_end(talk).target == "marriage"


def test_the_statement_is_that_of_the_matter() -> None:
    for kind in ("marriage", "divorce"):
        question = couple(kind).says(right="1").says(chosen="all").question
        assert isinstance(question, Sign)
        assert question.words == f"{kind}.statement"


def test_who_cannot_sign_here_signs_before_the_registrar() -> None:
    talk = couple().says(right="1").says(chosen="all").says(instead="window").says(strokes=STROKES)
    assert talk.ending.answers["signed"] == "1"


def test_the_review_shows_masked_names_and_the_end_of_the_number() -> None:
    review = couple(phone=PHONE).question
    assert isinstance(review, Review)
    assert MAN.name_masked in repr(review.lines)
    assert MAN.name not in repr(review.lines)
    assert PHONE not in repr(review.lines)
    assert {line.change for line in review.lines if line.change} <= {
        "kind",
        "first.card",
        "second.card",
        "booking",
        "phone",
    }


def test_red_is_shown_for_a_wedding_only() -> None:
    assert REGISTRATION.theme_of({"kind": {"chosen": "marriage"}}) == "marriage"
    for kind in ("divorce", "other"):
        assert REGISTRATION.theme_of({"kind": {"chosen": kind}}) == "neutral"


def test_what_tells_who_they_are_is_only_in_the_sealed_part() -> None:
    ending = to_the_end(couple(phone=PHONE))
    assert MAN.name in repr(ending.sealed)
    for told in (MAN.name, MAN.number, PHONE):
        assert told not in repr((ending.answers, ending.receipt, ending.values, ending.target))


def test_every_list_of_papers_has_its_words() -> None:
    for variant in ("marriage", "divorce.first", "divorce.claim"):
        assert usual_papers("marriage", variant) in WORDS


@given(st.data())
def test_whatever_is_answered_it_ends_and_nobody_is_registered(data: st.DataObject) -> None:
    snapshots = data.draw(st.sampled_from([
        {}, {"matters_info": GUIDE}, {"bookings": [booking()], "matters_info": GUIDE, "slots": [slot(1, "09:00", 1)]},
    ]))  # fmt: skip
    about = visit(online=data.draw(st.booleans()), camera=data.draw(st.booleans()), snapshots=snapshots)
    talk = Talk(REGISTRATION, about)
    ending = wander(talk, data)
    assert ending.state in ("submitted", "awaiting_online_check", None)
    assert ending.ticket is not None or ending.key in ("changed", "later")
    if ending.ticket is not None and ending.persons and not about.is_online:
        assert ending.state == "awaiting_online_check"
    assert unsaid(talk, WORDS) == set()
    assert not any(isinstance(one, Pad) and not one.may_skip for one in talk.walk.asked)
