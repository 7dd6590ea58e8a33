"""What a birth certificate says about a facility and its devices. Missing or odd values get honest defaults."""

import math
from collections.abc import Iterable, Mapping

from cloud.domain.rows import DeviceRow, FacilityRow, Point
from contract.metrics import CATALOGUE
from contract.sparkplug.payload import MetricValue

OFFSET = "Outbox/Offset"
_MAX_SEQ, _MAX_OFFSET = 1 << 31, 1 << 62  # what the events' and the acknowledgement's numbers can hold, and one more
_MAX_TIME_MS = (1 << 63) // 1_000_000  # the year 2262: time-series stores count nanoseconds in 64 bits
_SAID_NOT_MEASURED = ("Device/", "Facility/", "Node Control/", "Outbox/O", "bdSeq")


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
    )


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
    )


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
    points = []
    for metric in metrics:
        name, at_ms, value = metric.name or "", metric.timestamp_ms, metric.value
        if name not in CATALOGUE or not CATALOGUE[name].numeric or name.startswith(_SAID_NOT_MEASURED):
            continue
        if at_ms is None or at_ms >= _MAX_TIME_MS:
            continue
        if isinstance(value, bool | int | float) and math.isfinite(value):
            points.append(Point(facility, device, name, at_ms, float(value)))
    return points


def offset_of(metrics: Iterable[MetricValue]) -> int | None:
    values = (metric.value for metric in metrics if metric.name == OFFSET)
    return next((value for value in values if isinstance(value, int) and 1 <= value <= _MAX_OFFSET), None)


def _text(values: Mapping[str, object], name: str, default: str, longest: int) -> str:
    value = values.get(name)
    return (value.replace("\x00", "")[:longest] if isinstance(value, str) else "") or default
