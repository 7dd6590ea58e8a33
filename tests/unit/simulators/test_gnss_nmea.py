from random import Random

import pytest

from firmware_bridge.devices.gnss_nmea import GnssReceiver as Driver
from firmware_bridge.session import DeviceSettings, Measured
from simulators.devices import Report
from simulators.devices.gnss_nmea import GnssReceiver, angle, sentence


@pytest.mark.parametrize(
    "golden",
    [
        b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
        b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n",
    ],
)
def test_the_checksum_is_that_of_the_public_examples(golden: bytes) -> None:
    assert sentence(golden[1:-5].decode()) == golden


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(48.1173, 2, "4807.0380,N"), (-11.5, 3, "01130.0000,S"), (9.99999999, 3, "01000.0000,N")],
)
def test_an_angle_is_written_in_degrees_and_minutes(value: float, digits: int, expected: str) -> None:
    assert angle(value, digits, "N", "S") == expected


def test_a_fix_and_its_loss_are_told_once() -> None:
    receiver = GnssReceiver(Random(1))
    first = receiver.step(0.0)
    assert first.startswith(b"$GNRMC,013000.00,A,2858.1220,N,11852.3080,E,0.10,,210726,,,A*")
    assert receiver.step(0.5) == b""
    receiver.lose_fix()
    assert b"$GNGGA,013001.00,,,,,0,00," in receiver.step(1.0)
    receiver.find_fix()
    receiver.step(2.0)
    receiver.step(3.0)
    assert receiver.take_reports() == [Report("", "fix"), Report("", "no_fix"), Report("", "fix")]


def test_driver_and_simulator_agree_on_the_place() -> None:
    rng = Random(4)
    receiver, driver = GnssReceiver(Random(1)), Driver([DeviceSettings("pda-1")])
    for second in range(300):
        if rng.random() < 0.3:
            receiver.move(rng.uniform(-89, 89), rng.uniform(-179, 179))
        has_fix = second % 50 < 40
        (receiver.find_fix if has_fix else receiver.lose_fix)()
        sent = receiver.step(second)
        cut = rng.randint(0, len(sent))
        outputs = [*driver.feed(sent[:cut], second), *driver.feed(sent[cut:], second), *driver.tick(second)]
        last = [one for one in outputs if isinstance(one, Measured)][-1]
        if not has_fix:
            assert last.values == {"Position/Fix Quality": 0}
            continue
        place = (last.values["Position/Latitude"], last.values["Position/Longitude"])
        assert place == pytest.approx(receiver.place, abs=2e-6)
        assert last.device_time_ms == 1_784_597_400_000 + second * 1000
    assert driver.counters.frames == 600
    assert driver.counters.crc_errors == driver.counters.resyncs == 0


def test_a_clock_that_is_a_day_fast_says_so_until_it_is_set() -> None:
    receiver = GnssReceiver(Random(1))
    for second, days, expected in ((0, {"days": 1.0}, b",220726,"), (1, None, b",210726,")):
        receiver.set_fault("clock", days)
        assert expected in receiver.step(float(second))
