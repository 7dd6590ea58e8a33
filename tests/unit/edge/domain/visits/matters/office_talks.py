"""What the tests of the marriage office's matters share: the city's lists, and a couple that answers by chance."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter

from contract.events.visits import Answers
from contract.reference_rows import BookedPerson, Booking, Label, MatterInfo, Slot, code_hash
from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.person import Person
from edge.domain.visits.questions import Card, Choice, Consent, Face, Lookup, Notice, Pad, Review, Said, Sign
from edge.kiosk.words import certificates, marriage
from tests.unit.edge.domain.visits.conversation_driver import DAY, MAN, STROKES, WOMAN, Talk

WORDS: Mapping[str, Said] = {**marriage.WORDS, **certificates.WORDS}
PHONE, CODE = "000-12345678", "246810"
IDS, PHOTOS, OLD = (
    Label(zh="两人的身份证", en="both identity cards"),
    Label(zh="合影", en="photographs"),
    Label(zh="结婚证", en="the marriage certificate"),
)
_TYPED = {"phone": ["000-12345678", "00012345678"], "code": [CODE, "1234", "999999"]}


def booking(
    name: str = "b-7",
    *,
    matter: str = "marriage",
    on: date = DAY,
    time: str = "10:30",
    person: Person = WOMAN,
    **more: Any,
) -> Booking:
    facts = {
        "booking": name, "matter": matter, "date": on.isoformat(), "time": time, "code_hash": code_hash(name, CODE),
        "persons": (BookedPerson(name_masked=person.name_masked, token=person.token),),
    }  # fmt: skip
    return Booking.model_validate(facts | more)


def slot(days: int, time: str, places: int, matter: str = "marriage") -> Slot:
    return Slot(matter=matter, date=(DAY + timedelta(days=days)).isoformat(), time=time, places=places)


def info(matter: str, variant: str, *documents: Label) -> MatterInfo:
    together, office = Label(zh="两人一起来", en="both come"), Label(zh="工作日 9:00-16:30", en="working days")
    return MatterInfo(
        matter=matter, variant=variant, documents=documents, who=together, hours=office, windows=("1", "2")
    )


GUIDE: Sequence[MatterInfo] = (
    info("marriage", "marriage", IDS, PHOTOS),
    info("marriage", "divorce.first", IDS, OLD),
    info("marriage", "divorce.claim", IDS),
    info("certificates", "marriage", IDS),
)


def entry(
    name: str, year: int, *, kind: str = "marriage", county: str = "330802", status: str = "valid"
) -> dict[str, Any]:
    """As the cloud tells it: contract.lookups.CertificateEntry."""
    return {"id": name, "kind": kind, "year": year, "county": county, "office": "某婚姻登记处", "status": status}


ENTRIES = [
    [],
    [entry("m-1", 2015), entry("m-0", 2009, county="320102")],
    [entry("m-1", 2015), entry("d-1", 2020, kind="divorce")],
    [entry("d-1", 2020, kind="divorce")],
    [entry("m-1", 2015, status="void")],
]


def by_chance(talk: Talk, data: st.DataObject) -> Ending:
    """Whatever the pages and the machines may answer. What is told at the end is fit for an event."""
    for _ in range(LONGEST):
        match talk.walk.at:
            case Ending() as ending:
                TypeAdapter(Answers).validate_python(dict(ending.answers), strict=True)
                return ending
            case Choice() as choice:
                keys = [option.key for option in choice.options if option.off is None]
                some = st.lists(st.sampled_from(keys), min_size=1, unique=True)
                talk.says(chosen=data.draw(some if choice.many else st.sampled_from(keys)))
            case Card() as card:
                here = [one for one in (MAN, WOMAN) if one.token not in card.not_tokens]
                if data.draw(st.booleans()):
                    talk.lays(data.draw(st.sampled_from(here)))
                else:
                    talk.hears({"instead": data.draw(st.sampled_from(["no_card", "unreadable", "expired"]))})
            case Consent():
                talk.says(way=data.draw(st.sampled_from(["yes", "no"])))
            case Face():
                talk.hears({"result": data.draw(st.sampled_from(["match", "window"]))})
            case Pad() as pad:
                skip = pad.may_skip and data.draw(st.booleans())
                talk.says(**({"skip": "1"} if skip else {"typed": data.draw(st.sampled_from(_TYPED[pad.kind]))}))
            case Lookup():
                found = data.draw(st.sampled_from([None, *ENTRIES]))
                talk.hears({"unavailable": True} if found is None else {"found": found})
            case Sign():
                talk.says(**data.draw(st.sampled_from([{"strokes": STROKES}, {"instead": "window"}])))
            case Review() | Notice():
                talk.says(right="1")
            case other:
                raise AssertionError(f"nobody answers {other}")
    raise AssertionError("it asks without an end")
