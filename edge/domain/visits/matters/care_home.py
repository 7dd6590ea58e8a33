"""Care homes (养老机构): find one, see it or keep a bed there, book a visit to somebody, say how it was.

Source: 机构筛选、服务预约、在线支付、服务评价 in one place (domain brief, C25). Homes stand in the order of their
price; none is recommended. A deposit is asked for at the very end, and what became scarce meanwhile leads to a member
of staff, not to another question: nobody pays for something that has gone without being told. The risk assessment
before admission (GB 38600-2019) is the home's.
"""

from collections.abc import Callable, Generator, Sequence
from hashlib import sha256
from typing import Any

from contract.events.visits import BookingMade, ReviewGiven
from contract.identifiers.area import AREAS
from contract.reference_rows import code_hash
from edge.domain.visits.appointments import Time, ask_time, times
from edge.domain.visits.conversation import Ending, Flow, Matter, Message, Snapshot, Ticket, Visit
from edge.domain.visits.identity import identify
from edge.domain.visits.matters.care_visit import OTHER_ROOM, family_options, family_rooms
from edge.domain.visits.person import Person
from edge.domain.visits.questions import Answer, Choice, Line, Notice, Option, Pad, Pay, Question, Review, Said

_CITY = "330800"
BANDS_YUAN = {"low": (0, 2500), "middle": (2500, 4000), "high": (4000, 10**6), "any": (0, 10**6)}
"""Of the price a month. A home is in every band that its own range touches."""
LEVELS = ("self", "assisted", "full")
MOST_PERSONS = 4
_VISIT_SMS = (
    "【养老院】为您留了{when}的探访时间，{persons}位，预约码{code}。"
    "来时带身份证；要改或取消，请带小票上的号码。"
)  # fmt: skip
_CODE_DIGITS = 6
_NOBODY_READ = "**"  # the masked name of somebody without a card


def booking_code(case: str) -> str:
    """预约码: by it the visitor signs in on the day and reviews afterwards. It opens a booking and proves nobody."""
    return f"{int(sha256(f'booking/{case}'.encode()).hexdigest(), 16) % 10**_CODE_DIGITS:0{_CODE_DIGITS}d}"


def moving_in(visit: Visit) -> Flow:
    how = yield Choice(
        name="how",
        personal=False,
        section="find",
        options=(Option(key="find", icon="search"), Option(key="talk", icon="users")),
    )
    snapshot = visit.snapshot("care_homes")
    if how["chosen"] == "talk" or snapshot is None:
        key = "talk" if how["chosen"] == "talk" else "no_list"
        return Ending(key=key, answers={"how": how["chosen"]}, ticket=Ticket(queue="stay"))
    home = yield from _find(snapshot.rows)
    if home is None:
        return Ending(key="talk", answers={"how": "none_fits"}, ticket=Ticket(queue="stay"))
    yield Notice(name="facts", section="home", values={"home": _said(home.name)}, lines=_facts(home))
    what = yield Choice(
        name="what",
        section="home",
        personal=False,
        values={"home": _said(home.name)},
        options=(
            Option(key="tour", icon="calendar"),
            Option(key="bed", icon="bed", note=None if home.free_beds else "care_home.what.bed.none"),
            Option(key="look", icon="phone"),
        ),
    )
    match what["chosen"]:
        case "tour":
            return (yield from _tour(visit, home))
        case "bed":
            return (yield from _bed(visit, home, snapshot))
    return Ending(key="looked", state=None, rating=False, receipt=_address(home))


