"""What the box's own records say at the end of the week, and whether every promise was kept.

Everything here is read from the store: cases, tickets and the chain of events. The journal only says who was told what.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from contract.events.envelope import GENESIS, Link, decode
from edge.adapters import sqlite_store
from edge.adapters.case_seal import CaseSeal
from edge.adapters.sqlite_cases import SqliteCases
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.seeded_ids import SeededIds
from edge.domain.visits.case import KEPT_DRAFT_MS, Case
from simulators.visitors import Visitor
from tests.week.journal import Journal
from tests.week.screen import DECEASED

ENDED = ("closed", "refused", "withdrawn")
_ALL = ("awaiting_online_check", "submitted", "accepted", "in_review", "awaiting_applicant", "approved", *ENDED)
LAWFULLY_WAITING = ("awaiting_applicant",)
"""After the last day: told for what, and not yet come."""
MOST_GAP_S = 180.0
_FEWEST_WAITS = 30  # of each kind in one queue, for a median that means something
_PAGE = 5000
_PURGED_WITHIN_MS = 2 * 3600_000
_PHONE, _NUMBER = re.compile(r"000-\d{8}"), re.compile(r"\d{17}[\dX]")


@dataclass(slots=True)
class Matter:
    """`visits`: distinct days of one matter of the same persons, each; `states`: how its cases ended."""

    visits: list[int] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    @property
    def in_one(self) -> float:
        return sum(one == 1 for one in self.visits) / len(self.visits) if self.visits else 1.0


@dataclass(slots=True)
class Findings:
    """`broken`: promises that were not kept, in words. `waits_s`: (face, other) medians by queue."""

    broken: list[str] = field(default_factory=list)
    matters: dict[str, Matter] = field(default_factory=lambda: defaultdict(Matter))
    waits_s: dict[str, tuple[float, float]] = field(default_factory=dict)
    cases: int = 0
    tickets: int = 0
    events: int = 0
    drafts: int = 0


def look(
    directory: Path, facility: str, site_key: bytes, journal: Journal, checked: Mapping[str, str], now_ms: int
) -> Findings:
    """`checked`: what the cloud found of each case that it was asked about. `now_ms`: when the week has ended."""
    found = Findings(broken=list(journal.broken))
    store = SqliteCases(directory, facility, CaseSeal(site_key), SeededIds(b"look"))
    with closing(store):
        cases = {one.id: one for one in store.in_state(_ALL, limit=10**6)}
        drafts = store.in_state(("draft",), limit=10**6)
    found.drafts = len(drafts)
    found.broken += [
        f"a draft of {one.matter} was kept for too long"
        for one in drafts
        if now_ms - one.changed_ms > KEPT_DRAFT_MS + _PURGED_WITHIN_MS
    ]
    _look_at_cases(found, cases, journal, checked)
    days, face, submitted, approved = _look_at_events(found, directory, journal.visitors)
    _look_at_tickets(found, directory, face)
    _compare(found, cases, days, submitted, approved)
    return found


def _look_at_cases(found: Findings, cases: Mapping[str, Case], journal: Journal, checked: Mapping[str, str]) -> None:
    found.cases, broken = len(cases), found.broken
    numbers = Counter(one.number for one in cases.values())
    broken += [f"the number {number!r} has {count} cases" for number, count in numbers.items() if count > 1]
    for case in cases.values():
        name = f"{case.matter} {case.number or case.id}"
        if not case.number:
            broken.append(f"{name} has no number")
        if case.state not in (*ENDED, *LAWFULLY_WAITING):
            broken.append(f"{name} is still {case.state}")
        if case.id in checked and case.checks.get("online_check") not in (checked[case.id], None):
            broken.append(f"{name}: the box says {case.checks['online_check']}, the city said {checked[case.id]}")
        if case.checks.get("online_check") == "clear" and case.id not in checked:
            broken.append(f"{name}: the box says clear, and nobody asked the city")
    for case_id, number in journal.told.items():
        if case_id not in cases or cases[case_id].number != number:
            broken.append(f"somebody was told {number}, and the box does not know it")
    broken += [f"{one.name} ({one.errand.name}) has no end" for one in journal.visitors if not one.outcome]


def _look_at_events(
    found: Findings, directory: Path, visitors: Sequence[Visitor]
) -> tuple[dict[str, set[str]], dict[str, str], dict[str, Mapping[str, Any]], set[str]]:
    """Days on which a case's people came; the face of each ticket; submissions; cases that were approved."""
    secret = _Secrets(visitors)
    days: dict[str, set[str]] = defaultdict(set)
    face: dict[str, str] = {}
    submitted: dict[str, Mapping[str, Any]] = {}
    clear, approved, calls = set[str](), set[str](), Counter[str]()
    link: Link | None = None
    for seq, body in _events(directory):
        found.events += 1
        envelope, told = decode(body), json.loads(body)
        link = link or Link(envelope.epoch, 1, GENESIS)
        if (envelope.seq, envelope.prevhash) != (link.seq, link.prevhash) or seq != link.seq:
            found.broken.append(f"the chain has a gap at {seq}")
        link = link.after(body)
        found.broken += [f"event {seq} tells {what}" for what in secret.in_text(body.decode())]
        data = told.get("data", {})
        kind = told["type"].removeprefix("onetrip.").removesuffix(".v1")
        day = _day(envelope.time_ms)
        match kind:
            case "case.submitted":
                submitted[data["case"]] = data
                days[data["case"]].add(day)
            case "visit.checkin":
                days[data["visit"].rpartition("-")[0]].add(day)
            case "queue.ticket":
                face[data["ticket"]] = data.get("face", "not_used")
                if data.get("case"):
                    days[data["case"]].add(day)
            case "queue.called" if not data.get("recall"):
                calls[data["ticket"]] += 1
            case "online_check.result" if data["result"] == "clear":
                clear.add(data["case"])
            case "case.moved" if data["state"] == "approved":
                approved.add(data["case"])
                if submitted[data["case"]]["matter"] == "marriage" and data["case"] not in clear:
                    found.broken.append(f"{submitted[data['case']]['number']} was approved without a clear check")
    found.broken += [f"ticket {one} was called {count} times" for one, count in calls.items() if count > 1]
    return days, face, submitted, approved


