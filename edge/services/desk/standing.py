"""What is known of a case at the desk, and what an approval still waits for.

Source: domain brief, section 3 (identity ladder) and 4.1 (S1-S6); 婚姻登记条例 2025: no registration without the check
on line, which nobody can override.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge.domain.visits.case import Case
from edge.domain.visits.person import mask_name

_PERSONS = {"marriage": 2}  # a matter of two has two, read or not
_SIGNED = frozenset({"marriage"})  # nobody decides these without the statements
ONLINE, CONFLICT, ARCHIVES = "online", "conflict", "archives"
IDENTITY, SIGNATURES = "identity", "signatures"
OVERRIDABLE = (IDENTITY, SIGNATURES)


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody whose identity counts for the case. `key`: the token; the place (1, 2) of one without a read card."""

    key: str
    name: str
    number: str
    name_masked: str
    id_masked: str
    token: str | None
    settled: str  # the rung; "" while it is open
    is_as_pictured: bool = False  # the camera found the face to be that of a document, which nobody has seen yet

    @property
    def is_read(self) -> bool:
        return self.token is not None


def subjects(case: Case) -> list[Subject]:
    checks: Mapping[str, Any] = case.desk.get("checks", {})
    persons = list(case.desk.get("sealed", {}).get("persons", ()))
    by_face, by_document = _matched(case, ".face"), _matched(case, ".document")
    found = [
        Subject(
            key=one["token"], name=one["name"], number=one["number"], name_masked=mask_name(one["name"]),
            id_masked=one["id_masked"], token=one["token"],
            settled="card_and_face" if one["token"] in by_face else _rung(checks, one["token"]),
            is_as_pictured=one["token"] in by_document,
        )
        for one in persons
    ]  # fmt: skip
    for place in range(len(found) + 1, _PERSONS.get(case.matter, 0) + 1):
        key = str(place)
        told = checks.get(key, {})
        number, masked = told.get("number", ""), told.get("id_masked", "")
        found.append(Subject(key, "", number, "", masked, None, _rung(checks, key)))
    return found


def signatures(case: Case) -> dict[str, str]:
    """question: screen, pad, or window for one that is still to be signed."""
    return {name: str(answer["how"]) for name, answer in case.answers.items() if answer.get("how") in _HOWS}


def waits(case: Case) -> list[str]:
    """What stands before an approval, the gravest first; empty when nothing does."""
    passed = case.desk.get("overridden", {})
    found = []
    if case.desk.get("wants") == "online_check" or case.matter == "marriage":
        online = case.checks.get("online_check")
        found += [CONFLICT] if online == "conflict" else [ONLINE] if online != "clear" else []
    if case.desk.get("wants") == "certificates" and "certificates" not in case.checks:
        found.append(ARCHIVES)
    if IDENTITY not in passed and any(not one.settled for one in subjects(case)):
        found.append(IDENTITY)
    if SIGNATURES not in passed and not _is_signed(case):
        found.append(SIGNATURES)
    return found


def _is_signed(case: Case) -> bool:
    if case.desk.get("signed"):
        return True
    how = signatures(case)
    fewest = _PERSONS[case.matter] if case.matter in _SIGNED else 0
    return "window" not in how.values() and len(how) >= fewest


_HOWS = frozenset({"screen", "pad", "window", "spoken_with_witness"})


def _rung(checks: Mapping[str, Any], key: str) -> str:
    told = checks.get(key, {})
    return str(told["rung"]) if told.get("result") == "confirmed" else ""


def _matched(case: Case, question: str) -> set[str]:
    """Of whom the camera found a match. `question`: the end of its name."""
    return {
        case.of_whom(name)
        for name, answer in case.answers.items()
        if name.endswith(question) and answer.get("result") == "match"
    }
