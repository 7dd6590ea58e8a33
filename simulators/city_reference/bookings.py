"""Slots for two weeks and the bookings in them, with the invented people who made them and the codes they got."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from contract.reference_rows import BookedPerson, Booking, Slot, code_hash
from simulators.city_reference.masks import mask_name
from simulators.people import Person, make_person

DAYS = 14
_SUNDAY = 6
_OFFICE_HOURS = tuple(f"{hour:02d}:{minute}" for hour in (9, 10, 11, 14, 15, 16) for minute in ("00", "30"))


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking and what only its people know."""

    booking: Booking
    people: tuple[Person, ...]
    code: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """`share`: of the slots' times that have a booking; `sexes`: of its people, by GB/T 2261.1."""

    times: tuple[str, ...]
    places: tuple[int, int]
    share: float
    sexes: tuple[str, ...]
    born: tuple[int, int]
    on_sundays: bool = True
    about: str = ""


_KINDS: Mapping[str, Mapping[str, _Kind]] = {
    "marriage_office": {
        "marriage": _Kind(_OFFICE_HOURS, (2, 4), 0.5, ("1", "2"), (1975, 2002), on_sundays=False),
        "divorce": _Kind(_OFFICE_HOURS[::2], (1, 2), 0.3, ("1", "2"), (1960, 1998), on_sundays=False),
    },
    "care_home": {
        "care_visit": _Kind(("09:30", "10:30", "14:30", "15:30"), (2, 4), 0.5, ("2",), (1955, 1995), about="看望老人"),
        "care_home": _Kind(("10:00", "15:00"), (1, 2), 0.2, ("1",), (1955, 1985), about="参观"),
    },
    "funeral_home": {
        "cremation": _Kind(("06:00", "07:00", "08:00", "09:00", "10:00", "11:00"), (1, 2), 0.3, ("1",), (1950, 1995)),
    },
    "relief_station": {},
}


def slots(rng: Random, kind: str, day: date) -> tuple[Slot, ...]:
    """What the city has given to a facility of this kind from `day` on."""
    return tuple(
        Slot(matter=matter, date=on.isoformat(), time=time, places=rng.randint(*about.places))
        for matter, about in _KINDS[kind].items()
        for on in _days(day, about)
        for time in about.times
    )


def bookings(rng: Random, facility: str, kind: str, day: date, token_of: Callable[[str], str]) -> tuple[Booked, ...]:
    """From the day before on; what is past is completed."""
    made: list[Booked] = []
    for matter, about in _KINDS[kind].items():
        for on in _days(day - timedelta(days=1), about):
            for time in about.times:
                if rng.random() < about.share:
                    number = f"{facility}-{on:%m%d}-{len(made) + 1:03d}"
                    made.append(_booked(rng, number, matter, about, on, time, token_of, past=on < day))
    return tuple(made)


def _booked(
    rng: Random,
    number: str,
    matter: str,
    about: _Kind,
    on: date,
    time: str,
    token_of: Callable[[str], str],
    *,
    past: bool,
) -> Booked:
    people = tuple(make_person(rng, sex=sex, born=about.born) for sex in about.sexes)
    code = f"{rng.randrange(10**6):06d}"
    booking = Booking(
        booking=number,
        matter=matter,
        date=on.isoformat(),
        time=time,
        persons=tuple(
            BookedPerson(name_masked=mask_name(person.name), token=token_of(person.id_number)) for person in people
        ),
        code_hash=code_hash(number, code),
        phone_tail=f"{rng.randrange(10**4):04d}",
        state="completed" if past else "booked",
        about=about.about,
    )
    return Booked(booking, people, code)


def _days(first: date, about: _Kind) -> Iterator[date]:
    for number in range(DAYS):
        on = first + timedelta(days=number)
        if about.on_sundays or on.weekday() != _SUNDAY:
            yield on
