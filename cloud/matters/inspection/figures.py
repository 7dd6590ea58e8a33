"""Numbers of inspection."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Integer, and_, case, cast, func, select

from cloud.domain.deadline import day_of
from cloud.matters.inspection.records import (
    inspection_assignment,
    inspection_draw,
    inspection_finding,
    inspection_visit,
)

_d, _a, _v, _f = inspection_draw.c, inspection_assignment.c, inspection_visit.c, inspection_finding.c


def figures(db: Connection, now_ms: int) -> dict[str, Any]:
    """`late`: results that are not published and should be, or were too late; `share`: 0–1, None of nothing."""
    drawn, crossing = db.execute(select(func.count(), func.sum(cast(_a.cross_county, Integer)))).one()
    return {
        "draws": db.scalar(select(func.count()).where(_d.state == "drawn")) or 0,
        "targets_drawn": len(db.execute(select(_a.draw, _a.target).distinct()).all()),
        "assignments": drawn,
        "cross_county_share": (crossing or 0) / drawn if drawn else None,
        **_publication(db, now_ms),
        **_rectification(db, day_of(now_ms)),
    }


def cross_county_share(db: Connection, number: str) -> float | None:
    """Of a draw."""
    query = select(func.count(), func.sum(cast(_a.cross_county, Integer))).where(_a.draw == number)
    drawn, crossing = db.execute(query).one()
    return (crossing or 0) / drawn if drawn else None


def _publication(db: Connection, now_ms: int) -> dict[str, int]:
    until = func.coalesce(_v.published_at_ms, now_ms)
    row = db.execute(
        select(
            func.count(),
            func.count(_v.published_at_ms),
            func.sum(
                case((and_(_v.published_at_ms.is_not(None), _v.published_at_ms <= _v.publish_due_ms), 1), else_=0)
            ),
            func.sum(case((until > _v.publish_due_ms, 1), else_=0)),
        )
    ).one()
    visits, published, in_time, late = (int(one or 0) for one in row)
    return {"visits": visits, "published": published, "published_in_time": in_time, "publication_late": late}


def _rectification(db: Connection, today: date) -> dict[str, int]:
    row = db.execute(
        select(
            func.count(),
            func.count(_f.fixed_on),
            func.sum(case((_f.fixed_on <= _f.due, 1), else_=0)),
            func.sum(case((and_(_f.fixed_on.is_(None), _f.due < today.isoformat()), 1), else_=0)),
        )
    ).one()
    findings, fixed, in_time, late = (int(one or 0) for one in row)
    return {"findings": findings, "fixed": fixed, "fixed_in_time": in_time, "open_late": late}
