"""Who may enter what about marriage records, and when it would be about something that no longer stands."""

from cloud.domain.actor import covers
from cloud.domain.deadline import day_of
from cloud.matters.marriage import records
from cloud.matters.marriage.record_forms import (
    Comparison,
    CourtRuling,
    DeathNotice,
    Feed,
    MarriageRecord,
    PopulationPerson,
    Screening,
    SharedRecord,
    Waiver,
)
from cloud.services.ledgers import Entering, Ledger, NotAllowed, Refused, only_in

SOURCES = {"population": "公安", "deaths": "卫生健康", "rulings": "法院"}


def _record(entering: Entering) -> None:
    row, before = entering.row, entering.before
    assert isinstance(row, MarriageRecord)
    only_in(entering, row.county, field="county")
    if before is not None and before.row == row.parts()[0]:
        raise Refused("it stands there as it is", "记录没有变化")


def _of(source: str, entering: Entering) -> None:
    """A source is its owner's: nobody speaks for another department."""
    if entering.actor.unit != SOURCES[source]:
        raise NotAllowed(f"{source} is told by {SOURCES[source]}, not by {entering.actor.unit or 'you'}")


def _person(entering: Entering) -> None:
    _of("population", entering)


def _has_been(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, DeathNotice | CourtRuling)
    _of("deaths" if isinstance(row, DeathNotice) else "rulings", entering)
    if row.day > day_of(entering.now_ms):
        raise Refused("day: it has not come", "日期不能晚于今天")


def _feed(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Feed)
    _of(row.source, entering)
    if row.as_of > day_of(entering.now_ms):
        raise Refused("as_of: that day has not come", "日期不能晚于今天")


def _comparison(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Comparison)
    record = _current(entering, row.record, row.version)
    if record["entered_by"] == entering.actor.number:
        raise Refused("somebody else compares what you entered", "请由录入人以外的人员比对")


def _waiver(entering: Entering) -> None:
    """By whom the findings belong to; what has no archive to compare with is the city's to waive."""
    row = entering.row
    assert isinstance(row, Waiver)
    record = _current(entering, row.record, row.version)
    stands = record[f"stage_{row.stage}"]
    if stands in ("passed", "waived"):
        raise Refused(f"stage {row.stage} is {stands}", "该阶段已通过或已豁免")
    if not stands and row.stage != 3:
        raise Refused("it has not been screened yet", "尚未筛查，不能豁免")
    levels = {one["owner_level"] for one in records.findings(entering.db, row.record) if one["stage"] == row.stage}
    if (not stands or "city" in levels) and entering.actor.level != "city":
        raise NotAllowed("these findings are the city's to judge")


def _current(entering: Entering, key: str, version: int) -> dict[str, object]:
    found = records.record(entering.db, key)
    county = key.partition("/")[0]
    if not covers(entering.actor.area, county):
        raise NotAllowed(f"it belongs to {county}, which is not in {entering.actor.area}")
    if found is None or found["state"] == "void":
        raise Refused(f"no record {key}", f"没有编号为 {key} 的记录")
    if found["version"] != version:
        raise Refused("the record was changed since you read it", "记录已变更，请重新查看后再操作")
    return found


def _stage(row: Screening | Waiver) -> str:
    return f"{row.record}/{row.stage}"


LEDGERS: tuple[Ledger, ...] = (
    Ledger(
        name=records.RECORD, model=MarriageRecord, key=lambda row: row.key, private=True, check=_record,
        enters=frozenset({"clerk", "registrar", "system"}),
    ),
    Ledger(
        name=records.SHARED, model=SharedRecord, key=lambda row: row.key, signed=True, private=True,
        enters=frozenset({"system"}),
    ),
    Ledger(
        name=records.SCREENING, model=Screening, key=_stage, private=True, enters=frozenset({"system"}),
    ),
    Ledger(
        name=records.COMPARISON, model=Comparison, key=lambda row: row.record, private=True, check=_comparison,
        enters=frozenset({"clerk", "registrar", "operator", "reviewer"}),
    ),
    Ledger(
        name=records.WAIVER, model=Waiver, key=_stage, private=True, check=_waiver,
        enters=frozenset({"reviewer", "manager"}),
    ),
    Ledger(
        name=records.POPULATION, model=PopulationPerson, key=lambda row: row.token, private=True, check=_person,
        enters=frozenset({"department"}),
    ),
    Ledger(
        name=records.DEATH, model=DeathNotice, key=lambda row: row.token, private=True, check=_has_been,
        enters=frozenset({"department"}),
    ),
    Ledger(
        name=records.RULING, model=CourtRuling, key=lambda row: row.ruling, private=True, check=_has_been,
        enters=frozenset({"department"}),
    ),
    Ledger(
        name=records.FEED, model=Feed, key=lambda row: row.source, private=True, check=_feed,
        enters=frozenset({"department"}),
    ),
)  # fmt: skip
