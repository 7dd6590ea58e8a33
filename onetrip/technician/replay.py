"""`onetrip replay`: a recording fed back, at any speed: into the same code, or into pseudo terminals."""

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import BinaryIO

from edge.compose.replay import open_recording, pace
from edge.compose.replay import replay as replay_events
from edge.services.replay import Comparison
from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from firmware_bridge.recording import Entry, Kind

_DIFFERS = 1


class _Stopped(Exception):
    """The user ended the replay."""


def replay(
    path: Path, key: Path | None, events: Path | None, *, speed: float | None, as_json: bool, stopping: threading.Event
) -> int:
    """0 when the events are the same, byte for byte; else 1."""
    secret = key.read_bytes() if key else None
    wait = pace(speed) if speed else None

    def before(entry: Entry) -> None:
        if stopping.is_set():
            raise _Stopped
        if wait:
            wait(entry)

    with contextlib.ExitStack() as stack:
        file = stack.enter_context(_private_file(events)) if events else None

        def on_event(_seq: int, body: bytes) -> None:
            if file:
                file.write(body + b"\n")
            if not as_json:
                print(_as_text(body), flush=True)

        try:
            comparison = replay_events(path, secret, on_event, before)
        except _Stopped:
            return _DIFFERS
        return _tell(comparison, as_json=as_json)


def _private_file(path: Path) -> BinaryIO:
    path.touch(mode=0o600)
    return path.open("wb")


def play_ports(path: Path, key: Path | None, directory: Path, speed: float, stopping: threading.Event) -> int:
    """What the devices sent comes out of pseudo terminals, for an agent, a driver or another tool to read."""
    directory.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(open_recording(path, key.read_bytes() if key else None))
        terminals: dict[int, PseudoTerminal] = {}
        for number, port in enumerate(reader.header["profile"]["port"], start=1):
            terminals[number] = stack.enter_context(PseudoTerminal(directory / f"tty{number}"))
            print(f"{number}  {port['driver']}  serial://{terminals[number].path}")
        print("三秒后开始。 Begins in three seconds.", flush=True)
        stopping.wait(3)
        wait = pace(speed)
        hidden = set()
        for entry in reader.entries():
            if stopping.is_set():
                return 0
            wait(entry)
            if entry.kind is Kind.RECEIVED and entry.data is None:
                hidden.add(entry.port)
            elif entry.kind is Kind.RECEIVED:
                terminals[entry.port].write(entry.data or b"")
        time.sleep(1)  # let the readers take the last bytes
        for number in sorted(hidden):
            print(f"▲ 端口 {number} 的内容已加密 what port {number} received is private; give --key")
    return 0


def _tell(comparison: Comparison, *, as_json: bool) -> int:
    good = comparison.open_ports_are_same if comparison.sealed_ports else comparison.is_exact
    told = {
        "recorded": len(comparison.recorded),
        "replayed": len(comparison.replayed),
        "same": comparison.same,
        "readings": comparison.readings,
        "readings_differ": comparison.readings_differ,
        "sends_differ": comparison.sends_differ,
        "closed_ports": sorted(comparison.sealed_ports),
        "truncated": comparison.truncated,
        "exact": comparison.is_exact,
        "open_ports_same": comparison.open_ports_are_same,
    }
    if as_json:
        print(json.dumps(told))
    else:
        _say(comparison, good=good)
    return 0 if good else _DIFFERS


def _say(comparison: Comparison, *, good: bool) -> None:
    closed = sorted(comparison.sealed_ports)
    if not good:
        print("▲ 不同 NOT the same", end="")
    elif closed:
        print("✓ 可见端口相同 the same at all ports that are open", end="")
    else:
        print("✓ 逐字节相同 the same, byte for byte", end="")
    print(f": {len(comparison.replayed)} of {len(comparison.recorded)} events, {comparison.readings} readings")
    for count, what in ((comparison.readings_differ, "readings differ"), (comparison.sends_differ, "sends differ")):
        if count:
            print(f"  ▲ {count} {what}")
    if comparison.truncated:
        print("  ▲ 录制文件不完整 the recording is torn at its end")
    if closed:
        print(f"  端口 {closed} 的内容已加密 private and closed without --key")


def _as_text(body: bytes) -> str:
    event = json.loads(body)
    kind = event["type"].removeprefix("onetrip.").removesuffix(".v1")
    data = "  ".join(f"{name}={value}" for name, value in event["data"].items())
    return f"{event['time']}  {event['seq']:>5}  {kind}  {data}"
