"""Our own sensor node (115200 8N1), its side of docs/node-link.md: measures, keeps events, takes signed images.

A simulated image is any bytes. One that begins with SICK never passes its self-test, one with DEAD never says a word.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from simulators.devices import Report
from simulators.node_flash import Flash, KeptEvent, Reason, Refused, Stored
from simulators.node_wire import Packet, Unpacker, pack

HELLO, PING, EVENT_ACK, REBOOT = 0x01, 0x02, 0x03, 0x04
UPDATE_BEGIN, UPDATE_DATA, UPDATE_COMMIT, UPDATE_CONFIRM = 0x10, 0x11, 0x12, 0x13
NODE_HELLO, HEALTH, EVENT, READING, ACK, NAK, UPDATE_STATUS = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x90
RECEIVING, ARMED = 1, 2
BUTTON, TAMPER, ROLLED_BACK = 1, 2, 3
TEMPERATURE, HUMIDITY, PRESENCE, DOOR, LIGHT, BATTERY = 1, 2, 4, 5, 7, 8

SICK, DEAD = b"SICK", b"DEAD"
SENSOR_FAILED = 0x01
BOOT_S, SELF_TEST_S, HELLO_EVERY_S, READING_EVERY_S, EVENT_EVERY_S = 0.3, 1.0, 2.0, 5.0, 2.0
WATCHDOG_S = 60.0  # of an image on trial
UNKNOWN_AGE = 0xFFFFFFFF

_SIZES = {PING: 0, REBOOT: 4, UPDATE_COMMIT: 0, UPDATE_CONFIRM: 4}  # of payloads
_TOLD = {BUTTON: "button_pressed", TAMPER: "node_tampered", ROLLED_BACK: "update_rolled_back"}


def version_number(text: str) -> int:
    major, minor, patch = map(int, text.split("."))
    return major << 24 | minor << 16 | patch


@dataclass(slots=True)
class _Ram:
    """What is gone with the power."""

    boot_at: float | None = None
    is_up: bool = False
    is_dead: bool = False
    is_healthy: bool = False
    is_welcome: bool = False  # the host said HELLO
    started: float = 0.0
    hello_at: float = 0.0
    read_at: float = 0.0
    event_at: float = 0.0
    unpacker: Unpacker = field(default_factory=Unpacker)


class SensorNode:
    FAULTS = frozenset({"battery_low", "drift"})

    def __init__(
        self,
        public_key: bytes,
        rng: Random,
        *,
        serial: str = "SN-000123",
        hardware: str = "SN-1",
        version: str = "1.4.2",
        speaks: tuple[int, int] = (1, 1),
    ) -> None:
        factory = Stored(version_number(version), b"factory image")
        self.flash = Flash(hardware.encode(), public_key, [factory, None], rng.getrandbits(32))
        self.serial, self._speaks, self._rng = serial, speaks, rng
        self.values: dict[int, bool | float] = {
            TEMPERATURE: 21.5,
            HUMIDITY: 48.0,
            PRESENCE: False,
            DOOR: False,
            LIGHT: 320.0,
            BATTERY: 96.0,
        }
        self._drift_per_minute = self._drift_from = 0.0
        self._full_battery = 96.0
        self._reported_event = 0
        self._reports: list[Report] = []
        self._cable = True
        self._now = 0.0
        self._ram = _Ram()

    # what somebody does to it

    def press(self, button: int = 1) -> None:
        self._keep(BUTTON, button)

    def open_case(self) -> None:
        self._keep(TAMPER, 1)

    def close_case(self) -> None:
        self._keep(TAMPER, 0)

    def set_value(self, metric: int, value: bool | float) -> None:  # noqa: FBT001 - a door is open or not
        """Told at once when it is a state, with the next reading when it is a measurement."""
        if isinstance(value, bool) and self.values[metric] != value:
            self._ram.read_at = self._now
        self.values[metric] = value

    def pull_cable(self) -> None:
        """The node runs on; nothing comes or goes."""
        self._cable = False
        self._ram.unpacker = Unpacker()

    def plug_cable(self) -> None:
        self._cable = True

    def power_cycle(self) -> None:
        """Whatever it was just doing."""
        self._ram = _Ram()

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        """The battery is low, or the temperature runs away from the air around it."""
        if name == "battery_low":
            self.values[BATTERY] = self._full_battery if parameters is None else parameters["percent"]
        elif name == "drift":
            self._drift_per_minute = 0.0 if parameters is None else parameters["per_minute"]
            self._drift_from = self._now
        else:
            raise ValueError(f"no fault {name!r}; there are: {', '.join(sorted(self.FAULTS))}")

    # the firmware

    def step(self, now: float) -> bytes:
        self._now = now
        if self._ram.boot_at is None:
            self._ram.boot_at = now + BOOT_S
        if not self._ram.is_up:
            if now < self._ram.boot_at:
                return b""
            self._start(now)
        if self.flash.on_trial and now >= self._ram.started + WATCHDOG_S:
            self._ram = _Ram()
            return b""
        if self._ram.is_dead:
            return b""
        said = self._self_test(now)
        if not self._ram.is_welcome:
            if now >= self._ram.hello_at:
                self._ram.hello_at = now + HELLO_EVERY_S
                said += self._hello()
            return self._over_cable(said)
        if now >= self._ram.read_at:
            self._ram.read_at = now + READING_EVERY_S
            said += self._reading(now)
        return self._over_cable(said + self._next_event(now))

    def receive(self, data: bytes, now: float) -> bytes:
        self._now = now
        answers = b""
        for byte in data if self._cable else b"":
            packet = self._ram.unpacker.push(byte)
            if packet and self._ram.is_up and not self._ram.is_dead:
                answers += self._answer(packet, now)
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _start(self, now: float) -> None:
        self.flash.boot(now)
        self._ram.is_up, self._ram.started = True, now
        self._ram.is_dead = self.flash.running.content.startswith(DEAD)

    def _self_test(self, now: float) -> bytes:
        passes = not self.flash.running.content.startswith(SICK)
        if self._ram.is_healthy or not passes or now < self._ram.started + SELF_TEST_S:
            return b""
        self._ram.is_healthy = True
        return self._health(now, 0) if self._ram.is_welcome else b""

    def _keep(self, kind: int, argument: int) -> None:
        self.flash.keep_event(kind, argument, self._now)

    def _over_cable(self, said: bytes) -> bytes:
        return said if self._cable else b""

    def _answer(self, packet: Packet, now: float) -> bytes:
        """Asked twice, it does the same as once."""
        kind, sequence, payload = packet
        if kind == EVENT_ACK:
            self._forget_event(payload)
            return b""
        try:
            if len(payload) != _SIZES.get(kind, len(payload)):
                raise Refused(Reason.MALFORMED)
            if kind == HELLO:
                self._ram.is_welcome = (
                    len(payload) >= 2 and payload[0] <= self._speaks[1] and self._speaks[0] <= payload[1]
                )
                return self._hello(sequence)
            if kind == PING:
                return self._health(now, sequence)
            if kind == REBOOT:
                if int.from_bytes(payload, "little") == self.flash.boots:
                    self._ram = _Ram()
                return pack(ACK, b"", sequence)
            if kind == UPDATE_CONFIRM:
                if not self._ram.is_healthy:
                    raise Refused(Reason.NOT_HEALTHY)
                self.flash.confirm(int.from_bytes(payload, "little"))
                return pack(ACK, b"", sequence)
            self._load(kind, payload)
        except Refused as refused:
            return pack(NAK, bytes([refused.reason]), sequence)
        state = ARMED if self.flash.armed else RECEIVING
        return pack(UPDATE_STATUS, struct.pack("<BI", state, len(self.flash.loaded)), sequence)

    def _understands(self, hello: bytes) -> bool:
        oldest, newest = self._speaks
        return len(hello) >= 2 and hello[0] <= newest and oldest <= hello[1]

    def _load(self, kind: int, payload: bytes) -> None:
        if kind == UPDATE_BEGIN:
            self.flash.begin(payload)
        elif kind == UPDATE_DATA:
            if not 4 < len(payload) <= 260:
                raise Refused(Reason.MALFORMED)
            self.flash.write(int.from_bytes(payload[:4], "little"), payload[4:])
        elif kind == UPDATE_COMMIT:
            self.flash.commit()
        else:
            raise Refused(Reason.UNKNOWN_TYPE)

    def _flags(self) -> int:
        return self._ram.is_healthy | self.flash.on_trial << 1

    def _hello(self, sequence: int = 0) -> bytes:
        flash = self.flash
        about = struct.pack(
            "<BB8s16sIBBI",
            *self._speaks,
            flash.hardware,
            self.serial.encode(),
            flash.running.version,
            flash.active,
            self._flags(),
            flash.boots,
        )
        return pack(NODE_HELLO, about, sequence)

    def _health(self, now: float, sequence: int) -> bytes:
        failed = SENSOR_FAILED if self.flash.running.content.startswith(SICK) else 0
        uptime = int(now - self._ram.started)
        return pack(HEALTH, struct.pack("<IIBB", uptime, self.flash.boots, self._flags(), failed), sequence)

    def _reading(self, now: float) -> bytes:
        payload = struct.pack("<I", int(now - self._ram.started))
        for metric, value in self.values.items():
            if isinstance(value, bool):
                payload += struct.pack("<BBi", metric, 0, value)
            else:
                drifted = self._drift_per_minute * (now - self._drift_from) / 60 if metric == TEMPERATURE else 0.0
                payload += struct.pack("<BBf", metric, 2, value + drifted)
        return pack(READING, payload)

    def _next_event(self, now: float) -> bytes:
        """The oldest one, until it is confirmed."""
        if not self.flash.events or now < self._ram.event_at:
            return b""
        self._ram.event_at = now + EVENT_EVERY_S
        event = self.flash.events[0]
        if self._cable and event.number > self._reported_event:
            self._reported_event = event.number
            self._reports.append(Report("", _TOLD[event.kind]))
        return self._event(event, now)

    def _event(self, event: KeptEvent, now: float) -> bytes:
        age = int((now - event.at) * 1000) if event.boot == self.flash.boots else UNKNOWN_AGE
        return pack(EVENT, struct.pack("<IIIBI", self.flash.log, event.number, age, event.kind, event.argument))

    def _forget_event(self, payload: bytes) -> None:
        events = self.flash.events
        if events and payload == struct.pack("<II", self.flash.log, events[0].number):
            events.popleft()
            self._ram.event_at = 0.0
