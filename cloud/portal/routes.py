"""The addresses of the public's pages, all below /city."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from sqlalchemy import Engine

from cloud.portal.applying import Applying
from cloud.portal.drafts import Drafts
from cloud.portal.frame import Frame
from cloud.portal.looking import Looking
from cloud.portal.progress import Progress, Tracking
from cloud.ports import Opener
from contract.words import Words


def router(
    engine: Engine, drafts: Drafts, opener: Opener, clock: Callable[[], int], words: Mapping[str, Words]
) -> APIRouter:
    """`words`: of matters, by whatever they are called elsewhere."""
    routes, frame = APIRouter(prefix="/city", include_in_schema=False), Frame(clock, words)
    Looking(frame, engine).add_to(routes)
    Applying(frame, drafts).add_to(routes)
    Tracking(frame, Progress(engine, opener, drafts)).add_to(routes)
    return routes
