"""Booking a cremation (火化预约): who comes, for whom, when, which services at which price, what the family is told.

Sources: ux brief, flow C; 殡葬管理条例 as revised (2026-03-30): list-based charges, nothing outside the list; domain
brief, C28-C30. Nothing is ticked beforehand, and to go on without is always the main way. Off line all of it is done
with the places given to the site and the list that the box has, with its date. A second relative is told that there is
a booking and nothing of it; their contact is added to the one case.
"""

from collections.abc import Generator
from typing import Any, Literal

from contract.events.visits import LeafletGiven
from contract.reference_rows import PriceItem, PriceList
from edge.domain.visits.appointments import Time, ask_time, times
from edge.domain.visits.conversation import Ending, Flow, Matter, Message, Visit
from edge.domain.visits.cremation_notice import ITEMS, TEMPLATE, message
from edge.domain.visits.death_certificate import Deceased
from edge.domain.visits.matters.bereaved import Handler, ask_deceased, ask_handler, signed
from edge.domain.visits.price_list import GROUPS, Bill, bill_of, current, of_group, yuan
from edge.domain.visits.questions import (
    Answer,
    Choice,
    Counted,
    Line,
    Notice,
    Option,
    Pad,
    Question,
    Review,
    Said,
)

FREE = ("pick_up", "storage", "farewell", "cremation", "ashes")
"""Basic services by the regulation, for a box that has no list: chosen without a price, priced at the desk."""
_OnPaper = Literal["", "chosen", "no_phone", "offline"]
_NAME, _ROLES = "cremation", ("family", "trustee", "unit")


def booking(visit: Visit) -> Flow:
    role = yield Choice(
        name="role",
        section="who",
        personal=False,
        options=(Option(key="together", icon="users"), *(Option(key=key) for key in _ROLES)),
    )
    if role["chosen"] == "together":
        return Ending(key="together", answers={"role": "together"}, target="together", staff="help")
    handler = yield from ask_handler(visit, role["chosen"])
    deceased = yield from ask_deceased()
    if deceased is not None and visit.booked(_mark(deceased)):
        return (yield from _second_relative(handler, deceased))
    time = yield from ask_time(visit, _NAME, "when", times(visit, _NAME))
    snapshot = visit.snapshot("price_list")
    prices = current(snapshot)
    if prices is None or snapshot is None:
        return (yield from _without_prices(visit, handler, deceased, time))
    bill = yield from _services(prices)
    lines = (handler.line(_NAME), _when(time), *_bill_lines(bill, prices))
    yield Review(name="check", section="check", lines=lines, total_fen=bill.to_pay_fen)
    decided = yield Choice(
        name="decide",
        section="check",
        personal=False,
        options=(Option(key="book", icon="check"), Option(key="take", icon="printer")),
    )
    if decided["chosen"] == "take":
        return Ending(key="taken", state=None, receipt=_told(time, bill, prices), slip=lines[2:], rating=False)
    is_signed = yield from signed(handler, "cremation.order@2026-11", "order", "sign", lines[1:])
    text = _text(time, bill, prices)
    phones, on_paper = yield from _whom_to_tell(text)
    if phones and not visit.is_online:
        on_paper = "offline"
    needs_desk = not (time and deceased and handler.persons and is_signed)
    return Ending(
        key="no_time" if time is None else "booked" if visit.is_online else "booked_offline",
        persons=handler.persons,
        target=time.key if time else "",
        once=deceased.token if deceased else "",
        answers={
            **_answers(handler, deceased, time),
            "list": bill.version,
            "lines": str(len(bill.lines)),
            "to_pay_fen": str(bill.to_pay_fen),
            "signed": "1" if is_signed else "0",
        },
        sealed={**_sealed(handler, deceased), "phones": list(phones), "services": bill.counts},
        reference=(f"price_list@{snapshot.version}",),
        ticket=handler.ticket(visit, _NAME) if needs_desk else None,
        messages=tuple(Message(template=TEMPLATE, phone=phone, text=text, items=ITEMS) for phone in phones),
        staff="" if deceased else "help",
        slots=_slots(deceased, time),
        receipt=(*_told(time, bill, prices), *_to_bring(handler, deceased, is_signed=is_signed)),
        slip=_bill_lines(bill, prices),
        values={"when": time.said if time else ""},
        events=(LeafletGiven(case=visit.case, template=TEMPLATE, reason=on_paper),) if on_paper else (),
        trip_reason=_trip_reason(handler, deceased),
    )


def _second_relative(handler: Handler, deceased: Deceased) -> Generator[Question, Answer, Ending]:
    """Nothing of the booking is told here: its first contact is asked before."""
    add = yield Choice(
        name="already",
        section="deceased",
        options=(Option(key="add", icon="user-plus"), Option(key="no", icon="home")),
    )
    if add["chosen"] == "no":
        return Ending(key="already", state=None, rating=False)
    phone = yield Pad(name="contact", section="deceased", kind="phone")
    return Ending(
        key="contact",
        state=None,
        once=deceased.token,
        joins=True,
        answers={"relation": handler.relation},
        sealed={**handler.sealed, "relation": handler.relation, "phone": phone["typed"]},
        rating=False,
    )


def _services(prices: PriceList) -> Generator[Question, Answer, Bill]:
    """One page for each group of the list, the government-set one first."""
    counts: dict[str, int] = {}
    for group in GROUPS:
        items = of_group(prices, group)
        if not items:
            continue
        counted = yield Counted(
            name=group,
            section="services",
            personal=False,
            slow=True,
            items=tuple(_offered(item) for item in items),
            prices={item.id: item.to_pay_fen for item in items},
            values={"list": prices.list_version},
        )
        counts |= counted["counts"]
    return bill_of(prices, counts)


