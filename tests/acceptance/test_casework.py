"""The integrated platform: review and approval, query and statistics, entry once."""

import csv
import io
from collections.abc import Iterator

import pytest

from cloud.domain.deadline import Calendar, Limit, due_ms
from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import naming, ok, refused
from tests.acceptance.spreadsheet import rows_of


@pytest.mark.commitment("C08")
def test_an_illegal_step_is_a_409_and_leaves_a_row(town: Town, persons: Iterator[Person]) -> None:
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    case = ok(clerk.post("/api/placename-case", json=naming(persons)), 201)["case"]
    before = ok(clerk.get(f"/api/city-cases/{case}"))
    refused(reviewer.post(f"/api/placename-case/{case}/review", json={}), 409, "no step 'review' from state 'drafted'")
    ok(clerk.post(f"/api/placename-case/{case}/submit", json={}))
    refused(clerk.post(f"/api/placename-case/{case}/review", json={}), 403, "reviewer")
    township = town.as_("reviewer", "330802100")
    refused(township.post(f"/api/placename-case/{case}/review", json={}), 403, "county level")
    refused(town.as_("reviewer", "330881").post(f"/api/placename-case/{case}/review", json={}), 403, "330881")
    after = ok(clerk.get(f"/api/city-cases/{case}"))
    assert [(one["step"], one["state"], one["by"]) for one in after["refusals"]] == [
        ("review", "drafted", "reviewer-330802-民政"),
        ("review", "submitted", "clerk-330802-民政"),
        ("review", "submitted", "reviewer-330802100-民政"),
        ("review", "submitted", "reviewer-330881-民政"),
    ]
    assert (before["state"], after["state"], len(after["steps"])) == ("drafted", "submitted", 2)


@pytest.mark.commitment("C08")
def test_the_clock_pauses_only_while_the_applicant_is_waited_for(town: Town, persons: Iterator[Person]) -> None:
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    case = ok(clerk.post("/api/placename-case", json=naming(persons)), 201)["case"]
    assert ok(clerk.get(f"/api/city-cases/{case}"))["due_at_ms"] is None  # a draft hurries nobody
    due = ok(clerk.post(f"/api/placename-case/{case}/submit", json={}))["due_at_ms"]
    assert due == due_ms(Limit(working_days=20), town.now_ms, Calendar())
    assert ok(reviewer.post(f"/api/placename-case/{case}/review", json={}))["due_at_ms"] == due  # not begun anew

    other = ok(clerk.post("/api/placename-case", json=naming(persons)), 201)["case"]
    ok(clerk.post(f"/api/placename-case/{other}/submit", json={}))
    ok(clerk.post(f"/api/placename-case/{other}/ask-more", json={"reason": "缺少平面图"}))
    town.now_ms += 70 * DAY_MS
    waiting = ok(clerk.get(f"/api/city-cases/{other}"))
    assert (waiting["state"], waiting["overdue"]) == ("awaiting_applicant", False)
    assert ok(clerk.post(f"/api/placename-case/{other}/answer", json={}))["due_at_ms"] == due + 70 * DAY_MS
    assert ok(clerk.get(f"/api/city-cases/{case}"))["overdue"]


@pytest.mark.commitment("C08")
def test_overdue_at_the_limit_and_one_second(town: Town, persons: Iterator[Person]) -> None:
    clerk = town.as_("clerk")
    case = ok(clerk.post("/api/placename-case", json=naming(persons)), 201)["case"]
    due = ok(clerk.post(f"/api/placename-case/{case}/submit", json={}))["due_at_ms"]
    town.now_ms = due
    assert ok(clerk.get("/api/city-cases", params={"overdue": True}))["count"] == 0
    town.now_ms = due + 1000
    assert [one["case"] for one in ok(clerk.get("/api/city-cases", params={"overdue": True}))["cases"]] == [case]


@pytest.mark.commitment("C08")
def test_a_power_may_be_lent_for_one_kind_until_a_day(town: Town, persons: Iterator[Person]) -> None:
    clerk, reviewer, manager = town.as_("clerk"), town.as_("reviewer"), town.as_("manager")
    ok(reviewer.get("/api/city-cases"))
    case = ok(clerk.post("/api/placename-case", json=naming(persons)), 201)["case"]
    ok(clerk.post(f"/api/placename-case/{case}/submit", json={}))
    lent = {"delegated_by": "reviewer-330802-民政"}
    refused(clerk.post(f"/api/placename-case/{case}/review", json=lent), 403, "delegated nothing")
    row = {
        "giver": "reviewer-330802-民政", "taker": "clerk-330802-民政", "kind": "placename_case", "role": "reviewer",
        "area": "330802", "unit": "民政", "since": "2026-01-01", "until": "2026-12-31",
    }  # fmt: skip
    refused(clerk.put("/api/ledgers/delegation", json={"row": row}), 403, "manager")
    ok(manager.put("/api/ledgers/delegation", json={"row": row}))
    ok(clerk.post(f"/api/placename-case/{case}/review", json=lent))
    step = ok(clerk.get(f"/api/city-cases/{case}"))["steps"][-1]
    assert (step["step"], step["by"], step["delegated_by"], step["role"]) == (
        "review", "clerk-330802-民政", "reviewer-330802-民政", "reviewer",
    )  # fmt: skip
    town.now_ms += 400 * DAY_MS
    refused(
        clerk.post(f"/api/placename-case/{case}/publicise", json={"form": {"until": "2027-01-01"}, **lent}), 403, ""
    )


