"""433 MHz call buttons (EV1527: 20-bit code, 4-bit key) behind a UART bridge, 19200 8N1.

    bridge: AA A4 | sync (2) | low (2) | high (2), big-endian µs | code and key (3) | 55
    host:   AA A0 55; AA A1 55 to learn the next button, which is told as AA A3 and the rest as above, or as AA A2 55

The host's answer does not say which frame it answers: the bridge takes it for the oldest press not yet answered.
"""

import struct
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from simulators.devices import Report, within

CALL_KEY, CANCEL_KEY = 8, 4
ANSWER, LEARN, NOT_LEARNED = (bytes.fromhex(f"AA{number}55") for number in ("A0", "A1", "A2"))
PULSES_US = (0x2904, 0x015E, 0x041A)

RADIO_REPEATS = 3  # a finger on the button sends the code for a third of a second
RADIO_EVERY_S = 0.1
RETRY_EVERY_S = 0.5
RETRIES = 5
LEARN_S = 10.0

_WHAT = {CALL_KEY: "call", CANCEL_KEY: "cancel"}


def frame(code: str, key: int, number: int = 0xA4) -> bytes:
    """`code` as five hexadecimal digits."""
    data = (int(code, 16) << 4 | key).to_bytes(3)
    return bytes([0xAA, number]) + struct.pack(">3H", *PULSES_US) + data + b"\x55"


@dataclass(slots=True)
class _Press:
    code: str
    key: int
    radio_left: int = RADIO_REPEATS
    retries_left: int = RETRIES
    next_radio: float | None = None  # set by the first step after the press
    next_retry: float = 0.0
    answered: bool = False

    def due(self, now: float) -> int:
        """How many frames the bridge sends at this moment."""
        if self.next_radio is None:
            self.next_radio, self.next_retry = now, now + RETRY_EVERY_S
        frames = 0
        while self.radio_left and now >= self.next_radio:
            self.radio_left -= 1
            self.next_radio += RADIO_EVERY_S
            frames += 1
        if not self.answered and self.retries_left and now >= self.next_retry:
            self.retries_left -= 1
            self.next_retry = now + RETRY_EVERY_S
            frames += 1
        return frames

    @property
    def finished(self) -> bool:
        return not self.radio_left and (self.answered or not self.retries_left)


class CallButtonBridge:
    def __init__(self, buttons: Iterable[str]) -> None:
        self._codes = frozenset(buttons)
        self._presses: deque[_Press] = deque()
        self._received = b""
        self._learning_until: float | None = None
        self._reports: list[Report] = []

    def press(self, code: str, key: int = CALL_KEY) -> None:
        """Somebody presses a key of one of this bridge's buttons."""
        if code not in self._codes:
            raise KeyError(code)
        within("key", key, 0, 15)
        self._presses.append(_Press(code, key))

    def step(self, now: float) -> bytes:
        sent = self._learn(now)
        for press in self._presses:
            if press.next_radio is None:
                self._reports.append(Report(press.code, _WHAT.get(press.key, f"key_{press.key}")))
            sent += frame(press.code, press.key) * press.due(now)
        self._presses = deque(press for press in self._presses if not press.finished)
        return sent

    def receive(self, data: bytes, now: float) -> bytes:
        self._received += data
        if LEARN in self._received:
            self._learning_until = now + LEARN_S
            self._received = self._received.replace(LEARN, b"")
        while (at := self._received.find(ANSWER)) >= 0:
            self._received = self._received[at + len(ANSWER) :]
            waiting = (press for press in self._presses if press.next_radio is not None and not press.answered)
            if press := next(waiting, None):
                press.answered = True
        self._received = self._received[-(len(ANSWER) - 1) :]
        return b""

    def _learn(self, now: float) -> bytes:
        """While it learns, the next press is taken for the button to learn, and told as nothing else."""
        if self._learning_until is None:
            return b""
        fresh = next((press for press in self._presses if press.next_radio is None), None)
        if fresh is not None:
            self._presses.remove(fresh)
            self._learning_until = None
            self._reports.append(Report(fresh.code, "learned"))
            return frame(fresh.code, fresh.key, 0xA3)
        if now >= self._learning_until:
            self._learning_until = None
            return NOT_LEARNED
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken
