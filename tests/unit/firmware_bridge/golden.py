"""The golden frames of tests/golden/domain_vectors.json, computed independently of the drivers."""

import json
from pathlib import Path
from typing import Any

VECTORS: dict[str, Any] = json.loads(Path(__file__).parents[2].joinpath("golden/domain_vectors.json").read_text())

SAM_COMMANDS = {name: bytes.fromhex(wire) for name, wire in VECTORS["sam"]["cmd"].items()}
SAM_ANSWERS = {name: bytes.fromhex(wire) for name, wire in VECTORS["sam"]["rsp"].items()}
SAM_READ = bytes.fromhex(VECTORS["sam"]["read_1295_hex"])
SAM_CARD: dict[str, str] = {
    {"id": "id_number"}.get(field, field): value for field, value in VECTORS["sam"]["read_1295_expect"].items()
}
RADAR = {name: bytes.fromhex(wire) for name, wire in VECTORS["radar5359"].items()}
MODBUS = {name: bytes.fromhex(wire) for name, wire in VECTORS["modbus"].items() if isinstance(wire, str)}
BUTTON_PRESS = bytes.fromhex(VECTORS["ev1527"]["frame"])
