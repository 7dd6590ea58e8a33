"""A person's cases (办件) as a dataset: which matters they have, and how these stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.deadline import day_of
from cloud.matters.sharing.datasets import Dataset, Query


def _rows(db: Connection, query: Query) -> Sequence[Mapping[str, Any]]:
    f, p = t.case_file.c, c.case_person.c
    of_person = select(f.number, f.matter, f.state, f.area, f.opened_at_ms).join_from(
        t.case_file, c.case_person, f.case == p.case
    )
    theirs = of_person.where(p.token == query.token).order_by(f.opened_at_ms.desc(), f.case).limit(query.limit)
    return [
        {
            "number": row.number, "kind": row.matter, "state": row.state, "area": row.area,
            "day": day_of(row.opened_at_ms).isoformat(),
        }
        for row in db.execute(theirs)
    ]  # fmt: skip


OWN_CASES = Dataset(
    name="own_cases", owner="民政", fields=("number", "kind", "state", "area", "day"), of_persons=True, rows=_rows
)
