"""The field process: devices, alarm rules, store, and the control socket for technicians."""

import contextlib
import queue
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from edge.adapters.control_socket import STARTING, ControlSocket
from edge.adapters.device_port import DevicePort
from edge.adapters.recording_journal import RecordingJournal, create
from edge.adapters.site_key import site_key
from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.sqlite_store import StoreIsNewer
from edge.adapters.system_clock import SystemClock
from edge.compose.check import check_devices
from edge.compose.core import EVENT_IDS, describe_store, find_drivers, make_field, make_sessions, without_secrets
from edge.domain.moment import Moment
from edge.domain.news import News
from edge.domain.no_journal import NoJournal
from edge.domain.readings import Latest, Reading
from edge.domain.seeded_ids import SeededIds
from edge.ports import Journal, StoreUnavailable
from edge.services.field_loop import FieldLoop
from edge.services.workbench import NotPossible, Workbench
from edge.settings import Port, Profile
from firmware_bridge.recording_seal import RecordingSeal, key_id
from firmware_bridge.session import Driver, Line

_SEED_BYTES = 16
_RECORDING_MAX = 2 * 1024**3
_RESTART_S = 15.0


def run_field(profile: Profile, stopping: threading.Event) -> None:
    """Raises BadFacilityFile, StoreUnavailable before anything is opened."""
    check_devices(profile)
    counter = Counter()
    with ControlSocket(profile.store.directory, counter.answer):
        while not stopping.is_set():
            _Core(profile, counter, stopping).run()


class _Either:
    """Set when one of two events is."""

    def __init__(self, first: threading.Event, second: threading.Event) -> None:
        self._first, self._second = first, second

    def is_set(self) -> bool:
        return self._first.is_set() or self._second.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set() or self._first.wait(timeout) or self._second.is_set()


@dataclass(slots=True)
class _Wanted:
    """A recording that the next core shall make. Its file is open before anything is stopped for it."""

    path: Path
    file: BinaryIO
    until: float | None  # monotonic
    begun: threading.Event
    problem: str = ""


