"""Burial: places that are never given twice, how long they last, what is late, one reward for each, upkeep."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from cloud.domain.deadline import day_of
from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import applicant, ok, refused

AREA = "330802100"


def enter(town: Town, ledger: str, **row: Any) -> httpx.Response:
    return town.as_("manager", "330800").put(f"/api/ledgers/{ledger}", json={"row": row})


def facility(town: Town, name: str, kind: str = "tree", capacity: int = 3, area: str = AREA, **other: Any) -> None:
    place = {"lon": 118.87, "lat": 28.97, **other}
    ok(
        enter(
            town, "burial-facility", facility=name, kind=kind, name=f"样例{name}", area=area, capacity=capacity, **place
        )
    )


def deceased(person: Person) -> dict[str, str]:
    return {"deceased_name": person.name, "deceased_number": person.id_number}


def reservation(person: Person, at: str, asks: Person, area: str = AREA, proof: str = "death") -> dict[str, Any]:
    form = {**deceased(person), "facility": at, "area": area, "proof": proof, "applicants": [applicant(asks)]}
    return {"form": form}


def cremated(town: Town, person: Person) -> None:
    row = {**deceased(person), "home": "funeral-1", "batch": 7, "day": today(town)}
    ok(town.as_("attendant", "330800").put("/api/ledgers/cremation", json={"row": row}))


def today(town: Town, days: int = 0) -> str:
    return day_of(town.now_ms + days * DAY_MS).isoformat()


def bury(town: Town, person: Person, at: str, asks: Person, area: str = AREA) -> str:
    clerk = town.as_("clerk", "330800")
    case = str(ok(clerk.post("/api/burial", json=reservation(person, at, asks, area)), 201)["case"])
    ok(clerk.post(f"/api/burial/{case}/bury", json={"form": {"place": "A-1", "day": today(town)}}))
    return case


def places(town: Town, at: str) -> tuple[int, int, int]:
    return tuple(town.sql("SELECT capacity, used, reserved FROM burial_facility WHERE id = :at", at=at)[0])  # type: ignore[return-value]


@pytest.mark.commitment("C47")
def test_fifty_at_once_want_the_last_place_and_one_has_it(town: Town, persons: Iterator[Person]) -> None:
    facility(town, "tree-1", capacity=5, used_before=4)
    clerk = town.as_("clerk")
    forms = [reservation(next(persons), "tree-1", next(persons)) for _ in range(50)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda form: clerk.post("/api/burial", json=form), forms))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert {"full" in answer.text for answer in answers if answer.status_code == 409} == {True}
    assert places(town, "tree-1") == (5, 4, 1)
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C47")
def test_places_of_the_five_kinds_are_taken_given_back_and_never_more_than_there_are(
    town: Town, persons: Iterator[Person]
) -> None:
    kinds = ("public_cemetery", "village_cemetery", "ash_hall", "lawn", "tree")
    for kind in kinds:
        facility(town, kind.replace("_", "-"), kind, capacity=2, used_before=1)
    clerk = town.as_("clerk")
    refused(enter(town, "burial-facility", facility="x", kind="sea", name="x", area=AREA, capacity=1), 422, "kind")
    lawn = {"facility": "lawn", "kind": "lawn", "name": "x", "area": AREA, "lon": 1, "lat": 1, "capacity": 9}
    elsewhere = town.as_("manager", "330881")
    for area in (AREA, "330881001"):
        taken_over = {"row": {**lawn, "area": area}}
        refused(elsewhere.put("/api/ledgers/burial-facility", json=taken_over), 403, "not in 330881")
    family, father, mother = next(persons), next(persons), next(persons)
    case = ok(clerk.post("/api/burial", json=reservation(father, "lawn", family)), 201)["case"]
    refused(clerk.post("/api/burial", json=reservation(mother, "lawn", family)), 409, "full")
    refused(clerk.post("/api/burial", json=reservation(father, "tree", family)), 409, "a place for this person already")
    smaller = {"kind": "lawn", "name": "小", "area": AREA, "lon": 118.8, "lat": 28.9, "used_before": 1}
    refused(enter(town, "burial-facility", facility="lawn", capacity=1, **smaller), 409, "2 places are taken")
    buried = {"form": {"place": "A-1", "day": today(town)}}
    refused(clerk.post(f"/api/burial/{case}/bury", json=buried), 409, "no cremation is recorded")
    cremated(town, father)
    refused(
        clerk.post(f"/api/burial/{case}/bury", json={"form": {"place": "A", "day": today(town, 1)}}), 409, "not before"
    )
    ok(clerk.post(f"/api/burial/{case}/bury", json=buried))
    assert places(town, "lawn") == (2, 2, 0)
    ok(clerk.post(f"/api/burial/{case}/move-out", json={"reason": "迁回原籍"}))
    assert places(town, "lawn") == (2, 1, 0)
    case = ok(clerk.post("/api/burial", json=reservation(mother, "lawn", family)), 201)["case"]
    ok(clerk.post(f"/api/burial/{case}/release", json={"reason": "家属改变主意"}))
    refused(clerk.post(f"/api/burial/{case}/bury", json=buried), 409, "no step 'bury'")
    assert places(town, "lawn") == (2, 1, 0)
    ok(enter(town, "burial-facility", facility="lawn", capacity=10, **{**smaller, "used_before": 4}))
    assert places(town, "lawn") == (10, 4, 0)
    with pytest.raises(Exception, match="burial_facility_has_room"), town.engine.begin() as db:
        db.exec_driver_sql("UPDATE burial_facility SET used = capacity + 1")
    shown = httpx.get(f"{town.url}/api/public/burial-facilities", trust_env=False).json()
    assert sorted((one["kind"], one["free"]) for one in shown) == sorted(
        (kind, 6 if kind == "lawn" else 1) for kind in kinds
    )
    assert {(one["lon"], one["lat"]) for one in shown} == {(118.87, 28.97), (118.8, 28.9)}
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C47")
def test_years_to_full_by_county_are_what_is_free_by_the_mean_use_of_a_year(
    town: Town, persons: Iterator[Person]
) -> None:
    facility(town, "tree-1", capacity=100, used_before=40)
    facility(town, "hall-1", "ash_hall", capacity=50, used_before=10)
    facility(town, "tree-2", capacity=10, area="330881001")
    for name, year, used in (("tree-1", 2023, 10), ("tree-1", 2024, 12), ("tree-1", 2025, 8), ("hall-1", 2025, 6)):
        ok(enter(town, "burial-use", facility=name, year=year, used=used))
    refused(enter(town, "burial-use", facility="tree-1", year=2026, used=1), 409, "only years that are over")
    father, family = next(persons), next(persons)
    cremated(town, father)
    bury(town, father, "tree-1", family)
    counties = {one["county"]: one for one in ok(town.as_("clerk").get("/api/figures/burial"))["counties"]}
    kecheng = counties["330802"]
    assert (kecheng["capacity"], kecheng["used"], kecheng["free"]) == (150, 51, 99)
    assert kecheng["mean_annual_use"] == (10 + 12 + 14) / 3
    assert kecheng["years_to_full"] == pytest.approx(99 / 12)
    assert (counties["330881"]["free"], counties["330881"]["years_to_full"]) == (10, None)
    town.now_ms += 120 * DAY_MS  # in the next year this one counts: 12, 14 and the one that was recorded here
    kecheng = ok(town.as_("clerk").get("/api/figures/burial"))["counties"][0]
    assert kecheng["years_to_full"] == pytest.approx(99 / ((12 + 14 + 1) / 3))
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C48")
def test_a_late_milestone_is_red_the_next_day(town: Town) -> None:
    project: dict[str, Any] = {
        "project": "P-1", "name": "样例树葬园一期", "kind": "tree", "area": AREA, "places": 500,
        "budget_fen": 800_000_00, "paid_fen": 300_000_00,
        "milestones": [
            {"name": "开工", "due": today(town), "done": today(town)}, {"name": "验收", "due": today(town, 9)},
        ],
    }  # fmt: skip
    ok(enter(town, "burial-project", **project))
    refused(enter(town, "burial-project", **{**project, "paid_fen": 800_000_01}), 422, "budget")
    clerk = town.as_("clerk")

    def light() -> tuple[str, int]:
        (one,) = ok(clerk.get("/api/burial/projects", params={"area": "330802"}))
        return one["light"], one["milestones"][1]["days_late"]

    assert light() == ("green", 0)
    town.now_ms += 9 * DAY_MS
    assert light() == ("amber", 0)
    town.now_ms += DAY_MS
    assert light() == ("red", 1)
    assert ok(clerk.get("/api/figures/burial"))["projects_late"] == 1
    project["milestones"][1]["done"] = today(town)
    ok(enter(town, "burial-project", **project))
    assert light() == ("green", 1)
    assert ok(clerk.get("/api/burial/projects", params={"area": "330881"})) == []


def claim(person: Person, asks: Person, area: str = "330802") -> dict[str, Any]:
    return {"form": {**deceased(person), "area": area, "applicants": [applicant(asks)]}}


@pytest.mark.commitment("C49")
def test_one_reward_for_each_deceased_with_a_cremation_and_an_ecological_burial(
    town: Town, persons: Iterator[Person]
) -> None:
    facility(town, "tree-1", capacity=9)
    facility(town, "grave-1", "public_cemetery", capacity=9)
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    father, mother, son, daughter = (next(persons) for _ in range(4))
    refused(clerk.post("/api/eco-burial-reward", json=claim(father, son)), 409, "no cremation")
    cremated(town, father)
    refused(clerk.post("/api/eco-burial-reward", json=claim(father, son)), 409, "no burial of this person in an eco")
    cremated(town, mother)
    bury(town, mother, "grave-1", son)
    refused(clerk.post("/api/eco-burial-reward", json=claim(mother, son)), 409, "no burial of this person in an eco")
    bury(town, father, "tree-1", son)
    case = ok(clerk.post("/api/eco-burial-reward", json=claim(father, son)), 201)["case"]
    elsewhere = town.as_("clerk", "330881")
    again = claim(father, daughter, "330881")
    refused(elsewhere.post("/api/eco-burial-reward", json=again), 409, "asked for already")

    path = f"/api/eco-burial-reward/{case}"
    paid = {"form": {"day": today(town), "reference": "ZF-2026-1"}}
    ok(clerk.post(f"{path}/review", json={}))
    refused(clerk.post(f"{path}/pay", json=paid), 409, "no step 'pay'")
    ok(reviewer.post(f"{path}/approve", json={"form": {"amount_fen": 100_000}}))
    town.now_ms += 20 * DAY_MS
    ok(clerk.post(f"{path}/pay", json={"form": {"day": today(town), "reference": "ZF-2026-1"}}))
    refused(elsewhere.post("/api/eco-burial-reward", json=again), 409, "asked for already")
    found = ok(clerk.get("/api/figures/burial"))
    assert (found["rewards_paid"], found["rewards_paid_in_30_days"], found["eco_burials"], found["burials"]) == (
        1, 1, 1, 2,
    )  # fmt: skip
    assert town.sql("SELECT count(*) FROM case_file WHERE matter = 'eco_burial_reward' AND state = 'paid'") == [(1,)]
    steps = ok(clerk.get(f"/api/city-cases/{case}"))["steps"]
    assert [one["form"].get("amount_fen") for one in steps if one["step"] == "approve"] == [100_000]
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C49")
def test_after_a_refusal_it_may_be_asked_for_again_and_nothing_names_the_deceased(
    town: Town, persons: Iterator[Person]
) -> None:
    facility(town, "hall-1", "ash_hall")
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    father, son, daughter = next(persons), next(persons), next(persons)
    cremated(town, father)
    burial = bury(town, father, "hall-1", son)
    wrong = claim(father, son)
    wrong["form"]["deceased_number"] = father.id_number[:-1] + "?"
    refused(clerk.post("/api/eco-burial-reward", json=wrong), 422, "check character")
    forged = claim(next(persons), son)  # somebody else's token does not make them somebody else
    forged["form"]["token"] = town.sql("SELECT token FROM burial_deceased LIMIT 1")[0][0]
    refused(clerk.post("/api/eco-burial-reward", json=forged), 409, "no cremation of this person")
    case = ok(clerk.post("/api/eco-burial-reward", json=claim(father, son)), 201)["case"]
    ok(reviewer.post(f"/api/eco-burial-reward/{case}/refuse", json={"reason": "材料不齐"}))
    again = ok(clerk.post("/api/eco-burial-reward", json=claim(father, daughter)), 201)["case"]
    seen = "".join(clerk.get(f"/api/city-cases/{one}").text for one in (burial, case, again))
    seen += clerk.get("/api/ledgers/cremation").text
    seen += b"".join(bytes(body) for (body,) in town.sql("SELECT body FROM event")).decode()
    for secret in (father.name, father.id_number, son.name, son.id_number):
        assert secret not in seen


@pytest.mark.commitment("C50")
def test_a_facility_without_an_inspection_in_twelve_months_is_red(town: Town) -> None:
    facility(town, "tree-1")
    facility(town, "grave-1", "village_cemetery", area="330803001")
    clerk = town.as_("clerk", "330800")

    def lights() -> dict[str, str]:
        return {one["id"]: one["light"] for one in ok(clerk.get("/api/burial/facilities"))}

    assert lights() == {"tree-1": "red", "grave-1": "red"}
    refused(enter(town, "upkeep-inspection", facility="tree-1", day=today(town), photos=[]), 422, "photos")
    refused(enter(town, "upkeep-inspection", facility="none", day=today(town), photos=["ab" * 32]), 409, "no facility")
    refused(
        enter(town, "upkeep-inspection", facility="tree-1", day=today(town, 1), photos=["ab" * 32]), 409, "not before"
    )
    ok(enter(town, "upkeep-inspection", facility="tree-1", day=today(town), photos=["ab" * 32], found="护栏完好"))
    assert lights() == {"tree-1": "green", "grave-1": "red"}
    town.now_ms += 365 * DAY_MS
    assert lights()["tree-1"] == "green"  # its twelve months end today
    town.now_ms += DAY_MS
    assert lights()["tree-1"] == "red"
    ok(enter(town, "upkeep-inspection", facility="tree-1", day=today(town, -400), photos=["cd" * 32]))
    assert lights()["tree-1"] == "red"  # an old one that is entered late
    assert ok(clerk.get("/api/figures/burial"))["not_inspected"] == 2
    only = ok(clerk.get("/api/burial/facilities", params={"area": "330803"}))
    assert [one["id"] for one in only] == ["grave-1"]
