"""One office on its real services: a store on disk, kiosks, the queue, the desk, and what waits for the network.

The clock is the simulation's. A power cut closes the store in the middle of a transaction, and everything starts anew
from what is on the disk.
"""

import base64
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from hashlib import sha512
from pathlib import Path
from typing import TypeVar

from contract.sealing import seal
from edge.adapters import sqlite_queue
from edge.adapters.case_seal import CaseSeal
from edge.adapters.sqlite_cases import SqliteCases, Writing
from edge.domain.moment import Moment
from edge.domain.seeded_ids import SeededIds
from edge.domain.visits.halls import letters_of
from edge.domain.visits.matters import relief_intake
from edge.domain.visits.offered import OFFERED
from edge.domain.visits.staff import Role, Staff
from edge.services.calling import Calls
from edge.services.desk.calls import DeskCalls
from edge.services.desk.cases import DeskCases
from edge.services.desk.checks import Checks
from edge.services.desk.inside import VisitorsInside
from edge.services.desk.permits import Permits, StationKey
from edge.services.endings import Endings
from edge.services.queueing import Queueing
from edge.services.reconciling import Reconciling
from edge.services.visits import Visits
from simulators.facilities import Facility
from simulators.visitors import Outages, Process, Timeline
from tests.week.city import City

SITE_KEY = b"week-of-visitors-site-key-000000"
CITY_KEY = base64.b64decode("hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=")  # of RFC 7748: a public key
REBOOT_S = 150.0
Done = TypeVar("Done")


class PowerCut(Exception):
    """The power failed before the transaction was committed."""


class CuttableCases(SqliteCases):
    """`cut_next`: the power fails at the end of the next transaction, just before its commit."""

    cut_next = False

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        with super().transaction() as writing:
            yield writing
            if self.cut_next:
                self.cut_next = False
                raise PowerCut


class Office:
    """`boot` counts the starts. `staff`: one for each window."""

    def __init__(
        self,
        directory: Path,
        facility: Facility,
        timeline: Timeline,
        outages: Outages,
        city: City,
        start_ms: int,
        *,
        kiosks: int,
        windows: int,
    ) -> None:
        self.directory, self.facility, self.timeline, self.outages = directory, facility, timeline, outages
        self.city, self.start_ms, self.kiosks, self.windows = city, start_ms, kiosks, windows
        role: Role = "registrar" if facility.kind == "marriage_office" else "clerk"
        self.staff = [Staff(f"s{number:03d}", "", role) for number in range(1, windows + 1)]
        self.matters = (
            *OFFERED[facility.kind], *(relief_intake.MATTERS if facility.kind == "relief_station" else ())
        )  # fmt: skip
        self._ids = SeededIds(facility.id.encode())
        self.boot, self._started_s, self._back_s = 0, 0.0, 0.0
        self._start()

    # time and network

    def now(self) -> Moment:
        now_s = self.timeline.now_s
        return Moment(self.start_ms + round(now_s * 1000), 10.0 + max(0.0, now_s - self._started_s))

    @property
    def is_online(self) -> bool:
        return self.outages.is_up(self.timeline.now_s)

    @property
    def has_power(self) -> bool:
        return self.timeline.now_s >= self._back_s

    def with_power(self) -> Process:
        """Waits until the lights are on."""
        while not self.has_power:
            yield self._back_s - self.timeline.now_s

    def waits_today(self, case: str) -> bool:
        return any(one.case == case and one.state == "waiting" for one in self.queueing.today())

    # power

    def cut(self) -> None:
        """What is in memory is gone; the store opens again when the power is back."""
        self.store.close()
        self.boot += 1
        self._back_s = self._started_s = self.timeline.now_s + REBOOT_S
        self._start()

    def firmly(self, do: Callable[[], Done]) -> Generator[float, None, Done]:
        """One thing done by the services; once more when the power failed on the way."""
        while True:
            yield from self.with_power()
            try:
                return do()
            except PowerCut:
                self.cut()

    def _start(self) -> None:
        facility = self.facility
        self.store = CuttableCases(self.directory, facility.id, CaseSeal(SITE_KEY), self._ids)
        self.queueing = Queueing(letters_of(facility.kind), self.windows, self.store, sqlite_queue, self, self._new_id)
        self.kiosk = [self._kiosk(f"kiosk-{number}") for number in range(1, self.kiosks + 1)]
        endings = self._endings()
        self.cases = DeskCases(self.store, endings, self)
        self.calls = DeskCalls(self.store, self)
        self.checks = Checks("desk", self.store, self, _no_number, lambda _token: 0)
        self.inside = VisitorsInside(self.store, self)
        self.permits = Permits(self.store, self, lambda: StationKey(lambda payload: sha512(payload).digest(), "sim-1"))
        self.reconciling = Reconciling(
            self.store, self.city, lambda: self.is_online, self._sealing,
            lambda template, case: f"{template} {case.number}",
        )  # fmt: skip

    def _kiosk(self, place: str) -> Visits:
        facility = self.facility
        return Visits(
            place, facility.id, facility.area, self.matters, self.store, self._endings(),
            Calls(place, self.store, self, self._new_id), self.city.snapshot, self, SITE_KEY, lambda: self.is_online,
            lambda: facility.kind != "relief_station", self._new_id, simulated=True, has_scanner=True,
            statement=lambda _matter, question, lang: f"{question.document} {lang}",
        )  # fmt: skip

    def _endings(self) -> Endings:
        return Endings(self.facility.id, self.store, self.queueing, self._new_id, lambda: self.is_online, self._sealing)

    @staticmethod
    def _sealing(about: str, fields: object) -> str:
        return seal(CITY_KEY, about, fields)  # type: ignore[arg-type]

    def _new_id(self, ms: int) -> str:
        return str(self._ids(ms))


def _no_number(_text: str) -> tuple[str, str]:
    raise ValueError
