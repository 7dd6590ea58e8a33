"""Opens a call back for each low rating, soon after it came in."""

from sqlalchemy import select

from cloud.adapters import tables as t
from cloud.domain.actor import CITY, SYSTEM, level_of
from cloud.matters.satisfaction import records
from cloud.matters.satisfaction.workflow import FOLLOW_UP, FollowUp
from cloud.ports import CityLog
from cloud.services.casework import Casework

EVERY_S = 10.0
_AT_ONCE = 100


def _known(area: str | None) -> str:
    """A box says where it is; what is no area of the city is the city's to look after."""
    try:
        level_of(area or "")
    except ValueError:
        return CITY
    return area or CITY


class FollowUps:
    def __init__(self, log: CityLog, casework: Casework) -> None:
        self._log, self._casework = log, casework

    def step(self) -> int:
        """How many were opened. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            db = writing.books.db
            low = records.low_ones(db, _AT_ONCE)
            for rating in low:
                area = _known(db.scalar(select(t.facility.c.area).where(t.facility.c.id == rating.facility)))
                form = FollowUp(about=rating.case, facility=rating.facility, area=area, score=rating.score)
                self._casework.open_in(writing, FOLLOW_UP, form, SYSTEM, "system")
        return len(low)
