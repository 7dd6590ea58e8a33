"""`onetrip act`: ask a device to do something, and see what comes of it."""

import queue
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.adapters.control_client import ControlClient, NoFieldProcess, Refused
from onetrip.technician.agent import client_of, pairs
from onetrip.technician.watch import as_text

_LOOK_S = 4.0
_SETTLE_S = 0.3  # until the watch is there


def act(config: Path, device: str, action: str, arguments: Sequence[str]) -> int:
    client = client_of(config)
    lines: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_watch, args=(client, device, lines), daemon=True).start()
    time.sleep(_SETTLE_S)
    client.ask({"do": "act", "device": device, "action": action, "arguments": pairs(arguments)})
    print(f"已发出 sent: {device} {action}", flush=True)
    until = time.monotonic() + _LOOK_S
    while (left := until - time.monotonic()) > 0:
        try:
            print(as_text(lines.get(timeout=left)), flush=True)
        except queue.Empty:
            break
    return 0


def _watch(client: ControlClient, device: str, lines: "queue.Queue[dict[str, Any]]") -> None:
    try:
        for line in client.follow({"do": "watch", "where": device}):
            if line:
                lines.put(line)
    except (NoFieldProcess, Refused, OSError):
        return  # the action itself says what is wrong
