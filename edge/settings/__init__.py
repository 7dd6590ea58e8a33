"""The facility file (TOML) that describes one box: who it is, where it keeps its store, its ports and its rules."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge.settings.errors import BadFacilityFile, explained, located
from edge.settings.model import Clock, Console, Desk, Device, Face, Facility, Kiosk, Port, Profile, Rules, Store, Uplink
from edge.settings.schema import schema_text
from edge.settings.toml_lines import Source, lines_of

__all__ = [
    "BadFacilityFile",
    "Clock",
    "Console",
    "Desk",
    "Device",
    "Face",
    "Facility",
    "Kiosk",
    "Port",
    "Profile",
    "Rules",
    "Store",
    "Uplink",
    "load",
    "located",
    "schema_text",
]

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_UNQUOTED = "Invalid value"


def load(path: Path) -> Profile:
    """Raises BadFacilityFile."""
    data = _read(path)
    text = _decode(path, data)
    source = Source(path, _parse(path, text), lines_of(text), hashlib.sha256(data).hexdigest())
    try:
        return Profile.model_validate(source.values).with_source(source)
    except ValidationError as wrong:
        raise BadFacilityFile(explained(source, wrong)) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadFacilityFile(f"{path}: no such file; give the facility file with --config") from None


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise BadFacilityFile(f"{path}:{line}: not UTF-8; save it again as UTF-8 (it may be GBK now)") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadFacilityFile(f"{path}: not TOML: brackets in brackets without end; close them") from None
    except tomllib.TOMLDecodeError as wrong:
        said = str(wrong)
        where = _WHERE.search(said)
        if where is None:
            raise BadFacilityFile(f"{path}: not TOML: {said}") from None
        line = int(where[1] or text.rstrip().count("\n") + 1)
        column = f" (column {where[2]})" if where[2] else " (the text ends too early)"
        what = said[: where.start()]
        hint = '; text stands in "quotes"; true and false in small letters' if what == _UNQUOTED else ""
        raise BadFacilityFile(f"{path}:{line}: not TOML: {what}{column}{hint}") from None
