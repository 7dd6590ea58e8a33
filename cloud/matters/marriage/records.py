"""The tables of marriage records: where each stands in the screening, what was found, how it agrees with the archive.

They hold tokens, never a name or a number; the record itself is a row of the ledger, whose personal part is sealed.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Index, Integer, String, Table, or_, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t

RECORD, SHARED = "marriage_record", "marriage_shared"
SCREENING, COMPARISON, WAIVER = "marriage_screening", "marriage_comparison", "marriage_waiver"
POPULATION, DEATH, RULING, FEED = "population_person", "death_notice", "court_ruling", "marriage_feed"

marriage_record = Table(
    "marriage_record",
    t.metadata,
    Column("key", String(128), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("county", String(6), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("certificate", String(64), nullable=False),  # as numbers are compared
    Column("registered", String(10), nullable=False),  # as it is written
    Column("status", String(16), nullable=False),  # valid | annulled | void
    Column("husband", String(64), nullable=False),  # tokens
    Column("wife", String(64), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("case", String(36), nullable=False),
    Column("entered_by", String(64), nullable=False),
    Column("stage_1", String(8), nullable=False),  # "" | passed | failed | waived
    Column("stage_2", String(8), nullable=False),
    Column("stage_3", String(8), nullable=False),
    Column("state", String(16), nullable=False),  # screening | failed | verified | void
    Column("sealed_version", Integer, nullable=False),  # of the record; 0: never
    Column("at_ms", BigInteger, nullable=False),
    Index("marriage_record_certificate", "certificate"),
    Index("marriage_record_husband", "husband"),
    Index("marriage_record_wife", "wife"),
    Index("marriage_record_county", "county", "state", "key"),
    Index("marriage_record_state", "state", "key"),
    info=t.PROJECTION,
)
screening_result = Table(
    "screening_result",
    t.metadata,
    Column("record", String(128), primary_key=True),
    Column("stage", Integer, primary_key=True),
    Column("rule", String(32), primary_key=True),
    Column("about", String(128), primary_key=True),
    Column("severity", String(8), nullable=False),
    Column("owner_level", String(8), nullable=False),
    Column("county", String(6), nullable=False),
    Column("version", Integer, nullable=False),  # of the record
    Column("at_ms", BigInteger, nullable=False),
    Index("screening_result_of", "county", "stage", "rule"),
    info=t.PROJECTION,
)
comparison_field = Table(
    "marriage_comparison_field",
    t.metadata,
    Column("record", String(128), primary_key=True),
    Column("field", String(32), primary_key=True),
    Column("county", String(6), nullable=False),
    Column("result", String(16), nullable=False),  # agrees | differs | unreadable
    Column("archive", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("marriage_comparison_county", "county", "result"),
    info=t.PROJECTION,
)
marriage_ruling = Table(
    "marriage_ruling",
    t.metadata,
    Column("ruling", String(64), primary_key=True),
    Column("token", String(64), primary_key=True),
    Column("other", String(64), nullable=False),
    Column("effect", String(16), nullable=False),
    Column("day", Date, nullable=False),
    Index("marriage_ruling_token", "token"),
    info=t.PROJECTION,
)
pad_signature = Table(  # the applicants' own: the strokes stay on the box
    "pad_signature",
    t.metadata,
    Column("event", String(36), primary_key=True),
    Column("facility", String(64), nullable=False),
    Column("case", String(36), nullable=False),  # "" where the device alone says so
    Column("document_sha256", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("how", String(32), nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("pad_signature_case", "case"),
    Index("pad_signature_document", "document_sha256"),
    info=t.PROJECTION,
)
_m, _e, _p = marriage_record.c, c.ledger_entry.c, pad_signature.c


def record(db: Connection, key: str) -> dict[str, Any] | None:
    row = db.execute(select(marriage_record).where(_m.key == key)).mappings().first()
    return dict(row) if row else None


def same_certificate(db: Connection, key: str, certificate: str) -> list[tuple[str, str]]:
    """(key, county) of the others that count, in order."""
    others = select(_m.key, _m.county).where(_m.certificate == certificate, _m.key != key, _m.status != "void")
    return sorted((row.key, row.county) for row in db.execute(others))


def of_persons(db: Connection, tokens: Iterable[str]) -> list[dict[str, Any]]:
    wanted = sorted(set(tokens))
    query = select(marriage_record).where(or_(_m.husband.in_(wanted), _m.wife.in_(wanted)), _m.status != "void")
    return [dict(row) for row in db.execute(query.order_by(_m.key)).mappings()]


def findings(db: Connection, key: str) -> list[dict[str, Any]]:
    r = screening_result.c
    query = select(r.stage, r.rule, r.about, r.severity, r.owner_level, r.at_ms).where(r.record == key)
    return [dict(row) for row in db.execute(query.order_by(r.stage, r.rule, r.about)).mappings()]


def signatures(db: Connection, case: str, documents: Iterable[str]) -> list[dict[str, Any]]:
    """Of the applicants: of the hall's case, or of these documents."""
    of = _p.document_sha256.in_(sorted(set(documents)))
    query = select(_p.facility, _p.case, _p.document_sha256, _p.sha256, _p.how, _p.at_ms).where(
        or_(of, _p.case == case) if case else of, _p.drill.is_(False)
    )
    return [dict(row) for row in db.execute(query.order_by(_p.at_ms, _p.event)).mappings()]


def shared_versions(db: Connection, key: str) -> list[dict[str, Any]]:
    """The sealed versions, the first first; as they stand in the database, whoever wrote there."""
    of = select(_e.version, _e.row, _e.sealed, _e.seal, _e.at_ms).where(_e.ledger == SHARED, _e.key == key)
    return [dict(row) for row in db.execute(of.order_by(_e.version)).mappings()]


def current_row(db: Connection, ledger: str, key: str) -> dict[str, Any]:
    """What of a ledger's row is not sealed; empty where there is none."""
    row = db.scalar(select(_e.row).where(_e.ledger == ledger, _e.key == key, _e.current))
    return dict(json.loads(row)) if row else {}


def waivers(db: Connection, key: str, version: int) -> list[dict[str, Any]]:
    """Of this version of the record: for which stage, why, and who answers for it."""
    told = []
    keys = [f"{key}/{n}" for n in (1, 2, 3)]
    query = select(_e.row, _e.by, _e.at_ms).where(_e.ledger == WAIVER, _e.key.in_(keys), _e.current)
    for row in db.execute(query.order_by(_e.key)):
        waiver = json.loads(row.row)
        if waiver["version"] == version:
            about = {name: waiver[name] for name in ("stage", "reason", "name")}
            told.append({**about, "by": row.by, "at_ms": row.at_ms})
    return told
