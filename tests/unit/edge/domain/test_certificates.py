"""Birth certificates name everything that may ever be said; data carry the offset by which they are acknowledged."""

from contract.acknowledgement import Ack, acks_in
from contract.metrics import CATALOGUE
from edge.domain.certificates import (
    FacilityCard,
    Running,
    by_device,
    device_birth,
    node_birth,
    node_gauges,
    reading_data,
)
from edge.domain.readings import DeviceState, Latest, Reading, Value

CARD = FacilityCard("330803-care-01", "330803", "care_home", "样例养老院", "Sample care home", simulated=True)
RADAR = DeviceState("bed-1", "radar_r60abd1", "101室", True, ("Bed/Occupied", "Heart/Rate"), True, "", 0)


def values(metrics: list) -> dict[str, Value | None]:  # type: ignore[type-arg]
    return {metric.name: metric.value for metric in metrics}


def test_a_node_says_who_it_is_and_what_waits() -> None:
    gauges = node_gauges((2, 5), 0.5, 7_000, Running("ab" * 32, "committed"), 1000)
    birth = node_birth(CARD, Ack("aabbccddeeff", 4, 9), gauges, 1000)
    said = values(birth)
    assert said["Facility/Name"] == "样例养老院"
    assert said["Facility/Simulated"] is True
    assert (said["Outbox/Epoch"], said["Outbox/Oldest Event"], said["Outbox/Oldest Reading"]) == ("aabbccddeeff", 5, 10)
    assert (said["Outbox/Events Waiting"], said["Outbox/Readings Waiting"]) == (2, 5)
    assert said["Field/Heartbeat Age"] == 0.5
    assert (said["Clock/Offset"], said["Clock/Quality"]) == (7_000, "uncertain")
    assert (said["Config/Hash"], said["Config/State"]) == ("ab" * 32, "committed")
    assert acks_in(birth) == [Ack("aabbccddeeff", 4, 9)]


def test_a_device_names_every_metric_with_its_newest_value_or_null() -> None:
    birth = device_birth(RADAR, {"Heart/Rate": Latest(72, 500, 400)}, online=True, simulated=True, now_ms=1000)
    said = values(birth)
    assert said["Heart/Rate"] == 72
    assert said["Bed/Occupied"] is None
    assert said["Port/Frames"] is None
    assert said["Device/Location"] == "101室"
    assert {m.name: m.timestamp_ms for m in birth}["Heart/Rate"] == 500
    assert {m.name: m.datatype for m in birth} == {name: CATALOGUE[name].datatype for name in said}


def test_a_device_that_is_off_line_says_why() -> None:
    off = DeviceState("bed-1", "radar_r60abd1", "", True, (), False, "port", 0)
    said = values(device_birth(off, {}, online=False, simulated=False, now_ms=0))
    assert (said["Device/Online"], said["Device/Cause"]) == (False, "port")
    assert values(device_birth(RADAR, {}, online=True, simulated=False, now_ms=0))["Device/Cause"] == ""


def test_a_stored_metric_that_the_catalogue_no_longer_has_is_left_out() -> None:
    birth = device_birth(RADAR, {"Old/Metric": Latest(1, 0, 0)}, online=True, simulated=False, now_ms=0)
    assert "Old/Metric" not in values(birth)
    reading = Reading("bed-1", {"Old/Metric": 1, "Heart/Rate": 70}, 500)
    assert values(reading_data(7, reading, historical=False)) == {"Outbox/Offset": 7, "Heart/Rate": 70}


def test_data_carry_the_offset_the_time_taken_and_the_flag() -> None:
    data = reading_data(7, Reading("bed-1", {"Heart/Rate": 70}, 500), historical=True)
    assert values(data) == {"Outbox/Offset": 7, "Heart/Rate": 70}
    assert {metric.timestamp_ms for metric in data} == {500}
    assert all(metric.is_historical for metric in data)


def test_the_newest_values_are_sorted_by_device() -> None:
    latest = {("a", "Heart/Rate"): Latest(70, 0, 0), ("gone", "Heart/Rate"): Latest(71, 0, 0)}
    assert by_device(latest, ["a", "b"]) == {
        "a": {"Heart/Rate": Latest(70, 0, 0)},
        "b": {},
        "gone": {"Heart/Rate": Latest(71, 0, 0)},
    }
