"""How a page of the city is drawn: one frame, two languages, no script needed, nothing from elsewhere."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from cloud.domain.deadline import SHANGHAI
from contract.words import Words

Language = Literal["zh", "en"]
LANGUAGE = "onetrip_language"  # cookie
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FOLDER = Path(__file__).parent
_FILES = {path.name: path.read_bytes() for path in sorted((_FOLDER / "static").iterdir()) if path.suffix == ".css"}
BUILD = hashlib.sha256(b"".join(_FILES.values())).hexdigest()[:12]


class Pages:
    """`package`: whose templates; `words`: the catalogue. A page names a key `k` as `t("k")`, in its own language."""

    def __init__(self, package: str, words: Mapping[str, Words]) -> None:
        self._words = words
        self._environment = Environment(
            loader=ChoiceLoader([PackageLoader(package), PackageLoader("cloud.web")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(build=BUILD, moment=moment, day=day)

    def show(self, request: Request, template: str, status: int = 200, **about: Any) -> HTMLResponse:
        lang = language_of(request)
        other: Language = "en" if lang == "zh" else "zh"
        text = self._environment.get_template(template).render(
            t=lambda key, **values: getattr(self._words[key], lang).format(**values),
            o=lambda key: getattr(self._words[key], other),
            has=lambda key: key in self._words,
            lang=lang,
            other=other,
            tags={"zh": "zh-CN", "en": "en"},
            path=request.url.path,
            **{"staff": None, "csrf": "", **about},
        )
        return HTMLResponse(text, status, headers=HEADERS)


def router() -> APIRouter:
    """What every page needs."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/city/static/{name}")
    def static(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404)
        headers = HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(_FILES[name], media_type="text/css", headers=headers)

    return routes


def language_of(request: Request) -> Language:
    """As the address asks for, else as it was asked for before; Chinese first."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE, "")
    return "en" if asked == "en" else "zh"


def moment(at_ms: int | None) -> str:
    """2026-11-25 14:03 in Shanghai; "" for none."""
    return "" if at_ms is None else _at(at_ms).strftime("%Y-%m-%d %H:%M")


def day(at_ms: int | None) -> str:
    return "" if at_ms is None else _at(at_ms).strftime("%Y-%m-%d")


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI)
