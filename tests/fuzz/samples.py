"""What the documents and the golden vectors give the fuzzer: valid options, real frames, and words of the parsers."""

import ast
import importlib.util
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from firmware_bridge.modbus.profile import SHIPPED
from firmware_bridge.session import DeviceSettings

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"
REGRESSIONS = ROOT / "tests/fuzz/regressions"

_TOML = re.compile(r"^```toml\n(.*?)^```$", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`|^```\n(.*?)^```$", re.M | re.S)
_HEX = re.compile(r"(?:[0-9A-F]{2} ){2,}[0-9A-F]{2}")
_WORD_MOST = 64

Devices = tuple[DeviceSettings, ...]


def ports(driver: str) -> list[Devices]:
    """The devices of each sample port that the driver's page shows; a page's ports are all valid."""
    found: list[Devices] = []
    for block in _TOML.findall(_page(driver)):
        for port in tomllib.loads(block).get("port", []):
            devices = tuple(DeviceSettings(one["id"], one.get("options", {})) for one in port["device"])
            found += [devices] if port["driver"] == driver else []
    if not found:
        raise LookupError(f"docs/devices/{driver}.md shows no [[port]] of this driver; show how to set it up")
    if driver in ("modbus_rtu", "modbus_tcp"):  # the page cannot show them all
        found += [(DeviceSettings("d", {"unit": 1, "model": model}),) for model in SHIPPED]
    return found


def frames(driver: str) -> list[bytes]:
    """From the driver's page."""
    return list(dict.fromkeys(_frames_of_page(driver)))


def golden() -> list[bytes]:
    return [
        bytes.fromhex(text)
        for path in sorted(GOLDEN.glob("*.json"))
        for text in _texts(json.loads(path.read_text(encoding="utf-8")))
        if len(text) >= 6 and re.fullmatch(r"(?:[0-9A-Fa-f]{2} ?)+", text)
    ] + [text.encode() for text in _texts(json.loads((GOLDEN / "domain_vectors.json").read_text())) if len(text) > 5]


def regressions(target: str) -> list[tuple[Path, list[bytes]]]:
    """What was found in a target, by file: inputs, one a line, for one subject after another."""
    files = sorted((REGRESSIONS / target).glob("*.hex"))
    return [(path, parse_inputs(path.read_text(encoding="utf-8"))) for path in files]


def parse_inputs(text: str) -> list[bytes]:
    """Hexadecimal, one input a line; what stands behind # is for people."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [bytes.fromhex(line) for line in lines if line]


def words(modules: Iterable[str]) -> list[bytes]:
    """Magic numbers, keys, commands: the constants of these modules and of those of firmware_bridge they import."""
    found: set[bytes] = set()
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in seen or (tree := _tree(module)) is None:
            continue
        seen.add(module)
        for one in ast.walk(tree):
            if isinstance(one, ast.ImportFrom) and one.module and one.module.startswith("firmware_bridge"):
                waiting += [one.module, *(f"{one.module}.{name.name}" for name in one.names)]
            elif isinstance(one, ast.Constant) and isinstance(one.value, str | bytes):
                word = one.value.encode(errors="replace") if isinstance(one.value, str) else one.value
                if 2 <= len(word) <= _WORD_MOST:
                    found.add(word)
    return sorted(found)


def _tree(module: str) -> ast.Module | None:
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:  # a name in a module
        return None
    path = Path(spec.origin) if spec and spec.origin else None
    return ast.parse(path.read_text(encoding="utf-8")) if path and path.suffix == ".py" else None


def toml_blocks(page: Path) -> list[str]:
    return _TOML.findall(page.read_text(encoding="utf-8"))


def _page(driver: str) -> str:
    path = ROOT / f"docs/devices/{driver}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _frames_of_page(driver: str) -> Iterator[bytes]:
    """Hexadecimal as bytes, and each other piece of code as it stands: that is how text protocols are shown."""
    page = _page(driver)
    for inline, block in _CODE.findall(_TOML.sub("", page)):
        for piece in [inline] if inline else block.splitlines():
            if piece and _HEX.fullmatch(piece):
                yield bytes.fromhex(piece)
            elif piece:
                yield piece.encode() + b"\r\n"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
