"""Marriage and divorce registration (婚姻登记): what the couple does before the window, on line or off.

Sources: 婚姻登记条例 (2025-05-10): identity cards and signed statements, no household book; 民法典 art. 1076-1077:
thirty days to withdraw, then thirty days to come together. The machine never refuses a registration and never
completes one: the registrar does, after the check on line. Off line the case is held as `awaiting_online_check`.
"""

from collections.abc import Generator
from datetime import date, timedelta

from edge.domain.visits.conversation import Ending, Flow, Matter, Ticket, Visit
from edge.domain.visits.identity import Identified, identify
from edge.domain.visits.questions import Answer, Choice, Line, Option, Pad, Question, Review, Said, Sign

COOLING_DAYS, CLAIMING_DAYS = 30, 30
STATEMENT = {"marriage": "marriage.statement", "divorce": "divorce.statement"}
_NAME = "marriage"


def claim_window(applied: date) -> tuple[date, date]:
    """The first and last day on which a divorce certificate can be claimed, in whole days (民法典 art. 1077)."""
    ready = applied + timedelta(days=COOLING_DAYS + 1)
    return ready, ready + timedelta(days=CLAIMING_DAYS - 1)


def registration(visit: Visit) -> Flow:
    kind = yield Choice(
        name="kind",
        personal=False,
        options=(
            Option(key="marriage", icon="heart"),
            Option(key="divorce", icon="file-text"),
            Option(key="other", icon="circle-help"),
        ),
    )
    if kind["chosen"] == "other":
        return Ending(
            key="window", ticket=Ticket(queue="other"), target="other", answers={"kind": "other"}, staff="help"
        )
    divorce = "first"
    if kind["chosen"] == "divorce":
        stage = yield Choice(name="stage", personal=False, options=(Option(key="first"), Option(key="claim")))
        divorce = stage["chosen"]
    first = yield from identify(visit, "first", "who")
    second = yield from identify(visit, "second", "who", others=[first.person] if first.person else [])
    booked = _booking(visit, first, second)
    phone = yield Pad(name="phone", kind="phone", section="check", may_skip=True)
    yield Review(name="check", section="check", lines=(
        Line("marriage.kind", f"marriage.kind.{kind['chosen']}", "kind"),
        first.line("marriage.first", "first.card"),
        second.line("marriage.second", "second.card"),
        Line("marriage.booked", booked[0] if booked else Said("没有预约", "no booking")),
        Line("marriage.phone", _tail(phone["typed"]), "phone", private=True),
    ))  # fmt: skip
    papers = yield Choice(
        name=f"papers.{kind['chosen']}",
        section="papers",
        options=(Option(key="all", icon="check"), Option(key="lacking", icon="circle-help")),
    )
    missing = papers["chosen"] == "lacking"
    signed = 0
    if divorce == "first" and not missing:
        signed = yield from _statements(kind["chosen"], first, second)
    persons = tuple(one.person for one in (first, second) if one.person)
    state, key = ("submitted", "ticket") if visit.is_online else ("awaiting_online_check", "ticket_offline")
    return Ending(
        key=key,
        state=state,  # type: ignore[arg-type]
        persons=persons,
        target=f"{kind['chosen']}.{divorce}",
        answers={
            "kind": kind["chosen"],
            "stage": divorce,
            "papers": papers["chosen"],
            "first": first.settled,
            "second": second.settled,
            "why": ",".join(filter(None, (first.why, second.why))),
            "booking": booked[1] if booked else "",
            "signed": str(signed),
        },
        sealed={"persons": [one.as_json() for one in persons], "phone": phone["typed"]},
        ticket=Ticket(
            queue=kind["chosen"],
            oldest_age=max((one.age(visit.day) for one in persons), default=0),
            booked_minute=_minute(booked[0]) if booked else None,
            face="used" if "used" in (first.face, second.face) else "not_used",
        ),
        values={"missing": "marriage.papers.list"} if missing else {},
        trip_reason="missing_document" if missing else "normal",
        wants="online_check",
    )


def _statements(kind: str, first: Identified, second: Identified) -> Generator[Question, Answer, int]:
    """Each reads and signs their own; who cannot sign here does it before the registrar. How many signed."""
    signed = 0
    for name, one in (("first", first), ("second", second)):
        if one.person is None:
            continue
        answer = yield Sign(
            name=f"{name}.statement",
            words=STATEMENT[kind],
            section="sign",
            slow=True,
            document=f"{STATEMENT[kind]}@2026-11",
            signer=one.person.token,
            values={"name": one.person.name_masked},
            private=frozenset({"name"}),
        )
        signed += answer["how"] != "window"
    return signed


def _booking(visit: Visit, first: Identified, second: Identified) -> tuple[str, str] | None:
    """Today's booking of one of them: its time, and its id."""
    snapshot = visit.snapshot("bookings")
    tokens = {one.person.token for one in (first, second) if one.person}
    for row in snapshot.rows if snapshot else ():
        if row.date == visit.day.isoformat() and tokens & {person.token for person in row.persons}:
            return row.time, row.booking
    return None


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def _tail(phone: str) -> str | Said:
    return f"尾号 {phone[-4:]}" if phone else Said("没有留", "none left")


REGISTRATION = Matter(
    name=_NAME,
    theme="neutral",
    theme_by=("kind", {"marriage": "marriage"}),
    open=registration,
    sections=("who", "check", "papers", "sign"),
    icon="users",
)
