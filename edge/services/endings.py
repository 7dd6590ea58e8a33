"""The end of a conversation: the case gets its number, the visitor a place in the queue, others their events, at once.

All of it is one transaction with the case itself: a power cut leaves either the whole receipt or the last question.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from contract.events.data import EventData
from contract.events.visits import (
    CaseChanged,
    CaseMoved,
    CaseSubmitted,
    IdentityChecked,
    SmsQueued,
    VisitCheckin,
    VisitorLeft,
)
from edge.domain.moment import Moment
from edge.domain.visits.case import OPEN, Case, IllegalStep, act_of, number_of
from edge.domain.visits.conversation import Ending, Matter, Message, Ticket, Visit
from edge.domain.visits.provenance import provenance
from edge.domain.visits.questions import Said
from edge.domain.visits.staff_calls import StaffCall
from edge.ports import CaseStore, CaseWriting
from edge.services.desk.inside import visit_of
from edge.services.refunds import ask_refunds

_COMES_AGAIN = frozenset(OPEN) - {"approved"}
Seal = Callable[[str, Mapping[str, Any]], str | None]
"""Seals fields for the city, by what they are about; None where no city's key is set."""


class Taken(Protocol):
    """A place in a queue, as it was taken."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def ahead(self) -> int: ...
    @property
    def estimate_min(self) -> int: ...


class TicketOffice(Protocol):
    """Gives and takes back places in the queues, in the caller's transaction."""

    def take(
        self, writing: CaseWriting, ticket: Ticket, case: str, now: Moment
    ) -> tuple[Taken, Sequence[EventData]]: ...
    def give_back(self, writing: CaseWriting, case: str, now: Moment) -> Sequence[EventData]: ...
    def stands(self, writing: CaseWriting, case: str, now: Moment) -> str:
        """How it stands with the case's newest number of today: waiting, called, serving, served …; "" for none."""


