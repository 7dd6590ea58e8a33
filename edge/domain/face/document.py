"""A document's photo before the camera (证件照片页): when is the picture of a picture good enough to compare with?

What the box cannot know is whose document it is and whether it is genuine. So a match with it is never the end of the
check: the window still looks at the document.
"""

from collections.abc import Mapping

from edge.domain.face import hints, quality
from edge.domain.face.quality import Limits, Look

LIMITS = Limits(other_area=0.15, least_height=0.1, aside=0.3, lean=15.0, turn=0.18)
"""Of a photo of 33 x 48 mm in a hand. `other_area`: whoever holds it is not to be seen beside it."""

_SAID: Mapping[str, str] = {
    hints.LOOK: hints.DOCUMENT,
    hints.ONE: hints.DOCUMENT_ONE,
    hints.CENTRE: hints.DOCUMENT,
    hints.GLARE: hints.DOCUMENT_GLARE,
    hints.UNEVEN: hints.DOCUMENT_GLARE,
    hints.STRAIGHT: hints.DOCUMENT_FLAT,
    hints.FRONT: hints.DOCUMENT_FLAT,
    hints.LEVEL: hints.DOCUMENT_FLAT,
}


def hint(look: Look, limits: Limits = LIMITS) -> str:
    """What helps now, said of a document; "" when the picture is good."""
    shut = quality.hint(look, limits)
    return _SAID.get(shut, shut)


def is_print(real: float, passive_from: float) -> bool:
    """`real`: the passive liveness of the photo, as in `liveness`: a face that is living is no document."""
    return real < passive_from
