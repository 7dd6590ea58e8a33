import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.corridor_lamp_modbus import LampLine
from firmware_bridge.session import DeviceSettings, Faulted, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.corridor_lamp_modbus import CorridorLampLine
from simulators.modbus import FRAME_GAP_S, crc
from tests.unit.simulators.golden import hex_bytes

ON = hex_bytes("02 05 00 00 FF 00 8C 09")
READ_PANEL = hex_bytes("02 02 00 00 00 08 79 FF")


def with_crc(text: str) -> bytes:
    return hex_bytes(text) + crc(hex_bytes(text))


def test_golden_answers() -> None:
    line = CorridorLampLine([2])
    assert line.receive(ON, 1.0) == ON
    assert line.is_on(2)
    line.press(2, 0)
    line.press(2, 2)
    assert line.receive(READ_PANEL, 2.0) == hex_bytes("02 02 01 05 61 CF")
    assert line.take_reports() == [Report("2", "lamp_on"), *[Report("2", "panel_pressed")] * 2]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("02 05 0000 1234", "02 85 03"),
        ("02 05 0001 FF00", "02 85 02"),
        ("02 06 0000 0001", "02 86 01"),
        ("02 03 0000 0001", "02 83 02"),
    ],
)
def test_wrong_requests_are_answered_with_an_exception(asked: str, answer: str) -> None:
    assert CorridorLampLine([2]).receive(with_crc(asked), 1.0) == with_crc(answer)


def test_a_finger_leaves_the_button_and_an_unseen_press_was_never_told() -> None:
    line = CorridorLampLine([2])
    line.press(2, held_s=0.3)
    line.step(1.0)
    line.step(1.4)
    assert line.receive(READ_PANEL, 1.5) == with_crc("02 02 01 00")
    assert line.take_reports() == []


def test_a_broken_relay_says_yes_and_does_nothing() -> None:
    line = CorridorLampLine([2])
    line.break_relay(2)
    assert line.receive(ON, 1.0) == ON
    assert not line.is_on(2)


def test_a_relay_without_power_is_silent_and_comes_back_dark() -> None:
    line = CorridorLampLine([2])
    line.receive(ON, 1.0)
    line.power_off(2)
    assert line.receive(READ_PANEL, 2.0) == b""
    line.power_on(2)
    assert not line.is_on(2)


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    line = CorridorLampLine([2])
    for chunk in chunks:
        line.receive(chunk, 1.0)
    assert line.receive(ON, 1.1 + FRAME_GAP_S) == ON


class Joined:
    """Driver and simulator on one wire, in steps of 50 ms."""

    def __init__(self) -> None:
        self.line = CorridorLampLine([2, 3])
        self.session = LampLine([DeviceSettings(str(unit), {"unit": unit}) for unit in (2, 3)])
        self.outputs: list[Output] = []
        self.now = 0.0
        self._waiting: list[Output] = list(self.session.start(0.0))

    def order(self, unit: int, action: str) -> None:
        self._waiting += self.session.act(str(unit), action, {}, self.now)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += 0.05
            self.line.step(self.now)
            sent, self._waiting = self._waiting, []
            for output in sent:
                if isinstance(output, Send):
                    self._waiting += self.session.feed(self.line.receive(output.data, self.now), self.now)
                else:
                    self.outputs.append(output)
            self._waiting += self.session.tick(self.now + 0.04)

    def lamp(self, unit: int) -> object:
        return [one.values["Lamp/On"] for one in self.outputs if isinstance(one, Measured) and one.device == str(unit)][
            -1
        ]


def test_the_driver_hears_each_press_and_the_lamp_is_as_it_says() -> None:
    joined = Joined()
    joined.run(2)
    for unit, button in ((2, 0), (3, 7), (2, 0)):
        joined.line.press(unit, button)
        joined.run(3)
    joined.order(3, "on")
    joined.run(2)
    assert joined.line.is_on(3)
    assert (joined.lamp(2), joined.lamp(3)) == (False, True)
    heard = [Report(one.device, one.what) for one in joined.outputs if isinstance(one, Occurred)]
    told = joined.line.take_reports()
    assert heard == [one for one in told if one.what == "panel_pressed"]
    assert len(heard) == 3
    assert Report("3", "lamp_on") in told


def test_a_broken_relay_is_found_by_reading_it_back() -> None:
    joined = Joined()
    joined.run(2)
    joined.line.break_relay(2)
    joined.order(2, "on")
    joined.run(2)
    assert joined.lamp(2) is False
    assert Occurred("2", "lamp_disobeyed", {"ordered": True}) in joined.outputs


def test_a_dead_relay_does_not_keep_the_other_from_being_switched() -> None:
    joined = Joined()
    joined.line.power_off(2)
    joined.run(3)
    joined.order(3, "on")
    joined.run(2)
    assert Faulted("2", "no answer") in joined.outputs
    assert joined.lamp(3) is True
