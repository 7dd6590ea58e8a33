"""The console as HTML: whole pages, and the fragments that the stream replaces."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from edge.console.frame_log import Language
from edge.console.jobs import CommissionPart, ReplayPart
from edge.console.tools import Tools
from edge.console.view import Banner, Clock, DeviceList, Recording
from edge.console.words import WORDS, Words, filled, word

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time, so no time-zone database needed
_TAGS: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}
_FOLDER = Path(__file__).parent
_SOURCES = sorted(path for name in ("templates", "static") for path in (_FOLDER / name).iterdir() if path.is_file())

# A page older than its server loads itself again.
BUILD = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:16]

_TEMPLATES: Mapping[type, str] = {
    Banner: "_banner.html",
    Clock: "_clock.html",
    DeviceList: "_devices.html",
    Recording: "_recording.html",
    ReplayPart: "_replay.html",
    CommissionPart: "_commission.html",
}


def language_of(asked: str) -> Language:
    return "en" if asked == "en" else "zh"


def local_time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def size_text(size: int) -> str:
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


def _words(what: str | Words) -> Words:
    return WORDS[what] if isinstance(what, str) else what


def _environment(first: Language) -> Environment:
    """`t(…)` says a catalogue key, or words, in the page's first language, `o(…)` in the other one."""
    second: Language = "en" if first == "zh" else "zh"
    environment = Environment(
        loader=PackageLoader("edge.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=lambda what: getattr(_words(what), first),
        o=lambda what: getattr(_words(what), second),
        w=lambda group, value: getattr(word(group, value), first),
        f=lambda key, n: getattr(filled(key, n), first),
        lang=first,
        other=second,
        lang_tag=_TAGS[first],
        other_tag=_TAGS[second],
        local_time=local_time,
        size_text=size_text,
        build=BUILD,
    )
    return environment


_ENVIRONMENTS: Mapping[Language, Environment] = {language: _environment(language) for language in _TAGS}


def page(name: str, language: Language, **about: object) -> str:
    return _ENVIRONMENTS[language].get_template(name).render(**about)


def fragment(part: object, language: Language) -> str:
    return _ENVIRONMENTS[language].get_template(_TEMPLATES[type(part)]).render(part=part)


def tools(about: Tools, csrf: str, language: Language) -> dict[str, str]:
    """The panels about the chosen device, by the id of their element."""
    environment = _ENVIRONMENTS[language]
    return {
        f"tool-{name}": environment.get_template(f"_tool_{name}.html").render(tools=about, csrf=csrf)
        for name in ("device", "drill", "simulator", "commission")
    }
