"""Who does something: a member of staff of a unit, an applicant, or the system itself. Pure."""

from dataclasses import dataclass
from typing import Literal, get_args

CITY = "330800"
Level = Literal["village", "township", "county", "city"]
Role = Literal[
    "applicant", "grid_worker", "clerk", "registrar", "nurse", "attendant", "collector", "operator", "reviewer",
    "inspector", "department", "manager", "auditor", "system",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
_LEVELS: dict[int, Level] = {6: "county", 9: "township", 12: "village"}


def level_of(area: str) -> Level:
    """`area`: 6 (GB/T 2260), 9 or 12 digits (GB/T 10114); 330800 is the city. Raises ValueError."""
    if area == CITY:
        return "city"
    if not area.isdecimal() or not area.startswith("3308") or len(area) not in _LEVELS:
        raise ValueError(f"{area!r} is no area code of the city: 6, 9 or 12 digits that begin with 3308")
    return _LEVELS[len(area)]


def covers(area: str, place: str) -> bool:
    """Whether a place lies in an area."""
    return area == CITY or place.startswith(area)


def above(area: str) -> str:
    """The area one level up; the city's own is the last."""
    match level_of(area):
        case "village":
            return area[:9]
        case "township":
            return area[:6]
    return CITY


@dataclass(frozen=True, slots=True)
class Actor:
    """`number`: of staff, or a token for an applicant. `unit`: as the plan names it (民政, 公安, …)."""

    number: str
    role: Role
    area: str
    unit: str = ""

    @property
    def level(self) -> Level:
        return level_of(self.area)


SYSTEM = Actor("system", "system", CITY)
"""Who moves a case where a time has come or another record decides."""
