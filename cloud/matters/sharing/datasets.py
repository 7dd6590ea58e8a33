"""What may be shared at all: datasets of the services of the plan, by name, each with all of its fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

IsSigned = Callable[[bytes, str], bool]


class Seals:
    """Of signed rows as they are served: `broken` are those (key, version) that are not what was signed."""

    def __init__(self, is_signed: IsSigned = lambda _text, _seal: False) -> None:
        self.is_signed, self.broken = is_signed, list[tuple[str, int]]()

    def holds(self, key: str, version: int, *, is_whole: bool) -> bool:
        """Whether the row may be served; one that may not is remembered."""
        if not is_whole:
            self.broken.append((key, version))
        return is_whole


@dataclass(frozen=True, slots=True)
class Query:
    """What a department asks for: a person by token, or a key, or an area; and how much. `seals`: of signed rows."""

    token: str = ""
    key: str = ""
    area: str = ""
    limit: int = 100
    seals: Seals = field(default_factory=Seals)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """`fields`: all it has; `of_persons`: a row is about somebody, and is found by their token or its key alone.

    `owner`: the department that answers for it (权责单位); `rows` gives JSON-ready rows with every field.
    """

    name: str
    owner: str
    fields: tuple[str, ...]
    of_persons: bool
    rows: Callable[[Connection, Query], Sequence[Mapping[str, Any]]]
