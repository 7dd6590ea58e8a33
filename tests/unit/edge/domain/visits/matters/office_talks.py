"""What the tests of the marriage office's matters share: the city's lists, and what the archives may know."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from contract.reference_rows import BookedPerson, Booking, Label, MatterInfo, Slot, code_hash
from edge.domain.visits.person import Person
from edge.domain.visits.questions import Said
from edge.kiosk.words import certificates, marriage
from tests.unit.edge.domain.visits.conversation_driver import DAY, WOMAN
from tests.unit.edge.domain.visits.matters.walked import CODE

WORDS: Mapping[str, Said] = {**marriage.WORDS, **certificates.WORDS}
IDS, PHOTOS, OLD = (
    Label(zh="两人的身份证", en="both identity cards"),
    Label(zh="合影", en="photographs"),
    Label(zh="结婚证", en="the marriage certificate"),
)


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
