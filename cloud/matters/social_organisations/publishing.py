"""The register as kiosks have it: the reference dataset `social_organisations`, made from the ledgers."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from cloud.domain.deadline import day_of
from cloud.domain.reference_draft import Draft
from cloud.domain.validity import LONG_TERM
from cloud.matters.social_organisations.records import organisation, told
from contract.identifiers.area import AREAS
from contract.reference_rows import Label, SocialOrganisation

_AT_ONCE = 500
_CREDIT_KINDS = {"listed_abnormal": "listed_abnormal", "serious_breach": "listed_abnormal", "penalty": "penalty"}
_LONGEST_TEXT = 256


def draft(db: Connection, now_ms: int) -> Draft:
    """What the public may see today. A cancelled organisation stays in it: who asks for it is told so."""
    rows: list[SocialOrganisation] = []
    day, after = day_of(now_ms).isoformat(), ""
    o = organisation
    while found := db.execute(
        select(o).where(o.c.code > after).order_by(o.c.code).limit(_AT_ONCE)
    ).mappings().all():  # fmt: skip
        rows += [_row(one) for one in told(db, found, day)]
        after = found[-1]["code"]
    source = Label(zh="衢州市社会组织登记台账", en="Register of social organisations, Quzhou")
    return Draft("social_organisations", source, tuple(rows), as_of_ms=now_ms)


def as_file(made: Draft) -> dict[str, Any]:
    """As `cloud.domain.reference_draft.read_draft` reads it."""
    assert made.as_of_ms is not None
    return {
        "dataset": made.dataset, "source": made.source.model_dump(),
        "as_of": datetime.fromtimestamp(made.as_of_ms / 1000, UTC).isoformat(),
        "rows": [row.model_dump(mode="json", exclude_defaults=True) for row in made.rows],
    }  # fmt: skip


def _row(one: dict[str, Any]) -> SocialOrganisation:
    groups, facts = one["groups"], one["groups"]["basic"]["facts"]
    office = f"{AREAS[facts['county']].zh}民政局"
    entries = groups["credit"]["entries"] + groups["licences_and_penalties"]["entries"]
    fresh = [groups[name]["as_of_ms"] or 0 for name in ("credit", "licences_and_penalties")]
    return SocialOrganisation.model_validate_json(json.dumps({
        "name": one["name"], "initials": facts["initials"], "credit_code": one["code"], "kind": facts["kind"],
        "county": facts["county"], "state": facts["state"], "legal_representative": facts["legal_representative"],
        "registration": {
            "as_of_ms": groups["basic"]["as_of_ms"], "source": office, "established": facts["established"],
            "registrar": facts["registrar"], "supervisor": facts["supervisor"],
            "address": facts["address"][:_LONGEST_TEXT], "scope": facts["scope"][:_LONGEST_TEXT],
        },
        "annual": {
            "as_of_ms": groups["annual"]["as_of_ms"] or 0, "source": office, "rating": facts["rating"],
            "checks": [{"year": check["year"], "result": check["result"]} for check in groups["annual"]["entries"]],
        },
        "credit": {
            "as_of_ms": max(fresh), "source": "市信用平台",
            "entries": [_entry(entry) for entry in entries if entry["kind"] in _CREDIT_KINDS],
        },
    }))  # fmt: skip


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    until = entry["valid_until"]
    return {
        "kind": _CREDIT_KINDS[entry["kind"]], "decided": entry["decided"], "authority": entry["authority"],
        "reason": entry["reason"][:_LONGEST_TEXT], "valid_until": None if until == LONG_TERM else until,
    }  # fmt: skip
