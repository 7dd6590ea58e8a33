"""Records of a county's register, a batch at a time (批量导入), from CSV or JSON with the names of the form's fields.

Rows that cannot be rows at all are told with their number and what is wrong, never with what they say; the others are
taken and screened at once. The same batch that comes again changes nothing.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cloud.domain.actor import Actor
from cloud.matters.marriage import records
from cloud.matters.marriage.record_forms import MarriageRecord
from cloud.matters.marriage.screening import Screenings
from cloud.ports import CityLog, Tokens
from cloud.services.casework import BadForm, NotAllowed, Refused, parsed
from cloud.services.ledgers import Ledgers

MOST_ROWS = 1000
_MARK = "\ufeff"


class BadFile(ValueError):
    """It is no such file; the text says why."""


@dataclass(slots=True)
class Imported:
    """`wrong`: number of the row (the first is 1) and why it was not taken."""

    taken: int = 0
    unchanged: int = 0
    findings: int = 0
    wrong: list[dict[str, Any]] = field(default_factory=list)


def from_csv(text: str) -> list[dict[str, Any]]:
    """An empty cell is a field that is not there. Raises BadFile."""
    reader = csv.DictReader(io.StringIO(text.removeprefix(_MARK), newline=""), restkey="", strict=True)
    try:
        rows = [{name: _cell(name, cell) for name, cell in row.items() if cell not in ("", None)} for row in reader]
    except csv.Error as wrong:
        raise BadFile(f"no CSV: {wrong}") from None
    return _not_too_many(rows)


def from_json(text: str) -> list[dict[str, Any]]:
    """An array of objects. Raises BadFile."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFile("no JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadFile("an array of objects is wanted")
    return _not_too_many(rows)


class Importing:
    def __init__(self, log: CityLog, ledgers: Ledgers, screenings: Screenings, tokens: Tokens) -> None:
        self._log, self._ledgers, self._screenings, self._tokens = log, ledgers, screenings, tokens

    def take(self, rows: Sequence[Mapping[str, Any]], actor: Actor, batch: str) -> Imported:
        """Raises NotAllowed, RecordsUnavailable."""
        ledger, told = self._ledgers.ledgers[records.RECORD], Imported()
        if actor.role not in ledger.enters:
            raise NotAllowed(f"{ledger.name} is entered by {', '.join(sorted(ledger.enters))}, not by a {actor.role}")
        with self._log.writing() as writing:
            for n, filled in enumerate(rows, 1):
                try:
                    row = parsed(MarriageRecord, {"batch": batch, **filled})
                    assert isinstance(row, MarriageRecord)
                    if self._stands(writing.books.ledger_row(ledger.name, row.key), row):
                        told.unchanged += 1
                        continue
                    entered = self._ledgers.enter_in(writing, ledger, row, actor, reason=f"batch {batch}")
                except (BadForm, NotAllowed, Refused) as wrong:
                    told.wrong.append({"row": n, "why": str(wrong)[:256], "zh": getattr(wrong, "zh", "")})
                    continue
                told.taken += 1
                self._screenings.screen_in(writing, entered.key)
                told.findings += len(records.findings(writing.books.db, entered.key))
        return told

    def _stands(self, before: Any, row: MarriageRecord) -> bool:
        """Whether it says what stands there; a later batch that repeats it is no change."""
        if before is None:
            return False
        now = row.tokened(self._tokens.of).parts()[0]
        return {**now, "batch": ""} == {**before.row, "batch": ""}


def _cell(name: str, cell: Any) -> Any:
    match name:
        case "void":
            return str(cell).strip().lower() in ("1", "true", "是")
        case "statements":
            return str(cell).split()
    return cell


def _not_too_many(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(rows) > MOST_ROWS:
        raise BadFile(f"{len(rows)} rows; at most {MOST_ROWS} at once")
    return rows
