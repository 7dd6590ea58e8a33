"""Naming and renaming of places (地名命名、更名): the application, with a look whether the name is taken in the county.

Sources: 地名管理条例 (2022-05-01): no name twice in a county, and in use only after approval and publication; domain
brief, C19. The machine checks and never refuses: who wants a name that is taken may hand it in, and the reviewers
decide. A card is enough for this; a face is not asked for.
"""

import unicodedata
from collections.abc import Generator
from typing import Any, get_args

from contract.identifiers.area import AREAS
from contract.reference_rows import PlaceKind
from edge.domain.visits.conversation import Ending, Flow, Matter, Ticket, Visit
from edge.domain.visits.identity import identify
from edge.domain.visits.person import mask_phone
from edge.domain.visits.questions import Answer, Choice, Line, Option, Pad, Question, Review, Said

NAME = "place_names"
KINDS: tuple[str, ...] = get_args(PlaceKind)
COUNTIES = tuple(code for code in AREAS if code != "330800")
REASONS = {
    "naming": ("new", "unnamed", "wanted", "other"),
    "renaming": ("twin", "unclear", "changed", "wanted", "other"),
}
MOST_TRIES = 3
"""Names that may be looked up one after the other; then the last one is handed in as it is."""


def application(visit: Visit) -> Flow:
    act = (yield Choice(name="act", section="name", personal=False, options=(
        Option(key="naming", icon="pen"), Option(key="renaming", icon="file-text"),
    )))["chosen"]  # fmt: skip
    county = (yield _list("county", "name", COUNTIES))["chosen"]
    kind = (yield _list("kind", "name", KINDS))["chosen"]
    old = ""
    if act == "renaming":
        old = (yield Pad(name="old", kind="place_name", section="name", personal=False))["typed"]
    name, found, asked = yield from _new_name(visit, county, old)
    reason = (yield _list(f"reason.{act}", "name", REASONS[act]))["chosen"]
    who = yield from identify(visit, "applicant", "who", face=False)
    phone = (yield Pad(name="phone", kind="phone", section="who", may_skip=True))["typed"]
    plan = (yield Choice(name="plan", section="check", personal=False, options=(
        Option(key="here", icon="check"), Option(key="later", icon="clock"),
    )))["chosen"]  # fmt: skip
    place = Said(f"{AREAS[county].zh} {name}", f"{name}, {AREAS[county].en}")
    lines = (
        Line(f"{NAME}.act", f"{NAME}.act.{act}", "act"),
        Line(f"{NAME}.kind", f"{NAME}.kind.{kind}", "kind"),
        *((Line(f"{NAME}.old", old, "old"),) if old else ()),
        Line(f"{NAME}.name", place, asked),
        Line(f"{NAME}.reason", f"{NAME}.reason.{act}.{reason}", f"reason.{act}"),
    )
    yield Review(name="check", section="check", lines=(
        *lines,
        Line(f"{NAME}.applicant", who.person.name_masked if who.person else f"{NAME}.applicant.window",
             "applicant.card", private=True),
        Line(f"{NAME}.phone", mask_phone(phone) if phone else f"{NAME}.phone.none", "phone", private=True),
    ))  # fmt: skip
    key = "window" if who.person is None else "taken" if found == "taken" else "submitted"
    if key == "submitted" and (found == "unchecked" or not visit.is_online):
        key = "submitted_offline"
    snapshot = visit.snapshot("place_names")
    return Ending(
        key=key,
        persons=(who.person,) if who.person else (),
        target=f"{act}.{county}.{name}",
        answers={
            "act": act,
            "county": county,
            "kind": kind,
            "name": name,
            "old": old,
            "reason": reason,
            "duplicates": found,
            "applicant": who.settled if who.person is None else "card",
            "why": who.why,
            "plan": plan,
        },
        sealed={"persons": [who.person.as_json()] if who.person else [], "phone": phone},
        reference=(f"place_names@{snapshot.version}",) if snapshot else (),
        ticket=Ticket(queue="other") if who.person is None else None,
        receipt=(*lines, Line(f"{NAME}.next", f"{NAME}.next.steps")),
        values={"name": name},
        trip_reason="missing_document" if plan == "later" else "normal",
    )


def same_name(one: str, other: str) -> bool:
    """Without spaces, wide and narrow signs alike."""
    return _plain(one) == _plain(other)


def _new_name(visit: Visit, county: str, old: str) -> Generator[Question, Answer, tuple[str, str, str]]:
    """The name, what was found (free, taken, unchecked), and the question that asked for it."""
    for tries in range(1, MOST_TRIES + 1):
        asked = f"name.{tries}"
        name = (yield Pad(name=asked, words=f"{NAME}.name", kind="place_name", section="name", personal=False))["typed"]
        found = _found(visit, county, name)
        if found != "taken" and not same_name(name, old):
            break
        found = "taken"
        if tries < MOST_TRIES:
            again = yield Choice(
                name=f"taken.{tries}", words=f"{NAME}.taken", section="name", personal=False, values={"name": name},
                options=(Option(key="another", icon="pen"), Option(key="keep", icon="users")),
            )  # fmt: skip
            if again["chosen"] == "keep":
                break
    return name, found, asked


def _found(visit: Visit, county: str, name: str) -> str:
    snapshot = visit.snapshot("place_names")
    if snapshot is None:
        return "unchecked"
    return "taken" if any(row.county == county and same_name(row.name, name) for row in snapshot.rows) else "free"


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).upper()


def _list(name: str, section: str, keys: tuple[str, ...], **more: Any) -> Choice:
    texts = {key: Said(AREAS[key].zh, AREAS[key].en) for key in keys if key in AREAS}
    options = tuple(Option(key=key, text=texts.get(key)) for key in keys)
    return Choice(name=name, section=section, style="list", personal=False, options=options, **more)


APPLICATION = Matter(
    name=NAME, theme="neutral", open=application, sections=("name", "who", "check"), icon="map", keeps_draft=True
)
MATTERS = (APPLICATION,)
