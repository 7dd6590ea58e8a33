"""Marriage records: screened in three stages, sealed when verified, served with a seal that holds or not at all."""

import csv
import io
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from cloud.matters.marriage.record_forms import KEY_FIELDS
from cloud.matters.marriage.screening import Screenings
from cloud.matters.marriage.sealing import Sealing, Verification
from cloud.services.ledgers import signed_text
from contract.events.visits import DocumentSigned
from tests.acceptance.conftest import Town
from tests.acceptance.marriage_register import COUNTIES, SPOILS, Register, clean
from tests.acceptance.people import ok, refused
from tests.unit.cloud.facility import Facility
from tests.unit.cloud.office import Office

BASIS = "婚姻登记条例"
FIELDS = ["certificate", "status", "version", "seal"]


def screen(town: Town) -> int:
    """A night: round after round, until one finds nothing new."""
    job, written = Screenings(town.city.log, town.city.ledgers, town.city.opener), 0
    for _ in range(20):
        if not (found := job.step()):
            break
        written += found
    assert job.step() == 0
    return written


def seal(town: Town) -> int:
    return Sealing(town.city.log, town.city.ledgers, town.city.opener).step()


def verify(town: Town) -> int:
    return Verification(town.city.log, town.city.casework, town.city.is_signed).step()


def take(town: Town, rows: list[dict[str, Any]], batch: str = "b1") -> dict[str, Any]:
    """Each county's clerk brings what is theirs."""
    told: Counter[str] = Counter()
    wrong = []
    for county in dict.fromkeys(row["county"] for row in rows):
        theirs = [row for row in rows if row["county"] == county]
        answer = ok(town.as_("clerk", county).post(f"/api/marriage-records/import?batch={batch}", json=theirs))
        told.update({name: answer[name] for name in ("taken", "unchanged", "findings")})
        wrong += answer["wrong"]
    return {**told, "wrong": wrong}


def compare(client: httpx.Client, key: str, version: int = 1, **differ: str) -> httpx.Response:
    fields = {**dict.fromkeys(KEY_FIELDS, "agrees"), **differ}
    row = {"record": key, "version": version, "archive": "a-1", "fields": fields}
    return client.put("/api/ledgers/marriage-comparison", json={"row": row})


def waive(client: httpx.Client, key: str, stage: int, version: int = 1, **other: Any) -> httpx.Response:
    row = {
        "record": key,
        "version": version,
        "stage": stage,
        "reason": "原始档案已核对无误",
        "name": "测试审批员",
        **other,
    }
    return client.put("/api/ledgers/marriage-waiver", json={"row": row})


def one(client: httpx.Client, key: str) -> dict[str, Any]:
    told: dict[str, Any] = ok(client.get(f"/api/marriage-records/{key}"))
    return told


def is_rebuilt(town: Town) -> None:
    assert [one.table for one in town.rebuilt().tables if one.before != one.after] == []


def verified(town: Town, register: Register, county: str = "330802") -> tuple[str, dict[str, Any]]:
    """A record that went through all three stages, and its row."""
    row = register.couple(county)
    key = register.add(row)
    take(town, [row])
    register.tell(town)
    screen(town)
    ok(compare(town.as_("registrar", county), key))
    assert seal(town) == 1
    return key, row


def shared(town: Town, **asked: Any) -> httpx.Response:
    body = {"fields": FIELDS, "purpose": "核验婚姻状况", "basis": BASIS, **asked}
    return town.as_("department", "330800", "公安").post("/api/share/marriage_record", json=body)


def share_it(town: Town) -> None:
    row = {"dataset": "marriage_record", "fields": FIELDS, "attribute": "unconditional", "basis": BASIS}
    ok(town.as_("manager", "330800").put("/api/ledgers/share-catalog", json={"row": row}))


