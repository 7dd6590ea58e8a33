"""The archives' certificates (证): found by their holders' tokens; they hold no name and no number."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, upsert
from cloud.matters.archives import issued
from contract.lookups import CertificateEntry

_AT_ONCE = 2000


class Certificates:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, person: str) -> list[CertificateEntry]:
        """`person`: a token. The newest first; what the city made void is void. Raises RecordsUnavailable."""
        with available(), self._engine.connect() as db:
            return issued.of_person(db, person)

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
