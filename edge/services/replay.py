"""Replay: makes the field process's calls again from a recording, and gets the same events, byte for byte."""

import contextlib
import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from contract.command import Command
from contract.events.envelope import TimeQuality
from edge.domain.fingerprints import essence_of, hash_of, hash_of_reading
from edge.domain.moment import Moment
from edge.domain.news import News
from edge.domain.port_session import DriverFailed, Outcome, PortSession
from edge.domain.readings import Reading
from edge.services.field import Confirm, Field
from edge.services.requests import from_json
from firmware_bridge.recording import BadRecording, Entry, Kind
from firmware_bridge.session import CannotAct

_SENDS_MAX = 1000
_UNTOLD_US = 1_000_000  # what was decided at the very end may not have been told before the recording ended
QUALITIES: Sequence[TimeQuality] = ("good", "uncertain", "bad")


@dataclass(slots=True)
class Comparison:
    """What came of the recording against what comes of the replay."""

    recorded: dict[int, str] = field(default_factory=dict)  # event's number in the chain -> SHA-256 of its bytes
    replayed: dict[int, str] = field(default_factory=dict)
    readings: int = 0  # that are the same
    readings_differ: int = 0
    sealed_ports: set[int] = field(default_factory=set)  # whose bytes could not be opened
    truncated: bool = False  # the recording was cut off
    sends_differ: int = 0  # times a driver wanted to send other bytes than it did then
    _essences: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))  # recorded, replayed
    now_us: int = 0  # monotonic, of the entry that takes effect
    _replayed_us: dict[int, int] = field(default_factory=dict)  # event's number -> when
    _waiting: dict[str, deque[tuple[str, int]]] = field(default_factory=dict)  # device -> readings to compare, and when

    @property
    def same(self) -> int:
        return sum(self.replayed.get(seq) == digest for seq, digest in self.recorded.items())

    @property
    def is_exact(self) -> bool:
        return self.recorded == self.replayed and not self.sends_differ and not self.readings_differ

    @property
    def open_ports_are_same(self) -> bool:
        """Every event of the ports that could be opened says the same, in the same order."""
        recorded, replayed = self._essences
        rest = iter(recorded)
        return all(essence in rest for essence in replayed) and not self.sends_differ and not self.readings_differ

    def on_event(self, seq: int, body: bytes) -> None:
        self.replayed[seq], self._replayed_us[seq] = hash_of(body), self.now_us
        self._essences[1].append(essence_of(body))

    def on_recorded_event(self, seq: int, digest: str, essence: str) -> None:
        self.recorded[seq] = digest
        self._essences[0].append(essence)

    def on_reading(self, reading: Reading) -> None:
        self._waiting.setdefault(reading.device, deque()).append((hash_of_reading(reading), self.now_us))

    def on_recorded_reading(self, device: str, digest: str) -> None:
        waiting = self._waiting.get(device)
        if waiting and waiting.popleft()[0] == digest:
            self.readings += 1
        else:
            self.readings_differ += 1

    def leave_out(self, devices: Iterable[str]) -> None:
        """Of ports that could not be opened: the counters of their ports are known, but not all that they said."""
        for device in devices:
            self._waiting.pop(device, None)

    def end(self) -> None:
        """What the recording knows nothing of, though it had the time to tell; a torn one may have lost the end."""
        until_us = self.now_us - _UNTOLD_US
        for seq in reversed(list(self.replayed)):
            is_recorded = self.recorded.get(seq) == self.replayed[seq] or self._essences[1][-1] in self._essences[0]
            if is_recorded or self._replayed_us[seq] < until_us:
                break
            del self.replayed[seq], self._essences[1][-1]
        if not self.truncated:
            untold = [at for waiting in self._waiting.values() for _, at in waiting]
            self.readings_differ += sum(at < until_us for at in untold)


