"""The face gallery of a care home: its file, one at a time in the counter process, and the desk's camera."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from edge.adapters.face.opening import open_engine
from edge.adapters.face.weights import NoFaceEngine
from edge.adapters.site_key import site_key
from edge.domain.face.decision import Thresholds
from edge.domain.face.gallery import FILE, WITH
from edge.domain.face.liveness import Rules
from edge.services.desk.checks import Number
from edge.services.desk.faces import DeskFaces, Opened
from edge.services.face_attempt import Means, Settings
from edge.settings import Profile

if TYPE_CHECKING:
    from edge.adapters.face.gallery_file import GalleryFile
    from edge.compose.counter_services import CounterServices

_LOOK_S = 15.0  # somebody at the desk waits for the page
_one_at_a_time = threading.Lock()
log = logging.getLogger(__name__)


def opened(profile: Profile) -> Opened:
    """Read from the file, and zeroed in memory, each time: nothing of it stays open. Raises GalleryDamaged."""
    directory = profile.store.directory

    @contextlib.contextmanager
    def open_it() -> "Iterator[GalleryFile]":
        from edge.adapters.face.gallery_file import GalleryFile

        with _one_at_a_time, contextlib.closing(
            GalleryFile(directory, site_key(directory), profile.facility.kind)
        ) as gallery:  # fmt: skip
            yield gallery

    return open_it


def delete_templates(profile: Profile) -> Callable[[str], int]:
    """Of a person's token, where this box keeps faces: how many went. Without a gallery nothing is loaded for it."""
    open_it = opened(profile)

    def delete(token: str) -> int:
        if not (profile.store.directory / FILE).exists():
            return 0
        with open_it() as gallery:
            return gallery.withdraw(token)

    return delete


def desk_faces(profile: Profile, counter: "CounterServices", number: Number) -> DeskFaces | None:
    """None where no faces may be kept, or the engine's libraries are not installed."""
    if profile.facility.kind not in WITH:
        return None
    try:
        import edge.adapters.face.gallery_file  # noqa: F401
    except ImportError:
        return None
    place = f"{profile.facility.id}-desk"[:64]
    return DeskFaces(
        place, profile.facility.kind, opened(profile), _means(profile), counter.store, counter.clock, number,
        counter.new_id,
    )  # fmt: skip


def _means(profile: Profile) -> Means | None:
    if not profile.desk.camera:
        return None
    try:
        engine = open_engine(profile.face.models)
    except NoFaceEngine as none:
        log.warning("desk: nobody can be looked at here: %s", none)
        return None
    from edge.adapters.face.camera import Camera
    from edge.adapters.face.pictures import measured

    face = profile.face
    settings = Settings(Thresholds(face.match_from, face.mismatch_below), Rules(passive_from=face.liveness_from))
    return Means(engine, Camera(profile.desk.camera), measured, replace(settings, attempt_s=_LOOK_S))
