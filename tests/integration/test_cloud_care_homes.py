"""From a booking at the kiosk to a review in the home's figures; once on SQLite and once on PostgreSQL."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from paho.mqtt import subscribe

from cloud.adapters.mqtt_retained import connected
from cloud.adapters.rebuilding import rebuild
from cloud.adapters.sql_reference import SqlReference
from cloud.domain.reference_draft import Draft
from cloud.matters import HANDLERS
from cloud.matters.elder_care.figures import reviews
from cloud.matters.elder_care.job import BookingsPublished
from cloud.matters.elder_care.records import care_attendance, care_booking, care_review
from cloud.ports import BrokerUnreachable
from cloud.services.event_effects import Effects
from cloud.services.reference_publishing import publish
from contract.events.visits import BookingMade, CaseMoved, CaseSubmitted, ReviewGiven, VisitorEntered, VisitorLeft
from contract.reference import decode
from contract.reference_rows import code_hash
from contract.sparkplug.topics import Publish
from tests.integration.test_cloud_cases import case_id, get, submitted
from tests.unit.cloud.facility import NOW_MS, TOKEN, Facility
from tests.unit.cloud.matters.elder_care.test_published import CITY, theirs
from tests.unit.cloud.office import Office

DAY, CODE = "2026-09-22", "135790"  # the day after NOW_MS


@pytest.fixture
def home() -> Facility:
    return Facility()


def booked(number: int = 1, **more: Any) -> BookingMade:
    case = case_id(number)
    return BookingMade.model_validate({
        "case": case, "about": "care_visit", "date": DAY, "time": "09:30", "room": "301", "token": TOKEN,
        "name_masked": "测**", "code_hash": code_hash(case, CODE), **more,
    })  # fmt: skip


def moved(number: int, state: str, **more: Any) -> CaseMoved:
    about = {"case": case_id(number), "from_state": "submitted", "state": state, "by": "1001"}
    return CaseMoved.model_validate(about | more)


def came(number: int, booking: str, badge: str) -> tuple[CaseSubmitted, VisitorEntered]:
    signed_in = submitted(number, matter="care_visit", answers={"booking": booking, "badge": badge})
    return signed_in, VisitorEntered(case=case_id(number), badge=badge, until_ms=NOW_MS)


def review(number: int, booking: str, score: int = 5) -> ReviewGiven:
    return ReviewGiven(case=case_id(number), target="care-1", score=score, booking=booking)


class Wire:
    """Keeps what a broker would retain; `is_away` as if it had been cut off."""

    def __init__(self) -> None:
        self.sent: list[Publish] = []
        self.is_away = False

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Any]:
        if self.is_away:
            raise BrokerUnreachable("away")
        yield self.sent.append

    def states(self) -> dict[str, str]:
        return {row.booking: row.state for row in decode(self.sent[-1].payload).rows}


def published(cloud: Office, wire: Wire) -> BookingsPublished:
    return BookingsPublished(cloud.engine, SqlReference(cloud.engine), wire, lambda: NOW_MS)


def test_a_booking_is_published_once_the_home_has_agreed_and_completed_when_its_visitor_leaves(
    cloud: Office, home: Facility
) -> None:
    case, wire = case_id(1), Wire()
    job = published(cloud, wire)
    cloud.take(home.event(submitted(1, matter="care_visit_booking")), home.event(booked(1)))
    assert job.step() == 0, "the home has not agreed yet"
    cloud.take(home.event(moved(1, "accepted")))
    assert (job.step(), wire.states()) == (1, {case: "booked"})
    assert wire.sent[-1].topic == "onetrip/v1/reference/care-1/bookings"
    assert (wire.sent[-1].qos, wire.sent[-1].retain) == (1, True)
    cloud.take(*map(home.event, came(2, case, "12345670")))
    assert job.step() == 0, "to be inside completes nothing"
    cloud.take(home.event(VisitorLeft(case=case_id(3), badge="12345670")))
    assert (job.step(), wire.states()) == (1, {case: "completed"})
    assert job.step() == 0
    assert cloud.reasons() == []


def test_bookings_of_a_department_stay_and_are_completed_too(cloud: Office, home: Facility) -> None:
    wire, shelf = Wire(), SqlReference(cloud.engine)
    draft_rows = (theirs("d-1"), theirs("d-2"))
    for _ in publish(Draft("bookings", CITY, draft_rows), ["care-1"], shelf, wire.sent.append, None, NOW_MS):
        pass
    cloud.take(*map(home.event, came(2, "d-1", "12345670")))
    cloud.take(home.event(VisitorLeft(case=case_id(3), badge="12345670")))
    published(cloud, wire).step()
    assert wire.states() == {"d-1": "completed", "d-2": "booked"}


def test_what_a_broker_did_not_take_is_sent_when_it_is_back_under_the_same_version(
    cloud: Office, home: Facility
) -> None:
    wire = Wire()
    job = published(cloud, wire)
    cloud.take(home.event(booked(1)), home.event(submitted(1, matter="care_visit_booking")))
    cloud.take(home.event(moved(1, "accepted")))
    wire.is_away = True
    for _ in range(3):
        with pytest.raises(BrokerUnreachable):
            job.step()
    wire.is_away = False
    assert (job.step(), wire.states()) == (1, {case_id(1): "booked"})
    assert decode(wire.sent[-1].payload).version == NOW_MS // 1000, "three failures made no version"


def test_a_booking_that_was_taken_back_is_told_so(cloud: Office, home: Facility) -> None:
    wire = Wire()
    cloud.take(home.event(submitted(1, matter="care_visit_booking")), home.event(booked(1)))
    cloud.take(home.event(moved(1, "accepted")), home.event(moved(1, "withdrawn", from_state="accepted")))
    published(cloud, wire).step()
    assert wire.states() == {case_id(1): "cancelled"}


def test_only_a_completed_booking_is_reviewed_and_only_once(cloud: Office, home: Facility) -> None:
    case = case_id(1)
    cloud.take(home.event(submitted(1, matter="care_visit_booking")), home.event(booked(1)))
    cloud.take(home.event(review(5, case)))
    assert cloud.reasons() == [f"booking {case} is not completed"]
    cloud.take(*map(home.event, came(2, case, "12345670")), home.event(review(6, case)))
    cloud.take(home.event(VisitorLeft(case=case_id(3), badge="12345670")), home.event(review(7, case, 4)))
    cloud.take(home.event(review(8, case, 1)))
    assert cloud.rows(care_review, "booking", "score") == [(case, 4)]
    assert cloud.reasons()[1:] == [f"booking {case} is not completed", f"booking {case} was reviewed before"]


def test_a_drill_books_and_reviews_nothing(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(booked(1, drill="d-1")))
    cloud.take(home.event(ReviewGiven(case=case_id(5), target="care-1", score=1, booking="x", drill="d-1")))
    assert [cloud.count(table) for table in (care_booking, care_attendance, care_review)] == [0, 0, 0]


def test_the_figures_of_a_home_are_told_from_five_reviews_on(cloud: Office, home: Facility) -> None:
    for number, score in enumerate((5, 4, 4, 2), 1):
        cloud.take(home.event(review(number, f"d-{number}", score)))
    assert get(cloud, "/api/public/care-homes/reviews") == [{"home": "care-1", "reviews": None, "mean": None}]
    cloud.take(home.event(review(9, "d-9", 5)))
    assert get(cloud, "/api/public/care-homes/reviews", home="care-1") == [
        {"home": "care-1", "reviews": 5, "mean": 4.0}
    ]
    assert get(cloud, "/api/public/care-homes/reviews", home="nowhere") == []
    with cloud.engine.connect() as db:
        scores = cloud.rows(care_review, "score")
        assert reviews(db)[0]["mean"] == round(sum(scores) / len(scores), 2)


def test_all_of_it_is_made_again_from_the_log(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(submitted(1, matter="care_visit_booking")), home.event(booked(1)))
    cloud.take(home.event(moved(1, "accepted")), *map(home.event, came(2, case_id(1), "12345670")))
    cloud.take(home.event(VisitorLeft(case=case_id(3), badge="12345670")), home.event(review(7, case_id(1), 4)))
    found = rebuild(cloud.engine, Effects(HANDLERS).apply, keep=True)
    remade = {one.table: (one.before == one.after, one.after.rows) for one in found.tables}
    assert [remade[name] for name in ("care_booking", "care_attendance", "care_review")] == [(True, 1)] * 3


def test_a_real_broker_retains_it(cloud: Office, home: Facility, mosquitto_url: str) -> None:
    cloud.take(home.event(submitted(1, matter="care_visit_booking")), home.event(booked(1)))
    cloud.take(home.event(moved(1, "accepted")))
    job = BookingsPublished(cloud.engine, SqlReference(cloud.engine), lambda: connected(mosquitto_url), lambda: NOW_MS)
    assert (job.step(), job.step()) == (1, 0)
    host, port = mosquitto_url.removeprefix("mqtt://").split(":")
    kept = subscribe.simple("onetrip/v1/reference/care-1/bookings", hostname=host, port=int(port))
    assert [row.booking for row in decode(kept.payload).rows] == [case_id(1)]
