"""What became of each department's part of a form (专项救助任务): one row for each."""

from datetime import date

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, or_, select

from cloud.adapters import tables as t

GOOD = "granted"
dept_task = Table(
    "dept_task",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("parent", String(36), nullable=False),  # the form it comes from
    Column("owner", String(32), nullable=False),
    Column("person", String(64), nullable=False),  # the applicant's token
    Column("sent_at_ms", BigInteger, nullable=False),
    Column("receipt_at_ms", BigInteger),
    Column("done_at_ms", BigInteger),
    Column("result", String(32), nullable=False),  # "" before there is one
    Column("valid_until", String(10)),  # of the result; none: for good
    Column("reused_from", String(36), nullable=False),  # the task whose result it is, "" for its own
    Index("dept_task_of", "parent"),
    Index("dept_task_known", "person", "owner"),
    info=t.PROJECTION,
)
_d = dept_task.c


def known(db: Connection, person: str, owner: str, day: date) -> tuple[str, str, str | None] | None:
    """(case, result, valid_until) of what this owner granted and still holds; the newest, never one that was reused."""
    holds = or_(_d.valid_until.is_(None), _d.valid_until >= day.isoformat())
    granted = _d.person == person, _d.owner == owner, _d.result == GOOD, _d.reused_from == "", holds
    query = select(_d.case, _d.result, _d.valid_until).where(*granted)
    found = db.execute(query.order_by(_d.done_at_ms.desc(), _d.case).limit(1)).first()
    return None if found is None else (found.case, found.result, found.valid_until)
