"""A value is worth a row when it changed, or when the same was not said for a while."""

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.report_by_exception import ReportByException
from tests.unit.edge.moments import START_MS, at


def test_the_first_value_is_news_and_its_repeat_is_not() -> None:
    report = ReportByException(30)
    first = report.reading("d", {"Air/Temperature": 4.0}, at(0))
    assert first is not None
    assert (first.values, first.taken_at_ms) == ({"Air/Temperature": 4.0}, START_MS)
    assert report.reading("d", {"Air/Temperature": 4.0}, at(29.9)) is None


def test_the_same_value_is_said_again_once_in_a_while() -> None:
    report = ReportByException(30)
    report.reading("d", {"Air/Temperature": 4.0}, at(0))
    assert report.reading("d", {"Air/Temperature": 4.0}, at(30)) is not None
    assert report.reading("d", {"Air/Temperature": 4.0}, at(59)) is None


def test_only_what_changed_is_in_the_reading() -> None:
    report = ReportByException(30)
    report.reading("d", {"Air/Temperature": 4.0, "Air/Humidity": 40.0}, at(0))
    reading = report.reading("d", {"Air/Temperature": 4.0, "Air/Humidity": 41.0}, at(1))
    assert reading is not None
    assert reading.values == {"Air/Humidity": 41.0}


def test_devices_and_metrics_are_told_apart() -> None:
    report = ReportByException(30)
    assert report.reading("a", {"Air/Temperature": 4.0}, at(0)) is not None
    assert report.reading("b", {"Air/Temperature": 4.0}, at(0)) is not None
    assert report.reading("a", {"Air/Humidity": 4.0}, at(0)) is not None


def test_after_a_fault_every_value_of_that_device_is_news() -> None:
    report = ReportByException(30)
    report.reading("a", {"Air/Temperature": 4.0}, at(0))
    report.reading("b", {"Air/Temperature": 4.0}, at(0))
    report.forget("a")
    assert report.reading("a", {"Air/Temperature": 4.0}, at(1)) is not None
    assert report.reading("b", {"Air/Temperature": 4.0}, at(1)) is None


def test_nothing_makes_no_reading() -> None:
    assert ReportByException(30).reading("d", {}, at(0)) is None


@given(st.lists(st.integers(-3600, 3600), min_size=2, max_size=20))
def test_no_two_readings_of_a_device_have_the_same_time_however_the_clock_jumps(jumps: list[int]) -> None:
    report = ReportByException(30)
    times = []
    for value, jump in enumerate(jumps):
        reading = report.reading("d", {"Button/Presses": value}, at(value, wall_jump_s=jump))
        assert reading is not None
        times.append(reading.taken_at_ms)
    assert times == sorted(set(times))
