from random import Random

import pytest

from firmware_bridge.devices.rating_terminal import RatingTerminal as Driver
from firmware_bridge.session import DeviceSettings, Occurred
from simulators.devices import Report
from simulators.devices.rating_terminal import RatingTerminal


@pytest.mark.parametrize(("score", "byte"), [(1, b"\x31"), (2, b"\x32"), (3, b"\x33"), (4, b"\x34"), (5, b"\x35")])
def test_a_key_is_its_golden_byte(score: int, byte: bytes) -> None:
    terminal = RatingTerminal()
    terminal.press(score)
    assert terminal.step(1.0) == byte
    assert terminal.step(1.1) == b""
    assert terminal.take_reports() == [Report("", "rated")]


def test_drumming_is_one_rating() -> None:
    terminal = RatingTerminal()
    terminal.press(5)
    terminal.press(5)
    assert terminal.step(1.0) == b"55"
    terminal.press(5)
    terminal.step(2.5)
    assert terminal.take_reports() == [Report("", "rated")]


def test_there_are_five_keys_and_no_ears() -> None:
    terminal = RatingTerminal()
    assert terminal.receive(b"?", 1.0) == b""
    with pytest.raises(ValueError, match="press 1 to 5"):
        terminal.press(6)


def test_the_driver_tells_what_the_simulator_says_it_told() -> None:
    rng, terminal, driver = Random(3), RatingTerminal(), Driver([DeviceSettings("window-1-rating")])
    told = []
    for step in range(2000):
        now = step * 0.25
        if rng.random() < 0.3:
            terminal.press(rng.randint(1, 5))
        told += [output.what for output in driver.feed(terminal.step(now), now) if isinstance(output, Occurred)]
    assert told == [report.what for report in terminal.take_reports()]
    assert 100 < len(told) < 600
