"""Exchange with departments: nothing beyond the catalogue, and nothing without a row that says who, why and what."""

from collections.abc import Iterator

import httpx
import pytest

from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import naming, ok, refused

BASIS = "政务数据共享条例"


def entry(dataset: str, *fields: str, attribute: str = "conditional") -> dict[str, object]:
    return {"row": {"dataset": dataset, "fields": fields, "attribute": attribute, "basis": BASIS}}


def asking(dataset: str, *fields: str, until: str = "2027-12-31") -> dict[str, object]:
    form = {"dataset": dataset, "fields": fields, "purpose": "核验办件", "basis": BASIS, "until": until}
    return {"form": form, "channel": "web"}


@pytest.mark.commitment("C06")
def test_without_a_catalogue_entry_and_an_approved_request_nothing_is_given(
    town: Town, persons: Iterator[Person]
) -> None:
    manager, police, health = (
        town.as_("manager", "330800"),
        town.as_("department", "330800", "公安"),
        town.as_("department", "330800", "卫生健康"),
    )
    form = naming(persons)
    number = form["form"]["applicants"][0]["number"]
    ok(town.as_("clerk").post("/api/placename-case", json=form), 201)
    ask = {"fields": ["kind", "state"], "person": number, "purpose": "核验", "basis": BASIS}
    refused(police.post("/api/share/own_cases", json=ask), 403, "shares no own_cases")
    refused(police.post("/api/share-request", json=asking("own_cases", "kind")), 409, "shares no own_cases")
    refused(manager.put("/api/ledgers/share-catalog", json=entry("own_cases", "kind", "name")), 409, "has no name")
    stranger = town.as_("manager", "330800", "公安")
    refused(stranger.put("/api/ledgers/share-catalog", json=entry("own_cases", "kind")), 409, "民政's to share")
    ok(manager.put("/api/ledgers/share-catalog", json=entry("own_cases", "kind", "state")))

    refused(police.post("/api/share/own_cases", json=ask), 403, "needs an approved request")
    refused(police.post("/api/share-request", json=asking("own_cases", "number")), 409, "does not share number")
    case = ok(police.post("/api/share-request", json=asking("own_cases", "kind")), 201)["case"]
    tax = town.as_("department", "330800", "税务")
    assert ok(tax.post("/api/share-request", json=asking("own_cases", "kind")), 201)["case"] != case  # theirs
    refused(police.post("/api/share/own_cases", json={**ask, "request": case}), 403, "needs an approved request")
    refused(stranger.post(f"/api/share-request/{case}/approve", json={}), 409, "decides about its own")
    ok(manager.post(f"/api/share-request/{case}/approve", json={}))
    refused(health.post("/api/share/own_cases", json={**ask, "request": case}), 403, "needs an approved request")
    refused(police.post("/api/share/own_cases", json={**ask, "request": case}), 403, "not shared: state")
    given = police.post("/api/share/own_cases", json={**ask, "fields": ["kind"], "request": case})
    assert ok(given) == {"rows": [{"kind": "placename_case"}]}
    town.now_ms += 500 * DAY_MS
    refused(police.post("/api/share/own_cases", json={**ask, "fields": ["kind"], "request": case}), 403, "time is over")


@pytest.mark.commitment("C06")
def test_each_delivery_is_written_down_with_purpose_basis_fields_and_who_asked(
    town: Town, persons: Iterator[Person]
) -> None:
    manager, police = town.as_("manager", "330800"), town.as_("department", "330800", "公安")
    ok(manager.put("/api/ledgers/share-catalog", json=entry("place_name", "name", "county", attribute="unconditional")))
    ask = {"fields": ["name"], "area": "330802", "purpose": "门牌核对", "basis": BASIS}
    refused(police.post("/api/share/place_name", json={**ask, "basis": ""}), 403, "on what legal basis")
    refused(police.post("/api/share/place_name", json={**ask, "fields": ["lon"]}), 403, "not shared: lon")
    assert ok(police.get("/api/share-deliveries")) == []
    ok(police.post("/api/share/place_name", json=ask))
    (told,) = ok(police.get("/api/share-deliveries"))
    assert {name: told[name] for name in ("dataset", "unit", "by", "purpose", "basis", "fields", "rows")} == {
        "dataset": "place_name", "unit": "公安", "by": "department-330800-公安", "purpose": "门牌核对", "basis": BASIS,
        "fields": ["name"], "rows": 0,
    }  # fmt: skip
    assert ok(town.as_("department", "330800", "法院").get("/api/share-deliveries")) == []
    assert [one["unit"] for one in ok(manager.get("/api/share-deliveries"))] == ["公安"]
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C06")
def test_a_request_is_answered_within_ten_working_days_or_overdue(town: Town, persons: Iterator[Person]) -> None:
    manager, police = town.as_("manager", "330800"), town.as_("department", "330800", "公安")
    ok(manager.put("/api/ledgers/share-catalog", json=entry("own_cases", "kind")))
    case = ok(police.post("/api/share-request", json=asking("own_cases", "kind")), 201)["case"]
    town.now_ms += 15 * DAY_MS
    assert [one["case"] for one in ok(manager.get("/api/city-cases", params={"overdue": True}))["cases"]] == [case]


@pytest.mark.commitment("C10")
def test_data_about_people_are_given_one_person_at_a_time(town: Town, persons: Iterator[Person]) -> None:
    manager, police = town.as_("manager", "330800"), town.as_("department", "330800", "公安")
    ok(manager.put("/api/ledgers/share-catalog", json=entry("own_cases", "kind", attribute="unconditional")))
    ask = {"fields": ["kind"], "purpose": "核验", "basis": BASIS}
    refused(police.post("/api/share/own_cases", json=ask), 403, "ask for one of them")
    refused(town.as_("clerk").post("/api/share/own_cases", json=ask), 403, "departments ask here")


@pytest.mark.commitment("C10")
def test_the_public_sees_counts_and_no_small_one(town: Town, persons: Iterator[Person]) -> None:
    clerk, stranger = town.as_("clerk", "330800"), httpx.Client(base_url=town.url, trust_env=False, timeout=30)
    for area, cases in (("330802100", 12), ("330803100", 11), ("330881001", 3)):
        for _ in range(cases):
            ok(clerk.post("/api/placename-case", json=naming(persons, area=area)), 201)
    with stranger:
        told = ok(stranger.get("/api/public/figures/cases", params={"kind": "placename_case"}))
        assert told["total"] == 26
        assert told["counts"] == {
            "330800": 0, "330802": 12, "330803": None, "330822": 0, "330824": 0, "330825": 0, "330881": None,
        }  # fmt: skip
        document = ok(stranger.get("/openapi.json"))
        public = [path for path in document["paths"] if path.startswith("/api/public/")]
        assert public
        for path in public:
            answer = stranger.get(path)
            assert answer.status_code in ((404, 422) if "{" in path else (200, 422)), answer.text
            for word in ("token", "applicant", "id_masked"):
                assert word not in answer.text
