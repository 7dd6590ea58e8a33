"""`onetrip devices`: what stands where, and how it is."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.adapters.control_client import Refused
from onetrip.technician.agent import client_of

_DAY_MS = 86_400_000
_SOME_OFF_LINE = 1


def show(config: Path | None, *, as_json: bool) -> int:
    """0 when every device is on line, else 1."""
    if config is None:
        raise Refused("give the facility file with --config, or ask for --usb")
    status = client_of(config).ask({"do": "status"})
    devices = [(port, device) for port in status["ports"] for device in port["devices"]]
    if as_json:
        print(json.dumps(status, ensure_ascii=False))
    else:
        for port in status["ports"]:
            _show_port(port, status["now_ms"])
        for drill in status["drills"]:
            print(f"◆ 演练 drill {drill['id']}  {drill['device']}  {drill['kind']}: {drill['what']}  by {drill['by']}")
        if status["recording"]:
            print(f"● 录制 recording {status['recording']['file']}  {status['recording']['entries']} entries")
    return 0 if all(device["online"] for _, device in devices) else _SOME_OFF_LINE


def show_usb(*, as_json: bool) -> int:
    from firmware_bridge.links.usb import list_usb_ports

    ports = list_usb_ports()
    for port in ports:
        if as_json:
            print(json.dumps(port._asdict(), ensure_ascii=False))
        else:
            print("  ".join(str(value) for value in port))
    if not ports and not as_json:
        print("没有 USB 串口。 There is no USB serial port on this machine.")
    return 0


def _show_port(port: Mapping[str, Any], now_ms: int) -> None:
    counters = "  ".join(f"{name.removeprefix('Port/')} {count}" for name, count in port["counters"].items())
    state = "open" if port["is_open"] else f"CLOSED: {port['reason']}"
    print(f"{port['number']}  {port['zh']} {port['en']} ({port['driver']})  {port['link']}  {state}")
    print(f"   {counters}")
    for device in port["devices"]:
        print("   " + _device_line(device, now_ms))


def _device_line(device: Mapping[str, Any], now_ms: int) -> str:
    state = "● 在线 on line" if device["online"] else f"▬ 离线 off line ({device['cause']})"
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(device["since_ms"] / 1000))
    parts = [device["id"], device["location"], f"{state} since {since}", device["fingerprint"]]
    if device["life_safety"]:
        parts.append(_proof(device, now_ms))
    return "  ".join(part for part in parts if part)


def _proof(device: Mapping[str, Any], now_ms: int) -> str:
    if device["proven_at_ms"] is None:
        return "◆ 从未验证 never proven"
    days = (now_ms - device["proven_at_ms"]) // _DAY_MS
    late = device["prove_every_days"] is not None and days >= device["prove_every_days"]
    return f"{'◆' if late else '✓'} {days} 天前验证 proven {days} d ago"