def _find(rows: Sequence[Any]) -> Generator[Question, Answer, Any]:
    """A home of the visitor's choice; None: they would rather talk to somebody."""
    area = yield Choice(
        name="area",
        section="find",
        style="list",
        personal=False,
        options=(
            Option(key="any"),
            *(Option(key=one.code, text=Said(one.zh, one.en)) for one in AREAS.values() if one.code != _CITY),
        ),
    )
    price = yield Choice(
        name="price",
        section="find",
        personal=False,
        options=tuple(
            Option(key=band, values={"from": str(low), "to": str(high)}) for band, (low, high) in BANDS_YUAN.items()
        ),
    )
    level = yield Choice(
        name="level", section="find", personal=False, options=tuple(Option(key=key) for key in (*LEVELS, "any"))
    )
    wishes = yield Choice(
        name="wishes",
        section="find",
        personal=False,
        many=True,
        may_be_none=True,
        options=(Option(key="free", icon="bed"), Option(key="dementia", icon="heart")),
    )
    found = [
        row
        for row in rows
        if area["chosen"] in ("any", row.county)
        and _is_in_band(row, price["chosen"])
        and level["chosen"] in ("any", *row.care_levels)
        and (row.free_beds or "free" not in wishes["chosen"])
        and (row.dementia_unit or "dementia" not in wishes["chosen"])
    ]
    if not found:
        instead = yield Choice(
            name="none_fits",
            section="find",
            personal=False,
            options=(Option(key="all", icon="list"), Option(key="talk", icon="users")),
        )
        found = list(rows) if instead["chosen"] == "all" else []
    if not found:
        return None
    found.sort(key=lambda row: (row.price_fen_month_from, row.id))
    chosen = yield Choice(
        name="home",
        section="find",
        style="list",
        personal=False,
        options=tuple(Option(key=row.id, text=_said(row.name), note=_short(row)) for row in found),
    )
    return next(row for row in found if row.id == chosen["chosen"])


def _is_in_band(home: Any, band: str) -> bool:
    low, high = BANDS_YUAN[band]
    return bool(home.price_fen_month_from <= high * 100 and home.price_fen_month_to >= low * 100)


def _tour(visit: Visit, home: Any) -> Flow:
    """参观. Only this home's own times were given to this site; another home calls the visitor."""
    offered = times(visit, "care_home") if home.id == visit.facility else []
    at = yield from ask_time(visit, "care_home", "book", offered)
    phone = yield Pad(name="phone", section="book", kind="phone", may_skip=True)
    yield Review(name="check", section="book", lines=(
        Line("care_home.which", _said(home.name), "home"),
        Line("care_home.when", at.said if at else "care_home.when.later", "date" if at else ""),
        _phone_line(phone["typed"]),
    ))  # fmt: skip
    return Ending(
        key="tour" if at else "tour_asked",
        target=f"tour.{home.id}.{at.key if at else ''}",
        answers={"what": "tour", "home": home.id, "slot": at.key if at else ""},
        sealed={"phone": phone["typed"]},
        slots=(at.key,) if at else (),
        receipt=(
            *((Line("care_home.when", at.said),) if at else ()),
            *_address(home),
            _sent(visit),
        ),
    )


def _bed(visit: Visit, home: Any, snapshot: Snapshot) -> Flow:
    """留床位. The home confirms; here a bed is asked for, as long as the last count of free ones has one left."""
    who = yield from identify(visit, "applicant", "book", must_be_valid=False, face=False)
    phone = yield Pad(name="phone", section="book", kind="phone", may_skip=True)
    bed = f"care_bed/{home.id}@{snapshot.version}"
    is_free = visit.booked(bed) < home.free_beds
    yield Review(name="check", section="book", total_fen=home.deposit_fen if is_free else None, lines=(
        Line("care_home.which", _said(home.name), "home"),
        who.line("care_home.applicant", "applicant.card"),
        Line("care_home.bed", "care_home.bed.free" if is_free else "care_home.bed.waiting"),
        _phone_line(phone["typed"]),
    ))  # fmt: skip
    persons = (who.person,) if who.person else ()
    answers = {"what": "bed", "home": home.id}
    reference = (f"care_homes@{snapshot.version}",)
    sealed = _sealed(persons, phone["typed"])
    if not is_free:
        return Ending(
            key="bed_waiting",
            persons=persons,
            target=f"bed.{home.id}",
            answers={**answers, "paid": ""},
            sealed=sealed,
            reference=reference,
            ticket=Ticket(queue="stay"),
            receipt=(*_address(home), _sent(visit)),
        )
    paid = "none"
    if home.deposit_fen:
        payment = yield Pay(
            name=f"pay.{home.id}",
            words="care_home.pay",
            section="book",
            order=f"{visit.case}-{home.id}"[:64],
            amount_fen=home.deposit_fen,
            values={"home": _said(home.name)},
        )
        paid = payment["state"]
    needs_counter = paid == "at_counter" or who.person is None
    return Ending(
        key="bed_counter" if needs_counter else "bed",
        persons=persons,
        target=f"bed.{home.id}",
        answers={**answers, "paid": paid},
        sealed=sealed,
        reference=reference,
        slots=(bed,),
        ticket=Ticket(queue="stay") if needs_counter else None,
        receipt=(
            Line("care_home.deposit", _yuan(home.deposit_fen)),
            Line("care_home.paid", f"care_home.paid.{paid}"),
            *_address(home),
            _sent(visit),
        ),
        trip_reason="card_fail" if who.why in ("unreadable", "unsupported", "reader_gone") else "normal",
    )


