"""Invented people for cards and cases: nobody's number, nobody's address, and the same people for the same seed.

Area codes 330897 to 330899 are assigned to no county, so no number made here can belong to a living person.
"""

from dataclasses import dataclass
from random import Random

AREA_CODES = ("330897", "330898", "330899")
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


def _name(rng: Random, sex: str) -> str:
    kind = rng.random()
    if kind < 0.12:
        return rng.choice(_UNUSUAL)
    if kind < 0.4:
        return rng.choice(_PLAINLY_FAKE)
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN_NAMES[sex])


def _id_number(rng: Random, birth: str, sex: str) -> str:
    order = 2 * rng.randint(1, 499) - (sex == "1")  # odd for men, even for women
    first_17 = f"{rng.choice(AREA_CODES)}{birth}{order:03d}"
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
