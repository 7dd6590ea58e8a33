"""`onetrip act`: ask a device to do something."""

from collections.abc import Sequence
from pathlib import Path

from onetrip.technician.agent import client_of, pairs


def act(config: Path, device: str, action: str, arguments: Sequence[str]) -> int:
    client_of(config).ask({"do": "act", "device": device, "action": action, "arguments": pairs(arguments)})
    print(f"已发出 sent: {device} {action}. What comes of it: onetrip watch {device} --config {config}")
    return 0
