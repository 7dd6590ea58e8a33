"""The face check of a box (人脸核验), where it has a camera, an engine and weights; else all go the other way."""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from edge.adapters.face.opening import open_engine
from edge.adapters.face.weights import NoFaceEngine
from edge.adapters.site_key import site_key
from edge.services.card_photos import CardPhotos
from edge.services.face_attempt import Means
from edge.services.face_check import FaceCheck
from edge.services.kiosk_faces import KioskFaces
from edge.services.kiosk_machines import FaceChecks, NoFaceChecks
from edge.services.kiosk_terminal import KioskTerminal
from edge.services.visits import Visits
from edge.settings import Profile
from firmware_bridge import wlt

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Faces:
    """`make`: the checks for the kiosk's visits. `has_camera`: whether the other way is offered at all."""

    make: Callable[[Visits], FaceChecks]
    has_camera: Callable[[], bool]
    preview: Callable[[], bytes | None]


NO_FACES = Faces(lambda _visits: NoFaceChecks(), lambda: False, lambda: None)


def make_faces(profile: Profile, place: str) -> Faces:
    """What is lacking is logged once, with what to do."""
    if profile.face.terminal is not None:
        return _by_terminal(profile, place, profile.face.terminal)
    if not profile.kiosk.camera:
        return NO_FACES
    try:
        engine = open_engine(profile.face.models)
    except NoFaceEngine as none:
        log.warning("kiosk: no face check here, everybody is checked at the window: %s", none)
        return NO_FACES
    from edge.adapters.face.camera import Camera
    from edge.adapters.face.pictures import decoded, measured
    from edge.domain.face.decision import Thresholds
    from edge.domain.face.liveness import Rules
    from edge.services.face_attempt import Settings

    face = profile.face
    settings = Settings(Thresholds(face.match_from, face.mismatch_below), Rules(passive_from=face.liveness_from))
    camera: Camera = Camera(profile.kiosk.camera)
    check = FaceCheck(Means(engine, camera, measured, settings), _moves)
    decode = wlt.find()
    key = site_key(profile.store.directory)

    def make(visits: Visits) -> FaceChecks:
        return KioskFaces(
            visits,
            check,
            CardPhotos(),
            lambda photo: decoded((decode(bytes(photo)) if decode else None) or b""),
            place,
            key,
            simulated=profile.facility.simulated,
        )

    return Faces(make, lambda: camera.is_there, camera.preview)


def _by_terminal(profile: Profile, place: str, device: str) -> Faces:
    is_there = threading.Event()

    def on_standing(is_open: bool) -> None:  # noqa: FBT001 - as it is told
        (is_there.set if is_open else is_there.clear)()

    def make(visits: Visits) -> FaceChecks:
        key, simulated = site_key(profile.store.directory), profile.facility.simulated
        return KioskTerminal(visits, place, device, key, on_standing, simulated=simulated)

    return Faces(make, is_there.is_set, lambda: None)


def _moves() -> list[Literal["left", "right"]]:
    """In an order that nobody can have filmed beforehand."""
    return random.SystemRandom().sample(["left", "right"], 2)
