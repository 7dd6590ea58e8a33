"""A device's clock that names no zone runs on China's time, and one that was never set is not believed."""

import pytest

from firmware_bridge.device_time import from_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-21T09:30:00+08:00", 1_784_597_400_000),
        ("2026-07-21T01:30:00Z", 1_784_597_400_000),
        ("2026-07-21 09:30:00", 1_784_597_400_000),
        ("2026-07-21T09:30:00.250", 1_784_597_400_250),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("2026-02-30 00:00:00", None),
        ("", None),
        ("now", None),
    ],
)
def test_the_time_of_a_text(text: str, expected: int | None) -> None:
    assert from_text(text) == expected
