"""What departments may be given of marriage records: sealed ones alone, each verified as it is given.

Nobody is named in it: the department asks about somebody whom it knows, or for the number of a certificate.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from cloud.adapters import city_tables as c
from cloud.matters.marriage import records
from cloud.matters.marriage.entered import plain_certificate
from cloud.matters.marriage.records import marriage_record
from cloud.matters.marriage.sealing import is_whole
from cloud.matters.sharing.datasets import Dataset, Query

_FIELDS = ("county", "kind", "status", "certificate", "registered", "office", "version", "sealed_at_ms", "seal")
_m, _e = marriage_record.c, c.ledger_entry.c


def _rows(db: Connection, query: Query) -> Sequence[Mapping[str, Any]]:
    """`key`: a certificate's number. Of records that are verified and sealed as they stand now."""
    shared = (
        select(_e.key, _e.version, _e.row, _e.sealed, _e.seal, _e.at_ms)
        .join(marriage_record, _m.key == _e.key)
        .where(_e.ledger == records.SHARED, _e.current, _m.state == "verified", _m.sealed_version == _m.version)
    )
    if query.token:
        shared = shared.where(or_(_m.husband == query.token, _m.wife == query.token))
    if query.key:
        shared = shared.where(_m.certificate == plain_certificate(query.key))
    if query.area:
        shared = shared.where(_m.county == query.area[:6])
    told = []
    for row in map(dict, db.execute(shared.order_by(_m.registered, _e.key).limit(query.limit)).mappings()):
        whole = is_whole(row["key"], row, query.seals.is_signed)
        stands = json.loads(row["row"]) if whole else {}
        meant = not query.token or query.token in (stands.get("husband"), stands.get("wife"))  # as it was signed
        if not query.seals.holds(row["key"], row["version"], is_whole=whole and meant):
            continue
        about = {"status": "valid", **stands, "sealed_at_ms": row["at_ms"], "seal": row["seal"]}
        told.append({name: about[name] for name in _FIELDS})
    return told


MARRIAGES = Dataset(name="marriage_record", owner="民政", fields=_FIELDS, of_persons=True, rows=_rows)
