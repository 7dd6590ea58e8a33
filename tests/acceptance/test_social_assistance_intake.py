"""One form at a township's kiosk is a form of the city, once, and its departments have their tasks."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cloud.matters.social_assistance import intake_of
from contract.events.visits import CaseMoved, CaseSubmitted
from contract.special_relief import FIELDS, OWNERS, UNITS
from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import ok
from tests.unit.cloud.facility import Facility
from tests.unit.cloud.office import Office

TOWNSHIP, WINDOW = "330802100", "window-330802100"
NEEDS = ["food", "illness", "work", "disability", "school", "housing", "sudden"]


def window(town: Town) -> None:
    row = {"township": TOWNSHIP, "facility": WINDOW, "address": "样例大厅", "hours": "08:30-17:00", "devices": []}
    ok(town.as_("manager", "330800").put("/api/ledgers/assistance-window", json={"row": row}))


def form(asks: Person, child: Person, **other: Any) -> dict[str, Any]:
    """As a kiosk seals it: who they are by the tokens of its own site."""
    persons = [
        {"name": one.name, "number": one.id_number, "token": token, "address": "样例路1号"}
        for one, token in ((asks, "aa" * 32), (child, "cc" * 32))
    ]
    household = {
        "needs": NEEDS, "applicant": "aa" * 32, "address": "样例路1号", "phone": "000-12345678",
        "status": "low_income", "house": "one", "car": "no", "papers": [],
        "members": [
            {"key": "applicant", "relation": "applicant", "token": "aa" * 32},
            {"key": "member.2", "relation": "child", "token": "cc" * 32},
            {"key": "member.3", "relation": "parent", "token": ""},
        ],
        "incomes": {
            "member.3": {"source": "pension", "range": "low"}, "applicant": {"source": "none", "range": ""},
        },
    }  # fmt: skip
    return {"persons": persons, "agent": "", "phone": "000-12345678", "form": {**household, **other}}


def submitted(town: Town, n: int, sealed: dict[str, Any], **answers: str) -> CaseSubmitted:
    case = f"00000000-0000-7000-8000-{n:012}"
    told = {"for": "own", "authorised": "1/1", "signed": "1", "members": "3", "cards": "2"}
    return CaseSubmitted(
        case=case, number=f"330802-2026-{n:04}", matter="social_assistance", state="submitted", channel="kiosk",
        place="kiosk-1", act=f"{n:02x}" * 32, answers={**told, **answers},
        sealed=town.city.sealer(f"case/{case}", sealed),
    )  # fmt: skip


def tasks(town: Town) -> list[str]:
    return [owner for (owner,) in town.sql("SELECT owner FROM dept_task ORDER BY owner")]


@pytest.mark.commitment("C43")
def test_one_submission_at_a_kiosk_makes_exactly_the_tasks_that_the_household_is_entitled_to_once(
    town: Town, persons: Iterator[Person]
) -> None:
    asks, child = next(persons), next(persons)
    office, box, jobs = Office(town.engine), Facility(WINDOW, "330802"), [intake_of(town.city) for _ in range(4)]
    office.take(*box.born())
    came = box.event(submitted(town, 1, form(asks, child)))
    office.take(came)
    assert jobs[0].step() == 0  # the box is no township's window yet
    window(town)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda job: job.step(), jobs)) == 1
    office.take(came)  # delivered again
    office.take(box.event(CaseMoved(
        case="00000000-0000-7000-8000-000000000001", from_state="submitted", state="accepted", by="7"
    )))  # fmt: skip
    town.now_ms += DAY_MS
    assert [intake_of(town.city).step() for _ in range(2)] == [0, 0]
    assert tasks(town) == sorted(OWNERS)
    ((case, area, channel),) = town.sql(
        "SELECT \"case\", area, channel FROM case_file WHERE matter = 'assistance_form'"
    )
    assert (area, channel) == (TOWNSHIP, "kiosk")

    whole = ok(town.as_("clerk", TOWNSHIP).get(f"/api/assistance/forms/{case}"))["fields"]
    assert whole["applicant"]["name"] == asks.name
    assert [(one["relation"], one.get("name", "")) for one in whole["members"]] == [
        ("child", child.name),
        ("parent", ""),
    ]
    assert [(one["of"], one["source"]) for one in whole["incomes"]] == [(0, "none"), (2, "pension")]
    for owner, task in town.sql('SELECT owner, "case" FROM dept_task'):
        read = ok(town.as_("department", "330802", UNITS[owner]).post(f"/api/assistance/tasks/{task}/read"))
        assert set(read["fields"]) <= set(FIELDS[owner])
        assert read["fields"]["applicant"]["number"] == asks.id_number
    told = json.dumps(town.sql("SELECT form FROM case_file") + town.sql("SELECT answers FROM kiosk_form"))
    for secret in (asks.id_number, child.id_number, "000-12345678"):
        assert secret not in told
    assert ok(town.as_("clerk").get("/api/figures/social-assistance"))["from_kiosks"] == {
        "taken": 1, "waiting": 0, "by_hand": {},
    }  # fmt: skip
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C43")
def test_a_household_that_is_not_recognised_has_no_tasks_for_water_power_gas_and_television(
    town: Town, persons: Iterator[Person]
) -> None:
    window(town)
    office, box = Office(town.engine), Facility(WINDOW, "330802")
    asks, child = next(persons), next(persons)
    office.take(box.event(submitted(town, 1, form(asks, child, status="none", needs=["illness", "school"]))))
    assert intake_of(town.city).step() == 1
    assert tasks(town) == ["education", "medical"]


def test_what_cannot_be_taken_over_is_counted_for_the_window_and_holds_up_nothing(
    town: Town, persons: Iterator[Person]
) -> None:
    window(town)
    office, box = Office(town.engine), Facility(WINDOW, "330802")
    asks, child, hostile = next(persons), next(persons), "\u202e'; DROP TABLE event; -- 𠮷"
    unread = submitted(town, 1, form(asks, child)).model_copy(update={"sealed": "AAAA"})
    wrong = form(asks, child)
    wrong["persons"][0]["number"] = "330897199001011230"
    named = form(next(persons), child, address=hostile, phone="not a phone")
    named["persons"][0]["name"] = hostile
    office.take(
        box.event(unread),
        box.event(submitted(town, 2, form(asks, child, status="none"), authorised="0/2")),
        box.event(submitted(town, 3, form(asks, child, applicant=""))),
        box.event(submitted(town, 4, {"form": {"needs": ["sudden"]}}, urgent="now")),
        box.event(submitted(town, 5, wrong)),
        box.event(submitted(town, 6, named)),
    )
    assert [intake_of(town.city).step() for _ in range(2)] == [1, 0]
    told = ok(town.as_("clerk").get("/api/figures/social-assistance"))["from_kiosks"]
    assert told == {
        "taken": 1, "waiting": 0,
        "by_hand": {"sealed": 1, "no_agreement": 1, "no_card": 1, "urgent": 1, "not_a_form": 1},
    }  # fmt: skip
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []
