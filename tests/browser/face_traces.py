"""What would betray a face (人脸痕迹): the beginnings of image files, bytes of the pictures, numbers of their vectors.

Each is looked for as it is, in hexadecimal, and in base64 at each of its three alignments.
"""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path

from edge.adapters.face.engine import FaceEngine
from edge.adapters.face.pictures import decoded
from simulators.devices.id_card_reader import PHOTO

_LONG = 24  # bytes of a slice: none comes by chance
_VARIED = 12  # different bytes in a slice: runs of zeros are everywhere
_SLICES = 64
_SCAN = b"\xff\xda"  # of a JPEG; the tables before it are the same in many
_BEGINNINGS = {
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "Exif": b"\xff\xd8\xff\xe1",
    "PNG": b"\x89PNG\r\n\x1a\n",
    "WLT": PHOTO[:_LONG],
}


def traces_of(engine: FaceEngine, pictures: Mapping[str, bytes]) -> dict[str, set[bytes]]:
    """What to look for, by what it is of. `pictures`: JPEG files with one face each, as bytes."""
    traces = {name: _written(data) for name, data in _BEGINNINGS.items()}
    for name, data in pictures.items():
        image = decoded(data)
        assert image is not None
        (face,) = engine.look(image)
        box = face.box
        middle = image[round(box.y + box.height / 2), round(box.x) : round(box.x + box.width)]
        traces[f"file of {name}"] = _slices(data[data.index(_SCAN) :])
        traces[f"pixels of {name}"] = _slices(middle.tobytes())
        traces[f"vector of {name}"] = _slices(engine.embed(image, face).tobytes())
    return traces


def found(traces: Mapping[str, set[bytes]], data: bytes) -> list[str]:
    return [name for name, forms in traces.items() if any(form in data for form in forms)]


def found_in_files(traces: Mapping[str, set[bytes]], directories: Iterable[Path]) -> list[str]:
    files = [file for one in directories for file in one.rglob("*") if file.is_file() and not file.is_symlink()]
    assert files
    return [f"{name} in {file}" for file in files for name in found(traces, file.read_bytes())]


def _slices(data: bytes) -> set[bytes]:
    """Of those that are no mere repetition."""
    step = max(1, (len(data) - _LONG) // _SLICES)
    slices = [data[at : at + _LONG] for at in range(0, len(data) - _LONG + 1, step)]
    telling = [one for one in slices if len(set(one)) >= _VARIED]
    assert len(telling) > len(slices) // 2
    return set().union(*map(_written, telling))


def _written(data: bytes) -> set[bytes]:
    hexadecimal = data.hex().encode()
    return {data, hexadecimal, hexadecimal.upper(), *(_base64(data, before) for before in range(3))}


def _base64(data: bytes, before: int) -> bytes:
    """The part that is the same whatever stands around the data."""
    text = base64.b64encode(bytes(before) + data)
    return text[(before * 8 + 5) // 6 : (before + len(data)) * 8 // 6]
