"""An alert (告警工单): a furnace that started for no case, another's wristband, a receipt that does not come.

The furnace's PLC is read and never written: nothing here stops it. What is refused is the release of the case, and
what began without one is somebody's to look into at once.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlalchemy import select

from cloud.domain.actor import CITY, SYSTEM, level_of
from cloud.domain.deadline import Limit
from cloud.domain.forms import Application, Form, Remark, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.funeral import records
from cloud.matters.funeral.permits import overdue
from cloud.ports import CityLog, LogWriting
from cloud.services.casework import Casework, Kind

KIND = "funeral_alert"
EVERY_S = 1.0
_AT_ONCE = 100
_i = records.funeral_incident.c


class Alert(Application):
    """告警工单. `about`: the event, or the case of the permit; `case`: the funeral case, where it is known."""

    why: Literal["cremation_unmatched", "wristband_mismatch", "receipt_overdue"]
    home: Annotated[str, Field(min_length=1, max_length=64)]
    area: str
    about: Annotated[str, Field(min_length=1, max_length=64)]
    case: Annotated[str, Field(max_length=36)] = ""

    _area = field_validator("area")(area_code)


class Found(Form):
    """处置结果."""

    found: Annotated[Remark, Field(min_length=1)]


ALERT = Kind(
    name=KIND,
    prefix="GJ",
    workflow=Workflow(
        start="raised",
        final=frozenset({"closed"}),
        steps=(
            step("acknowledge", "raised", "acknowledged", "attendant", "manager"),
            step("close", "raised|acknowledged", "closed", "manager"),
        ),
        clocks=(clock("acknowledge", "raised", Limit(hours=1)),),
    ),
    opening=Alert,
    forms={"close": Found},
    opens=frozenset({"system"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.home,
    target=lambda form: f"{form.why}/{form.home}/{form.about}",
)


class Alerts:
    """A job. Each incident has one alert, each permit one for its receipt."""

    def __init__(self, log: CityLog, casework: Casework) -> None:
        self._log, self._casework = log, casework

    def step(self) -> int:
        """How many were opened. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            db = writing.books.db
            open_ones = select(records.funeral_incident).where(_i.alert == "").order_by(_i.at_ms, _i.event)
            incidents = db.execute(open_ones.limit(_AT_ONCE)).all()
            for one in incidents:
                self._open(writing, one.why, one.home, one.event, one.case)
            late = overdue(db, writing.now_ms, _AT_ONCE)
            for permit in late:
                self._open(writing, "receipt_overdue", permit.facility, permit.case, "")
        return len(incidents) + len(late)

    def _open(self, writing: LogWriting, why: str, home: str, about: str, case: str) -> None:
        area = known_area(records.area_of(writing.books.db, home))
        form = Alert.model_validate({"why": why, "home": home, "area": area, "about": about, "case": case})
        self._casework.open_in(writing, ALERT, form, SYSTEM, "system")


def known_area(area: str | None) -> str:
    """A box says where it is; what is no area of the city is the city's to look after."""
    try:
        level_of(area or "")
    except ValueError:
        return CITY
    return area or CITY
