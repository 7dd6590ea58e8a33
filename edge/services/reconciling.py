"""What waited for the network is done when it is back (恢复后自动办理): nobody must come again for it.

Each case that wants something of the cloud is asked for once, the oldest first, and what was found is durable together
with its event. An invitation goes out where somebody waits for it; they come back with priority. What a registrar wants
checked again is asked in another turn, and only the answer of that turn counts.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from contract.events.data import EventData
from contract.events.visits import CaseMoved, CaseState, OnlineCheckResult, SmsQueued
from edge.domain.moment import Moment
from edge.domain.visits.case import CHECKED_TOGETHER, Case, turn_of
from edge.ports import CaseStore, CaseWriting, CloudLookups, CloudUnreachable
from edge.services.endings import Seal

_AT_ONCE = 20
_AGAIN_AFTER_S, _DAMAGED_AGAIN_AFTER_S = 15.0, 600.0
_NOT_ASKED: Mapping[str, Any] = {"result": "conflict", "request_id": "-"}  # a registrar looks
Wording = Callable[[str, Case], str]
"""The text of a message, by its template."""
log = logging.getLogger(__name__)


class Reconciling:
    def __init__(
        self, store: CaseStore, cloud: CloudLookups, is_online: Callable[[], bool], seal: Seal, wording: Wording
    ) -> None:
        self._store, self._cloud, self._is_online = store, cloud, is_online
        self._seal, self._wording = seal, wording
        self._not_before: dict[str, float] = {}  # cases that could not be answered, by id: monotonic s

    def step(self, now: Moment) -> int:
        """Asks for some cases; returns how many were answered. To be called again and again."""
        done = 0
        if not self._is_online():
            return done
        self._not_before = {case: at for case, at in self._not_before.items() if at > now.monotonic}
        for case_id in self._store.wanting():
            if done == _AT_ONCE:
                break
            if case_id in self._not_before or (case := self._case(case_id, now)) is None:
                continue
            try:
                self._ask(case, now)
            except CloudUnreachable as error:
                log.info("reconciling must wait: %s", error)
                self._not_before[case.id] = now.monotonic + _AGAIN_AFTER_S  # if it is this one, others need not wait
                break
            done += 1
        return done

    def _case(self, case_id: str, now: Moment) -> Case | None:
        """None where there is nothing to ask: it is damaged, or only an older version of the store left it so."""
        case = next(iter(self._store.some([case_id])), None)
        if case is None:
            self._not_before[case_id] = now.monotonic + _DAMAGED_AGAIN_AFTER_S
        elif not case.wants:
            with self._store.transaction() as writing:
                writing.keep(self._store.case(case_id) or case)
            return None
        return case

    def _ask(self, case: Case, now: Moment) -> None:
        persons, is_check = list(case.desk.get("sealed", {}).get("persons", ())), case.wants == "online_check"
        fewest = CHECKED_TOGETHER.get(case.matter, 1) if is_check else 1
        found: Any = _NOT_ASKED if is_check else []
        try:
            if len(persons) >= fewest:
                found = (
                    self._cloud.online_check(case.id, persons, turn_of(case))
                    if is_check
                    else self._cloud.certificates(case.id, persons[0])
                )
        except ValueError:  # its text may name somebody
            log.error("case %s: its persons cannot be asked about; staff must look", case.id)
        with self._store.transaction() as writing:
            fresh = self._store.case(case.id)  # it may have been withdrawn or served while the cloud was asked
            if fresh is not None and (fresh.wants, turn_of(fresh)) == (case.wants, turn_of(case)):
                (self._checked if is_check else self._looked_up)(writing, fresh, found, now)

    def _checked(self, writing: CaseWriting, case: Case, found: Mapping[str, Any], now: Moment) -> None:
        result: Literal["clear", "conflict"] = "clear" if found["result"] == "clear" else "conflict"
        if kind := found.get("conflict_kind"):
            case.desk["conflict"] = kind
        event = OnlineCheckResult(case=case.id, result=result, request_id=str(found["request_id"]))
        self._settle(writing, case, "online_check", result, [event], now)

    def _looked_up(self, writing: CaseWriting, case: Case, entries: Sequence[Mapping[str, Any]], now: Moment) -> None:
        case.desk["found"] = list(entries)
        self._settle(writing, case, "certificates", "found" if entries else "none", [], now)

    def _settle(
        self, writing: CaseWriting, case: Case, wanted: str, result: str, events: list[EventData], now: Moment
    ) -> None:
        was = case.state
        case.checks[wanted] = result
        if was == "awaiting_online_check":
            to: CaseState = "in_review" if result == "conflict" else "accepted"
            case.step(to)
            case.desk["invited"] = True  # comes back with priority: the second trip is the system's fault
            events.append(CaseMoved(
                case=case.id, from_state="awaiting_online_check", state=to, by="system", reason=f"{wanted}: {result}",
                trip_reason="outage",
            ))  # fmt: skip
        message = self._invitation(case) if was == "awaiting_online_check" or wanted == "certificates" else None
        case.changed_ms = now.wall_ms
        last = writing.add_events([*events, *([message] if message else [])], now)
        if message is not None:
            writing.note_message(message.sms, case.id, message.template, now.wall_ms, last)
        writing.keep(case)

    def _invitation(self, case: Case) -> SmsQueued | None:
        phone = str(case.desk.get("sealed", {}).get("phone", ""))
        if not phone:
            return None
        template = f"{case.matter}.invited"
        sms = f"{case.id}-invited"
        sealed = self._seal(f"sms/{sms}", {"phone": phone, "text": self._wording(template, case)})
        return SmsQueued(case=case.id, sms=sms, template=template, items=("number", "priority"), sealed=sealed)
