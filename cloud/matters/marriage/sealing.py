"""Sealing (电子签章): a verified record becomes a version of the shared one, signed with the office's key (Ed25519).

Each version is verified again round after round, and whenever it is served; where one is not what was signed, an alert
is a case of its own. What was signed stands in the log: `onetrip rebuild` brings it back.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import SYSTEM
from cloud.matters.marriage import records
from cloud.matters.marriage.record_forms import SharedRecord
from cloud.matters.marriage.records import marriage_record
from cloud.matters.marriage.seal_alerts import ALERT, SealAlert
from cloud.ports import CityLog, LogWriting, Opener
from cloud.services.casework import Casework
from cloud.services.ledgers import Ledgers, signed_text

SEAL_EVERY_S, VERIFY_EVERY_S = 10, 60
PORTION = 200
IsSigned = Callable[[bytes, str], bool]
_m, _e, _f = marriage_record.c, c.ledger_entry.c, t.case_file.c


class Sealing:
    """A job: seals what is verified and was not sealed since."""

    def __init__(self, log: CityLog, ledgers: Ledgers, opener: Opener) -> None:
        self._log, self._ledgers, self._open = log, ledgers, opener

    def step(self) -> int:
        """How many were sealed. Raises RecordsUnavailable."""
        wanted = select(_m.key).where(_m.state == "verified", _m.sealed_version != _m.version)
        with self._log.writing() as writing:
            keys = list(writing.books.db.scalars(wanted.order_by(_m.key).limit(PORTION)))
            return sum(self._seal(writing, key) for key in keys)

    def _seal(self, writing: LogWriting, key: str) -> bool:
        stands, now = writing.books.ledger_row(records.RECORD, key), records.record(writing.books.db, key)
        if stands is None or stands.sealed is None or now is None or stands.version != now["version"]:
            return False
        personal = self._open(f"ledger/{records.RECORD}/{key}", stands.sealed)
        stages = [now[f"stage_{n}"] for n in (1, 2, 3)]
        row = {**stands.row, **personal, "version": stands.version, "stages": stages}
        self._ledgers.enter_in(writing, self._ledgers.ledgers[records.SHARED], SharedRecord.model_validate(row), SYSTEM)
        return True


def is_whole(key: str, version: Mapping[str, Any], is_signed: IsSigned) -> bool:
    """`version`: a row of `ledger_entry`. Any byte that was changed, of what was said, sealed or signed, shows."""
    try:
        row = json.loads(version["row"])
        text = signed_text(records.SHARED, key, version["version"], row, version["sealed"])
    except (ValueError, TypeError):
        return False
    return text_is_canonical(version["row"], row) and is_signed(text, version["seal"])


def text_is_canonical(stored: str, row: Any) -> bool:
    """What is signed is what the row says; a byte that changes no meaning is a changed byte all the same."""
    return stored == json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Verification:
    """A job: all sealed versions in portions, round after round; an alert for each that is broken."""

    def __init__(self, log: CityLog, casework: Casework, is_signed: IsSigned) -> None:
        self._log, self._casework, self._is_signed = log, casework, is_signed
        self._after = ("", 0)

    def step(self) -> int:
        """How many are broken in this portion. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            found = _portion(writing.books.db, self._after)
            broken = [row for row in found if not is_whole(row["key"], row, self._is_signed)]
            for row in broken:
                alert(self._casework, writing, row["key"], row["version"])
            lost = _unsealed(writing.books.db) if self._after == ("", 0) else []
            for key, version in lost:
                alert(self._casework, writing, key, version)
        last = found[-1] if len(found) == PORTION else None
        self._after = (last["key"], last["version"]) if last else ("", 0)
        return len(broken) + len(lost)


@dataclass(frozen=True, slots=True)
class Alerting:
    """For whoever finds a broken seal outside the round."""

    log: CityLog
    casework: Casework
    is_signed: IsSigned

    def raise_for(self, key: str, version: int) -> None:
        """Raises RecordsUnavailable."""
        with self.log.writing() as writing:
            alert(self.casework, writing, key, version)


def alert(casework: Casework, writing: LogWriting, key: str, version: int) -> None:
    """Once for as long as the one before is open."""
    form = SealAlert(record=key[:128], version=version, county=key.partition("/")[0])
    text = json.dumps(form.parts()[0], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    open_ = select(_f.case).where(_f.matter == ALERT.name, _f.state.not_in(ALERT.workflow.final), _f.form == text)
    if writing.books.db.execute(open_.limit(1)).first() is None:
        casework.open_in(writing, ALERT, form, SYSTEM, "system")


def _portion(db: Connection, after: tuple[str, int]) -> Sequence[Mapping[str, Any]]:
    query = select(_e.key, _e.version, _e.row, _e.sealed, _e.seal).where(
        _e.ledger == records.SHARED, tuple_(_e.key, _e.version) > after
    )
    return [dict(row) for row in db.execute(query.order_by(_e.key, _e.version).limit(PORTION)).mappings()]


def _unsealed(db: Connection) -> list[tuple[str, int]]:
    """Said to be sealed, and there is no such version: somebody took it away, or moved it to another key."""
    there = select(_e.key).where(_e.ledger == records.SHARED, _e.current)
    query = select(_m.key, _m.sealed_version).where(_m.sealed_version > 0, _m.key.not_in(there)).order_by(_m.key)
    return [(row.key, row.sealed_version) for row in db.execute(query.limit(PORTION))]
