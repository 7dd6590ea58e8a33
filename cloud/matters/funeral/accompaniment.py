"""One-to-one accompaniment (一对一全程陪同): each family has one named attendant, from the first call to the ashes.

A row of the ledger is a case, a version of it an attendant: who was there from when to when is read from the versions,
so that there is no gap between two, and a hand-over cannot be left out.
"""

from typing import Any

from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import covers
from cloud.domain.forms import Form, Remark
from cloud.matters.funeral import records
from cloud.matters.funeral.forms import Id
from cloud.services.ledgers import Entering, Ledger, NotAllowed, Refused, only_in

NAME = "accompaniment"
_e, _a = c.ledger_entry.c, c.staff_account.c


class Accompaniment(Form):
    """陪同. `staff`: the attendant from now on; `why`: of a hand-over."""

    case: Id
    staff: Id
    why: Remark = ""


def _may_attend(entering: Entering) -> None:
    row, before, actor = entering.row, entering.before, entering.actor
    assert isinstance(row, Accompaniment)
    about = records.about(entering.db, row.case)
    if about is None:
        raise Refused(f"no funeral case {row.case}", "没有这份治丧案卷")
    area = entering.db.scalar(select(t.case_file.c.area).where(t.case_file.c.case == row.case)) or ""
    only_in(entering, area)
    if about["over"]:
        raise Refused("the case is over", "案卷已办结")
    theirs = select(_a.area).where(_a.number == row.staff, _a.role == "attendant")
    place = entering.db.scalar(theirs)
    if place is None or not covers(place, area):
        raise Refused(f"{row.staff} is no attendant here", f"{row.staff} 不是本馆的陪同人员")
    if actor.role == "manager":
        pass
    elif before is None:
        if row.staff != actor.number:
            raise NotAllowed("an attendant takes a case for themselves; a manager assigns others")
    elif before.row["staff"] != actor.number:
        raise NotAllowed(f"{before.row['staff']} attends to this family: they or a manager hand it over")
    if before is not None and not row.why:
        raise Refused("why: say why it is handed over", "请写明交接原因")


LEDGER = Ledger(
    name=NAME,
    model=Accompaniment,
    key=lambda row: row.case,
    enters=frozenset({"attendant", "manager"}),
    check=_may_attend,
)


def attendants(db: Connection, case: str) -> list[dict[str, Any]]:
    """Who was there from when to when; `to_ms` None: now. The end of the case ends it."""
    rows = db.execute(
        select(_e.row, _e.at_ms, _e.by).where(_e.ledger == NAME, _e.key == case).order_by(_e.version)
    ).all()
    about = records.about(db, case)
    end = db.scalar(select(t.case_file.c.changed_at_ms).where(t.case_file.c.case == case))
    ends = [row.at_ms for row in rows[1:]] + [end if about and about["over"] else None]
    told = []
    for row, to_ms in zip(rows, ends, strict=False):
        entered = Accompaniment.model_validate_json(row.row)
        told.append({"staff": entered.staff, "from_ms": row.at_ms, "to_ms": to_ms, "by": row.by, "why": entered.why})
    return told
