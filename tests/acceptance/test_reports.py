"""Reports go up level by level; a total is at every moment the sum of what lies below it."""

from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest

from simulators.people import Person
from tests.acceptance.conftest import Town
from tests.acceptance.people import ok, refused

VILLAGES = ("330802100201", "330802100202", "330802101201", "330803100201")
REPORT = {"report": "留守老人", "period": "2026-09"}


@pytest.fixture
def asked(town: Town) -> Town:
    plan = {**REPORT, "figures": ["elders", "visited"], "villages": VILLAGES}
    ok(town.as_("manager", "330800").put("/api/ledgers/report-plan", json={"row": plan}))
    return town


def at(town: Town, area: str) -> httpx.Client:
    return town.as_("clerk", area)


def opened(town: Town, area: str, **figures: int) -> str:
    form: dict[str, Any] = {**REPORT, "area": area, **({"figures": figures} if figures else {})}
    case: str = ok(at(town, area).post("/api/report-batch", json={"form": form}), 201)["case"]
    return case


def takes(town: Town, area: str, case: str, step: str, **body: Any) -> httpx.Response:
    return at(town, area).post(f"/api/report-batch/{case}/{step}", json=body)


def totals(town: Town, area: str) -> dict[str, int]:
    found: dict[str, int] = ok(at(town, area).get("/api/figures/reports", params={**REPORT, "area": area}))["totals"]
    return found


@pytest.mark.commitment("C07")
def test_a_report_goes_from_village_to_city_and_no_level_is_passed_over(asked: Town) -> None:
    town = asked
    villages = {area: opened(town, area, elders=10, visited=4) for area in VILLAGES}
    first = villages[VILLAGES[0]]
    refused(takes(town, "330802100", first, "send"), 409, "its own to send")
    for area, case in villages.items():
        ok(takes(town, area, case, "send"))
    refused(takes(town, "330802", first, "confirm"), 409, "no level is passed over")
    refused(takes(town, "330800", first, "confirm"), 409, "no level is passed over")
    refused(takes(town, "330803100", first, "confirm"), 403, "not in 330803100")
    township = opened(town, "330802100")
    refused(takes(town, "330802100", township, "send"), 409, "not confirmed yet: 330802100201, 330802100202")
    for area in VILLAGES:
        ok(takes(town, area[:9], villages[area], "confirm"))
    ok(takes(town, "330802100", township, "send"))
    ok(takes(town, "330802", township, "confirm"))
    county = opened(town, "330802")
    refused(takes(town, "330802", county, "send"), 409, "not confirmed yet: 330802101")
    assert totals(town, "330800") == {"elders": 40, "visited": 16}
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C07")
def test_a_return_opens_the_level_below_and_nothing_else(asked: Town) -> None:
    town = asked
    villages = {area: opened(town, area, elders=5, visited=5) for area in VILLAGES[:2]}
    for area, case in villages.items():
        ok(takes(town, area, case, "send"))
        ok(takes(town, area[:9], case, "confirm"))
    township = opened(town, "330802100")
    ok(takes(town, "330802100", township, "send"))
    refused(takes(town, "330802", township, "return"), 422, "reason")
    refused(takes(town, "330802100", villages[VILLAGES[0]], "return", reason="补报"), 409, "sent its own already")
    ok(takes(town, "330802", township, "return", reason="请核对探访数"))
    states = ok(at(town, "330800").get("/api/figures/reports", params=REPORT))["states"]
    assert states == {"330802100": "returned", VILLAGES[0]: "confirmed", VILLAGES[1]: "confirmed"}
    ok(takes(town, "330802100", villages[VILLAGES[0]], "return", reason="请核对"))
    ok(takes(town, VILLAGES[0], villages[VILLAGES[0]], "correct", form={"figures": {"elders": 6, "visited": 5}}))
    assert totals(town, "330802100") == {"elders": 11, "visited": 10}


@pytest.mark.commitment("C07")
def test_a_countys_total_is_the_sum_of_its_townships_at_all_times(asked: Town, persons: Iterator[Person]) -> None:
    town, chance = asked, Random(7)
    cases: dict[str, str] = {}
    for _ in range(40):
        area = chance.choice(VILLAGES)
        figures = {"elders": chance.randrange(100), "visited": chance.randrange(100)}
        if area not in cases:
            cases[area] = opened(town, area, **figures)
        elif chance.random() < 0.5:
            takes(town, area, cases[area], "correct", form={"figures": figures})
        elif chance.random() < 0.5:
            takes(town, area, cases[area], "send")
        else:
            takes(town, area[:9], cases[area], "return", reason="再核")
        for county in ("330802", "330803"):
            parts = [totals(town, township) for township in sorted({v[:9] for v in VILLAGES if v.startswith(county)})]
            whole = totals(town, county)
            assert whole == {name: sum(part.get(name, 0) for part in parts) for name in whole}
    assert set(cases) == set(VILLAGES)


@pytest.mark.commitment("C07")
def test_figures_are_those_that_were_asked_for(asked: Town) -> None:
    form = {**REPORT, "area": VILLAGES[0], "figures": {"elders": 1}}
    refused(at(asked, VILLAGES[0]).post("/api/report-batch", json={"form": form}), 409, "elders, visited")
    form = {**REPORT, "area": "330802100", "figures": {"elders": 1, "visited": 1}}
    refused(at(asked, "330802100").post("/api/report-batch", json={"form": form}), 409, "none, they are sums")
    refused(at(asked, "330881").post("/api/report-batch", json={"form": {**REPORT, "area": "330881"}}), 409, "asked of")
    opened(asked, VILLAGES[0], elders=1, visited=1)
    again = {**REPORT, "area": VILLAGES[0], "figures": {"elders": 2, "visited": 1}}
    assert ok(at(asked, VILLAGES[0]).post("/api/report-batch", json={"form": again}), 200)["is_new"] is False
