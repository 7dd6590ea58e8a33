"""Who is on duty in a guidance centre and is told of alarms; how fast alarms in homes are answered."""

import math
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest

from cloud.adapters.sandbox import Conduct, SandboxSms
from cloud.adapters.sql_sms import SqlSms
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.matters.elder_care.escalation import Escalations, Gaps
from cloud.matters.elder_care.roster import Slot
from cloud.services.sms_sender import SmsSender
from contract.events.types import AlarmAcknowledged, AlarmAttended, AlarmClosed, AlarmEscalated, AlarmRaised
from tests.acceptance.conftest import DAY_MS, HOUR_MS, Town
from tests.acceptance.elder_care import (
    day,
    enter,
    same_again,
)
from tests.acceptance.people import ok, refused
from tests.unit.cloud.facility import NOW_MS, Facility, call, drill_started
from tests.unit.cloud.office import Office

PHONE, HEAD, CITY_PHONE = "000-11110001", "000-99990000", "000-11110002"


def centre(town: Town, area: str = "330803", hours: tuple[int, ...] = (8, 20)) -> None:
    row = {"area": area, "name": "养老服务指导中心", "hours": hours, "head_phone": HEAD}
    ok(enter(town, "care_centre", ("manager", area), **row))


def duty(town: Town, phone: str | None, *, area: str = "330803", days: int = 0, hour: int = 20) -> httpx.Response:
    number = f"operator-{area}-民政"
    town.as_("operator", area)
    row: dict[str, Any] = {"area": area, "day": day(town, days), "hour": hour}
    row |= {"number": number, "phone": phone} if phone else {}
    return enter(town, "care_duty", ("manager", area), **row)


def tells(town: Town) -> tuple[Escalations, Gaps]:
    city = town.city
    about = city.log, city.ledgers, city.opener, city.sealer, city.new_id
    return Escalations(*about), Gaps(*about)


def messages(town: Town) -> list[tuple[str, str]]:
    """(phone, text) that went out, in their order."""
    gateway = SandboxSms(town.engine, Conduct(None), lambda: town.now_ms)
    SmsSender(SqlSms(town.engine), town.city.opener, gateway, lambda: town.now_ms).send_due()
    return [
        (phone, text) for phone, text in town.sql("SELECT phone, text FROM sms_sandbox ORDER BY at_ms, phone, text")
    ]


def board(town: Town, area: str = "330803") -> Any:
    return ok(town.as_("operator", area).get("/api/care/duty-board", params={"area": area}))


@pytest.mark.commitment("C23")
def test_an_alarm_that_nobody_acknowledges_reaches_whoever_is_on_duty_by_the_roster_once(town: Town) -> None:
    office, care_home = Office(town.engine), Facility("care-1", "330803")
    centre(town)  # it is half past nine in the evening: the slot of 20 o'clock runs
    ok(duty(town, PHONE))
    ok(duty(town, "000-11110009", days=1, hour=8))
    escalations, _ = tells(town)
    office.take(*care_home.born({}))
    office.take(care_home.event(call("a-1")), care_home.event(call("a-2", "102室")))
    office.take(care_home.event(drill_started()), care_home.event(call("a-3", drill="d-1")))
    office.take(care_home.event(AlarmAcknowledged(alarm="a-2", device="call-101-1", by="7")))
    town.now_ms += 299_000
    assert escalations.step() == 0
    town.now_ms += 1_000
    assert [escalations.step() for _ in range(3)] == [1, 0, 0]
    ((phone, text),) = messages(town)
    assert phone == PHONE
    assert "样例养老院101室1床床头" in text
    assert "5分钟无人应答" in text
    shown = board(town)
    assert (shown["running"]["number"], shown["running"]["hour"]) == ("operator-330803-民政", 20)
    assert [(one["alarm"], one["state"], one["told"]) for one in shown["alarms"]] == [
        ("a-1", "raised", "operator-330803-民政"), ("a-2", "acknowledged", ""),
    ]  # fmt: skip
    assert PHONE.encode() not in b"".join(bytes(body) for (body,) in town.sql("SELECT body FROM event"))
    same_again(town)


