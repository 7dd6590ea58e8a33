"""60 GHz radars of the "53 59" family: R60ABD1 over a bed (breath, heart), MR60FDA1/R60AFD1 in a room (fall).

Source: the makers' user manuals; both kinds share the frame and the numbering, so one driver serves both.

    53 59 | control | command | length (2) | data | SUM | 54 43

length and 16-bit values are big endian; SUM is the low byte of the sum of everything before it. A query is
command | 0x80 with data 0F, and is answered under the same command.
"""

from collections.abc import Callable, Mapping, Sequence

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Counters,
    DeviceSettings,
    Driver,
    Heard,
    Identified,
    Line,
    Measured,
    Output,
    Part,
    Send,
    Value,
)

HEADER, TRAILER = b"\x53\x59", b"\x54\x43"
QUERY, QUERY_DATA = 0x80, b"\x0f"

FALL, STATIONARY, BED = (0x83, 0x01), (0x83, 0x05), (0x84, 0x01)
SUMMARY = (0x84, 0x0C)
FIRMWARE = (0x02, 0x24)

ASK_S = 30.0  # falls are reported on change only: a lost frame would be a lost fall
ASK_QUIET_S = (
    10.0  # the same after nothing was heard for as long, so that a lost answer does not look like a dead radar
)
GAP_S = 0.2

_DATA_AT, _OVERHEAD, _MOST_DATA = 6, 9, 64

Decode = Callable[[bytes], Value | None]


def _flag(data: bytes) -> bool | None:
    return {b"\x00": False, b"\x01": True}.get(data)  # a bed's 02 is "not available": unknown, not empty


def _within(low: int, high: int, size: int = 1) -> Decode:
    def decode(data: bytes) -> int | None:
        value = int.from_bytes(data, "big")
        return value if len(data) == size and low <= value <= high else None

    return decode


_STAGE, _BREATH, _HEART = _within(0, 3), _within(0, 35), _within(60, 120)  # no heart is 0 on the wire, and no value

REPORTS: Mapping[tuple[int, int], tuple[str, Decode]] = {
    (0x80, 0x01): ("Presence/Detected", _flag),
    (0x80, 0x02): ("Presence/Motion", _within(0, 2)),
    (0x80, 0x03): ("Presence/Body Movement", _within(0, 100)),
    (0x80, 0x04): ("Presence/Distance", _within(0, 0xFFFF, size=2)),
    (0x81, 0x01): ("Breath/State", _within(1, 4)),
    (0x81, 0x02): ("Breath/Rate", _BREATH),
    FALL: ("Fall/Detected", _flag),
    STATIONARY: ("Fall/Stationary", _flag),
    BED: ("Bed/Occupied", _flag),
    (0x84, 0x02): ("Bed/Sleep Stage", _STAGE),
    (0x85, 0x02): ("Heart/Rate", _HEART),
}

SUMMARY_BYTES = 8  # every 10 minutes; turns, big and small moves and apnoea have no metric
SUMMARY_FIELDS: Sequence[tuple[str, Decode]] = (
    ("Presence/Detected", _flag),
    ("Bed/Sleep Stage", _STAGE),
    ("Breath/Rate", _BREATH),
    ("Heart/Rate", _HEART),
)


def encode(control: int, command: int, data: bytes) -> bytes:
    body = HEADER + bytes([control, command]) + len(data).to_bytes(2, "big") + data
    return body + bytes([sum(body) & 0xFF]) + TRAILER


def query(control: int, command: int) -> bytes:
    """Ask the radar for what it otherwise reports by itself."""
    return encode(control, command | QUERY, QUERY_DATA)


_ECHOES = frozenset(query(*kind) for kind in (FALL, STATIONARY, BED, FIRMWARE))
"""Our own words, from a line whose wires touch: they prove no radar."""


def decode(frame: bytes) -> dict[str, Value]:
    """The values a whole frame carries; empty when it is unknown or says "not available"."""
    kind, data = (frame[2], frame[3] & ~QUERY), frame[_DATA_AT : -len(TRAILER) - 1]
    if kind == SUMMARY and len(data) == SUMMARY_BYTES:
        found = [(name, read(data[i : i + 1])) for i, (name, read) in enumerate(SUMMARY_FIELDS)]
    elif kind in REPORTS:
        name, read = REPORTS[kind]
        found = [(name, read(data))]
    else:
        found = []
    return {name: value for name, value in found if value is not None}


