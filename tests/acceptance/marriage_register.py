"""A county's register of marriages, and what other departments know: clean rows, and rows with one defect each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from cloud.domain.actor import Actor
from cloud.domain.deadline import day_of
from cloud.services.casework import parsed
from simulators.people import Person, check_character, make_person
from tests.acceptance.conftest import Town

COUNTIES = ("330802", "330803", "330822", "330824", "330825", "330881")
SOURCES = {"population": "公安", "deaths": "卫生健康", "rulings": "法院"}


def birth(person: Person) -> str:
    return f"{person.birth[:4]}-{person.birth[4:6]}-{person.birth[6:]}"


def renumbered(number: str, born: str) -> str:
    """The number that they would have, had they been born on this day (YYYYMMDD)."""
    first_17 = f"{number[:6]}{born}{number[14:17]}"
    return first_17 + check_character(first_17)


@dataclass
class Register:
    """`defects`: key of a record -> (stage, rule) that must be found there."""

    chance: Random = field(default_factory=lambda: Random(1950))
    people: list[tuple[str, str]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    deaths: list[tuple[str, str, str]] = field(default_factory=list)
    rulings: list[dict[str, Any]] = field(default_factory=list)
    defects: dict[str, tuple[int, str]] = field(default_factory=dict)
    _n: Iterator[int] = field(default_factory=lambda: count(1))

    def couple(self, county: str, *, registered: str = "2019-05-20", **other: Any) -> dict[str, Any]:
        """A row without a defect, both of them in the population register."""
        n = next(self._n)
        husband = make_person(self.chance, sex="1", born=(1960, 1985))
        wife = make_person(self.chance, sex="2", born=(1960, 1985))
        for one in (husband, wife):
            self.people.append((one.name, one.id_number))
        return {
            "county": county, "record": f"r{n:05}", "kind": "marriage",
            "certificate": f"J{county}-{registered[:4]}-{n:06}", "registered": registered,
            "office": "测试婚姻登记处", "husband_name": husband.name, "husband_number": husband.id_number,
            "husband_birth": birth(husband), "wife_name": wife.name, "wife_number": wife.id_number,
            "wife_birth": birth(wife), **other,
        }  # fmt: skip

    def add(self, row: dict[str, Any], defect: tuple[int, str] | None = None) -> str:
        key = f"{row['county']}/{row['record']}"
        self.rows.append(row)
        if defect:
            self.defects[key] = defect
        return key

    def known_as(self, name: str, number: str) -> None:
        self.people.append((name, number))

    def tell(self, town: Town) -> None:
        """What the departments know, up to today; all at once, as a feed does."""
        told: list[tuple[str, str, dict[str, Any]]] = [
            ("公安", "population_person", {"name": name, "number": number})
            for name, number in dict.fromkeys(self.people)
        ]
        told += [("卫生健康", "death_notice", {"name": a, "number": b, "day": c}) for a, b, c in self.deaths]
        told += [("法院", "court_ruling", ruling) for ruling in self.rulings]
        today = day_of(town.now_ms).isoformat()
        told += [(unit, "marriage_feed", {"source": source, "as_of": today}) for source, unit in SOURCES.items()]
        ledgers = town.city.ledgers
        with town.city.log.writing() as writing:
            for unit, name, row in told:
                actor = Actor(f"department-{unit}", "department", "330800", unit)
                ledgers.enter_in(writing, ledgers.ledgers[name], parsed(ledgers.ledgers[name].model, row), actor)


Spoil = Callable[[Register, str], None]


def _number(register: Register, county: str) -> None:
    row = register.couple(county)
    last = row["wife_number"][-1]
    register.add({**row, "wife_number": row["wife_number"][:17] + ("1" if last != "1" else "2")}, (1, "citizen_number"))


def _birth(register: Register, county: str) -> None:
    register.add({**register.couple(county), "husband_birth": "1970-02-28"}, (1, "birth_differs"))


def _sexes(register: Register, county: str) -> None:
    row = register.couple(county)
    swapped = {f"{a}_{what}": row[f"{b}_{what}"] for a, b in (("husband", "wife"), ("wife", "husband"))
               for what in ("name", "number", "birth")}  # fmt: skip
    register.add({**row, **swapped}, (1, "sex_differs"))


def _same(register: Register, county: str) -> None:
    row = register.couple(county)
    same = {f"wife_{what}": row[f"husband_{what}"] for what in ("name", "number", "birth")}
    register.add({**row, **same}, (1, "same_person"))


def _no_day(register: Register, county: str) -> None:
    register.add({**register.couple(county), "registered": "2019-02-29"}, (1, "no_such_day"))


def _young(register: Register, county: str) -> None:
    """A day too young: 22 on the next one."""
    row = register.couple(county)
    number = renumbered(row["husband_number"], "19970521")
    register.known_as(row["husband_name"], number)
    register.add({**row, "husband_number": number, "husband_birth": "1997-05-21"}, (1, "under_age"))


def _form(register: Register, county: str) -> None:
    row = register.couple(county)
    register.add({**row, "certificate": row["certificate"].replace("J", "L")}, (1, "certificate_form"))


def _twice(register: Register, county: str) -> None:
    """The same number in one county's register twice: both are found."""
    first = register.couple(county)
    register.add(first, (1, "duplicate_certificate"))
    second = {**register.couple(county), "certificate": f" {first['certificate'].lower()} "}
    register.add(second, (1, "duplicate_certificate"))


