"""Beds are counted from stays and bookings; the five kinds of care data stand in one table, by whom they are about."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from cloud.adapters.sql_database import insert_once, upsert
from cloud.domain.happened import Happened, IllegalStep
from cloud.matters.elder_care import beds, facts, homes, reviews
from cloud.matters.elder_care import care_records as records
from cloud.matters.elder_care.records import care_review
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped, LedgerEntered
from contract.events.visits import CaseMoved, CaseSubmitted

_h, _b, _f = records.care_home.c, records.care_bed.c, records.care_fact.c


_AT_A_KIOSK = "care_home"
_OVER = ("withdrawn", "refused", "closed")


def handle(books: Books, happened: Happened) -> None:
    """Raises IllegalStep."""
    match happened.data:
        case LedgerEntered(ledger=homes.NAME, row=row):
            _home(books, row)
        case LedgerEntered(ledger=ledger, key=key, row=row) if ledger in facts.FIVE:
            _fact(books, ledger, key, row)
        case CaseOpened(kind=records.BOOKING, case=case, form=form):
            found = records.home(books.db, form["home"])
            assert found is not None
            row = {"case": case, "home": form["home"], "token": form["token"], "deposit_fen": found["deposit_fen"]}
            insert_once(books.db, records.care_bed, {**row, "holds": True})
            _count(books, form["home"])
        case CaseStepped(kind=records.BOOKING, case=case, state=state):
            books.db.execute(update(records.care_bed).where(_b.case == case).values(holds=state in beds.HOLDS))
            found = records.bed(books.db, case)
            assert found is not None
            _count(books, found["home"])
        case CaseSubmitted(drill="", matter=matter, case=case, answers=answers) if matter == _AT_A_KIOSK:
            if answers.get("what") == "bed" and answers.get("paid"):
                _ask(books, case, str(answers.get("home", "")))
        case CaseMoved(drill="", case=case, state=state) if state in _OVER:
            _let_go(books, case)
        case CaseOpened(kind=reviews.REVIEW, case=case, form=form):
            row = {"facility": form["home"], "booking": form["booking"], "case": case, "score": form["score"]}
            if not insert_once(books.db, care_review, {**row, "at_ms": happened.at_ms}):
                raise IllegalStep(f"booking {form['booking']} was reviewed before")


def _ask(books: Books, case: str, home: str) -> None:
    """At a kiosk a bed is asked for as the box knows them: it is held where there still is one, in the log's order."""
    found = records.home(books.db, home)
    if found is not None:
        row = {"case": case, "home": home, "token": "", "deposit_fen": 0, "holds": records.free(found) > 0}
        insert_once(books.db, records.care_bed, row)
        _count(books, home)


def _let_go(books: Books, case: str) -> None:
    """What a kiosk's booking holds; the city's own are let go by their steps."""
    found = records.bed(books.db, case)
    if found is not None and not found["token"]:
        books.db.execute(update(records.care_bed).where(_b.case == case).values(holds=False))
        _count(books, found["home"])


def _home(books: Books, row: Mapping[str, Any]) -> None:
    profile = homes.Profile.model_validate(row)
    told: dict[str, Any] = {
        **profile.model_dump(include={"area", "name", "price_from_fen", "deposit_fen", "beds", "out_of_service"}),
        "row": _json(row),
    }
    if not insert_once(books.db, records.care_home, {"home": profile.home, **told, "occupied": 0, "reserved": 0}):
        books.db.execute(update(records.care_home).where(_h.home == profile.home).values(**told))
        stays = update(records.care_fact).where(_f.ledger == facts.STAY, _f.place == profile.home)
        books.db.execute(stays.values(area=profile.area))


def _fact(books: Books, ledger: str, key: str, row: Mapping[str, Any]) -> None:
    which = _f.ledger == ledger, _f.key == key
    before = books.db.scalar(select(_f.place).where(*which))
    place = str(row.get("home") or row.get("worker") or "")
    area = row.get("area")
    if ledger == facts.STAY:
        home = records.home(books.db, place)
        area = home["area"] if home else ""
    since = row.get("day") or row["since"]
    until = row.get("day") or row.get("until") or records.OPEN
    told = {
        "token": row["token"],
        "area": area,
        "place": place,
        "since": since,
        "until": until,
        "void": bool(row.get("void")),
    }
    upsert(books.db, records.care_fact, [{"ledger": ledger, "key": key, **told, "row": _json(row)}])
    if ledger == facts.STAY:
        _let_go(books, str(row.get("booking", "")))
        for name in {place, before or place}:
            _count(books, name)


def _count(books: Books, home: str) -> None:
    lived = _f.ledger == facts.STAY, _f.place == home, _f.until == records.OPEN, _f.void.is_(False)
    occupied = select(func.count()).select_from(records.care_fact).where(*lived)
    reserved = select(func.count()).select_from(records.care_bed).where(_b.home == home, _b.holds)
    counted = {"occupied": books.db.scalar(occupied), "reserved": books.db.scalar(reserved)}
    books.db.execute(update(records.care_home).where(_h.home == home).values(**counted))


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
