"""The register as it is asked: one row for each organisation, and one for each thing that is recorded of it.

What the public is told has four groups (一网通查): basic, annual, credit, licences and penalties. A record that has an
end leaves public view after its last day; departments see it on.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Engine, Index, String, Table, Text, func, or_, select
from sqlalchemy.dialects.postgresql import VARCHAR

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.adapters.sql_database import available

_LONGEST = 128
organisation = Table(
    "organisation",
    t.metadata,
    Column("code", String(18), primary_key=True),
    Column("name", String(_LONGEST), nullable=False),
    Column("normal", String(_LONGEST).with_variant(VARCHAR(_LONGEST, collation="C"), "postgresql"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("county", String(6), nullable=False),
    Column("state", String(16), nullable=False),
    Column("row", Text, nullable=False),  # JSON
    Column("at_ms", BigInteger, nullable=False),
    Index("organisation_normal", "normal"),
    Index("organisation_county", "county", "state"),
    info=t.PROJECTION,
)
org_record = Table(  # annual checks, credit, licences and penalties
    "org_record",
    t.metadata,
    Column("ledger", String(32), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("code", String(18), nullable=False),
    Column("valid_until", String(10)),  # its last day; none: for good (长期)
    Column("row", Text, nullable=False),  # JSON
    Column("objection", String(36), nullable=False),  # the last one's case, "" for none
    Column("objection_state", String(32), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("org_record_of", "code"),
    Index("org_record_fed", "ledger", "at_ms"),
    info=t.PROJECTION,
)
ANNUAL, CREDIT, LICENCE, FEED = "org_annual_check", "org_credit_event", "org_licence_or_penalty", "org_feed"
GROUPS: Mapping[str, str] = {"annual": ANNUAL, "credit": CREDIT, "licences_and_penalties": LICENCE}
_o, _r, _e = organisation.c, org_record.c, c.ledger_entry.c


def normal(name: str) -> str:
    """As names are compared: full-width and half-width alike, without spaces, in lower case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()[:_LONGEST]


def facts(db: Connection, code: str) -> dict[str, Any] | None:
    """What the register says of it now."""
    row = db.scalar(select(_o.row).where(_o.code == code))
    return None if row is None else dict(json.loads(row))


def record(db: Connection, ledger: str, key: str) -> dict[str, Any] | None:
    row = db.execute(select(org_record).where(_r.ledger == ledger, _r.key == key)).mappings().first()
    return None if row is None else {**row, "row": json.loads(row["row"])}


def is_taken(db: Connection, name: str, but: str = "") -> bool:
    """Whether another organisation that is not cancelled has this name."""
    same = select(_o.code).where(_o.normal == normal(name), _o.state != "cancelled", _o.code != but)
    return db.execute(same.limit(1)).first() is not None


class Register:
    """What the public may ask. Each method raises RecordsUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_code(self, code: str, day: str) -> dict[str, Any] | None:
        """`day`: today, ISO."""
        with available(), self._engine.connect() as db:
            found = told(db, db.execute(select(organisation).where(_o.code == code)).mappings().all(), day)
        return found[0] if found else None

    def of_name(self, name: str, day: str, limit: int) -> list[dict[str, Any]]:
        """Those whose name holds these characters, that very name first."""
        wanted = normal(name)
        holds = select(organisation).where(_o.normal.contains(wanted, autoescape=True))
        query = holds.order_by(_o.normal != wanted, func.length(_o.normal), _o.code).limit(limit)
        with available(), self._engine.connect() as db:
            return told(db, db.execute(query).mappings().all(), day)


def told(db: Connection, found: Sequence[Mapping[Any, Any]], day: str) -> list[dict[str, Any]]:
    """The four groups of each, with what the public may see on this day; `as_of_ms` None: nobody has said yet."""
    codes = [row["code"] for row in found]
    shown = or_(_r.valid_until.is_(None), _r.valid_until >= day)
    listed: dict[tuple[str, str], list[dict[str, Any]]] = {}
    fresh: dict[tuple[str, str], int] = {}
    for row in db.execute(select(org_record).where(_r.code.in_(codes), shown).order_by(_r.ledger, _r.key)).mappings():
        group = row["code"], row["ledger"]
        fresh[group] = max(fresh.get(group, 0), row["at_ms"])
        entry = {k: v for k, v in json.loads(row["row"]).items() if k != "code"}
        if entry.get("state") == "withdrawn":  # an objection to it was right
            continue
        if row["objection_state"]:
            entry["objection"] = row["objection_state"]
        listed.setdefault(group, []).append(entry)
    feeds = _feeds(db)
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "groups": {
                "basic": {
                    "as_of_ms": max(row["at_ms"], feeds.get("basic", 0)),
                    "facts": json.loads(row["row"]),
                },
                **{
                    name: {
                        "as_of_ms": max(fresh.get((row["code"], ledger), 0), feeds.get(name, 0)) or None,
                        "entries": listed.get((row["code"], ledger), []),
                    }
                    for name, ledger in GROUPS.items()
                },
            },
        }
        for row in found
    ]


def _feeds(db: Connection) -> dict[str, int]:
    """group -> until when its source has told everything."""
    rows = db.execute(select(_e.key, _e.row).where(_e.ledger == FEED, _e.current))
    return {key: int(json.loads(row)["as_of_ms"]) for key, row in rows}
