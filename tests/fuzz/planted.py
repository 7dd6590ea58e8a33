"""Bugs on purpose: the fuzzer must find each of them, or it finds nothing."""

# ruff: noqa: ARG002 - they listen to nobody

from collections.abc import Callable, Sequence

from firmware_bridge.session import (
    Counters,
    DeviceSettings,
    Driver,
    Heard,
    Line,
    Measured,
    Output,
    Part,
    Send,
    Session,
)
from tests.fuzz.program import Call, encode
from tests.fuzz.sessions import target_of
from tests.fuzz.target import Target

DEVICE = DeviceSettings("d")
HEADER = bytes([0xA5, 0x5A, 0x3C, 0xC3])


class _Sound:
    """Nothing is wrong with it."""

    def __init__(self, _: Sequence[DeviceSettings]) -> None:
        self.counters = Counters()

    def start(self, now: float) -> Sequence[Output]:
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        if data:
            self.counters.on_frame(data)
        return [Heard(DEVICE.id)]

    def tick(self, now: float) -> Sequence[Output]:
        return []


class _Raises(_Sound):
    """Only behind a header that no blind guess hits, and that stands nowhere as a constant."""

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        if data[:4] == HEADER:
            raise IndexError("the planted bug")
        return []


class _Grows(_Sound):
    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        super().__init__(devices)
        self._kept: list[bytes] = []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        self._kept.append(data + bytes(1000))
        return []


class _Floods(_Sound):
    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [Send(data * 20_000)]


class _TellsTheUndeclared(_Sound):
    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [Measured(DEVICE.id, {"Air/Humidity": 50.0})]


class _TellsNoNumber(_Sound):
    def tick(self, now: float) -> Sequence[Output]:
        return [Measured(DEVICE.id, {"Air/Temperature": float("nan")})] if now > 4000 else []


class _TellsOfAnother(_Sound):
    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [Heard("another")]


def _beyond_the_frame(frame: bytes, sent: bool) -> Sequence[Part]:
    return [Part(0, 4, "帧头 header", "")]


def _target(session: Callable[[Sequence[DeviceSettings]], Session], explain: object = None) -> Target:
    driver = Driver(
        name=session.__name__.strip("_"),
        zh="坏",
        en="Broken on purpose",
        line=Line(9600),
        metrics=("Air/Temperature",),
        silence_s=None,
        life_safety=False,
        session=session,
        explain=explain,  # type: ignore[arg-type]
    )
    return target_of(
        driver, [(DEVICE,)], lambda: [encode(0, (Call.FEED, 1, bytes(8)), (Call.WAIT, 7, b""))], (__name__,)
    )


SOUND = _target(_Sound)
RAISES = _target(_Raises)
GROWS = _target(_Grows)
FLOODS = _target(_Floods)
UNDECLARED = _target(_TellsTheUndeclared)
NO_NUMBER = _target(_TellsNoNumber)
OF_ANOTHER = _target(_TellsOfAnother)
BAD_PARTS = _target(_Sound, _beyond_the_frame)

BUGS = {
    "RAISES": "IndexError: the planted bug",
    "GROWS": "Broken: memory is bounded",
    "FLOODS": "Broken: what is written is bounded",
    "UNDECLARED": "Broken: a metric is declared by its driver",
    "NO_NUMBER": "Broken: a number is finite",
    "OF_ANOTHER": "Broken: an output is about a device of the port, or none",
    "BAD_PARTS": "Broken: parts lie in the frame in order",
}
