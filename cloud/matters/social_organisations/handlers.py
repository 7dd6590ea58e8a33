"""What events do to the register."""

import json
from typing import Any

from sqlalchemy import update

from cloud.adapters.sql_database import upsert
from cloud.domain.deadline import day_of
from cloud.domain.happened import Happened
from cloud.domain.validity import LONG_TERM, last_day
from cloud.matters.social_organisations import objections, workflow
from cloud.matters.social_organisations.records import ANNUAL, CREDIT, LICENCE, normal, org_record, organisation
from cloud.matters.social_organisations.registers import (
    ORGANISATION,
    AnnualCheck,
    CreditEvent,
    LicenceOrPenalty,
    OfOrganisation,
    Organisation,
)
from cloud.ports import Books
from contract.events.city import CITY, CaseOpened, CaseStepped, LedgerEntered

_RECORDS: dict[str, type[OfOrganisation]] = {ANNUAL: AnnualCheck, CREDIT: CreditEvent, LICENCE: LicenceOrPenalty}


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case LedgerEntered(ledger=ledger, row=row) if ledger == ORGANISATION:
            _register(books, Organisation.model_validate(row), happened.at_ms)
        case LedgerEntered(ledger=ledger, key=key, row=row) if ledger in _RECORDS:
            _record(books, ledger, key, _RECORDS[ledger].model_validate(row), happened.at_ms)
        case CaseOpened(kind=kind, case=case, form=form) if kind == objections.KIND:
            _objected(books, form, case, "open", happened.at_ms)
        case CaseStepped(kind=kind, case=case, state=state) if kind == objections.KIND:
            if state in objections.WORKFLOW.final:
                now = books.case_now(case)
                assert now is not None
                _objected(books, dict(now.form or {}), case, "" if state == "withdrawn" else state, happened.at_ms)
        case CaseStepped(kind=kind, case=case, step=step) if kind == workflow.KIND:
            if step == workflow.AT_WINDOW:  # with a pen, so they came
                books.add_trip(CITY, case, day_of(happened.at_ms).isoformat())


def _register(books: Books, row: Organisation, at_ms: int) -> None:
    about = row.model_dump(include={"code", "name", "kind", "county", "state"})
    upsert(books.db, organisation, [{**about, "normal": normal(row.name), "row": _json(row), "at_ms": at_ms}])


def _record(books: Books, ledger: str, key: str, row: OfOrganisation, at_ms: int) -> None:
    last = last_day(getattr(row, "valid_until", LONG_TERM))
    r = org_record.c
    known = {
        "code": row.code, "valid_until": last.isoformat() if last else None, "row": _json(row),
        "at_ms": at_ms,
    }  # fmt: skip
    if books.db.execute(update(org_record).where(r.ledger == ledger, r.key == key).values(**known)).rowcount == 0:
        new = {"ledger": ledger, "key": key, "objection": "", "objection_state": "", **known}
        upsert(books.db, org_record, [new])


def _objected(books: Books, form: dict[str, Any], case: str, state: str, at_ms: int) -> None:
    r = org_record.c
    which = r.ledger == form.get("ledger", CREDIT), r.key == form["entry"]
    books.db.execute(update(org_record).where(*which).values(objection=case, objection_state=state, at_ms=at_ms))


def _json(row: OfOrganisation) -> str:
    return json.dumps(row.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
