"""Certificates of marriage and divorce again (补领婚姻登记证): who must come, the record, the application, a number.

Sources: 婚姻登记条例 (2025-05-10), on 补领: whoever holds a record may have the certificate again, after their identity
is checked; one-stop 方便查询、补办婚姻登记证. A record is shown only to the person whom it is about, so this page shows
one after card and face; everybody else is checked at the window, which looks then. That nothing is found says nothing
about a person: records of early years or of other places may not have been entered. The old number is made void by the
desk.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from contract.identifiers.area import AREAS
from edge.domain.visits.conversation import Ending, Flow, Matter, Ticket, Visit
from edge.domain.visits.identity import Identified, identify
from edge.domain.visits.matters.what_to_bring import info, papers, usual_papers
from edge.domain.visits.questions import (
    Answer,
    Choice,
    Line,
    Lookup,
    Notice,
    Option,
    Pad,
    Question,
    Review,
    Said,
    Sign,
)

STATEMENT = "certificates.statement"
_NAME = "certificates"
_QUEUE = "certificates"
_CARD_FAILS = ("unreadable", "unsupported", "reader_gone")
_ELSEWHERE = ("cremation", "other")

Record = Mapping[str, Any]
"""A contract.lookups.CertificateEntry."""


def reissue(visit: Visit) -> Flow:
    kind = (yield Choice(name="what", personal=False, options=(
        Option(key="marriage", icon="heart"),
        Option(key="divorce", icon="file-text"),
        Option(key="cremation", icon="flower"),
        Option(key="other", icon="circle-help"),
    )))["chosen"]  # fmt: skip
    if kind in _ELSEWHERE:
        key = "cremation" if kind == "cremation" else "window"
        return Ending(key=key, ticket=Ticket(queue="other"), target=kind, answers={"kind": kind})
    yield Notice(
        name=f"comes.{kind}", words=f"{_NAME}.comes.{kind}", personal=False, section="who", lines=_needed(visit, kind)
    )
    want = "reissue"
    if kind == "marriage":
        want = yield from _who_came()
    if want == "mandate":
        return Ending(
            key="alone", ticket=Ticket(queue=_QUEUE), target=f"{want}.{kind}", answers={"kind": kind, "want": want}
        )
    who = yield from identify(visit, "applicant", "who")
    looked, record = yield from _look_up(visit, who, kind)
    answers = {"kind": kind, "want": want, "identity": who.settled, "why": who.why, "record": looked}
    if looked == "archive":
        return (yield from _archive(who, answers))
    if looked in ("window", "none"):
        return _number("window", visit, who, f"{want}.{kind}", answers, {})
    if want == "reissue":
        answers["reason"] = (yield Choice(name="reason", section="how", options=(
            Option(key="lost", icon="search"),
            Option(key="damaged", icon="tools"),
            Option(key="changed", icon="pen"),
        )))["chosen"]  # fmt: skip
        answers["delivery"] = (yield Choice(name="delivery", section="how", options=(
            Option(key="window", icon="ticket"),
            Option(key="post", icon="truck"),
        )))["chosen"]  # fmt: skip
    phone = (yield Pad(name="phone", section="check", kind="phone", may_skip=True))["typed"]
    yield Review(name="check", section="check", lines=_told(who, record, phone, answers))
    if want == "reissue":
        answers["signed"] = yield from _statement(who)
    key = _key(visit, who, looked, phone)
    return _number(key, visit, who, f"{want}.{kind}", answers, {"phone": phone, "record": dict(record or {})})


def _needed(visit: Visit, kind: str) -> tuple[Line, ...]:
    """Who must come, before any step."""
    row = info(visit, _NAME, kind)
    who = Said(row.who.zh, row.who.en) if row else f"{_NAME}.comes.{kind}.who"
    names: Sequence[Said | str] = papers(visit, _NAME, kind) or (usual_papers(_NAME, kind),)
    return (Line(f"{_NAME}.line.comes", who), *(Line(f"{_NAME}.line.paper", name) for name in names))


def _who_came() -> Generator[Question, Answer, str]:
    """reissue; or what one of the two can do: proof (查档证明) of their own record, mandate (委托) at the window."""
    both = yield Choice(
        name="both", section="who", options=(Option(key="yes", icon="users"), Option(key="one", icon="user"))
    )
    if both["chosen"] == "yes":
        return "reissue"
    alone = yield Choice(
        name="alone",
        section="who",
        options=(Option(key="proof", icon="file-text"), Option(key="mandate", icon="users")),
    )
    return str(alone["chosen"])


def _look_up(visit: Visit, who: Identified, kind: str) -> Generator[Question, Answer, tuple[str, Record | None]]:
    """How it went: found, with the record; not_looked: the window checks and looks; unavailable: it is looked up later;
    archive, none: nothing was found, and what the visitor wants now; window: a registrar must look at what was found.
    """
    if who.person is None or who.settled != "card_and_face":
        return "not_looked", None
    if not visit.is_online:
        return "unavailable", None
    answer = yield Lookup(name="records", section="record", kind="certificates", about={"person": who.person.as_json()})
    if "found" not in answer:
        return "unavailable", None
    entries: Sequence[Record] = answer["found"]
    shown = _to_show(entries, kind)
    if shown is None:
        return "window", None
    chosen = "none"
    if shown:
        chosen = (yield Choice(
            name="record", section="record", style="list",
            options=(*(_option(one) for one in shown), Option(key="none", icon="circle-help")),
        ))["chosen"]  # fmt: skip
    if chosen != "none":
        return "found", next(one for one in shown if one["id"] == chosen)
    way = yield Choice(
        name="not_found",
        section="record",
        options=(
            Option(key="other_way", icon="search"),
            Option(key="archive", icon="file-text"),
            Option(key="window", icon="users"),
        ),
    )
    return ("archive" if way["chosen"] == "archive" else "none"), None


def _to_show(entries: Sequence[Record], kind: str) -> Sequence[Record] | None:
    """The records of a kind, the newest first. None: they contradict what is asked for, and none is shown: all of them
    are void, or a divorce came after the marriage.
    """
    of_kind = [one for one in entries if one["kind"] == kind]
    valid = sorted((one for one in of_kind if one["status"] == "valid"), key=lambda one: (-one["year"], one["id"]))
    if of_kind and not valid:
        return None
    if kind == "marriage" and valid:
        divorces = [one["year"] for one in entries if one["kind"] == "divorce" and one["status"] == "valid"]
        if max(divorces, default=0) >= valid[0]["year"]:
            return None
    return valid


def _said(record: Record) -> Said:
    """Year and county alone."""
    area = AREAS.get(record["county"])
    county = Said(area.zh, area.en) if area else Said("外地", "elsewhere")
    return Said(f"{record['year']}年 {county.zh}", f"{record['year']}, {county.en}")


def _option(record: Record) -> Option:
    return Option(key=record["id"], text=_said(record), note=f"{_NAME}.what.{record['kind']}", icon="file-text")


def _archive(who: Identified, answers: Mapping[str, str]) -> Flow:
    """申请查档案: staff look into the papers and call back."""
    phone = (yield Pad(name="archive_phone", words=f"{_NAME}.phone", section="check", kind="phone", may_skip=True))[
        "typed"
    ]
    persons = (who.person,) if who.person else ()
    return Ending(
        key="archive" if phone else "archive_no_phone",
        persons=persons,
        target=f"archive.{answers['kind']}",
        answers=answers,
        sealed={"persons": [one.as_json() for one in persons], "phone": phone},
    )


def _told(who: Identified, record: Record | None, phone: str, answers: Mapping[str, str]) -> tuple[Line, ...]:
    about = [
        Line(f"{_NAME}.line.what", f"{_NAME}.what.{answers['kind']}", "what"),
        who.line(f"{_NAME}.line.applicant", "applicant.card"),
        Line(f"{_NAME}.line.record", _said(record), "record", private=True)
        if record
        else Line(f"{_NAME}.line.record", f"{_NAME}.record.later"),
    ]
    about += [
        Line(f"{_NAME}.line.{name}", f"{_NAME}.{name}.{answers[name]}", name)
        for name in ("reason", "delivery")
        if name in answers
    ]
    if phone:
        tail = Line(f"{_NAME}.line.phone", f"{_NAME}.phone.tail", "phone", private=True, values={"tail": phone[-4:]})
        return (*about, tail)
    return (*about, Line(f"{_NAME}.line.phone", f"{_NAME}.phone.none", "phone"))


def _statement(who: Identified) -> Generator[Question, Answer, str]:
    """Where it was signed; without a card it is signed before the registrar."""
    if who.person is None:
        return "window"
    answer = yield Sign(
        name="statement",
        section="sign",
        slow=True,
        document=f"{STATEMENT}@2026-11",
        signer=who.person.token,
        values={"name": who.person.name_masked},
        private=frozenset({"name"}),
    )
    return str(answer["how"])


def _key(visit: Visit, who: Identified, looked: str, phone: str) -> str:
    if looked == "unavailable" or not visit.is_online:
        if who.person is None:
            return "ticket_offline"  # nothing can be asked before somebody knows about whom
        return "ticket_later" if phone else "ticket_later_no_phone"
    return "ticket" if looked == "found" else "ticket_check"


def _number(
    key: str, visit: Visit, who: Identified, target: str, answers: Mapping[str, str], sealed: Mapping[str, Any]
) -> Ending:
    """A place in the queue. What waits for the archives is asked as soon as they are reached."""
    persons = (who.person,) if who.person else ()
    waits = key.startswith("ticket_later")
    return Ending(
        key=key,
        state="awaiting_online_check" if waits else "submitted",
        persons=persons,
        target=target,
        answers=answers,
        sealed={"persons": [one.as_json() for one in persons], **sealed},
        ticket=Ticket(queue=_QUEUE, oldest_age=max((one.age(visit.day) for one in persons), default=0), face=who.face),
        trip_reason="card_fail" if who.why in _CARD_FAILS else "normal",
        wants="certificates" if waits else "",
    )


CERTIFICATES = Matter(
    name=_NAME, theme="neutral", open=reissue, sections=("who", "record", "how", "check", "sign"), icon="search"
)
MATTERS: tuple[Matter, ...] = (CERTIFICATES,)
