"""A rating counts once; a second one of the same case is refused, and said."""

from sqlalchemy import update

from cloud.adapters.sql_database import insert_once
from cloud.domain.happened import Happened, IllegalStep
from cloud.matters.satisfaction.records import case_rating
from cloud.matters.satisfaction.workflow import KIND
from cloud.ports import Books
from contract.events.city import CaseOpened
from contract.events.visits import CaseRated


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseRated(drill="") as rated:
            row = {
                "case": rated.case, "facility": happened.facility, "score": rated.score, "place": rated.place,
                "at_ms": happened.at_ms,
            }  # fmt: skip
            if not insert_once(books.db, case_rating, row):
                raise IllegalStep(f"case {rated.case} was rated before")
        case CaseOpened(kind=kind, case=case, form=form) if kind == KIND:
            of_case = update(case_rating).where(case_rating.c.case == form["about"])
            books.db.execute(of_case.values(follow_up=case))
