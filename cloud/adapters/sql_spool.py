"""Committed points on their way to the time-series store."""

import json
from collections.abc import Sequence

from sqlalchemy import Engine, delete, select, update

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.domain.rows import Point


class SqlSpool:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def restart(self) -> None:
        with available(), self._engine.begin() as db:
            c = t.telemetry_spool.c
            db.execute(update(t.telemetry_spool).where(c.written_at_ms.is_not(None)).values(written_at_ms=None))

    def unwritten(self, limit: int) -> list[tuple[int, list[Point]]]:
        c = t.telemetry_spool.c
        with available(), self._engine.connect() as db:
            rows = db.execute(select(c.id, c.points).where(c.written_at_ms.is_(None)).order_by(c.id).limit(limit)).all()
        return [(row.id, [Point(*point) for point in json.loads(row.points)]) for row in rows]

    def mark_written(self, ids: Sequence[int], now_ms: int) -> None:
        with available(), self._engine.begin() as db:
            db.execute(update(t.telemetry_spool).where(t.telemetry_spool.c.id.in_(ids)).values(written_at_ms=now_ms))

    def forget_written_before(self, at_ms: int) -> None:
        with available(), self._engine.begin() as db:
            db.execute(delete(t.telemetry_spool).where(t.telemetry_spool.c.written_at_ms <= at_ms))
