"""Finger oximeter CMS50D+ with firmware 4.5: oxygen saturation and pulse.

Source: public drivers of that firmware. It sends 60 packets a second of 5 bytes; only the first byte has its top bit:

    1 | beep | dropping | finger out | signal (4)
    wave form (7)
    pulse bit 7 | searching | probe error | bar (4)
    pulse bits 0 to 6
    oxygen saturation (7)

There is no checksum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Line, Measured, Output, Value

STABLE_S = 5.0  # how long packets must be good before their values are believed
REPORT_S = 1.0
PAUSE_S = 1.0  # no packet for this long: what follows is another measurement
GAP_S = 0.2

_FIRST, _PACKET_BYTES = 0x80, 5
_FINGER_OUT, _SIGNAL = 0x10, 0x0F
_PROBE_ERROR, _SEARCHING, _PULSE_BIT_7 = 0x10, 0x20, 0x40
_NO_PULSE = (0, 255)


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


class Oximeter:
    """Reports once a second; values only after five seconds of good packets without a pause."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "oximeter")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            b"", _frame_length, _valid, max_length=_PACKET_BYTES, gap_s=GAP_S, counters=self.counters
        )
        self._reset(0.0)

    def _reset(self, now: float) -> None:
        self._good_since: float | None = None
        self._heard_at = self._report_due = now
        self._finger_in: bool | None = None  # as reported last

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._reset(now)
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._packets(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        return self._packets(self._decoder.expire(now), now)

    def _packets(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._packet(decode(frame), now)]

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


DRIVER = Driver(
    name="oximeter_cms50d",
    zh="指夹式血氧仪",
    en="Finger oximeter",
    line=Line(19200, parity="O"),
    metrics=("Oximeter/Finger In", "Oximeter/Oxygen Saturation", "Oximeter/Pulse Rate"),
    silence_s=30.0,
    life_safety=False,
    session=Oximeter,
)