class Counter:
    """Where requests arrive. The core behind it is made anew when a recording begins."""

    def __init__(self) -> None:
        self.bench: Workbench | None = None
        self.journal: RecordingJournal | None = None
        self.restart: threading.Event | None = None
        self.wanted: _Wanted | None = None
        self.is_refused: Callable[[], bool] = lambda: False  # by the store: what was heard is in memory only
        self._recording_begins = threading.Lock()
        self._clock = SystemClock()

    def answer(self, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        bench = self.bench
        if bench is None:
            raise NotPossible(f"{STARTING}; ask again in a moment")
        match request.get("do"):
            case "status":
                yield {**bench.status(), "recording": self._recording()}
            case "watch":
                yield from bench.watch(str(request.get("where", "*")), lambda: self.bench is bench)
                yield {"what": "ended"}  # the ports begin afresh: watch again
            case "present":
                devices = [str(device) for device in request["devices"]]
                yield from bench.present(devices, lambda: self.bench is bench)
                yield {"what": "ended"}
            case "photo":
                yield {"photo": bench.photo(str(request["device"]))}
            case "act" | "alarm" | "tell" | "commissioned":
                _do(bench, request)
                yield {"done": True}
            case "drill":
                by, for_s = str(request.get("by", "")), int(request.get("for_s", 60))
                yield {"drill": bench.start_drill(str(request["device"]), by, for_s, request)}
            case "end_drill":
                yield {"drill": bench.end_drill(str(request["drill"]))}
            case "record":
                with self._recording_begins:
                    yield self._record(Path(str(request["file"])), request.get("for_s"))
            case "stop_recording":
                yield self._stop_recording()
            case "alarms":
                yield bench.alarms()
            case unknown:
                raise NotPossible(f"no request {unknown!r}")

    def _record(self, path: Path, for_s: float | None) -> Mapping[str, Any]:
        if self.journal is not None and self.journal.is_on:
            raise NotPossible(f"a recording is on already: {self.journal.path}; stop it first")
        if not path.is_absolute():
            raise NotPossible("write the whole path of the file, beginning with /")
        if self.is_refused():
            raise NotPossible(
                "the store takes no writes, and a new beginning would lose what waits for it; make room first"
            )
        until = None if for_s is None else self._clock.now().monotonic + float(for_s)
        try:
            wanted = self.wanted = _Wanted(path, create(path), until, threading.Event())
        except FileExistsError:
            raise NotPossible(f"{path} exists already; choose another name") from None
        except OSError as error:
            raise NotPossible(f"cannot write {path}: {error.strerror or error}") from None
        if self.restart is not None:
            self.restart.set()
        if not wanted.begun.wait(_RESTART_S):
            raise NotPossible("the field process did not begin again in time; look at its log")
        if wanted.problem:
            raise NotPossible(wanted.problem)
        return {"file": str(path)}

    def _stop_recording(self) -> Mapping[str, Any]:
        journal, self.journal = self.journal, None
        if journal is None:
            raise NotPossible("no recording is on")
        journal.close()
        return {"file": str(journal.path), "entries": journal.entries}

    def _recording(self) -> Mapping[str, Any] | None:
        if self.journal is None:
            return None
        return {
            "file": str(self.journal.path),
            "entries": self.journal.entries,
            "ended_because": self.journal.ended_because,
        }


def _do(bench: Workbench, request: Mapping[str, Any]) -> None:
    match request["do"]:
        case "act":
            bench.act(str(request["device"]), str(request["action"]), dict(request.get("arguments", {})))
        case "alarm":
            reason = str(request.get("reason", ""))
            bench.step_alarm(str(request["alarm"]), str(request["verb"]), str(request["by"]), reason)
        case "tell":
            bench.tell(str(request["type"]), dict(request["data"]))
        case "commissioned":
            bench.commissioned(
                str(request["device"]),
                str(request["by"]),
                passed=bool(request["passed"]),
                record_sha256=str(request["record_sha256"]),
                failed_steps=str(request.get("failed_steps", "")),
            )


class _Core:
    """One life of the field: from its store to its ports and back."""

    def __init__(self, profile: Profile, counter: Counter, stopping: threading.Event) -> None:
        self._profile, self._counter = profile, counter
        self._restart = threading.Event()
        self._stopping = _Either(stopping, self._restart)
        self._clock = SystemClock(profile.clock.warn_after_s, profile.clock.bad_after_s)
        self._drivers = find_drivers(profile)
        self._sessions = make_sessions(profile, self._drivers)
        self._key = site_key(profile.store.directory)

    def run(self) -> None:
        seed, now = secrets.token_bytes(_SEED_BYTES), self._clock.now()
        ids, event_ids = SeededIds(seed), SeededIds(seed + EVENT_IDS)
        journals: list[RecordingJournal] = []

        def on_event(seq: int, body: bytes) -> None:
            for journal in journals:
                journal.on_event(seq, body, self._clock.now())

        def on_reading(reading: Reading) -> None:
            for journal in journals:
                journal.on_reading(reading, self._clock.now())

        store = SqliteFieldStore(
            self._profile.store.directory, self._profile.facility.id, event_ids, on_event, on_reading
        )
        try:
            recording = self._begin_recording(store, seed, now)
            journals += [recording] if recording else []
            self._serve(store, ids, now, recording or NoJournal())
        finally:
            self._counter.bench = None
            for journal in journals:
                journal.close()
            store.close()

    def _serve(self, store: SqliteFieldStore, ids: SeededIds, now: Moment, journal: Journal) -> None:
        news: queue.Queue[list[News]] = queue.Queue()
        ports = [
            DevicePort(number, port.link, session, _line(port, session.driver), news, self._clock, journal)
            for (number, session), port in zip(self._sessions.items(), self._profile.port, strict=True)
        ]
        by_url = {port.url: port for port in ports}

        def confirm(url: str, data: bytes) -> None:
            by_url[url].confirm(data)

        def calm(drill: str) -> None:
            for port in ports:
                port.end_drill(drill)

        field = make_field(self._profile, self._drivers, store, ids, self._key, now, confirm, calm)
        loop = FieldLoop(field, ports, news, store, self._clock, journal)
        bench_ids = SeededIds(secrets.token_bytes(_SEED_BYTES))  # of drills: what a replay reads from the recording
        self._counter.restart, self._counter.is_refused = self._restart, lambda: loop.is_refused
        self._counter.bench = Workbench(
            ports,
            {port.number: self._sessions[port.number].driver for port in ports},
            lambda: field.states,
            lambda: field.drills.active,
            lambda: field.open_alarms,
            _latest_of(self._profile.store.directory),
            outbox_of(self._profile.store.directory),
            lambda: field.failures,
            loop.ask,
            lambda: str(bench_ids(self._clock.now().wall_ms)),
            self._clock,
        )
        for port in ports:
            port.start()
        loop.run(self._stopping)

    def _begin_recording(self, store: SqliteFieldStore, seed: bytes, now: Moment) -> RecordingJournal | None:
        wanted, self._counter.wanted = self._counter.wanted, None
        if wanted is None:
            return None
        recording_id = secrets.token_hex(8)
        header = {
            "format": 1,
            "id": recording_id,
            "key_id": key_id(self._key),
            "seed": seed.hex(),
            "began": [now.wall_ms, now.monotonic_us, now.quality],
            "profile": without_secrets(self._profile),
            "store": describe_store(store),
        }
        private = [number for number, session in self._sessions.items() if session.driver.private]
        seal = RecordingSeal(self._key, recording_id).seal
        try:
            self._counter.journal = RecordingJournal(wanted.path, wanted.file, header, private, seal, _RECORDING_MAX)
        except OSError as error:
            wanted.problem = f"cannot write {wanted.path}: {error.strerror or error}"
            wanted.path.unlink(missing_ok=True)
            return None
        finally:
            wanted.begun.set()
        self._end_in_time(self._counter.journal, wanted.until)
        return self._counter.journal

    def _end_in_time(self, journal: RecordingJournal, until: float | None) -> None:
        if until is not None:
            wait_s = min(max(0.0, until - self._clock.now().monotonic), threading.TIMEOUT_MAX)
            timer = threading.Timer(wait_s, journal.close, ["its time was over"])
            timer.daemon = True
            timer.start()


def _line(port: Port, driver: Driver) -> Line:
    return Line(
        port.baud or driver.line.baud, port.parity or driver.line.parity, port.stop_bits or driver.line.stop_bits
    )


def _latest_of(directory: Path) -> Callable[[], Mapping[tuple[str, str], Latest]]:
    def read() -> Mapping[tuple[str, str], Latest]:
        try:
            with contextlib.closing(SqliteOutbox(directory)) as outbox:
                return outbox.latest()
        except StoreUnavailable:
            return {}

    return read


def outbox_of(directory: Path) -> Callable[[], Mapping[str, int]]:
    """How far the cloud has committed what was written here; empty while the store cannot be read."""

    def read() -> Mapping[str, int]:
        try:
            with contextlib.closing(SqliteOutbox(directory)) as outbox:
                standing = outbox.standing()
        except (StoreUnavailable, StoreIsNewer):
            return {}
        told = ("last_event", "acked_event", "last_reading", "acked_reading")
        return {name: getattr(standing, name) for name in told}

    return read
