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
from edge.domain.moment import Moment
from edge.domain.seeded_ids import SeededIds
from edge.domain.visits.conversation import Matter, Snapshot
from edge.domain.visits.halls import letters_of
from edge.domain.visits.questions import Sign
from edge.ports import Clock, CloudLookups, ComparedClock, StoreUnavailable
from edge.services.calling import Calls
from edge.services.endings import Endings, Seal
from edge.services.kiosk_machines import FaceChecks, KioskMachines
from edge.services.open_orders import OpenOrders
from edge.services.queueing import Queueing
from edge.services.reconciling import Reconciling, Wording
from edge.services.refunding import Refunding
from edge.services.visits import Session, Visits
from edge.services.web_drafts import City as WebCity
from edge.services.web_drafts import WebDrafts
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
    receipt: Callable[[Session], Sequence[str]]
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
    web: WebCity | None = None  # where drafts of the web are asked for


class CounterServices:
    """Everything behind the pages of one box."""

    def __init__(self, profile: Profile, matters: Sequence[Matter], texts: Texts, around: Surroundings) -> None:
        """Raises StoreUnavailable, SiteKeyDamaged."""
        directory, facility = profile.store.directory, profile.facility
        ids = SeededIds(secrets.token_bytes(16))
        self.place = place_of(profile)
        self.clock, self.is_online, self.snapshot = around.clock, around.is_online, around.snapshot
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
            facility.id, self.store, self.queueing, lambda ms: str(ids(ms)), around.is_online, sealing
        )
        roles = {**profile.kiosk.devices, **profile.face.devices}
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
            face_reader=profile.face.reader,
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
        self.visits.message = texts.wording
        self.web_drafts = WebDrafts(self.visits, around.web)
        self.visits.asks_city = around.web is not None
        self.visits.on_web_code = self._scanned
        self._waiting: tuple[Callable[[Moment], object], ...] = ()  # for the network
        if around.cloud:
            orders = OpenOrders(self.store, around.cloud, self.visits, around.is_online)
            reconciling = Reconciling(self.store, around.cloud, around.is_online, sealing, texts.wording)
            refunding = Refunding(self.store, around.cloud, self.endings, texts.wording, around.is_online)
            self._waiting = (orders.step, reconciling.step, refunding.step)

    def _scanned(self, code: str) -> None:
        """It asks the city, so it is no work for whoever listens to the devices."""
        self._work.submit(self.web_drafts.scanned, code)

    def run(self, stopping: threading.Event) -> None:
        """Ends sessions that nobody touches."""
        while not stopping.wait(_TICK_S):
            self._go_on(lambda _now: self.visits.tick())

    def reconcile(self, stopping: threading.Event) -> None:
        """Does what waited for the network; however long that takes, no session stays on the screen for it."""
        while self._waiting and not stopping.wait(_RECONCILE_S):
            for step in self._waiting:
                self._go_on(step)

    def _go_on(self, step: Callable[[Moment], object]) -> None:
        try:
            step(self.clock.now())
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
    """Whether the cloud is reached, as the uplink process last wrote it down; looked up at most twice a second.

    The clock is judged with it: this process hears of the cloud's only so.
    """

    def __init__(self, store: SqliteReach, clock: ComparedClock) -> None:
        self._store, self._clock = store, clock
        self._known, self._looked_at = False, float("-inf")
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        with self._lock:
            now = self._clock.now()
            if now.monotonic - self._looked_at >= _TICK_S:
                self._looked_at = now.monotonic
                self._known = self._look(now.wall_ms)
            return self._known

    def _look(self, wall_ms: int) -> bool:
        try:
            self._clock.compare(self._store.clock_offset_ms(wall_ms))
            return 0 <= wall_ms - self._store.reached_ms() < _REACHED_S * 1000
        except StoreUnavailable:
            self._clock.compare(None)
            return False


@contextlib.contextmanager
def serving(counter: CounterServices) -> Iterator[None]:
    """Its devices are listened to, its clock goes, and what waits for the network is done, until the block ends."""
    ended = threading.Event()
    counter.feed.start()
    threads = [
        threading.Thread(target=loop, args=(ended,), name=f"counter {loop.__name__}", daemon=True)
        for loop in (counter.run, counter.reconcile)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        counter.close()