class Endings:
    def __init__(
        self,
        facility: str,
        store: CaseStore,
        tickets: TicketOffice,
        new_id: Callable[[int], str],
        is_online: Callable[[], bool],
        seal: Seal,
    ) -> None:
        self._facility, self._store, self._tickets = facility, store, tickets
        self._new_id, self._is_online, self._seal = new_id, is_online, seal

    def end(
        self, case: Case, matter: Matter, ending: Ending, visit: Visit, events: Sequence[EventData], now: Moment
    ) -> bool:
        """True: the same act was submitted before, and its receipt stands. Raises StoreUnavailable."""
        if ending.state is None:
            case.result = _told(ending, case.id, now)
            if events or ending.events or ending.staff or ending.joins:
                with self._store.transaction() as writing:
                    joined = self._join(writing, matter, ending, now) if ending.joins else ()
                    left = self._leave(writing, ending, now)
                    self._add(writing, case, ending, [*events, *ending.events, *joined, *left], now)
            return False
        act = _act(matter, ending, visit, case.id)
        with self._store.transaction() as writing:
            if (first := writing.id_of_act(act)) and first != case.id:
                writing.add_events(events, now)
                writing.forget(case.id)
                if (submitted := self._store.case(first)) is not None:
                    self._queue_again(writing, submitted, now)
                case.result = {"case": first}
                return True
            self._submit(writing, case, matter, ending, visit, act, events, now)
        return False

    def _join(self, writing: CaseWriting, matter: Matter, ending: Ending, now: Moment) -> Sequence[EventData]:
        """The contact stands in the case that the act made, for staff to ask its first contact."""
        case = self._store.case(writing.id_of_act(act_of(matter.name, [ending.once], "", "", "")))
        if case is None:
            return ()
        case.desk["contacts"] = [*case.desk.get("contacts", ()), dict(ending.sealed)]
        case.changed_ms = now.wall_ms
        writing.keep(case)
        return (CaseChanged(case=case.id, what="contact_added", answers=dict(ending.answers)),)

    def _leave(self, writing: CaseWriting, ending: Ending, now: Moment) -> Sequence[EventData]:
        """探访签退: the visit that the badge belongs to is over."""
        told: list[EventData] = []
        for badge in [event.badge for event in ending.events if isinstance(event, VisitorLeft)]:
            if found := visit_of(self._store, badge):
                visit, moved = found
                visit.changed_ms = now.wall_ms
                writing.keep(visit)
                told.append(moved)
        return told

    def withdraw(self, case: Case, now: Moment, by: str, reason: str = "") -> Case:
        """撤回: its places in slots and queues are free again, and what was paid goes back. Returns it as it is now.

        Raises IllegalStep, also where the case has gone on since it was read; StoreUnavailable.
        """
        with self._store.transaction() as writing:
            fresh = self._store.case(case.id)
            if fresh is None or fresh.state != case.state or fresh.state == "draft":
                raise IllegalStep(f"the case is not {case.state} any more")
            from_state = fresh.state
            fresh.step("withdrawn")
            fresh.changed_ms = now.wall_ms
            writing.free_slots(fresh.id)
            moved = CaseMoved(case=fresh.id, from_state=from_state, state="withdrawn", by=by, reason=reason)
            given_back = self._tickets.give_back(writing, fresh.id, now)
            writing.add_events([moved, *ask_refunds(fresh, now), *given_back], now)
            writing.keep(fresh)
        return fresh

    def welcome_back(self, case: Case, now: Moment) -> Case:
        """再来: who comes again for a case that is still open has a number of today; after an outage with priority, for
        the second trip is the system's fault. Returns the case as it is now. Raises StoreUnavailable.
        """
        if not _may_queue_again(case):
            return case
        with self._store.transaction() as writing:
            return self._queue_again(writing, self._store.case(case.id) or case, now)

    def _queue_again(self, writing: CaseWriting, case: Case, now: Moment) -> Case:
        if _may_queue_again(case):
            stands = self._tickets.stands(writing, case.id, now)
            if stands in ("", "no_show") or (stands == "served" and case.state == "awaiting_applicant"):
                again = Ticket(queue=str((case.result or {})["queue"]), has_token=bool(case.desk.get("invited")))
                writing.add_events(self._take(writing, case, again, now), now)
                case.changed_ms = now.wall_ms
                writing.keep(case)
        return case

    def _take(self, writing: CaseWriting, case: Case, ticket: Ticket, now: Moment) -> Sequence[EventData]:
        taken, queued = self._tickets.take(writing, ticket, case.id, now)
        case.result = {
            **(case.result or {}), "ticket": taken.number, "ticket_id": taken.id, "ahead": taken.ahead,
            "estimate_min": taken.estimate_min, "queue": ticket.queue,
        }  # fmt: skip
        return queued

    def _submit(
        self,
        writing: CaseWriting,
        case: Case,
        matter: Matter,
        ending: Ending,
        visit: Visit,
        act: str,
        events: Sequence[EventData],
        now: Moment,
    ) -> None:
        assert ending.state is not None
        prefix = number_of(self._facility, visit.day.isoformat(), 0).removesuffix("0000")
        case.number = number_of(self._facility, visit.day.isoformat(), writing.last_number(prefix) + 1)
        case.act, case.changed_ms = act, now.wall_ms
        case.step("awaiting_online_check" if ending.state == "awaiting_online_check" else "submitted")
        case.result = _told(ending, case.id, now)
        case.desk["sealed"] = dict(ending.sealed)
        case.desk["answers"] = dict(ending.answers)
        case.desk["wants"] = ending.wants
        if ending.stands:
            case.desk["stands"] = True
        told: list[EventData] = [
            *events,
            CaseSubmitted(
                case=case.id,
                number=case.number,
                matter=matter.name,
                state=ending.state,
                channel="desk" if matter.by_staff else "kiosk",
                place=case.place,
                act=act,
                tokens=tuple(person.token for person in ending.persons),
                answers=dict(ending.answers),
                reference=ending.reference,
                provenance=provenance(ending.persons, {**ending.answers, **ending.sealed}, ending.sources),
                offline=not self._is_online(),
                trip_reason=ending.trip_reason,
                sealed=self._seal(f"case/{case.id}", ending.sealed) if ending.sealed else None,
                progress=self._seal(f"progress/{case.id}", {"code": case.code}) if case.code else None,
            ),
            *self._checkins(case, ending),
            *ending.events,
        ]
        if ending.ticket is not None:
            told += self._take(writing, case, ending.ticket, now)
        for slot in ending.slots:
            writing.take_slot(slot, case.id, now.wall_ms)
        self._add(writing, case, ending, told, now)
        writing.keep(case)

    def _add(self, writing: CaseWriting, case: Case, ending: Ending, told: list[EventData], now: Moment) -> None:
        if ending.staff:
            call = StaffCall(self._new_id(now.wall_ms), case.place, ending.staff, case.id, now.wall_ms)
            writing.keep_call(call)
            told.append(call.event)
        for number, message in enumerate(ending.messages, 1):
            told.append(self._sms(case, message, str(number)))
        last = writing.add_events(told, now)
        for number, message in enumerate(ending.messages, 1):
            writing.note_message(f"{case.id}-sms-{number}", case.id, message.template, now.wall_ms, last)

    def send(
        self, writing: CaseWriting, case: Case, message: Message, name: str, events: Sequence[EventData], now: Moment
    ) -> None:
        """A message about a case that was submitted, after `events`. `name`: the same one is the same message."""
        sms = self._sms(case, message, name)
        last = writing.add_events([*events, sms], now)
        writing.note_message(sms.sms, case.id, message.template, now.wall_ms, last)

    def _sms(self, case: Case, message: Message, name: str) -> SmsQueued:
        sms = f"{case.id}-sms-{name}"
        sealed = self._seal(f"sms/{sms}", {"phone": message.phone, "text": message.text})
        return SmsQueued(case=case.id, sms=sms, template=message.template, items=message.items, sealed=sealed)

    def _checkins(self, case: Case, ending: Ending) -> list[EventData]:
        """Each person who is here; where the camera has settled who it is, that too."""
        told: list[EventData] = []
        for number, person in enumerate(ending.persons, 1):
            told.append(VisitCheckin(
                visit=f"{case.id}-{number}", device=case.place, token=person.token, id_masked=person.id_masked,
                name_masked=person.name_masked, method="card",
            ))  # fmt: skip
            if person.token in _settled_by_face(case):
                told.append(IdentityChecked(
                    case=case.id, place=case.place, rung="card_and_face", result="confirmed", token=person.token,
                    id_masked=person.id_masked,
                ))  # fmt: skip
        return told


