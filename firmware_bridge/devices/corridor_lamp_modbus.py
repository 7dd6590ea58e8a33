"""Corridor lamp and nurse panel (走廊灯、护士站面板) on a Modbus RTU relay: the lamp is switched and read back.

Source: Modbus over Serial Line 1.02, Modbus Application Protocol 1.1b3 (6.1, 6.2, 6.5).

    switch the lamp   unit | 05 | coil (2)  | FF 00 on, 00 00 off | CRC (2)   answered with the same bytes
    read the lamp     unit | 01 | coil (2)  | 00 01               | CRC (2)   unit | 01 | 01    | bits | CRC (2)
    read the panel    unit | 02 | 00 00     | inputs (2)          | CRC (2)   unit | 02 | bytes | bits | CRC (2)

The reading is a `ReadingLine`'s. An order waits until that line is free, and goes before all polls. The answer to an
order proves little (an adapter that echoes what we send looks the same), so the lamp's coil is read after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_bridge.modbus.explain import explain_rtu
from firmware_bridge.modbus.frames import EXCEPTION_BIT, EXCEPTIONS, RTU, Read, ReadFunction
from firmware_bridge.modbus.line import RETRIES, SILENCE_S, SLOWEST_POLL_S, ReadingLine, Unit
from firmware_bridge.modbus.sensors import address
from firmware_bridge.modbus.writing import SET_COIL, answer_decoder, set_coil
from firmware_bridge.options import integer, number, refuse_others
from firmware_bridge.session import (
    Action,
    BadOption,
    CannotAct,
    DeviceSettings,
    Driver,
    Faulted,
    Line,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)

ACTIONS = {"on": True, "off": False}
INPUTS, POLL_S, FASTEST_POLL_S = 8, 0.25, 0.1  # a finger stays on a button for a quarter of a second
MOST_INPUTS = 64


class Panel:
    """What the lamp's coil and the panel's inputs say.

    A button that is down when first seen is no press: at every start of the program a stuck one would be.
    """

    def __init__(self, device: str, coil: int, inputs: int) -> None:
        self._device, self.coil, self.inputs = device, coil, inputs
        lamp = Read(ReadFunction.COILS, coil, 1)
        self.reads = (lamp, Read(ReadFunction.INPUTS, 0, inputs)) if inputs else (lamp,)
        self._up: set[int] = set()
        self.ordered: bool | None = None  # what was ordered last and has not been read back yet

    def report(self, answers: Sequence[bytes]) -> Sequence[Output]:
        is_on = bool(answers[0][0] & 1)
        outputs: list[Output] = []
        if self.inputs:
            down = {i for i in range(self.inputs) if answers[1][i // 8] >> i % 8 & 1}
            outputs = [Occurred(self._device, "panel_pressed", {"input": i}) for i in sorted(down & self._up)]
            self._up = set(range(self.inputs)) - down
        if self.ordered not in (None, is_on):
            outputs.append(Occurred(self._device, "lamp_disobeyed", {"ordered": bool(self.ordered)}))
        self.ordered = None
        return [*outputs, Measured(self._device, {"Lamp/On": is_on})]


@dataclass(slots=True)
class _Lamp:
    unit: Unit
    panel: Panel
    waiting: bool | None = None  # the order that has not been sent yet; a newer one takes its place


class LampLine:
    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        self._lamps = {device.id: _lamp(device) for device in devices}
        _refuse_shared(list(self._lamps.values()))
        self._reading = ReadingLine([lamp.unit for lamp in self._lamps.values()], RTU)
        self.counters = self._reading.counters
        self._decoder = answer_decoder(self.counters)
        self._ordering: _Lamp | None = None
        self._order = b""
        self._tries = 0
        self._answer_due = 0.0

    def start(self, now: float) -> Sequence[Output]:
        """Orders of before are forgotten: a lamp must not change long after it was told to."""
        self._decoder.clear()
        self._ordering = None
        for lamp in self._lamps.values():
            lamp.waiting = lamp.panel.ordered = None
        return self._reading.start(now)

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        lamp = self._lamps.get(device)
        if lamp is None:
            raise CannotAct(f"there is no lamp {device!r} on this line; write one of {', '.join(self._lamps)}")
        if action not in ACTIONS:
            raise CannotAct(f"{device}: no action {action!r}; write one of {', '.join(ACTIONS)}")
        if arguments:
            raise CannotAct(f"{device}: '{action}' takes no arguments; remove {', '.join(arguments)}")
        if lamp.unit.fault:
            raise CannotAct(f"{device}: the relay has a fault ({lamp.unit.fault}); check its power and its line")
        lamp.waiting = ACTIONS[action]
        return self._send_waiting(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        if self._ordering is None:
            return self._reading.feed(data, now)
        if data:
            self._reading.keep_quiet(now)
        return self._on_frames(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        if self._ordering is None:
            return self._send_waiting(now) or self._reading.tick(now)
        outputs = self._on_frames(self._decoder.expire(now), now)
        if self._ordering is not None and now >= self._answer_due:
            outputs += self._on_time_out(self._ordering, now)
        return outputs

    def _send_waiting(self, now: float) -> list[Output]:
        lamp = next((lamp for lamp in self._lamps.values() if lamp.waiting is not None), None)
        if lamp is None or self._ordering is not None or not self._reading.is_free(now):
            return []
        on, lamp.waiting = bool(lamp.waiting), None
        lamp.panel.ordered = on
        self._ordering, self._tries = lamp, 0
        self._order = set_coil(lamp.unit.address, lamp.panel.coil, on=on)
        return [self._send(now)]

    def _send(self, now: float) -> Send:
        self._tries += 1
        self._answer_due = now + RTU.answer_s
        return Send(self._order)

    def _on_frames(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._on_answer(frame, now)]

    def _on_answer(self, frame: bytes, now: float) -> list[Output]:
        lamp = self._ordering
        if lamp is not None and frame == self._order:
            self._done(lamp, now)
            return []
        if lamp is not None and frame[:2] == bytes([lamp.unit.address, SET_COIL | EXCEPTION_BIT]):
            return self._refused(lamp, f"exception {frame[2]}: {EXCEPTIONS.get(frame[2], 'unknown')}", now)
        self.counters.resyncs += 1  # another unit's answer, or one to an earlier order
        return []

    def _on_time_out(self, lamp: _Lamp, now: float) -> list[Output]:
        if self._tries <= RETRIES:  # to switch on what is on does no harm
            return [self._send(now)]
        return self._refused(lamp, "no answer to an order", now)

    def _refused(self, lamp: _Lamp, reason: str, now: float) -> list[Output]:
        lamp.panel.ordered = None
        self._done(lamp, now)
        return [Faulted(lamp.unit.id, reason)]

    def _done(self, lamp: _Lamp, now: float) -> None:
        self._ordering = None
        self._decoder.clear()
        self._reading.ask_soon(lamp.unit, now)


def _lamp(device: DeviceSettings) -> _Lamp:
    refuse_others(device, ("unit", "coil", "inputs", "poll_s"))
    panel = Panel(device.id, integer(device, "coil", 0, 0xFFFF, 0), integer(device, "inputs", 0, MOST_INPUTS, INPUTS))
    poll_s = number(device, "poll_s", FASTEST_POLL_S, SLOWEST_POLL_S, POLL_S)
    return _Lamp(Unit(device.id, address(device, RTU), poll_s, panel), panel)


def _refuse_shared(lamps: Sequence[_Lamp]) -> None:
    """A relay may carry several lamps, but only one of them may have its inputs: each press is told once."""
    coils: dict[tuple[int, int], str] = {}
    panels: dict[int, str] = {}
    for lamp in lamps:
        device, relay, coil = lamp.unit.id, lamp.unit.address, lamp.panel.coil
        if (relay, coil) in coils:
            text = f"{device}: 'unit' {relay} and 'coil' {coil} are {coils[relay, coil]}'s; write its own"
            raise BadOption(text, device, "coil")
        if lamp.panel.inputs and relay in panels:
            text = f"{device}: {panels[relay]} has the inputs of unit {relay}; write inputs = 0"
            raise BadOption(text, device, "inputs")
        coils[relay, coil] = device
        if lamp.panel.inputs:
            panels[relay] = device


DRIVER = Driver(
    name="corridor_lamp_modbus",
    zh="走廊灯与护士站面板",
    en="Corridor lamp and nurse panel",
    line=Line(9600),
    metrics=("Lamp/On",),
    silence_s=SILENCE_S,
    life_safety=False,
    session=LampLine,
    actions={
        "on": Action("开灯", "Switch the lamp on"),
        "off": Action("关灯", "Switch the lamp off"),
    },
    explain=explain_rtu,
)
