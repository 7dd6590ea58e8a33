"""The intake at the relief station (求助登记): staff read it aloud, line by line, and write down what is said.

Sources: 民发〔2014〕132号: body and mind first; who is ill or hurt goes to a doctor before anything is asked. Order 381
(2003) and its rules (ministry order 24): four conditions, a voluntary request, belongings registered; the old, the
young, the disabled and those who cannot say who they are, are helped first and asked later. Every field may stay 不知道
or 不愿说, and neither costs anything. No face, no fee; the page never says no: a refusal is a written paper by people
(edge.domain.visits.relief_notices).
"""

from collections.abc import Collection, Generator, Mapping
from typing import Any, Literal

from contract.identifiers.area import AREAS
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.person import Person, person_of
from edge.domain.visits.questions import (
    Answer,
    Card,
    Choice,
    Consent,
    Counted,
    Line,
    Option,
    Pad,
    Question,
    Review,
    Said,
    Sign,
)
from edge.domain.visits.relief_notices import Described

NAME = "relief_intake"
OPEN = ("unknown", "unwilling")
"""What may be answered everywhere, and stands on the page like every other answer."""
ICONS: Mapping[str, str] = {
    "health.well": "check", "health.hurt": "alert", "health.ill": "medical", "doctor.go": "medical",
    "doctor.seen": "check", "paper.have": "id-card", "name.told": "pen", "age.child": "child", "age.adult": "user",
    "age.old": "elder", "ability.walking": "wheelchair", "company.alone": "user", "company.child": "child",
    "company.adult": "users", "company.old": "elder", "company.pet": "pet", "came.self": "door-in",
    "came.police": "shield", "came.city_management": "building", "came.citizen": "users", "came.hospital": "medical",
    "home.city": "home", "home.province": "bus", "home.elsewhere": "map", "phone.told": "phone", "kept.safe": "box",
    "kept.self": "user", "agree.sign": "pen", "agree.spoken": "users", "agree.later": "clock",
}  # fmt: skip
"""Pictures for who does not read; an answer without one is only read aloud."""
HEALTH = ("well", "hurt", "ill", "fever", "confused", "drunk")
HOSPITAL_FIRST = frozenset(HEALTH) - {"well"}
CONDITIONS: Mapping[str, str] = {"lodging": "no", "kin": "no", "support": "no", "living": "yes"}
"""Eligible (救助对象) is who answers so: no means for food and bed, no kin, no 低保 or 特困供养, sleeping rough."""
THINGS = ("bag", "phone", "papers", "money", "medicine", "clothes", "other")
COUNTIES = ("330802", "330803")
"""Whose desks share the tasks where somebody is found (属地管理); elsewhere is the city's station."""

Outcome = Literal["helped_first", "taken_in", "check_later", "staff_decides"]
_OLD_AGE, _OF_AGE = 60, 18
_IN_A_LIST = 5  # what fits on one page below each other
_Asked = Generator[Question, Answer, Any]


def outcome(conditions: Mapping[str, str], *, helped_first: bool) -> Outcome:
    """`conditions`: yes, no, unknown or unwilling, by CONDITIONS. An open one is looked into later."""
    if helped_first:
        return "helped_first"
    open_ones = [name for name in CONDITIONS if conditions.get(name) not in ("yes", "no")]
    if any(conditions[name] != met for name, met in CONDITIONS.items() if name not in open_ones):
        return "staff_decides"
    return "check_later" if open_ones else "taken_in"


