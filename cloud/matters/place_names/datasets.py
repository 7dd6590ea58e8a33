"""What departments may be given of the names, where the catalogue says so."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from cloud.matters.place_names.doorplate_records import address_std
from cloud.matters.place_names.records import place_name
from cloud.matters.sharing.datasets import Dataset, Query

_OF_ADDRESSES = ("address", "area", "lon", "lat", "status")
_FIELDS = ("id", "name", "category", "county", "area", "lon", "lat", "status")


def _rows(db: Connection, query: Query) -> Sequence[Mapping[str, Any]]:
    p = place_name.c
    wanted = select(*(p[name] for name in _FIELDS)).where(p.status == "current")
    if query.area:
        wanted = wanted.where(p.area.startswith(query.area, autoescape=True))
    if query.key:
        wanted = wanted.where(p.id == query.key)
    return [dict(row) for row in db.execute(wanted.order_by(p.id).limit(query.limit)).mappings()]


def _addresses(db: Connection, query: Query) -> Sequence[Mapping[str, Any]]:
    a = address_std.c
    wanted = select(*(a[name] for name in _OF_ADDRESSES)).where(a.status == "current")
    if query.area:
        wanted = wanted.where(a.area.startswith(query.area, autoescape=True))
    if query.key:
        wanted = wanted.where(a.address == query.key)
    return [dict(row) for row in db.execute(wanted.order_by(a.address).limit(query.limit)).mappings()]


NAMES = Dataset(name="place_name", owner="民政", fields=_FIELDS, of_persons=False, rows=_rows)
ADDRESSES = Dataset(name="address_std", owner="民政", fields=_OF_ADDRESSES, of_persons=False, rows=_addresses)
