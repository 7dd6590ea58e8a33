"""Stages 1 and 2 of the screening: of a record as soon as it comes in, and round after round of all of them.

A round finds what came to be known later: another county's record with the same number of a certificate, a ruling of
last week. What is found as it was before is not written again.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from cloud.domain.actor import SYSTEM
from cloud.domain.deadline import day_of
from cloud.matters.marriage import records
from cloud.matters.marriage.entered import day
from cloud.matters.marriage.findings import Finding
from cloud.matters.marriage.format_rules import stage_1
from cloud.matters.marriage.record_forms import MarriageRecord, Screening
from cloud.matters.marriage.record_rules import SOURCES
from cloud.matters.marriage.records import marriage_record, marriage_ruling
from cloud.matters.marriage.source_rules import Known, Other, Ruling, stage_2
from cloud.ports import Books, CityLog, LogWriting, Opener
from cloud.services.ledgers import Ledgers

EVERY_S = 60
PORTION = 50
_m, _u = marriage_record.c, marriage_ruling.c


class Screenings:
    """A job. `step` takes those that were never screened, then the next portion of the round."""

    def __init__(self, log: CityLog, ledgers: Ledgers, opener: Opener) -> None:
        self._log, self._ledgers, self._open = log, ledgers, opener
        self._after = ""

    def step(self) -> int:
        """How many results were written. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            new = _new(writing.books.db)
            round_ = _after(writing.books.db, self._after)
            written = sum(self.screen_in(writing, key) for key in dict.fromkeys((*new, *round_)))
        self._after = round_[-1] if len(round_) == PORTION else ""
        return written

    def screen_in(self, writing: LogWriting, key: str) -> int:
        """Of one record: stage 1, and stage 2 where the sources have told enough."""
        books = writing.books
        stands = books.ledger_row(records.RECORD, key)
        if stands is None or stands.sealed is None or stands.row.get("void"):
            return 0
        personal = self._open(f"ledger/{records.RECORD}/{key}", stands.sealed)
        row = MarriageRecord.model_validate({**stands.row, **personal})
        now = records.record(books.db, key)
        assert now is not None
        same = records.same_certificate(books.db, key, now["certificate"])
        written = 0
        written += self._tell(writing, key, stands.version, 1, stage_1(row.entered, day_of(writing.now_ms), same))
        if _have_told(books, day(row.registered)):
            tokens = now["husband"], now["wife"]
            found = stage_2(row.entered, key, tokens, _known(books, tokens, key, self._open))
            written += self._tell(writing, key, stands.version, 2, found)
        return written

    def _tell(self, writing: LogWriting, key: str, version: int, stage: int, found: Sequence[Finding]) -> bool:
        findings = [{name: value for name, value in asdict(one).items() if name != "stage"} for one in found]
        row = {"record": key, "version": version, "stage": stage, "findings": findings}
        before = writing.books.ledger_row(records.SCREENING, f"{key}/{stage}")
        after = self._ledgers.enter_in(
            writing, self._ledgers.ledgers[records.SCREENING], Screening.model_validate(row), SYSTEM
        )
        return before is None or before.version != after.version


def _new(db: Connection) -> list[str]:
    """Stage 2 of these may still wait for its sources; the round comes back to them."""
    query = select(_m.key).where(_m.state.in_(("screening", "failed")), _m.stage_1 == "")
    return list(db.scalars(query.order_by(_m.key).limit(PORTION)))


def _after(db: Connection, key: str) -> list[str]:
    query = select(_m.key).where(_m.key > key, _m.state != "void").order_by(_m.key)
    return list(db.scalars(query.limit(PORTION)))


def _have_told(books: Books, registered: date | None) -> bool:
    """Each source up to the day of the registration: before that, nobody missing there means anything."""
    feeds = [books.ledger_row(records.FEED, source) for source in SOURCES]
    known = [date.fromisoformat(str(feed.row["as_of"])) for feed in feeds if feed is not None]
    return len(known) == len(SOURCES) and (registered is None or min(known) >= registered)


def _known(books: Books, tokens: tuple[str, str], key: str, opener: Opener) -> Known:
    db = books.db
    others = [
        Other(
            row["key"], row["county"], row["kind"], row["registered"], frozenset((row["husband"], row["wife"])),
            row["status"] == "valid",
        )
        for row in records.of_persons(db, tokens) if row["key"] != key
    ]  # fmt: skip
    everybody = sorted({*tokens, *(token for one in others for token in one.couple)})
    names: dict[str, str] = {}
    for token in tokens:
        person = books.ledger_row(records.POPULATION, token)
        if person is not None and person.sealed is not None:
            names[token] = str(opener(f"ledger/{records.POPULATION}/{token}", person.sealed)["name"])
    deaths: dict[str, date] = {}
    for token in everybody:
        death = books.ledger_row(records.DEATH, token)
        if death is not None and not death.row.get("void"):
            deaths[token] = date.fromisoformat(str(death.row["day"]))
    query = select(_u.token, _u.other, _u.effect, _u.day).where(_u.token.in_(everybody))
    rulings = {Ruling(frozenset((row.token, row.other)), row.effect, row.day) for row in db.execute(query)}
    return Known(names, deaths, sorted(rulings, key=_order), others)


def _order(ruling: Ruling) -> Any:
    return ruling.day, ruling.effect, sorted(ruling.couple)
