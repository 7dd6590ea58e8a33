"""One person's care: five kinds of data in one view, what does not fit, and who read it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from cloud.domain.actor import CITY
from simulators.people import Person
from tests.acceptance.conftest import Town
from tests.acceptance.elder_care import AREA, ELSEWHERE, LAW, day, elder, enter, free, home, same_again
from tests.acceptance.people import ok, refused


def care(town: Town, person: Person, worker: Person, area: str = AREA) -> None:
    home(town, "home-1")
    ok(enter(town, "care_worker", **elder(worker), worker="W-1", area=area, employer="样例服务站", skill="carer",
             since=day(town, -400)))  # fmt: skip
    ok(enter(town, "home_care_service", **elder(person), service="H-1", day=day(town, -40), area=area, what="bath",
             minutes=60, provider="样例服务站", worker="W-1"))  # fmt: skip
    ok(enter(town, "community_care_visit", **elder(person), visit="V-1", day=day(town, -35), area=area, what="meal",
             site="样例照料中心"))  # fmt: skip
    ok(enter(town, "care_home_stay", **elder(person), stay="S-1", home="home-1", since=day(town, -30),
             care_level="self"))  # fmt: skip
    ok(enter(town, "ltc_insurance_claim", **elder(person), claim="C-1", since=day(town, -30), until="长期", area=area,
             setting="institution", state="paid", amount_fen=150_000))  # fmt: skip


def read(town: Town, person: Person, role: str = "operator", area: str = "330802", **other: Any) -> httpx.Response:
    asked = {"number": person.id_number, **LAW, **other}
    return town.as_(role, area).post("/api/care/persons/read", json=asked)


FIVE = ("home_care_service", "community_care_visit", "care_home_stay", "care_worker", "ltc_insurance_claim")


@pytest.mark.commitment("C24")
def test_five_kinds_of_data_of_one_person_are_in_one_answer_within_a_second(
    town: Town, persons: Iterator[Person]
) -> None:
    mother, worker = next(persons), next(persons)
    care(town, mother, worker)
    with town.engine.begin() as db:  # a city's: 100 000 rows of 10 000 people
        db.exec_driver_sql(
            "INSERT INTO care_fact SELECT 'home_care_service', 'load-' || n, md5(mod(n, 10000)::text) || "
            "md5(mod(n, 10000)::text), '330802100', 'W-1', '2026-01-01', '2026-01-01', false, "
            """'{"service": "load", "day": "2026-01-01"}' FROM generate_series(1, 100000) n"""
        )
        theirs = town.city.tokens.of(mother.id_number)  # who is visited each day for three years
        db.exec_driver_sql(
            "INSERT INTO care_fact SELECT ledger, 'daily-' || key, %s, area, place, since, until, void, row "
            "FROM care_fact WHERE key LIKE 'load-%%' LIMIT 1095",
            (theirs,),
        )
        db.exec_driver_sql("ANALYZE care_fact")
    read(town, mother)  # what is done once: the connection, the account
    answer = read(town, mother)
    told = ok(answer)
    assert answer.elapsed < timedelta(seconds=1)
    assert told["counts"] == {**dict.fromkeys(FIVE, 1), "care_worker": 0, "home_care_service": 1096}
    assert {name: len(told[name]) for name in FIVE} == {**dict.fromkeys(FIVE, 1), "home_care_service": 200}
    assert (told["care_worker"][0]["worker"], told["care_home_stay"][0]["home"]) == ("W-1", "home-1")
    for secret in (mother.name, mother.id_number, worker.name, worker.id_number):
        assert secret not in answer.text
    plan = "\n".join(
        row[0] for row in town.sql("EXPLAIN SELECT * FROM care_fact WHERE token = :t AND NOT void", t=told["about"])
    )
    assert "care_fact_token" in plan
    assert "Seq Scan" not in plan


@pytest.mark.commitment("C24")
def test_what_cannot_both_be_is_told_and_each_reading_is_written_down(town: Town, persons: Iterator[Person]) -> None:
    mother, worker, nobody = next(persons), next(persons), next(persons)
    care(town, mother, worker)
    assert ok(read(town, mother))["warnings"] == []
    both = {**elder(mother), "service": "H-2", "area": AREA, "what": "meal", "minutes": 30, "provider": "样例服务站",
            "worker": "W-1"}  # fmt: skip
    ok(enter(town, "home_care_service", **both, day=day(town, -30)))
    claim = {**elder(mother), "claim": "C-2", "area": AREA, "setting": "home", "state": "submitted", "amount_fen": 1}
    ok(enter(town, "ltc_insurance_claim", **claim, since=day(town, -9), until=day(town, -3)))
    expected = [
        {"rule": "stay_and_home_care", "since": day(town, -30), "until": day(town, -30),
         "records": ["care_home_stay/S-1", "home_care_service/H-2"]},
        {"rule": "overlapping_claims", "since": day(town, -9), "until": day(town, -3),
         "records": ["ltc_insurance_claim/C-1", "ltc_insurance_claim/C-2"]},
    ]  # fmt: skip
    assert ok(read(town, mother))["warnings"] == expected
    listed = town.as_("operator").get("/api/care/warnings", params={"area": "330802"})
    assert ok(listed) == expected
    assert ok(town.as_("operator", "330881").get("/api/care/warnings", params={"area": "330881"})) == []
    refused(town.as_("operator", "330881").get("/api/care/warnings", params={"area": "330802"}), 403, "own staff")
    ok(enter(town, "home_care_service", **both, day=day(town, -30), void=True))
    assert [one["rule"] for one in ok(read(town, mother))["warnings"]] == ["overlapping_claims"]

    refused(read(town, mother, "department"), 403, "reads no person's care data")
    refused(read(town, mother, "attendant"), 403, "reads no person's care data")
    refused(read(town, mother, area="330881"), 404, "in your area")
    refused(read(town, nobody), 404, "in your area")
    refused(read(town, mother, purpose=""), 422, "purpose")
    refused(town.as_("manager", CITY).get("/api/ledgers/care-home-stay"), 405, "")
    told = ok(town.as_("auditor", CITY).get("/api/share-deliveries"))
    readings = [one for one in told if one["dataset"] == "care_person"]
    assert len(readings) == 3  # and none that was refused
    assert {(one["by"], one["purpose"], one["basis"]) for one in readings} == {
        ("operator-330802-民政", LAW["purpose"], LAW["basis"])
    }
    assert {one["about"] for one in readings} == {town.city.tokens.of(mother.id_number)}
    same_again(town)


@pytest.mark.commitment("C24")
def test_care_data_are_entered_where_they_belong_and_about_one_person(town: Town, persons: Iterator[Person]) -> None:
    mother, worker, other = next(persons), next(persons), next(persons)
    care(town, mother, worker)
    home(town, "home-2", area=ELSEWHERE)
    visit = {
        **elder(mother),
        "visit": "V-1",
        "day": day(town, -35),
        "area": AREA,
        "what": "meal",
        "site": "样例照料中心",
    }
    for area in (AREA, ELSEWHERE):
        taken_over = enter(town, "community_care_visit", ("clerk", "330881"), **{**visit, "area": area})
        refused(taken_over, 403, "not in 330881")
    refused(enter(town, "community_care_visit", **{**visit, **elder(other)}), 409, "another person")
    refused(enter(town, "community_care_visit", **{**visit, "day": day(town, 1)}), 409, "not before it was")
    wrong = {**visit, "elder_number": mother.id_number[:-1] + "?"}
    refused(enter(town, "community_care_visit", **wrong), 422, "elder_number")
    refused(enter(town, "community_care_visit", **{**visit, "day": "2026-02-29"}), 422, "day")
    ok(enter(town, "community_care_visit", **{**visit, "visit": "V-2", "day": "2024-02-29"}))
    stay = {**elder(mother), "stay": "S-2", "home": "home-2", "since": day(town), "care_level": "self"}
    refused(enter(town, "care_home_stay", **stay), 409, "lives in home-1")
    attendant = ("attendant", "330881")
    refused(enter(town, "care_home_stay", attendant, **{**stay, "stay": "S-1"}), 403, "home-1 belongs to 330802100")
    ended = {**elder(mother), "stay": "S-1", "home": "home-1", "since": day(town, -30), "care_level": "self"}
    refused(enter(town, "care_home_stay", **ended, until=day(town, -31)), 409, "in their order")
    ok(enter(town, "care_home_stay", **ended, until=day(town)))
    ok(enter(town, "care_home_stay", attendant, **stay))
    assert (free(town, "home-1"), free(town, "home-2")) == (2, 1)
    seen = ok(read(town, mother))
    assert [one["stay"] for one in seen["care_home_stay"]] == ["S-1"]  # what is elsewhere is another county's to see
    assert [one["stay"] for one in ok(read(town, mother, area=CITY))["care_home_stay"]] == ["S-2", "S-1"]
    same_again(town)
