"""What a port said of one device, taken from the lines of a watch (`edge/services/workbench.py`), and judged. Pure."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from contract.metrics import CATALOGUE
from contract.sparkplug.datatypes import DataType
from edge.domain.readings import Value

_ANALOGUE = (DataType.FLOAT, DataType.DOUBLE)
_SAME_AFTER = 3  # values of a metric, before it means anything that they are the same
_MOST_METRICS = 256
_LOOKS_FRAMED = 8  # a frame with a bad checksum among this many bytes that were skipped, in its own bytes


class Seen:
    """The values of one metric: bounded, however many there were."""

    def __init__(self, value: Value) -> None:
        self.first = self.last = self.low = self.high = value
        self.count = 1

    def take(self, value: Value) -> None:
        self.last, self.count = value, self.count + 1
        if not isinstance(value, str) and not isinstance(self.low, str) and not isinstance(self.high, str):
            self.low, self.high = min(self.low, value), max(self.high, value)

    @property
    def changed(self) -> bool:
        return self.low != self.high

    def as_json(self) -> dict[str, Value]:
        return {"first": self.first, "last": self.last, "low": self.low, "high": self.high, "count": self.count}


class Tally:
    """What a port said of one device, taken from the lines of a watch."""

    def __init__(self, device: str) -> None:
        self._device = device
        self.frames = self.crc_errors = 0
        self.bytes = self._crc_bytes = self._skipped_bytes = 0
        self.told = 0  # lines in which this device said something
        self.faults = 0
        self.fault = ""
        self.others: set[str] = set()  # devices on the same port that spoke
        self.sample: Mapping[str, Any] | None = None  # the line of this device's newest frame
        self.values: dict[str, Seen] = {}
        self._frame: Mapping[str, Any] | None = None
        self._no_number = ""  # a metric that was not a finite number

    def take(self, line: Mapping[str, Any]) -> None:
        match line.get("what"):
            case "frame":
                self.frames += 1
                self.bytes += line["length"]
                self._frame = line
            case "crc_error":
                self.crc_errors += 1
                self._crc_bytes += line["length"]
            case "skipped":
                self.bytes += line["length"]
                self._skipped_bytes += line["length"]
            case "news":
                self._hear([news for news in line["news"] if not news.get("drill")])

    @property
    def moves(self) -> bool:
        """A measured value changed; counters and states may well stay what they are."""
        return any(seen.changed for name, seen in self.values.items() if is_analogue(name))

    @property
    def is_stuck(self) -> bool:
        analogue = [seen for name, seen in self.values.items() if is_analogue(name)]
        return bool(analogue) and not self.moves and max(s.count for s in analogue) >= _SAME_AFTER

    def wiring_problem(self) -> str:
        """A frame with a bad checksum is counted, then skipped. Damaged frames are counted often among what is skipped;
        bytes at a wrong speed hardly ever look like a frame at all."""
        if self.frames:
            return ""
        if not self.bytes:
            return "no_answer"
        return "bad_checksum" if _LOOKS_FRAMED * self._crc_bytes >= self._skipped_bytes else "wrong_baud"

    @property
    def is_damaged(self) -> bool:
        """More was thrown away than understood."""
        return 2 * self._skipped_bytes > self.bytes

    def implausible(self) -> str:
        """The first metric with an impossible value, and the value; "" when there is none."""
        if self._no_number:
            return self._no_number
        for name, seen in self.values.items():
            metric = CATALOGUE.get(name)
            if metric is not None and (wrong := _outside(seen, metric.low, metric.high)) is not None:
                return f"{name} {wrong} {metric.unit} ({_span(metric.low)} … {_span(metric.high)})"
        return ""

    def out_of_limits(self, limits: Mapping[str, tuple[float, float]]) -> str:
        """By what it says now: on the way to its working state it may have been elsewhere."""
        for name, (low, high) in limits.items():
            seen = self.values.get(name)
            if seen and not isinstance(seen.last, str) and not low <= seen.last <= high:
                return f"{name} {seen.last} ({low:g} … {high:g})"
        return ""

    def sample_frame(self) -> Mapping[str, Any] | None:
        """Of a private driver only how long it was."""
        return self.sample and {key: self.sample.get(key) for key in ("length", "hex", "parts")}

    def as_json(self) -> dict[str, Any]:
        return {"frames": self.frames, "crc_errors": self.crc_errors, "bytes": self.bytes,
                "bytes_skipped": self._skipped_bytes, "told_by_device": self.told}  # fmt: skip

    def _hear(self, news: list[Mapping[str, Any]]) -> None:
        mine = [item for item in news if item.get("device") == self._device]
        self.others |= {item["device"] for item in news if item.get("device") not in (None, "", self._device)}
        if any(item["kind"] in ("heard", "measured", "occurred") for item in mine):
            self.told += 1
            self.sample = self._frame or self.sample
        for item in mine:
            if item["kind"] == "faulted":
                self.faults, self.fault = self.faults + 1, item["what"]
            elif item["kind"] == "measured":
                self._measure(item["values"])

    def _measure(self, values: Mapping[str, Value]) -> None:
        for name, value in values.items():
            if isinstance(value, float) and not isfinite(value):
                self._no_number = f"{name} {value}"
            elif name in self.values:
                self.values[name].take(value)
            elif len(self.values) < _MOST_METRICS:
                self.values[name] = Seen(value)


def is_analogue(name: str) -> bool:
    return name in CATALOGUE and CATALOGUE[name].datatype in _ANALOGUE


def _outside(seen: Seen, low: float | None, high: float | None) -> Value | None:
    if isinstance(seen.low, str) or isinstance(seen.high, str):
        return None
    if low is not None and seen.low < low:
        return seen.low
    return seen.high if high is not None and seen.high > high else None


def _span(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"
