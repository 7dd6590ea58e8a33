"""A collector's points (门牌采集点) and where each of them stands, made from the lines of the collector's book. Pure.

Lines are only ever added: a point, in each of its revisions; the city's answer to one; a point that was sent back.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal

from pydantic import ValidationError

from contract.doorplates import Answer, Point, Returned
from contract.events.envelope import explain
from firmware_bridge.devices import gnss_nmea

Standing = Literal["waiting", "taken", "returned", "refused"]
_NUMBERS = {"lon": float, "lat": float, "satellites": int, "hdop": float, "taken_at_ms": int, "revision": int}
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_GGA_FIELDS = 8
_CHINESE, _ALONE = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[0-9]+[A-Z]?(-[0-9]+)?")


class BadPoint(Exception):
    """It cannot be a point; the text says why and what to do."""


class NoNetwork(Exception):
    """The city cannot be reached now. Nothing is lost: what was not answered is sent again."""


class CityRefused(Exception):
    """The city answers and takes nothing of it: an address, a token, an area that is not right."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`waiting`: to be sent; `returned`: to be corrected, `reason` says why; `refused`: likewise."""

    point: Point
    standing: Standing = "waiting"
    reason: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """What stands in a book. `name`: its own id, so that the same file imported twice is the same points."""

    name: str
    kept: Mapping[str, Kept]

    @property
    def waiting(self) -> list[Point]:
        return [one.point for one in self.kept.values() if one.standing == "waiting"]


def read(lines: Iterable[Mapping[str, Any]]) -> Pages:
    """In the order in which they were written."""
    name, kept = "", dict[str, Kept]()
    for line in lines:
        match line:
            case {"book": str(book)}:
                name = book
            case {"kept": dict(told)}:
                point = Point.model_validate(told)
                kept[point.point] = Kept(point)
            case {"answer": dict(told)}:
                answer = Answer.model_validate(told)
                kept |= _after_answer(kept.get(answer.point), answer)
            case {"returned": dict(told)}:
                back = Returned.model_validate(told)
                mine = kept.get(back.point)
                if mine is not None and mine.point.revision == back.revision:
                    kept[back.point] = replace(mine, standing="returned", reason=back.reason)
    return Pages(name, kept)


def _after_answer(mine: Kept | None, answer: Answer) -> dict[str, Kept]:
    """An answer to an older revision says nothing of this one."""
    if mine is None or mine.point.revision != answer.revision:
        return {}
    if answer.outcome == "refused":
        return {answer.point: replace(mine, standing="refused", reason=answer.reason)}
    standing: Standing = "returned" if answer.state == "returned" else "taken"
    return {answer.point: Kept(mine.point, standing, answer.reason, answer.flags)}


def made(filled: Mapping[str, Any]) -> Point:
    """Raises BadPoint."""
    try:
        return Point.model_validate(dict(filled))
    except ValidationError as wrong:
        raise BadPoint(explain(wrong)) from None


def corrected(kept: Kept, changes: Mapping[str, Any]) -> Point:
    """The next revision. Raises BadPoint."""
    told = {**kept.point.model_dump(), **changes, "revision": kept.point.revision + 1}
    return made(told)


def fix_of(sentence: str) -> dict[str, Any]:
    """Where a receiver's GGA sentence (NMEA 0183) says that it is. Raises BadPoint."""
    found = gnss_nmea.decode(sentence.strip().encode("ascii", "replace") + b"\r\n")
    if found is None or found.name != "GGA" or len(found.fields) < _GGA_FIELDS:
        raise BadPoint(
            "--nmea: no GGA sentence with a right checksum; copy the whole line, from $ to the last two digits"
        )
    if found.fields[5] in ("", "0") or (place := gnss_nmea.position(found.fields[1:5])) is None:
        raise BadPoint(
            "--nmea: the receiver has no position yet; wait in the open, or use --manual with --lon and --lat"
        )
    return {
        "lat": place["Position/Latitude"], "lon": place["Position/Longitude"], "fix": "gnss",
        "satellites": int(found.fields[6] or 0), "hdop": float(found.fields[7] or 99), "datum": "WGS84",
    }  # fmt: skip


def plate_text(lines: Iterable[str]) -> str:
    """The address of a plate's lines: without its Pinyin, and with 号 after a number that stands alone."""
    kept = [line for line in ("".join(one.split()) for one in lines) if _CHINESE.search(line) or _ALONE.fullmatch(line)]
    return "".join(f"{line}号" if _ALONE.fullmatch(line) and "号" not in "".join(kept) else line for line in kept)


def of_csv(text: str, book: str, taken_at_ms: int) -> list[Point]:
    """A table with the columns of Point, of which area, written, lon and lat must be there. The same row of the same
    book is the same point, whenever it is imported. Raises BadPoint.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(text.removeprefix(_MARK), newline=""), strict=True))
    except csv.Error as wrong:
        raise BadPoint(f"not CSV: {wrong}") from None
    points = []
    for n, row in enumerate(rows, 2):
        filled = {name: cell for name, cell in row.items() if name is not None and cell}
        try:
            numbers = {name: _NUMBERS[name](filled[name]) for name in filled if name in _NUMBERS}
        except ValueError as wrong:
            raise BadPoint(f"line {n}: {wrong}") from None
        named = {"point": _id_of(book, filled), "taken_at_ms": taken_at_ms}
        try:
            points.append(made({**named, **filled, **numbers}))
        except BadPoint as wrong:
            raise BadPoint(f"line {n}: {wrong}") from None
    return points


def _id_of(book: str, filled: Mapping[str, str]) -> str:
    text = json.dumps([book, sorted(filled.items())])
    name = sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"{name[:8]}-{name[8:12]}-8{name[13:16]}-a{name[17:20]}-{name[20:32]}"
