"""Inspection: a draw that any stranger can repeat, one joint visit, inspectors across counties, results in the open."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from cloud.adapters import tables as t
from cloud.domain.deadline import Calendar, Limit, day_of, due_ms
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import ok, refused

UNITS = ("民政", "应急", "消防")
COUNTIES = ("330802", "330803", "330822", "330824", "330825", "330881")
SEED = "03 11 17 20 26 31 + 08"


def pools(town: Town, homes: int = 8, counties: Sequence[str] = ("330802", "330881")) -> None:
    """Care homes in Kecheng; of each department two inspectors in each county."""
    manager = town.as_("manager", "330800")
    for n in range(homes):
        home = {"target": f"home-{n:02}", "name": f"样例养老院{n}", "category": "care_home", "area": "330802100"}
        ok(manager.put("/api/ledgers/inspection-target", json={"row": home}))
    for unit in UNITS:
        for county in counties:
            for n in (1, 2):
                row = {"inspector": inspector(unit, county, n), "unit": unit, "area": county}
                ok(manager.put("/api/ledgers/inspector", json={"row": row}))


def inspector(unit: str, county: str, n: int) -> str:
    return f"{UNITS.index(unit)}{county}-{n}"


def conflict(town: Town, who: str, unit: str, county: str, *targets: str) -> None:
    row = {"inspector": who, "unit": unit, "area": county, "conflicts": targets}
    ok(town.as_("manager", "330800").put("/api/ledgers/inspector", json={"row": row}))


def announce(town: Town, expected: int = 201, /, **other: Any) -> Any:
    form = {
        "title": "养老机构安全", "units": UNITS, "category": "care_home", "area": "330802", "targets": 4,
        "seed_source": "福利彩票双色球下一期", "draw_on": day(town.now_ms + DAY_MS), **other,
    }  # fmt: skip
    return ok(town.as_("manager").post("/api/inspection-draw", json={"form": form}), expected)


def drawn(town: Town, **other: Any) -> str:
    """A draw, a day after its announcement. Its number."""
    case = announce(town, **other)
    town.now_ms += DAY_MS
    ok(town.as_("manager").post(f"/api/inspection-draw/{case['case']}/draw", json={"form": {"seed": SEED}}))
    return str(case["number"])


def day(at_ms: int) -> str:
    return day_of(at_ms).isoformat()


def public(town: Town, number: str = "", part: str = "") -> httpx.Response:
    """As anybody asks, without a name."""
    path = f"/api/public/inspection-draws{number and '/'}{number}{part}"
    return httpx.get(f"{town.url}{path}", trust_env=False, timeout=30)


def repeated(told: dict[str, Any], of: dict[str, Any]) -> list[tuple[int, str, str, str]]:
    """What a stranger works out from what is published, as docs/matters.md says it; none of our code."""

    def lot(*what: str) -> str:
        return hashlib.sha256("\n".join((told["seed"], told["number"], *what)).encode()).hexdigest()

    terms, times = told["terms"], Counter[str]()
    left = [one for one in of["targets"] if one["target"] not in told["passed_over"]]
    result = []
    for n, target in enumerate(sorted(left, key=lambda one: lot("target", one["target"]))[: terms["targets"]], 1):
        for unit in terms["units"]:
            may = [one for one in of["inspectors"] if one["unit"] == unit and target["target"] not in one["conflicts"]]
            if terms.get("cross_county"):
                may = [one for one in may if one["area"][:6] not in ("330800", target["area"][:6])]
            may.sort(key=lambda one: (times[one["inspector"]], lot("inspector", target["target"], one["inspector"])))
            for one in may[: terms.get("inspectors", 2)]:
                times[one["inspector"]] += 1
                result.append((n, target["target"], unit, one["inspector"]))
    return sorted(result)


@pytest.mark.commitment("C44")
def test_a_stranger_repeats_the_draw_from_what_is_published(town: Town) -> None:
    pools(town)
    partial = [inspector("民政", "330802", 2), inspector("民政", "330881", 1)]
    for who in partial:
        conflict(town, who, "民政", who[1:7], *(f"home-{n:02}" for n in range(8)))
    case = announce(town)
    before = public(town, case["number"]).json()
    assert (before["state"], before["seed"], before["assignments"]) == ("announced", "", [])
    path = f"/api/inspection-draw/{case['case']}/draw"
    refused(town.as_("manager").post(path, json={"form": {"seed": SEED}}), 409, "not before")
    announced_pools = public(town, case["number"], "/pools").content
    assert hashlib.sha256(announced_pools).hexdigest() == before["pools_sha256"]
    late = {"target": "home-99", "name": "后来的", "category": "care_home", "area": "330802100"}
    ok(town.as_("manager", "330800").put("/api/ledgers/inspection-target", json={"row": late}))
    town.now_ms += DAY_MS
    refused(town.as_("inspector").post(path, json={"form": {"seed": SEED}}), 403, "inspector")
    ok(town.as_("manager").post(path, json={"form": {"seed": SEED}}))

    told = public(town, case["number"]).json()
    pools_now = public(town, case["number"], "/pools").content
    assert pools_now == announced_pools
    seen = sorted((one["n"], one["target"], one["unit"], one["inspector"]) for one in told["assignments"])
    assert seen == repeated(told, json.loads(pools_now))
    assert len(seen) == 4 * 3 * 2
    assert not {one[3] for one in seen} & set(partial)  # each declared a conflict with every target
    assert "home-99" not in announced_pools.decode()
    assert [one["number"] for one in public(town).json()] == [case["number"]]
    refused(town.as_("manager").post(path, json={"form": {"seed": "another"}}), 409, "no step 'draw'")
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C44")
def test_a_draw_that_cannot_be_is_not_announced(town: Town) -> None:
    pools(town, homes=2)
    manager, form = town.as_("manager"), {"title": "抽查", "units": UNITS, "category": "care_home", "area": "330802"}
    rest = {"targets": 2, "seed_source": "双色球", "draw_on": day(town.now_ms + DAY_MS)}

    def ask(**other: Any) -> httpx.Response:
        return manager.post("/api/inspection-draw", json={"form": {**form, **rest, **other}})

    refused(ask(area="330881"), 403, "330881")
    refused(ask(targets=3), 409, "2 targets are left, 3 are wanted")
    refused(ask(draw_on=day(town.now_ms)), 409, "before the day on which the seed is told")
    refused(ask(units=["民政", "市场监管"]), 409, "市场监管 has 0 inspectors")
    refused(ask(inspectors=1), 422, "inspectors")
    refused(ask(units=["民政", "民政"]), 422, "once")
    unknown = {"inspector": "1", "unit": "民政", "area": "330802", "conflicts": ["home-98"]}
    boss = town.as_("manager", "330800")
    refused(boss.put("/api/ledgers/inspector", json={"row": unknown}), 409, "no target")


@pytest.mark.commitment("C45")
def test_no_target_is_drawn_by_two_departments_within_90_days_unless_there_is_a_complaint(town: Town) -> None:
    pools(town, homes=4)
    first = drawn(town, units=["民政"], targets=2)
    had = {one["target"] for one in public(town, first).json()["assignments"]}
    assert len(had) == 2
    second = drawn(town, units=["消防"], targets=2)
    others = {one["target"] for one in public(town, second).json()["assignments"]}
    assert not had & others
    form = {"title": "第三次", "units": ["应急"], "category": "care_home", "area": "330802", "targets": 1,
            "seed_source": "双色球", "draw_on": day(town.now_ms + DAY_MS)}  # fmt: skip
    manager = town.as_("manager")
    refused(manager.post("/api/inspection-draw", json={"form": form}), 409, "0 targets are left")
    target = min(had)
    complaint = {"complaint": "12345-1", "target": target, "received": day(town.now_ms), "about": "消防通道堵塞"}
    ok(town.as_("operator").put("/api/ledgers/inspection-complaint", json={"row": complaint}))
    third = drawn(town, units=["应急"], targets=1)
    assert {one["target"] for one in public(town, third).json()["assignments"]} == {target}
    town.now_ms += 88 * DAY_MS  # 90 days after the first draw's second day, 89 after the second's
    form["draw_on"] = day(town.now_ms + DAY_MS)
    refused(manager.post("/api/inspection-draw", json={"form": form}), 409, "0 targets are left")
    town.now_ms += DAY_MS
    fourth = drawn(town, units=["应急"], targets=1, title="九十天后")
    assert {one["target"] for one in public(town, fourth).json()["assignments"]} == had - {target}


@pytest.mark.commitment("C45")
def test_two_draws_that_are_announced_at_once_do_not_meet_at_one_target(town: Town) -> None:
    pools(town, homes=4)
    cases = [announce(town, units=[unit], targets=2, title=unit) for unit in ("民政", "消防")]
    town.now_ms += DAY_MS
    for case in cases:
        ok(town.as_("manager").post(f"/api/inspection-draw/{case['case']}/draw", json={"form": {"seed": SEED}}))
    one, other = (public(town, case["number"]).json() for case in cases)
    assert not {a["target"] for a in one["assignments"]} & {a["target"] for a in other["assignments"]}
    assert set(other["passed_over"]) == {a["target"] for a in one["assignments"]}
    of = json.loads(public(town, cases[1]["number"], "/pools").content)
    seen = sorted((a["n"], a["target"], a["unit"], a["inspector"]) for a in other["assignments"])
    assert seen == repeated(other, of)


def team(town: Town, number: str, target: str) -> dict[str, list[httpx.Client]]:
    """Whom the draw sends there, logged in."""
    sent: dict[str, list[httpx.Client]] = {}
    for one in public(town, number).json()["assignments"]:
        if one["target"] == target:
            who = town.as_("inspector", one["inspector"][1:7], one["unit"], one["inspector"])
            sent.setdefault(one["unit"], []).append(who)
    return sent


def visit(town: Town, number: str, target: str) -> tuple[str, dict[str, list[httpx.Client]]]:
    sent = team(town, number, target)
    form = {"draw": number, "target": target, "area": "330802100"}
    return ok(sent["民政"][0].post("/api/joint-inspection", json={"form": form}), 201)["case"], sent


def section(*findings: dict[str, Any], passed: bool = True) -> dict[str, Any]:
    items = [{"item": "消防通道畅通", "passed": passed}, {"item": "应急预案", "passed": True, "note": "齐全"}]
    return {"form": {"items": items, "findings": findings, "photos": ["ab" * 32]}}


@pytest.mark.commitment("C45")
def test_one_visit_is_one_record_with_three_sections_and_one_list_to_be_put_right(town: Town) -> None:
    pools(town)
    number = drawn(town)
    target = public(town, number).json()["assignments"][0]["target"]
    case, sent = visit(town, number, target)
    path = f"/api/joint-inspection/{case}"
    again = {"form": {"draw": number, "target": target, "area": "330802100"}}
    assert ok(sent["消防"][0].post("/api/joint-inspection", json=again))["case"] == case
    stranger = town.as_("inspector", "330802", "民政", "nobody")
    refused(stranger.post(f"{path}/section", json=section()), 403, "named others")

    soon, later = day(town.now_ms + 10 * DAY_MS), day(town.now_ms + 30 * DAY_MS)
    ok(sent["民政"][0].post(f"{path}/section", json=section({"what": "入住合同缺失", "due": later})))
    refused(sent["民政"][1].post(f"{path}/section", json=section()), 409, "told its part already")
    refused(sent["民政"][1].post(f"{path}/finish", json={}), 409, "消防")
    yesterday = {"what": "x", "due": day(town.now_ms - DAY_MS)}
    refused(sent["消防"][0].post(f"{path}/section", json=section(yesterday)), 409, "a day that can be kept")
    blocked = {"what": "消防通道堵塞 ‮'; DROP TABLE--", "due": soon}
    ok(sent["消防"][0].post(f"{path}/section", json=section(blocked, passed=False)))
    ok(sent["应急"][1].post(f"{path}/section", json=section()))
    ok(sent["民政"][1].post(f"{path}/finish", json={}))

    record = ok(stranger.get(f"/api/city-cases/{case}"))
    assert {one["unit"] for one in record["steps"] if one["step"] == "section"} == set(UNITS)
    listed = ok(stranger.get(f"/api/inspections/{case}/rectifications"))
    assert [(one["n"], one["unit"], one["what"], one["due"]) for one in listed] == [
        (1, "民政", "入住合同缺失", later), (2, "消防", blocked["what"], soon),
    ]  # fmt: skip
    town.now_ms += 12 * DAY_MS
    refused(sent["消防"][0].post("/api/joint-inspection", json=again), 409, "one visit, one record")
    refused(stranger.post("/api/joint-inspection", json=again), 403, "named others")
    listed = ok(stranger.get(f"/api/inspections/{case}/rectifications"))
    assert [one["days_late"] for one in listed] == [0, 2]

    def recheck(n: int, **form: Any) -> httpx.Response:
        return sent["消防"][0].post(f"{path}/recheck", json={"form": {"n": n, **form}})

    refused(recheck(3, fixed=True), 409, "no 3 on the list")
    refused(recheck(2, fixed=False), 409, "a new day")
    new_day = day(town.now_ms + 5 * DAY_MS)
    ok(recheck(2, fixed=False, due=new_day))
    ok(sent["民政"][0].post(f"{path}/publish", json={}))
    refused(sent["民政"][0].post(f"{path}/close", json={}), 409, "still to be put right")
    ok(recheck(2, fixed=True))
    ok(recheck(1, fixed=True))
    refused(recheck(1, fixed=True), 409, "put right already")
    ok(sent["民政"][0].post(f"{path}/close", json={}))
    assert ok(stranger.get(f"/api/inspections/{case}/rectifications"))[1]["checked"] == 2
    found = ok(stranger.get("/api/figures/inspection"))
    assert town.sql("SELECT count(*), count(fixed_on) FROM inspection_finding") == [(found["findings"], found["fixed"])]
    assert (found["findings"], found["fixed"], found["fixed_in_time"], found["open_late"]) == (2, 2, 2, 0)
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C44")
def test_results_are_published_within_20_working_days_and_counted(town: Town) -> None:
    pools(town)
    number = drawn(town, targets=3)
    targets = list(dict.fromkeys(one["target"] for one in public(town, number).json()["assignments"]))
    cases = []
    for target in targets:
        case, sent = visit(town, number, target)
        for unit in UNITS:
            ok(sent[unit][0].post(f"/api/joint-inspection/{case}/section", json=section()))
        finished = ok(sent["民政"][0].post(f"/api/joint-inspection/{case}/finish", json={}))
        assert finished["due_at_ms"] == due_ms(Limit(working_days=20), town.now_ms, Calendar())
        cases.append((case, sent["民政"][0], finished["due_at_ms"]))
    assert public(town, number).json()["results"] == []  # nothing before it is published
    clerk = town.as_("clerk")
    town.now_ms = cases[0][2]
    ok(cases[0][1].post(f"/api/joint-inspection/{cases[0][0]}/publish", json={}))
    told = public(town, number).json()["results"]
    assert [(one["target"], len(one["sections"])) for one in told] == [(targets[0], 3)]
    assert "inspector" not in json.dumps(told)
    counted = ok(clerk.get("/api/figures/inspection"))
    assert (counted["visits"], counted["published"], counted["published_in_time"], counted["publication_late"]) == (
        3, 1, 1, 0,
    )  # fmt: skip
    town.now_ms += 1000
    overdue = ok(clerk.get("/api/city-cases", params={"kind": "joint_inspection", "overdue": True}))
    assert overdue["count"] == 2
    ok(cases[1][1].post(f"/api/joint-inspection/{cases[1][0]}/publish", json={}))
    counted = ok(clerk.get("/api/figures/inspection"))
    assert (counted["visits"], counted["published"], counted["published_in_time"], counted["publication_late"]) == (
        3, 2, 1, 2,
    )  # fmt: skip
    assert len(public(town, number).json()["results"]) == 2


@pytest.mark.commitment("C46")
def test_a_draw_can_want_inspectors_from_another_county_and_shows_their_share(town: Town) -> None:
    pools(town, 12, COUNTIES)
    city = {"inspector": "9330800-1", "unit": "民政", "area": "330800"}
    ok(town.as_("manager", "330800").put("/api/ledgers/inspector", json={"row": city}))
    mixed = public(town, drawn(town, targets=6)).json()
    at_home = [one for one in mixed["assignments"] if one["inspector"][1:7] in ("330802", "330800")]
    assert mixed["cross_county_share"] == 1 - len(at_home) / len(mixed["assignments"])
    across = public(town, drawn(town, targets=6, cross_county=True, title="县县互动")).json()
    assert across["cross_county_share"] == 1
    assert {one["inspector"][1:7] for one in across["assignments"]} <= set(COUNTIES[1:])
    assert len({one["inspector"][1:7] for one in across["assignments"]}) > 1
    every = [*mixed["assignments"], *across["assignments"]]
    share = sum(one["inspector"][1:7] in COUNTIES[1:] for one in every) / len(every)
    assert ok(town.as_("clerk").get("/api/figures/inspection"))["cross_county_share"] == share

    target = across["assignments"][0]["target"]  # who comes from elsewhere works on the case all the same
    case, sent = visit(town, across["number"], target)
    ok(sent["民政"][0].post(f"/api/joint-inspection/{case}/section", json=section()))


def test_what_the_place_s_own_devices_say_is_held_beside_the_record(town: Town) -> None:
    pools(town, homes=1)
    home = {"target": "home-00", "name": "样例养老院", "category": "care_home", "area": "330802100"}
    number = drawn(town, targets=1)
    case, sent = visit(town, number, "home-00")
    path = f"/api/inspections/{case}/evidence"
    refused(sent["消防"][0].get(path), 404, "no devices")
    ok(
        town.as_("manager", "330800").put(
            "/api/ledgers/inspection-target", json={"row": {**home, "facility": "care-1"}}
        )
    )
    alarm = {
        "facility": "care-1", "device": "call-1", "rule": "call", "priority": 0, "state": "closed", "escalation": 0,
        "location": "101", "metric": "", "late": False, "drill": "",
    }  # fmt: skip
    waits = {"a": 20_000, "b": 61_000, "c": None, "drill": 1, "old": 1, "other": 1}
    with town.engine.begin() as db:
        for name, waited in waits.items():
            raised = town.now_ms - (91 if name == "old" else 1) * DAY_MS
            answered = None if waited is None else raised + waited
            other = {"drill": "d-1"} if name == "drill" else {"facility": "care-2"} if name == "other" else {}
            at = {"id": name, "raised_at_ms": raised, "acknowledged_at_ms": answered}
            db.execute(insert(t.alarm).values({**alarm, **at, **other}))
    told = ok(sent["消防"][0].get(path))
    assert (told["alarms"], told["answered"], told["answered_in_a_minute"], told["slowest_s"]) == (3, 2, 1, 61)
    assert (told["devices"], told["devices_off_line"]) == (0, 0)
