"""Taking remains out of the city (遗体外运): all that the duty approver at the desk needs, in one visit.

Source: domain brief, C31 and 4.4: applicant and relation, the deceased's identity, death certificate, the receiving
home's acceptance, the hearse. The approver signs, and the permit (edge.domain.visits.permit) is printed at once; none
of it needs the network. What is missing is told once, and the applicant has a number all the same.
"""

from collections.abc import Generator

from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.death_certificate import Deceased
from edge.domain.visits.matters.bereaved import Handler, ask_deceased, ask_handler, signed
from edge.domain.visits.person import Person, mask_phone, person_of
from edge.domain.visits.questions import Answer, Card, Choice, Line, Option, Pad, Question, Review, Said

PROVINCES = "浙皖赣闽苏沪京津冀晋蒙辽吉黑鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
"""First signs of number plates (GA 36), the neighbours first."""
_NAME = "outbound_transfer"


def applying(visit: Visit) -> Flow:
    role = yield Choice(
        name="role",
        section="who",
        personal=False,
        options=(
            Option(key="family", icon="users"),
            Option(key="trustee", icon="user"),
            Option(key="unit", icon="work"),
        ),
    )
    handler = yield from ask_handler(visit, role["chosen"])
    deceased = yield from ask_deceased()
    card = yield from _deceased_card(handler)
    acceptance = yield Choice(
        name="acceptance",
        section="journey",
        personal=False,
        options=(Option(key="here", icon="file-text"), Option(key="later", icon="circle-help")),
    )
    home = yield Pad(name="home", section="journey", kind="place_name", personal=False, may_skip=True)
    plate = yield from _plate()
    phone = yield Pad(name="phone", section="journey", kind="phone", may_skip=True)
    lines = (
        handler.line(_NAME),
        Line("outbound_transfer.home", home["typed"] or "outbound_transfer.later", "home"),
        Line("outbound_transfer.line.plate", plate or "outbound_transfer.later", "province"),
        Line("outbound_transfer.phone", mask_phone(phone["typed"]) if phone["typed"] else "outbound_transfer.none",
             "phone", private=True),
    )  # fmt: skip
    yield Review(name="check", section="check", lines=lines)
    is_signed = yield from signed(handler, "outbound_transfer.statement@2026-11", "statement", "check", lines[:3])
    missing = {
        "card": not handler.persons,
        "letter": handler.relation == "later",
        "certificate": deceased is None,
        "identity": card is None,
        "acceptance": acceptance["chosen"] == "later",
        "home": not home["typed"],
        "plate": not plate,
        "signature": bool(handler.persons) and not is_signed,
    }
    lacking = [what for what, is_missing in missing.items() if is_missing]
    return Ending(
        key="incomplete" if lacking else "desk",
        persons=handler.persons,
        target="transfer",
        once=deceased.token if deceased else "",
        answers={**handler.codes, "missing": ",".join(lacking), "acceptance": acceptance["chosen"]},
        sealed={
            **handler.sealed,
            "phone": phone["typed"],
            "deceased": _about(deceased, card),
            "home": home["typed"],
            "plate": plate,
        },
        sources={"deceased": "card" if card else "scanned"},
        ticket=handler.ticket(visit, "transfer"),
        staff="help",  # 随到随办: the duty approver is told at once
        receipt=tuple(Line("outbound_transfer.bring", f"outbound_transfer.bring.{what}") for what in lacking),
        trip_reason="card_fail" if handler.failed_card else "missing_document" if lacking else "normal",
    )


def _deceased_card(handler: Handler) -> Generator[Question, Answer, Person | None]:
    """The card of the deceased, valid or not; without one the police's proof is seen at the desk."""
    card = yield Card(
        name="deceased_card",
        words="outbound_transfer.deceased_card",
        section="deceased",
        not_tokens=frozenset(one.token for one in handler.persons),
    )
    return None if "instead" in card else person_of(card)


def _plate() -> Generator[Question, Answer, str]:
    """浙H12345; "" where the hearse is not known yet."""
    province = yield Choice(
        name="province",
        section="journey",
        style="slots",
        personal=False,
        options=(
            *(Option(key=sign, text=Said(sign, sign)) for sign in PROVINCES),
            Option(key="later"),
        ),
    )
    if province["chosen"] == "later":
        return ""
    rest = yield Pad(
        name="plate", section="journey", kind="plate", personal=False, values={"province": province["chosen"]}
    )
    return f"{province['chosen']}{rest['typed']}"


def _about(deceased: Deceased | None, card: Person | None) -> dict[str, str]:
    """The card knows the name better than the certificate's code."""
    certificate = dict(deceased.as_json()) if deceased else {"certificate": "", "name": "", "sex": "0", "died": ""}
    return certificate | ({"name": card.name, "number": card.number} if card else {})


APPLYING = Matter(
    name=_NAME,
    theme="funeral",
    open=applying,
    sections=("who", "deceased", "journey", "check"),
    icon="truck",
    keeps_draft=True,
)
MATTERS: tuple[Matter, ...] = (APPLYING,)
