"""What may be shared at all: datasets of the services of the plan, by name, each with all of its fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Query:
    """What a department asks for: a person by token, or a key, or an area; and how much."""

    token: str = ""
    key: str = ""
    area: str = ""
    limit: int = 100


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
