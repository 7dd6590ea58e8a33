"""The byte vectors shared by drivers and simulators; tests/golden says where they come from."""

import json
from pathlib import Path
from typing import Any

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "golden" / "domain_vectors.json").read_text("utf-8"))


def hex_bytes(text: str) -> bytes:
    return bytes.fromhex(text)
