"""What a birth certificate says about a facility and its devices. Missing or odd values get honest defaults."""

from collections.abc import Iterable, Mapping

from cloud.domain.rows import DeviceRow, FacilityRow, Point
from contract.metrics import CATALOGUE
from contract.sparkplug.payload import MetricValue

OFFSET = "Outbox/Offset"
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
        cause=_text(values, "Device/Cause", "", 32),
    )


def points_of(facility: str, device: str, metrics: Iterable[MetricValue]) -> list[Point]:
    """The numbers in the metrics that our catalogue knows; an outbox offset is no measurement."""
    points = []
    for metric in metrics:
        name, at_ms, value = metric.name or "", metric.timestamp_ms, metric.value
        if name not in CATALOGUE or not CATALOGUE[name].numeric or name.startswith(_SAID_NOT_MEASURED):
            continue
        if at_ms is not None and isinstance(value, bool | int | float):
            points.append(Point(facility, device, name, at_ms, float(value)))
    return points


def offset_of(metrics: Iterable[MetricValue]) -> int | None:
    return next((m.value for m in metrics if m.name == OFFSET and isinstance(m.value, int) and m.value >= 1), None)


def _text(values: Mapping[str, object], name: str, default: str, longest: int) -> str:
    value = values.get(name)
    return value[:longest].replace("\x00", "") if isinstance(value, str) and value else default
