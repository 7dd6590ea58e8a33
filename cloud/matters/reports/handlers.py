"""What a village says, at once part of every total above it."""

from typing import Any

from sqlalchemy import delete, insert

from cloud.domain.happened import Happened
from cloud.matters.reports.records import report_batch, report_figure
from cloud.matters.reports.workflow import KIND
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseOpened(kind=kind, case=case, area=area, form=form) if kind == KIND:
            row = {"report": form["report"], "period": form["period"], "area": area}
            books.db.execute(insert(report_batch).values(**row, case=case))
            _write(books, row, form.get("figures", {}))
        case CaseStepped(kind=kind, step="correct", case=case, form=form) if kind == KIND:
            now = books.case_now(case)
            assert now is not None
            assert now.form is not None
            row = {"report": now.form["report"], "period": now.form["period"], "area": now.area}
            _write(books, row, form["figures"])


def _write(books: Books, row: dict[str, Any], figures: dict[str, int]) -> None:
    g = report_figure.c
    of_area = g.report == row["report"], g.period == row["period"], g.area == row["area"]
    books.db.execute(delete(report_figure).where(*of_area))
    for name, value in figures.items():
        books.db.execute(insert(report_figure).values(**row, name=name, value=value))
