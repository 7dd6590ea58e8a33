"""Visits to a care home (探访): signing in, signing out, bringing something for a resident.

Source: 养老机构服务安全基本规范 GB 38600-2019: what concerns a resident stays secret; choking and wrong food or
medicine (噎食、食品药品误食) are two of its nine preventions, so what is brought is looked at. The machine never tells
who lives here: to any room it gives the same answer, and what the home knows of that room goes to the staff alone.
Nobody needs a face for a visit, and nobody is sent away: where the machine cannot go on, a member of staff comes. All
of it is local; the network is not needed.
"""

from collections.abc import Callable, Generator, Sequence
from datetime import datetime, time
from hashlib import sha256
from typing import Any

from contract.events.visits import VisitorEntered, VisitorLeft
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.identity import Identified, identify
from edge.domain.visits.person import Person
from edge.domain.visits.questions import Answer, Choice, Line, Notice, Option, Pad, Question, Review, Said

FROM = time(8)
UNTIL = time(17)  # how long a badge is valid, and visits are open
MOST_PERSONS = 4
OTHER_ROOM = "other"
_BADGE_DIGITS = 7
_BOOKED_TODAY = "care_visit.booked_today"
_CARD_FAILS = ("unreadable", "unsupported", "reader_gone")


def badge_of(case: str) -> str:
    """The number of a visitor's sticker (访客贴): eight digits, the last one the check digit of EAN-8 (GS1, modulo 10),
    so that a slip of the finger at signing out signs nobody else out.
    """
    digits = f"{int(sha256(case.encode()).hexdigest(), 16) % 10**_BADGE_DIGITS:0{_BADGE_DIGITS}d}"
    return digits + _check_digit(digits)


def is_badge(typed: str) -> bool:
    return len(typed) == _BADGE_DIGITS + 1 and _check_digit(typed[:-1]) == typed[-1]


def _check_digit(digits: str) -> str:
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits))
    return str(-total % 10)


def signing_in(visit: Visit) -> Flow:
    how = yield Choice(
        name="how",
        section="who",
        personal=False,
        options=(
            Option(key="code", icon="ticket"),
            Option(key="card", icon="id-card"),
            Option(key="none", icon="users"),
        ),
    )
    who, booking = Identified(None, "window", "no_papers"), None
    if how["chosen"] == "code":
        booking = yield from _by_code(visit)
    if how["chosen"] == "card" or (how["chosen"] == "code" and booking is None):
        who = yield from identify(visit, "visitor", "who", must_be_valid=False, face=False)
        booking = _of_person(visit, who)
    room, is_announced = "", False
    if booking is None and (own := family_rooms(visit, who.person)):
        chosen = yield Choice(name="family", section="whom", options=family_options(own))
        room = "" if chosen["chosen"] == OTHER_ROOM else chosen["chosen"]
        is_announced = bool(room) and _rule(visit, room) == "yes"
    if booking is not None:
        whom = yield Choice(
            name="whom",
            section="whom",
            options=(Option(key="yes", icon="check"), Option(key="no", icon="circle-help")),
            values={"about": booking.about or _BOOKED_TODAY},
            private=frozenset({"about"}),
        )
        is_announced = whom["chosen"] == "yes"
    if not is_announced and not room:
        room = (yield Pad(name="room", section="whom", kind="room"))["typed"]
    persons = yield Choice(
        name="persons",
        section="whom",
        personal=False,
        options=tuple(Option(key=str(number)) for number in range(1, MOST_PERSONS + 1)),
    )
    health = yield Choice(
        name="health", section="health", options=(Option(key="well", icon="check"), Option(key="some", icon="heart"))
    )
    is_known = who.person is not None or booking is not None
    if health["chosen"] == "some":
        key, staff = "mask", "symptoms"
    else:
        key, staff = ("badge", "") if is_announced and _is_open(visit) else ("wait", "help")
    has_badge = is_known and key != "mask" and _is_open(visit)
    badge = badge_of(visit.case)
    destination = (booking.about or _BOOKED_TODAY) if booking is not None and is_announced else room
    return Ending(
        key=key,
        persons=(who.person,) if who.person else (),
        target=visit.case,  # somebody who has left may come again on the same day
        answers={
            "how": how["chosen"],
            "booking": booking.booking if booking is not None else "",
            "persons": persons["chosen"],
            "badge": badge if has_badge else "",
        },
        sealed={
            "persons": [who.person.as_json()] if who.person else [],
            "room": room or (booking.about if booking is not None and is_announced else ""),
            "rule": _rule(visit, room),
            "health": health["chosen"],
        },
        staff=staff,  # type: ignore[arg-type]
        receipt=(
            Line("care_visit.badge", f"{badge[:4]} {badge[4:]}"),
            Line("care_visit.to", destination, private=True),
            Line("care_visit.until", f"{UNTIL:%H:%M}"),
        )
        if has_badge
        else (),
        qr=badge if has_badge else "",
        events=(
            VisitorEntered(
                case=visit.case,
                badge=badge,
                room=room,
                persons=int(persons["chosen"]),
                until_ms=int(datetime.combine(visit.day, UNTIL, SHANGHAI).timestamp() * 1000),
            ),
        )
        if has_badge
        else (),
        undo=False,  # who changes their mind signs out
        trip_reason="card_fail" if who.why in _CARD_FAILS else "normal",
        sources={"booking": "shared", "rule": "shared", **({"room": "shared"} if is_announced else {})},
    )