def _look_at_tickets(found: Findings, directory: Path, face: Mapping[str, str]) -> None:
    db = sqlite_store.connect(directory)
    with closing(db):
        rows = db.execute(
            "SELECT id, day, queue, number, state, calls, taken_ms, called_ms FROM ticket ORDER BY day, place"
        ).fetchall()
    found.tickets = len(rows)
    if lost := face.keys() ^ {row[0] for row in rows}:
        found.broken.append(f"{len(lost)} tickets stand in only one of events and queue")
    counted: Counter[tuple[str, str]] = Counter()
    waits: dict[tuple[str, str], list[float]] = defaultdict(list)
    for ticket, day, queue, number, state, calls, taken_ms, called_ms in rows:
        counted[day, number[0]] += 1
        if int(number[1:]) != counted[day, number[0]]:
            found.broken.append(f"{day}: {number} is number {counted[day, number[0]]} of its letter")
        if state not in ("served", "no_show", "left"):
            found.broken.append(f"{day}: {number} is still {state}")
        if (state in ("served", "no_show")) != bool(calls):
            found.broken.append(f"{day}: {number} is {state} after {calls} calls")
        if called_ms:
            waits[queue, face.get(ticket, "")].append((called_ms - taken_ms) / 1000)
    for queue in {queue for queue, _ in waits}:
        used, other = waits[queue, "used"], waits[queue, "not_used"]
        if min(len(used), len(other)) >= _FEWEST_WAITS:
            found.waits_s[queue] = median(used), median(other)
            if abs(median(used) - median(other)) > MOST_GAP_S:
                found.broken.append(f"{queue}: with a face {median(used):.0f} s, without {median(other):.0f} s")


def _compare(
    found: Findings,
    cases: Mapping[str, Case],
    days: Mapping[str, set[str]],
    submitted: Mapping[str, Mapping[str, Any]],
    approved: set[str],
) -> None:
    """The events alone tell the same cases, and how many visits each matter of the same persons took."""
    if lost := submitted.keys() ^ cases.keys():
        found.broken.append(f"{len(lost)} cases stand in only one of events and store")
    if unknown := approved - cases.keys():
        found.broken.append(f"{len(unknown)} approvals of unknown cases")
    came: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for case, data in submitted.items():
        about = tuple(sorted(data.get("tokens", ()))) or (case,)
        came[data["matter"], *about] |= days[case]
        found.matters[data["matter"]].states[cases[case].state if case in cases else "lost"] += 1
    for (matter, *_), on in came.items():
        found.matters[matter].visits.append(len(on))


class _Secrets:
    """Names, identity numbers and phones of everybody who came: none may stand in an event in the clear."""

    def __init__(self, visitors: Sequence[Visitor]) -> None:
        people = [person for visitor in visitors for person in visitor.people]
        self._numbers = {person.id_number for person in people}
        self._phones = {visitor.phone for visitor in visitors if visitor.phone}
        names = sorted({person.name for person in people} | {DECEASED})
        self._names = re.compile("|".join(map(re.escape, names))) if names else re.compile(r"(?!)")

    def in_text(self, text: str) -> Iterator[str]:
        if self._names.search(text):
            yield "a name"
        if not self._numbers.isdisjoint(_NUMBER.findall(text)):
            yield "an identity number"
        if not self._phones.isdisjoint(_PHONE.findall(text)):
            yield "a phone"


def _events(directory: Path) -> Iterator[tuple[int, bytes]]:
    with closing(SqliteOutbox(directory)) as outbox:
        seq = 0
        while page := outbox.events_after(seq, _PAGE):
            yield from ((one.seq, one.body) for one in page)
            seq = page[-1].seq


def _day(time_ms: int) -> str:
    return (datetime.fromtimestamp(time_ms / 1000, UTC) + timedelta(hours=8)).date().isoformat()
