"""Relief: somebody is received at any hour, helped without a fee, found on the street, or sent from a point near by."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from cloud.adapters.sandbox import Conduct, SandboxSms
from cloud.adapters.sql_sms import SqlSms
from cloud.domain.actor import CITY
from cloud.domain.deadline import SHANGHAI
from cloud.domain.roster import midnight_ms
from cloud.matters.relief import SERVICE, gaps_of, intake_of
from cloud.matters.relief.refusal import hash_of
from cloud.services.sms_sender import SmsSender
from contract.events.types import AlarmAcknowledged, AlarmAttended, AlarmRaised, DrillStarted
from contract.events.visits import CaseMoved, CaseSubmitted, ReliefReceived
from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, HOUR_MS, Town
from tests.acceptance.people import applicant, ok, refused
from tests.unit.cloud.facility import NOW_MS, Facility
from tests.unit.cloud.office import Office

STATION = "330802-relief-01"
DISTRICTS = {"330802": (118.80, 28.90), "330803": (118.95, 28.90)}
ELSEWHERE = (118.62, 28.74)
DESKS = {
    "living_aid": "民政", "escort_home": "民政", "harmful_begging": "公安", "city_appearance": "综合执法",
    "medical": "卫生健康",
}  # fmt: skip
KIOSK_CASE = "00000000-0000-7000-8000-00000000000"
HOSTILE = ("'; DROP TABLE event; --", "\u202e\u0645\u062d\u0645\u062f", "𠮷野家👵", "测" * 30)


def enter(town: Town, ledger: str, by: tuple[str, str] = ("manager", CITY), **row: Any) -> httpx.Response:
    return town.as_(*by).put(f"/api/ledgers/{ledger.replace('_', '-')}", json={"row": row})


def station(town: Town) -> None:
    ok(enter(
        town, "relief_station", station=STATION, name="样例救助管理站", area="330802", lon=118.87, lat=28.94,
        phone="0570-0000000", supervisor="样例民政局", supervisor_phone="0570-0000001", head_phone="000-00000009",
    ))  # fmt: skip


def duty(town: Town, turn: str, begins: str, ends: str, **other: Any) -> httpx.Response:
    town.as_("attendant", CITY)
    row = {
        "station": STATION, "turn": turn, "who": f"attendant-{CITY}-民政", "first": "2026-01-01",
        "last": "2026-12-31", "begins": begins, "ends": ends, **other,
    }  # fmt: skip
    return enter(town, "relief_duty", **row)


def in_three_turns(town: Town) -> None:
    station(town)
    # the night turn of the last day of 2025 reaches into the year
    ok(duty(town, "new-year", "22:00", "06:00", first="2025-12-31", last="2025-12-31"))
    for turn, begins, ends in (("early", "06:00", "14:00"), ("late", "14:00", "22:00"), ("night", "22:00", "06:00")):
        ok(duty(town, turn, begins, ends))


def figures(town: Town, year: int = 2026) -> dict[str, Any]:
    told: dict[str, Any] = ok(town.as_("operator").get("/api/figures/relief", params={"year": year}))
    return told


def asked(person: Person | None = None, **other: Any) -> dict[str, Any]:
    form = {"area": "330802", "station": STATION, "ref": "P-0001", "age": "adult", "ability": "none", **other}
    return {"form": form | ({"applicants": [applicant(person)]} if person else {}), "channel": "desk"}


def request(town: Town, person: Person | None = None, **other: Any) -> str:
    case: str = ok(attendant(town).post("/api/relief-case", json=asked(person, **other)), 201)["case"]
    return case


def attendant(town: Town) -> httpx.Client:
    return town.as_("attendant", CITY)


def step(client: httpx.Client, case: str, name: str, form: dict[str, Any] | None = None, **other: Any) -> Any:
    return client.post(f"/api/relief-case/{case}/{name}", json={"form": form or {}, **other})


def same_again(town: Town) -> None:
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


# C32: at any time


@pytest.mark.commitment("C32")
def test_every_hour_of_the_year_has_somebody_and_an_empty_one_is_told_of_a_day_before(town: Town) -> None:
    in_three_turns(town)
    assert [one["hours_uncovered"] for one in figures(town)["stations"]] == [0]
    ok(duty(town, "night", "22:00", "06:00", off=["2026-09-22"]))
    (empty,) = figures(town)["stations"]
    assert empty["hours_uncovered"] == 8
    assert datetime.fromtimestamp(empty["uncovered"][0]["begins_ms"] / 1000, SHANGHAI).hour == 22
    ok(duty(town, "leap", "22:00", "06:00", first="2028-02-29", last="2028-02-29"))
    assert figures(town, 2028)["stations"][0]["hours_uncovered"] == 366 * 24 - 8

    town.now_ms = midnight_ms(date(2026, 9, 21)) + 21 * HOUR_MS
    gaps, sender = gaps_of(town.city), SandboxSms(town.engine, Conduct(None), lambda: town.now_ms)
    assert gaps.step() == 0
    town.now_ms += HOUR_MS + 1
    assert (gaps.step(), gaps.step()) == (1, 0)
    town.now_ms += HOUR_MS
    assert gaps.step() == 0  # the same hours, looked at an hour later
    SmsSender(SqlSms(town.engine), town.city.opener, sender, lambda: town.now_ms).send_due()
    assert town.sql("SELECT phone, text FROM sms_sandbox") == [
        ("000-00000009", "【样例救助管理站】9月22日22:00至9月23日06:00无人值班，请尽快安排。")
    ]
    ok(duty(town, "stand-in", "22:00", "06:00", first="2026-09-22", last="2026-09-22"))
    assert (gaps.step(), figures(town)["stations"][0]["hours_uncovered"]) == (0, 0)

    refused(duty(town, "x", "22:00", "06:00", who="nobody"), 409, "nobody with number nobody")
    refused(duty(town, "x", "22:00", "25:00"), 422, "ends")
    refused(duty(town, "x", "22:00", "06:00", first="2026-02-29"), 422, "first")
    row = {"station": STATION, "turn": "x", "who": "me", "first": "2026-01-01", "last": "2026-01-02"}
    refused(enter(town, "relief_duty", ("manager", "330881"), **row, begins="00:00", ends="24:00"), 403, "330802")
    same_again(town)


@pytest.mark.commitment("C32")
def test_who_rings_at_three_in_the_night_is_answered_within_a_minute_and_met_within_five(town: Town) -> None:
    in_three_turns(town)
    office, box = Office(town.engine), Facility(STATION, "330802")
    office.take(*box.born(metrics={"Facility/Kind": "relief_station", "Facility/Name": "样例救助管理站"}))
    three = round(datetime(2026, 9, 20, 3, tzinfo=SHANGHAI).astimezone(UTC).timestamp() * 1000)

    def rings(alarm: str, at_ms: int, acknowledged_s: int | None, on_site_s: int | None, drill: str = "") -> None:
        raised = AlarmRaised(alarm=alarm, device="gate-help", rule="call", location="大门口求助按钮", drill=drill)
        about: dict[str, Any] = {"alarm": alarm, "device": "gate-help", "by": "7", "drill": drill}
        told: list[Any] = [(raised, at_ms)]
        if acknowledged_s is not None:
            acknowledged = AlarmAcknowledged(**about)
            told.append((acknowledged, at_ms + acknowledged_s * 1000))
        if on_site_s is not None:
            told.append((AlarmAttended(**about), at_ms + on_site_s * 1000))
        office.take(*(box.event(data, at_ms=at) for data, at in told))

    town.now_ms = three + HOUR_MS
    rings("a-1", three, 60, 300)
    gate = figures(town)["gate"]
    assert (gate["calls"], gate["at_night"], gate["unanswered"]) == (1, 1, 0)
    assert (gate["acknowledged_in_time"], gate["on_site_in_time"]) == (1, 1)
    assert (gate["slowest_acknowledged_ms"], gate["slowest_on_site_ms"]) == (60_000, 300_000)
    rings("a-2", three + 60_000, 61, 301)
    rings("a-3", three + 120_000, None, None)
    office.take(box.event(DrillStarted(device="gate-help", kind="bytes", what="press", by="t", for_s=60, drill="d-1")))
    rings("a-4", three + 180_000, 1, 2, "d-1")
    gate = figures(town)["gate"]
    counted = town.sql(
        "SELECT count(*), sum((acknowledged_at_ms - raised_at_ms <= 60000)::int),"
        " sum((attended_at_ms - raised_at_ms <= 300000)::int) FROM alarm WHERE drill = ''"
    )
    assert counted == [(gate["calls"], gate["acknowledged_in_time"], gate["on_site_in_time"])] == [(3, 1, 1)]
    assert gate["unanswered"] == 1
    (there,) = figures(town)["stations"]
    assert there["on_duty"] == [f"attendant-{CITY}-民政"]
    same_again(town)


def touched(box: Facility, case: str, at_ms: int = NOW_MS) -> Any:
    return box.event(ReliefReceived(case=case, place="kiosk-1", need="food"), at_ms=at_ms)


def submitted(box: Facility, town: Town, case: str, matter: str, **other: Any) -> Any:
    sealed = other.pop("sealed", {})
    data = CaseSubmitted(
        case=case, number=f"330802-2026-{case[-4:]}", matter=matter, state="submitted", channel="kiosk",
        place="kiosk-1", act="ab" * 32, sealed=town.city.sealer(f"case/{case}", sealed) if sealed else None, **other,
    )  # fmt: skip
    return box.event(data)


@pytest.mark.commitment("C32")
@pytest.mark.commitment("C33")
def test_a_touch_at_the_kiosk_and_the_desks_intake_are_a_reception_and_a_case_each_once(
    town: Town, persons: Iterator[Person]
) -> None:
    station(town)
    office, box = Office(town.engine), Facility(STATION, "330802")
    office.take(*box.born(metrics={"Facility/Kind": "relief_station"}))
    office.take(touched(box, KIOSK_CASE + "1"))
    jobs = [intake_of(town.city) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda job: job.step(), jobs)) == 1
    person = next(persons)
    answers = {
        "health": "well", "identity": "card", "age": "adult", "ability": "none", "lodging": "no", "kin": "no",
        "support": "no", "living": "yes", "outcome": "taken_in", "agreed": "signed",
    }  # fmt: skip
    sealed = {"persons": [{"name": person.name, "number": person.id_number}], "name": person.name, "slip": "4711"}
    office.take(submitted(box, town, KIOSK_CASE + "1", "relief", answers={"need": "food"}))
    first = submitted(box, town, KIOSK_CASE + "2", "relief_intake", answers=answers, sealed=sealed)
    office.take(first, first)
    office.take(box.event(CaseMoved(case=KIOSK_CASE + "1", from_state="submitted", state="accepted", by="7")))
    office.take(submitted(box, town, KIOSK_CASE + "3", "relief_intake", answers={"health": "hurt", "doctor": "go"}))
    lodged = {**answers, "lodging": "yes"}
    office.take(submitted(box, town, KIOSK_CASE + "4", "relief_intake", answers=lodged, sealed=sealed))
    assert [job.step() for job in jobs] == [4, 0, 0, 0]
    assert town.sql("SELECT state, channel FROM case_file WHERE matter = 'relief_reception'") == [("attended", "kiosk")]
    cases = "SELECT state FROM case_file WHERE matter = 'relief_case' ORDER BY number"
    assert town.sql(cases) == [("aided",), ("in_hospital",), ("requested",)]
    office.take(box.event(CaseMoved(
        case=KIOSK_CASE + "4", from_state="submitted", state="refused", by="7", reason="can_pay"
    )))  # fmt: skip
    assert [job.step() for job in jobs] == [1, 0, 0, 0]
    assert town.sql(cases) == [("aided",), ("in_hospital",), ("refused",)]
    assert figures(town)["from_stations"] == {"taken": 4, "waiting": 0, "by_hand": {}}
    plain = json.dumps(town.sql("SELECT form, act FROM case_file WHERE facility = 'city'"), ensure_ascii=False)
    assert person.name not in plain
    assert person.id_number not in plain
    same_again(town)


# C33: voluntary, free, eligible ones are helped


@pytest.mark.commitment("C33")
def test_nothing_of_relief_has_a_fee() -> None:
    money = ("fen", "fee", "price", "amount", "charge", "paid", "pay", "cost", "deposit", "yuan", "money")
    forms = [kind.form_of(one.name) for kind in SERVICE.kinds for one in kind.workflow.steps]
    forms += [kind.opening for kind in SERVICE.kinds] + [ledger.model for ledger in SERVICE.ledgers]
    named = {name for form in forms for name in form.model_fields}
    assert len(named) > 40
    assert [name for name in named for word in money if word in name.split("_")] == []


@pytest.mark.commitment("C33")
def test_an_adult_leaves_at_any_time_with_or_without_a_signed_statement(town: Town) -> None:
    station(town)
    ways: list[list[tuple[str, dict[str, Any]]]] = [
        [], [("aid", {})], [("aid", {}), ("notice", {"document_sha256": "ab" * 32})],
        [("aid", {}), ("check", {"identity": "police", "request": "spoken"})], [("hospital", {})],
    ]  # fmt: skip
    for number, way in enumerate(ways):
        case = request(town, ref=f"P-1{number}")
        for name, form in way:
            ok(step(attendant(town), case, name.replace("_", "-"), form))
        statement = {"statement_sha256": "cd" * 32} if number % 2 else {}
        assert ok(step(attendant(town), case, "leave", statement))["state"] == "left"
    assert town.sql("SELECT count(*) FROM case_file WHERE matter = 'relief_case' AND state <> 'left'") == [(0,)]

    child = request(town, ref="P-20", age="child")
    refused(step(attendant(town), child, "leave"), 409, "a child leaves with somebody")
    ok(step(attendant(town), child, "leave", {"with_whom": "O'\u202eBrien 𠮷"}))
    same_again(town)


@pytest.mark.commitment("C33")
def test_the_old_the_young_the_disabled_and_who_cannot_say_who_they_are_are_helped_first(town: Town) -> None:
    station(town)
    refusing, clerk = {"grounds": ["can_pay", "has_kin"], "facts": "有住处"}, town.as_("clerk", CITY)
    for number, who in enumerate((
        {"age": "old"}, {"age": "child"}, {"ability": "walking"}, {"ability": "hearing"}, {"ability": "mind"},
        {"identity": "unknown"},
    )):  # fmt: skip
        case = request(town, **{"identity": "told", "lodging": "yes", "kin": "yes", "ref": f"P-{number}", **who})
        refused(step(clerk, case, "refuse", refusing, reason="有住处"), 409, "help first, check later")
        aided = ok(step(attendant(town), case, "aid"))
        assert aided["due_at_ms"] == town.now_ms + 24 * HOUR_MS  # the kin-search notice
        refused(step(attendant(town), case, "check", {"identity": "unknown"}), 409, "relief is voluntary")
        ok(step(attendant(town), case, "check", {"identity": "unknown", "request": "cannot"}))
        ok(step(attendant(town), case, "send-home", {"how": "placed"}))


@pytest.mark.commitment("C33")
def test_a_refusal_has_a_reason_and_a_printed_notice_whose_hash_is_kept(town: Town, persons: Iterator[Person]) -> None:
    station(town)
    told = {"identity": "card", "lodging": "no", "kin": "no", "support": "no", "living": "yes"}
    eligible = request(town, next(persons), **told, ref="P-1")
    clerk, why = town.as_("clerk", CITY), {"grounds": ["has_kin"], "facts": f"表兄在{HOSTILE[0]}可以接回"}
    refused(step(clerk, eligible, "refuse", why, reason="可投靠"), 409, "who is eligible is helped")
    case = request(town, next(persons), **{**told, "kin": "yes"}, ref="P-2", said_name=HOSTILE[2], remark=HOSTILE[1])
    refused(step(clerk, case, "refuse", why), 422, "reason")
    refused(step(clerk, case, "refuse", {"grounds": [], "facts": "无"}, reason="可投靠"), 422, "grounds")
    refused(step(clerk, case, "refuse", {"grounds": ["has_kin"], "facts": " "}, reason="可投靠"), 422, "facts")
    refused(step(attendant(town), case, "refuse", why, reason="可投靠"), 403, "refuse is for clerk, reviewer")
    refused(step(town.as_("clerk", "330881"), case, "refuse", why, reason="可投靠"), 403, "330802")
    ok(step(clerk, case, "refuse", why, reason="有亲属可投靠"))
    refused(step(attendant(town), case, "hand-over"), 409, "print the notice first")

    def prints(client: httpx.Client) -> httpx.Response:
        return client.post(f"/api/relief/cases/{case}/notice/print", json={"printer": "接待室打印机"})

    refused(prints(town.as_("clerk", "330881")), 403, "330802")
    refused(prints(town.as_("operator", CITY)), 403, "printed by")
    printed = [ok(prints(attendant(town))) for _ in range(2)]
    assert [one["n"] for one in printed] == [1, 2]
    text = printed[0]["text"]
    for words in ("不予救助通知书", "有亲友可以投靠", why["facts"], "样例民政局", "0570-0000001", printed[0]["number"]):
        assert words in text
    kept = json.loads(town.sql("SELECT row FROM ledger_entry WHERE ledger = 'relief_notice'")[0][0])
    assert kept["sha256"] == printed[0]["sha256"] == hash_of(text)
    assert "表兄" not in json.dumps(town.sql("SELECT row, sealed FROM ledger_entry"), ensure_ascii=False)
    logged = ok(attendant(town).get(f"/api/relief/cases/{case}/notice/prints"))
    assert [(one["n"], one["printer"], one["by"]) for one in logged] == [
        (1, "接待室打印机", f"attendant-{CITY}-民政"), (2, "接待室打印机", f"attendant-{CITY}-民政"),
    ]  # fmt: skip
    assert ok(step(attendant(town), case, "hand-over"))["state"] == "refused"
    missing = attendant(town).post(f"/api/relief/cases/{eligible}/notice/print", json={"printer": "-"})
    refused(missing, 404, "no refusal")
    wrong = applicant(next(persons)) | {"number": "330897199001011230"}
    body = asked(ref="P-3")
    refused(
        attendant(town).post("/api/relief-case", json={**body, "form": {**body["form"], "applicants": [wrong]}}),
        422,
        "check",
    )
    same_again(town)


@pytest.mark.commitment("C33")
def test_a_decision_has_two_hours_and_a_stay_of_more_than_ten_days_is_listed(town: Town) -> None:
    case = request(town)
    assert town.sql("SELECT due_at_ms FROM case_file") == [(town.now_ms + 2 * HOUR_MS,)]
    ok(step(attendant(town), case, "aid"))
    for days, listed in ((10, []), (11, [11])):
        town.now_ms = NOW_MS + days * DAY_MS
        assert [one["days"] for one in figures(town)["long_stays"]] == listed


# C34: where somebody is found, and what is to be done


def districts(town: Town) -> None:
    for owner, west, east in (("330802-KC", 118.7, 118.9), ("330803-QJ", 118.9, 119.1), ("330822", 118.5, 118.7)):
        ring = [[west, 28.6], [east, 28.6], [east, 29.2], [west, 29.2], [west, 28.6]]
        row = {"owner": owner, "name": owner, "ring": ring}
        ok(town.as_("reviewer", CITY).put("/api/ledgers/jurisdiction", json={"row": row}))


def ticket(town: Town, task: str, at: tuple[float, float], ref: str = "110-1", **other: Any) -> httpx.Response:
    form = {"task": task, "lon": at[0], "lat": at[1], "place": "样例路口", "ref": ref, **other}
    return town.as_("operator", CITY).post("/api/joint-ticket", json={"form": form, "channel": "hotline"})


def does(client: httpx.Client, case: str, name: str, form: dict[str, Any] | None = None) -> httpx.Response:
    return client.post(f"/api/joint-ticket/{case}/{name}", json={"form": form or {}})


@pytest.mark.commitment("C34")
def test_two_districts_and_five_tasks_go_to_the_right_desk_each_with_accept_and_done_time(town: Town) -> None:
    districts(town)
    for number, (district, at) in enumerate(DISTRICTS.items()):
        for offset, (task, unit) in enumerate(DESKS.items()):
            case = ok(ticket(town, task, at, f"110-{number}{offset}"), 201)["case"]
            other = next(one for one in DISTRICTS if one != district)
            refused(does(town.as_("department", other, unit), case, "accept"), 403, district)
            refused(does(town.as_("department", district, "教育"), case, "accept"), 403, f"it is for {unit}")
            desk = town.as_("department", district, unit)
            town.now_ms += 60_000
            ok(does(desk, case, "accept"))
            town.now_ms += 60_000
            ok(does(desk, case, "finish", {"result": HOSTILE[offset % 4], "identity": "known"}))
    told = ok(town.as_("operator", CITY).get("/api/relief/joint-tickets"))
    assert {(one["district"], one["task"], one["desk"]) for one in told} == {
        (district, task, unit) for district in DISTRICTS for task, unit in DESKS.items()
    }
    assert len(told) == 10
    for one in told:
        times = one["accepted_at_ms"] - one["sent_at_ms"], one["done_at_ms"] - one["accepted_at_ms"]
        assert times == (60_000, 60_000)
    own = ok(town.as_("department", "330803", "公安").get("/api/relief/joint-tickets"))
    assert [(one["district"], one["desk"]) for one in own] == [("330803", "公安")]
    same_again(town)


@pytest.mark.commitment("C34")
def test_a_medical_ticket_never_waits_for_an_identity(town: Town) -> None:
    districts(town)
    health = town.as_("department", "330802", "卫生健康")
    case = ok(ticket(town, "medical", DISTRICTS["330802"]), 201)["case"]
    ok(does(health, case, "accept"))
    refused(does(health, case, "wait-for-identity"), 409, "never waits for an identity")
    assert ok(does(health, case, "finish", {"result": "已收治"}))["state"] == "done"

    civil = town.as_("department", "330802", "民政")
    home = ok(ticket(town, "escort_home", DISTRICTS["330802"], "110-2"), 201)["case"]
    ok(does(civil, home, "accept"))
    ok(does(civil, home, "wait-for-identity"))
    refused(does(civil, home, "finish", {"result": "-"}), 409, "no step")
    ok(does(civil, home, "identified", {"how": "police"}))
    refused(does(civil, home, "finish", {"result": "已护送"}), 409, "before it is known")
    ok(does(civil, home, "finish", {"result": "已护送", "identity": "known"}))
    assert town.sql("SELECT count(*) FROM case_person") == [(0,)]
    same_again(town)


@pytest.mark.commitment("C34")
def test_a_third_area_falls_back_to_the_citys_station_and_a_desk_hands_on(town: Town) -> None:
    districts(town)
    for number, at in enumerate((ELSEWHERE, (10.0, 10.0))):
        case = ok(ticket(town, "medical", at, f"110-{number}"), 201)["case"]
        assert town.sql('SELECT area, owner FROM case_file WHERE "case" = :case', case=case) == [(CITY, "救助管理站")]
        refused(does(town.as_("department", "330802", "卫生健康"), case, "accept"), 403, CITY)
        ok(does(town.as_("attendant", CITY, "救助管理站"), case, "accept"))
    cheated = ok(ticket(town, "medical", ELSEWHERE, "110-7", area="330802"), 201)["case"]
    assert town.sql('SELECT area FROM case_file WHERE "case" = :case', case=cheated) == [(CITY,)]

    police = town.as_("department", "330803", "公安")
    begging = ok(ticket(town, "harmful_begging", DISTRICTS["330803"], "110-9"), 201)["case"]
    again = ticket(town, "harmful_begging", DISTRICTS["330803"], "110-9")
    assert (again.status_code, again.json()["case"]) == (200, begging)
    ok(does(police, begging, "accept"))
    refused(does(police, begging, "hand-on", {"task": "harmful_begging"}), 409, "that already")
    ok(does(police, begging, "hand-on", {"task": "living_aid"}))
    following = town.sql(
        "SELECT area, owner, state FROM case_file WHERE form LIKE :form", form=f'%"after":"{begging}"%'
    )
    assert following == [("330803", "民政", "sent")]
    same_again(town)


# C35: near by


def point(town: Town, name: str, lon: float, lat: float, *hours: dict[str, Any], **other: Any) -> httpx.Response:
    row = {
        "point": name, "name": f"样例救助点{name}", "area": "330802100", "address": "样例路2号", "lon": lon, "lat": lat,
        "hours": list(hours) or [{"opens": "08:00", "closes": "20:00"}], "phone": "0570-0000002",
        "kit": ["water", "food", "quilt"], **other,
    }  # fmt: skip
    return enter(town, "relief_point", **row)


def nearest(town: Town, lon: float, lat: float) -> list[str]:
    answer = httpx.get(f"{town.url}/api/public/relief-points/nearest", params={"lon": lon, "lat": lat}, trust_env=False)
    return [one["id"] for one in ok(answer)]


@pytest.mark.commitment("C35")
def test_the_nearest_point_that_is_open_now_is_found_from_any_coordinate_without_a_login(town: Town) -> None:
    station(town)
    ok(point(town, "A", 118.800, 28.900))
    ok(point(town, "B", 118.810, 28.900, {"days": [5], "opens": "20:00", "closes": "02:00"}))  # Friday night
    ok(point(town, "C", 118.900, 28.900, {"opens": "00:00", "closes": "24:00"}))
    ok(point(town, "D", 118.801, 28.900, closed=True))

    def at(day: int, hour: int, minute: int = 0) -> list[str]:
        town.now_ms = round(datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI).timestamp() * 1000)
        return nearest(town, 118.80, 28.90)

    assert at(25, 12) == ["A", "C", STATION]  # a Friday
    assert at(25, 19, 59) == ["A", "C", STATION]
    assert at(25, 20) == ["B", "C", STATION]
    assert at(26, 0) == ["B", "C", STATION]
    assert at(26, 1, 59) == ["B", "C", STATION]
    assert at(26, 2) == ["C", STATION]
    assert at(26, 20) == ["C", STATION]
    assert nearest(town, 118.905, 28.905)[0] == "C"
    for lon, lat in ((-180.0, -90.0), (180.0, 90.0), (0.0, 0.0)):
        assert nearest(town, lon, lat)[-1] == STATION
    told = ok(httpx.get(f"{town.url}/api/public/relief-points/nearest?lon=118.9&lat=28.9", trust_env=False))
    assert (told[0]["phone"], told[0]["kit"], told[0]["metres"]) == ("0570-0000002", ["water", "food", "quilt"], 0)
    assert "head_phone" not in json.dumps(told)
    bad = httpx.get(f"{town.url}/api/public/relief-points/nearest?lon=181&lat=28.9", trust_env=False)
    refused(bad, 422, "lon")
    theirs = {"point": "A", "name": "A", "area": "330803", "address": "-", "lon": 1, "lat": 1, "phone": "0570-1"}
    hours = [{"opens": "08:00", "closes": "20:00"}]
    refused(enter(town, "relief_point", ("clerk", "330803"), **theirs, hours=hours), 403, "330802100")
    same_again(town)


@pytest.mark.commitment("C35")
def test_a_hand_over_to_the_station_is_one_case_also_when_it_is_sent_five_times_and_by_both_sides(town: Town) -> None:
    station(town)
    ok(point(town, "A", 118.95, 28.90, area="330803100"))
    office, box = Office(town.engine), Facility(STATION, "330802")
    office.take(*box.born(metrics={"Facility/Kind": "relief_station"}))
    here, there = town.as_("grid_worker", "330803"), attendant(town)

    def send(client: httpx.Client, slip: str = "00000001") -> httpx.Response:
        body = {"slip": slip, "point": "A", "station": STATION, "age": "old", "need": "bed"}
        return client.post("/api/relief/contacts", json=body)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, [here, there] * 5))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["case"] for answer in answers}) == 1
    town.now_ms += DAY_MS  # and again the next day
    assert send(there).status_code == 200
    refused(attendant(town).post("/api/relief-case", json=asked(ref="slip/00000001")), 409, "handed over already")
    sealed = {"slip": "00000001", "persons": [], "name": ""}
    office.take(submitted(box, town, KIOSK_CASE + "1", "relief_intake", answers={"age": "old"}, sealed=sealed))
    assert intake_of(town.city).step() == 1
    assert town.sql("SELECT count(*) FROM case_file WHERE matter = 'relief_case'") == [(1,)]

    sealed = {"slip": "00000002", "persons": [], "name": ""}  # the desk is first this time
    office.take(submitted(box, town, KIOSK_CASE + "2", "relief_intake", answers={"age": "old"}, sealed=sealed))
    assert intake_of(town.city).step() == 1
    assert send(here, "00000002").status_code == 200
    assert town.sql("SELECT count(*) FROM case_file WHERE matter = 'relief_case'") == [(2,)]
    refused(send(town.as_("grid_worker", "330881"), "00000003"), 403, "hand-over is for")
    refused(send(here, "1"), 422, "slip")
    refused(
        here.post("/api/relief/contacts", json={"slip": "00000004", "point": "Z", "station": STATION}), 409, "no such"
    )
    same_again(town)
