"""A form comes from a facility, is moved there, and is taken over by the city. One of a drill never is.

Who touches a picture at the relief station has asked for help with that; the form follows when they have done.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import update

from cloud.adapters.sql_database import insert_once
from cloud.domain.happened import Happened
from cloud.matters.kiosk_forms.records import kiosk_form
from cloud.matters.kiosk_forms.taking import TAKEN
from cloud.ports import Books
from contract.events.city import LedgerEntered
from contract.events.visits import CaseMoved, CaseSubmitted, ReliefReceived

MATTERS: Collection[str] = frozenset({"relief", "relief_intake", "social_assistance"})
_k = kiosk_form.c


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case ReliefReceived(drill="") as touched:
            _add(books, happened, touched.case, matter="relief", answers={"need": touched.need})
        case CaseSubmitted(drill="", matter=matter) as came if matter in MATTERS:
            told = {"number": came.number, "sealed": came.sealed, "state": came.state}
            if not _add(books, happened, came.case, matter=matter, answers=came.answers, **told):
                _change(books, happened.facility, came.case, answers=_json(came.answers), **told)
        case CaseMoved(drill="") as moved:
            _change(books, happened.facility, moved.case, state=moved.state, reason=moved.reason)
        case LedgerEntered(ledger=name, row=row) if name == TAKEN:
            told = {"city_case": row.get("city_case", ""), "by_hand": row.get("by_hand", "")}
            _change(books, row["facility"], row["case"], **told)


def _add(books: Books, happened: Happened, case: str, *, answers: Mapping[str, str], **told: Any) -> bool:
    """False when it was there."""
    return insert_once(books.db, kiosk_form, {
        "facility": happened.facility, "case": case, "number": "", "answers": _json(answers), "sealed": None,
        "at_ms": happened.at_ms, "state": "submitted", "reason": "", "city_case": "", "by_hand": "", **told,
    })  # fmt: skip


def _change(books: Books, facility: str, case: str, **told: Any) -> None:
    books.db.execute(update(kiosk_form).where(_k.facility == facility, _k.case == case).values(**told))


def _json(answers: Mapping[str, str]) -> str:
    return json.dumps(answers, ensure_ascii=False, sort_keys=True)
