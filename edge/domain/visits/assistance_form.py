"""The one form of social assistance (社会救助申请表): the household, its means, its needs, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract.special_relief import owners_of
from edge.domain.visits.person import Person, mask_phone
from edge.domain.visits.questions import Line

_WORDS = "social_assistance"


@dataclass(frozen=True, slots=True)
class Member:
    """One of the household, the applicant is number 1. `person` None: no card is here; staff write the name down."""

    number: int
    relation: str
    person: Person | None

    @property
    def key(self) -> str:
        """The beginning of the names of the questions about them."""
        return "applicant" if self.number == 1 else f"member.{self.number}"

    @property
    def values(self) -> dict[str, str]:
        """For the words of a page about them: no name, so that it may be read aloud."""
        return {"relation": f"{_WORDS}.relation.{self.relation}", "n": str(self.number)}


@dataclass(frozen=True, slots=True)
class Means:
    """`incomes`: (source, range) by member. None of it where the household is recognised already."""

    incomes: Mapping[str, tuple[str, str]]
    house: str = ""
    car: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """`family`: the applicant first. `wanted`: all papers; `here`: those that are at hand."""

    needs: tuple[str, ...]
    family: tuple[Member, ...]
    status: str
    means: Means
    wanted: tuple[str, ...]
    here: tuple[str, ...]
    phone: str

    @property
    def owners(self) -> tuple[str, ...]:
        return owners_of(self.needs, self.status)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(paper for paper in self.wanted if paper not in self.here)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was said, line by line; each can be changed. Names and numbers are masked."""
        lines = [_line("need", f"needs.{need}", "needs") for need in self.needs]
        for member in self.family:
            lines += self._about(member)
        lines.append(_line("status", f"status.{self.status}", "status"))
        if self.means.house:
            lines += [
                _line("house", f"house.{self.means.house}", "house"),
                _line("car", f"car.{self.means.car}", "car"),
            ]
        else:
            lines.append(_line("means", "known"))
        lines += [_line("later", f"papers.{paper}", "papers") for paper in self.missing]
        phone = mask_phone(self.phone) if self.phone else f"{_WORDS}.no_phone"
        return (*lines, Line(f"{_WORDS}.line.phone", phone, "phone", private=True))

    def _about(self, member: Member) -> list[Line]:
        who = member.person.name_masked if member.person else f"{_WORDS}.no_card"
        change = "applicant.card" if member.number == 1 else f"{member.key}.relation"
        lines = [Line(f"{_WORDS}.relation.{member.relation}", who, change, private=True)]
        if member.key in self.means.incomes:
            source, amount = self.means.incomes[member.key]
            lines.append(_line("income", f"income.{source}", f"{member.key}.income"))
            if amount:
                lines.append(_line("range", f"range.{amount}", f"{member.key}.range"))
        return lines

    def as_json(self) -> dict[str, Any]:
        """As the city takes it apart for its owners (contract.special_relief.FIELDS). Persons are tokens here."""
        applicant = self.family[0].person
        return {
            "needs": list(self.needs),
            "applicant": applicant.token if applicant else "",
            "address": applicant.address if applicant else "",
            "phone": self.phone,
            "status": self.status,
            "members": [
                {"key": one.key, "relation": one.relation, "token": one.person.token if one.person else ""}
                for one in self.family
            ],
            "incomes": {
                key: {"source": source, "range": amount} for key, (source, amount) in self.means.incomes.items()
            },
            "house": self.means.house,
            "car": self.means.car,
            "papers": list(self.here),
        }


def _line(name: str, value: str, change: str = "") -> Line:
    return Line(f"{_WORDS}.line.{name}", f"{_WORDS}.{value}", change)
