"""What events do to the tables of marriage records."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import delete, insert, update

from cloud.adapters.sql_database import insert_once, upsert
from cloud.domain.happened import Happened
from cloud.matters.marriage import records
from cloud.matters.marriage.entered import plain_certificate
from cloud.matters.marriage.findings import RULES
from cloud.matters.marriage.records import comparison_field, marriage_record, marriage_ruling, screening_result
from cloud.ports import Books
from contract.events.city import LedgerEntered
from contract.events.types import SignatureCaptured
from contract.events.visits import DocumentSigned

_m, _r, _d = marriage_record.c, screening_result.c, comparison_field.c
_DONE = frozenset({"passed", "waived"})
Outcome = Literal["passed", "failed", "waived"]


def handle(books: Books, happened: Happened) -> None:
    data, at_ms = happened.data, happened.at_ms
    match data:
        case LedgerEntered(ledger=records.RECORD):
            _record(books, data, at_ms)
        case LedgerEntered(ledger=records.SCREENING, row=row):
            _screened(books, row, at_ms)
        case LedgerEntered(ledger=records.COMPARISON, row=row):
            _compared(books, row, data.by, at_ms)
        case LedgerEntered(ledger=records.WAIVER, row=row):
            _outcome(books, row, "waived", at_ms)
        case LedgerEntered(ledger=records.SHARED, key=key, row=row):
            same = _m.key == key, _m.version == row["version"]
            books.db.execute(update(marriage_record).where(*same).values(sealed_version=row["version"]))
        case LedgerEntered(ledger=records.RULING, key=key, row=row):
            _ruled(books, key, row)
        case DocumentSigned(case=case, how=how) if data.how != "spoken_with_witness":
            _signed(books, happened, case, how)
        case SignatureCaptured():
            _signed(books, happened, "", "pad")


def _record(books: Books, told: LedgerEntered, at_ms: int) -> None:
    """A new version is screened anew, whatever was found of the one before."""
    row, of = told.row, told.key
    is_void = bool(row.get("void"))
    books.db.execute(delete(screening_result).where(_r.record == of))
    books.db.execute(delete(comparison_field).where(_d.record == of))
    before = records.record(books.db, of)
    status = "void" if is_void else row.get("status", "valid")
    stands: dict[str, Any] = {
        "key": of, "version": told.version, "county": row["county"], "kind": row["kind"],
        "certificate": plain_certificate(row["certificate"])[:64], "registered": row["registered"], "status": status,
        "husband": row["husband"], "wife": row["wife"], "batch": row.get("batch", ""), "case": row.get("case", ""),
        "entered_by": told.by, "stage_1": "", "stage_2": "", "stage_3": "",
        "state": "void" if is_void else "screening",
        "sealed_version": before["sealed_version"] if before else 0, "at_ms": at_ms,
    }  # fmt: skip
    upsert(books.db, marriage_record, [stands])


def _screened(books: Books, row: dict[str, Any], at_ms: int) -> None:
    found = [
        (one["rule"], one.get("about", ""), one["severity"], one["owner_level"]) for one in row.get("findings", ())
    ]
    if _outcome(books, row, "failed" if found else "passed", at_ms):
        _write(books, row, row["stage"], found, at_ms)


def _compared(books: Books, row: dict[str, Any], by: str, at_ms: int) -> None:
    wrong = sorted(name for name, result in row["fields"].items() if result != "agrees")
    told = {"stage": 3, **row}
    if not _outcome(books, told, "failed" if wrong else "passed", at_ms):
        return
    _stage, severity, owner = RULES["differs_from_archive"]
    _write(books, told, 3, [("differs_from_archive", name, severity, owner) for name in wrong], at_ms)
    books.db.execute(delete(comparison_field).where(_d.record == row["record"]))
    county = row["record"].partition("/")[0]
    books.db.execute(insert(comparison_field), [
        {"record": row["record"], "field": name, "county": county, "result": result, "archive": row["archive"],
         "by": by, "at_ms": at_ms}
        for name, result in sorted(row["fields"].items())
    ])  # fmt: skip


def _write(books: Books, row: dict[str, Any], stage: int, found: list[tuple[str, str, str, str]], at_ms: int) -> None:
    key = row["record"]
    books.db.execute(delete(screening_result).where(_r.record == key, _r.stage == stage))
    if found:
        books.db.execute(insert(screening_result), [
            {"record": key, "stage": stage, "rule": rule, "about": about, "severity": severity,
             "owner_level": owner_level, "county": key.partition("/")[0], "version": row["version"], "at_ms": at_ms}
            for rule, about, severity, owner_level in found
        ])  # fmt: skip


def _outcome(books: Books, row: dict[str, Any], outcome: Outcome, at_ms: int) -> bool:
    """False where it is about a version that no longer stands. `verified`: all three stages passed or waived."""
    now = records.record(books.db, row["record"])
    if now is None or now["version"] != row["version"] or now["state"] == "void":
        return False
    stages = {**{name: now[name] for name in ("stage_1", "stage_2", "stage_3")}, f"stage_{row['stage']}": outcome}
    told = set(stages.values())
    state = "failed" if "failed" in told else "verified" if told <= _DONE else "screening"
    stands = update(marriage_record).where(_m.key == row["record"])
    books.db.execute(stands.values(**stages, state=state, at_ms=at_ms))
    return True


def _ruled(books: Books, ruling: str, row: dict[str, Any]) -> None:
    books.db.execute(delete(marriage_ruling).where(marriage_ruling.c.ruling == ruling))
    if not row.get("void"):
        for token, other in sorted({(row["husband"], row["wife"]), (row["wife"], row["husband"])}):
            insert_once(books.db, marriage_ruling, {
                "ruling": ruling, "token": token, "other": other, "effect": row["effect"],
                "day": date.fromisoformat(row["day"]),
            })  # fmt: skip


def _signed(books: Books, happened: Happened, case: str, how: str) -> None:
    data = happened.data
    assert isinstance(data, DocumentSigned | SignatureCaptured)
    insert_once(books.db, records.pad_signature, {
        "event": happened.event, "facility": happened.facility, "case": case, "document_sha256": data.document_sha256,
        "sha256": data.sha256, "how": how, "drill": bool(data.drill), "at_ms": happened.at_ms,
    })  # fmt: skip