def intake(visit: Visit) -> Flow:
    health = (yield _choice("health", *HEALTH, section="body", many=True))["chosen"]
    told = {"health": ",".join(health)}
    if HOSPITAL_FIRST & set(health):
        told["doctor"] = doctor = (yield _choice("doctor", "go", "seen", section="body", is_open=False))["chosen"]
        if doctor == "go":
            return Ending(key="hospital", target=visit.case, answers=told, staff="medical", undo=False, rating=False)
    told["harm"] = (yield _choice("harm", "yes", "no", section="body"))["chosen"]
    slip = (yield Pad(name="slip", kind="code", section="who", personal=False, may_skip=True))["typed"]
    person, sealed = yield from _who(told)
    age, sex = yield from _age_and_sex(visit, person, told)
    told["ability"] = (yield _choice("ability", "none", "walking", "hearing", "mind", section="who"))["chosen"]
    for name, keys in (
        ("company", ("alone", "child", "adult", "old", "pet")),
        ("came", ("self", "police", "city_management", "citizen", "hospital")),
        ("found", (*COUNTIES, "elsewhere")),
        ("home", ("city", "province", "elsewhere")),
    ):
        told[name] = (yield _choice(name, *keys, section="who"))["chosen"]
    seen = {} if person else (yield from _seen())
    phone = yield from _kin(told)
    helped_first = is_helped_first(age, told["ability"], told["identity"])
    told |= yield from _conditions(helped_first=helped_first)
    told["outcome"] = outcome(told, helped_first=helped_first)
    things = (yield Counted(name="things", section="things", items=tuple(Option(key=key) for key in THINGS)))["counts"]
    told["kept"] = (yield _choice("kept", "safe", "self", section="things"))["chosen"]
    beds = free_beds(visit, rooms(sex, age, told["company"], is_ill=bool(HOSPITAL_FIRST & set(health))))
    bed = (yield Choice(name="bed", section="things", style="list", options=(*beds.values(), Option(key="later"))))[
        "chosen"
    ]
    told["bed"] = bed
    bed_text = beds[bed].text if bed in beds else f"{NAME}.bed.later"
    assert bed_text is not None
    yield Review(name="check", section="agree", lines=_lines(told, sealed["name"], things, bed_text))
    told["agreed"], witness = yield from _agreement(person)
    about = Described(
        said_name=sealed["name"], sex=sex, age=age, **seen, home=told["home"], company=told["company"],
        found=told["found"], came=told["came"], is_harmed=told["harm"] == "yes", belongings=things,
    )  # fmt: skip
    told["police"] = "at_once" if about.is_urgent else "" if person else "ask"
    return Ending(
        key=told["outcome"],
        persons=(person,) if person else (),
        target=visit.case,
        answers={name: said for name, said in told.items() if said},
        sealed={**sealed, "slip": slip, "phone": phone, "witness": witness, "described": about.as_json()},
        slots=(bed_slot(visit, bed),) if bed in beds else (),
        receipt=(Line("relief_intake.bed", bed_text), Line("relief_intake.leave", "relief_intake.leave.any")),
        values={"bed": bed_text},
        undo=False,
        rating=False,
    )


def is_helped_first(age: str, ability: str, identity: str) -> bool:
    """先救助后查询: the young, the old, the disabled, and who cannot say who they are."""
    return age in ("child", "old") or ability in ("walking", "hearing", "mind") or identity == "unknown"


def rooms(sex: str, age: str, company: str, *, is_ill: bool) -> Collection[str]:
    """In which sections somebody may sleep. No adult sleeps among minors, and nobody alone in another sex's room."""
    if is_ill:
        return ("medical",)
    if age == "child":
        return ("family",) if company in ("adult", "old") else ("minors",)
    if company in ("child", "old"):
        return ("family",)
    return {"man": ("men",), "woman": ("women",)}.get(sex, ())


def free_beds(visit: Visit, sections: Collection[str]) -> dict[str, Option]:
    """By `room-bed`; without a snapshot none, and staff find one."""
    snapshot = visit.snapshot("relief_beds")
    rows = [row for row in (snapshot.rows if snapshot else ()) if row.section in sections and row.state == "free"]
    return {
        key: Option(key=key, icon="bed", text=Said(f"{row.room} 室 {row.bed} 床", f"Room {row.room}, bed {row.bed}"))
        for row in rows
        if not visit.booked(bed_slot(visit, key := f"{row.room}-{row.bed}"))
    }


def bed_slot(visit: Visit, bed: str) -> str:
    """A bed of one night; the next day the city's snapshot knows."""
    return f"relief_bed/{bed}/{visit.day.isoformat()}"


def _who(told: dict[str, str]) -> Generator[Question, Answer, tuple[Person | None, dict[str, Any]]]:
    """`told["identity"]`: card, told (a name is no identity), unwilling or unknown."""
    paper = (yield _choice("paper", "have", "none", section="who"))["chosen"]
    if paper == "have":
        card = yield Card(name="card", section="who")
        if "instead" not in card:
            person = person_of(card)
            told["identity"] = "card"
            return person, {"persons": [person.as_json()], "name": person.name}
        told["why"] = card["instead"]
    told["identity"], name = yield from _said("name", "place_name")
    return None, {"persons": [], "name": name}


