"""Doorplates: collected for days without a network, reviewed, made standard, measured; rules of naming enforced."""

import csv
import io
import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from cloud.matters.place_names import enforcement
from cloud.matters.place_names.sampling import wilson
from edge.adapters.survey_city import SurveyCity
from edge.compose.survey import surveying
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.doorplates import (
    HEAD,
    NEXT,
    VILLAGE,
    WEST,
    all_steps,
    based,
    point,
    square,
    sync,
    table,
    token_of,
    village,
)
from tests.acceptance.people import ok, refused
from tests.unit.cloud.office import empty

COLLECTOR = "330802013"


def unchanged(town: Town) -> bool:
    return [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C21")
def test_five_hundred_points_of_days_without_a_network_are_five_hundred_rows_however_often_they_are_sent(
    town: Town, tmp_path: Path
) -> None:
    reviewer, collector = town.as_("reviewer"), town.as_("collector", COLLECTOR)
    village(reviewer)
    work = surveying(tmp_path / "book")
    assert work.take_csv(table(point(n) for n in range(500))) == (500, 500)
    assert work.sync(SurveyCity("http://127.0.0.1:1", "token")).waiting == 500
    for copy in range(4):  # as they stand before anything was answered
        shutil.copy(tmp_path / "book", tmp_path / f"copy-{copy}")
    points = [one.point.model_dump() for one in work.kept()]
    assert Counter(one["outcome"] for one in sync(collector, points[:300])) == {"new": 300}
    assert Counter(one["outcome"] for one in sync(collector, points[200:])) == {"same": 100, "new": 200}

    events, city = town.sql("SELECT count(*) FROM event"), SurveyCity(town.url, token_of(collector))
    done = work.sync(city)
    assert (done.sent, done.waiting, done.refused, done.lost) == (500, 0, 0, "")
    for copy in range(4):
        assert surveying(tmp_path / f"copy-{copy}").sync(city).waiting == 0
    assert {one["outcome"] for one in sync(collector, [points[0], points[0]])} == {"same"}
    assert town.sql("SELECT count(*) FROM event") == events  # what is known leaves no trace
    assert town.sql('SELECT count(*), count(DISTINCT "case"), count(DISTINCT written) FROM doorplate_survey') == [
        (500, 500, 500)
    ]
    assert town.sql("SELECT count(*) FROM case_file WHERE matter = 'doorplate_survey'") == [(500,)]
    assert town.sql("SELECT DISTINCT flags FROM doorplate_survey") == [("",)]

    wrong = points[7]["point"]
    ok(reviewer.post(f"/api/doorplate-survey/{wrong}/reject", json={"reason": "看不清，请重拍"}))
    assert work.sync(city).returned == 1
    assert [one.reason for one in work.kept() if one.standing == "returned"] == ["看不清，请重拍"]
    work.correct(wrong, {"written": "荷花中路8-1号"})
    assert (work.sync(city).returned, work.sync(city).waiting) == (0, 0)
    assert town.sql('SELECT revision, state FROM doorplate_survey WHERE "case" = :wrong', wrong=wrong) == [
        (2, "collected")
    ]
    assert unchanged(town)


@pytest.mark.commitment("C21")
def test_a_point_outside_the_village_that_it_claims_is_flagged_and_not_approved_unseen(town: Town) -> None:
    collector, reviewer = town.as_("collector", COLLECTOR), town.as_("reviewer")
    village(reviewer)
    answers = sync(collector, [
        point(0), point(1, lon=WEST - 0.001), point(2, area=NEXT), point(3, lon=WEST), point(4, area="330802013299"),
        point(5, satellites=3), point(6, fix="manual"), point(7, taken_at_ms=town.now_ms + 600_000),
        point(8, written="柯城区石梁镇荷花路9号"),
    ])  # fmt: skip
    assert [one["flags"] for one in answers] == [
        [], ["outside_village"], ["outside_village"], [], ["village_unknown"], ["weak_fix"], ["manual_fix"],
        ["clock_ahead"], ["unreadable"],
    ]  # fmt: skip
    path = f"/api/doorplate-survey/{answers[1]['point']}/approve"
    refused(reviewer.post(path, json={}), 409, "outside_village")
    ok(reviewer.post(path, json={"form": {"seen": ["outside_village"], "opinion": "界线待修订"}}))

    # one that cannot be holds up no other, and each is told why
    hostile = '‘荷花’"路"𠮷野家;DROP TABLE--\'1号'
    answers = sync(collector, [
        point(100, written=hostile), point(101, lat=91), point(102, area="330803001201"), point(103, point="7"),
        point(104, written="x\x00y"), point(105, revision=0), {"point": None}, point(106, written="路" * 128),
        point(107, written="\u202e荷花路1号"),
    ])  # fmt: skip
    assert [one["outcome"] for one in answers] == ["new", *["refused"] * 6, "new", "new"]
    assert all(one["reason"] for one in answers if one["outcome"] == "refused")
    assert answers[8]["flags"] == ["unreadable"]
    assert (hostile,) in town.sql("SELECT written FROM doorplate_survey")
    refused(reviewer.post("/api/doorplates/sync", json={"points": [point(101)]}), 403, "collectors")
    refused(collector.post("/api/doorplates/sync", json={"points": [point(n) for n in range(101)]}), 422, "points")
    elsewhere = town.as_("reviewer", "330881")
    refused(elsewhere.post(f"/api/doorplate-survey/{point(100)['point']}/approve", json={}), 403, "not in 330881")
    assert elsewhere.get(f"/api/doorplates/{point(100)['point']}").status_code == 404
    assert unchanged(town)


@pytest.mark.commitment("C21")
def test_what_is_rejected_returns_to_its_collector_with_the_reason_and_comes_back_corrected(town: Town) -> None:
    collector, reviewer = town.as_("collector", COLLECTOR), town.as_("reviewer")
    other = town.as_("collector", COLLECTOR, number="collector-2")
    village(reviewer)
    sync(collector, [point(0), point(1)])
    wrong, right = point(0)["point"], point(1)["point"]
    refused(reviewer.post(f"/api/doorplate-survey/{wrong}/reject", json={}), 422, "reason")
    why = "门牌照片看不清，“号”前一位是 7 还是 1？"
    ok(reviewer.post(f"/api/doorplate-survey/{wrong}/reject", json={"reason": why}))

    told = ok(collector.post("/api/doorplates/sync", json={"points": [point(1)]}))
    assert told["returned"] == [{"point": wrong, "revision": 1, "reason": why}]
    assert ok(other.post("/api/doorplates/sync", json={"points": [point(9)]}))["returned"] == []
    assert sync(other, [point(0, revision=2)])[0]["outcome"] == "refused"
    assert sync(collector, [point(0, written="荷花中路7号")])[0]["outcome"] == "refused"  # the same revision
    again = point(0, revision=2, written="荷花中路7号")
    assert [sync(collector, [again])[0]["outcome"] for _ in range(3)] == ["corrected", "same", "same"]
    assert sync(collector, [point(0)])[0]["outcome"] == "same"  # an old batch arrives late
    assert town.sql('SELECT written, state, reason FROM doorplate_survey WHERE "case" = :wrong', wrong=wrong) == [
        ("荷花中路7号", "collected", "")
    ]
    history = ok(reviewer.get(f"/api/city-cases/{wrong}"))["steps"]
    assert [one["state"] for one in history] == ["collected", "returned", "collected"]
    all_steps(reviewer, [wrong, right], "approve")
    late = sync(collector, [point(0, revision=3)])[0]
    assert (late["outcome"], late["reason"]) == ("refused", "该点位已审核或已撤回，不能再改")
    assert unchanged(town)


@pytest.mark.commitment("C21")
def test_five_steps_lead_into_the_base_and_the_base_asks_its_questions(town: Town) -> None:
    collector, reviewer = town.as_("collector", COLLECTOR), town.as_("reviewer")
    village(reviewer)
    based(collector, reviewer, [point(0, written="荷花中路１号")])
    assert town.sql("SELECT address, status FROM address_std") == [(f"{HEAD}荷花中路1号", "current")]

    moved, renamed = point(1, written="荷花中路一号"), point(2, written="荷花中路８号")
    renamed |= {"lon": point(0)["lon"], "lat": point(0)["lat"]}
    room = {**point(3, written="荷花中路1号2单元502"), "lon": point(0)["lon"], "lat": point(0)["lat"]}
    sync(collector, [moved, renamed, room])
    questions = {one: ok(reviewer.get(f"/api/doorplates/{one}"))["questions"] for one in _ids([moved, renamed, room])}
    assert [[one["flag"] for one in of] for of in questions.values()] == [
        ["same_plate_elsewhere"], ["other_plate_here"], [],
    ]  # fmt: skip
    path = f"/api/doorplate-survey/{renamed['point']}"
    seen = {"seen": ["other_plate_here"], "revision": 2}
    refused(reviewer.post(f"{path}/approve", json={"form": seen}), 409, "look again")
    refused(reviewer.post(f"{path}/approve", json={}), 409, "other_plate_here")
    ok(reviewer.post(f"{path}/approve", json={"form": {"seen": ["other_plate_here"]}}))
    refused(reviewer.post(f"{path}/complete", json={"form": {"replaces": f"{HEAD}没有路1号"}}), 409, "replaces")
    ok(reviewer.post(f"{path}/complete", json={"form": {"replaces": f"{HEAD}荷花中路1号"}}))
    refused(reviewer.post(f"{path}/import", json={}), 409, "completed")
    refused(reviewer.post(f"{path}/standardise", json={"form": {"address": "荷花中路８号"}}), 409, f"{HEAD}荷花中路8号")
    ok(reviewer.post(f"{path}/standardise", json={"form": {"address": f"{HEAD}荷花中路8号"}}))
    ok(reviewer.post(f"{path}/import", json={}))
    assert town.sql("SELECT address, status FROM address_std ORDER BY address") == [
        (f"{HEAD}荷花中路1号", "former"), (f"{HEAD}荷花中路8号", "current"),
    ]  # fmt: skip
    versions = ok(reviewer.get("/api/ledgers/address-std/versions", params={"key": f"{HEAD}荷花中路1号"}))
    assert len(versions) == 2

    first = point(20)  # two surveys of one plate: the one that was approved later wins, and both are kept
    second = {**point(21, written="荷花中路21号"), "lon": first["lon"], "lat": first["lat"] + 1e-5}
    sync(collector, [first, second])
    for one in (first, second):
        all_steps(reviewer, [one["point"]], "approve")
        town.now_ms += 1000
    all_steps(reviewer, _ids([second, first]), "complete", "standardise", "import")  # the later one before
    base = "SELECT survey FROM address_std WHERE address = :address"
    assert town.sql(base, address=f"{HEAD}荷花中路21号") == [(second["point"],)]
    assert town.sql("SELECT count(*) FROM doorplate_survey WHERE state = 'imported'") == [(4,)]
    assert unchanged(town)


@pytest.mark.commitment("C21")
def test_an_export_that_is_imported_is_exported_the_same_to_the_byte(town: Town, town_records: Engine) -> None:
    collector, reviewer = town.as_("collector", COLLECTOR), town.as_("reviewer")
    village(reviewer)
    names = [
        "荷花中路1号", "=HYPERLINK(1)2号", "'单引号路3号", "“双,引号\"路4号", "𠮷野路5号3幢2单元502室", "+路6号",
        "-7号路7号", "@路8号",
    ]  # fmt: skip
    based(collector, reviewer, [point(n, written=name) for n, name in enumerate(names)])
    files = {ending: exported(reviewer, ending) for ending in ("csv", "geojson")}
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"), newline="")))
    assert len(rows) == len(names) + 1
    assert [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell] == []
    features = json.loads(files["geojson"])["features"]
    assert [round(degrees, 1) for degrees in features[0]["geometry"]["coordinates"]] == [118.8, 28.9]
    for ending, file in files.items():
        path = f"/api/doorplates/import.{ending}"
        assert ok(reviewer.post(path, content=file)) == {"rows": len(names), "changed": 0}
        refused(collector.post(path, content=file), 403, "address_std")
        refused(town.as_("reviewer", "330881").post(path, content=file), 403, "not in 330881")
    assert unchanged(town)

    for ending, file in files.items():
        empty(town_records)  # another city's system, which has nothing yet
        path, there = f"/api/doorplates/import.{ending}", town.as_("reviewer", number=f"reviewer-of-{ending}")
        assert ok(there.post(path, content=file)) == {"rows": len(names), "changed": len(names)}
        assert {other: exported(there, other) for other in files} == files
        broken = file.replace("1号".encode(), "１号".encode(), 1)
        refused(there.post(path, content=broken), 422, "row")
        refused(there.post(path, content=b"\xff\xfe"), 422, "UTF-8")
        assert town.sql("SELECT count(*) FROM ledger_entry") == [(len(names),)]
    assert unchanged(town)


@pytest.mark.commitment("C22")
def test_accuracy_is_told_with_the_sample_and_the_sample_can_be_drawn_again(town: Town) -> None:
    collector, reviewer = town.as_("collector", COLLECTOR), town.as_("reviewer")
    village(reviewer)
    points = [point(n) for n in range(24)]
    based(collector, reviewer, points)
    opening = {"form": {"area": VILLAGE, "size": 10, "seed": "体彩2026125期 3 5 8"}}
    refused(reviewer.post("/api/address-sample", json={"form": {**opening["form"], "size": 25}}), 409, "24 addresses")
    refused(town.as_("reviewer", "330881").post("/api/address-sample", json=opening), 403, "not in 330881")
    case = ok(reviewer.post("/api/address-sample", json=opening), 201)["case"]
    sample = ok(reviewer.get(f"/api/address-samples/{case}"))

    whole = sorted(one[0] for one in town.sql("SELECT address FROM address_std"))
    lots = sorted((sha256(f"体彩2026125期 3 5 8\n{one}".encode()).hexdigest(), one) for one in whole)
    assert [one["address"] for one in sample["items"]] == [one for _, one in lots[:10]]
    assert sample["population_sha256"] == sha256("".join(f"{one}\n" for one in whole).encode()).hexdigest()
    assert (sample["population"], sample["size"]) == (24, 10)
    panel = "/api/figures/address-accuracy"
    assert _shown(ok(reviewer.get(panel))) == [(10, 0, None, None, None)]

    second = town.as_("inspector", COLLECTOR)
    path = f"/api/address-sample/{case}"
    there = [
        {"address": one["address"], "found": True, "written": one["address"], "lon": one["lon"], "lat": one["lat"]}
        for one in sample["items"]
    ]
    there[1] |= {"written": "荷花中路一千号"}
    there[2] |= {"lat": there[2]["lat"] + 0.001}
    there[3] = {"address": there[3]["address"], "found": False}
    there[4] |= {"written": there[4]["address"].removeprefix(HEAD), "lat": there[4]["lat"] + 0.0001}  # 11 m is near
    refused(collector.post(f"{path}/resurvey", json={"form": there[0]}), 403, "collected themselves")
    other = {**there[0], "address": "别处1号"}
    refused(second.post(f"{path}/resurvey", json={"form": other}), 409, "not in the sample")
    refused(second.post(f"{path}/resurvey", json={"form": {"address": "别处1号", "found": True}}), 422, "written")
    for one in there[:9]:
        ok(second.post(f"{path}/resurvey", json={"form": one}))
    refused(second.post(f"{path}/resurvey", json={"form": there[0]}), 409, "it was visited")
    refused(reviewer.post(f"{path}/close", json={}), 409, "1 addresses")
    ok(second.post(f"{path}/resurvey", json={"form": there[9]}))
    ok(reviewer.post(f"{path}/close", json={}))
    assert _shown(ok(reviewer.get(panel, params={"area": "330802"}))) == [(10, 10, 0.7, 0.3968, 0.8922)]
    assert wilson(7, 10) == pytest.approx((0.3968, 0.8922), abs=1e-4)
    outcomes = town.sql("SELECT outcome, count(*) FROM address_sample_item GROUP BY outcome ORDER BY outcome")
    assert outcomes == [("elsewhere", 1), ("gone", 1), ("other_text", 1), ("right", 7)]
    assert unchanged(town)


@pytest.mark.commitment("C20")
def test_a_finding_has_picture_place_last_day_and_a_re_check_and_goes_where_its_point_lies(town: Town) -> None:
    inspector, reviewer = town.as_("inspector"), town.as_("reviewer")
    owner = {"owner": "330802-LSCY", "name": "绿色产业集聚区", "ring": square(118.9, 28.9, 118.95, 29.0)}
    ok(reviewer.put("/api/ledgers/jurisdiction", json={"row": owner}))
    form = finding()
    for lacking in ("photo", "lon", "lat", "deadline"):
        refused(inspector.post("/api/enforcement-case", json={"form": {**form, lacking: None}}), 422, lacking)
    refused(inspector.post("/api/enforcement-case", json={"form": {**form, "deadline": "2026-09-20"}}), 409, "deadline")
    refused(inspector.post("/api/enforcement-case", json={"form": {**form, "area": "330803"}}), 403, "330803")
    case = ok(inspector.post("/api/enforcement-case", json={"form": form}), 201)["case"]
    assert ok(reviewer.get(f"/api/city-cases/{case}"))["owner"] == "330802-LSCY"
    path = f"/api/enforcement-case/{case}"
    ok(inspector.post(f"{path}/tell", json={"form": {"recipient": "欧景城物业"}}))
    job = enforcement.Lapsing(town.city.log, town.city.casework)
    town.now_ms = ms_of_shanghai_midnight(2026, 10, 1) - 1
    assert job.step() == 0  # its last day is not over
    town.now_ms += 1
    assert [job.step(), job.step()] == [1, 0]
    responsible = town.as_("department", "330802", "330802-LSCY")
    row = ok(responsible.get("/api/place-names/findings"))[0]
    assert (row["state"], row["days_late"], row["photo"], row["deadline"]) == ("overdue", 1, "a" * 64, "2026-09-30")
    stranger = town.as_("department", "330802", "交通运输")
    assert ok(stranger.get("/api/place-names/findings")) == []
    refused(stranger.post(f"{path}/correct", json={"form": {"photo": "b" * 64}}), 403, "belongs to")
    refused(responsible.post(f"{path}/correct", json={"form": {"photo": "a" * 64}}), 409, "photo")
    refused(inspector.post(f"{path}/close", json={}), 409, "overdue")
    ok(responsible.post(f"{path}/correct", json={"form": {"photo": "b" * 64}}))
    check = {"photo": "c" * 64, "lon": form["lon"], "lat": form["lat"]}
    again = {"reason": "仍有一处未改", "form": {**check, "deadline": "2026-10-20"}}
    ok(inspector.post(f"{path}/fail", json=again))
    assert job.step() == 0
    ok(responsible.post(f"{path}/correct", json={"form": {"photo": "d" * 64}}))
    refused(inspector.post(f"{path}/pass", json={"form": check}), 409, "shown before")
    refused(inspector.post(f"{path}/pass", json={"form": {**check, "photo": "e" * 64, "lat": 28.96}}), 409, "from the")
    ok(inspector.post(f"{path}/pass", json={"form": {**check, "photo": "e" * 64}}))
    ok(inspector.post(f"{path}/close", json={}))
    row = ok(inspector.get("/api/place-names/findings", params={"state": "closed"}))[0]
    assert (row["rechecks"], row["rechecked_photo"], row["was_late"], row["days_late"]) == (2, "e" * 64, True, 0)
    refused(town.as_("inspector", "330881").post(f"{path}/tell", json={"form": {"recipient": "x"}}), 409, "closed")
    assert unchanged(town)


def exported(staff: httpx.Client, ending: str) -> bytes:
    answer = staff.get(f"/api/doorplates/export.{ending}")
    assert answer.status_code == 200
    return answer.content


def finding(**other: object) -> dict[str, object]:
    return {
        "violation": "not_approved", "sign": "“欧景城”二期𠮷‮", "area": "330802013", "lon": 118.92, "lat": 28.95,
        "photo": "a" * 64, "deadline": "2026-09-30", **other,
    }  # fmt: skip


def ms_of_shanghai_midnight(year: int, month: int, day: int) -> int:
    return round(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000) - DAY_MS // 3


def _ids(points: list[dict[str, object]]) -> list[str]:
    return [str(one["point"]) for one in points]


def _shown(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in ("size", "checked", "accuracy", "low", "high")) for row in rows]
