"""Publications (宣传、典型经验): each belongs to a task; how many there are, and how often each was read."""

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Column, Connection, Integer, String, Table, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.adapters.sql_database import add_up
from cloud.domain.deadline import day_of
from cloud.domain.forms import Form, Words
from cloud.matters.plan.tasks import Id, Unit, task_of
from cloud.services.ledgers import Entering, Ledger, Refused, only_in

NAME = "publication"
_PLAIN = r"^[^\x00-\x08\x0b-\x1f]*$"
_e = c.ledger_entry.c

publication_read = Table(  # a counter, like a web server's: nobody reads it back out of the log
    "publication_read",
    t.metadata,
    Column("publication", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("reads", Integer, nullable=False),
)
_r = publication_read.c


class Publication(Form):
    """发布. `kind`: news, a policy explained (政策法规解读), a good case (先进典型). Both languages."""

    publication: Id
    task: Id
    kind: Literal["news", "policy", "good_case"]
    channel: Literal["newspaper", "television", "internet", "new_media"]
    unit: Unit
    day: date
    title: Words
    title_en: Words
    text: Annotated[str, Field(min_length=1, max_length=8_000, pattern=_PLAIN)]
    text_en: Annotated[str, Field(min_length=1, max_length=16_000, pattern=_PLAIN)]


def _check(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Publication)
    task = task_of(entering.db, row.task)
    if task is None:
        raise Refused(f"no task {row.task}", f"没有任务 {row.task}")
    only_in(entering, task.area)
    if row.day > day_of(entering.now_ms):
        raise Refused("day: enter it when it is out", "还没到发布日期，请发布后再录入")


LEDGER = Ledger(
    name=NAME,
    model=Publication,
    key=lambda row: row.publication,
    enters=frozenset({"clerk", "reviewer", "manager"}),
    check=_check,
)


def publications(db: Connection) -> list[Publication]:
    """The newest first."""
    rows = db.scalars(select(_e.row).where(_e.ledger == NAME, _e.current).order_by(_e.key))
    return sorted(map(Publication.model_validate_json, rows), key=lambda row: row.day, reverse=True)


def publication(db: Connection, key: str) -> Publication | None:
    row = db.scalar(select(_e.row).where(_e.ledger == NAME, _e.key == key, _e.current))
    return Publication.model_validate_json(row) if row else None


def count_read(db: Connection, key: str, day: date) -> None:
    add_up(db, publication_read, {"publication": key, "day": day.isoformat(), "reads": 1}, "reads")


def counters(db: Connection) -> dict[str, Any]:
    """By task, kind, channel and unit; and how often each was read."""
    every = publications(db)
    reads = db.execute(select(_r.publication, func.sum(_r.reads)).group_by(_r.publication).order_by(_r.publication))
    return {
        "publications": len(every),
        "by_task": dict(Counter(one.task for one in every)),
        "by_kind": dict(Counter(one.kind for one in every)),
        "by_channel": dict(Counter(one.channel for one in every)),
        "by_unit": dict(Counter(one.unit for one in every)),
        "reads": {key: int(n) for key, n in reads},
    }
