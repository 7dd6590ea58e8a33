"""Place names: one owner for each point, names that are applied for, reviewed, made public, approved, published."""

from collections.abc import Iterator
from random import Random

import pytest

from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import naming, ok, refused


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


OWNERS = {
    "330802": square(118.80, 28.90, 118.90, 29.00),
    "330802-LSCY": square(118.90, 28.90, 118.95, 29.00),
    "330802-XQ": square(118.75, 28.90, 118.80, 29.00),
}


@pytest.mark.commitment("C18")
def test_each_point_has_one_owner_and_borders_that_overlap_are_not_taken(town: Town, persons: Iterator[Person]) -> None:
    reviewer, clerk = town.as_("reviewer", "330800"), town.as_("clerk")
    for owner, ring in OWNERS.items():
        ok(reviewer.put("/api/ledgers/jurisdiction", json={"row": {"owner": owner, "name": owner, "ring": ring}}))
    over = {"owner": "330803", "name": "衢江", "ring": square(118.93, 28.95, 119.1, 29.1)}
    refused(reviewer.put("/api/ledgers/jurisdiction", json={"row": over}), 409, "overlaps with 330802-LSCY")
    refused(town.as_("reviewer").put("/api/ledgers/jurisdiction", json={"row": over}), 403, "belongs to 330803")
    crossed = {**over, "ring": [[119, 29], [119.1, 29.1], [119.1, 29], [119, 29.1], [119, 29]]}
    refused(reviewer.put("/api/ledgers/jurisdiction", json={"row": crossed}), 422, "crosses itself")
    beside = {**over, "ring": square(118.95, 28.90, 119.1, 29.1)}
    ok(reviewer.put("/api/ledgers/jurisdiction", json={"row": beside}))

    chance = Random(18)
    points = [(118.85, 28.95), (118.92, 28.95), (118.77, 28.95), (118.9, 28.95), (118.8, 29.0)]
    points += [(chance.uniform(118.75, 119.1), chance.uniform(28.9, 29.0)) for _ in range(20)]
    owners = []
    for lon, lat in points:
        case = ok(clerk.post("/api/placename-case", json=naming(persons, lon=lon, lat=lat)), 201)["case"]
        owners.append(ok(clerk.get(f"/api/city-cases/{case}"))["owner"])
    assert owners[:5] == ["330802", "330802-LSCY", "330802-XQ", "330802", "330802"]  # on a border: the first of both
    for (lon, _), owner in zip(points[5:], owners[5:], strict=True):
        west = {"330802-XQ": 118.75, "330802": 118.8, "330802-LSCY": 118.9, "330803": 118.95}[owner]
        assert west <= lon <= {"330802-XQ": 118.8, "330802": 118.9, "330802-LSCY": 118.95, "330803": 119.1}[owner]


@pytest.mark.commitment("C19")
def test_a_name_goes_from_draft_to_published_and_is_taken_from_then_on(town: Town, persons: Iterator[Person]) -> None:
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    case = ok(clerk.post("/api/placename-case", json=naming(persons, name="样例路")), 201)["case"]
    path = f"/api/placename-case/{case}"
    refused(clerk.post("/api/placename-case", json=naming(persons, name="样 例 路")), 409, "asked for this name")
    ok(clerk.post(f"{path}/submit", json={}))
    ok(reviewer.post(f"{path}/review", json={"form": {"opinion": "符合规范"}}))
    day = "2026-09-25"
    ok(reviewer.post(f"{path}/publicise", json={"form": {"until": day}}))
    refused(reviewer.post(f"{path}/approve", json={}), 409, "public until 2026-09-25")
    town.now_ms += 10 * DAY_MS
    ok(reviewer.post(f"{path}/approve", json={}))
    ok(reviewer.post(f"{path}/publish", json={"form": {"announcement": "衢柯地名〔2026〕1号"}}))
    assert [one["state"] for one in ok(clerk.get(f"/api/city-cases/{case}"))["steps"]] == [
        "drafted", "submitted", "reviewed", "publicised", "approved", "published",
    ]  # fmt: skip
    assert town.sql("SELECT name, county, status FROM place_name") == [("样例路", "330802", "current")]
    refused(clerk.post("/api/placename-case", json=naming(persons, name="样例路")), 409, "of this name already")
    ok(
        town.as_("clerk", "330881").post("/api/placename-case", json=naming(persons, name="样例路", area="330881001")),
        201,
    )

    renaming = naming(persons, action="renaming", name="样板大道", former_name="样例路")
    other = ok(clerk.post("/api/placename-case", json=renaming), 201)["case"]
    for step, form in (("submit", {}), ("review", {}), ("publicise", {"until": "2026-10-02"})):
        ok((clerk if step == "submit" else reviewer).post(f"/api/placename-case/{other}/{step}", json={"form": form}))
    town.now_ms += 10 * DAY_MS
    for step, form in (("approve", {}), ("publish", {"announcement": "衢柯地名〔2026〕2号"})):
        ok(reviewer.post(f"/api/placename-case/{other}/{step}", json={"form": form}))
    assert town.sql("SELECT name, status FROM place_name ORDER BY since_ms") == [
        ("样例路", "former"), ("样板大道", "current"),
    ]  # fmt: skip
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C19")
def test_a_refusal_says_why(town: Town, persons: Iterator[Person]) -> None:
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    case = ok(clerk.post("/api/placename-case", json=naming(persons)), 201)["case"]
    ok(clerk.post(f"/api/placename-case/{case}/submit", json={}))
    refused(reviewer.post(f"/api/placename-case/{case}/refuse", json={}), 422, "reason")
    ok(reviewer.post(f"/api/placename-case/{case}/refuse", json={"reason": "与规划道路不符"}))
    assert ok(clerk.get(f"/api/city-cases/{case}"))["steps"][-1]["reason"] == "与规划道路不符"
