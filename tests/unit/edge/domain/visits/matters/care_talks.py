"""Rows of reference data that the tests of the care homes' matters share."""

from datetime import date, timedelta
from typing import Any

from contract.reference_rows import BookedPerson, Booking, CareHome, CareRoom, Label, Slot, code_hash
from tests.unit.edge.domain.visits.conversation_driver import DAY, MAN
from tests.unit.edge.domain.visits.matters.walked import CODE


def booking(
    name: str = "b-1",
    *,
    matter: str = "care_visit",
    on: date = DAY,
    state: str = "booked",
    token: str = MAN.token,
    about: str = "李* 3 楼",
    code: str = CODE,
) -> Booking:
    return Booking.model_validate({
        "booking": name, "matter": matter, "date": on.isoformat(), "time": "10:30", "about": about, "state": state,
        "persons": (BookedPerson(name_masked="测**", token=token),), "code_hash": code_hash(name, code),
    })  # fmt: skip


def room(name: str, visit: str) -> CareRoom:
    return CareRoom.model_validate({"room": name, "floor": 3, "visit": visit, "resident_masked": "李*"})


def slots(matter: str, *places: tuple[int, str, int]) -> list[Slot]:
    """(days from today, time, places)."""
    return [
        Slot(matter=matter, date=(DAY + timedelta(days=days)).isoformat(), time=time, places=number)
        for days, time, number in places
    ]


def home(name: str, **more: Any) -> CareHome:
    facts: dict[str, Any] = {
        "id": name, "name": Label(zh=f"模拟养老院 {name}", en=f"simulated home {name}"), "county": "330802",
        "phone": "000-11112222", "price_fen_month_from": 200_000, "price_fen_month_to": 300_000,
        "deposit_fen": 100_000, "beds": 10, "free_beds": 2, "care_levels": ("self", "assisted"),
    }  # fmt: skip
    return CareHome.model_validate(facts | more)
