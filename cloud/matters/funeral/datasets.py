"""The fact of a cremation for departments, where the catalogue says so: population, social insurance, assistance.

Nothing in it says of what somebody died, nor who came.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.matters.burial import cremations
from cloud.matters.sharing.datasets import Dataset, Query

_e, _f = c.ledger_entry.c, t.facility.c


def _rows(db: Connection, query: Query) -> Sequence[Mapping[str, Any]]:
    """Of one person: their token is the entry's key."""
    wanted = select(_e.row, _e.at_ms, _e.version, _e.seal).where(
        _e.ledger == cremations.NAME, _e.current, _e.key == (query.token or query.key)
    )
    told = []
    for row in db.execute(wanted.limit(query.limit)):
        entered = json.loads(row.row)
        home = db.execute(select(_f.area, _f.name_zh).where(_f.id == entered["home"])).first()
        told.append({
            "cremated": True, "day": entered["day"], "home": entered["home"],
            "home_name": home.name_zh if home else "", "area": home.area if home else "", "at_ms": row.at_ms,
            "version": row.version, "seal": row.seal,
        })  # fmt: skip
    return told


CREMATION = Dataset(
    name="cremation",
    owner="民政",
    fields=("cremated", "day", "home", "home_name", "area", "at_ms", "version", "seal"),
    of_persons=True,
    rows=_rows,
)
