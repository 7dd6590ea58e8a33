import json
import socket
import threading
import time
from pathlib import Path

import pytest

from edge.settings import load
from firmware_bridge.links import open_link
from firmware_bridge.session import Line
from simulators.bench import Bench, make_ports
from simulators.bench_control import BenchControl, BenchInUse
from simulators.facilities import ALL, CARE_HOME, RELIEF_STATION
from simulators.fault_schedule import BadSchedule
from simulators.run import SHORT_NAMES, UnknownFacility, find, run


def test_a_facility_goes_by_its_id_a_short_name_or_as_one_of_all() -> None:
    assert list(SHORT_NAMES.values()) == list(ALL)
    for name, facility in SHORT_NAMES.items():
        assert find(name) == find(facility.id) == (facility,)
    assert find("all") == ALL
    with pytest.raises(
        UnknownFacility, match=r"no simulated facility 'moon'; there are: marriage \(330802-marriage-01"
    ):
        find("moon")


@pytest.mark.loopback
def test_a_simulated_facility_is_plugged_in_described_and_controlled_until_it_is_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text('[[fault]]\nat_s = 0\ndevice = "fall-102"\nname = "unplug"\n')
    stopping = threading.Event()
    thread = threading.Thread(target=run, args=("care", tmp_path / "bench", faults, 1, stopping))
    thread.start()
    until = time.monotonic() + 10
    control = socket.socket(socket.AF_UNIX)
    while time.monotonic() < until:
        try:
            control.connect(str(tmp_path / "bench" / "bench.sock"))
            break
        except OSError:
            time.sleep(0.01)

    try:
        profile = load(tmp_path / "bench" / "330803-care-01.toml")
        assert profile.console.simulator == tmp_path / "bench" / "bench.sock"
        assert profile.store.directory == tmp_path / "bench" / "store" / "330803-care-01"
        for port in profile.port:
            if port.device[0].id != "fall-102":
                open_link(port.link, Line(9600)).close()
        assert not (tmp_path / "bench" / "dev" / "ttyCARE-FALL-102").exists()
        with control, control.makefile("rwb") as lines:
            lines.write(b'{"do": "list"}\n')
            lines.flush()
            assert len(json.loads(lines.readline())["ports"]) == len(profile.port)
    finally:
        stopping.set()
        thread.join(10)
    assert list((tmp_path / "bench" / "dev").iterdir()) == []
    told = capsys.readouterr().out
    assert "onetrip edge --config" in told
    assert "11 台模拟设备已就位" in told


def test_a_wrong_schedule_is_said_before_anything_is_plugged_in(tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text('[[fault]]\nat_s = 0\ndevice = "nobody"\nname = "unplug"\n')
    with pytest.raises(BadSchedule, match=r"faults\.toml: fault 1: nothing that can have 'unplug' is"):
        run("care", tmp_path / "bench", faults, 1, threading.Event())
    assert list((tmp_path / "bench" / "dev").iterdir()) == []


@pytest.mark.loopback
def test_a_second_simulator_in_the_same_directory_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    with Bench(make_ports(CARE_HOME, tmp_path / "dev", 1)) as bench, BenchControl(bench, tmp_path) as control:
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(BenchInUse, match=r"already runs in .*: stop it first .* or give this one a directory"):
            run("care", tmp_path, None, 1, threading.Event())
        with pytest.raises(BenchInUse), BenchControl(bench, tmp_path):
            pass
        assert sorted(tmp_path.rglob("*")) == before
        with socket.socket(socket.AF_UNIX) as still:
            still.connect(str(control.path))


@pytest.mark.loopback
def test_a_socket_that_a_killed_simulator_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "bench.sock"))
    stopping = threading.Event()
    stopping.set()
    assert run("relief", tmp_path, None, 1, stopping) == 0
    assert not (tmp_path / "bench.sock").exists()
    assert (tmp_path / f"{RELIEF_STATION.id}.toml").exists()  # kept, to be looked at
