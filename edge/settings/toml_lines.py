"""Where in a TOML text each key stands: `tomllib` reads the values, this finds their lines.

The text is one that `tomllib` accepts, so only the ends of things are looked for, not their mistakes.
"""

import bisect
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

Key = str | int
KeyPath = tuple[Key, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # the last three of up to five quotes end it
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_BARE_VALUE = re.compile(r"[^,\]}#\r\n]*")


class Source(NamedTuple):
    """A file, what it says, and where. `sha256`: of exactly the bytes that were read."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    sha256: str

    def line(self, key_path: Sequence[Key]) -> int:
        """Of what was written nearest to it: a missing key has the line of its table."""
        return next(
            (self.lines[tuple(key_path[:n])] for n in range(len(key_path), 0, -1) if tuple(key_path[:n]) in self.lines),
            1,
        )


def lines_of(text: str) -> dict[KeyPath, int]:
    """Key path (an array's elements by number, from 0) -> line, from 1. `text`: valid TOML."""
    scan = _Scan(text)
    scan.document()
    return scan.lines


class _Scan:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text, self._at = text, 0
        self._ends = [i for i, character in enumerate(text) if character == "\n"]
        self._elements: dict[KeyPath, int] = {}  # of each array of tables: how many so far

    def document(self) -> None:
        table: KeyPath = ()
        while self._skip_blank():
            if self._take("[["):
                table = self._header(element=True)
            elif self._take("["):
                table = self._header(element=False)
            else:
                self._pair(table)

    def _header(self, *, element: bool) -> KeyPath:
        self._skip_blank()
        path: KeyPath = ()
        keys = self._keys()
        for i, key in enumerate(keys, start=1):
            path = self._note((*path, key))
            if element and i == len(keys):
                self._elements[path] = self._elements.get(path, 0) + 1
            if path in self._elements:
                path = self._note((*path, self._elements[path] - 1))
        self._skip_blank()
        self._at += 2 if element else 1
        return path

    def _pair(self, table: KeyPath) -> None:
        path = table
        for key in self._keys():
            path = self._note((*path, key))
        self._skip_blank()
        self._at += 1  # =
        self._skip_blank()
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._take("["):
            self._array(path)
        elif self._take("{"):
            self._inline_table(path)
        else:
            self._match(_STRING) or self._match(_BARE_VALUE)

    def _array(self, path: KeyPath) -> None:
        number = 0
        while self._skip_blank() and not self._take("]"):
            self._value(self._note((*path, number)))
            self._skip_blank()
            self._take(",")
            number += 1

    def _inline_table(self, path: KeyPath) -> None:
        while self._skip_blank() and not self._take("}"):
            self._pair(path)
            self._skip_blank()
            self._take(",")

    def _keys(self) -> list[str]:
        """The parts of a dotted key, as tomllib reads them."""
        parts: list[str] = []
        inner: Any = tomllib.loads(self._match(_KEY) + " = 0")
        while isinstance(inner, dict):
            ((key, inner),) = inner.items()
            parts.append(key)
        return parts

    def _note(self, path: KeyPath) -> KeyPath:
        self.lines.setdefault(path, bisect.bisect_left(self._ends, self._at) + 1)
        return path

    def _skip_blank(self) -> bool:
        """False at the end of the text."""
        self._match(_BLANK)
        return self._at < len(self._text)

    def _take(self, what: str) -> bool:
        if not self._text.startswith(what, self._at):
            return False
        self._at += len(what)
        return True

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]
