"""What births and data say about a facility and its devices. Missing or odd values get honest defaults."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from cloud.domain.rows import DeviceRow, FacilityRow, Point
from contract.metrics import CATALOGUE
from contract.sparkplug.payload import MetricValue

OFFSET = "Outbox/Offset"
DRILL = "Reading/Drill"
DEVICE_TIME = "Reading/Device Time"
_MAX_SEQ, _MAX_OFFSET = 1 << 31, 1 << 62  # what the events' and the acknowledgement's numbers can hold, and one more
_MAX_TIME_MS = (1 << 63) // 1_000_000  # the year 2262: time-series stores count nanoseconds in 64 bits
_MAX_DIFFERENCE_MS = 1 << 53  # clocks that differ by more differ by this: any column and any page can hold it
_MAX_DAYS = 36_500
_NO_ID = re.compile(r"[^0-9A-Za-z._-]")
_SAID_NOT_MEASURED = ("Device/", "Facility/", "Node Control/", "Outbox/O", "Reading/", "bdSeq")
_STANDING = {  # metric -> column of the facility's row
    "Clock/Quality": "clock_quality",
    "Clock/Offset": "clock_offset_ms",
    "Config/Hash": "config_hash",
    "Config/State": "config_state",
}
_LEARNT = {  # metric -> column of the device's row
    "Device/Fingerprint": "fingerprint",
    "Device/Proven At": "proven_at_ms",
    "Device/Prove Every": "prove_every_days",
}


def values_of(metrics: Iterable[MetricValue]) -> dict[str, object]:
    return {metric.name: metric.value for metric in metrics if metric.name and metric.value is not None}


def facility_row(area: str, facility: str, values: Mapping[str, object]) -> FacilityRow:
    return FacilityRow(
        id=facility,
        area=area,
        kind=_text(values, "Facility/Kind", "unknown", 32),
        name_zh=_text(values, "Facility/Name", facility, 64),
        name_en=_text(values, "Facility/Name En", facility, 128),
        simulated=values.get("Facility/Simulated") is True,
        epoch=_text(values, "Outbox/Epoch", "", 12),
        clock_quality=_text(values, "Clock/Quality", "", 16),
        clock_offset_ms=difference_ms(values.get("Clock/Offset"), 0),
        config_hash=_text(values, "Config/Hash", "", 64),
        config_state=_text(values, "Config/State", "", 32),
    )


def standing_of(metrics: Iterable[MetricValue]) -> dict[str, object]:
    """What data of the node say anew of its clock and its configuration, by column; a null is said too."""
    said = {metric.name or "": metric.value for metric in metrics if metric.name in _STANDING}
    about = asdict(facility_row("", "", {name: value for name, value in said.items() if value is not None}))
    return {_STANDING[name]: about[_STANDING[name]] for name in said}


def device_row(facility: str, device: str, values: Mapping[str, object]) -> DeviceRow:
    return DeviceRow(
        facility=facility,
        id=device,
        driver=_text(values, "Device/Driver", "", 64),
        location=_text(values, "Device/Location", "", 64),
        life_safety=values.get("Device/Life Safety") is True,
        simulated=values.get("Device/Simulated") is True,
        online=values.get("Device/Online") is not False,
        cause=cause_of(values, ""),
        fingerprint=_text(values, "Device/Fingerprint", "", 256),
        proven_at_ms=_number(values, "Device/Proven At", _MAX_TIME_MS),
        prove_every_days=_number(values, "Device/Prove Every", _MAX_DAYS) or 0,
    )


def learnt_of(metrics: Iterable[MetricValue]) -> dict[str, object]:
    """What data of a device say anew of itself beside its state, by column; a null is said too."""
    said = {metric.name or "": metric.value for metric in metrics if metric.name in _LEARNT}
    about = asdict(device_row("", "", {name: value for name, value in said.items() if value is not None}))
    return {_LEARNT[name]: about[_LEARNT[name]] for name in said}


def cause_of(values: Mapping[str, object], default: str) -> str:
    """Why the device is off line, in its own words."""
    return _text(values, "Device/Cause", default, 32)


def oldest_of(values: Mapping[str, object]) -> tuple[int, int]:
    """The oldest event and the oldest reading that the facility still has; 1 when it does not say, or says nonsense."""
    event, reading = values.get("Outbox/Oldest Event"), values.get("Outbox/Oldest Reading")
    return (
        event if isinstance(event, int) and 1 <= event <= _MAX_SEQ else 1,
        reading if isinstance(reading, int) and 1 <= reading <= _MAX_OFFSET else 1,
    )


def points_of(facility: str, device: str, metrics: Iterable[MetricValue]) -> list[Point]:
    """The numbers that our catalogue knows and any store can hold; an outbox offset is no measurement."""
    metrics = tuple(metrics)
    drill = drill_of(values_of(metrics))
    points = []
    for metric in metrics:
        name, at_ms, value = metric.name or "", metric.timestamp_ms, metric.value
        if name not in CATALOGUE or not CATALOGUE[name].numeric or name.startswith(_SAID_NOT_MEASURED):
            continue
        if at_ms is None or at_ms >= _MAX_TIME_MS:
            continue
        if isinstance(value, bool | int | float) and math.isfinite(value):
            points.append(Point(facility, device, name, at_ms, float(value), drill))
    return points


def drill_of(values: Mapping[str, object]) -> str:
    """The drill that a reading comes from, as any store can hold it; what does not name it well is a drill as well."""
    value = values.get(DRILL, "")
    return _NO_ID.sub("-", _text(values, DRILL, "unknown", 64)) if value != "" else ""


def device_clock_ms(metrics: Iterable[MetricValue]) -> int | None:
    """The device's own clock minus the facility's, when a reading tells its device's time."""
    for metric in metrics:
        if metric.name == DEVICE_TIME and metric.timestamp_ms is not None:
            return difference_ms(metric.value, metric.timestamp_ms)
    return None


def difference_ms(one: object, other: int) -> int | None:
    """`one` minus `other`, if it is a number; never more than any store can hold."""
    if not isinstance(one, int) or isinstance(one, bool):
        return None
    return max(-_MAX_DIFFERENCE_MS, min(_MAX_DIFFERENCE_MS, one - other))


def offset_of(metrics: Iterable[MetricValue]) -> int | None:
    values = (metric.value for metric in metrics if metric.name == OFFSET)
    return next((value for value in values if isinstance(value, int) and 1 <= value <= _MAX_OFFSET), None)


def _number(values: Mapping[str, object], name: str, most: int) -> int | None:
    value = values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most else None


def _text(values: Mapping[str, object], name: str, default: str, longest: int) -> str:
    value = values.get(name)
    return (value.replace("\x00", "")[:longest] if isinstance(value, str) else "") or default
