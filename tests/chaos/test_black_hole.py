"""The field side does not notice what happens to its uplink: a broker that hangs changes no poll.

An hour in the field is 20 s here: long enough for the uplink's keep-alive, its reconnects and a full outbox lane.
"""

import itertools
import statistics
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contract.sparkplug.topics import State, encode_state, state_topic
from simulators.bench import Bench, PortSimulator, links, make_ports
from simulators.devices.modbus_temperature import ModbusTemperatureLine, Unit
from simulators.facilities import Device, Facility, Port, write_profile
from tests import servers
from tests.chaos.black_hole import BlackHole
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(180)

POLL_S, CALM_S, BLACK_S = 0.5, 10.0, 20.0
SENSOR = Device("cold-1", "冷藏间", options={"unit": 1, "model": "rs_ws_n01", "poll_s": POLL_S}, key=1)


class WatchedLine(ModbusTemperatureLine):
    """Notes when each poll arrives."""

    def __init__(self) -> None:
        super().__init__({1: Unit("rs_ws_n01")}, Random(1))
        self.polls: list[float] = []

    def receive(self, data: bytes, now: float) -> bytes:
        self.polls.append(now)
        return super().receive(data, now)


def intervals(polls: list[float], begin: float, end: float) -> list[float]:
    inside = [at for at in polls if begin <= at < end]
    return [later - earlier for earlier, later in itertools.pairwise(inside)]


def say_host_is_online(port: int) -> None:
    """So that the uplink is born and has something to send."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    state = encode_state(State(online=True, timestamp_ms=time.time_ns() // 1_000_000))
    client.publish(state_topic("onetrip"), state, qos=1, retain=True).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def test_a_broker_in_a_black_hole_changes_no_poll(tmp_path: Path) -> None:
    line = WatchedLine()
    port = Port("COLD", "modbus_temperature", (SENSOR,), lambda _rng: line)
    facility = Facility("330800-funeral-01", "funeral_home", "样例殡仪馆(模拟)", "Funeral home (simulated)", (port,))
    with servers.mosquitto() as broker, BlackHole(broker.port) as hole:
        ports: list[PortSimulator] = make_ports(facility, tmp_path / "dev", seed=1)
        profile = write_profile(facility, tmp_path, links(ports), broker=f"mqtt://127.0.0.1:{hole.port}")
        say_host_is_online(broker.port)
        with Bench(ports), (tmp_path / "edge.log").open("wb") as log:
            edge = subprocess.Popen(
                [sys.executable, "-m", "onetrip", "edge", "--config", str(profile)], stdout=log, stderr=log
            )
            try:
                eventually("it polls", lambda: len(line.polls) > 4, 30)
                begun = time.monotonic()
                time.sleep(CALM_S)
                hole.swallows.set()
                black = time.monotonic()
                time.sleep(BLACK_S)
                end = time.monotonic()
            finally:
                edge.terminate()
                assert edge.wait(30) == 0
    assert hole.swallowed > 0, "the uplink never spoke to the hole"
    before, during = intervals(line.polls, begun, black), intervals(line.polls, black, end)
    assert len(during) >= 0.9 * BLACK_S / POLL_S
    assert abs(statistics.median(during) - statistics.median(before)) < 0.05
    assert max(during) < max(*before, POLL_S + 0.25)