@pytest.mark.commitment("C08")
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"giver": "system", "role": "system", "area": "330800", "unit": ""}, "is not in 330802"),
        ({"giver": "system", "role": "system", "unit": ""}, "no such power"),
        ({"role": "manager"}, "no such power"),  # more than the giver has
        ({"giver": "nobody"}, "no such power"),
        ({"area": "330881"}, "is not in 330802"),
    ],
)
def test_nobody_lends_what_they_have_not(town: Town, changed: dict[str, str], why: str) -> None:
    town.as_("reviewer")
    manager = town.as_("manager")
    row = {
        "giver": "reviewer-330802-民政", "taker": "clerk-330802-民政", "kind": "placename_case", "role": "reviewer",
        "area": "330802", "unit": "民政", "since": "2026-01-01", "until": "2026-12-31", **changed,
    }  # fmt: skip
    refused(manager.put("/api/ledgers/delegation", json={"row": row}), 409, why)
    refused(manager.put("/api/ledgers/delegation", json={"row": {**row, "area": "3308021"}}), 422, "area code")


@pytest.mark.commitment("C05")
def test_the_same_filter_counts_lists_exports_and_answers_sql(town: Town, persons: Iterator[Person]) -> None:
    clerk = town.as_("clerk", "330800")
    for number in range(7):
        area = "330802100" if number % 2 else "330881001"
        ok(clerk.post("/api/placename-case", json=naming(persons, area=area)), 201)
    for area, expected in (("330802", 3), ("330881", 4), ("330800", 7), ("330825", 0)):
        listed = ok(clerk.get("/api/city-cases", params={"area": area, "limit": 2}))
        export = clerk.get("/api/city-cases.csv", params={"area": area})
        rows = list(csv.DictReader(io.StringIO(export.content.decode("utf-8-sig"))))
        sheet = rows_of(clerk.get("/api/city-cases.xlsx", params={"area": area}).content)
        assert sheet[1:] == [[row[name] for name in sheet[0]] for row in rows]
        assert sum(row["cases"] for row in ok(clerk.get("/api/figures/cases", params={"area": area}))) == expected
        in_sql = town.sql("SELECT count(*) FROM case_file WHERE area LIKE :area", area=area.removesuffix("00") + "%")
        assert listed["count"] == len(rows) == in_sql[0][0] == expected
        assert len(listed["cases"]) == min(2, expected)
        assert {row["kind"] for row in rows} <= {"placename_case"}


@pytest.mark.commitment("C03")
def test_the_same_application_sent_twice_is_one_case(town: Town, persons: Iterator[Person]) -> None:
    clerk, form = town.as_("clerk"), naming(persons)
    first = ok(clerk.post("/api/placename-case", json=form), 201)
    again = ok(clerk.post("/api/placename-case", json=form), 200)
    assert (again["case"], again["number"], again["is_new"]) == (first["case"], first["number"], False)
    assert town.sql("SELECT count(*) FROM case_file") == [(1,)]


def test_nobody_gets_in_without_a_session_and_nothing_that_names_somebody_comes_out(
    town: Town, persons: Iterator[Person]
) -> None:
    clerk, form = town.as_("clerk"), naming(persons)
    asks = form["form"]["applicants"][0]
    case = ok(clerk.post("/api/placename-case", json=form), 201)["case"]
    del clerk.headers["Authorization"]
    refused(clerk.get(f"/api/city-cases/{case}"), 401, "log in")
    seen = town.as_("reviewer").get(f"/api/city-cases/{case}").text
    bodies = b"".join(bytes(body) for (body,) in town.sql("SELECT body FROM event")).decode()
    for secret in (asks["name"], asks["number"]):
        assert secret not in seen + bodies
    wrong = {**form, "form": {**form["form"], "applicants": [{**asks, "number": asks["number"][:-1] + "?"}]}}
    answer = town.as_("reviewer").post("/api/placename-case", json=wrong)
    refused(answer, 422, "check character")
    assert asks["number"][:-1] not in answer.text


def test_the_records_can_be_made_again_from_the_log_alone(town: Town, persons: Iterator[Person]) -> None:
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    for _ in range(3):
        case = ok(clerk.post("/api/placename-case", json=naming(persons)), 201)["case"]
        ok(clerk.post(f"/api/placename-case/{case}/submit", json={}))
        ok(reviewer.post(f"/api/placename-case/{case}/review", json={}))
        refused(clerk.post(f"/api/placename-case/{case}/publish", json={"form": {"announcement": "1"}}), 409, "no step")
    found = town.rebuilt()
    assert found.events == 12
    assert [one for one in found.tables if one.before != one.after] == []
    assert {one.table for one in found.tables if one.after.rows} == {
        "case_file",
        "case_person",
        "case_refusal",
        "case_step",
    }
