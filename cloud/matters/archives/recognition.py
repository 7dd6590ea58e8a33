"""Printed text of a page (OCR): RapidOCR with the models of its own wheel, on onnxruntime (`onetrip[ocr]`).

Nothing is downloaded: the models' paths are given, so the library looks for no others.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cloud.matters.archives.pictures import NotInstalled

_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


def is_installed() -> bool:
    return find_spec("rapidocr") is not None


class Recogniser:
    """Loads its models at the first page. For one thread."""

    def __init__(self) -> None:
        self._engine: Any = None

    def lines(self, grey: Any) -> list[str]:
        """From top to bottom. `grey`: uint8 array. Raises NotInstalled."""
        import cv2

        if self._engine is None:
            self._engine = _engine()
        found = self._engine(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
        return [str(text) for text in found.txts or ()]


def _engine() -> Any:
    if not is_installed():
        raise NotInstalled("text is recognised by rapidocr: pip install 'onetrip[ocr]'")
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    paths = {key: models / name for key, name in _MODELS.items()}
    if missing := [path.name for path in paths.values() if not path.exists()]:
        raise NotInstalled(f"rapidocr has no {', '.join(missing)} in it: use the version of constraints.txt")
    return rapidocr.RapidOCR(params={
        "Global.log_level": "error", "Global.use_cls": False, "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        **{key: str(path) for key, path in paths.items()},
    })  # fmt: skip
