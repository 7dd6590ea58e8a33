"""480 devices on one field process: 120 beds, 120 bathrooms, 200 call buttons, smoke detectors, fridges.

One frame in a hundred is lost. Every call, fall and fire of the ground truth has its alarm in the edge's store: none is
missed, none is made up. For a long night: `pytest tests/system/test_large_home.py --large-home-seconds 600`.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from simulators.bench import Bench, links, make_ports
from simulators.facilities import LARGE_HOME, write_profile
from simulators.facilities.large_home import DETECTORS
from simulators.fault_schedule import parse
from simulators.scenario import Action
from tests.system.field_process import FieldProcess, field_process
from tests.system.installation import eventually

SEED = 480
RULES = {"bed_exit_after_s": 86_400, "out_of_range_hold_s": 86_400, "bed_exit_hours": [0, 24]}
ONE_IN_A_HUNDRED = f'seed = {SEED}\n[[fault]]\nat_s = 0\ndevice = "*"\nname = "loss"\nparameters = {{ p = 0.01 }}\n'
PER_S = 1.0  # calls and falls; a home of this size has about one in two minutes at its busiest
LIES_S = 100  # a fall whose frame was lost is found when the radar is asked again, every 30 s
START_S, SETTLE_S = 90, 100
ALARMS = frozenset({"call", "fall", "fire"})


def story(seconds: float) -> list[Action]:
    """Everything happens to each device at most once: an alarm stays open until somebody closes it in the records."""
    rng = Random(SEED)
    devices = [device.id for device in LARGE_HOME.devices if device.id.startswith(("call-", "hall-", "fall-"))]
    happens = [(device, "fall" if device.startswith("fall-") else "press") for device in devices]
    happens = rng.sample(happens, min(len(happens), int(seconds * PER_S)))
    happens += [(f"smoke-{rng.randint(1, DETECTORS)}", "fire")]
    told = []
    for device, verb in happens:
        at = rng.uniform(0, seconds)
        told.append(Action(at, LARGE_HOME.id, device, verb))
        later, undone = {
            "fall": (LIES_S, ("stand_up",)),
            "press": (rng.uniform(10, 60), ("press", (4,))),
            "fire": (rng.uniform(5, 20), ("restore",)),
        }[verb]
        if at + later < seconds:
            told.append(Action(at + later, LARGE_HOME.id, device, *undone))
    beds = [device.id for device in LARGE_HOME.devices if device.id.startswith("bed-")]
    told += [Action(rng.uniform(0, seconds), LARGE_HOME.id, bed, "out_of_bed") for bed in rng.sample(beds, 40)]
    return sorted(told, key=lambda action: action.at_s)


@dataclass(frozen=True)
class Home:
    bench: Bench
    field: FieldProcess

    def alarms(self) -> Counter[tuple[str, str]]:
        """Raised so far, open or not, by (device, rule)."""
        bodies = self.field.rows("SELECT body FROM event WHERE type = 'onetrip.alarm.raised.v1'")
        data = [json.loads(body)["data"] for (body,) in bodies]
        return Counter((one["device"], one["rule"]) for one in data)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    ports = make_ports(LARGE_HOME, tmp_path / "dev", SEED)
    profile = write_profile(LARGE_HOME, tmp_path, links(ports), rules=RULES)
    with (
        Bench(ports, period_s=0.05, timetable=parse(ONE_IN_A_HUNDRED), seed=SEED) as bench,
        field_process(profile, tmp_path / LARGE_HOME.id) as field,
    ):
        yield Home(bench, field)


def tell(home: Home, seconds: float) -> None:
    began = time.monotonic()
    for action in story(seconds):
        time.sleep(max(0.0, began + action.at_s - time.monotonic()))
        home.bench.perform(action)
    time.sleep(max(0.0, began + seconds - time.monotonic()))


@pytest.mark.timeout(1200)
def test_every_call_fall_and_fire_in_a_home_of_480_devices_is_an_alarm_and_nothing_else_is(
    home: Home, pytestconfig: pytest.Config
) -> None:
    seconds = float(pytestconfig.getoption("--large-home-seconds"))
    eventually(
        "all 480 are on line", lambda: home.field.rows("SELECT count(*) FROM device WHERE online") == [(480,)], START_S
    )
    assert all(port.faults for port in home.bench.ports)
    cpu, wall = time.process_time(), time.monotonic()

    tell(home, seconds)

    bench_share = (time.process_time() - cpu) / (time.monotonic() - wall)
    truth = Counter((one.device, one.what) for one in home.bench.incidents() if one.what in ALARMS)
    assert sum(truth.values()) == min(320, int(seconds * PER_S)) + 1
    end = time.monotonic() + SETTLE_S
    while (alarms := home.alarms()) != truth and time.monotonic() < end:
        time.sleep(0.5)
    assert {"missed": truth - alarms, "made up": alarms - truth} == {"missed": Counter(), "made up": Counter()}
    assert home.field.off_line() == []
    assert bench_share < 0.5, "the bench took more than half a core"
