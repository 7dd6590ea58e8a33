"""`onetrip drill` and `onetrip prove`: practise on the real box, and test its life-safety devices."""

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.adapters.control_client import ControlClient, Refused
from onetrip.technician.agent import client_of, pairs

_NOT_PROVEN = 1
_LOOK_S = 0.5


def start(
    config: Path,
    device: str,
    *,
    by: str,
    seconds: int,
    fault: str | None,
    parameters: Sequence[str],
    data: str | None,
) -> int:
    if (fault is None) == (data is None):
        raise Refused("say what to do: --fault NAME or --bytes HEX, one of the two")
    what: dict[str, Any] = {"fault": fault, "parameters": pairs(parameters)} if fault else {"bytes": data}
    drill = client_of(config).ask({"do": "drill", "device": device, "by": by, "for_s": seconds, **what})["drill"]
    print(f"◆ 演练开始 drill {drill} on {device} for {seconds} s")
    print(f"  To end it: onetrip drill {drill} --stop --config {config}")
    return 0


def stop(config: Path, drill: str) -> int:
    ended = client_of(config).ask({"do": "end_drill", "drill": drill})["drill"]
    print(f"演练结束 drill {ended} ended")
    return 0


def prove(config: Path, device: str, by: str, seconds: int, stopping: threading.Event) -> int:
    """0 when the device did what it is for in time, else 1."""
    client = client_of(config)
    before = _proven_at(client, device)
    drill = client.ask({"do": "drill", "device": device, "by": by, "for_s": seconds, "test": True})["drill"]
    print(f"◆ 请在 {seconds} 秒内触发 {device}。 Now make {device} do what it is for, within {seconds} s.", flush=True)
    while drill in {one["id"] for one in client.ask({"do": "status"})["drills"]}:
        if stopping.wait(_LOOK_S):
            with contextlib.suppress(Refused):  # it has just ended by itself
                client.ask({"do": "end_drill", "drill": drill})
            break
    if _proven_at(client, device) == before:
        print(f"▲ 未验证 {device} did not answer in time: not proven")
        return _NOT_PROVEN
    print(f"✓ 已验证 {device} is proven")
    return 0


def _proven_at(client: ControlClient, device: str) -> int | None:
    for port in client.ask({"do": "status"})["ports"]:
        for one in port["devices"]:
            if one["id"] == device:
                proven: int | None = one["proven_at_ms"]
                return proven
    raise Refused(f"no device {device!r} here")
