"""Thirty invented care homes, and who lives in the rooms of the simulated one."""

from collections.abc import Callable
from random import Random

from contract.identifiers.area import AREAS
from contract.reference_rows import CareHome, CareRoom, Label
from simulators.city_reference.masks import mask_name
from simulators.city_reference.places import COUNTIES, INVENTED, NUMERALS, address, phone
from simulators.facilities import CARE_HOME
from simulators.people import make_person

HOMES = 30
_YUAN = 100  # fen
_LEVELS = (("self",), ("self", "assisted"), ("self", "assisted", "full"), ("assisted", "full"))
_FLOORS, _ROOMS_A_FLOOR, _BEDS_A_ROOM = (1, 2, 3), 6, 2


def care_homes(rng: Random) -> tuple[CareHome, ...]:
    """The first is the simulated one."""
    names = [(county, word, numeral) for county in COUNTIES for word in INVENTED[:4] for numeral in NUMERALS[:2]]
    chosen = rng.sample(names, HOMES - 1)
    homes = [_home(rng, CARE_HOME.id, CARE_HOME.area, CARE_HOME.name_zh, CARE_HOME.name_en, beds=4)]
    for number, (county, word, numeral) in enumerate(chosen, start=2):
        zh = f"{AREAS[county].zh}{word}{numeral}号养老院"
        en = f"{AREAS[county].en} invented care home {number}"
        homes.append(_home(rng, f"{county}-home-{number:02d}", county, zh, en, beds=rng.randrange(40, 301, 10)))
    return tuple(homes)


def care_rooms(rng: Random, token_of: Callable[[str], str]) -> tuple[CareRoom, ...]:
    """`token_of`: of a citizen number, under the facility's key; "" where the city does not know it."""
    rows = []
    for floor in _FLOORS:
        for place in range(1, _ROOMS_A_FLOOR + 1):
            for _bed in range(_BEDS_A_ROOM):
                resident = make_person(rng, born=(1930, 1955))
                rows.append(
                    CareRoom(
                        room=f"{floor}{place:02d}",
                        floor=floor,
                        visit="ask" if rng.random() < 0.2 else "yes",
                        resident_masked=mask_name(resident.name),
                        resident_token=token_of(resident.id_number),
                    )
                )
    return tuple(rows)


def _home(rng: Random, home: str, county: str, zh: str, en: str, *, beds: int) -> CareHome:
    low = rng.randrange(1500, 4001, 100) * _YUAN
    return CareHome(
        id=home,
        name=Label(zh=zh, en=en),
        county=county,
        address=address(rng, county),
        phone=phone(rng),
        price_fen_month_from=low,
        price_fen_month_to=low + rng.randrange(500, 3001, 100) * _YUAN,
        deposit_fen=1000 * _YUAN,
        beds=beds,
        free_beds=rng.randint(0, beds // 2),
        care_levels=rng.choice(_LEVELS),  # type: ignore[arg-type]
        dementia_unit=rng.random() < 0.3,
    )
