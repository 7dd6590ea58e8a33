"""What departments may be given of the credit record, where the catalogue says so; also what has left public view."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from cloud.matters.sharing.datasets import Dataset, Query
from cloud.matters.social_organisations.records import CREDIT, org_record, organisation

_FIELDS = (
    "id", "code", "name", "county", "kind", "authority", "basis", "decided", "valid_until", "reason", "state",
    "objection", "at_ms",
)  # fmt: skip


def _rows(db: Connection, query: Query) -> Sequence[Mapping[str, Any]]:
    """`key`: an organisation's code. As they changed, the newest first."""
    r, o = org_record.c, organisation.c
    wanted = select(r.row, r.objection_state, r.at_ms, o.name, o.county).join(organisation, o.code == r.code)
    wanted = wanted.where(r.ledger == CREDIT)
    if query.key:
        wanted = wanted.where(r.code == query.key)
    if query.area:
        wanted = wanted.where(o.county.startswith(query.area, autoescape=True))
    found = db.execute(wanted.order_by(r.at_ms.desc(), r.key).limit(query.limit))
    return [
        {**json.loads(row.row), "name": row.name, "county": row.county, "objection": row.objection_state,
         "at_ms": row.at_ms}
        for row in found
    ]  # fmt: skip


CREDIT_EVENTS = Dataset(name=CREDIT, owner="民政", fields=_FIELDS, of_persons=False, rows=_rows)
