"""Relays with a lamp on coil 0 and the buttons of a nurse panel on inputs 0 to 7, on one Modbus RTU line, 9600 8N1."""

from collections.abc import Iterable
from functools import partial

from simulators.devices import Report
from simulators.modbus import READ_INPUTS, Memory, Request, RtuWire

INPUTS = 8
HELD_S = 0.5  # how long a finger stays on a button


class CorridorLampLine:
    def __init__(self, units: Iterable[int]) -> None:
        self._wire = RtuWire()
        self._relays = {number: self._relay(number) for number in units}
        self._powered = set(self._relays)
        self._broken: set[int] = set()
        self._held: dict[tuple[int, int], tuple[float, float | None]] = {}  # button -> how long, and since when
        self._untold: set[tuple[int, int]] = set()
        self._reports: list[Report] = []

    def press(self, unit: int, button: int = 0, *, held_s: float = HELD_S) -> None:
        """A finger; what is let go again before the host looked was never told."""
        self._relays[unit].inputs[button] = True
        if (unit, button) not in self._held:
            self._untold.add((unit, button))
        self._held[unit, button] = (held_s, None)

    def is_on(self, unit: int) -> bool:
        return self._relays[unit].coils[0]

    def break_relay(self, unit: int) -> None:
        """It answers an order as if it had obeyed, and does nothing."""
        self._broken.add(unit)

    def repair_relay(self, unit: int) -> None:
        self._broken.discard(unit)

    def power_off(self, unit: int) -> None:
        self._powered.discard(unit)

    def power_on(self, unit: int) -> None:
        """A relay that got its power back has its lamp off."""
        self._powered.add(unit)
        self._relays[unit].coils[0] = False

    def step(self, now: float) -> bytes:
        for (unit, button), (held_s, since) in list(self._held.items()):
            if since is None:
                self._held[unit, button] = (held_s, now)
            elif now >= since + held_s:
                del self._held[unit, button]
                self._relays[unit].inputs[button] = False
                self._untold.discard((unit, button))
        return b""

    def receive(self, data: bytes, now: float) -> bytes:
        return b"".join(self._answer(request) for request in self._wire.requests(data, now))

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _relay(self, number: int) -> Memory:
        return Memory(
            coils={0: False}, inputs=dict.fromkeys(range(INPUTS), False), switch=partial(self._switch, number)
        )

    def _switch(self, unit: int, coil: int, on: bool) -> None:  # noqa: FBT001 - the memory calls it
        if unit not in self._broken:
            self._relays[unit].coils[coil] = on
            self._reports.append(Report(str(unit), "lamp_on" if on else "lamp_off"))

    def _answer(self, request: Request) -> bytes:
        if request.unit not in self._powered:
            return self._wire.reply(request, None)
        pdu = self._relays[request.unit].answer(request.pdu)
        function, addresses = request.reads
        if function == READ_INPUTS and pdu[0] == READ_INPUTS:
            told = {one for one in self._untold if one[0] == request.unit and one[1] in addresses}
            self._reports += [Report(str(unit), "panel_pressed") for unit, _ in sorted(told)]
            self._untold -= told
        return self._wire.reply(request, pdu)
