"""Invented people for cards and cases: nobody's number, nobody's address, and the same people for the same seed.

Area codes 330897 to 330899 are assigned to no county, so no citizen number made here can belong to a living person.
Residents of Hong Kong, Macao and Taiwan have numbers that begin with 810000, 820000 and 830000, and no others: ours
begin with 810097, 820098 and 830099. A foreigner's number begins with the three letters of a country: ours with ZZZ,
which ISO 3166-1 leaves to users and never gives to a country.
"""

from dataclasses import dataclass
from random import Random

AREA_CODES = ("330897", "330898", "330899")
HMT_AREA_CODES = {"810097": "H", "820098": "M", "830099": "0"}  # and what the number of such a pass begins with
NO_COUNTRY = "ZZZ"
LONG_TERM = "长期"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"

_SURNAMES = "王李张刘陈杨黄周吴徐"
_GIVEN_NAMES = {
    "1": ("试一", "模山", "样林", "例川", "试海", "模舟"),
    "2": ("试月", "样花", "例云", "模荷", "试竹", "样莲"),
}
_PLAINLY_FAKE = tuple(f"测试{stem}" for stem in "甲乙丙丁戊己庚辛壬癸")
# Rare on purpose: extension A, extension E (a surrogate pair in UTF-16), the middle dot, and as long as a card allows.
_UNUSUAL = ("测试䶮", "样例㛃", "测试𬭎", "阿依·测试", "买买提·样例", "测试·样例·模拟·某某某某某某")

_FOREIGN_SURNAMES = ("TEST", "SAMPLE", "EXAMPLE")
_FOREIGN_GIVEN_NAMES = ("ALPHA", "BRAVO", "CHARLIE", "DELTA ECHO")

_TOWNS = (
    "衢州市柯城区石梁镇",
    "衢州市柯城区航埠镇",
    "衢州市衢江区廿里镇",
    "衢州市衢江区莲花镇",
    "衢州市龙游县沐尘畲族乡",
    "江山市贺村镇",
    "衢州市开化县马金镇",
)
_VILLAGES = ("样例村", "测试村", "模拟村", "试点村", "样板村")
_ISSUERS = ("衢州市公安局测试分局", "衢州市公安局样例分局", "模拟县公安局")
_ETHNIC_CODES = ("01",) * 18 + ("22", "11")  # Han, now and then She (the county has a She township) or Manchu


@dataclass(frozen=True, slots=True)
class Person:
    """What a resident card holds. Codes: sex by GB/T 2261.1, ethnic group by GB/T 3304."""

    name: str
    sex: str
    ethnic: str
    birth: str
    address: str
    id_number: str
    issuer: str
    valid_from: str
    valid_to: str


@dataclass(frozen=True, slots=True)
class ForeignResident:
    """What the permanent residence card of a foreigner (2017) holds."""

    english_name: str
    sex: str
    id_number: str
    nationality: str
    chinese_name: str
    valid_from: str
    valid_to: str
    birth: str
    version: str
    authority: str


@dataclass(frozen=True, slots=True)
class HmtResident:
    """What the residence permit of a Hong Kong, Macao or Taiwan resident holds."""

    name: str
    sex: str
    birth: str
    address: str
    id_number: str
    issuer: str
    valid_from: str
    valid_to: str
    pass_number: str
    issue_count: str


def check_character(first_17: str) -> str:
    """The 18th character of a citizen number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def make_person(rng: Random, *, sex: str | None = None, born: tuple[int, int] = (1930, 2002)) -> Person:
    """One adult, born in the given span of years (both included, 2002 at the latest)."""
    sex = sex or rng.choice("12")
    year = rng.randint(*born)
    birth = f"{year}{_month_day(rng)}"
    valid_from, valid_to = _validity(rng, year)
    return Person(
        name=_name(rng, sex),
        sex=sex,
        ethnic=rng.choice(_ETHNIC_CODES),
        birth=birth,
        address=f"浙江省{rng.choice(_TOWNS)}{rng.choice(_VILLAGES)}{rng.randint(1, 299)}号",
        id_number=_id_number(rng, birth, sex),
        issuer=rng.choice(_ISSUERS),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def make_people(seed: int, count: int) -> tuple[Person, ...]:
    rng = Random(seed)
    return tuple(make_person(rng) for _ in range(count))


def make_foreign_resident(rng: Random) -> ForeignResident:
    sex, birth = rng.choice("12"), f"{rng.randint(1950, 2002)}{_month_day(rng)}"
    issued, month_day = rng.randint(2018, 2023), _month_day(rng)
    return ForeignResident(
        english_name=f"{rng.choice(_FOREIGN_SURNAMES)}, {rng.choice(_FOREIGN_GIVEN_NAMES)}",
        sex=sex,
        id_number=f"{NO_COUNTRY}{rng.choice(AREA_CODES)}{birth[2:]}",
        nationality=NO_COUNTRY,
        chinese_name=rng.choice((*_PLAINLY_FAKE, "")),
        valid_from=f"{issued}{month_day}",
        valid_to=f"{issued + 10}{month_day}",
        birth=birth,
        version="01",
        authority="1500",
    )


def make_hmt_resident(rng: Random) -> HmtResident:
    area = rng.choice(tuple(HMT_AREA_CODES))
    sex, birth = rng.choice("12"), f"{rng.randint(1950, 2002)}{_month_day(rng)}"
    issued, month_day = rng.randint(2022, 2025), _month_day(rng)
    return HmtResident(
        name=rng.choice(_PLAINLY_FAKE),
        sex=sex,
        birth=birth,
        address=f"浙江省{rng.choice(_TOWNS)}{rng.choice(_VILLAGES)}{rng.randint(1, 299)}号",
        id_number=_id_number(rng, birth, sex, (area,)),
        issuer=rng.choice(_ISSUERS),
        valid_from=f"{issued}{month_day}",
        valid_to=f"{issued + 5}{month_day}",
        pass_number=f"{HMT_AREA_CODES[area]}0000000{rng.randint(0, 9)}",
        issue_count="01",
    )


def _name(rng: Random, sex: str) -> str:
    kind = rng.random()
    if kind < 0.12:
        return rng.choice(_UNUSUAL)
    if kind < 0.4:
        return rng.choice(_PLAINLY_FAKE)
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN_NAMES[sex])


def _id_number(rng: Random, birth: str, sex: str, areas: tuple[str, ...] = AREA_CODES) -> str:
    order = 2 * rng.randint(1, 499) - (sex == "1")  # odd for men, even for women
    first_17 = f"{rng.choice(areas)}{birth}{order:03d}"
    return first_17 + check_character(first_17)


def _validity(rng: Random, birth_year: int) -> tuple[str, str]:
    """10 years for those under 26, 20 under 46, for good after that."""
    issued, month_day = rng.randint(2019, 2024), _month_day(rng)
    age = issued - birth_year
    if age > 46:
        return f"{issued}{month_day}", LONG_TERM
    return f"{issued}{month_day}", f"{issued + (10 if age < 26 else 20)}{month_day}"


def _month_day(rng: Random) -> str:
    return f"{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
