"""Open calls for staff (叫工作人员) on the desk's side: who is called for what, for how long, and who has come."""

from contract.events.visits import StaffCame
from edge.domain.visits.staff import Staff
from edge.domain.visits.staff_calls import StaffCall
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import NotNow

_FIRST = ("danger", "medical", "child_alone", "symptoms")


class DeskCalls:
    def __init__(self, store: CaseStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def open(self) -> list[tuple[StaffCall, float]]:
        """Each with the seconds it has been open: danger and illness first, then the longest wait."""
        now_ms = self._clock.now().wall_ms
        calls = [(call, max(0.0, (now_ms - call.at_ms) / 1000)) for call in self._store.open_calls()]
        rank = {about: place for place, about in enumerate(_FIRST)}
        return sorted(calls, key=lambda one: (rank.get(one[0].about, len(rank)), -one[1]))

    def level(self, call: StaffCall) -> int:
        return call.level(self._clock.now().wall_ms)

    def take(self, call_id: str, staff: Staff) -> float:
        """到场: somebody is there. Seconds from the call. Raises NotNow when a colleague came before."""
        now = self._clock.now()
        with self._store.transaction() as writing:
            call = next((one for one in self._store.open_calls() if one.id == call_id), None)
            if call is None:
                raise NotNow("desk.calls.gone")
            waited_s = max(0.0, (now.wall_ms - call.at_ms) / 1000)
            writing.keep_call(
                StaffCall(call.id, call.place, call.about, call.case, call.at_ms, now.wall_ms, staff.number)
            )
            came = StaffCame(call=call.id, place=call.place, by=staff.number, waited_s=round(waited_s, 1))
            writing.add_events([came], now)
        return waited_s
