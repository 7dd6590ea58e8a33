"""Is a picture good enough to compare (质量门控)? The gates stand in a declared order; the first that is shut gives its
hint, so that a visitor hears one thing at a time, the most helpful first.

Whether a mask or dark glasses cover a face is not told here: the detector finds such faces nearly as surely.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.domain.face import hints
from edge.domain.face.pose import Pose, pose_of
from edge.domain.face.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Pixels:
    """Of a face's box. `brightness`: mean, 0..255. `unevenness`: how much darker the darker half is, 0..1.
    `sharpness`: variance of the Laplacian at a width of 112 pixels.
    """

    brightness: float
    unevenness: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class Look:
    """A picture's size in pixels, the faces on it with the largest first, and the pixels of the largest."""

    width: int
    height: int
    faces: Sequence[Sighting]
    pixels: Pixels

    @property
    def face(self) -> Sighting:
        return self.faces[0]

    @property
    def pose(self) -> Pose:
        return pose_of(self.face.landmarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Shares are of the picture's height or width, or of the largest face's area."""

    other_area: float = 0.3  # people who stand behind are smaller
    least_height: float = 0.18
    least_eyes: float = 30.0  # pixels; the embedder sees 35
    most_height: float = 0.75
    aside: float = 0.22
    above_or_below: float = 0.3
    dark: float = 55.0
    glare: float = 215.0
    uneven: float = 0.5
    lean: float = 20.0  # degrees; YuNet's points lean less than the head does
    turn: float = 0.2
    nod: tuple[float, float] = (0.3, 0.75)
    sharp: float = 40.0


Gate = Callable[[Look, Limits], bool]
"""Whether it is shut."""


def _several(look: Look, limits: Limits) -> bool:
    return any(_area(other) > limits.other_area * _area(look.face) for other in look.faces[1:])


def _too_small(look: Look, limits: Limits) -> bool:
    return look.face.box.height < limits.least_height * look.height or look.pose.eyes < limits.least_eyes


def _off_centre(look: Look, limits: Limits) -> bool:
    box = look.face.box
    across = abs((box.x + box.width / 2) / look.width - 0.5)
    along = abs((box.y + box.height / 2) / look.height - 0.5)
    return across > limits.aside or along > limits.above_or_below


GATES: Sequence[tuple[str, Gate]] = (
    (hints.LOOK, lambda look, _: not look.faces),
    (hints.ONE, _several),
    (hints.NEARER, _too_small),
    (hints.FARTHER, lambda look, limits: look.face.box.height > limits.most_height * look.height),
    (hints.CENTRE, _off_centre),
    (hints.DARK, lambda look, limits: look.pixels.brightness < limits.dark),
    (hints.GLARE, lambda look, limits: look.pixels.brightness > limits.glare),
    (hints.UNEVEN, lambda look, limits: look.pixels.unevenness > limits.uneven),
    (hints.STRAIGHT, lambda look, limits: abs(look.pose.lean) > limits.lean),
    (hints.FRONT, lambda look, limits: abs(look.pose.turn) > limits.turn),
    (hints.LEVEL, lambda look, limits: not limits.nod[0] <= look.pose.nod <= limits.nod[1]),
    (hints.STILL, lambda look, limits: look.pixels.sharpness < limits.sharp),
)
WHILE_TURNING = frozenset({hints.NEARER, hints.STRAIGHT, hints.FRONT, hints.LEVEL, hints.STILL, hints.UNEVEN})
"""Gates that a head which turns shuts by turning: seen from aside the eyes are nearer to each other, too."""


def hint(look: Look, limits: Limits) -> str:
    """The hint of the first gate that is shut; "" when the picture is good."""
    return next((key for key, is_shut in GATES if is_shut(look, limits)), "")


def _area(face: Sighting) -> float:
    return face.box.width * face.box.height