class Replay:
    """`ports` by their number in the recording. Entries must come in the order of the recording."""

    def __init__(
        self,
        make_field: Callable[[Confirm], Field],
        ports: Mapping[int, PortSession],
        comparison: Comparison,
        closed: Collection[int] = (),
    ) -> None:
        """`closed`: private ports without a key: of them, only what their openings and losses told is known."""
        self._closed, self._obeyed = frozenset(closed), set[str]()
        self._ports, self._comparison = ports, comparison
        self._news: deque[list[News]] = deque()
        self._sends: dict[int, deque[bytes]] = {number: deque(maxlen=_SENDS_MAX) for number in ports}
        self._known: list[News] = []  # of the last call of a closed port
        numbers = {port.url: number for number, port in ports.items()}
        self._field = make_field(lambda url, data: self._sends[numbers[url]].append(data))

    def run(self, entries: Iterable[Entry], before: Callable[[Entry], None] = lambda _entry: None) -> None:
        """`before` is called before each entry takes effect: to wait, to show. Raises BadRecording."""
        for entry in entries:
            before(entry)
            try:
                self._apply(entry)
            except (KeyError, TypeError, ValueError) as wrong:
                raise BadRecording(f"an entry {entry.kind.name} of the recording makes no sense: {wrong!r}") from wrong
        self._field.save()
        self._comparison.leave_out(self._sealed_devices())

    def _apply(self, entry: Entry) -> None:
        now = moment_of(entry)
        self._comparison.now_us = entry.monotonic_us
        if entry.port:
            self._on_port(entry, now)
        else:
            self._on_field(entry, now)

    def _on_port(self, entry: Entry, now: Moment) -> None:
        if entry.kind is Kind.COUNTED:
            counters = json.loads(entry.data or b"{}")
            for device in self._ports[entry.port].devices:
                self._field.count(device, counters, now)
        elif entry.kind is Kind.SENT:
            self._compare_send(entry)
        elif entry.port in self._closed:
            self._on_closed_port(entry, now)
        elif entry.kind is not Kind.TOLD:
            self._call(entry.port, lambda: self._outcome(entry, self._ports[entry.port], now))

    def _on_closed_port(self, entry: Entry, now: Moment) -> None:
        """What it told is taken in its turn, though nobody here can know what it was."""
        if entry.data is None:
            self._comparison.sealed_ports.add(entry.port)
        if entry.kind is Kind.TOLD:
            self._news.append(self._known)
        is_known = entry.kind in (Kind.OPENED, Kind.LOST)
        self._known = []
        if is_known:
            with contextlib.suppress(DriverFailed):
                self._known = self._outcome(entry, self._ports[entry.port], now).news

    def _call(self, port: int, step: Callable[[], Outcome]) -> None:
        try:
            outcome = step()
        except (DriverFailed, CannotAct):  # it was then, too; the recording goes on with what followed
            return
        if outcome.news:
            self._news.append(outcome.news)
        self._sends[port].extend(outcome.sends)

    def _outcome(self, entry: Entry, port: PortSession, now: Moment) -> Outcome:
        data = entry.data or b""
        match entry.kind:
            case Kind.OPENED:
                self._sends[entry.port].clear()
                return port.opened(now)
            case Kind.LOST:
                reason, drill = json.loads(data)
                return port.lost(reason, now, drill)
            case Kind.RECEIVED:
                return port.received(data, now)
            case Kind.FORGED:
                drill, forged = json.loads(data)
                return port.received(bytes.fromhex(forged), now, drill)
            case Kind.TICKED:
                return port.ticked(now)
            case Kind.ACTED:
                device, action, arguments = json.loads(data)
                return port.act(device, action, arguments, now)
            case Kind.REHEARSED:
                drill, pretended = json.loads(data)
                return port.rehearse(drill, bytes.fromhex(pretended), now)
        raise ValueError(f"{entry.kind.name} is nothing that a port does")

    def _on_field(self, entry: Entry, now: Moment) -> None:
        data = entry.data or b""
        match entry.kind:
            case Kind.TAKEN:
                batches = [self._news.popleft() for _ in range(min(int(data), len(self._news)))]
                self._field.take([item for batch in batches for item in batch])
            case Kind.FIELD_TICKED:
                wall_ms, monotonic_us = json.loads(data)
                self._field.tick(now, Moment.of_us(wall_ms, monotonic_us, now.quality))
            case Kind.OBEYED:
                commands = [Command(**command) for command in json.loads(data)]
                self._field.obey([one for one in commands if one.id not in self._obeyed], now)
                self._obeyed |= {one.id for one in commands}  # it waited in the store while that refused
            case Kind.ASKED:
                request = from_json(json.loads(data))
                with contextlib.suppress(ValueError):  # it was refused then, too
                    request.apply(self._field, now)
            case Kind.EVENT:
                seq, digest, essence = json.loads(data)
                self._comparison.on_recorded_event(seq, digest, essence)
                return
            case Kind.READING:
                self._field.save()  # it may hold what this is to be compared with
                device, digest = json.loads(data)
                if device not in self._sealed_devices():
                    self._comparison.on_recorded_reading(device, digest)
                return
        self._field.save()

    def _sealed_devices(self) -> set[str]:
        return {device for number in self._closed for device in self._ports[number].devices}

    def _compare_send(self, entry: Entry) -> None:
        if entry.data is None:
            return
        if entry.data in self._sends[entry.port]:
            self._sends[entry.port].remove(entry.data)
        elif entry.port not in self._comparison.sealed_ports:
            self._comparison.sends_differ += 1


def moment_of(entry: Entry) -> Moment:
    return Moment.of_us(entry.wall_ms, entry.monotonic_us, QUALITIES[min(entry.quality, len(QUALITIES) - 1)])
