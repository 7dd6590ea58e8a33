"""LoRaWAN buttons behind a ChirpStack v4 network server: what it publishes, as `<topic> <length>` LF `<payload>`.

The payload is JSON without the fields that are 0 or empty; a button says 01 | event | battery % | seq, in base64.
"""

import base64
import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from simulators.devices import Report

BEGAN = datetime(2026, 7, 21, 1, 30, tzinfo=UTC)  # 09:30 in China
APPLICATION = "9d3c4e1a-7b52-4f06-8c1d-2e6a5b9f0d33"
PRESS, CANCEL, HEARTBEAT, TAMPER = 1, 2, 3, 4
HEARTBEAT_S = 3600.0
FULL = 96

_WHAT = {PRESS: "call", CANCEL: "cancel", TAMPER: "tamper"}


@dataclass(slots=True)
class _Button:
    dev_addr: str
    battery: int = FULL
    drained_to: int | None = None
    f_cnt: int = 0
    seq: int = 0
    due: float = 0.0
    waiting: deque[int] = field(default_factory=deque)


def message(topic: str, event: Mapping[str, Any]) -> bytes:
    payload = json.dumps(_without_zeros(event), ensure_ascii=False, separators=(",", ":")).encode()
    return b"%s %d\n" % (topic.encode(), len(payload)) + payload


def _without_zeros(value: Any) -> Any:
    """As the JSON mapping of protocol buffers prints a message."""
    if isinstance(value, Mapping):
        return {key: _without_zeros(one) for key, one in value.items() if one or isinstance(one, Mapping)}
    return [_without_zeros(one) for one in value] if isinstance(value, list) else value


class LorawanButtons:
    FAULTS = frozenset({"battery_low"})

    def __init__(
        self, buttons: Iterable[str], rng: Random, *, heartbeat_s: float = HEARTBEAT_S, began: datetime = BEGAN
    ) -> None:
        """`buttons`: their DevEUIs, 16 small hexadecimal digits."""
        self._rng, self._heartbeat_s, self._began = rng, heartbeat_s, began
        self._buttons = {eui: _Button(self._address(), due=rng.uniform(0, 5)) for eui in buttons}
        self._reports: list[Report] = []

    def press(self, dev_eui: str) -> None:
        self._buttons[dev_eui].waiting.append(PRESS)

    def cancel(self, dev_eui: str) -> None:
        """Whoever came presses the other key."""
        self._buttons[dev_eui].waiting.append(CANCEL)

    def tamper(self, dev_eui: str) -> None:
        """Somebody takes it off the wall."""
        self._buttons[dev_eui].waiting.append(TAMPER)

    def change_battery(self, dev_eui: str) -> None:
        """It joins the network anew: another address, and its frame counter begins at 0."""
        one = self._buttons[dev_eui]
        one.dev_addr, one.battery, one.f_cnt, one.seq = self._address(), FULL, 0, 0

    def set_fault(self, dev_eui: str, name: str, parameters: Mapping[str, float] | None) -> None:
        assert name == "battery_low"
        self._buttons[dev_eui].drained_to = None if parameters is None else int(parameters["percent"])

    def step(self, now: float) -> bytes:
        sent = b""
        for eui, button in self._buttons.items():
            if now >= button.due:
                button.waiting.append(HEARTBEAT)
            while button.waiting:
                sent += self._say(eui, button, button.waiting.popleft(), now)
        return sent

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - nothing is sent to the buttons
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _say(self, eui: str, button: _Button, event: int, now: float) -> bytes:
        button.due = now + self._heartbeat_s
        battery = button.battery if button.drained_to is None else button.drained_to
        data = bytes([1, event, battery, button.seq])
        told = {
            "deduplicationId": f"{self._rng.getrandbits(128):032x}",
            "time": (self._began + timedelta(seconds=now)).isoformat(timespec="milliseconds"),
            "deviceInfo": {"applicationId": APPLICATION, "deviceName": f"button-{eui[-4:]}", "devEui": eui},
            "devAddr": button.dev_addr,
            "adr": True,
            "dr": 5,
            "fCnt": button.f_cnt,
            "fPort": 10,
            "confirmed": event != HEARTBEAT,
            "data": base64.b64encode(data).decode(),
            "rxInfo": [self._heard_by(gateway) for gateway in range(self._rng.randint(1, 2))],
        }
        button.f_cnt += 1
        button.seq = (button.seq + 1) % 256
        if event in _WHAT:
            self._reports.append(Report(eui, _WHAT[event]))
        return message(f"application/{APPLICATION}/device/{eui}/event/up", told)

    def _heard_by(self, gateway: int) -> dict[str, Any]:
        return {
            "gatewayId": f"{0xA8404100000000 + gateway:016x}",
            "uplinkId": self._rng.randrange(1, 65536),
            "rssi": self._rng.randint(-115, -60),
            "snr": self._rng.randint(-20, 40) / 4,
        }

    def _address(self) -> str:
        return f"{self._rng.getrandbits(32):08x}"
