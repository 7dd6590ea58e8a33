"""Faults by name, with their parameters: for simulated devices, fault schedules, and drills on a real box.

Line faults act on the bytes of a port (`LINE_FAULTS`, made by `make_fault`). Device faults are done to a device itself
(`DEVICE_FAULTS`): a simulated device that can have one says so, and "unplug" is done to its terminal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from firmware_bridge import line_faults as line
from firmware_bridge.line_faults import Forged

__all__ = ["DEVICE_FAULTS", "LINE_FAULTS", "UNPLUG", "BadFault", "Chain", "Fault", "FaultKind", "Forged", "Parameter",
           "check_parameters", "make_fault"]  # fmt: skip

UNPLUG = "unplug"


class BadFault(ValueError):
    """No such fault, or parameters that it cannot have; the text says which there are."""


class Fault(Protocol):
    """`forges`: the host hears whole frames that the device did not say just now."""

    @property
    def forges(self) -> bool: ...
    def apply(self, data: bytes, now: float) -> list[bytes]:
        """What reaches the host now of what the device sent in one go; `now` is monotonic, in seconds."""


@dataclass(frozen=True, slots=True)
class Parameter:
    default: float
    low: float
    high: float
    zh: str
    en: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class FaultKind:
    name: str
    zh: str
    en: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    make: Callable[[Random, Mapping[str, float]], Fault] | None = None  # None: done to the device, not to its bytes
    forges: bool = False


class Chain:
    """Several faults, the first one nearest to the device."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = tuple(faults)

    @property
    def forges(self) -> bool:
        return any(fault.forges for fault in self._faults)

    def apply(self, data: bytes, now: float) -> list[bytes]:
        pieces = [data] if data else []
        for fault in self._faults:
            pieces = [out for piece in pieces or [b""] for out in _through(fault, piece, now) if out]
        return pieces


def _through(fault: Fault, piece: bytes, now: float) -> list[bytes]:
    """What was forged nearer to the device stays so."""
    pieces = fault.apply(piece, now)
    return [Forged(one) for one in pieces] if isinstance(piece, Forged) else pieces


def make_fault(name: str, rng: Random, parameters: Mapping[str, object]) -> Fault:
    """A line fault. Parameters that are left out have their defaults. Raises BadFault."""
    kind = _find(name, LINE_FAULTS)
    values = check_parameters(name, parameters)
    assert kind.make is not None  # every line fault has one
    return kind.make(rng, values)


def check_parameters(name: str, parameters: Mapping[str, object]) -> dict[str, float]:
    """All parameters of a fault of either kind, in their limits. Raises BadFault."""
    known = _find(name, {**LINE_FAULTS, **DEVICE_FAULTS}).parameters
    if unknown := sorted(set(parameters) - set(known)):
        choice = "it has " + ", ".join(known) if known else "it has none"
        raise BadFault(f"fault {name!r} has no parameter {', '.join(map(repr, unknown))}; {choice}")
    return {key: _number(name, key, about, parameters.get(key, about.default)) for key, about in known.items()}


def _find(name: str, kinds: Mapping[str, FaultKind]) -> FaultKind:
    if name not in kinds:
        raise BadFault(f"no fault {name!r}; there are: {', '.join(sorted(kinds))}")
    return kinds[name]


def _number(name: str, key: str, about: Parameter, value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not about.low <= value <= about.high or (about.whole and value != int(value)):  # type: ignore[operator, call-overload]
        kind = "whole number" if about.whole else "number"
        raise BadFault(f"fault {name!r}: {key} is {value!r}; write a {kind} from {about.low:g} to {about.high:g}")
    return int(value) if about.whole else float(value)  # type: ignore[call-overload, arg-type]


def _p(default: float) -> Parameter:
    return Parameter(default, 0, 1, "概率", "probability")


def _baud(default: int, zh: str, en: str) -> Parameter:
    return Parameter(default, 300, 4_000_000, zh, en, whole=True)


_AFTER = Parameter(5, 0.1, 600, "多少秒后", "seconds later")
_SECONDS = Parameter(1, 0, 60, "迟到几秒", "how many seconds late")
_LONGEST = Parameter(8, 1, 256, "最多几个字节", "most bytes", whole=True)
_RATE = Parameter(1000, 1, 1_000_000, "每秒字节数", "bytes per second")

LINE_FAULTS: Mapping[str, FaultKind] = {
    kind.name: kind
    for kind in (
        FaultKind("bit_flips", "位翻转", "Flipped bits", {"p": _p(0.01)}, lambda rng, a: line.BitFlips(rng, a["p"])),
        FaultKind("delay", "应答迟缓", "Slow answers", {"seconds": _SECONDS}, lambda _, a: line.Delay(a["seconds"])),
        FaultKind("duplicate", "重复帧", "Frames come twice", {"p": _p(1)},
                  lambda rng, a: line.Duplicate(rng, a["p"]), forges=True),
        FaultKind("flood", "数据洪水", "Flood of random bytes", {"bytes_per_s": _RATE},
                  lambda rng, a: line.Flood(rng, a["bytes_per_s"])),
        FaultKind("half_frames", "半截帧", "Half frames", {"p": _p(0.5)}, lambda rng, a: line.HalfFrames(rng, a["p"])),
        FaultKind("loss", "丢帧", "Lost frames", {"p": _p(0.1)}, lambda rng, a: line.Loss(rng, a["p"])),
        FaultKind("noise", "线路噪声", "Noise before frames", {"p": _p(0.5), "longest": _LONGEST},
                  lambda rng, a: line.Noise(rng, a["p"], int(a["longest"]))),
        FaultKind("replay", "帧重放", "Frames are replayed later", {"p": _p(1), "after_s": _AFTER},
                  lambda rng, a: line.Replay(rng, a["p"], a["after_s"]), forges=True),
        FaultKind("silence", "无应答", "Silence", make=lambda _rng, _: line.Silence()),
        FaultKind("split", "逐字节到达", "Bytes arrive one by one", make=lambda _rng, _: line.Split()),
        FaultKind("stuck", "数值卡死", "Stuck: says the same for ever", make=lambda _rng, _: line.Stuck(), forges=True),
        FaultKind("wrong_baud", "波特率错误", "Wrong baud rate",
                  {"sent_baud": _baud(9600, "设备发送", "the device sends"),
                   "read_baud": _baud(115200, "主机读取", "the host reads")},
                  lambda _, a: line.WrongBaud(int(a["sent_baud"]), int(a["read_baud"]))),
    )
}  # fmt: skip

DEVICE_FAULTS: Mapping[str, FaultKind] = {
    kind.name: kind
    for kind in (
        FaultKind(UNPLUG, "拔掉", "Unplugged"),
        FaultKind("battery_low", "电池电量低", "Battery low",
                  {"percent": Parameter(5, 0, 100, "剩余百分比", "per cent left")}),
        FaultKind("clock", "时钟错误", "Clock is wrong", {"days": Parameter(1, -3650, 3650, "快几天", "days fast")}),
        FaultKind("drift", "读数漂移", "Readings drift",
                  {"per_minute": Parameter(1, -1000, 1000, "每分钟漂移", "drift each minute, in the reading's unit")}),
        FaultKind("paper_out", "缺纸", "Paper out"),
    )
}  # fmt: skip
