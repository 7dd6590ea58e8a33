"""The desk's pages as HTML."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.questions import Said

TAGS = {"zh": "zh-CN", "en": "en"}
FOLDER = Path(__file__).parent
_SOURCES = sorted(path for name in ("templates", "static") for path in (FOLDER / name).iterdir() if path.is_file())
BUILD = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:12]
"""Part of the static files' addresses: a new version is never shown with an old style."""


class Say(Protocol):
    """The catalogue in one language, of the desk and of the matters (edge.kiosk.wording.Wording)."""

    @property
    def lang(self) -> str: ...
    def has(self, key: str) -> bool: ...
    def __call__(self, key: str | Said, values: Mapping[str, str | Said] | None = None, **more: object) -> str: ...
    def of(self, value: str | Said, values: Mapping[str, str | Said] | None = None) -> str: ...
    def maybe(self, key: str, values: Mapping[str, str | Said] | None = None) -> str: ...


def local(at_ms: int, form: str = "%m-%d %H:%M") -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI).strftime(form)


def span(seconds: float) -> str:
    """A wait as a clock: m:ss, h:mm:ss."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


_ENVIRONMENT = Environment(
    loader=PackageLoader("edge.desk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.globals.update(local=local, span=span, build=BUILD)


def html(template: str, say: Say, **about: object) -> str:
    tags = {"lang_tag": TAGS[say.lang], "other_lang": "zh" if say.lang == "en" else "en"}
    return _ENVIRONMENT.get_template(template).render(t=say, **{**tags, "other_tag": TAGS[tags["other_lang"]]}, **about)
