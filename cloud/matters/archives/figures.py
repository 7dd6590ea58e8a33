"""Do shared and archived data agree (一致率): matching by compared fields, by county and stage; pages and samples."""

from typing import Any

from sqlalchemy import Connection, Integer, cast, func, select

from cloud.matters.archives import item_records as records

TARGET = 0.999  # (P)
_d, _i, _p, _s = (
    records.consistency_diff.c, records.archive_item.c, records.archive_page.c, records.archive_sample_page.c,
)  # fmt: skip


def agreement(db: Connection) -> list[dict[str, Any]]:
    """Of the newest comparison of each item. `rate` is never rounded up: 0.999 means that it is reached."""
    matching = func.sum(cast(_d.matches, Integer))
    query = select(_d.county, _d.stage, func.count(), matching).where(_d.current).group_by(_d.county, _d.stage)
    return [
        {
            "county": county, "stage": stage, "compared": compared, "matching": matching, "rate": matching / compared,
            "target": TARGET, "reached": matching >= TARGET * compared,
        }
        for county, stage, compared, matching in db.execute(query.order_by(_d.county, _d.stage))
    ]  # fmt: skip


def figures(db: Connection) -> dict[str, Any]:
    states = select(_i.state, func.count()).group_by(_i.state).order_by(_i.state)
    outcomes = select(_s.outcome, func.count()).group_by(_s.outcome).order_by(_s.outcome)
    return {
        "agreement": agreement(db),
        "items": {state: count for state, count in db.execute(states)},  # noqa: C416 - rows are no pairs to mypy
        "pages": db.scalar(select(func.count()).select_from(records.archive_page)) or 0,
        "poor_pages": db.scalar(select(func.count()).select_from(records.archive_page).where(_p.problems != "")) or 0,
        "rechecked": {outcome or "waiting": count for outcome, count in db.execute(outcomes)},
    }
