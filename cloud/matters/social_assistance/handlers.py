"""What events do to the departments' parts."""

from typing import Any

from sqlalchemy import insert, update

from cloud.domain.happened import Happened
from cloud.domain.validity import LONG_TERM
from cloud.matters.social_assistance.records import dept_task
from cloud.matters.social_assistance.tasks import KIND
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped


def handle(books: Books, happened: Happened) -> None:
    at_ms = happened.at_ms
    match happened.data:
        case CaseOpened(kind=kind, case=case, form=form, applicants=(person, *_)) if kind == KIND:
            books.db.execute(insert(dept_task).values(
                case=case, parent=form["parent"], owner=form["owner"], person=person, sent_at_ms=at_ms, result="",
                reused_from="",
            ))  # fmt: skip
        case CaseStepped(kind=kind, case=case, step="receive") if kind == KIND:
            _known(books, case, receipt_at_ms=at_ms)
        case CaseStepped(kind=kind, case=case, step="recognise" | "reuse", form=form) if kind == KIND:
            until = None if form["valid_until"] == LONG_TERM else form["valid_until"]
            about = {"result": form["result"], "valid_until": until, "done_at_ms": at_ms}
            _known(books, case, **about, reused_from=form.get("of", ""))
        case CaseStepped(kind=kind, case=case, step="send_again") if kind == KIND:
            _known(books, case, sent_at_ms=at_ms, receipt_at_ms=None)


def _known(books: Books, case: str, **values: Any) -> None:
    books.db.execute(update(dept_task).where(dept_task.c.case == case).values(**values))
