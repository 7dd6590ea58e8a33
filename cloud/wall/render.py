"""The wall as HTML: the whole page, and each of the fragments that the stream replaces."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from cloud.wall.parts import AlarmList, Card, DrillList, Headline, Part, Rest, Wall
from contract.words import WORDS, Words

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time, so no time-zone database needed

_TAGS: Mapping[Language, str] = {"zh": "zh-CN", "en": "en"}
_FOLDER = Path(__file__).parent
_SOURCES = sorted(path for name in ("templates", "static") for path in (_FOLDER / name).iterdir() if path.is_file())

# A page older than its server reloads itself: a wall hangs for months.
BUILD = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:16]


def clock_time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI).strftime("%H:%M:%S")


def _words(what: str | Words) -> Words:
    return WORDS[what] if isinstance(what, str) else what


def _environment(first: Language) -> Environment:
    """`t(…)` says a catalogue key, or words, in the page's first language, `o(…)` in the other one."""
    second: Language = "en" if first == "zh" else "zh"
    environment = Environment(
        loader=PackageLoader("cloud.wall"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=lambda what: getattr(_words(what), first),
        o=lambda what: getattr(_words(what), second),
        lang=first,
        other=second,
        lang_tag=_TAGS[first],
        other_tag=_TAGS[second],
        clock_time=clock_time,
        build=BUILD,
    )
    return environment


_ENVIRONMENTS: Mapping[Language, Environment] = {language: _environment(language) for language in LANGUAGES}


def by_id(wall: Wall) -> dict[str, Part]:
    """The wall's fragments by the id of their element, cards worst first."""
    cards: dict[str, Part] = {card.id: card for card in wall.cards}
    return {"headline": wall.headline, **cards, "rest": wall.rest, "alarms": wall.alarms, "drills": wall.drills}


def page(wall: Wall, language: Language) -> str:
    return _ENVIRONMENTS[language].get_template("wall.html").render(wall=wall)


def fragment(part: Part, language: Language) -> str:
    environment = _ENVIRONMENTS[language]
    match part:
        case Headline():
            return environment.get_template("_headline.html").render(headline=part)
        case Card():
            return environment.get_template("_facility.html").render(card=part)
        case AlarmList():
            return environment.get_template("_alarms.html").render(alarms=part)
        case DrillList():
            return environment.get_template("_drills.html").render(drills=part)
        case Rest():
            return environment.get_template("_rest.html").render(rest=part)
