"""Stored wall times on the monotonic clock; news that need no answer."""

import pytest

from edge.domain.moment import Moment
from edge.domain.news import DeviceNews, PortNews
from tests.unit.edge.moments import START_MS, at


@pytest.mark.parametrize(("stored_s", "expected_s"), [(0, 0), (90, 90), (100, 100), (4000, 100)])
def test_when_a_stored_wall_time_was(stored_s: int, expected_s: int) -> None:
    """One in the future of our clock counts as now."""
    assert at(100).monotonic_at(START_MS + stored_s * 1000) == pytest.approx(at(expected_s).monotonic)


def test_a_time_before_the_box_was_switched_on_is_negative() -> None:
    assert Moment(START_MS, 5.0).monotonic_at(START_MS - 10_000) == -5.0


def test_news_ask_for_a_confirmation_only_when_the_device_waits_for_one() -> None:
    assert DeviceNews(at(0), "serial:///dev/ttyUSB0", "radar-1", "heard").confirm == b""
    assert PortNews(at(0), "serial:///dev/ttyUSB0", ("radar-1",), is_open=True).reason == ""
