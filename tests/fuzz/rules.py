"""What must hold for whatever a session says and for every explanation of a frame."""

import math
import re
from collections.abc import Collection, Mapping, Sequence

from contract.metrics import CATALOGUE
from contract.sparkplug.payload import MAX_TIMESTAMP_MS
from contract.sparkplug.values import to_wire
from firmware_bridge.session import (
    Counters,
    Driver,
    Faulted,
    Heard,
    Identified,
    Measured,
    Occurred,
    Part,
    Send,
    Value,
)
from tests.fuzz.target import Broken

LONGEST_TEXT = 1 << 20  # a signature's points are a text
_WHAT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CITIZEN_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")


def check(outputs: object, driver: Driver, devices: Collection[str], fed: int) -> list[bytes]:
    """Returns what is to be written, confirmations too. `fed`: how many bytes led to it."""
    _hold(isinstance(outputs, Sequence), "outputs are a sequence", type(outputs))
    assert isinstance(outputs, Sequence)
    _hold(len(outputs) <= 64 + 4 * fed, "outputs are bounded", len(outputs))
    written: list[bytes] = []
    for output in outputs:
        if type(output) is Send:
            written.append(output.data)
            continue
        match output:
            case Measured(device, values):
                _check_measured(values, driver)
            case Occurred(device, what, values):
                _hold(isinstance(what, str) and bool(_WHAT.fullmatch(what)), "an occurrence has a plain name", what)
                for key, value in values.items():
                    _hold(type(key) is str and key != "", "a detail has a name", key)
                    _check_value(value)
            case Faulted(device, text) | Identified(device, text):
                _hold(bool(text), "a reason or a fingerprint says something", output)
                _check_value(text)
            case Heard(device):
                pass
            case _:
                raise Broken(f"outputs are of the known types: {output!r}")
        _hold(device in devices or device == "", "an output is about a device of the port, or none", device)
        _check_time(getattr(output, "device_time_ms", None))
        written.append(getattr(output, "confirm", b""))
    _hold(all(type(data) is bytes for data in written), "what is written is bytes", written)
    _hold(sum(map(len, written)) <= 16 * 1024 + 16 * fed, "what is written is bounded", sum(map(len, written)))
    return written


def _check_measured(values: Mapping[str, Value], driver: Driver) -> None:
    _hold(bool(values), "a measurement has a value", values)
    for name, value in values.items():
        _hold(name in driver.metrics, "a metric is declared by its driver", name)
        _check_value(value)
        about = CATALOGUE.get(name)
        if about is not None:
            try:
                to_wire(about.datatype, value)
            except ValueError as error:
                raise Broken(f"a value fits its metric's type: {name} = {value!r} ({error})") from error


def _check_value(value: Value) -> None:
    _hold(type(value) in (bool, int, float, str), "a value is plain", value)
    if type(value) is float:
        _hold(math.isfinite(value), "a number is finite", value)
    elif type(value) is int:
        _hold(-(1 << 63) <= value < 1 << 63, "a whole number has 64 bits", value)
    elif type(value) is str:
        _hold(len(value) <= LONGEST_TEXT, "a text is bounded", len(value))
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Broken(f"a text is Unicode: {value!r}") from error


def _check_time(time_ms: object) -> None:
    fits = time_ms is None or (type(time_ms) is int and 0 <= time_ms <= MAX_TIMESTAMP_MS)
    _hold(fits, "a device's time is in milliseconds before the year 10000", time_ms)


def check_explanation(driver: Driver, frame: bytes, *, sent: bool) -> None:
    if driver.explain is None:
        return
    at = 0
    for part in driver.explain(frame, sent):
        _hold(isinstance(part, Part), "an explanation has parts", part)
        _hold(at <= part.start <= part.end <= len(frame), "parts lie in the frame in order", (part, len(frame)))
        at = part.end
        _hold(bool(part.name), "a part has a name", part)
        for text in (part.name, part.text):
            _check_value(text)
            _hold(type(text) is str, "a part's text is text", part)
        if driver.private:
            _hold(not _CITIZEN_NUMBER.search(part.text), "an explanation names nobody", part)


def check_counters(counters: Counters) -> None:
    for count in (counters.frames, counters.crc_errors, counters.resyncs):
        _hold(type(count) is int and count >= 0, "counters count", counters)


def _hold(holds: bool, rule: str, what: object) -> None:
    if not holds:
        raise Broken(f"{rule}: {what!r}"[:2000])
