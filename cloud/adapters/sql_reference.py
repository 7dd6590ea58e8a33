"""What reference data was published, so that versions grow over restarts. Price lists are kept in all versions, because
cases name the one that they were charged by; of other datasets the newest alone.
"""

from sqlalchemy import Engine, delete, func, insert, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from contract.reference import Snapshot

_KEPT = frozenset({"price_list"})


class SqlReference:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def facilities(self) -> list[str]:
        with available(), self._engine.connect() as db:
            return list(db.scalars(select(t.facility.c.id).order_by(t.facility.c.id)))

    def last_version(self, facility: str, dataset: str) -> int:
        c = t.reference_snapshot.c
        with available(), self._engine.connect() as db:
            last = db.scalar(select(func.max(c.version)).where(c.facility == facility, c.dataset == dataset))
        return last or 0

    def newest(self, facility: str, dataset: str) -> tuple[int, bytes] | None:
        c = t.reference_snapshot.c
        of_it = select(c.version, c.body).where(c.facility == facility, c.dataset == dataset)
        with available(), self._engine.connect() as db:
            row = db.execute(of_it.order_by(c.version.desc()).limit(1)).first()
        return (row.version, bytes(row.body)) if row else None

    def keep(self, snapshot: Snapshot, body: bytes, published_at_ms: int) -> None:
        c = t.reference_snapshot.c
        with available(), self._engine.begin() as db:
            db.execute(
                insert(t.reference_snapshot).values(
                    facility=snapshot.facility, dataset=snapshot.dataset, version=snapshot.version,
                    as_of_ms=snapshot.as_of_ms, published_at_ms=published_at_ms, body=body,
                )
            )  # fmt: skip
            if snapshot.dataset not in _KEPT:
                older = (c.facility == snapshot.facility, c.dataset == snapshot.dataset, c.version < snapshot.version)
                db.execute(delete(t.reference_snapshot).where(*older))
