"""Places are taken and given back; whom a burial or a reward is about."""

from typing import Any

from sqlalchemy import insert, update

from cloud.adapters.sql_database import add_up, insert_once
from cloud.domain.deadline import day_of
from cloud.domain.happened import Happened
from cloud.matters.burial import facilities
from cloud.matters.burial.records import burial_deceased, burial_facility, burial_use
from cloud.matters.burial.workflow import BURIAL, REWARD
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped, LedgerEntered

_CHANGES = {"bury": (1, -1), "release": (0, -1), "move_out": (-1, 0)}  # of (used, reserved)
_b, _u = burial_facility.c, burial_use.c


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case LedgerEntered(ledger=facilities.FACILITY, key=key, version=version, row=row):
            _enter(books, key, version, facilities.Facility.model_validate(row))
        case LedgerEntered(ledger=facilities.USE, row=row):
            _enter_year(books, facilities.YearOfUse.model_validate(row))
        case CaseOpened(kind=kind, case=case, form=form) if kind in (BURIAL, REWARD):
            facility = str(form.get("facility", ""))
            row = {"case": case, "matter": kind, "token": form["token"], "facility": facility}
            books.db.execute(insert(burial_deceased).values(**row))
            if facility:
                books.db.execute(update(burial_facility).where(_b.id == facility).values(reserved=_b.reserved + 1))
        case CaseStepped(kind=kind, step=step, case=case) if kind == BURIAL:
            now = books.case_now(case)
            assert now is not None
            facility = str((now.form or {})["facility"])
            used, reserved = _CHANGES[step]
            taken = {"used": _b.used + used, "reserved": _b.reserved + reserved}
            books.db.execute(update(burial_facility).where(_b.id == facility).values(taken))
            if step == "bury":
                year = {"facility": facility, "year": day_of(happened.at_ms).year, "before": 0, "recorded": 1}
                add_up(books.db, burial_use, year, "recorded")


def _enter(books: Books, key: str, version: int, row: facilities.Facility) -> None:
    """What is corrected in `used_before` is corrected in `used`; what was recorded since stays."""
    about: dict[str, Any] = {
        **row.model_dump(include={"kind", "name", "area", "lon", "lat", "capacity"}), "county": row.area[:6],
    }  # fmt: skip
    if insert_once(books.db, burial_facility, {"id": key, **about, "used": row.used_before, "reserved": 0}):
        return
    before = facilities.version_before(books.db, key, version)
    used = _b.used + row.used_before - before.used_before
    books.db.execute(update(burial_facility).where(_b.id == key).values(**about, used=used))


def _enter_year(books: Books, row: facilities.YearOfUse) -> None:
    new = {"facility": row.facility, "year": row.year, "before": row.used, "recorded": 0}
    if not insert_once(books.db, burial_use, new):
        of_year = update(burial_use).where(_u.facility == row.facility, _u.year == row.year)
        books.db.execute(of_year.values(before=row.used))