def _may_queue_again(case: Case) -> bool:
    return case.state in _COMES_AGAIN and "queue" in (case.result or {})


def _act(matter: Matter, ending: Ending, visit: Visit, case: str) -> str:
    if ending.once:
        return act_of(matter.name, [ending.once], "", "", case)
    tokens = sorted(person.token for person in ending.persons)
    return act_of(matter.name, tokens, visit.day.isoformat(), ending.target, case)


def _settled_by_face(case: Case) -> set[str]:
    return {
        case.of_whom(name)
        for name, answer in case.answers.items()
        if name.endswith(".face") and answer.get("result") == "match"
    }


def _told(ending: Ending, case: str, now: Moment) -> dict[str, Any]:
    """What the visitor is told, as JSON."""
    return {
        "case": case,
        "key": ending.key,
        "at_ms": now.wall_ms,
        "values": {name: _json(value) for name, value in ending.values.items()},
        "lines": [[_json(line.label), _json(line.value)] for line in ending.receipt],
        "slip": [[_json(line.label), _json(line.value)] for line in ending.slip],
        "qr": ending.qr,
        "undo": ending.undo and ending.state is not None,
        "rating": ending.rating and ending.state is not None,
    }


def _json(value: str | Said) -> str | list[str]:
    return list(value) if isinstance(value, Said) else value