def firmware_of(frame: bytes) -> str:
    """ "" when it tells of something else."""
    if (frame[2], frame[3] & ~QUERY) != FIRMWARE:
        return ""
    text = frame[_DATA_AT : -len(TRAILER) - 1].decode("ascii", errors="replace").strip("\0 ")
    return text if text.isascii() and text.isprintable() else ""


class Radar:
    """Listens, and asks again for the states whose change it may have missed."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "radar")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            HEADER, _frame_length, _valid, max_length=_OVERHEAD + _MOST_DATA, gap_s=GAP_S, counters=self.counters
        )
        self._asked_at = self._heard_at = 0.0
        self._firmware, self._firmware_known = "", False

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._heard_at = now
        self._firmware_known = False  # another radar may have been plugged in
        return self._ask(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._reports(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._reports(self._decoder.expire(now), now)
        quiet = now >= self._heard_at + ASK_QUIET_S
        if now >= self._asked_at + (ASK_QUIET_S if quiet else ASK_S):
            outputs += self._ask(now)
        return outputs

    def _ask(self, now: float) -> list[Output]:
        self._asked_at = now
        kinds = (FALL, STATIONARY, BED) if self._firmware_known else (FALL, STATIONARY, BED, FIRMWARE)
        return [Send(query(*kind)) for kind in kinds]

    def _reports(self, frames: list[bytes], now: float) -> list[Output]:
        frames = [frame for frame in frames if frame not in _ECHOES]
        if frames:
            self._heard_at = now
        return [output for frame in frames for output in self._report(frame)]

    def _report(self, frame: bytes) -> list[Output]:
        values = decode(frame)
        told: list[Output] = [Measured(self._id, values) if values else Heard(self._id)]
        firmware = firmware_of(frame)
        self._firmware_known = self._firmware_known or bool(firmware)
        if firmware not in ("", self._firmware):
            self._firmware = firmware
            told.append(Identified(self._id, firmware))
        return told


def _frame_length(buffer: bytearray) -> int | None:
    if len(buffer) < _DATA_AT:
        return None
    length = int.from_bytes(buffer[4:6], "big")
    return _OVERHEAD + length if length <= _MOST_DATA else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    return frame.endswith(TRAILER) and sum(frame[:-3]) & 0xFF == frame[-3]


_NAMES: Mapping[tuple[int, int], str] = {
    (0x80, 0x01): "有人 presence",
    (0x80, 0x02): "活动 motion",
    (0x80, 0x03): "体动 body movement",
    (0x80, 0x04): "距离 distance",
    (0x81, 0x01): "呼吸状态 breath state",
    (0x81, 0x02): "呼吸率 breath rate",
    FALL: "跌倒 fall",
    STATIONARY: "静止滞留 stationary",
    BED: "在床 bed",
    (0x84, 0x02): "睡眠阶段 sleep stage",
    SUMMARY: "十分钟汇总 summary",
    (0x85, 0x02): "心率 heart rate",
    FIRMWARE: "固件 firmware",
    (0x01, 0x02): "复位 reset",
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    if len(frame) < _OVERHEAD:
        return [Part(0, len(frame), "数据 data", frame.hex(" ").upper())] if frame else []
    kind, end = (frame[2], frame[3] & ~QUERY), len(frame) - len(TRAILER) - 1
    asks = frame[3] & QUERY and (" (查询 query)" if sent else " (应答 answer)")
    parts = [
        Part(0, 2, "帧头 header", "53 59"),
        Part(2, 4, "命令 command", _NAMES.get(kind, f"其他 other {kind[0]:02X} {kind[1]:02X}") + (asks or "")),
        Part(4, _DATA_AT, "长度 length", str(int.from_bytes(frame[4:_DATA_AT], "big"))),
    ]
    if end > _DATA_AT:
        known = decode(frame).items()
        text = firmware_of(frame) or ", ".join(f"{name} {value}" for name, value in known)
        parts.append(Part(_DATA_AT, end, "数据 data", text or frame[_DATA_AT:end].hex(" ").upper()))
    return [*parts, Part(end, end + 1, "校验 SUM", f"{frame[end]:02X}"), Part(end + 1, len(frame), "帧尾 end", "54 43")]


DRIVER = Driver(
    name="radar_r60abd1",
    zh="毫米波雷达（床位、跌倒）",
    en="Radar (bed, fall)",
    line=Line(115200),
    metrics=tuple(name for name, _ in REPORTS.values()),
    silence_s=45.0,
    life_safety=True,
    session=Radar,
    proven_by=("Fall/Detected",),
    explain=explain,
)
