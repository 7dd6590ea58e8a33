"""What stands behind the pages of the counter process (柜台): cases, queue, machines, what waits for the network."""

import base64
import contextlib
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from contract.sealing import seal
from edge.adapters import sqlite_queue
from edge.adapters.case_seal import CaseSeal
from edge.adapters.control_client import ControlClient
from edge.adapters.field_feed import FieldDevices, FieldFeed
from edge.adapters.site_key import site_key
from edge.adapters.sqlite_cases import SqliteCases
from edge.adapters.sqlite_reach import SqliteReach
from edge.domain.seeded_ids import SeededIds
from edge.domain.visits.conversation import Matter, Snapshot
from edge.domain.visits.halls import letters_of
from edge.domain.visits.questions import Sign
from edge.ports import Clock, CloudLookups, StoreUnavailable
from edge.services.calling import Calls
from edge.services.endings import Endings, Seal
from edge.services.kiosk_machines import FaceChecks, KioskMachines
from edge.services.queueing import Queueing
from edge.services.reconciling import Reconciling, Wording
from edge.services.visits import Session, Visits
from edge.settings import Profile

_REACHED_S = 20.0
_TICK_S = 0.5
_RECONCILE_S = 2.0
_WORKERS = 4
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Texts:
    """What the pages' catalogue gives to the services: the words themselves stay in it."""

    statement: Callable[[str, Sign, str], str]
    receipt: Callable[[Session], str]
    wording: Wording


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a counter works with; in a test of a simulated week some of it is another."""

    clock: Clock
    cloud: CloudLookups | None
    snapshot: Callable[[str], Snapshot | None]
    is_online: Callable[[], bool]
    has_camera: Callable[[], bool]
    make_faces: Callable[[Visits], FaceChecks]


class CounterServices:
    """Everything behind the pages of one box."""

    def __init__(self, profile: Profile, matters: Sequence[Matter], texts: Texts, around: Surroundings) -> None:
        """Raises StoreUnavailable, SiteKeyDamaged."""
        directory, facility = profile.store.directory, profile.facility
        ids = SeededIds(secrets.token_bytes(16))
        self.place = place_of(profile)
        self.clock, self.is_online = around.clock, around.is_online
        self.new_id = lambda ms: str(ids(ms))
        key = site_key(directory)
        self.store = SqliteCases(directory, facility.id, CaseSeal(key), ids)
        self.calls = Calls(self.place, self.store, around.clock, lambda ms: str(ids(ms)))
        self.queueing = Queueing(
            letters_of(facility.kind), profile.desk.windows, self.store, sqlite_queue, around.clock,
            lambda ms: str(ids(ms)),
        )  # fmt: skip
        sealing = make_seal(profile)
        self.endings = Endings(
            self.place, facility.id, self.store, self.queueing, lambda ms: str(ids(ms)), around.is_online, sealing
        )
        roles = profile.kiosk.devices
        self.visits = Visits(
            self.place,
            facility.id,
            facility.area,
            matters,
            self.store,
            self.endings,
            self.calls,
            around.snapshot,
            around.clock,
            key,
            around.is_online,
            around.has_camera,
            lambda ms: str(ids(ms)),
            simulated=facility.simulated,
            has_scanner="scanner" in roles,
            is_reader_gone=lambda: self.machines.is_reader_gone,
            statement=texts.statement,
        )
        client = ControlClient(directory)
        self._work = ThreadPoolExecutor(_WORKERS, "counter")
        self.machines = KioskMachines(
            self.visits, roles, FieldDevices(client), around.cloud, around.make_faces(self.visits), texts.receipt,
            self._work,
        )  # fmt: skip
        self.feed = FieldFeed(client, roles.values(), self.machines.on_happened, self.machines.on_standing)
        self.reconciling = (
            Reconciling(self.store, around.cloud, around.is_online, sealing, texts.wording) if around.cloud else None
        )

    def run(self, stopping: threading.Event) -> None:
        """Ends sessions that nobody touches, and does what waited for the network."""
        reconcile_at = 0.0
        while not stopping.wait(_TICK_S):
            now = self.clock.now()
            try:
                self.visits.tick()
                if self.reconciling is not None and now.monotonic >= reconcile_at:
                    reconcile_at = now.monotonic + _RECONCILE_S
                    self.reconciling.step(now)
            except StoreUnavailable as error:
                log.error("counter: %s", error)
            except Exception:
                log.exception("counter: going on")

    def close(self) -> None:
        self.feed.stop()
        self._work.shutdown(wait=True, cancel_futures=True)
        self.store.close()


def place_of(profile: Profile) -> str:
    """The kiosk's name in events."""
    return f"{profile.facility.id}-kiosk"[:64]


def make_seal(profile: Profile) -> Seal:
    """Sealed for the city, where its key is set; else nothing that tells who somebody is leaves the box."""
    key = profile.uplink.city_key
    if not key:
        return lambda _about, _fields: None
    public = base64.b64decode(key)

    def sealing(about: str, fields: Mapping[str, Any]) -> str | None:
        return seal(public, about, fields)

    return sealing


class Reach:
    """Whether the cloud is reached, as the uplink process last wrote it down. Looked up at most twice a second."""

    def __init__(self, store: SqliteReach, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._known, self._looked_at = False, float("-inf")
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        with self._lock:
            now = self._clock.now()
            if now.monotonic - self._looked_at >= _TICK_S:
                self._looked_at = now.monotonic
                self._known = 0 <= now.wall_ms - self._reached_ms() < _REACHED_S * 1000
            return self._known

    def _reached_ms(self) -> int:
        try:
            return self._store.reached_ms()
        except StoreUnavailable:
            return 0


@contextlib.contextmanager
def serving(counter: CounterServices) -> Iterator[None]:
    """Its devices are listened to, and its clock goes, until the block ends."""
    ended = threading.Event()
    counter.feed.start()
    thread = threading.Thread(target=counter.run, args=(ended,), name="counter", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        counter.close()
