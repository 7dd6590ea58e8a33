"""Birth certificates with everything, with nothing, and with values that nobody should send."""

import math
from typing import Any

import pytest

from cloud.domain import births
from cloud.domain.rows import DeviceRow, FacilityRow, Point
from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import MetricValue
from tests.unit.cloud.facility import NOW_MS, metric

YEAR_2262_MS = 9_223_372_036_855


def test_facility_says_who_it_is() -> None:
    values = {
        "Facility/Kind": "care_home",
        "Facility/Name": "样例养老院",
        "Facility/Name En": "Sample Care Home",
        "Facility/Simulated": True,
        "Outbox/Epoch": "0a1b2c3d4e5f",
        "Clock/Quality": "good",
        "Clock/Offset": -12,
        "Config/Hash": "ab" * 32,
        "Config/State": "trial",
        "Facility/Invented Later": "passed over",
    }
    assert births.facility_row("330803", "care-1", values) == FacilityRow(
        "care-1", "330803", "care_home", "样例养老院", "Sample Care Home", simulated=True, epoch="0a1b2c3d4e5f",
        clock_quality="good", clock_offset_ms=-12, config_hash="ab" * 32, config_state="trial",
    )  # fmt: skip


def test_facility_that_says_nothing_is_known_by_its_id() -> None:
    assert births.facility_row("330803", "care-1", {}) == FacilityRow(
        "care-1", "330803", "unknown", "care-1", "care-1", simulated=False, epoch=""
    )


def test_device_is_on_line_unless_it_says_otherwise() -> None:
    assert births.device_row("care-1", "fall-101", {}) == DeviceRow(
        "care-1", "fall-101", "", "", life_safety=False, simulated=False, online=True, cause=""
    )
    whole = {"Device/Fingerprint": "SN 1", "Device/Proven At": NOW_MS, "Device/Prove Every": 30}
    assert births.device_row("care-1", "fall-101", whole) == DeviceRow(
        "care-1", "fall-101", "", "", life_safety=False, simulated=False, online=True, cause="", fingerprint="SN 1",
        proven_at_ms=NOW_MS, prove_every_days=30,
    )  # fmt: skip
    lost = births.device_row("care-1", "fall-101", {"Device/Online": False, "Device/Cause": "port"})
    assert (lost.online, lost.cause) == (False, "port")


@pytest.mark.parametrize("odd", [None, 7, True, "", "\0", "\0\0", b"bytes", math.nan])
def test_text_of_another_kind_becomes_the_default(odd: object) -> None:
    assert births.facility_row("330803", "care-1", {"Facility/Name": odd}).name_zh == "care-1"


@pytest.mark.parametrize("odd", ["true", 1, "yes", None])
def test_only_true_is_true(odd: object) -> None:
    assert not births.facility_row("330803", "care-1", {"Facility/Simulated": odd}).simulated
    assert not births.device_row("care-1", "d", {"Device/Life Safety": odd}).life_safety


def test_text_fits_its_column_and_holds_no_nul() -> None:
    row = births.facility_row("330803", "care-1", {"Facility/Name": "养\0" * 100, "Facility/Kind": "k" * 100})
    assert row.name_zh == "养" * 64
    assert row.kind == "k" * 32
    assert births.cause_of({"Device/Cause": "\0po\0rt" + "x" * 99}, "device") == "port" + "x" * 28


@pytest.mark.parametrize("nonsense", [None, 0, -5, 1 << 63, (1 << 64) - 1, "7", 7.5])
def test_oldest_number_is_1_when_it_is_nonsense(nonsense: object) -> None:
    assert births.oldest_of({"Outbox/Oldest Event": nonsense, "Outbox/Oldest Reading": nonsense}) == (1, 1)


def test_oldest_numbers_as_they_are_said() -> None:
    assert births.oldest_of({"Outbox/Oldest Event": 12, "Outbox/Oldest Reading": 1 << 40}) == (12, 1 << 40)
    assert births.oldest_of({}) == (1, 1)


@pytest.mark.parametrize(("offset", "found"), [(1, 1), (1 << 40, 1 << 40), (0, None), (-1, None), (1 << 63, None)])
def test_offset_that_a_watermark_can_hold(offset: int, found: int | None) -> None:
    assert births.offset_of([metric("Air/Temperature", 20.0), metric(births.OFFSET, offset)]) == found
    assert births.offset_of([]) is None


