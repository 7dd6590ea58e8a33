"""`onetrip record`: every byte of every port, to one file."""

import threading
import time
from pathlib import Path

from edge.adapters.control_client import Refused
from onetrip.technician.agent import client_of

_ENDED_EARLY = 1


def record(config: Path, path: Path, seconds: int | None, stopping: threading.Event) -> int:
    """The agent writes the file; the devices begin afresh, so that the recording has the whole story."""
    client = client_of(config)
    client.ask({"do": "record", "file": str(path.absolute()), "for_s": seconds})
    print(f"● 正在录制 recording to {path}" + ("" if seconds else "; Ctrl-C ends it"), flush=True)
    until = None if seconds is None else time.monotonic() + seconds
    ended = ""
    while not stopping.wait(0.2) and (until is None or time.monotonic() < until) and not ended:
        recording = client.ask({"do": "status"})["recording"]
        ended = recording["ended_because"] if recording else "the field process began again"
    try:
        entries = client.ask({"do": "stop_recording"})["entries"]
    except Refused:
        entries = "?"
    print(f"已录制 recorded {path}: {path.stat().st_size} bytes, {entries} entries. To see it: onetrip replay {path}")
    if ended:
        print(f"▲ 提前结束 it ended early: {ended}")
    return _ENDED_EARLY if ended else 0
