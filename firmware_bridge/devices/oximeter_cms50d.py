"""Finger oximeter CMS50D+: oxygen saturation and pulse. Its firmware 4.5 and 4.6 speak differently.

Source: public drivers of each. Both send 60 packets a second; there is no checksum.

    4.5: 19200 8O1, 5 bytes, of which only the first has its top bit
         1 | beep | dropping | finger out | signal (4)
         wave form (7)
         pulse bit 7 | searching | probe error | bar (4)
         pulse bits 0 to 6
         oxygen saturation (7)

    4.6: 115200 8N1, 9 bytes, of which all but the first have their top bit; it sends for 30 s when asked
         01 | the top bits of the following bytes, the first in bit 0
         finger out (8) | beep (7) | searching too long (5) | signal (4)
         searching (8) | wave form (7)
         bar (4)
         pulse, FF: none
         oxygen saturation, above 100: none
         perfusion index (2)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import choice, refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Line, Measured, Output, Part, Send, Value

STABLE_S = 5.0  # how long packets must be good before their values are believed
REPORT_S = 1.0
PAUSE_S = 1.0  # no packet for this long: what follows is another measurement
ASK_S = 15.0  # firmware 4.6 falls silent 30 s after it was asked
GAP_S = 0.2

ASK = bytes.fromhex("7D 81 A1 80 80 80 80 80 80")

_FIRST, _PACKET_BYTES = 0x80, 5
_FINGER_OUT, _SIGNAL = 0x10, 0x0F
_PROBE_ERROR, _SEARCHING, _PULSE_BIT_7 = 0x10, 0x20, 0x40
_NO_PULSE = (0, 255)
_LIVE, _TOP, _PACKET_BYTES_46 = 0x01, 0x80, 9
_TOO_LONG = 0x10


@dataclass(frozen=True, slots=True)
class Packet:
    oxygen: int
    pulse: int
    signal: int = 7
    wave: int = 0
    bar: int = 0
    finger_out: bool = False
    searching: bool = False
    probe_error: bool = False

    @property
    def good(self) -> bool:
        measuring = not (self.finger_out or self.searching or self.probe_error)
        return measuring and 0 < self.oxygen <= 100 and self.pulse not in _NO_PULSE


def encode(packet: Packet) -> bytes:
    return bytes(
        [
            _FIRST | packet.finger_out * _FINGER_OUT | packet.signal,
            packet.wave,
            (packet.pulse >> 7) * _PULSE_BIT_7
            | packet.searching * _SEARCHING
            | packet.probe_error * _PROBE_ERROR
            | packet.bar,
            packet.pulse & 0x7F,
            packet.oxygen,
        ]
    )


def decode(frame: bytes) -> Packet:
    state, wave, more, pulse, oxygen = frame
    return Packet(
        oxygen=oxygen,
        pulse=(more & _PULSE_BIT_7) << 1 | pulse,
        signal=state & _SIGNAL,
        wave=wave,
        bar=more & 0x0F,
        finger_out=bool(state & _FINGER_OUT),
        searching=bool(more & _SEARCHING),
        probe_error=bool(more & _PROBE_ERROR),
    )


def encode_46(packet: Packet) -> bytes:
    """Without a perfusion index."""
    plain = [
        packet.finger_out * _TOP | packet.probe_error * _TOO_LONG | packet.signal,
        packet.searching * _TOP | packet.wave,
        packet.bar,
        packet.pulse,
        packet.oxygen,
        0,
        0,
    ]
    tops = sum((byte >> 7) << i for i, byte in enumerate(plain))
    return bytes([_LIVE, _TOP | tops, *(byte | _TOP for byte in plain)])


def decode_46(frame: bytes) -> Packet:
    """Searching for too long is what firmware 4.5 calls a probe error."""
    plain = [byte & 0x7F | (frame[1] >> i & 1) << 7 for i, byte in enumerate(frame[2:])]
    state, wave, bar, pulse, oxygen = plain[:5]
    return Packet(
        oxygen=oxygen,
        pulse=pulse,
        signal=state & _SIGNAL,
        wave=wave & 0x7F,
        bar=bar & 0x0F,
        finger_out=bool(state & _TOP),
        searching=bool(wave & _TOP),
        probe_error=bool(state & _TOO_LONG),
    )


class Firmware(NamedTuple):
    length: Callable[[bytearray], int | None]
    valid: Callable[[bytes], bool]
    decode: Callable[[bytes], Packet]
    asks: bool = False


class Oximeter:
    """Reports once a second; values only after five seconds of good packets without a pause."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "oximeter")
        refuse_others(device, ("firmware",))
        self._firmware = FIRMWARES[choice(device, "firmware", FIRMWARES) if device.options else "4.5"]
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            b"",
            self._firmware.length,
            self._firmware.valid,
            max_length=_PACKET_BYTES_46,
            gap_s=GAP_S,
            counters=self.counters,
        )
        self._reset(0.0)

    def _reset(self, now: float) -> None:
        self._good_since: float | None = None
        self._heard_at = self._report_due = self._asked_at = now
        self._finger_in: bool | None = None  # as reported last

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._reset(now)
        return self._ask(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._packets(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        due = now >= self._asked_at + ASK_S
        return [*self._packets(self._decoder.expire(now), now), *(self._ask(now) if due else [])]

    def _ask(self, now: float) -> list[Output]:
        self._asked_at = now
        return [Send(ASK)] if self._firmware.asks else []

    def _packets(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._packet(self._firmware.decode(frame), now)]

    def _packet(self, packet: Packet, now: float) -> list[Output]:
        if not packet.good or now >= self._heard_at + PAUSE_S:
            self._good_since = None
        if packet.good and self._good_since is None:
            self._good_since = now
        self._heard_at = now
        finger_in = not packet.finger_out
        if now < self._report_due and finger_in == self._finger_in:
            return []
        self._report_due, self._finger_in = now + REPORT_S, finger_in
        known: dict[str, Value] = {"Oximeter/Finger In": finger_in}
        if self._good_since is not None and now >= self._good_since + STABLE_S:
            known |= {"Oximeter/Oxygen Saturation": packet.oxygen, "Oximeter/Pulse Rate": packet.pulse}
        return [Measured(self._id, known)]


def _frame_length(buffer: bytearray) -> int | None:
    return _PACKET_BYTES if buffer[0] & _FIRST else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    return not any(byte & _FIRST for byte in frame[1:])


def _frame_length_46(buffer: bytearray) -> int | None:
    return _PACKET_BYTES_46 if buffer[0] == _LIVE else IMPOSSIBLE


def _valid_46(frame: bytes) -> bool:
    return all(byte & _TOP for byte in frame[1:])


FIRMWARES = {
    "4.5": Firmware(_frame_length, _valid, decode),
    "4.6": Firmware(_frame_length_46, _valid_46, decode_46, asks=True),
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    if sent and frame == ASK:
        return [Part(0, len(frame), "命令 command", "请求实时数据 send live data")]
    if len(frame) == _PACKET_BYTES:
        packet, at = decode(frame), (0, 1, 2, 3, 4)
    elif len(frame) == _PACKET_BYTES_46:
        packet, at = decode_46(frame), (2, 3, 4, 5, 6)
    else:
        return [Part(0, len(frame), "数据 data", frame.hex(" ").upper())] if frame else []
    flags = (("手指离开 finger out", packet.finger_out), ("搜索中 searching", packet.searching),
             ("探头错误 probe error", packet.probe_error))  # fmt: skip
    texts = (
        " ".join([f"{packet.signal}", *(name for name, is_on in flags if is_on)]),
        str(packet.wave),
        str(packet.bar),
        f"{packet.pulse} /min",
        f"{packet.oxygen} %",
    )
    names = ("信号 signal", "波形 wave form", "光柱 bar", "脉率 pulse", "血氧 oxygen")
    return [Part(i, i + 1, name, text) for i, name, text in zip(at, names, texts, strict=True)]


DRIVER = Driver(
    name="oximeter_cms50d",
    zh="指夹式血氧仪",
    en="Finger oximeter",
    line=Line(19200, parity="O"),
    metrics=("Oximeter/Finger In", "Oximeter/Oxygen Saturation", "Oximeter/Pulse Rate"),
    silence_s=30.0,
    life_safety=False,
    session=Oximeter,
    explain=explain,
)
