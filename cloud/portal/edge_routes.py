"""What boxes ask about drafts of the web (docs/edge-api.md); behind the edge door like all that boxes ask."""

from collections.abc import Callable

from fastapi import APIRouter, HTTPException

from cloud.portal.drafts import Drafts, Elsewhere
from cloud.portal.limits import Limit
from contract.web_drafts import Asked, WebDraft


def router(drafts: Drafts, clock: Callable[[], int], wrong: Limit | None = None) -> APIRouter:
    """`wrong`: how many codes that lead nowhere a box may ask for, by facility."""
    routes = APIRouter(prefix="/api/edge")
    limit = wrong or Limit(60, 5 * 60_000)

    @routes.post("/web-drafts")
    def take(asked: Asked) -> WebDraft:
        if limit.is_reached(asked.facility, clock()):
            raise HTTPException(429, "too many codes that lead nowhere; again in five minutes")
        try:
            found = drafts.take(asked.code, asked.facility)
        except Elsewhere:
            raise HTTPException(409, "it goes on at another facility") from None
        if found is None:
            limit.count(asked.facility, clock())
            raise HTTPException(404, "no draft has this code")
        return found

    return routes
