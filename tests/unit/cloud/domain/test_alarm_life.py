"""The alarm's life as the shared records see it: every state against every event."""

import pytest

from cloud.domain.alarm_life import IllegalStep, step
from contract.events.types import AlarmAcknowledged, AlarmAttended, AlarmClosed, AlarmEscalated, AlarmEvent

WHO = {"alarm": "a-1", "device": "call-101-1"}
ESCALATED = AlarmEscalated(**WHO, level=1)
ACKNOWLEDGED = AlarmAcknowledged(**WHO, by="nurse")
ATTENDED = AlarmAttended(**WHO, by="nurse")
CLOSED = AlarmClosed(**WHO, by="nurse", reason="done")

LIFE = {
    "raised": {ESCALATED: "raised", ACKNOWLEDGED: "acknowledged", ATTENDED: "attended", CLOSED: "closed"},
    "acknowledged": {ATTENDED: "attended", CLOSED: "closed"},
    "attended": {CLOSED: "closed"},
    "closed": {},
}
EVENTS = (ESCALATED, ACKNOWLEDGED, ATTENDED, CLOSED)


@pytest.mark.parametrize("state", LIFE)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type_name)
def test_every_event_in_every_state(state: str, event: AlarmEvent) -> None:
    following = LIFE[state].get(event)
    if following is not None:
        assert step(state, event) == following
        return
    with pytest.raises(IllegalStep, match=f"{event.type_name} in state {state}; it may come in raised"):
        step(state, event)
