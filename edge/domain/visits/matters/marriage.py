"""Marriage and divorce registration (婚姻登记): what the couple does before the window, on line or off.

Sources: 婚姻登记条例 (2025-05-10): identity cards and signed statements, no household book; 民法典 art. 1076-1077:
thirty days to withdraw, then thirty days to come together. The machine never refuses a registration and never
completes one: the registrar does, after the check on line. Off line the case is held as `awaiting_online_check`.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date

from contract.events.visits import TripReason
from contract.reference_rows import Booking
from edge.domain.visits.appointments import ask_time, minute_of, said_day, times
from edge.domain.visits.conversation import Ending, Flow, Matter, Ticket, Visit
from edge.domain.visits.identity import Identified, identify
from edge.domain.visits.matters.divorce_days import ask_applied, days_notice
from edge.domain.visits.matters.what_to_bring import listed, papers, usual_papers
from edge.domain.visits.person import Person
from edge.domain.visits.questions import Answer, Choice, Line, Notice, Option, Pad, Question, Review, Said, Sign

STATEMENT = {"marriage": "marriage.statement", "divorce": "divorce.statement"}
_NAME = "marriage"
_CARD_FAILS = ("unreadable", "unsupported", "reader_gone")


@dataclass(frozen=True, slots=True)
class _Couple:
    """Who came, for what. `stage`: of a divorce, first or claim; a marriage has only a first one."""

    kind: str
    stage: str
    applied: date | None
    first: Identified
    second: Identified

    @property
    def persons(self) -> tuple[Person, ...]:
        return tuple(one.person for one in (self.first, self.second) if one.person)

    @property
    def variant(self) -> str:
        """As the list of what to bring names it."""
        return f"divorce.{self.stage}" if self.kind == "divorce" else self.kind

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(one.why for one in (self.first, self.second) if one.why)


def registration(visit: Visit) -> Flow:
    kind = (yield Choice(name="kind", personal=False, options=(
        Option(key="marriage", icon="heart"),
        Option(key="divorce", icon="file-text"),
        Option(key="other", icon="circle-help"),
    )))["chosen"]  # fmt: skip
    if kind == "other":
        return Ending(
            key="window", ticket=Ticket(queue="other"), target="other", answers={"kind": "other"}, staff="help"
        )
    stage, applied = "first", None
    if kind == "divorce":
        stage = (yield Choice(name="stage", personal=False, options=(
            Option(key="first", icon="pen"),
            Option(key="claim", icon="calendar"),
        )))["chosen"]  # fmt: skip
    if stage == "claim":
        applied = yield from ask_applied(visit)
        if applied is not None and (yield from days_notice(visit, applied)) == "later":
            return Ending(key="later", state=None, rating=False)
    both = yield Choice(
        name="both", section="who", options=(Option(key="yes", icon="users"), Option(key="one", icon="user"))
    )
    if both["chosen"] == "one":
        return Ending(
            key="alone", ticket=Ticket(queue=kind), target=f"{kind}.alone",
            answers={"kind": kind, "stage": stage, "both": "one"}, trip_reason="other",
        )  # fmt: skip
    first = yield from identify(visit, "first", "who")
    second = yield from identify(
        visit, "second", "who", others=[first.person] if first.person else [], words="identity.card.other"
    )
    couple = _Couple(kind, stage, applied, first, second)
    booked, code = yield from _booking(visit, couple)
    phone = (yield Pad(name="phone", kind="phone", section="check", may_skip=True))["typed"]
    yield Review(name="check", section="check", lines=_told(couple, booked, phone))
    missing = yield from _ask_papers(visit, couple)
    sealed = {"persons": [one.as_json() for one in couple.persons], "phone": phone, "booking_code": code}
    answers = {
        "kind": kind,
        "stage": stage,
        "applied": applied.isoformat() if applied else "",
        "first": first.settled,
        "second": second.settled,
        "why": ",".join(couple.reasons),
        "booking": booked.booking if booked else "",
        "papers": "lacking" if missing is not None else "all",
        "missing": ",".join(name.zh for name in missing or ()),
    }
    still_needed = tuple(Line(f"{_NAME}.line.missing", name) for name in missing or ())
    instead = "ticket"
    if missing is not None:
        instead = yield from _instead(couple, missing)
    if instead == "later":
        return (yield from _another_day(visit, couple, answers, sealed, still_needed))
    signed = 0
    if stage == "first" and missing is None:
        signed = yield from _statements(couple)
    key = "ticket" if missing is None else "ticket_lacking"
    if not visit.is_online:
        key = "ticket_offline" if phone else "ticket_offline_no_phone"
    return Ending(
        key=key,
        state="submitted" if visit.is_online else "awaiting_online_check",
        persons=couple.persons,
        target=couple.variant,
        answers={**answers, "instead": instead, "signed": str(signed)},
        sealed=sealed,
        ticket=Ticket(
            queue=kind,
            oldest_age=max((one.age(visit.day) for one in couple.persons), default=0),
            booked_minute=minute_of(booked.time) if booked else None,
            face="used" if "used" in (first.face, second.face) else "not_used",
        ),
        receipt=still_needed,
        trip_reason=_trip_reason(couple, missing),
        wants="online_check",
    )


def _booking(visit: Visit, couple: _Couple) -> Generator[Question, Answer, tuple[Booking | None, str]]:
    """Today's booking of the couple, and a code that is not known here: the window looks again."""
    snapshot = visit.snapshot("bookings")
    rows: Sequence[Booking] = snapshot.rows if snapshot else ()
    known = [row for row in rows if row.matter == couple.kind and row.state == "booked"]
    tokens = {person.token for person in couple.persons}
    today = visit.day.isoformat()
    for row in known:
        if row.date == today and tokens & {person.token for person in row.persons}:
            return row, ""
    code = (yield Pad(name="booking", kind="code", section="check", may_skip=True, may_scan=visit.has_scanner))["typed"]
    if not code:
        return None, ""
    found = [row for row in known if row.has_code(code)]
    for row in found:
        if row.date == today:
            return row, ""
    if found:
        yield Notice(
            name="booking_other_day", section="check", values={"day": said_day(date.fromisoformat(found[0].date))}
        )
        return None, code
    yield Notice(name="booking_unknown", section="check")
    return None, code


