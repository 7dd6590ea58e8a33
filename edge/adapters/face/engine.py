"""The face engine (人脸引擎): finds faces, tells a print from a person, and makes the vector that is compared (1:1).

Pictures are BGR uint8 arrays of shape (height, width, 3), as OpenCV gives them. An engine keeps no picture: its own
buffers are zero when a method returns. (The inference library's working memory is not ours to clear; it lies in this
process alone, and the next inference writes over it.) Any thread may call; calls wait for each other.
"""

import threading
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge.adapters.face import weights
from edge.adapters.face.aligner import aligned
from edge.adapters.face.antispoof import Antispoof
from edge.adapters.face.buffers import Perishable
from edge.adapters.face.detector import Detector
from edge.adapters.face.embedder import Embedder
from edge.adapters.face.inference import Model
from edge.domain.face.sighting import Sighting

Image = NDArray[np.uint8]
Embedding = NDArray[np.float32]


class FaceEngine:
    """`model`: the embedder's name, `version`: 12 hex digits of its file's SHA-256; both go into a record.

    Make one with `edge.adapters.face.opening.open_engine`.
    """

    def __init__(self, detector: Detector, antispoof: Antispoof, embedder: Embedder, model: str, version: str) -> None:
        self._detector = detector
        self._antispoof = antispoof
        self._embedder = embedder
        self._turn = threading.Lock()  # the buffers serve one call at a time
        self.model = model
        self.version = version

    @classmethod
    def of(cls, directory: Path, threads: int = 1) -> Self:
        """From a directory of weights. Raises WeightsMissing, WeightsDamaged."""
        embedder = weights.embedder_in(directory)
        return cls(
            Detector(Model(weights.DETECTOR.load(directory), threads)),
            Antispoof([Model(weight.load(directory), threads) for weight in weights.ANTISPOOF]),
            Embedder(Model(embedder.load(directory), threads)),
            embedder.model,
            embedder.version,
        )

    def look(self, image: Image) -> list[Sighting]:
        """The faces in the picture, the largest first."""
        with self._turn:
            return self._detector.look(_picture(image))

    def real(self, image: Image, sighting: Sighting) -> float:
        """0..1: how much this face looks like a person before the camera, not a print or a screen."""
        with self._turn:
            return self._antispoof.real(_picture(image), sighting.box)

    def embed(self, image: Image, sighting: Sighting) -> Embedding:
        """A vector of length 1, shape (128,); the dot product of two is their cosine. The caller zeroes it."""
        with self._turn, Perishable() as own:
            return self._embedder.embed(own.keep(aligned(_picture(image), sighting.landmarks)))


def _picture(image: Image) -> Image:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f"a picture is BGR uint8 of shape (height, width, 3), not {image.dtype} {image.shape}")
    return image
