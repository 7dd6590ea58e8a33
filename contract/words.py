"""The one catalogue of what people read on our pages: Chinese first, English beside it."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    zh: str
    en: str


WORDS: Mapping[str, Words] = {}
