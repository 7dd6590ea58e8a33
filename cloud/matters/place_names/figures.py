"""How right the shared addresses are, as samples say: never without how many were looked at."""

from typing import Any

from sqlalchemy import Connection, func, or_, select

from cloud.adapters import tables as t
from cloud.domain.actor import CITY
from cloud.matters.place_names.doorplate_records import address_sample, address_sample_item
from cloud.matters.place_names.sampling import wilson

_LISTED = 200
_s, _i, _f = address_sample.c, address_sample_item.c, t.case_file.c


def accuracy(db: Connection, area: str) -> list[dict[str, Any]]:
    """Samples of an area and below, the newest first; `accuracy`, `low`, `high` None: nobody has looked yet.

    `low`, `high`: Wilson's interval at 95 %. `complete`: each address of the sample was visited.
    """
    checked = func.count().filter(_i.outcome != "")
    right = func.count().filter(_i.outcome == "right")
    counted = select(_i.case, checked.label("checked"), right.label("right")).group_by(_i.case).subquery("counted")
    query = (
        select(address_sample, _f.number, counted.c.checked, counted.c.right)
        .join(counted, counted.c.case == _s.case)
        .join(t.case_file, _f.case == _s.case)
        .where(or_(_s.state != "cancelled", counted.c.checked > 0))  # what was seen does not go away
    )
    if area != CITY:
        query = query.where(_s.area.startswith(area, autoescape=True))
    rows = db.execute(query.order_by(_s.drawn_at_ms.desc(), _s.case).limit(_LISTED)).mappings()
    return [{**row, **_share(row["right"], row["checked"]), "complete": row["checked"] == row["size"]} for row in rows]


def _share(right: int, checked: int) -> dict[str, float | None]:
    interval = wilson(right, checked)
    if interval is None:
        return {"accuracy": None, "low": None, "high": None}
    return {"accuracy": round(right / checked, 4), "low": round(interval[0], 4), "high": round(interval[1], 4)}