def alerts(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(town.as_("manager", "330800").get("/api/city-cases?kind=marriage_seal_alert"))[
        "cases"
    ]
    return found


@pytest.mark.commitment("C11")
def test_each_of_twelve_kinds_of_defect_is_found_and_no_clean_row_is_flagged(town: Town) -> None:
    register = Register()
    for n, spoil in enumerate(SPOILS * 2):
        spoil(register, COUNTIES[n % 5])  # in two counties each
    for county in COUNTIES:
        clean(register, county)
    assert len({rule for _stage, rule in register.defects.values()}) == 12
    told = take(town, register.rows)
    assert (told["taken"], told["wrong"]) == (len(register.rows), [])
    assert take(town, register.rows, "again")["unchanged"] == len(register.rows)
    register.tell(town)
    screen(town)

    found = {(key, stage, rule) for key, stage, rule in town.sql("SELECT record, stage, rule FROM screening_result")}
    wanted = {(key, *defect) for key, defect in register.defects.items()}
    assert wanted - found == set()
    everything = {f"{row['county']}/{row['record']}" for row in register.rows}
    flagged = {key for key, stage, _rule in found if stage == 1}
    without = everything - {key for key, (stage, _rule) in register.defects.items() if stage == 1}
    assert flagged & without == set()
    assert {key for key, stage, _rule in found if stage == 2} & (everything - set(register.defects)) == set()

    independent = Counter((key.partition("/")[0], stage, rule) for key, stage, rule in found)
    figures = ok(town.as_("manager", "330800").get("/api/figures/marriage-findings"))
    assert {(row["county"], row["stage"], row["rule"]): row["records"] for row in figures} == independent
    mine = ok(town.as_("reviewer", "330803").get("/api/marriage-findings?limit=1000"))
    assert {row["county"] for row in mine} == {"330803"}
    assert {row["owner_level"] for row in mine} == {"county", "city"}
    refused(town.as_("reviewer", "330803").get("/api/marriage-findings?county=330802"), 403, "not in 330803")
    is_rebuilt(town)


@pytest.mark.commitment("C11")
def test_a_record_is_verified_only_with_each_stage_passed_or_waived_with_reason_and_name(town: Town) -> None:
    register = Register()
    SPOILS[5](register, "330802")
    key = register.add(register.couple("330802"))
    under_age = next(iter(register.defects))
    take(town, register.rows)
    clerk, registrar, reviewer, city = (
        town.as_("clerk"), town.as_("registrar"), town.as_("reviewer"), town.as_("reviewer", "330800"),
    )  # fmt: skip
    refused(compare(town.as_("registrar", "330803"), key), 403, "not in 330803")
    refused(compare(clerk, key), 409, "somebody else compares")
    refused(compare(registrar, key, 2), 409, "changed since")
    refused(compare(registrar, "330802/none"), 409, "no record")
    ok(compare(registrar, key))
    refused(waive(reviewer, key, 2), 409, "not been screened")
    screen(town)
    assert one(reviewer, key)["state"] == "screening"  # the sources have not told yet
    register.tell(town)
    screen(town)
    assert one(reviewer, key)["state"] == "verified"

    ok(compare(registrar, under_age))
    assert one(reviewer, under_age)["state"] == "failed"
    refused(waive(reviewer, under_age, 1), 403, "the city's to judge")
    refused(waive(clerk, under_age, 1), 403, "not by a clerk")
    refused(waive(city, under_age, 2), 409, "is passed")
    for missing in ({"reason": ""}, {"name": ""}):
        assert waive(city, under_age, 1, **missing).status_code == 422
    assert one(reviewer, under_age)["state"] == "failed"
    ok(waive(city, under_age, 1))
    told = one(reviewer, under_age)
    assert (told["state"], told["stage_1"]) == ("verified", "waived")
    assert [(one["stage"], one["name"], one["by"]) for one in told["waivers"]] == [
        (1, "测试审批员", "reviewer-330800-民政")
    ]
    assert screen(town) == 0  # what was waived stays so for as long as nothing else is found
    is_rebuilt(town)


@pytest.mark.commitment("C11")
def test_what_becomes_known_later_is_found_in_the_next_round(town: Town) -> None:
    register = Register()
    key, row = verified(town, register)
    share_it(town)
    assert len(ok(shared(town, person=row["husband_number"]))["rows"]) == 1
    twin = {**register.couple("330803"), "certificate": row["certificate"]}
    take(town, [twin])
    screen(town)
    found = one(town.as_("reviewer"), key)
    assert [(one["rule"], one["owner_level"]) for one in found["findings"]] == [("duplicate_certificate", "city")]
    assert found["state"] == "failed"
    assert ok(shared(town, person=row["husband_number"]))["rows"] == []  # until it is clear which of them is right
    is_rebuilt(town)


@pytest.mark.commitment("C12")
def test_one_changed_byte_of_a_sealed_record_is_found_alerted_and_never_served(town: Town) -> None:
    register = Register()
    key, row = verified(town, register)
    share_it(town)
    (given,) = ok(shared(town, key=row["certificate"]))["rows"]
    version, text, sealed, seal_ = town.sql(
        "SELECT version, row, sealed, seal FROM ledger_entry WHERE ledger = 'marriage_shared' AND key = :key", key=key
    )[0]
    assert town.keys.is_signed(signed_text("marriage_shared", key, version, json.loads(text), sealed), seal_)
    assert given["seal"] == seal_
    assert row["husband_name"] not in text
    assert verify(town) == 0
    assert alerts(town) == []

    raised = 0
    for column, value in (("row", text), ("sealed", sealed), ("seal", seal_)):
        middle = len(value) // 2
        changed = value[:middle] + ("0" if value[middle] != "0" else "1") + value[middle + 1 :]
        with town.engine.begin() as db:
            db.exec_driver_sql(
                f"UPDATE ledger_entry SET {column} = %s WHERE ledger = 'marriage_shared' AND key = %s", (changed, key)
            )
        assert verify(town) == 1, column
        assert verify(town) == 1
        raised += 1
        assert [one["state"] for one in alerts(town)].count("raised") == 1
        assert ok(shared(town, person=row["wife_number"]))["rows"] == []
        assert [one["whole"] for one in one(town.as_("reviewer"), key)["sealed"]] == [False]
        case = next(one["case"] for one in alerts(town) if one["state"] == "raised")
        refused(town.as_("manager").post(f"/api/marriage-seal-alert/{case}/settle", json={"form": {}}), 422, "cause")
        form = {"form": {"cause": "数据库被直接改动，已恢复"}}
        refused(town.as_("manager").post(f"/api/marriage-seal-alert/{case}/settle", json=form), 403, "city level")
        ok(town.as_("manager", "330800").post(f"/api/marriage-seal-alert/{case}/settle", json=form))
        with town.engine.begin() as db:
            db.exec_driver_sql(
                f"UPDATE ledger_entry SET {column} = %s WHERE ledger = 'marriage_shared' AND key = %s", (value, key)
            )
        assert verify(town) == 0
    assert len(alerts(town)) == raised
    assert len(ok(shared(town, person=row["wife_number"]))["rows"]) == 1
    is_rebuilt(town)


@pytest.mark.commitment("C12")
def test_serving_a_broken_record_raises_the_alert_by_itself(town: Town) -> None:
    key, row = verified(town, Register())
    share_it(town)
    with town.engine.begin() as db:
        db.exec_driver_sql(
            "UPDATE ledger_entry SET row = replace(row, '测试婚姻登记处', '测试婚姻登记所') "
            "WHERE ledger = 'marriage_shared' AND key = %s", (key,)
        )  # fmt: skip
    assert ok(shared(town, person=row["husband_number"]))["rows"] == []
    (alert,) = alerts(town)
    assert (alert["form"]["record"], alert["area"], alert["state"]) == (key, "330802", "raised")


@pytest.mark.commitment("C12")
def test_a_record_that_is_not_signed_is_never_served(town: Town) -> None:
    register = Register()
    row = register.couple("330802")
    key = register.add(row)
    share_it(town)
    take(town, [row])
    police = town.as_("department", "330800", "公安")
    assert ok(shared(town, key=row["certificate"]))["rows"] == []
    with town.engine.begin() as db:  # whoever writes it into the database has no key
        db.exec_driver_sql("UPDATE marriage_record SET state = 'verified', sealed_version = 1")
        db.exec_driver_sql(
            "INSERT INTO ledger_entry SELECT 'marriage_shared', key, version, current, row, sealed, by, unit, reason, "
            "at_ms, '' FROM ledger_entry WHERE ledger = 'marriage_record'"
        )
    assert ok(shared(town, key=row["certificate"]))["rows"] == []
    assert [one["form"]["record"] for one in alerts(town)] == [key]
    for path in ("ledgers/marriage-record", "ledgers/marriage-shared", "ledgers/population-person"):
        assert police.get(f"/api/{path}").status_code in (404, 405)
    for path in ("marriage-records", f"marriage-records/{key}", "marriage-findings", "figures/marriage-states"):
        assert police.get(f"/api/{path}").status_code == 403
    assert town.as_("manager").put("/api/ledgers/marriage-shared", json={"row": {**row, "version": 1, "stages": [
        "passed", "passed", "passed",
    ]}}).status_code == 403  # fmt: skip


@pytest.mark.commitment("C12")
def test_what_the_two_signed_on_the_pad_stands_with_their_record(town: Town) -> None:
    """The strokes stay on the box; their hash and the document's are in its event."""
    register, office, hall = Register(), Office(town.engine), Facility()
    case = "0190a0b0-0000-7000-8000-000000000001"
    signed = DocumentSigned(
        case=case, place="window-1", document="marriage.statement", document_sha256="d" * 64, sha256="5" * 64, how="pad"
    )
    office.take(hall.event(signed))
    mine, other = register.couple("330802", case=case), register.couple("330802")
    take(town, [mine, other])
    (told,) = one(town.as_("registrar"), f"330802/{mine['record']}")["signatures"]
    assert (told["case"], told["document_sha256"], told["sha256"], told["how"]) == (case, "d" * 64, "5" * 64, "pad")
    assert one(town.as_("registrar"), f"330802/{other['record']}")["signatures"] == []
    is_rebuilt(town)


@pytest.mark.commitment("C13")
def test_a_change_after_sealing_is_a_new_version_and_the_old_one_stands(town: Town) -> None:
    register = Register()
    key, row = verified(town, register)
    share_it(town)
    clerk, registrar = town.as_("clerk"), town.as_("registrar")
    put = {"row": {**row, "office": "测试新婚姻登记处"}, "reason": "档案复核更正"}
    refused(town.as_("clerk", "330803").put("/api/ledgers/marriage-record", json=put), 403, "not in 330803")
    assert ok(clerk.put("/api/ledgers/marriage-record", json=put))["version"] == 2
    refused(clerk.put("/api/ledgers/marriage-record", json=put), 409, "stands there as it is")
    assert one(clerk, key)["state"] == "screening"
    assert ok(shared(town, key=row["certificate"]))["rows"] == []
    screen(town)
    ok(compare(registrar, key, 2))
    assert seal(town) == 1
    assert seal(town) == 0
    told = one(clerk, key)["sealed"]
    assert [(one["version"], one["whole"]) for one in told] == [(1, True), (2, True)]
    (given,) = ok(shared(town, key=row["certificate"]))["rows"]
    assert given["version"] == 2
    texts = [
        text for (text,) in town.sql("SELECT row FROM ledger_entry WHERE ledger = 'marriage_shared' ORDER BY version")
    ]
    assert ["测试婚姻登记处" in text for text in texts] == [True, False]
    is_rebuilt(town)


@pytest.mark.commitment("C13")
def test_the_agreement_rate_of_a_county_is_matching_by_compared_fields(town: Town) -> None:
    register = Register()
    keys = [register.add(register.couple(county)) for county in ("330802", "330802", "330803")]
    take(town, register.rows)
    ok(compare(town.as_("registrar"), keys[0]))
    ok(compare(town.as_("registrar"), keys[1], wife_name="differs", office="unreadable"))
    ok(compare(town.as_("registrar", "330803"), keys[2]))
    rows = ok(town.as_("manager", "330800").get("/api/figures/marriage-agreement"))
    assert {row["county"]: (row["matching"], row["compared"], row["rate"], row["reached"]) for row in rows} == {
        "330802": (20, 21, round(20 / 21, 6), False), "330803": (11, 11, 1.0, True),
    }  # fmt: skip
    assert [row["county"] for row in ok(town.as_("reviewer", "330803").get("/api/figures/marriage-agreement"))] == [
        "330803"
    ]
    found = one(town.as_("registrar"), keys[1])
    assert {(one["rule"], one["about"]) for one in found["findings"] if one["stage"] == 3} == {
        ("differs_from_archive", "wife_name"), ("differs_from_archive", "office"),
    }  # fmt: skip
    assert found["state"] == "failed"
    missing = {"record": keys[0], "version": 1, "archive": "a-1", "fields": {"kind": "agrees"}}
    refused(town.as_("registrar").put("/api/ledgers/marriage-comparison", json={"row": missing}), 422, "not compared")
    is_rebuilt(town)


def test_a_file_is_taken_row_by_row_and_says_what_cannot_be_a_row(town: Town) -> None:
    register = Register()
    rows = [register.couple("330802"), register.couple("330803"), {**register.couple("330802"), "kind": "engagement"}]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    clerk, path = town.as_("clerk"), "/api/marriage-records/import?batch=b-1&file=csv"
    told = ok(clerk.post(path, content=("\ufeff" + text.getvalue()).encode()))
    assert (told["taken"], [one["row"] for one in told["wrong"]]) == (1, [2, 3])
    assert rows[1]["husband_number"] not in str(told)
    assert ok(clerk.post(path, content=text.getvalue().encode()))["unchanged"] == 1
    refused(clerk.post(path, content=b"\xff\xfe["), 422, "not UTF-8")
    refused(clerk.post("/api/marriage-records/import?batch=b-1", content=b"[1]"), 422, "array of objects")
    refused(clerk.post("/api/marriage-records/import?batch=b-1", content=b"{"), 422, "no JSON")
    refused(
        town.as_("reviewer").post("/api/marriage-records/import?batch=b-1", content=b"[]"), 403, "not by a reviewer"
    )
    stranger = town.as_("department", "330800", "法院")
    row = {"name": "测试甲", "number": rows[0]["husband_number"]}
    refused(stranger.put("/api/ledgers/population-person", json={"row": row}), 403, "told by 公安")
    police = town.as_("department", "330800", "公安")
    wrong = row["number"][:17] + ("1" if row["number"][17] != "1" else "2")
    refused(
        police.put("/api/ledgers/population-person", json={"row": {**row, "number": wrong}}), 422, "check character"
    )
