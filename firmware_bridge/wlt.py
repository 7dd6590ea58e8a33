"""Decoders for the photo of an ID card. It is WLT, a patented format that only licensed libraries decode.

A package with such a library registers a function under the entry-point group `onetrip.photo_decoders`: it takes the
WLT bytes and returns an image file's bytes, or None when it cannot. Without one a photo stays what it is: bytes that
mean nothing here.
"""

from collections.abc import Callable
from importlib.metadata import entry_points

GROUP = "onetrip.photo_decoders"

Decoder = Callable[[bytes], bytes | None]


class TooManyDecoders(ValueError):
    """Two packages register decoders and none was chosen; the text names them."""


def decoders() -> list[str]:
    """The name of every installed decoder, sorted; loads none of them."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find(name: str | None = None) -> Decoder | None:
    """The decoder of this name, or the only one there is; None when there is none."""
    names = decoders()
    if name is None and len(names) > 1:
        raise TooManyDecoders(f"Several photo decoders are installed ({', '.join(names)}); choose one by its name")
    wanted = names[0] if name is None and names else name
    if wanted not in names:
        return None
    decoder: Decoder = next(iter(entry_points(group=GROUP, name=wanted))).load()
    return decoder
