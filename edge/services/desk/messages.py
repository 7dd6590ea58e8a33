"""Text messages that wait for the network (待发短信), and the leaflet that is given instead (纸质告知单).

Source: domain brief, 4.4: a message that has waited ten minutes is given on paper, with the same items, and logged.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from contract.events.visits import LeafletGiven
from edge.domain.visits.case import Case
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import NotNow, found

LATE_S = 600
Reason = Literal["offline", "chosen", "no_phone"]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Waiting:
    id: str
    case: str
    number: str
    template: str
    waited_s: float

    @property
    def is_late(self) -> bool:
        return self.waited_s >= LATE_S


class Messages:
    def __init__(self, store: CaseStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def waiting(self) -> list[Waiting]:
        """The longest first."""
        now_ms, listed = self._clock.now().wall_ms, []
        for one in self._store.messages_waiting():
            case = self._store.case(one.case)
            number = case.number if case else ""
            listed.append(Waiting(one.id, one.case, number, one.template, max(0.0, (now_ms - one.at_ms) / 1000)))
        return listed

    def leaflet(self, message_id: str, reason: str, staff: Staff) -> Case:
        """It was printed and given. Raises NotNow."""
        why = next((one for one in REASONS if one == reason), None)
        if why is None:
            raise NotNow("desk.why.reason")
        now = self._clock.now()
        with self._store.transaction() as writing:
            message = next((one for one in self._store.messages_waiting() if one.id == message_id), None)
            if message is None:
                raise NotNow("desk.why.message")
            case = found(self._store, message.case)
            writing.note_leaflet(message.id, now.wall_ms)
            given = LeafletGiven(case=case.id, template=message.template, reason=why, by=staff.number)
            writing.add_events([given], now)
        return case