def booking_a_visit(visit: Visit) -> Flow:
    """预约看望. To any room the same answer: whether somebody wishes to be visited, the home asks them itself."""
    who = yield from identify(visit, "visitor", "who", must_be_valid=False, face=False)
    room = ""
    if own := family_rooms(visit, who.person):
        chosen = (yield Choice(name="family", section="who", options=family_options(own)))["chosen"]
        room = "" if chosen == OTHER_ROOM else chosen
    room = room or (yield Pad(name="room", section="who", kind="room"))["typed"]
    at = yield from ask_time(visit, "care_visit_booking", "when", times(visit, "care_visit"))
    persons = yield Choice(
        name="persons",
        section="when",
        personal=False,
        options=tuple(Option(key=str(number)) for number in range(1, MOST_PERSONS + 1)),
    )
    phone = yield Pad(name="phone", section="check", kind="phone", may_skip=True)
    yield Review(name="check", section="check", lines=(
        who.line("care_visit_booking.visitor", "visitor.card"),
        Line("care_visit_booking.to", room, "family" if own else "room", private=True),
        Line("care_visit_booking.when", at.said if at else "care_visit_booking.when.later", "date" if at else ""),
        Line("care_visit_booking.number", f"care_visit_booking.persons.{persons['chosen']}", "persons"),
        _phone_line(phone["typed"]),
    ))  # fmt: skip
    people = (who.person,) if who.person else ()
    return Ending(
        key="asked" if at is None else "booked" if visit.is_online else "noted",
        persons=people,
        target=f"{room.replace('-', '')}.{at.key if at else ''}",
        answers={"slot": at.key if at else "", "persons": persons["chosen"], "visitor": who.settled},
        sealed={**_sealed(people, phone["typed"]), "room": room},
        slots=(at.key,) if at else (),
        messages=_visit_message(visit, at, persons["chosen"], phone["typed"]),
        events=_booking(visit, at, who.person, room, phone["typed"]),
        staff="help" if at is None else "",
        receipt=(
            *(
                (
                    Line("care_visit_booking.when", at.said),
                    Line("care_visit_booking.code", booking_code(visit.case), private=True),
                )
                if at
                else ()
            ),
            Line("care_visit_booking.number", f"care_visit_booking.persons.{persons['chosen']}"),
            _sent(visit),
        ),
        trip_reason="card_fail" if who.why in ("unreadable", "unsupported", "reader_gone") else "normal",
    )


def _booking(visit: Visit, at: Time | None, person: Person | None, room: str, phone: str) -> tuple[BookingMade, ...]:
    """For the city, which gives it back to this site as one of its bookings as soon as the home has agreed."""
    if at is None:
        return ()
    return (BookingMade(
        case=visit.case, about="care_visit", date=at.day.isoformat(), time=at.time, room=room,
        code_hash=code_hash(visit.case, booking_code(visit.case)), phone_tail=phone[-4:],
        name_masked=person.name_masked if person else _NOBODY_READ, token=person.token if person else None,
    ),)  # fmt: skip


def _visit_message(visit: Visit, at: Time | None, persons: str, phone: str) -> tuple[Message, ...]:
    if at is None or not phone:
        return ()
    text = _VISIT_SMS.format(when=at.said.zh, persons=persons, code=booking_code(visit.case))
    return (Message(template="care.visit.booked", phone=phone, text=text, items=("when", "persons", "code", "bring")),)


