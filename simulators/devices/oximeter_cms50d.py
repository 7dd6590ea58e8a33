"""Finger oximeter CMS50D+: 60 packets a second. Firmware 4.5 at 19200 8O1, 4.6 at 115200 8N1 for 30 s when asked.

4.5: 80 | finger out | signal, wave form, pulse bit 7 | searching | bar, pulse, oxygen saturation
4.6: 01, 80 | top bits, and with the top bit set: finger out, searching, bar, pulse, oxygen saturation, two more
"""

from random import Random
from typing import Literal

from simulators.devices import Report, within

EVERY_S = 1 / 60
SEARCH_S = 4.0  # from the finger to the first numbers
LIVE_S = 30.0
ASK = bytes.fromhex("7D81A1")
NO_OXYGEN, NO_PULSE = 127, 255


def packet_45(oxygen: int, pulse: int, *, signal: int = 7, wave: int = 0, bar: int = 0, finger_out: bool = False,
              searching: bool = False) -> bytes:  # fmt: skip
    more = (pulse >> 7) * 0x40 | searching * 0x20 | bar
    return bytes([0x80 | finger_out * 0x10 | signal, wave, more, pulse & 0x7F, oxygen])


def packet_46(oxygen: int, pulse: int, *, signal: int = 7, wave: int = 0, bar: int = 0, finger_out: bool = False,
              searching: bool = False) -> bytes:  # fmt: skip
    plain = (finger_out * 0x80 | signal, searching * 0x80 | wave, bar, pulse, oxygen, 0, 0)
    tops = sum(1 << i for i, byte in enumerate(plain) if byte & 0x80)
    return bytes([0x01, 0x80 | tops, *(byte | 0x80 for byte in plain)])


class Oximeter:
    def __init__(self, rng: Random, *, firmware: Literal["4.5", "4.6"] = "4.5") -> None:
        self._rng, self._firmware = rng, firmware
        self._oxygen, self._pulse = 97, 72
        self._finger = False
        self._finger_since: float | None = None
        self._told = ""
        self._due: float | None = None
        self._live_until = float("-inf") if firmware == "4.6" else float("inf")
        self._received = b""
        self._number = 0
        self._reports: list[Report] = []

    def put_finger_in(self, oxygen: int = 97, pulse: int = 72) -> None:
        within("oxygen", oxygen, 0, 100)
        within("pulse", pulse, 0, 254)
        self._finger, self._oxygen, self._pulse = True, oxygen, pulse

    def take_finger_out(self) -> None:
        self._finger, self._finger_since = False, None

    def step(self, now: float) -> bytes:
        """All packets that are due: 60 a second are more than one a step."""
        if self._due is None or now > self._due + 1.0:
            self._due = now
        sent = b""
        while now >= self._due:
            self._due += EVERY_S
            if now <= self._live_until:
                sent += self._packet(now)
        return sent

    def receive(self, data: bytes, now: float) -> bytes:
        self._received += data
        if ASK in self._received and self._firmware == "4.6":
            self._live_until = now + LIVE_S
        self._received = self._received[-2:]
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _packet(self, now: float) -> bytes:
        make = packet_46 if self._firmware == "4.6" else packet_45
        self._number += 1
        if not self._finger:
            self._tell("finger_out")
            return make(NO_OXYGEN, NO_PULSE, signal=0, finger_out=True)
        if self._finger_since is None:
            self._finger_since = now
        wave, bar = self._rng.randint(0, 100), self._rng.randint(0, 15)
        if now < self._finger_since + SEARCH_S:
            self._tell("finger_in")
            return make(NO_OXYGEN, NO_PULSE, wave=wave, bar=bar, searching=True)
        self._tell(f"{self._oxygen} {self._pulse}")
        return make(self._oxygen, self._pulse, wave=wave, bar=bar)

    def _tell(self, what: str) -> None:
        if what != self._told:
            self._told = what
            self._reports.append(Report("", what))
