"""Every simulated device of the device fair on its own wire, read by a real field process: all of them come on line."""

from pathlib import Path

import pytest

from simulators.bench import Bench, links, make_ports
from simulators.facilities import DEVICE_FAIR, write_profile
from tests.system.field_process import field_process
from tests.system.installation import eventually


@pytest.mark.timeout(180)
def test_every_device_of_the_fair_comes_on_line(tmp_path: Path, mosquitto_url: str) -> None:
    ports = make_ports(DEVICE_FAIR, tmp_path / "dev", 1, mosquitto_url)
    profile = write_profile(DEVICE_FAIR, tmp_path, links(ports), broker=mosquitto_url)
    devices = len(DEVICE_FAIR.devices)
    with Bench(ports, seed=1), field_process(profile, tmp_path / DEVICE_FAIR.id) as field:
        eventually("the store", lambda: field.rows("SELECT count(*) FROM device") == [(devices,)], 30)
        try:
            eventually("all are on line", lambda: not field.off_line(), 60)
        except AssertionError:
            pytest.fail(f"not on line: {field.off_line()}")
