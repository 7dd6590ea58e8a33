"""The kiosk's pages as HTML."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from edge.domain.visits.questions import Card, Face, Lookup, Pay, Question, Scan
from edge.kiosk.icons import drawn
from edge.kiosk.page import Page, age_line
from edge.kiosk.receipt import waiting
from edge.kiosk.wording import Wording
from edge.services.visits import Look, Result, View

_TAGS = {"zh": "zh-CN", "en": "en"}
_FOLDER = Path(__file__).parent
_SOURCES = sorted(path for name in ("templates", "static") for path in (_FOLDER / name).iterdir() if path.is_file())
BUILD = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:12]
"""Part of the static files' addresses: a new version is never shown with an old style."""

_ENVIRONMENT = Environment(
    loader=PackageLoader("edge.kiosk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.globals["drawn"] = drawn


def html(template: str, say: Wording, look: Look, **about: object) -> str:
    common: Mapping[str, object] = {
        "t": say,
        "look": look,
        "look_text": look_text(look),
        "lang_tag": _TAGS[look.lang],
        "other_tag": _TAGS["zh" if look.lang == "en" else "en"],
        "build": BUILD,
        "over": False,
        "spoken": "",
    }
    return _ENVIRONMENT.get_template(template).render({**common, **about})


def visit(view: View, page: Page, say: Wording, **about: object) -> str:
    code = ""
    if isinstance(view.page, Result) and view.page.state != "withdrawn":
        code = view.page.qr or view.page.number
    return html(
        "visit.html",
        say,
        view.look,
        view=view,
        page=page,
        theme=view.theme,
        online=view.online,
        title=about["office"] if isinstance(view.page, Question) and view.page.private else page.heading,
        over=view.idle.warning,
        waits=isinstance(view.page, Card | Face | Lookup | Pay | Scan | Result),
        age=age_line(view, say) if isinstance(view.page, Question) or view.ages else "",
        qr=qr_svg(code) if code else "",
        waiting=waiting(view.page, say) if isinstance(view.page, Result) else "",
        spoken=f"v={view.version}",
        **about,
    )


def qr_svg(text: str) -> Markup:
    svg = segno.make(text, error="m", micro=False).svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made of squares by segno; the text is not in it


def look_text(look: Look) -> str:
    """How the pages look, as the home page carries it on: only what is not the default."""
    told = {
        "lang": look.lang if look.lang != "zh" else "",
        "size": look.size if look.size != "normal" else "",
        "contrast": look.contrast if look.contrast != "normal" else "",
        "read_aloud": "1" if look.read_aloud else "",
    }
    return ",".join(f"{name}:{value}" for name, value in told.items() if value)


def look_of(text: str) -> Look:
    """What is not understood is left out."""
    look: dict[str, object] = {}
    for part in text.split(","):
        name, _, value = part.partition(":")
        match name, value:
            case ("lang", "en" | "zh") | ("size", "xl" | "normal") | ("contrast", "high" | "normal"):
                look[name] = value
            case "read_aloud", "" | "1":
                look[name] = value == "1"
    return Look(**look)  # type: ignore[arg-type]
