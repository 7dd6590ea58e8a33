"""What a case enters into the signed ledger of certificates, in its own transaction: given out, made void."""

from typing import Any

from cloud.domain.actor import SYSTEM
from cloud.matters.archives import issued
from cloud.services.casework import Done
from contract.identifiers.area import AREAS


def enter_new(done: Done, number: str, kind: str, holders: frozenset[str], year: int) -> None:
    county = done.case.area[:6]
    place = AREAS[county].zh if county in AREAS else county
    done.enter(done.writing, issued.NAME, {
        "number": number, "kind": kind, "year": year, "county": county, "office": f"{place}民政局",
        "holders": sorted(holders), "case": done.case.case,
    }, SYSTEM)  # fmt: skip


def make_void(done: Done, number: str, persons: frozenset[str], *, replaced_by: str) -> None:
    """作废. A number that a couple holds is void for both; of a divorce, for who has another certificate now."""
    found = issued.of_number(done.writing.books.db, number)
    before = done.writing.books.ledger_row(issued.NAME, number)
    one = next(iter(found.values()))
    row: dict[str, Any] = dict(before.row) if before else {
        "number": number, "kind": one["kind"], "year": one["year"], "county": one["county"], "office": one["office"],
    }  # fmt: skip
    void = {person for person, entry in found.items() if entry["status"] == "void"}
    void |= set(found) if one["kind"] == "marriage" else persons & set(found)
    row |= {
        "holders": sorted(found), "void_for": sorted(void), "voided_by": done.case.case, "replaced_by": replaced_by,
    }  # fmt: skip
    done.enter(done.writing, issued.NAME, row, SYSTEM)
