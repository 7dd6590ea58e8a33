"""The golden frames of tests/golden/node_link.json, computed independently of this code."""

import json
from pathlib import Path
from typing import Any

_VECTORS: dict[str, Any] = json.loads(Path(__file__).parents[3].joinpath("golden/node_link.json").read_text())

FRAMES = {name: bytes.fromhex(wire) for name, wire in _VECTORS["frames"].items()}
IMAGE_FILE = bytes.fromhex(_VECTORS["image_file"])
IMAGE_CONTENT = bytes.fromhex(_VECTORS["image_content"])
PUBLIC_KEY = bytes.fromhex(_VECTORS["public_key"])
SECRET_KEY = bytes.fromhex(_VECTORS["secret_key"])
