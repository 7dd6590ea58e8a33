"""The part of the shared records that cases write: files, days on which somebody came, text messages."""

import json
from typing import Any

from sqlalchemy import Connection, and_, update

from cloud.adapters import tables as t
from cloud.adapters.sql_database import insert_once
from contract.events.visits import CaseChanged, CaseMoved, CaseSubmitted, SmsQueued

_UNSEALED = "it came without phone and text: the box has no city key"


class CaseBooks:
    """Implements its part of cloud.ports.Books."""

    _db: Connection

    def open_case(self, facility: str, event: CaseSubmitted, at_ms: int) -> bool:
        about = event.model_dump(
            include={
                "case",
                "number",
                "matter",
                "state",
                "channel",
                "trip_reason",
                "offline",
                "sealed",
                "progress",
                "drill",
            }
        )  # fmt: skip
        row = {
            "facility": facility, "opened_at_ms": at_ms, "changed_at_ms": at_ms, "source_device_id": event.place,
            "provenance": json.dumps(event.provenance, sort_keys=True), **about,
        }  # fmt: skip
        return insert_once(self._db, t.case_file, row)

    def move_case(self, facility: str, event: CaseMoved, at_ms: int) -> bool:
        """A reason why somebody had to come again stays."""
        again = {} if event.trip_reason == "normal" else {"trip_reason": event.trip_reason}
        return self._change(facility, event.case, state=event.state, changed_at_ms=at_ms, **again)

    def touch_case(self, facility: str, event: CaseChanged, at_ms: int) -> bool:
        return self._change(facility, event.case, changed_at_ms=at_ms)

    def add_trip(self, facility: str, case: str, day: str) -> None:
        insert_once(self._db, t.case_trip, {"facility": facility, "case": case, "day": day})

    def queue_sms(self, facility: str, event: SmsQueued, at_ms: int, now_ms: int) -> bool:
        row: dict[str, Any] = {
            "facility": facility, "id": event.sms, "case": event.case, "template": event.template,
            "sealed": event.sealed, "state": "queued" if event.sealed else "failed", "tries": 0,
            "queued_at_ms": at_ms, "received_at_ms": now_ms, "next_at_ms": now_ms,
            "reason": "" if event.sealed else _UNSEALED,
        }  # fmt: skip
        return insert_once(self._db, t.sms, row)

    def _change(self, facility: str, case: str, **values: Any) -> bool:
        c = t.case_file.c
        which = and_(c.facility == facility, c.case == case)
        return self._db.execute(update(t.case_file).where(which).values(**values)).rowcount == 1
