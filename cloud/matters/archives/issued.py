"""Certificates that the city itself issued or made void (婚姻登记证台账), beside what was loaded into the archives.

A row of the signed ledger is one number with its holders and for whom it is void. `issued_certificate` is the same
by holder, so that a look-up reads no ledger from end to end. What is void here is void, whatever the archives hold.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import upsert
from cloud.domain.forms import Form
from cloud.domain.happened import Happened
from cloud.ports import Books
from cloud.services.ledgers import Ledger
from contract.events.city import LedgerEntered
from contract.lookups import CertificateEntry, CertificateKind

NAME = "marriage_certificate"
Number = Annotated[str, Field(min_length=4, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Case = Annotated[str, Field(max_length=36)]
_MOST = 100  # of one person

issued_certificate = Table(
    "issued_certificate",
    t.metadata,
    Column("id", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),  # a token, never the number
    Column("kind", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("county", String(6), nullable=False),
    Column("office", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("issued_certificate_of", "person"),
    info=t.PROJECTION,
)


class Certificate(Form):
    """婚姻登记证. `holders`: tokens; `void_for`: those for whom it is no longer valid; `case`: by which it was issued,
    "" for one of the archives; `voided_by`: the case that made it void; `replaced_by`: the number that stands instead.
    """

    number: Number
    kind: CertificateKind
    year: Annotated[int, Field(ge=1900, le=2200)]
    county: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    office: Annotated[str, Field(min_length=1, max_length=64)]
    holders: Annotated[tuple[Token, ...], Field(min_length=1, max_length=2)]
    void_for: Annotated[tuple[Token, ...], Field(max_length=2)] = ()
    case: _Case = ""
    voided_by: _Case = ""
    replaced_by: Annotated[str, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def _of_holders(self) -> Self:
        if not set(self.void_for) <= set(self.holders):
            raise ValueError("void_for: not a holder")
        return self


LEDGER = Ledger(
    name=NAME,
    model=Certificate,
    key=lambda row: row.number,
    enters=frozenset({"system"}),  # a case enters it, nobody by hand
    signed=True,
    private=True,
)


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case LedgerEntered(ledger=ledger, row=row) if ledger == NAME:
            told = Certificate.model_validate(row)
            rows = [
                {
                    "id": told.number, "person": person, "kind": told.kind, "year": told.year, "county": told.county,
                    "office": told.office, "status": "void" if person in told.void_for else "valid",
                    "at_ms": happened.at_ms,
                }
                for person in told.holders
            ]  # fmt: skip
            upsert(books.db, issued_certificate, rows)


def of_person(db: Connection, person: str) -> list[CertificateEntry]:
    """`person`: a token. Of archives and ledger, each number once, the newest first."""
    found = {row.id: row for row in _rows(db, t.certificate, person)}
    found |= {row.id: row for row in _rows(db, issued_certificate, person)}
    newest_first = sorted(found.values(), key=lambda row: (-row.year, row.id))
    return [
        {
            "id": row.id, "kind": row.kind, "year": row.year, "county": row.county, "office": row.office,
            "status": row.status,
        }
        for row in newest_first[:_MOST]
    ]  # fmt: skip


def of_number(db: Connection, number: str) -> dict[str, CertificateEntry]:
    """By holder's token; none where nobody has heard of the number."""
    rows = [
        row
        for table in (t.certificate, issued_certificate)
        for row in db.execute(select(*_entry(table), table.c.person).where(table.c.id == number))
    ]
    return {
        row.person: {
            "id": row.id, "kind": row.kind, "year": row.year, "county": row.county, "office": row.office,
            "status": row.status,
        }
        for row in rows
    }  # fmt: skip


def _rows(db: Connection, table: Table, person: str) -> Sequence[Any]:
    theirs = select(*_entry(table)).where(table.c.person == person)
    return db.execute(theirs.order_by(table.c.year.desc(), table.c.id).limit(_MOST)).all()


def _entry(table: Table) -> tuple[Column[Any], ...]:
    return tuple(table.c[name] for name in ("id", "kind", "year", "county", "office", "status"))