def _age_and_sex(
    visit: Visit, person: Person | None, told: dict[str, str]
) -> Generator[Question, Answer, tuple[str, str]]:
    if person:
        years = person.age(visit.day)
        age = "child" if years < _OF_AGE else "old" if years >= _OLD_AGE else "adult"
        sex = {"male": "man", "female": "woman"}.get(person.sex, "unknown")
    else:
        sex = (yield _choice("sex", "man", "woman", section="who"))["chosen"]
        age = (yield _choice("age", "child", "adult", "old", section="who"))["chosen"]
    told |= {"age": age, "sex": sex}
    return age, sex


def _seen() -> Generator[Question, Answer, dict[str, str]]:
    """What eyes and ears know of somebody whom nobody can name; for the notices."""
    accent = (yield _choice("accent", "local", "province", "elsewhere", "silent", section="who"))["chosen"]
    height = (yield Pad(name="height", kind="number", section="who", may_skip=True))["typed"]
    return {"accent": accent, "height_cm": height}


def _kin(told: dict[str, str]) -> Generator[Question, Answer, str]:
    """A number of the family, and whether it may be called: without a yes nobody is."""
    told["kin_phone"], phone = yield from _said("phone", "phone")
    if not phone:
        return ""
    may = yield Consent(name="contact", section="who", scope="contact", slow=True)
    told["contact"] = may["way"]
    return phone


def _conditions(*, helped_first: bool) -> Generator[Question, Answer, dict[str, str]]:
    """Not asked of those who are helped first."""
    answers: dict[str, str] = {}
    for name in () if helped_first else CONDITIONS:
        answers[name] = (yield _choice(name, "yes", "no", section="conditions"))["chosen"]
    return answers


def _agreement(person: Person | None) -> Generator[Question, Answer, tuple[str, str]]:
    """Signed with a finger, or spoken before a member of staff; who can do neither is helped and asked again later."""
    way = (yield _choice("agree", "sign", "spoken", "later", section="agree", is_open=False))["chosen"]
    if way == "sign":
        token = person.token if person else ""
        signed = yield Sign(name="request", section="agree", slow=True, document="relief.request@2026-11", signer=token)
        return ("signed", "") if signed["how"] != "window" else ("later", "")
    if way == "spoken":
        witness = (yield Pad(name="witness", kind="number", section="agree", personal=False))["typed"]
        return "spoken", witness
    return "later", ""


def _said(name: str, kind: Literal["phone", "place_name"]) -> Generator[Question, Answer, tuple[str, str]]:
    """What somebody says of themselves: ("told", text), or why there is none."""
    way = (yield _choice(name, "told", section="who"))["chosen"]
    if way != "told":
        return way, ""
    return "told", (yield Pad(name=f"{name}.typed", kind=kind, section="who"))["typed"]


def _choice(name: str, *keys: str, section: str, many: bool = False, is_open: bool = True) -> Choice:
    texts = {key: Said(AREAS[key].zh, AREAS[key].en) for key in keys if key in AREAS}
    options = tuple(
        Option(key=key, text=texts.get(key), icon=_icon(name, key)) for key in (*keys, *(OPEN if is_open else ()))
    )
    style: Literal["list", "pairs"] = "pairs" if many or len(options) > _IN_A_LIST else "list"
    return Choice(name=name, section=section, style=style, options=options, many=many, stays=frozenset(OPEN))


def _icon(name: str, key: str) -> str:
    return {"unknown": "circle-help", "unwilling": "user"}.get(key, ICONS.get(f"{name}.{key}", ""))


def _lines(told: Mapping[str, str], name: str, things: Mapping[str, int], bed: str | Said) -> tuple[Line, ...]:
    count = sum(things.values())
    called = name if name else f"{NAME}.name.{told['identity']}"
    asked_name = "card" if told["identity"] == "card" else "name"
    return (
        Line(f"{NAME}.name", called, asked_name, private=True),
        Line(f"{NAME}.company", f"{NAME}.company.{told['company']}", "company"),
        Line(f"{NAME}.home", f"{NAME}.home.{told['home']}", "home", private=True),
        Line(f"{NAME}.things", Said(f"{count} 件", f"{count} things"), "things"),
        Line(f"{NAME}.bed", bed, "bed"),
    )


INTAKE = Matter(
    name=NAME,
    theme="relief",
    open=intake,
    sections=("body", "who", "conditions", "things", "agree"),
    icon="pen",
    keeps_draft=True,
    by_staff=True,
)
MATTERS = (INTAKE,)