@pytest.mark.commitment("C23")
def test_the_slot_that_runs_decides_at_midnight_too_and_the_citys_centre_stands_in(town: Town) -> None:
    office, care_home = Office(town.engine), Facility("care-1", "330803")
    escalations, _ = tells(town)
    office.take(*care_home.born({}))
    office.take(care_home.event(call("a-1")))
    town.now_ms += 300_000
    centre(town)
    assert escalations.step() == 0  # nobody is on duty: it waits, and the board says so
    assert [(one["told"], one["waiting"]) for one in board(town)["alarms"]] == [("", True)]
    centre(town, CITY, (0,))
    ok(duty(town, CITY_PHONE, area=CITY, hour=0))
    assert (escalations.step(), [phone for phone, _ in messages(town)]) == (1, [CITY_PHONE])
    ok(duty(town, PHONE))
    town.now_ms = NOW_MS + 9 * HOUR_MS  # half past six in the morning: still the slot that began at 20 o'clock
    office.take(care_home.event(call("a-2"), at_ms=town.now_ms))
    office.take(care_home.event(AlarmEscalated(alarm="a-2", device="call-101-1", level=3), at_ms=town.now_ms))
    assert escalations.step() == 1  # the home itself has asked for the centre
    assert [phone for phone, _ in messages(town)] == [CITY_PHONE, PHONE]
    other = Facility("marriage-1", "330803")
    office.take(*other.born(metrics={"Facility/Kind": "marriage_office"}), other.event(call("a-9")))
    town.now_ms += HOUR_MS
    assert escalations.step() == 0
    same_again(town)


@pytest.mark.commitment("C23")
def test_a_slot_that_nobody_has_is_told_a_day_before_once(town: Town) -> None:
    _, gaps = tells(town)
    centre(town)
    for days, hour in ((0, 20), (1, 8), (1, 20)):
        ok(duty(town, PHONE, days=days, hour=hour))
    assert gaps.step() == 0
    day_before_ms = Slot(day_of(town.now_ms) + timedelta(days=2), 8).begins_ms - DAY_MS
    town.now_ms = day_before_ms - 1
    assert gaps.step() == 0
    town.now_ms = day_before_ms
    assert [gaps.step() for _ in range(3)] == [1, 0, 0]
    (told,) = messages(town)
    assert told[0] == HEAD
    assert "衢江区 9月23日8时起的班次无人值班" in told[1]

    def slot() -> tuple[bool, bool]:
        return next((one["empty"], one["warned"]) for one in board(town)["slots"] if one["day"] == day(town, 1))

    assert slot() == (True, True)
    ok(duty(town, PHONE, days=1, hour=8))
    assert (gaps.step(), slot()) == (0, (False, False))
    ok(duty(town, None, days=1, hour=8))  # given back: somebody else must be found
    assert [gaps.step() for _ in range(2)] == [1, 0]
    assert len(messages(town)) == 2
    same_again(town)


@pytest.mark.commitment("C23")
def test_a_roster_has_slots_of_its_centre_and_people_of_its_area(town: Town) -> None:
    refused(duty(town, PHONE), 409, "no centre yet")
    centre(town)
    refused(duty(town, PHONE, hour=9), 409, "slots begin at 8, 20")
    own: dict[str, Any] = {
        "area": "330803",
        "day": day(town),
        "hour": 8,
        "number": "operator-330803-民政",
        "phone": PHONE,
    }
    refused(enter(town, "care_duty", ("manager", "330881"), **own), 403, "not in 330881")
    refused(enter(town, "care_duty", ("clerk", "330803"), **own), 403, "entered by manager, operator")
    refused(enter(town, "care_duty", **{**own, "number": "nobody"}), 409, "nobody with number")
    town.as_("operator", "330881")
    refused(enter(town, "care_duty", **{**own, "number": "operator-330881-民政"}), 403, "no duty in 330803")
    refused(enter(town, "care_duty", **{**own, "phone": None}), 422, "both, or neither")
    refused(enter(town, "care_duty", **{**own, "day": "2027-02-29"}), 422, "day")
    refused(enter(town, "care_duty", **{**own, "area": "330803100"}), 422, "counties")
    hours = {"area": "330803", "name": "中心", "head_phone": HEAD}
    for wrong in ([], [20, 8], [8, 8], [24]):
        refused(enter(town, "care_centre", **hours, hours=wrong), 422, "hours")
    for ledger in ("care_duty_gap", "care_escalation"):
        row = {"area": "330803", "day": day(town), "hour": 8, "sms": "x"}
        row |= {"alarm": "a-1", "facility": "care-1", "number": "7"} if ledger == "care_escalation" else {}
        refused(enter(town, ledger, **row), 403, "entered by system")
    seen = town.as_("operator", "330881").get("/api/care/duty-board", params={"area": "330803"})
    refused(seen, 403, "of that area")
    refused(town.as_("operator", CITY).get("/api/care/duty-board", params={"area": "330822"}), 404, "no centre yet")
    refused(town.as_("clerk", "330803").get("/api/care/duty-board", params={"area": "330803"}), 403, "operators")


