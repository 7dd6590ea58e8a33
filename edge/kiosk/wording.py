"""The catalogue in one language: keys become texts, and their places are filled."""

from collections.abc import Mapping
from datetime import UTC, datetime

from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.questions import Said
from edge.kiosk.words import WORDS

Language = str  # "zh" or "en"


class Wording:
    def __init__(self, lang: Language, words: Mapping[str, Said] = WORDS) -> None:
        self.lang, self._words = lang, words

    def has(self, key: str) -> bool:
        return key in self._words

    def __call__(self, key: str | Said, values: Mapping[str, str | Said] | None = None, **more: object) -> str:
        """A key's text, or a text that brings itself. A value may be a key too. Raises KeyError."""
        text = self._said(key if isinstance(key, Said) else self._words[key])
        for name, value in {**(values or {}), **more}.items():
            text = text.replace("{" + name + "}", self.of(value) if isinstance(value, str | Said) else str(value))
        return text

    def of(self, value: str | Said, values: Mapping[str, str | Said] | None = None) -> str:
        """A value of a line: a key of the catalogue, a text in both languages, or plain text."""
        if isinstance(value, Said) or value in self._words:
            return self(value, values)
        return value

    def maybe(self, key: str, values: Mapping[str, str | Said] | None = None) -> str:
        """The key's text; "" where the catalogue has none."""
        return self(key, values) if key in self._words else ""

    def _said(self, said: Said) -> str:
        return said.en if self.lang == "en" else said.zh


def local_minute(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def yuan(fen: int) -> str:
    """Money as people write it: 12.50."""
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{yuan(-fen)}"