def _told(couple: _Couple, booked: Booking | None, phone: str) -> tuple[Line, ...]:
    is_divorce = couple.kind == "divorce"
    return (
        Line("marriage.line.kind", f"marriage.kind.{couple.kind}", "kind"),
        *((Line("marriage.line.stage", f"marriage.stage.{couple.stage}", "stage"),) if is_divorce else ()),
        *((Line("marriage.line.applied", said_day(couple.applied), "month"),) if couple.applied else ()),
        couple.first.line("marriage.line.first", "first.card"),
        couple.second.line("marriage.line.second", "second.card"),
        Line("marriage.line.booked", booked.time)
        if booked
        else Line("marriage.line.booked", "marriage.line.booked.none", "booking"),
        Line("marriage.line.phone", "marriage.phone.tail", "phone", private=True, values={"tail": phone[-4:]})
        if phone
        else Line("marriage.line.phone", "marriage.phone.none", "phone"),
    )


def _ask_papers(visit: Visit, couple: _Couple) -> Generator[Question, Answer, tuple[Said, ...] | None]:
    """What is missing; None: everything is there. Without the city's list the visitor names nothing."""
    names = papers(visit, _NAME, couple.variant)
    have = yield Choice(
        name=f"papers.{couple.variant}",
        words="marriage.papers",
        section="papers",
        personal=False,
        values={"papers": listed(names) if names else usual_papers(_NAME, couple.variant)},
        options=(Option(key="all", icon="check"), Option(key="lacking", icon="circle-help")),
    )
    if have["chosen"] == "all":
        return None
    if not names:
        return ()
    lacking = yield Choice(
        name=f"missing.{couple.variant}",
        words="marriage.missing",
        section="papers",
        personal=False,
        style="list",
        many=True,
        options=tuple(Option(key=name.zh, text=name) for name in names),
    )
    return tuple(name for name in names if name.zh in lacking["chosen"])


def _instead(couple: _Couple, missing: Sequence[Said]) -> Generator[Question, Answer, str]:
    """Everything that is missing, told at once; nobody is sent away."""
    told = listed(missing) if missing else usual_papers(_NAME, couple.variant)
    way = yield Choice(
        name="instead",
        section="papers",
        personal=False,
        values={"papers": told},
        options=(
            Option(key="ticket", icon="ticket"),
            Option(key="sent", icon="truck"),
            Option(key="later", icon="calendar"),
        ),
    )
    return str(way["chosen"])


def _another_day(
    visit: Visit,
    couple: _Couple,
    answers: dict[str, str],
    sealed: dict[str, object],
    still_needed: tuple[Line, ...],
) -> Flow:
    """Another time of those that were given to this office; a booking of today is given up for it."""
    offered = [one for one in times(visit, couple.kind) if one.day > visit.day]
    at = (yield from ask_time(visit, _NAME, "papers", offered)) if couple.persons else None
    if at is None:
        return Ending(key="later", state=None, rating=False, receipt=still_needed)
    return Ending(
        key="changed",
        persons=couple.persons,
        target=f"{couple.variant}.{at.key}",
        answers={**answers, "instead": "later", "slot": at.key},
        sealed=sealed,
        slots=(at.key,),
        receipt=(Line("marriage.line.when", at.said), *still_needed),
        trip_reason="missing_document",
    )


def _statements(couple: _Couple) -> Generator[Question, Answer, int]:
    """Each reads and signs their own; who cannot sign here does it before the registrar. How many signed."""
    signed = 0
    for name, one in (("first", couple.first), ("second", couple.second)):
        if one.person is None:
            continue
        answer = yield Sign(
            name=f"{name}.statement",
            words=STATEMENT[couple.kind],
            section="sign",
            slow=True,
            document=f"{STATEMENT[couple.kind]}@2026-11",
            signer=one.person.token,
            values={"name": one.person.name_masked},
            private=frozenset({"name"}),
        )
        signed += answer["how"] != "window"
    return signed


def _trip_reason(couple: _Couple, missing: Sequence[Said] | None) -> TripReason:
    if missing is not None:
        return "missing_document"
    return "card_fail" if set(couple.reasons) & set(_CARD_FAILS) else "normal"


REGISTRATION = Matter(
    name=_NAME,
    theme="neutral",
    theme_by=("kind", {"marriage": "marriage"}),
    open=registration,
    sections=("who", "check", "papers", "sign"),
    icon="users",
)
MATTERS: tuple[Matter, ...] = (REGISTRATION,)
