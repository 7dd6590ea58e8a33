"""All datasets of the four simulated facilities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from contract.reference_rows import Label, Row
from simulators.city_reference import bookings, care, funeral, guide, organisations, places
from simulators.facilities import FACILITIES, Facility

_SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_HOUR_S, _DAY_S = 3600, 86_400
_CITY = Label(zh="衢州市民政局(模拟)", en="Quzhou Civil Affairs Bureau (simulated)")


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of one facility, before it becomes a snapshot. `valid_for_s`: from then on it is old."""

    name: str
    rows: tuple[Row, ...]
    valid_for_s: int
    source: Label = _CITY


class CityReference:
    def __init__(
        self, seed: int, now_ms: int, token_of: Callable[[str, str], str] = lambda _facility, _number: ""
    ) -> None:
        """`token_of`: of a citizen number at a facility, HMAC-SHA256 under that facility's key; "" where unknown."""
        self._seed, self._now_ms, self._token_of = seed, now_ms, token_of
        self._day = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(_SHANGHAI).date()
        self._booked = {facility.id: self._bookings(facility) for facility in FACILITIES}
        self._citywide = (
            Dataset("social_organisations", organisations.social_organisations(
                self._rng("organisations"), self._day, now_ms), 2 * _DAY_S),
            Dataset("place_names", places.place_names(self._rng("places")), 30 * _DAY_S),
            Dataset("jurisdictions", places.jurisdictions(), 365 * _DAY_S),
        )  # fmt: skip

    def booked(self, facility: str) -> tuple[bookings.Booked, ...]:
        """The bookings with their people and codes, for a story that walks in with them."""
        return self._booked[facility]

    def datasets(self, facility: Facility) -> tuple[Dataset, ...]:
        own: Mapping[str, Callable[[Facility], tuple[Dataset, ...]]] = {
            "care_home": self._of_care_home,
            "funeral_home": self._of_funeral_home,
            "relief_station": self._of_relief_station,
        }
        more = own[facility.kind](facility) if facility.kind in own else ()
        booked = tuple(one.booking for one in self._booked[facility.id])
        slots = bookings.slots(self._rng("slots", facility.id), facility.kind, self._day)
        return (
            Dataset("matters_info", guide.matters_info(facility.kind), 90 * _DAY_S),
            Dataset("bookings", booked, _HOUR_S),
            Dataset("slots", slots, _DAY_S),
            *more,
            *self._citywide,
        )

    def _of_care_home(self, facility: Facility) -> tuple[Dataset, ...]:
        rooms = care.care_rooms(self._rng("rooms"), lambda number: self._token_of(facility.id, number))
        return Dataset("care_homes", care.care_homes(self._rng("homes")), _HOUR_S), Dataset("care_rooms", rooms, _DAY_S)

    def _of_funeral_home(self, _facility: Facility) -> tuple[Dataset, ...]:
        phone = places.phone(self._rng("supervision"))
        return (Dataset("price_list", funeral.price_list(self._day, phone), 365 * _DAY_S),)

    def _of_relief_station(self, _facility: Facility) -> tuple[Dataset, ...]:
        rng = self._rng("relief")
        return (
            Dataset("relief_beds", places.relief_beds(rng), _HOUR_S),
            Dataset("relief_points", places.relief_points(rng), 30 * _DAY_S),
        )

    def _bookings(self, facility: Facility) -> tuple[bookings.Booked, ...]:
        return bookings.bookings(
            self._rng("bookings", facility.id), facility.id, facility.kind, self._day,
            lambda number: self._token_of(facility.id, number),
        )  # fmt: skip

    def _rng(self, *about: str) -> Random:
        """One for each subject: more of one changes nothing of another."""
        return Random("/".join((str(self._seed), *about)))