def _by_code(visit: Visit) -> Generator[Question, Answer, Any]:
    """Today's booking with the code on the visitor's phone, None where none is known here."""
    code = yield Pad(name="code", section="who", kind="code", may_scan=visit.has_scanner)
    found = _today(visit, lambda booking: booking.has_code(code["typed"]))
    if found is None:
        yield Notice(name="code_unknown", section="who")
    return found


def _of_person(visit: Visit, who: Identified) -> Any:
    token = who.person.token if who.person else None
    return _today(visit, lambda booking: token in [person.token for person in booking.persons])


def _today(visit: Visit, is_theirs: Callable[[Any], bool]) -> Any:
    snapshot = visit.snapshot("bookings")
    return next(
        (
            row
            for row in (snapshot.rows if snapshot else ())
            if (row.matter, row.date, row.state) == ("care_visit", visit.day.isoformat(), "booked") and is_theirs(row)
        ),
        None,
    )


def family_rooms(visit: Visit, person: Person | None) -> tuple[str, ...]:
    """Where the residents live whose family staff have confirmed this visitor to be, with their consent: for anybody
    else nothing, so that nobody learns here who lives in the home.
    """
    residents = visit.family(person.token) if person else frozenset()
    snapshot = visit.snapshot("care_rooms") if residents else None
    return tuple(sorted({row.room for row in (snapshot.rows if snapshot else ()) if row.resident_token in residents}))


def family_options(rooms: Sequence[str]) -> tuple[Option, ...]:
    """Rooms, never names."""
    own = (Option(key=room, text=Said(f"{room} 房间", f"Room {room}"), icon="heart") for room in rooms)
    return (*own, Option(key=OTHER_ROOM, icon="circle-help"))


def _rule(visit: Visit, room: str) -> str:
    """What the home knows of a room, for the staff: yes, ask (a resident wants to be asked before), unknown."""
    snapshot = visit.snapshot("care_rooms")
    rules = {row.visit for row in (snapshot.rows if snapshot else ()) if row.room == room.replace("-", "")}
    return "ask" if "ask" in rules else "yes" if rules else "unknown"


def _is_open(visit: Visit) -> bool:
    return _minute(FROM) <= visit.minute < _minute(UNTIL)


def _minute(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute


def signing_out(visit: Visit) -> Flow:
    """Whose number is not one of ours is helped: nobody stays on the list of those inside unnoticed."""
    badge = yield Pad(name="badge", kind="code", personal=False, may_skip=True, may_scan=visit.has_scanner)
    if not is_badge(badge["typed"]):
        return Ending(key="by_staff", state=None, staff="help", rating=False)
    left = VisitorLeft(case=visit.case, badge=badge["typed"])
    return Ending(key="bye", state=None, rating=False, events=(left,))


def bringing(visit: Visit) -> Flow:
    what = yield Choice(
        name="what",
        section="what",
        personal=False,
        many=True,
        options=(
            Option(key="clothes", icon="box"),
            Option(key="food", icon="food"),
            Option(key="medicine", icon="medical"),
            Option(key="other", icon="circle-help"),
        ),
    )
    room = yield Pad(name="room", section="whom", kind="room")
    phone = yield Pad(name="phone", section="whom", kind="phone", may_skip=True)
    yield Review(name="check", section="check", lines=(
        *(Line("care_bringing.thing", f"care_bringing.what.{thing}", "what") for thing in what["chosen"]),
        Line("care_bringing.to", room["typed"], "room", private=True),
        Line(
            "care_bringing.told",
            f"尾号 {phone['typed'][-4:]}" if phone["typed"] else "care_bringing.told.none",
            "phone",
            private=True,
        ),
    ))  # fmt: skip
    needs_look = {"food", "medicine"} & set(what["chosen"])
    return Ending(
        key="looked_at" if needs_look else "taken",
        target=room["typed"],
        answers={"what": ",".join(what["chosen"])},
        sealed={"room": room["typed"], "rule": _rule(visit, room["typed"]), "phone": phone["typed"]},
        staff="help",
        receipt=(Line("care_bringing.to", room["typed"], private=True),),
    )


SIGNING_IN = Matter(
    name="care_visit", theme="care", open=signing_in, sections=("who", "whom", "health"), icon="door-in"
)
SIGNING_OUT = Matter(name="care_leaving", theme="care", open=signing_out, icon="door-out", needs_people=False)
BRINGING = Matter(name="care_bringing", theme="care", open=bringing, sections=("what", "whom", "check"), icon="gift")
MATTERS: tuple[Matter, ...] = (SIGNING_IN, SIGNING_OUT, BRINGING)
