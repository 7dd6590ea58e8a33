"""Is there a face engine on this box (有没有人脸引擎)? Asked without loading what the box may not have."""

from pathlib import Path
from typing import TYPE_CHECKING

from edge.adapters.face.weights import NoFaceEngine

if TYPE_CHECKING:
    from edge.adapters.face.engine import FaceEngine

_OTHERS = ("numpy", "cv2", "onnxruntime")


def open_engine(directory: Path | None, threads: int = 1) -> "FaceEngine":
    """Raises NoFaceEngine, whose text says why and what to do."""
    if directory is None:
        raise NoFaceEngine("the facility file names no weights; set models in [face]")
    try:
        from edge.adapters.face.engine import FaceEngine
    except ImportError as missing:
        if (missing.name or "").split(".")[0] not in _OTHERS:
            raise
        raise NoFaceEngine(
            f"{missing.name} is not installed; in the project's folder run: pip install '.[face]'"
        ) from missing
    return FaceEngine.of(directory, threads)
