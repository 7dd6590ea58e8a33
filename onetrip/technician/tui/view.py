"""How devices and frames look in a terminal: state by shape and word, never by colour alone."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

_DAY_MS = 86_400_000
_MARKS = {"frame": "←RX", "sent": "→TX", "crc_error": "▲校验CRC", "skipped": "▲跳过skip", "news": "=",
          "lost": "▬断开lost", "opened": "●打开open", "missed": "…"}  # fmt: skip

DEVICE_COLUMNS = ("状态 state", "编号 id", "位置 place", "帧/错 frames/bad", "验证 proof")
FRAME_COLUMNS = ("时间 time", "方向 dir", "设备 device", "内容 content")


def device_rows(status: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """(device id, cells)."""
    drilled = {device for drill in status["drills"] for device in drill["devices"]}
    return [
        (device["id"], _device_cells(device, port["counters"], status["now_ms"], in_drill=device["id"] in drilled))
        for port in status["ports"]
        for device in port["devices"]
    ]


def _device_cells(
    device: Mapping[str, Any], counters: Mapping[str, int], now_ms: int, *, in_drill: bool
) -> tuple[str, ...]:
    state = "● 在线 on" if device["online"] else f"▬ 离线 {device['cause']}"
    bad = counters["Port/CRC Errors"] + counters["Port/Resyncs"]
    frames = f"{counters['Port/Frames']} / {bad}{' ▲' if bad else ''}"
    return ("◆演练 " if in_drill else "") + state, device["id"], device["location"], frames, proof(device, now_ms)


def banner(status: Mapping[str, Any]) -> list[str]:
    """What must not be overlooked: drills, a recording."""
    told = [
        f"◆ 演练中 DRILL {drill['device']} {drill['kind']} {drill['what']} by {drill['by']}  x 结束 ends it"
        for drill in status["drills"]
    ]
    recording = status["recording"]
    if recording and not recording["ended_because"]:
        told.append(f"● 录制中 REC {recording['file']}  r 停止 stops it")
    return told


def proof(device: Mapping[str, Any], now_ms: int) -> str:
    if not device["life_safety"]:
        return ""
    if device["proven_at_ms"] is None:
        return "◆ 从未 never"
    days = (now_ms - device["proven_at_ms"]) // _DAY_MS
    late = device["prove_every_days"] is not None and days >= device["prove_every_days"]
    return f"{'◆' if late else '✓'} {days} 天前 d ago"


def frame_cells(line: Mapping[str, Any], names: Mapping[int, str]) -> tuple[str, ...]:
    """`names`: what a port is called, by its number."""
    if line["what"] == "missed":
        return "", _MARKS["missed"], "", _content(line)
    at = time.strftime("%H:%M:%S", time.localtime(line["at_ms"] / 1000)) + f".{line['at_ms'] % 1000:03}"
    return at, _MARKS[line["what"]], names.get(line["port"], str(line["port"])), _content(line)


def _content(line: Mapping[str, Any]) -> str:
    if line["what"] == "news":
        return "; ".join(_news(news) for news in line["news"])
    if line["what"] == "missed":
        return f"{line['count']} 行未显示 lines not shown"
    if line["what"] in ("lost", "opened"):
        return str(line["reason"])
    data = line["hex"] if line["hex"] is not None else f"({line['length']} bytes 不显示 hidden)"
    said = " | ".join(f"{name}={text}" for _, _, name, text in line.get("parts", ()))
    return f"{data}  {said}".rstrip()


def _news(news: Mapping[str, Any]) -> str:
    drill = "◆演练 " if news["drill"] else ""
    if news["kind"] == "port":
        return drill + ("端口打开 port open" if news["is_open"] else f"端口断开 port lost: {news['reason']}")
    values = "  ".join(f"{name} {value}" for name, value in news["values"].items())
    return f"{drill}{news['device']} {news['kind']} {news['what']} {values}".rstrip()


def detail(line: Mapping[str, Any]) -> str:
    """The parts of a frame, each beside its bytes."""
    if "length" not in line:
        return "\n".join(_news(news) for news in line.get("news", ())) or _content(line)
    raw = line["hex"].split() if line["hex"] is not None else None
    parts: Sequence[Sequence[Any]] = line.get("parts") or [(0, line["length"], _MARKS[line["what"]], "")]
    return "\n".join(
        f"{start:>3}  {' '.join(raw[start:end]) if raw is not None else '··'}  {name}  {text}".rstrip()
        for start, end, name, text in parts
    )


def port_names(status: Mapping[str, Any]) -> dict[int, str]:
    """A port with one device is called by it."""
    return {
        port["number"]: port["devices"][0]["id"] if len(port["devices"]) == 1 else f"{port['number']} {port['driver']}"
        for port in status["ports"]
    }
