"""The running agent of a box, as the commands reach it."""

import base64
from collections.abc import Sequence
from pathlib import Path

from edge.adapters.control_client import ControlClient, Refused
from edge.settings import load

UNREACHABLE = 3

Value = bool | int | float | str


def client_of(config: Path) -> ControlClient:
    """Raises BadFacilityFile."""
    return ControlClient(load(config).store.directory)


def pairs(texts: Sequence[str]) -> dict[str, Value]:
    """name=value; numbers and true/false are what they look like, @FILE is its content in base64.

    Raises Refused, OSError.
    """
    values: dict[str, Value] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Refused(f"{text!r}: write NAME=VALUE")
        values[name] = _value(value)
    return values


def _value(text: str) -> Value:
    if text.startswith("@"):
        return base64.b64encode(Path(text[1:]).read_bytes()).decode()
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
