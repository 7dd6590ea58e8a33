"""Trips and ratings, from what boxes really send: at most one trip, at best none."""

import re
import uuid
from collections import Counter, defaultdict
from random import Random
from typing import Any

import pytest

from cloud.matters.satisfaction.job import FollowUps
from contract.events.types import AlarmClosed
from contract.events.visits import CaseMoved, CaseRated, CaseSubmitted, VisitCheckin
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import ok
from tests.unit.cloud.facility import NOW_MS, TOKEN, Facility, call
from tests.unit.cloud.office import Office

MATTERS = ("marriage", "certificates", "care_booking")


def submitted(case: str, matter: str, channel: str, **more: Any) -> CaseSubmitted:
    return CaseSubmitted.model_validate({
        "case": case, "number": case[:13], "matter": matter, "state": "submitted", "channel": channel,
        "place": "kiosk-1", "act": uuid.uuid4().hex * 2, **more,
    })  # fmt: skip


def check_in(case: str, n: int) -> VisitCheckin:
    return VisitCheckin(
        visit=f"{case}-{n}", device="kiosk-1", token=TOKEN, id_masked="330897********0016", name_masked="测*",
        method="card",
    )  # fmt: skip


@pytest.mark.commitment("C01")
def test_a_thousand_cases_with_known_visits_give_exactly_the_panels_numbers(town: Town) -> None:
    chance, office, home = Random(106), Office(town.engine), Facility("marriage-1", "330802")
    office.take(*home.born({}))
    truth: dict[str, list[int]] = defaultdict(list)
    again: Counter[str] = Counter()
    batch = []
    for number in range(1000):
        case, matter = str(uuid.UUID(int=chance.getrandbits(128))), chance.choice(MATTERS)
        opened_ms = NOW_MS + chance.randrange(30) * DAY_MS
        channel = "web" if chance.random() < 0.3 else "kiosk"
        days = {opened_ms // DAY_MS} if channel == "kiosk" else set()
        reason = chance.choice(("missing_document", "outage", "card_fail"))
        batch.append(home.event(submitted(case, matter, channel), at_ms=opened_ms))
        for trip in range(chance.choice((0, 0, 0, 1, 1, 2))):
            at_ms = opened_ms + chance.randrange(5) * DAY_MS + chance.randrange(3600) * 1000
            days.add(at_ms // DAY_MS)
            batch.append(home.event(check_in(case, 2 * trip + 1), at_ms=at_ms))
            batch.append(home.event(check_in(case, 2 * trip + 2), at_ms=at_ms + 1000))  # two people, one trip
        if len(days) > 1:
            again[reason] += 1
            moved = CaseMoved(case=case, from_state="submitted", state="accepted", by="7", trip_reason=reason)
            batch.append(home.event(moved, at_ms=opened_ms))
        truth[matter].append(len(days))
        if number % 100 == 99:
            office.take(*batch)
            batch.clear()
    assert office.reasons() == []

    panel = ok(town.as_("manager", "330800").get("/api/figures/trips"))
    assert {one["matter"]: (one["cases"], one["mean"], one["without_a_trip"]) for one in panel} == {
        matter: (len(trips), round(sum(trips) / len(trips), 4), round(trips.count(0) / len(trips), 4))
        for matter, trips in truth.items()
    }
    listed = [offender for one in panel for offender in one["more_than_one"]]
    assert Counter(offender["reason"] for offender in listed) == again
    assert sorted(offender["trips"] for offender in listed) == sorted(
        trips for all_trips in truth.values() for trips in all_trips if trips > 1
    )
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C01")
def test_a_trip_is_a_day_of_shanghai(town: Town) -> None:
    office, home = Office(town.engine), Facility("marriage-1", "330802")
    case, midnight_ms = str(uuid.uuid4()), 1_790_006_400_000  # 2026-09-22 00:00 in Shanghai
    office.take(
        home.event(submitted(case, "marriage", "web"), at_ms=midnight_ms - 7200_000),
        home.event(check_in(case, 1), at_ms=midnight_ms - 1),
        home.event(check_in(case, 2), at_ms=midnight_ms),
    )
    (panel,) = ok(town.as_("manager", "330800").get("/api/figures/trips"))
    assert (panel["mean"], panel["more_than_one"][0]["trips"]) == (2.0, 2)


@pytest.mark.commitment("C02")
def test_a_case_is_rated_once_and_a_low_rating_is_followed_up_within_a_minute(town: Town) -> None:
    office, home = Office(town.engine), Facility("marriage-1", "330802")
    office.take(*home.born({}))
    low, good = str(uuid.uuid4()), str(uuid.uuid4())
    for case, score in ((low, 2), (good, 3)):
        office.take(
            home.event(submitted(case, "marriage", "kiosk")),
            home.event(CaseRated(case=case, score=score, place="kiosk-1")),
        )
    office.take(home.event(CaseRated(case=good, score=1, place="kiosk-1")))
    assert office.reasons() == [f"case {good} was rated before"]
    follow_ups = FollowUps(town.city.log, town.city.casework)
    assert (follow_ups.step(), follow_ups.step()) == (1, 0)
    clerk = town.as_("clerk")
    (task,) = ok(clerk.get("/api/city-cases", params={"kind": "follow_up"}))["cases"]
    assert (task["form"]["about"], task["form"]["score"], task["area"], task["owner"]) == (
        low,
        2,
        "330802",
        "marriage-1",
    )
    assert ok(clerk.post(f"/api/follow-up/{task['case']}/done", json={"form": {"learnt": "等候过久，已加开窗口"}}))
    figures = ok(clerk.get("/api/figures/ratings"))
    assert figures == {"scores": {"1": 0, "2": 1, "3": 1, "4": 0, "5": 0}, "ratings": 2, "mean": 2.5}
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C02")
def test_who_does_not_rate_holds_up_nothing(town: Town) -> None:
    boxes, home = Office(town.engine), Facility("marriage-1", "330802")
    boxes.take(*home.born({}))
    case = str(uuid.uuid4())
    boxes.take(
        home.event(submitted(case, "marriage", "kiosk")),
        home.event(CaseMoved(case=case, from_state="submitted", state="closed", by="7")),
    )
    assert boxes.reasons() == []
    assert town.sql("SELECT state FROM case_file") == [("closed",)]
    assert ok(town.as_("clerk").get("/api/figures/ratings"))["ratings"] == 0


@pytest.mark.commitment("C05")
def test_the_walls_numbers_are_those_of_its_query_and_of_the_records(town: Town) -> None:
    boxes, homes = Office(town.engine), [Facility(f"care-{n}", "330802") for n in range(10)]  # more than the wall shows
    for n, home in enumerate(homes):
        boxes.take(*home.born({"call-101-1": {}}), home.event(call(f"a-{n}")))
    boxes.take(homes[0].event(AlarmClosed(alarm="a-0", device="call-101-1", by="7", reason="false_alarm")))
    client = town.as_("manager", "330800")
    numbers, page = ok(client.get("/api/figures/wall")), client.get("/wall").text
    ((alarms,),) = town.sql("SELECT count(*) FROM alarm WHERE state <> 'closed'")
    assert numbers["open_alarms"] == sum(one["open_alarms"] for one in numbers["facilities"]) == alarms == 9
    tiles = page.split('id="headline"')[1].split("</section>")[0]
    shown = [int(one) for one in re.findall(r"<dd[^>]*>(?:\s*<svg.*?</svg>)?\s*(\d+)", tiles, re.DOTALL)]
    assert shown == [
        numbers["devices_online"], numbers["open_alarms"], numbers["checkins_today"], numbers["readings_per_minute"],
    ]  # fmt: skip


@pytest.mark.commitment("C04")
@pytest.mark.commitment("C09")
def test_a_record_says_which_device_it_came_from_and_each_field_who_filled_it_in(town: Town) -> None:
    boxes, home = Office(town.engine), Facility("marriage-1", "330802")
    case, sources = str(uuid.uuid4()), {"persons.1.name": "card", "phone": "typed", "booking": "shared"}
    boxes.take(
        home.event(submitted(case, "marriage", "kiosk", provenance=sources)),
        home.event(call("a-1")),
        home.event(check_in(case, 1)),
    )
    kept = ok(town.as_("clerk").get(f"/api/city-cases/{case}"))
    assert (kept["source_device_id"], kept["provenance"]) == ("kiosk-1", sources)
    assert town.sql("SELECT device FROM alarm") == [("call-101-1",)]
    assert town.sql("SELECT source_device_id FROM visit") == [("kiosk-1",)]
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []
