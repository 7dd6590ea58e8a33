"""The live wall's routes: the page, its stream of fragments, its two static files."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, StreamingResponse

from cloud.ports import PictureReader, RecordsUnavailable
from cloud.wall import render
from cloud.wall.feed import Feed
from cloud.wall.figures import WallFigures, figures
from cloud.wall.view import wall_view
from contract.words import WORDS

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def router(reader: PictureReader, clock: Callable[[], int], poll_s: float = 0.1) -> APIRouter:
    """The wall under `/wall`. `clock` gives UTC milliseconds; `poll_s` is how often the reader's version is asked."""
    routes = APIRouter()
    feed = Feed(reader, clock, poll_s)
    files = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in MEDIA_TYPES}

    @routes.get("/wall", include_in_schema=False)
    def wall(lang: str = "") -> Response:
        try:
            picture = reader.picture(clock())
        except RecordsUnavailable:  # a television switched on meanwhile must not stay on an error page
            return PlainTextResponse("\n".join(WORDS["unavailable"]), 503, headers=HEADERS | {"Refresh": "5"})
        return HTMLResponse(render.page(wall_view(picture), _language(lang)), headers=HEADERS)

    @routes.get("/api/figures/wall")
    def numbers() -> WallFigures:
        """What the wall shows now: of all facilities, and of each."""
        return figures(reader.picture(clock()))

    @routes.get("/wall/stream", include_in_schema=False)
    async def stream(lang: str = "") -> Response:
        headers = HEADERS | {"X-Accel-Buffering": "no"}  # nginx would hold the events back
        return StreamingResponse(feed.messages(_language(lang)), media_type="text/event-stream", headers=headers)

    @routes.get("/wall/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        if name not in files:
            raise HTTPException(404)
        # The page names each file with the build, so a copy never goes out of date.
        headers = HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(files[name], media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)

    return routes


def _language(asked: str) -> render.Language:
    return "en" if asked == "en" else "zh"
