"""Rating terminal on a service counter: five keys, one byte for each press (our profile; the trade has no standard).

    terminal -> host  31 .. 35     1 (worst) to 5 (best)

9600 8N1. There is no checksum, no answer and no heartbeat: any other byte is noise, and nothing here can say that the
terminal is alive.
"""

from collections.abc import Sequence

from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Line, Measured, Occurred, Output, Part

FIRST_KEY, SCORES = 0x31, range(1, 6)
ONE_PRESS_S = 2.0


def decode(byte: int) -> int | None:
    """The score; None for a byte that is no key."""
    score = byte - FIRST_KEY + 1
    return score if score in SCORES else None


class RatingTerminal:
    """The same key again within 2 s is the same press, however long it is held or drummed on."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "rating terminal")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._given = 0
        self._pressed_at: dict[int, float] = {}
        self._skipping = False

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002  nothing here depends on when
        self._pressed_at.clear()
        self._skipping = False
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [output for byte in data for output in self._byte(byte, now)]

    def tick(self, now: float) -> Sequence[Output]:  # noqa: ARG002  the same
        return []

    def _byte(self, byte: int, now: float) -> list[Output]:
        score = decode(byte)
        if score is None:
            self.counters.on_skipped(bytes([byte]), new_run=not self._skipping)
            self._skipping = True
            return []
        self.counters.on_frame(bytes([byte]))
        self._skipping = False
        again = now < self._pressed_at.get(score, float("-inf")) + ONE_PRESS_S
        self._pressed_at[score] = now
        if again:
            return []
        self._given += 1
        return [
            Occurred(self._id, "rated", {"score": score}),
            Measured(self._id, {"Rating/Given": self._given, "Rating/Last Score": score}),
        ]


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    return [Part(i, i + 1, "评分 score", str(decode(byte) or "未知 unknown")) for i, byte in enumerate(frame)]


DRIVER = Driver(
    name="rating_terminal",
    zh="评价器",
    en="Rating terminal",
    line=Line(9600),
    metrics=("Rating/Given", "Rating/Last Score"),
    silence_s=None,
    life_safety=False,
    session=RatingTerminal,
    explain=explain,
)
