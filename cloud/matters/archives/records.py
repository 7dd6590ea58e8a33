"""The archives' certificates (证): found by their holders' tokens; they hold no name and no number."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, upsert
from contract.lookups import CertificateEntry

_AT_ONCE = 2000
_MOST = 100  # of one person
_c = t.certificate.c
_ENTRY = (_c.id, _c.kind, _c.year, _c.county, _c.office, _c.status)


class Certificates:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, person: str) -> list[CertificateEntry]:
        """`person`: a token. The newest first. Raises RecordsUnavailable."""
        theirs = select(*_ENTRY).where(_c.person == person).order_by(_c.year.desc(), _c.id).limit(_MOST)
        with available(), self._engine.connect() as db:
            return [
                {
                    "id": row.id, "kind": row.kind, "year": row.year, "county": row.county, "office": row.office,
                    "status": row.status,
                }
                for row in db.execute(theirs)
            ]  # fmt: skip

    def load(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """All of them or, when taking the next one raises, none; a certificate that is there is replaced."""
        loaded = 0
        batch: dict[tuple[str, str], Mapping[str, Any]] = {}
        with available(), self._engine.begin() as db:
            for row in rows:
                batch[row["id"], row["person"]] = row
                loaded += 1
                if len(batch) == _AT_ONCE:
                    upsert(db, t.certificate, list(batch.values()))
                    batch.clear()
            upsert(db, t.certificate, list(batch.values()))
        return loaded
