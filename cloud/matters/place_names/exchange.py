"""The export package of addresses: CSV (RFC 4180) and GeoJSON (RFC 7946), and back to the same rows. Pure.

A cell that a spreadsheet would take for a formula has an apostrophe before it, and so has one that begins with an
apostrophe: what was put before it is taken away again, and nothing else. The parts of an address are told beside it for
whoever reads the file; on the way back they must agree with it.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from cloud.matters.place_names.address_base import StandardAddress
from cloud.matters.place_names.addressing import PARTS, BadAddress, parse
from contract.events.envelope import explain

FIELDS = tuple(StandardAddress.model_fields)
COLUMNS = (*FIELDS, *PARTS)
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
MOST = 20_000
_DIGITS = 24  # of a number in a cell, at most


class BadPackage(ValueError):
    """`row`: counted from 1, without the heading; 0: the file itself. `zh`: the same."""

    def __init__(self, row: int, zh: str, en: str) -> None:
        super().__init__(f"row {row}: {en}" if row else en)
        self.row, self.zh = row, f"第 {row} 行：{zh}" if row else zh


def guarded(text: str) -> str:
    return f"'{text}" if text[:1] in _GUARDED and text else text


def unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" else cell


def to_csv(rows: Iterable[StandardAddress]) -> Iterator[str]:
    """UTF-8 with a byte-order mark, as spreadsheets want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    yield _MARK + text.getvalue()
    for row in rows:
        text.seek(0)
        text.truncate()
        told = _told(row)
        writer.writerow([guarded(str(told[name])) if isinstance(told[name], str) else told[name] for name in COLUMNS])
        yield text.getvalue()


def from_csv(text: str) -> list[StandardAddress]:
    """Raises BadPackage."""
    try:
        lines = list(csv.reader(io.StringIO(text.removeprefix(_MARK), newline=""), strict=True))
    except csv.Error as wrong:
        raise BadPackage(0, "不是有效的 CSV 文件", f"not CSV: {wrong}") from None
    if not lines or tuple(lines[0]) != COLUMNS:
        raise BadPackage(0, "表头与导出文件不同", f"the heading must be {','.join(COLUMNS)}")
    rows = []
    for n, line in enumerate(lines[1:], 1):
        if len(line) != len(COLUMNS):
            raise BadPackage(n, "列数不对", f"{len(line)} cells, not {len(COLUMNS)}")
        cells = dict(zip(COLUMNS, line, strict=True))
        numbers = {name: cells[name][:_DIGITS] for name in ("lon", "lat", "approved_at_ms")}
        rows.append(_row(n, {name: unguarded(cell) for name, cell in cells.items()} | numbers))
    return _once_each(rows)


def to_geojson(rows: Iterable[StandardAddress]) -> Iterator[str]:
    """A FeatureCollection. CGCS2000 agrees with the WGS 84 that the standard asks for to a few centimetres."""
    yield '{"type":"FeatureCollection","features":['
    for n, row in enumerate(rows):
        told = _told(row)
        feature = {
            "type": "Feature",
            "id": row.address,
            "geometry": {"type": "Point", "coordinates": [told.pop("lon"), told.pop("lat")]},
            "properties": told,
        }
        yield ("," if n else "") + "\n" + json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
    yield "\n]}\n"


def from_geojson(text: str) -> list[StandardAddress]:
    """Raises BadPackage."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise BadPackage(0, "不是有效的 GeoJSON 文件", "not JSON") from None
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or whole.get("type") != "FeatureCollection":
        raise BadPackage(0, "不是 FeatureCollection", "no FeatureCollection")
    return _once_each([_of_feature(n, feature) for n, feature in enumerate(features, 1)])


def _of_feature(n: int, feature: Any) -> StandardAddress:
    match feature:
        case {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float() | int() as lon, float() | int() as lat]},
            "properties": dict(properties),
        }:
            row = _row(n, {**properties, "lon": lon, "lat": lat})
            if feature.get("id", row.address) != row.address:
                raise BadPackage(n, "编号与地址不一致", "id: not the address")
            return row
    raise BadPackage(n, "不是带经纬度的点", "no Feature with a Point")


def _told(row: StandardAddress) -> dict[str, Any]:
    found = parse(row.address, row.area)
    return {**row.model_dump(mode="json"), **{part: getattr(found, part) for part in PARTS}}


def _row(n: int, filled: Mapping[str, Any]) -> StandardAddress:
    try:
        row = StandardAddress.model_validate({name: value for name, value in filled.items() if name not in PARTS})
        told = _told(row)
    except ValidationError as wrong:
        raise BadPackage(n, "内容不符合要求", explain(wrong)) from None
    except BadAddress as wrong:
        raise BadPackage(n, wrong.zh, str(wrong)) from None
    if other := [part for part in PARTS if filled.get(part, told[part]) != told[part]]:
        raise BadPackage(n, "地址与其各部分不一致", f"{', '.join(other)}: not what the address says")
    return row


def _once_each(rows: list[StandardAddress]) -> list[StandardAddress]:
    if len(rows) > MOST:
        raise BadPackage(0, f"一次最多 {MOST} 行", f"{MOST} rows at once, at most")
    seen: set[str] = set()
    for n, row in enumerate(rows, 1):
        if row.address in seen:
            raise BadPackage(n, "地址重复", "the address is there twice")
        seen.add(row.address)
    return rows
