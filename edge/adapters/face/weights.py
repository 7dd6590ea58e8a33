"""The models' weights (模型权重): which files, whose, where published, and the SHA-256 that each must have.

OneTrip ships none. YuNet and SFace come from OpenCV Zoo (github.com/opencv/opencv_zoo, the commits whose pointers say
these hashes). The MobileFaceNet and MiniFASNet files are conversions to ONNX of weights that their authors published
in another form, so they have no publisher's address: a mirror or a directory filled by hand brings them.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

_ZOO = "https://media.githubusercontent.com/media/opencv/opencv_zoo"


class NoFaceEngine(Exception):
    """There is no face engine here; the text says why and what to do. Everybody goes another way."""


class WeightsMissing(NoFaceEngine):
    """A file is not there."""


class WeightsDamaged(NoFaceEngine):
    """A file is not the one that was tested."""


@dataclass(frozen=True, slots=True)
class Weight:
    """`model`: its name in records; `url`: None where the publisher has no such file."""

    model: str
    file: str
    sha256: str
    size: int
    licence: str
    origin: str
    url: str | None = None

    @property
    def version(self) -> str:
        """Short for the very file, for records."""
        return self.sha256[:12]

    def path(self, directory: Path) -> Path:
        return directory / self.file

    def load(self, directory: Path) -> bytes:
        """The file's bytes, checked: what was hashed is what runs. Raises WeightsMissing, WeightsDamaged."""
        path = self.path(directory)
        try:
            with path.open("rb") as file:
                data = file.read(self.size + 1)
        except FileNotFoundError:
            raise WeightsMissing(f"{path} is missing; run: onetrip models fetch --directory {directory}") from None
        except OSError as unreadable:
            raise WeightsMissing(f"{path} cannot be read: {unreadable.strerror or unreadable}") from unreadable
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise WeightsDamaged(
                f"{path} is not the file that was tested (another SHA-256); remove it and run: "
                f"onetrip models fetch --directory {directory}"
            )
        return data


YUNET = Weight(
    "yunet",
    "face_detection_yunet_2023mar.onnx",
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    232_589,
    "MIT",
    "OpenCV Zoo",
    f"{_ZOO}/82b38c8f98e7b52aa171400f3e4c722352d0669f/models/face_detection_yunet/face_detection_yunet_2023mar.onnx",
)
SFACE = Weight(
    "sface",
    "face_recognition_sface_2021dec.onnx",
    "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    38_696_353,
    "Apache-2.0",
    "OpenCV Zoo",
    f"{_ZOO}/edef535367a4f8053b5bfb7580935c83772a9639/models/face_recognition_sface/face_recognition_sface_2021dec.onnx",
)
MOBILEFACENET = Weight(
    "mobilefacenet",
    "mobilefacenet_foamliu_128d.onnx",
    "2e3124dded9fee10d9ef07a7b9bb9910a0bb1ac351d74c826917d732cee65681",
    3_999_730,
    "Apache-2.0",
    "converted from foamliu/MobileFaceNet",
)
MINIFASNET_V2 = Weight(
    "minifasnet_v2",
    "2.7_80x80_MiniFASNetV2.onnx",
    "a95ab7aa2fa77a24dde8c581a32b6a7de6ebbabeacff72935ea471e3dfca8e0d",
    1_744_977,
    "Apache-2.0",
    "converted from minivision-ai/Silent-Face-Anti-Spoofing",
)
MINIFASNET_V1SE = Weight(
    "minifasnet_v1se",
    "4_0_0_80x80_MiniFASNetV1SE.onnx",
    "042e1ea2f84925471f0052d2b436a86c6d108d2e730108945dc7c8813c77a734",
    1_744_259,
    "Apache-2.0",
    "converted from minivision-ai/Silent-Face-Anti-Spoofing",
)

DETECTOR = YUNET
EMBEDDERS = (SFACE, MOBILEFACENET)  # the first that is there serves
ANTISPOOF = (MINIFASNET_V2, MINIFASNET_V1SE)
ALL = (DETECTOR, *EMBEDDERS, *ANTISPOOF)


def embedder_in(directory: Path) -> Weight:
    """SFace where it was fetched, else MobileFaceNet. Raises WeightsMissing when neither is there."""
    for weight in EMBEDDERS:
        if weight.path(directory).exists():
            return weight
    names = " or ".join(weight.file for weight in EMBEDDERS)
    raise WeightsMissing(f"{directory} has no {names}; run: onetrip models fetch --directory {directory}")
