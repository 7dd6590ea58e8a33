"""Programs that real conversations make: each driver talks to the simulated device of the fair, verb by verb.

Played back on a fresh session they lead the fuzzer past the first handshake. A verb or an action whose arguments cannot
be guessed is passed over; a driver that has no stand at the fair yet has no conversations.
"""

import contextlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple, cast, get_args

from firmware_bridge.session import ActingSession, CannotAct, DeviceSettings, Driver, Output, Session
from simulators.devices import DeviceModel
from simulators.facilities import DEVICE_FAIR, Port
from simulators.people import make_person
from tests.fuzz.program import WAITS_S, Call, encode, value

BEFORE, AFTER, APART = 12, 36, 4  # ticks; between two things done
TICK = 3  # of the waits: 0.3 s
PIECE = 1000  # bytes of one read
MOST_ANSWERS = 8  # in a row, without a tick in between
LONGEST = 4000
_NO_VERBS = frozenset({"step", "receive", "take_reports", "set_fault"})
_BY_NAME: Mapping[str, Any] = {
    "person": "P1001",
    "epc": "E2801160600002084AE5BD5A",
    "cm": 250,
    "score": 4,
    "facility_code": 123,
    "card": 45678,
    "batch": 70001,
    "latitude": 28.97,
    "longitude": 118.87,
    "systolic": 120,
    "diastolic": 80,
    "level": 60.0,
    "code": "a21026",
    "name": "Air/Temperature",
    "holder": make_person(Random(1)),
}
_ARGUMENTS = {"document_sha256": "ab" * 32, "max_s": "30", "ticket": "[centre]A012", "job": "ticket-1"}
_BY_TYPE: Mapping[Any, Any] = {int: 1, float: 25.0, str: "https://example.org/a", bool: True}
_TEXTS = ("1", "on", "true", "9600", "[double]x", "ticket-1", "115200")

Steps = list[tuple[Call, int, bytes]]


class Stand(NamedTuple):
    devices: tuple[DeviceSettings, ...]
    port: Port


def stands(driver: str) -> list[Stand]:
    return [
        Stand(tuple(DeviceSettings(device.id, dict(device.options)) for device in port.devices), port)
        for port in DEVICE_FAIR.ports
        if port.driver == driver
    ]


def programs(driver: Driver, stand: Stand, configuration: int) -> Iterator[bytes]:
    verbs = [
        name
        for name, _ in inspect.getmembers(type(stand.port.build(Random(1))), inspect.isfunction)
        if not name.startswith("_") and name not in _NO_VERBS
    ]
    acts = [
        bytes([number]) + "\x1f".join(_ARGUMENTS.get(name, text) for name in action.arguments).encode()
        for number, action in enumerate(driver.actions.values())
        for text in (_TEXTS if action.arguments else _TEXTS[:1])
    ]
    plans: list[list[str | bytes]] = [[], *([verb] for verb in verbs), *([act, *verbs, *acts[-2:]] for act in acts)]
    for plan in plans:
        yield encode(configuration, *_Talk(driver, stand).hold(plan))


class _Talk:
    def __init__(self, driver: Driver, stand: Stand) -> None:
        self._driver, self._stand = driver, stand
        self._session: Session = driver.session(stand.devices)
        self._model: DeviceModel = stand.port.build(Random(1))
        self._now = 1000.0
        self._steps: Steps = []

    def hold(self, plan: Sequence[str | bytes]) -> Steps:
        """`plan`: verbs of the device and actions of the session, one after the other."""
        left = list(plan)
        # a model asked to do nonsense may fail; if it is the session that does, the playback will show it
        with contextlib.suppress(Exception):
            self._hear(self._session.start(self._now))
            for tick in range(BEFORE + AFTER):
                if tick >= BEFORE and tick % APART == 0 and left:
                    self._do(left.pop(0))
                if sent := self._model.step(self._now):
                    self._feed(sent)
                self._now += WAITS_S[TICK]
                self._steps.append((Call.TICK, TICK, b""))
                self._hear(self._session.tick(self._now))
        sizes = accumulate(2 + len(argument) for _, _, argument in self._steps)
        return [step for step, size in zip(self._steps, sizes, strict=True) if size <= LONGEST]

    def _do(self, wanted: str | bytes) -> None:
        if isinstance(wanted, bytes):
            self._act(wanted)
            return
        method = getattr(self._model, wanted)
        parameters = list(inspect.signature(method).parameters.values())
        for device in self._stand.port.devices:
            key = [] if device.key is None else [device.key]
            rest = [_guess(one) for one in parameters[len(key) :] if one.default is inspect.Parameter.empty]
            with contextlib.suppress(Exception):
                method(*key, *rest)

    def _act(self, act: bytes) -> None:
        name, action = list(self._driver.actions.items())[act[0]]
        texts = act[1:].decode().split("\x1f")
        arguments = {key: value(text) for key, text in zip(action.arguments, texts, strict=False)}
        self._steps.append((Call.ACT, 0, act))
        with contextlib.suppress(CannotAct):
            acting = cast("ActingSession", self._session)
            self._hear(acting.act(self._stand.devices[0].id, name, arguments, self._now))

    def _feed(self, data: bytes, depth: int = 0) -> None:
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            self._steps.append((Call.FEED, 0, piece))
            self._hear(self._session.feed(piece, self._now), depth)

    def _hear(self, outputs: Sequence[Output], depth: int = 0) -> None:
        """What the session writes, confirmations too, reaches the device, and its answer the session."""
        for output in outputs:
            written = getattr(output, "data", b"") or getattr(output, "confirm", b"")
            if written and depth < MOST_ANSWERS and (answer := self._model.receive(written, self._now)):
                self._feed(answer, depth + 1)


def _guess(parameter: inspect.Parameter) -> Any:
    kinds = get_args(parameter.annotation) or (parameter.annotation,)
    return _BY_NAME.get(parameter.name, _BY_TYPE.get(kinds[-1], "x"))
