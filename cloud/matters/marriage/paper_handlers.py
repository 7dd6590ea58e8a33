"""What boxes tell of applications for a certificate, and the ledger of certificates by holder."""

import json

from sqlalchemy import select, update

from cloud.adapters.sql_database import insert_once
from cloud.domain.happened import Happened
from cloud.matters.archives import issued
from cloud.matters.marriage.paper_records import reissue_application
from cloud.matters.marriage.reissue import KIND
from cloud.ports import Books
from contract.events.city import CaseOpened
from contract.events.visits import CaseMoved, CaseSubmitted, IdentityChecked

MATTER = "certificates"
_OFF = frozenset({"withdrawn", "refused"})
_KINDS = ("marriage", "divorce")
_k = reissue_application.c


def handle(books: Books, happened: Happened) -> None:
    """A drill applies for nothing. Without a card there is nobody to look for: the window opens the case."""
    issued.handle(books, happened)
    match happened.data:
        case CaseSubmitted(drill="", matter=matter, answers=answers, tokens=tokens) as submitted if (
            matter == MATTER and answers.get("want") == "reissue" and answers.get("kind") in _KINDS and tokens
        ):
            insert_once(books.db, reissue_application, {
                "facility": happened.facility, "case": submitted.case, "number": submitted.number,
                "answers": _json(answers), "sources": _json(submitted.provenance), "tokens": _json(tokens),
                "sealed": submitted.sealed, "at_ms": happened.at_ms, "rung": "", "checked_by": "", "withdrawn": False,
                "city_case": "",
            })  # fmt: skip
        case IdentityChecked(drill="", result="confirmed", token=str(token)) as checked:
            _identified(books, happened.facility, checked, token)
        case CaseMoved(drill="", state=state, case=case) if state in _OFF:
            which = _k.facility == happened.facility, _k.case == case
            books.db.execute(update(reissue_application).where(*which).values(withdrawn=True))
        case CaseOpened(kind=kind, case=case, form=form) if kind == KIND and form.get("application"):
            which = _k.facility == form["facility"], _k.case == form["application"]
            books.db.execute(update(reissue_application).where(*which).values(city_case=case))


def _identified(books: Books, facility: str, checked: IdentityChecked, token: str) -> None:
    """Of the person who applied, not of somebody else in the same case."""
    which = _k.facility == facility, _k.case == checked.case
    tokens = books.db.scalar(select(_k.tokens).where(*which))
    if tokens is not None and token in json.loads(tokens):
        of_it = update(reissue_application).where(*which, _k.rung == "")
        books.db.execute(of_it.values(rung=checked.rung, checked_by=checked.by or ""))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