def test_points_are_the_numbers_of_the_catalogue() -> None:
    said = [
        metric("Air/Temperature", 21.5),
        metric("Bed/Occupied", True),
        metric("Button/Presses", 3),
        metric("Outbox/Events Waiting", 4),
        metric("Air/Humidity", None),
        metric("Device/Driver", "modbus"),
        metric("Device/Online", True),
        metric("Outbox/Offset", 9),
        metric("Outbox/Oldest Event", 9),
        metric("bdSeq", 3),
        MetricValue("Secret/Number", 1, DataType.INT32, NOW_MS),
        MetricValue(None, 1, DataType.INT32, NOW_MS, alias=4),
        MetricValue("Air/Temperature", 1.0, DataType.FLOAT, None),
    ]
    assert births.points_of("care-1", "air-1", said) == [
        Point("care-1", "air-1", "Air/Temperature", NOW_MS, 21.5),
        Point("care-1", "air-1", "Bed/Occupied", NOW_MS, 1.0),
        Point("care-1", "air-1", "Button/Presses", NOW_MS, 3.0),
        Point("care-1", "air-1", "Outbox/Events Waiting", NOW_MS, 4.0),
    ]


@pytest.mark.parametrize(
    ("value", "at_ms"), [(math.nan, NOW_MS), (math.inf, NOW_MS), (-math.inf, NOW_MS), (20.0, YEAR_2262_MS)]
)
def test_what_no_store_can_hold_is_no_point(value: Any, at_ms: int) -> None:
    assert births.points_of("care-1", "air-1", [metric("Air/Temperature", value, at_ms)]) == []


# drills, clocks, and what is said anew


def test_points_of_a_drill_carry_its_id() -> None:
    said = [metric("Air/Temperature", 80.0), metric(births.DRILL, "d-1"), metric(births.DEVICE_TIME, NOW_MS)]
    assert births.points_of("care-1", "air-1", said) == [
        Point("care-1", "air-1", "Air/Temperature", NOW_MS, 80.0, drill="d-1")
    ]


@pytest.mark.parametrize("none", [[], [metric(births.DRILL, None)], [metric(births.DRILL, "")]])
def test_reading_that_names_no_drill_is_of_real_life(none: list[MetricValue]) -> None:
    (point,) = births.points_of("care-1", "air-1", [metric("Air/Temperature", 20.5), *none])
    assert point.drill == ""


@pytest.mark.parametrize(
    ("odd", "drill"), [(7, "unknown"), ("\0", "unknown"), ("a b,c=\\\n", "a-b-c---"), ("d" * 99, "d" * 64)]
)
def test_odd_name_of_a_drill_is_a_drill_still_and_fits_any_store(odd: object, drill: str) -> None:
    assert births.drill_of({births.DRILL: odd}) == drill


def test_what_is_said_anew_is_known_by_its_column_a_null_too() -> None:
    node = [metric("Clock/Quality", "bad"), metric("Clock/Offset", None), metric("Outbox/Events Waiting", 1)]
    assert births.standing_of(node) == {"clock_quality": "bad", "clock_offset_ms": None}
    device = [metric("Device/Proven At", NOW_MS), metric("Device/Prove Every", None), metric("Air/Humidity", 1.0)]
    assert births.learnt_of(device) == {"proven_at_ms": NOW_MS, "prove_every_days": 0}
    assert births.standing_of(device) == births.learnt_of(node) == {}


@pytest.mark.parametrize("nonsense", [0, -1, 1 << 62, True, "soon", 1.5])
def test_proof_at_a_time_that_cannot_be_is_none(nonsense: object) -> None:
    row = births.device_row("care-1", "d", {"Device/Proven At": nonsense, "Device/Prove Every": nonsense})
    assert (row.proven_at_ms, row.prove_every_days) == (None, 0)


def test_clock_of_a_device_is_compared_with_its_facilitys() -> None:
    told = metric(births.DEVICE_TIME, NOW_MS + 90_000)
    assert births.device_clock_ms([metric("Air/Temperature", 20.5), told]) == 90_000
    assert births.device_clock_ms([metric("Air/Temperature", 20.5)]) is None


@pytest.mark.parametrize(
    ("one", "difference"),
    [(None, None), ("1", None), (True, None), (7, 2), (1 << 64, 1 << 53), (-(1 << 64), -(1 << 53))],
)
def test_difference_of_two_clocks_fits_any_column(one: object, difference: int | None) -> None:
    assert births.difference_ms(one, 5) == difference