@pytest.mark.commitment("C27")
def test_how_fast_calls_and_falls_are_answered_is_what_the_homes_told(town: Town) -> None:
    office, care_home, chance = Office(town.engine), Facility("care-1", "330803"), Random(38600)
    office.take(*care_home.born({"fall-1": {"Fall/Detected": False}}))
    office.take(care_home.reading("fall-1", {"Fall/Detected": False}, 1))
    truth: dict[str, list[tuple[float, float]]] = {"call": [], "fall": []}
    false = 0
    for number in range(60):
        rule, device = ("call", "call-101-1") if number % 3 else ("fall", "fall-1")
        acknowledged, attended = chance.randrange(1, 90), chance.randrange(90, 330)
        about = {"alarm": f"a-{number}", "device": device}
        raised_ms, reason = NOW_MS + number * 600_000, "false_alarm" if number % 15 == 0 else "done"
        office.take(
            care_home.event(AlarmRaised(**about, rule=rule, location="101室"), at_ms=raised_ms),  # type: ignore[arg-type]
            care_home.event(AlarmAcknowledged(**about, by="7"), at_ms=raised_ms + acknowledged * 1000),
            care_home.event(AlarmAttended(**about, by="7"), at_ms=raised_ms + attended * 1000),
            care_home.event(AlarmClosed(**about, by="7", reason=reason), at_ms=raised_ms + 400_000),  # type: ignore[arg-type]
        )
        truth[rule].append((acknowledged, attended))
        false += reason == "false_alarm" and rule == "fall"
    office.take(care_home.event(drill_started()), care_home.event(call("a-drill", drill="d-1")))
    assert office.reasons() == []
    town.now_ms += 60 * 600_000

    def p95(values: list[float]) -> float:
        return sorted(values)[math.ceil(len(values) * 0.95) - 1]

    told = ok(town.as_("operator").get("/api/figures/care-safety", params={"area": "330803"}))
    calls, falls = truth["call"], truth["fall"]
    counted = {name: told["calls"][name] for name in ("count", "acknowledged_p95_s", "on_site_p95_s")}
    assert counted == {
        "count": 40, "acknowledged_p95_s": p95([one for one, _ in calls]),
        "on_site_p95_s": p95([at for _, at in calls]),
    }  # fmt: skip
    listed = [one["took_s"] for one in told["calls"]["on_site_over_300_s"]]
    assert listed == [at for _, at in calls if at > 300]
    assert told["falls"] == {
        "count": 20, "on_site_p95_s": p95([at for _, at in falls]), "false_alarms": false, "radars": 1,
        "false_alarms_per_radar_day": round(false / 30, 4),
    }  # fmt: skip
    assert told["devices"] == {"count": 1, "online": 1, "share": 1.0}
    elsewhere = ok(town.as_("operator").get("/api/figures/care-safety", params={"area": "330881"}))
    assert (elsewhere["calls"]["count"], elsewhere["calls"]["acknowledged_p95_s"]) == (0, None)