def review(visit: Visit) -> Flow:
    """服务评价: once for a booking that was completed, found by its code or by the card of who booked."""
    how = yield Choice(
        name="how", personal=False, options=(Option(key="code", icon="ticket"), Option(key="card", icon="id-card"))
    )
    is_theirs: Callable[[Any], bool]
    if how["chosen"] == "code":
        typed = (yield Pad(name="code", kind="code", may_scan=visit.has_scanner))["typed"]
        is_theirs = lambda booking: booking.has_code(typed)  # noqa: E731
    else:
        who = yield from identify(visit, "visitor", "", must_be_valid=False, face=False)
        token = who.person.token if who.person else None
        is_theirs = lambda booking: token in [person.token for person in booking.persons]  # noqa: E731
    snapshot = visit.snapshot("bookings")
    if snapshot is None:
        return Ending(key="later", state=None, rating=False)
    completed = [
        row
        for row in snapshot.rows
        if row.matter in ("care_visit", "care_home") and row.state == "completed" and is_theirs(row)
    ]
    if not completed:
        return Ending(key="not_yet", state=None, rating=False)
    booking = max(completed, key=lambda row: (row.date, row.time))
    once = f"care_review/{booking.booking}"
    if visit.booked(once):
        return Ending(key="already", state=None, rating=False)
    score = yield Choice(
        name="score",
        style="list",
        personal=False,
        options=tuple(Option(key=str(number), icon=f"rate-{number}") for number in (5, 4, 3, 2, 1)),
    )
    return Ending(
        key="thanks",
        target=booking.booking,
        answers={"booking": booking.booking, "score": score["chosen"]},
        slots=(once,),
        once=once,
        events=(
            ReviewGiven(case=visit.case, target=visit.facility, score=int(score["chosen"]), booking=booking.booking),
        ),
        undo=False,  # it has been told
        stands=True,
        rating=False,
    )


def _said(label: Any) -> Said:
    return Said(label.zh, label.en)


def _yuan(fen: int) -> Said:
    return Said(f"{fen // 100} 元", f"CNY {fen // 100}")


def _prices(home: Any) -> Said:
    low, high = home.price_fen_month_from // 100, home.price_fen_month_to // 100
    return Said(f"每月 {low}–{high} 元", f"CNY {low}–{high} a month")


def _short(home: Any) -> Said:
    price = _prices(home)
    return Said(f"{price.zh}，空床 {home.free_beds} 张", f"{price.en}, {home.free_beds} beds free")


def _facts(home: Any) -> tuple[Line, ...]:
    levels = "_".join(level for level in LEVELS if level in home.care_levels)
    return (
        Line("care_home.price_range", _prices(home)),
        Line("care_home.free", Said(f"{home.free_beds} 张，共 {home.beds} 张", f"{home.free_beds} of {home.beds}")),
        Line("care_home.levels", f"care_home.levels.{levels}"),
        Line("care_home.dementia", "care_home.dementia.yes" if home.dementia_unit else "care_home.dementia.no"),
        Line("care_home.deposit", _yuan(home.deposit_fen)),
        Line("care_home.telephone", home.phone),
    )


def _address(home: Any) -> tuple[Line, ...]:
    return (
        Line("care_home.which", _said(home.name)),
        *((Line("care_home.address", home.address),) if home.address else ()),
        Line("care_home.telephone", home.phone),
    )


def _phone_line(phone: str) -> Line:
    tail = Said(f"尾号 {phone[-4:]}", f"ending in {phone[-4:]}") if phone else "care_home.phone.none"
    return Line("care_home.your_phone", tail, "phone", private=True)


def _sent(visit: Visit) -> Line:
    """Off line the slip says that the home does not know of it yet."""
    return Line("care_home.sent", "care_home.sent.now" if visit.is_online else "care_home.sent.later")


def _sealed(persons: Sequence[Person], phone: str) -> dict[str, Any]:
    return {"persons": [one.as_json() for one in persons], "phone": phone}


MOVING_IN = Matter(name="care_home", theme="care", open=moving_in, sections=("find", "home", "book"), icon="building")
VISIT_BOOKING = Matter(
    name="care_visit_booking",
    theme="care",
    open=booking_a_visit,
    sections=("who", "when", "check"),
    icon="calendar",
)
REVIEW = Matter(name="care_review", theme="care", open=review, icon="star")
MATTERS: tuple[Matter, ...] = (VISIT_BOOKING, MOVING_IN, REVIEW)
