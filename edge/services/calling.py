"""Calls for staff (叫工作人员): made with one touch anywhere, open until somebody comes."""

from collections.abc import Callable

from edge.domain.visits.staff_calls import StaffCall
from edge.ports import CaseStore, CaseWriting, Clock


class Calls:
    def __init__(self, place: str, store: CaseStore, clock: Clock, new_id: Callable[[int], str]) -> None:
        self._place, self._store, self._clock, self._new_id = place, store, clock, new_id
        self._from_home: StaffCall | None = None

    def call(self, about: str, case: str = "") -> StaffCall:
        """Durable when it returns. Raises StoreUnavailable, ValueError for an unknown `about`."""
        with self._store.transaction() as writing:
            return self.call_in(writing, about, case)

    def call_in(self, writing: CaseWriting, about: str, case: str) -> StaffCall:
        """In the caller's transaction. Raises ValueError for an unknown `about`."""
        now = self._clock.now()
        call = StaffCall(self._new_id(now.wall_ms), self._place, about, case, now.wall_ms)
        writing.keep_call(call)
        writing.add_events([call.event], now)
        return call

    def call_from_home(self, about: str) -> None:
        if self.home_s() is None:
            self._from_home = self.call(about)

    def home_s(self) -> float | None:
        return self.open_s(self._from_home)

    def open_s(self, call: StaffCall | None) -> float | None:
        """How long a call has been open, seconds; None when there is none, or somebody came."""
        if call is None or all(one.id != call.id for one in self._store.open_calls()):
            return None
        return max(0.0, (self._clock.now().wall_ms - call.at_ms) / 1000)
