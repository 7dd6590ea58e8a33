"""Device sessions as fuzz subjects: one for each driver there is, set up as its page shows."""

import base64
from collections.abc import Callable, Sequence
from itertools import chain, islice

from firmware_bridge import registry
from firmware_bridge.session import CannotAct, Driver, Output, Send, Session, Verdict
from tests.fuzz import conversations, rules, samples
from tests.fuzz.program import Call, Step, decode, encode, value
from tests.fuzz.samples import Devices
from tests.fuzz.seals import SEALS
from tests.fuzz.target import KEPT_BYTES, Target, deep_size

TICKS_OF_A_WAIT = 10
MOST_IN_BYTES = 256
MOST_STEPS = 150

KEEPS_MORE = {
    # 10 000 events that were told, by number and time, and one request of up to 1 MiB (traced twice)
    "face_terminal_isapi": 8 << 20,
    "face_terminal_zkteco": 8 << 20,
}


def target(name: str) -> Target:
    driver, stands = registry.find(name), conversations.stands(name)
    ports = [*samples.ports(name), *(stand.devices for stand in stands)]
    first = len(ports) - len(stands)

    def all_seeds() -> list[bytes]:
        told = [conversations.programs(driver, stand, first + n) for n, stand in enumerate(stands)]
        return [*seeds(driver, len(ports)), *chain.from_iterable(told)]

    return target_of(driver, ports, all_seeds, (f"firmware_bridge.devices.{name}",))


def target_of(
    driver: Driver, ports: Sequence[Devices], all_seeds: Callable[[], Sequence[bytes]], code: Sequence[str]
) -> Target:
    return Target(
        driver.name,
        lambda traced: SessionSubject(driver, ports, traced=traced),
        all_seeds,
        code,
        KEEPS_MORE.get(driver.name, KEPT_BYTES),
    )


class SessionSubject:
    """A session for each configuration, made when first needed; between two inputs the port stays open."""

    def __init__(self, driver: Driver, ports: Sequence[Devices], *, traced: bool) -> None:
        self._driver, self._ports, self._traced = driver, ports, traced
        self._runs: dict[int, _Run] = {}

    def feed(self, data: bytes) -> None:
        number, steps = decode(data)
        number %= len(self._ports)
        if number not in self._runs:
            self._runs[number] = _Run(self._driver, self._ports[number], traced=self._traced)
        for step in islice(steps, MOST_STEPS):
            self._runs[number].do(step)

    def kept_bytes(self) -> int:
        return max((run.kept_bytes() for run in self._runs.values()), default=0)


class _Run:
    def __init__(self, driver: Driver, devices: Devices, *, traced: bool) -> None:
        self._driver, self._traced = driver, traced
        self._ids = [device.id for device in devices]
        self._session: Session = driver.session(devices)
        self._seal = SEALS.get(driver.name, lambda data, _: data)
        self._now = 1000.0
        self._sent = b""
        self._size = 0 if traced else deep_size(self._session)
        if traced:
            self._session.counters.trace = self._on_bytes
        self._check(self._session.start(self._now), 0)

    def do(self, step: Step) -> None:
        call, wait_s, data = step
        if call is not Call.WAIT:
            self._now += wait_s
        match call:
            case Call.FEED | Call.FEED_REST:
                self._feed(data)
            case Call.FEED_SEALED:
                self._feed(self._seal(data, self._sent))
            case Call.FEED_IN_BYTES:
                for byte in data[:MOST_IN_BYTES]:
                    self._feed(bytes([byte]))
                    self._now += 0.001
            case Call.ACT:
                self._act(data)
            case Call.TICK:
                self._check(self._session.tick(self._now), 0)
            case Call.WAIT:
                for _ in range(TICKS_OF_A_WAIT):
                    self._now += wait_s / TICKS_OF_A_WAIT
                    self._check(self._session.tick(self._now), 0)
            case Call.START:
                self._check(self._session.start(self._now), 0)
        rules.check_counters(self._session.counters)

    def kept_bytes(self) -> int:
        trace, self._session.counters.trace = self._session.counters.trace, None
        kept = deep_size(self._session) - self._size
        self._session.counters.trace = trace
        return kept

    def _feed(self, data: bytes) -> None:
        self._check(self._session.feed(data, self._now), len(data))

    def _act(self, data: bytes) -> None:
        """The first byte's high half names the device, the low half the action."""
        actions = list(self._driver.actions)
        if not actions or not data:
            return
        device = self._ids[(data[0] >> 4) % len(self._ids)]
        action = actions[(data[0] & 0xF) % len(actions)]
        names = self._driver.actions[action].arguments
        texts = [text.decode(errors="replace") for text in data[1:].split(b"\x1f")]
        arguments = {name: value(text) for name, text in zip(names, texts, strict=False)}
        try:
            outputs = self._session.act(device, action, arguments, self._now)  # type: ignore[attr-defined]
        except CannotAct:
            return
        self._check(outputs, len(data))

    def _check(self, outputs: Sequence[Output], fed: int) -> None:
        written = rules.check(outputs, self._driver, self._ids, fed)
        for output in outputs:
            if isinstance(output, Send):
                self._sent = output.data
        if self._traced:
            for data in filter(None, written):
                rules.check_explanation(self._driver, data, sent=True)

    def _on_bytes(self, verdict: Verdict, data: bytes) -> None:
        if verdict == "frame":
            rules.check_explanation(self._driver, data, sent=False)


def seeds(driver: Driver, configurations: int) -> list[bytes]:
    """Its own frames one by one and all together; other protocols' bytes are good noise; every action once."""
    frames = samples.frames(driver.name)
    found = [
        encode(configuration, (call, 1, frame[:1000]), (Call.WAIT, 3, b""))
        for frame in frames
        for call in (Call.FEED, Call.FEED_SEALED)
        for configuration in range(min(configurations, 4))
    ]
    found += [encode(0, (Call.FEED, 1, frame[:1000])) for frame in samples.golden()]
    found.append(encode(0, *((Call.FEED, 2, frame[:300]) for frame in frames)))
    for configuration in range(configurations):
        answered = ((Call.FEED_SEALED, 1, bytes(range(1, 60))), (Call.WAIT, 5, b""), (Call.FEED_SEALED, 1, b"\xff\x02"))
        found.append(encode(configuration, *answered, (Call.START, 6, b""), (Call.WAIT, 4, b"")))
    for number, action in enumerate(driver.actions):
        for text in (b"1", b"on", b"true", _IMAGE):
            arguments = b"\x1f".join([text] * max(1, len(driver.actions[action].arguments)))
            act = (Call.ACT, 1, bytes([number]) + arguments)
            found.append(encode(0, (Call.WAIT, 4, b""), act, (Call.WAIT, 5, b"")))
    return found


_IMAGE = next((base64.b64encode(frame) for frame in samples.golden() if frame.startswith(b"OTN1")), b"")
