"""The face check's time, stage by stage, beside the same models' inference alone on the very tensors they were given.

What the check adds to inference is ours: resizing, decoding, alignment, zeroing. It may cost `MOST` times in all. The
tensors are the real ones because inference time depends on the data. Both are measured in turn in each round, so that
other work on the machine slows both; medians are compared.
"""

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.adapters.face import weights
from edge.adapters.face.aligner import aligned
from edge.adapters.face.antispoof import Antispoof
from edge.adapters.face.detector import Detector
from edge.adapters.face.embedder import Embedder
from edge.adapters.face.engine import FaceEngine
from edge.adapters.face.inference import VERSION, Model, Tensor, open_session
from edge.adapters.face.weights import NoFaceEngine, Weight
from edge.domain.face.sighting import Box, Landmarks, Point, Sighting

MOST = 1.3
_NOISE = (480, 640)  # a usual camera
_STAND_IN = Sighting(
    Box(220, 130, 200, 250),
    Landmarks(Point(275, 235), Point(365, 235), Point(320, 280), Point(285, 325), Point(355, 325)),
    1.0,
)


class NoFaceInPicture(NoFaceEngine):
    """The picture given has none, or is none."""


class Times(NamedTuple):
    """Medians in milliseconds. `stages` do not add up to `whole`, which was measured by itself."""

    stages: dict[str, float]
    bare: dict[str, float]
    whole: float
    bare_whole: float

    @property
    def ratio(self) -> float:
        return self.whole / self.bare_whole


class _Watched(Model):
    """Remembers what it was given, for the bare run."""

    def __init__(self, weight: Weight, onnx: bytes, threads: int) -> None:
        super().__init__(onnx, threads)
        self.weight = weight
        self._alone = open_session(onnx, threads)
        self._name = self._alone.get_inputs()[0].name
        self.watching = True
        self._seen: Tensor | None = None

    def run(self, tensor: Tensor) -> list[Tensor]:
        if self.watching:
            self._seen = tensor.copy()
        return super().run(tensor)

    def bare(self) -> None:
        self._alone.run(None, {self._name: self._seen})


class _Path:
    """One visitor's check against a reference vector."""

    def __init__(self, directory: Path, image: NDArray[np.uint8], sighting: Sighting | None, threads: int) -> None:
        def watched(weight: Weight) -> _Watched:
            return _Watched(weight, weight.load(directory), threads)

        self.embedding = weights.embedder_in(directory)
        self.models = [watched(w) for w in (weights.DETECTOR, *weights.ANTISPOOF, self.embedding)]
        found, *passive, embedded = self.models
        self.detector, self.antispoof, self.embedder = Detector(found), Antispoof(passive), Embedder(embedded)
        self.engine = FaceEngine(
            self.detector, self.antispoof, self.embedder, self.embedding.model, self.embedding.version
        )
        self.image = image
        faces = self.engine.look(image)
        if sighting is None and not faces:
            raise NoFaceInPicture("no face was found in the picture; give another one")
        self.sighting = sighting or faces[0]
        self.face = aligned(image, self.sighting.landmarks)
        self.reference = self.engine.embed(image, self.sighting)
        self.engine.real(image, self.sighting)
        for model in self.models:
            model.watching = False

    def stages(self) -> dict[str, Callable[[], object]]:
        return {
            "detect": lambda: self.detector.look(self.image),
            "align": lambda: aligned(self.image, self.sighting.landmarks),
            "antispoof": lambda: self.antispoof.real(self.image, self.sighting.box),
            "embed": lambda: self.embedder.embed(self.face),
            "compare": lambda: float(self.reference @ self.reference),
        }

    def whole(self) -> float:
        self.engine.look(self.image)
        self.engine.real(self.image, self.sighting)
        return float(self.engine.embed(self.image, self.sighting) @ self.reference)

    def bare(self) -> None:
        for model in self.models:
            model.bare()


def measure(path: _Path, rounds: int, stopping: threading.Event) -> Times:
    kinds: dict[str, dict[str, Callable[[], object]]] = {
        "stage": path.stages(),
        "bare": {model.weight.model: model.bare for model in path.models},
        "all": {"whole": path.whole, "bare": path.bare},
    }
    taken: dict[tuple[str, str], list[float]] = {(kind, name): [] for kind in kinds for name in kinds[kind]}
    for done in range(rounds + 2):
        if stopping.is_set() and done > 2:
            break
        for kind, name in taken:
            begun = time.perf_counter()
            kinds[kind][name]()
            if done >= 2:  # the first two warm the caches
                taken[kind, name].append((time.perf_counter() - begun) * 1000)
    middle = {key: statistics.median(values) for key, values in taken.items()}
    return Times(
        {name: middle["stage", name] for name in kinds["stage"]},
        {name: middle["bare", name] for name in kinds["bare"]},
        middle["all", "whole"],
        middle["all", "bare"],
    )


def bench(directory: Path, picture: Path | None, rounds: int, threads: int, stopping: threading.Event) -> int:
    """Prints the table; 1 when the whole is over MOST times the bare inference. Raises NoFaceEngine."""
    image, sighting = _picture(picture)
    path = _Path(directory, image, sighting, threads)
    times = measure(path, rounds, stopping)
    height, width = image.shape[:2]
    what = "noise with a face's place made up" if picture is None else picture
    print(f"{what}, {width} x {height}; {path.embedding.model} {path.embedding.version}; threads {threads}")
    print(f"onnxruntime {VERSION}, OpenCV {cv2.__version__}, numpy {np.__version__}; medians, ms")
    for name, value in times.stages.items():
        print(f"  {name:<22}{value:8.3f}")
    for name, value in times.bare.items():
        print(f"  bare {name:<17}{value:8.3f}")
    print(f"  {'whole':<22}{times.whole:8.3f}")
    print(f"  {'bare inference':<22}{times.bare_whole:8.3f}")
    print(f"whole / bare inference = {times.ratio:.2f} (at most {MOST})")
    return 0 if times.ratio <= MOST else 1


def _picture(path: Path | None) -> tuple[NDArray[np.uint8], Sighting | None]:
    if path is None:
        return np.random.default_rng(2018).integers(0, 256, (*_NOISE, 3), np.uint8), _STAND_IN
    image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise NoFaceInPicture(f"{path} is no picture that OpenCV can read")
    return image, None  # type: ignore[return-value]