def _nobody(register: Register, county: str) -> None:
    register.add({**register.couple(county), "wife_name": "测试无此人"}, (2, "not_in_population"))


def _dead(register: Register, county: str) -> None:
    row = register.couple(county)
    register.deaths.append((row["wife_name"], row["wife_number"], "2019-05-19"))
    register.add(row, (2, "deceased_before"))


def _annulled(register: Register, county: str) -> None:
    row = register.couple(county)
    register.rulings.append({
        "ruling": f"c{len(register.rulings)}", "effect": "annulled", "day": "2020-02-29",
        "husband_number": row["husband_number"], "wife_number": row["wife_number"],
    })  # fmt: skip
    register.add(row, (2, "annulled_by_court"))


def _married(register: Register, county: str) -> None:
    """Registered in another county before, and no divorce between."""
    elsewhere = COUNTIES[(COUNTIES.index(county) + 1) % len(COUNTIES)]
    first = register.couple(elsewhere, registered="2017-09-09")
    register.add(first)
    second = register.couple(county)
    register.add({**second, **{k: v for k, v in first.items() if k.startswith("husband")}}, (2, "already_married"))


SPOILS: tuple[Spoil, ...] = (
    _number, _birth, _sexes, _same, _no_day, _young, _form, _twice, _nobody, _dead, _annulled, _married,
)  # fmt: skip
"""One of each of the twelve kinds of defect."""


def clean(register: Register, county: str) -> None:
    """Rows that look odd and are right."""
    register.add(register.couple(county))
    name = "测试\"甲'<b>𬭎\N{RIGHT-TO-LEFT OVERRIDE}" + "试" * 18
    odd = register.couple(county, registered="2020-02-29")
    register.known_as(name, odd["husband_number"])
    register.add({**odd, "husband_name": name})
    old = register.couple(county, registered="1986-02-28", certificate="测结字第17号")
    young = renumbered(old["husband_number"], "19640228")
    wife = renumbered(old["wife_number"], "19660228")
    register.known_as(old["husband_name"], young)
    register.known_as(old["wife_name"], wife)
    fifteen = wife[:6] + wife[8:17]  # as it was written then; on their birthdays they are 22 and 20
    register.add({
        **old, "certificate": f"测结字{county}第17号", "husband_number": young, "husband_birth": "1964-02-28",
        "wife_number": fifteen, "wife_birth": "1966-02-28",
    })  # fmt: skip
    again = register.couple(county, registered="2012-08-08", certificate=f"测结字{county}第18号")
    register.add(again)
    pair = {name: value for name, value in again.items() if name.startswith(("husband", "wife"))}
    divorce = register.couple(county, registered="2017-01-05")
    register.add({**divorce, **pair, "kind": "divorce", "certificate": f"L{divorce['certificate'][1:]}"})
    register.add({**register.couple(county, registered="2018-06-06"), **pair})  # 复婚
