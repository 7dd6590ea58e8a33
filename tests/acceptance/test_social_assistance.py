"""Social assistance: a window in every township, a proxy for whoever cannot come, one form for nine departments."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cloud.domain.deadline import Calendar, Limit, due_ms
from contract.identifiers.townships import TOWNSHIPS
from contract.special_relief import FIELDS, OWNERS, UNITS
from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, HOUR_MS, Town
from tests.acceptance.people import applicant, ok, refused
from tests.unit.cloud.facility import Facility, check_in
from tests.unit.cloud.office import Office

TOWNSHIP, COUNTY = "330802100", "330802"
NEEDS = ["food", "illness", "work", "disability", "school", "housing", "sudden"]


def household(asks: Person, **other: Any) -> dict[str, Any]:
    form = {
        "applicants": [applicant(asks)], "area": TOWNSHIP, "economy_check": True, "needs": NEEDS,
        "status": "low_income", "phone": "000-12345678", "address": asks.address, "house": "no",
        "members": [{"relation": "child", "name": "测试·样例·模拟·某某某某某某"}],
        "incomes": [{"of": 0, "source": "farming", "range": "low"}], **other,
    }  # fmt: skip
    return {"form": form, "channel": "desk"}


def apply(client: httpx.Client, asks: Person, **other: Any) -> str:
    case: str = ok(client.post("/api/assistance-form", json=household(asks, **other)), 201)["case"]
    return case


def step(client: httpx.Client, case: str, name: str, form: dict[str, Any] | None = None, **other: Any) -> Any:
    return ok(client.post(f"/api/assistance-form/{case}/{name}", json={"form": form or {}, **other}))


def tasks_of(town: Town, case: str) -> dict[str, str]:
    """owner -> its task."""
    return dict(town.sql('SELECT owner, "case" FROM dept_task WHERE parent = :case', case=case))


def department(town: Town, owner: str) -> httpx.Client:
    return town.as_("department", COUNTY, UNITS[owner])


def act(town: Town, owner: str, task: str, name: str, form: dict[str, Any] | None = None, **other: Any) -> Any:
    path = f"/api/dept-task/{task}/{name}"
    return ok(department(town, owner).post(path, json={"form": form or {}, **other}))


def nothing_lost(town: Town) -> None:
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C41")
def test_each_of_the_hundred_townships_has_one_window_and_a_heartbeat(town: Town) -> None:
    manager = town.as_("manager", "330800")
    office = Office(town.engine)
    for code in TOWNSHIPS:
        window = {
            "township": code, "facility": f"window-{code}", "address": "便民服务中心样例大厅", "hours": "08:30-17:00",
            "devices": ["id_reader", "document_camera", "signature_pad"],
        }  # fmt: skip
        ok(manager.put("/api/ledgers/assistance-window", json={"row": window}))
    before = ok(manager.get("/api/figures/assistance-windows"))
    assert (before["townships"], before["windows"], before["alive"]) == (100, 100, 0)
    boxes = {code: Facility(f"window-{code}", code[:6]) for code in TOWNSHIPS}
    for box in boxes.values():
        office.take(*box.born())
    after = ok(manager.get("/api/figures/assistance-windows"))
    assert [one["township"] for one in after["list"] if not one["alive"]] == []
    assert len({one["township"] for one in after["list"]}) == after["alive"] == 100

    office.take(boxes["330825212"].dead())
    silent = [one for one in ok(manager.get("/api/figures/assistance-windows"))["list"] if not one["alive"]]
    assert [(one["township"], one["name"]) for one in silent] == [("330825212", "沐尘畲族乡")]
    town.now_ms += HOUR_MS
    assert ok(manager.get("/api/figures/assistance-windows"))["alive"] == 0  # nobody was heard for an hour

    for wrong, status, word in (
        ({"township": "330802999"}, 422, "no township"), ({"township": "330802"}, 422, "no township"),
        ({"township": "330802005", "facility": "window-330802006"}, 409, "府山街道"),
    ):  # fmt: skip
        refused(manager.put("/api/ledgers/assistance-window", json={"row": {**window, **wrong}}), status, word)
    assert town.sql("SELECT count(*) FROM ledger_entry WHERE ledger = 'assistance_window' AND current") == [(100,)]
    nothing_lost(town)


def authorise(town: Town, worker: httpx.Client, number: str, asks: Person, **other: Any) -> str:
    form = {
        "applicants": [applicant(asks)], "worker": number, "matter": "assistance_form", "area": TOWNSHIP,
        "since": "2026-09-01", "until": "2026-12-31", **other,
    }  # fmt: skip
    case: str = ok(worker.post("/api/proxy-authorization", json={"form": form, "channel": "mobile"}), 201)["case"]
    return case


def signed(town: Town, worker: httpx.Client, case: str) -> None:
    with town.city.log.writing() as writing:
        now = writing.books.case_now(case)
    assert now is not None
    wrong = {"document_sha256": "0" * 64, "strokes_sha256": "ab" * 32}
    path = f"/api/proxy-authorization/{case}/sign"
    refused(worker.post(path, json={"form": wrong}), 409, "not this authorisation")
    ok(worker.post(path, json={"form": {**wrong, "document_sha256": now.filed_sha256}, "channel": "mobile"}))


@pytest.mark.commitment("C42")
def test_a_grid_worker_acts_for_one_person_in_one_matter_until_a_day(town: Town, persons: Iterator[Person]) -> None:
    number, asks, other = "wg-07", next(persons), next(persons)
    worker = town.as_("grid_worker", TOWNSHIP, number=number)
    clerk, reviewer = town.as_("clerk", TOWNSHIP), town.as_("reviewer")
    refused(worker.post("/api/assistance-form", json=household(asks)), 403, "no signed authorisation")
    proxy = authorise(town, worker, number, asks)
    refused(worker.post("/api/assistance-form", json=household(asks)), 403, "no signed authorisation")  # not signed yet
    signed(town, worker, proxy)
    refused(worker.post("/api/assistance-form", json=household(other)), 403, "no signed authorisation")
    stranger = town.as_("grid_worker", TOWNSHIP, number="wg-08")
    refused(stranger.post("/api/assistance-form", json=household(asks)), 403, "no signed authorisation")
    for wrong, word in (({"matter": "placename_case"}, "matter"), ({"until": "2026-08-31"}, "until"),
                        ({"until": "2028-02-29"}, "until"), ({"until": "2026-02-29"}, "until")):  # fmt: skip
        form = {"applicants": [applicant(asks)], "worker": number, "matter": "assistance_form", "area": TOWNSHIP,
                "since": "2026-09-01", "until": "2026-12-31", **wrong}  # fmt: skip
        refused(worker.post("/api/proxy-authorization", json={"form": form}), 422, word)

    case = apply(worker, asks)
    step(clerk, case, "ask-more", reason="请补充住院发票")
    step(worker, case, "answer", channel="mobile")
    step(clerk, case, "accept")
    acts = ok(clerk.get(f"/api/assistance/forms/{case}/proxy-actions"))
    assert [(one["step"], one["worker"], one["worker_name"], one["applicant_name"]) for one in acts] == [
        ("open", number, "测试grid_worker", asks.name), ("answer", number, "测试grid_worker", asks.name),
    ]  # fmt: skip
    refused(stranger.get(f"/api/assistance/forms/{case}/proxy-actions"), 403, "act in")
    refused(department(town, "gas").get(f"/api/assistance/forms/{case}/proxy-actions"), 403, "belongs to")

    step(clerk, case, "visit", {"day": "2026-09-28", "visitors": ["1023", "1044"], "finding": "as_stated"})
    step(clerk, case, "publicise", {"until": "2026-10-05"})
    town.now_ms += 30 * DAY_MS
    step(reviewer, case, "approve", {"category": "low_income", "fen_month": 98000})
    figures = ok(reviewer.get("/api/figures/social-assistance"))
    assert (figures["forms"], figures["by_proxy"], figures["trips"]) == (1, 1, {"by_proxy": 0, "others": 0})
    assert town.sql("SELECT count(*) FROM case_trip") == [(0,)]

    again = apply(town.as_("clerk", TOWNSHIP), other)
    box = Facility("window-330802100", COUNTY)
    Office(town.engine).take(*box.born(), box.event(check_in(f"{again}-1")))
    assert ok(reviewer.get("/api/figures/social-assistance"))["trips"] == {"by_proxy": 0, "others": 1}
    nothing_lost(town)


@pytest.mark.commitment("C42")
@pytest.mark.parametrize("how", ["it is over", "it was taken back"])
def test_an_authorisation_that_ended_lets_nobody_act(town: Town, persons: Iterator[Person], how: str) -> None:
    number, asks = "wg-07", next(persons)
    worker, clerk = town.as_("grid_worker", TOWNSHIP, number=number), town.as_("clerk", TOWNSHIP)
    proxy = authorise(town, worker, number, asks)
    signed(town, worker, proxy)
    case = apply(worker, asks)
    step(clerk, case, "ask-more", reason="请补充材料")
    if how == "it is over":
        town.now_ms += 120 * DAY_MS
    else:
        ok(clerk.post(f"/api/proxy-authorization/{proxy}/revoke", json={}))
    refused(worker.post(f"/api/assistance-form/{case}/answer", json={}), 403, "no signed authorisation")
    tried = ok(clerk.get(f"/api/city-cases/{case}"))
    assert [(one["step"], one["by"]) for one in tried["refusals"]] == [("answer", number)]
    assert tried["state"] == "awaiting_applicant"


@pytest.mark.commitment("C43")
@pytest.mark.parametrize(
    ("needs", "status", "owners"),
    [
        (NEEDS, "low_income", OWNERS),
        (["illness", "work"], "none", ("medical", "employment")),
        (["food", "sudden"], "unknown", ()),
        (["disability"], "extreme_poverty", ("disabled_federation", "water", "power", "gas", "cable_tv")),
    ],
)
def test_one_submission_makes_exactly_the_tasks_the_household_is_entitled_to(
    town: Town, persons: Iterator[Person], needs: list[str], status: str, owners: tuple[str, ...]
) -> None:
    clerk, asks = town.as_("clerk", TOWNSHIP), next(persons)
    case = apply(clerk, asks, needs=needs, status=status)
    assert set(tasks_of(town, case)) == set(owners)
    twice = ok(clerk.post("/api/assistance-form", json=household(asks, needs=needs, status=status)), 200)
    assert (twice["case"], twice["is_new"]) == (case, False)
    assert town.sql("SELECT count(*) FROM dept_task") == [(len(owners),)]
    nothing_lost(town)


@pytest.mark.commitment("C43")
def test_each_owner_sees_its_own_fields_and_no_others(town: Town, persons: Iterator[Person]) -> None:
    clerk, asks = town.as_("clerk", TOWNSHIP), next(persons)
    case = apply(clerk, asks)
    whole = ok(clerk.get(f"/api/assistance/forms/{case}"))["fields"]
    for owner, task in tasks_of(town, case).items():
        seen = ok(department(town, owner).post(f"/api/assistance/tasks/{task}/read"))["fields"]
        assert set(seen) == set(FIELDS[owner])
        assert seen["applicant"] == {"name": asks.name, "number": asks.id_number}
        assert all(seen[name] == whole[name] for name in seen if name != "applicant")
        for stranger in set(OWNERS) - {owner}:
            refused(department(town, stranger).post(f"/api/assistance/tasks/{task}/read"), 403, UNITS[owner])
            refused(department(town, stranger).post(f"/api/dept-task/{task}/receive", json={}), 403, UNITS[owner])
        refused(department(town, owner).get(f"/api/assistance/forms/{case}"), 403, "belongs to")
    other_county = town.as_("department", "330881", UNITS["gas"])
    refused(other_county.post(f"/api/assistance/tasks/{tasks_of(town, case)['gas']}/read"), 403, "330802")
    for owner in OWNERS:  # nor by the ways that all staff have: not even who else was asked
        listed = ok(department(town, owner).get("/api/city-cases"))
        assert [(one["kind"], one["owner"]) for one in listed["cases"]] == [("dept_task", UNITS[owner])]
        assert listed["count"] == 1
        assert len(department(town, owner).get("/api/city-cases.csv").text.splitlines()) == 2
        assert department(town, owner).get(f"/api/city-cases/{case}").status_code == 404
        assert not [one for one in (asks.name, asks.id_number, "low_income", "000-1234") if one in str(listed)]
    told = town.sql("SELECT unit, fields FROM share_delivery ORDER BY unit")
    assert sorted(unit for unit, _ in told) == sorted(UNITS.values())
    nothing_lost(town)


@pytest.mark.commitment("C43")
def test_what_a_department_has_recognised_is_not_asked_again_while_it_holds(
    town: Town, persons: Iterator[Person]
) -> None:
    clerk, asks = town.as_("clerk", TOWNSHIP), next(persons)
    first = tasks_of(town, apply(clerk, asks, needs=["disability", "school", "illness"], status="none"))
    for owner, result in (
        ("disabled_federation", {"result": "granted", "valid_until": "长期"}),
        ("education", {"result": "granted", "valid_until": "2026-10-31"}),
        ("medical", {"result": "refused", "valid_until": "长期"}),
    ):
        act(town, owner, first[owner], "receive")
        act(town, owner, first[owner], "recognise", result)
    town.now_ms += 10 * DAY_MS
    again = apply(clerk, asks, needs=["disability", "school", "illness"], status="none")
    states = {owner: ok(clerk.get(f"/api/city-cases/{task}"))["state"] for owner, task in tasks_of(town, again).items()}
    assert states == {"disabled_federation": "recognised", "education": "recognised", "medical": "sent"}
    reused = ok(clerk.get(f"/api/city-cases/{tasks_of(town, again)['education']}"))["steps"][-1]
    assert (reused["step"], reused["by"], reused["form"]["of"]) == ("reuse", "system", first["education"])
    somebody = tasks_of(town, apply(clerk, next(persons), needs=["disability"], status="none"))
    assert ok(clerk.get(f"/api/city-cases/{somebody['disabled_federation']}"))["state"] == "sent"
    town.now_ms += 60 * DAY_MS  # the school's recognition has ended
    third = tasks_of(town, apply(clerk, asks, needs=["disability", "school"], status="none"))
    assert ok(clerk.get(f"/api/city-cases/{third['education']}"))["state"] == "sent"
    assert ok(clerk.get(f"/api/city-cases/{third['disabled_federation']}"))["state"] == "recognised"
    nothing_lost(town)


@pytest.mark.commitment("C43")
def test_a_department_that_fails_or_is_silent_holds_up_no_other_and_each_receipt_is_timed(
    town: Town, persons: Iterator[Person]
) -> None:
    clerk, reviewer = town.as_("clerk", TOWNSHIP), town.as_("reviewer")
    case, began = apply(clerk, next(persons)), town.now_ms
    tasks = tasks_of(town, case)
    step(clerk, case, "accept")
    for number, owner in enumerate(OWNERS, start=1):
        town.now_ms = began + number * HOUR_MS
        if owner == "housing":
            act(town, owner, tasks[owner], "fail", reason="系统升级，暂不能受理")
        elif owner != "gas":
            act(town, owner, tasks[owner], "receive")
            act(town, owner, tasks[owner], "recognise", {"result": "granted", "valid_until": "2027-09-30"})
    step(clerk, case, "visit", {"day": "2026-09-28", "visitors": ["1023", "1044"], "finding": "as_stated"})
    step(clerk, case, "publicise", {"until": "2026-09-29"})
    town.now_ms = began + 12 * DAY_MS
    step(reviewer, case, "approve", {"category": "low_income", "fen_month": 98000})
    figures = ok(reviewer.get("/api/figures/social-assistance"))
    took = {
        json.loads(form)["owner"]: at_ms - sent_ms
        for form, sent_ms, at_ms in town.sql(
            'SELECT f.form, f.opened_at_ms, s.at_ms FROM case_file f JOIN case_step s USING ("case")'
            " WHERE f.matter = 'dept_task' AND s.step = 'receive'"
        )
    }
    assert took == {owner: n * HOUR_MS for n, owner in enumerate(OWNERS, 1) if owner not in ("housing", "gas")}
    assert {o: r["longest_ms"] for o, r in figures["receipts"].items()} == {o: took.get(o) for o in OWNERS}
    assert {o: r["received"] for o, r in figures["receipts"].items()} == {o: int(o in took) for o in OWNERS}
    assert figures["late_receipts"] == 1  # gas: one working day is over, and all others are not held up
    late = ok(reviewer.get("/api/city-cases", params={"kind": "dept_task", "overdue": True}))
    assert [one["owner"] for one in late["cases"]] == ["供气"]

    ok(clerk.post(f"/api/dept-task/{tasks['housing']}/send-again", json={}))
    town.now_ms += HOUR_MS
    act(town, "housing", tasks["housing"], "receive")
    assert ok(reviewer.get("/api/figures/social-assistance"))["receipts"]["housing"]["longest_ms"] == HOUR_MS
    nothing_lost(town)


def test_the_decision_has_thirty_working_days_unless_the_city_sets_it_otherwise(
    town: Town, persons: Iterator[Person]
) -> None:
    clerk, manager = town.as_("clerk", TOWNSHIP), town.as_("manager", "330800")
    first = step(clerk, apply(clerk, next(persons)), "accept")
    assert first["due_at_ms"] == due_ms(Limit(working_days=30), town.now_ms, Calendar())
    limit = {"kind": "assistance_form", "clock": "decision", "length": 20, "basis": "浙江省社会救助条例"}
    refused(clerk.put("/api/ledgers/time-limit", json={"row": limit}), 403, "manager")
    refused(town.as_("manager").put("/api/ledgers/time-limit", json={"row": limit}), 409, "set by the city")
    ok(manager.put("/api/ledgers/time-limit", json={"row": limit}))
    second = apply(clerk, next(persons))
    assert step(clerk, second, "accept")["due_at_ms"] == due_ms(Limit(working_days=20), town.now_ms, Calendar())
    visited = {"day": "2026-09-28", "visitors": ["1023", "1044"], "finding": "differs"}
    assert step(clerk, second, "visit", visited)["due_at_ms"] == due_ms(
        Limit(working_days=20), town.now_ms, Calendar()
    )  # fmt: skip
    nothing_lost(town)


def test_forms_that_cannot_be_are_answered_clearly(town: Town, persons: Iterator[Person]) -> None:
    clerk, asks = town.as_("clerk", TOWNSHIP), next(persons)
    wrong_digit = asks.id_number[:-1] + ("1" if asks.id_number[-1] != "1" else "2")
    for change, status, word in (
        ({"applicants": []}, 422, "applicants"), ({"area": "330802"}, 422, "area"),
        ({"area": "330802999"}, 422, "area"),
        ({"needs": []}, 422, "needs"), ({"needs": ["car"]}, 422, "needs"), ({"status": "rich"}, 422, "status"),
        ({"applicants": [{**applicant(asks), "number": wrong_digit}]}, 422, "check character"),
        ({"members": [{"relation": "child", "number": wrong_digit}]}, 422, "check character"),
        ({"economy_check": False, "status": "none"}, 409, "agreed"),
    ):  # fmt: skip
        answer = clerk.post("/api/assistance-form", json=household(asks, **change))
        refused(answer, status, word)
        assert wrong_digit not in answer.text
    task = next(iter(tasks_of(town, apply(clerk, next(persons))).values()))
    own = {"owner": "gas", "parent": "x", "area": TOWNSHIP}
    refused(clerk.post("/api/dept-task", json={"form": own}), 403, "opens no")
    no_day = {"result": "granted", "valid_until": "2027-02-29"}
    refused(clerk.post(f"/api/dept-task/{task}/recognise", json={"form": no_day}), 422, "valid_until")
    assert clerk.get("/api/assistance/forms/nobody").status_code == 404
