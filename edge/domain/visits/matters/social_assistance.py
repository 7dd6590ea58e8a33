"""Social assistance (社会救助): one form for everything, for oneself or for somebody else.

Sources: domain brief C41-C43 (一窗受理, 多表合一, 网格员代办), ux brief flow G; 社会救助暂行办法: papers may follow,
what is missing is told once and whole, and who is in an emergency is helped before anything is filled in. Each adult
agrees for themselves to the check of the family's means (家庭经济状况核对), here or when somebody comes to the home; an
agent agrees for nobody. No face is asked for. The form is whole without the network; only the checks wait for it.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from contract.identifiers.area import AREAS
from contract.special_relief import FIELDS, NEEDS, RECOGNISED
from edge.domain.visits.assistance_form import Form, Means, Member
from edge.domain.visits.conversation import Ending, Flow, Matter, Message, Ticket, Visit
from edge.domain.visits.person import Person, person_of
from edge.domain.visits.questions import (
    Answer,
    Card,
    Choice,
    Consent,
    Line,
    Notice,
    Option,
    Pad,
    Question,
    Review,
    Said,
    Sign,
)
from edge.domain.visits.special_relief import papers_of

_NAME = "social_assistance"
MOST_FAMILY = 8  # persons of a household on one form; more are written down at the home visit
EARNING_AGE, ADULT_AGE = 16, 18
RELATIONS = ("spouse", "child", "parent", "sibling", "grandchild", "other")
_STATEMENT = f"{_NAME}.statement"
_SMS = "【社会救助】申请已收到。工作人员会先打电话，再到家里来。还缺的材料，到时一起交。查进度请看小票。"
_ICONS: Mapping[str, str] = {
    "food": "food", "illness": "medical", "work": "work", "disability": "wheelchair", "school": "school",
    "housing": "home", "sudden": "alert",
}  # fmt: skip


def application(visit: Visit) -> Flow:
    needs = (yield Choice(
        name="needs", section="need", style="list", many=True,
        options=tuple(Option(key=need, icon=_ICONS[need]) for need in NEEDS),
    ))["chosen"]  # fmt: skip
    if "sudden" in needs:
        urgent = yield _one_of("urgent", "need", now="alert", later="clock")
        if urgent["chosen"] == "now":
            return Ending(key="urgent", staff="help", answers={"urgent": "now"}, sealed={"form": {"needs": needs}})
    whom = (yield _one_of("whom", "need", own="user", other="users"))["chosen"]
    has_agent, agent, agent_is = whom == "other", None, ""
    if has_agent:
        agent_is = (yield _one_of("agent", "need", relative="users", grid_worker="id-card", other="user"))["chosen"]
        agent = yield from _card("agent.card", f"{_NAME}.agent_card", ())
    family = yield from _family(whom, agent)
    status = (yield _one_of("status", "means", low_income="", extreme_poverty="", none="", unknown=""))["chosen"]
    means = Means({}) if status in RECOGNISED else (yield from _means(visit, family))
    agreed = yield from _agreement(visit, family[0], has_agent=has_agent)
    wanted = papers_of(needs, status, has_agent=has_agent)
    here: Sequence[str] = ()
    if wanted:
        here = (yield Choice(
            name="papers", section="papers", style="list", many=True, may_be_none=True,
            options=tuple(Option(key=paper) for paper in wanted),
        ))["chosen"]  # fmt: skip
    phone = (yield Pad(name="phone", section="papers", kind="phone", may_skip=True))["typed"]
    form = Form(tuple(needs), tuple(family), status, means, wanted, tuple(here), phone)
    yield Review(name="check", section="sign", lines=form.lines)
    signed, more = 0, 0
    if agreed or has_agent:
        signed, more = yield from _signatures(visit, form, agent, has_agent=has_agent)
    adults = sum(_is_adult(visit, member) for member in family)
    answers = {"for": whom, "agent": agent_is, "authorised": f"{agreed + more}/{adults}", "signed": str(signed)}
    return _ending(visit, form, agent, _key(visit, form, agreed=agreed or has_agent), answers)


def _ending(visit: Visit, form: Form, agent: Person | None, key: str, answers: Mapping[str, str]) -> Ending:
    """Who they are is only in the sealed part, and what each owner may see of it."""
    cards = [member.person for member in form.family if member.person]
    persons = tuple({one.token: one for one in (*cards, *([agent] if agent else []))}.values())
    goes_on = key.startswith("submitted")
    comes = Line(f"{_NAME}.comes", f"{_NAME}.comes.{'call' if form.phone else 'no_phone'}")
    return Ending(
        key=key,
        persons=persons,
        target=f"household.{key.removesuffix('_offline')}" if form.family[0].person else visit.case,
        answers={
            **answers,
            "owners": ",".join(form.owners),
            "members": str(len(form.family)),
            "cards": str(len(cards)),
            "missing": ",".join(form.missing),
        },
        sealed={
            "persons": [one.as_json() for one in persons],
            "agent": agent.token if agent else "",
            "phone": form.phone,
            "form": form.as_json(),
            "may_see": {owner: list(FIELDS[owner]) for owner in form.owners},
        },
        ticket=None
        if goes_on
        else Ticket(queue="assistance", oldest_age=max((one.age(visit.day) for one in persons), default=0)),
        messages=(Message(template=_NAME, phone=form.phone, text=_SMS, items=("received", "who_comes", "missing")),)
        if goes_on and form.phone
        else (),
        receipt=(
            *([comes] if goes_on else []),
            *(Line(f"{_NAME}.missing", f"{_NAME}.papers.{paper}") for paper in form.missing),
        ),
        values={"county": _county(visit)},
    )


def _one_of(name: str, section: str, **options: str) -> Choice:
    """`options`: icons by key."""
    return Choice(
        name=name, section=section, options=tuple(Option(key=key, icon=icon) for key, icon in options.items())
    )


def _card(name: str, words: str, others: Sequence[Person]) -> Generator[Question, Answer, Person | None]:
    """Any card, valid or not: whether it has run out decides nothing here."""
    card = yield Card(name=name, words=words, section="family", not_tokens=frozenset(one.token for one in others))
    return None if "instead" in card else person_of(card)


def _family(whom: str, agent: Person | None) -> Generator[Question, Answer, list[Member]]:
    """The applicant first, then one card after the other, until nobody is left."""
    words = f"{_NAME}.applicant_card" if whom == "other" else f"{_NAME}.own_card"
    applicant = yield from _card("applicant.card", words, [agent] if agent else [])
    family = [Member(1, "applicant", applicant)]
    for number in range(2, MOST_FAMILY + 1):
        more = yield Choice(
            name=f"more.{number}",
            words=f"{_NAME}.more",
            section="family",
            values={"n": str(number - 1)},
            options=(
                Option(key="card", icon="id-card"),
                Option(key="no_card", icon="user-plus"),
                Option(key="none", icon="check"),
            ),
        )
        if more["chosen"] == "none":
            break
        person = None
        if more["chosen"] == "card":
            laid = [member.person for member in family if member.person]
            person = yield from _card(f"member.{number}.card", f"{_NAME}.member_card", laid)
        relation = yield Choice(
            name=f"member.{number}.relation",
            words=f"{_NAME}.relation",
            section="family",
            style="list",
            options=tuple(Option(key=one) for one in RELATIONS),
        )
        family.append(Member(number, relation["chosen"], person))
    return family


def _means(visit: Visit, family: Sequence[Member]) -> Generator[Question, Answer, Means]:
    """Income of everybody who may earn, then house and car."""
    incomes = dict[str, tuple[str, str]]()
    for member in family:
        if member.person is not None and member.person.age(visit.day) < EARNING_AGE:
            continue
        about: dict[str, Any] = {"section": "means", "values": member.values}
        source = yield Choice(
            name=f"{member.key}.income",
            words=f"{_NAME}.income",
            style="pictures",
            options=(
                Option(key="wage", icon="work"),
                Option(key="farming", icon="flower"),
                Option(key="pension", icon="elder"),
                Option(key="none", icon="circle-help"),
            ),
            **about,
        )
        amount: Answer = {"chosen": ""}
        if source["chosen"] != "none":
            amount = yield Choice(
                name=f"{member.key}.range",
                words=f"{_NAME}.range",
                options=tuple(Option(key=key) for key in ("low", "middle", "more", "high")),
                **about,
            )
        incomes[member.key] = source["chosen"], amount["chosen"]
    house = yield _one_of("house", "means", no="", one="home", more="building")
    car = yield _one_of("car", "means", no="", yes="truck")
    return Means(incomes, house["chosen"], car["chosen"])


def _agreement(visit: Visit, applicant: Member, *, has_agent: bool) -> Generator[Question, Answer, bool]:
    if has_agent:
        yield Notice(name="authority_later", section="papers", slow=True)
        return False
    answer = yield _authority(visit, "authority", "papers", applicant)
    return bool(answer["way"] == "yes")


def _authority(visit: Visit, name: str, section: str, member: Member) -> Consent:
    return Consent(
        name=name,
        words=f"{_NAME}.authority",
        section=section,
        slow=True,
        scope="family_economy_check",
        token=member.person.token if member.person else "",
        first="face" if visit.face_first else "other",
        values=member.values,
    )


def _signatures(
    visit: Visit, form: Form, agent: Person | None, *, has_agent: bool
) -> Generator[Question, Answer, tuple[int, int]]:
    """The applicant or the agent signs; other adults too where they are here. How many signed, and how many of the
    others agreed to the check.
    """
    signer = agent if has_agent else form.family[0].person
    told = tuple(replace(line, change="") for line in form.lines)
    answer = yield _statement("sign", signer, told)
    signed, agreed = int(answer["how"] != "window"), 0
    others = [member for member in form.family[1:] if member.person and _is_adult(visit, member)]
    if has_agent or not others:
        return signed, agreed
    where = yield _one_of("others", "sign", here="pen", at_home="home")
    for member in others if where["chosen"] == "here" else ():
        answer = yield _authority(visit, f"{member.key}.authority", "sign", member)
        if answer["way"] == "yes":
            agreed += 1
            answer = yield _statement(f"{member.key}.sign", member.person, told)
            signed += answer["how"] != "window"
    return signed, agreed


def _statement(name: str, signer: Person | None, lines: tuple[Line, ...]) -> Sign:
    return Sign(
        name=name,
        words=_STATEMENT,
        section="sign",
        slow=True,
        document=f"{_STATEMENT}@2026-11",
        signer=signer.token if signer else "",
        lines=lines,
    )


def _is_adult(visit: Visit, member: Member) -> bool:
    """Whose card is not here counts as one: they are asked at the home visit."""
    return member.person is None or member.person.age(visit.day) >= ADULT_AGE


def _key(visit: Visit, form: Form, *, agreed: bool) -> str:
    if not agreed:
        return "explain"
    if form.family[0].person is None:
        return "window"
    return "submitted" if visit.is_online else "submitted_offline"


def _county(visit: Visit) -> Said:
    area = AREAS.get(visit.area, AREAS["330800"])
    return Said(area.zh, area.en)


APPLICATION = Matter(
    name=_NAME,
    theme="neutral",
    open=application,
    sections=("need", "family", "means", "papers", "sign"),
    icon="heart",
    keeps_draft=True,
)
MATTERS = (APPLICATION,)
