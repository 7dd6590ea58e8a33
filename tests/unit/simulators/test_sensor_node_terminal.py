"""An update over a real terminal whose cable is pulled out twice."""

import base64
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from firmware_bridge.devices.sensor_node import DRIVER
from firmware_bridge.devices.sensor_node import SensorNode as Session
from firmware_bridge.links import Link, LinkLost, open_link
from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from firmware_bridge.node.signing import generate_key, public_key, sign_image
from firmware_bridge.session import DeviceSettings, Occurred, Output, Send
from simulators.devices.sensor_node import SensorNode

CONTENT = Random(7).randbytes(40_000)
PULLED_AT = (10_000, 25_000)  # bytes that the node has
LONGEST_S = 60.0

pytestmark = pytest.mark.loopback


class Line:
    """A node on one end of the terminal, the driver's session on the other."""

    def __init__(self, terminal: PseudoTerminal, node: SensorNode) -> None:
        self.terminal, self.node = terminal, node
        self.session = Session([DeviceSettings("n")])
        self.told: list[Occurred] = []
        self.openings = 0
        self._link = self._open()

    def turn(self) -> None:
        now = time.monotonic()
        try:
            received = self._link.read(0.001)
            self._tell([*self.session.feed(received, now), *self.session.tick(now)])
        except LinkLost:
            self._link.close()
            self.terminal.plug()
            self._link = self._open()
        self.terminal.write(self.node.receive(self.terminal.read(), now) + self.node.step(now))

    def update(self, file: bytes) -> None:
        image = base64.b64encode(file).decode()
        self._tell(self.session.act("n", "update", {"image": image}, time.monotonic()))

    def close(self) -> None:
        self._link.close()

    def _open(self) -> Link:
        self.openings += 1
        link = open_link(f"serial://{self.terminal.path}", DRIVER.line)
        self._link = link
        self._tell(self.session.start(time.monotonic()))
        return link

    def _tell(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            if isinstance(output, Send):
                self._link.write(output.data)
            elif isinstance(output, Occurred):
                self.told.append(output)


def test_an_update_survives_that_the_cable_is_pulled_out_twice(tmp_path: Path) -> None:
    key = generate_key()
    node = SensorNode(public_key(key), Random(1))
    with PseudoTerminal(tmp_path / "usb-node") as terminal:
        line, pulls = Line(terminal, node), list(PULLED_AT)
        until = time.monotonic() + LONGEST_S
        while not node.flash.boots or line.session.counters.frames < 3:
            line.turn()
            assert time.monotonic() < until
        line.update(sign_image(CONTENT, "SN-1", "1.5.0", key))
        while not line.told or line.told[-1].what != "update_done":
            line.turn()
            if pulls and len(node.flash.loaded) >= pulls[0]:
                pulls.pop(0)
                terminal.unplug()
            assert time.monotonic() < until, line.told
        line.close()
    assert [occurred.what for occurred in line.told] == ["update_started", "update_verified", "update_done"]
    assert line.openings == 3
    assert node.flash.running.content == CONTENT
    assert not node.flash.on_trial