def _without_prices(
    visit: Visit, handler: Handler, deceased: Deceased | None, time: Time | None
) -> Generator[Question, Answer, Ending]:
    chosen = yield Choice(
        name="free",
        section="services",
        personal=False,
        many=True,
        may_be_none=True,
        options=tuple(Option(key=key) for key in FREE),
    )
    yield Review(name="check_free", section="check", lines=(
        handler.line(_NAME),
        _when(time),
        *(Line(f"cremation.free.{key}", "cremation.price_at_desk", "free") for key in chosen["chosen"]),
    ))  # fmt: skip
    return Ending(
        key="at_desk",
        persons=handler.persons,
        target=time.key if time else "",
        once=deceased.token if deceased else "",
        answers={**_answers(handler, deceased, time), "list": "none", "services": ",".join(chosen["chosen"])},
        sealed=_sealed(handler, deceased),
        sources={"deceased": "scanned"},
        ticket=handler.ticket(visit, _NAME),
        staff="" if deceased else "help",
        slots=_slots(deceased, time),
        receipt=(_when(time), *_to_bring(handler, deceased, is_signed=False)),
        trip_reason=_trip_reason(handler, deceased),
    )


def _whom_to_tell(text: str) -> Generator[Question, Answer, tuple[tuple[str, ...], _OnPaper]]:
    """The phones; or why it is told on paper alone. The very text is shown before it goes."""
    how = yield Choice(
        name="tell",
        section="sign",
        personal=False,
        options=(Option(key="message", icon="phone"), Option(key="paper", icon="printer")),
    )
    if how["chosen"] == "paper":
        return (), "chosen"
    first = yield Pad(name="phone", section="sign", kind="phone", may_skip=True)
    if not first["typed"]:
        return (), "no_phone"
    second = yield Pad(name="phone_2", section="sign", kind="phone", may_skip=True)
    yield Notice(name="text", section="sign", slow=True, values={"text": text})
    return tuple(dict.fromkeys(filter(None, (first["typed"], second["typed"])))), ""


def _text(time: Time | None, bill: Bill, prices: PriceList) -> str:
    when = f"{time.day.month}月{time.day.day}日{time.time}" if time else ""
    return message(when, bill, prices.supervision_phone)


def _offered(item: PriceItem) -> Option:
    price, relief = yuan(item.price_fen), yuan(item.relief_fen)
    note = Said(
        f"每{item.unit.zh}定价 {price}，减免 {relief}，依据{item.basis}",
        f"list price {price} per {item.unit.en}, relief {relief}; {item.basis}",
    )
    return Option(key=item.id, text=_said(item.name), note=note)


def _bill_lines(bill: Bill, prices: PriceList) -> tuple[Line, ...]:
    """Every line, then 合计 and 减免, and the list that they come from."""
    return (
        *(
            Line(
                Said(f"{line.item.name.zh} × {line.count}", f"{line.item.name.en or line.item.name.zh} × {line.count}"),
                _money(line.to_pay_fen),
                line.item.group,
            )
            for line in bill.lines
        ),
        Line("cremation.price", _money(bill.price_fen)),
        Line("cremation.relief", _money(bill.relief_fen)),
        Line("cremation.list", f"{prices.list_version} · {prices.effective_from}"),
    )


def _told(time: Time | None, bill: Bill, prices: PriceList) -> tuple[Line, ...]:
    """The four items on paper too, so that nobody depends on a message."""
    return (
        _when(time),
        Line("cremation.services", "cremation.services.value"),
        Line("cremation.process", "cremation.process.value"),
        Line("cremation.to_pay", _money(bill.to_pay_fen)),
        Line("cremation.supervision", prices.supervision_phone),
    )


def _to_bring(handler: Handler, deceased: Deceased | None, *, is_signed: bool) -> tuple[Line, ...]:
    """All that is missing, at once."""
    missing = (
        ("card", not handler.persons),
        ("certificate", deceased is None),
        ("letter", handler.relation == "later"),
        ("signature", not is_signed and bool(handler.persons)),
    )
    return tuple(Line("cremation.bring", f"cremation.bring.{what}") for what, is_missing in missing if is_missing)


def _when(time: Time | None) -> Line:
    return Line("cremation.when", time.said if time else "cremation.when.open", "date" if time else "")


def _answers(handler: Handler, deceased: Deceased | None, time: Time | None) -> dict[str, str]:
    certificate = "scanned" if deceased else "none"
    return {**handler.codes, "certificate": certificate, "time": time.key if time else ""}


def _sealed(handler: Handler, deceased: Deceased | None) -> dict[str, Any]:
    return {**handler.sealed, "deceased": deceased.as_json() if deceased else {}}


def _slots(deceased: Deceased | None, time: Time | None) -> tuple[str, ...]:
    return (*((time.key,) if time else ()), *((_mark(deceased),) if deceased else ()))


def _mark(deceased: Deceased) -> str:
    """There is one place for each of the deceased; it is free again when the booking is taken back."""
    return f"deceased/{deceased.token}"


def _trip_reason(handler: Handler, deceased: Deceased | None) -> Any:
    if handler.failed_card:
        return "card_fail"
    return "normal" if deceased and handler.relation != "later" else "missing_document"


def _money(fen: int) -> Said:
    return Said(f"{yuan(fen)} 元", f"CNY {yuan(fen)}")


def _said(label: Any) -> Said:
    return Said(label.zh, label.en or label.zh)


BOOKING = Matter(
    name=_NAME,
    theme="funeral",
    open=booking,
    sections=("who", "deceased", "when", "services", "check", "sign"),
    icon="calendar",
    keeps_draft=True,
)
MATTERS: tuple[Matter, ...] = (BOOKING,)
