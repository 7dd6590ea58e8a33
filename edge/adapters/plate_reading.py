"""What stands on a doorplate, read off its picture (OCR): RapidOCR with the models of its own wheel (`onetrip[ocr]`).

A proposal: the collector looks at it, and the reviewer after that. Nothing is downloaded, and no picture is kept.
"""

from pathlib import Path
from typing import Any

from edge.domain.survey import BadPoint, plate_text

_LONGEST = 32 << 20
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


def read_plate(picture: bytes) -> str:
    """JPEG or PNG. Raises BadPoint where it cannot be read, or this device has no OCR."""
    try:
        import cv2
        import numpy as np
        import rapidocr
    except ModuleNotFoundError as missing:
        raise BadPoint(f"--ocr needs {missing.name}: pip install 'onetrip[ocr]', or type it: --written") from None
    if len(picture) > _LONGEST:
        raise BadPoint("--photo: too large a picture to read; type what stands there: --written")
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
    if pixels is None:
        raise BadPoint("--photo: not a picture (JPEG or PNG)")
    models = Path(rapidocr.__file__).parent / "models"
    paths = {key: models / name for key, name in _MODELS.items()}
    if absent := [path.name for path in paths.values() if not path.exists()]:
        raise BadPoint(f"--ocr: rapidocr has no {', '.join(absent)} in it: use the version of constraints.txt")
    engine: Any = rapidocr.RapidOCR(params={
        "Global.log_level": "error", "Global.use_cls": False, "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        **{key: str(path) for key, path in paths.items()},
    })  # fmt: skip
    text = plate_text([str(line) for line in engine(pixels).txts or ()])
    if not text:
        raise BadPoint("--ocr: no address could be read; take the picture again, or type it: --written")
    return text
