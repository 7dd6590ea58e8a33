"""Somebody is found on the street (属地管理): where, and what is to be done, says whose desk it is (联动处置单).

Source: domain brief C34: five kinds of task; the police, urban management, civil affairs and health of Kecheng and of
Qujiang; anywhere else the city's station. Who is ill or seems to be mentally ill goes to a doctor as they are: who they
are is asked later.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection

from cloud.domain.actor import CITY
from cloud.domain.deadline import Limit
from cloud.domain.forms import Application, Form, Remark, Words
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.place_names.jurisdictions import owner_at
from cloud.matters.relief.stations import Lat, Lon
from cloud.services.casework import Asking, Done, Kind, NotAllowed, Refused

KIND = "joint_ticket"
DISTRICTS = ("330802", "330803")
STATION = "救助管理站"
Task = Literal["living_aid", "escort_home", "harmful_begging", "city_appearance", "medical"]
UNIT_OF: Mapping[Task, str] = {
    "living_aid": "民政",
    "escort_home": "民政",
    "harmful_begging": "公安",
    "city_appearance": "综合执法",
    "medical": "卫生健康",
}
ACCEPTED_H, DONE_H = 1, 24
"""Hours (P)."""


class Ticket(Application):
    """联动处置单. `ref`: of who reports, the same one is the same ticket; `area`: the city's to say, from the place.

    `case`: of somebody who is at the station; `after`: the ticket that handed it on.
    """

    personal = frozenset({"applicants", "remark"})
    task: Task
    lon: Lon
    lat: Lat
    place: Words
    ref: Annotated[str, Field(pattern=r"^[0-9A-Za-z/-]{1,110}$")]
    area: Annotated[str, Field(pattern=r"^3308(00|02|03)$", json_schema_extra={"readOnly": True})] = CITY
    case: Annotated[str, Field(max_length=36)] = ""
    after: Annotated[str, Field(max_length=36, json_schema_extra={"readOnly": True})] = ""
    remark: Remark = ""


class Known(Form):
    """身份已核实."""

    how: Literal["card", "police", "kin"]


class Finished(Form):
    """办结."""

    result: Words
    identity: Literal["known", "unknown"] = "unknown"


class HandOn(Form):
    """转办: what else is to be done; it goes to that desk with the same place."""

    task: Task


def district(db: Connection, lon: float, lat: float) -> str:
    """The city's own, where it is neither of the two."""
    owner = owner_at(db, lon, lat)
    return owner[:6] if owner and owner[:6] in DISTRICTS else CITY


def _routed(db: Connection, ticket: Ticket) -> Ticket:
    return ticket.model_copy(update={"area": district(db, ticket.lon, ticket.lat)})


def desk(area: str, task: Task) -> str:
    """Which body of that area."""
    return UNIT_OF[task] if area in DISTRICTS else STATION


def _check(asking: Asking) -> None:
    form, case = asking.form, asking.case
    if case is None:
        return
    if asking.actor.role in ("department", "attendant") and asking.actor.unit != case.owner:
        raise NotAllowed(f"it is for {case.owner} of {case.area}, not for {asking.actor.unit or 'you'}")
    task = str((case.form or {})["task"])
    if asking.step == "wait_for_identity" and task == "medical":
        raise Refused("a medical ticket never waits for an identity", "医疗救治不等身份核查，先送医")
    if isinstance(form, Finished) and task == "escort_home" and form.identity == "unknown":
        raise Refused("identity: nobody is brought home before it is known where that is", "身份未核实，不能护送返乡")
    if isinstance(form, HandOn) and form.task == task:
        raise Refused("task: it is that already", "已经是这类任务，不用转办")


def _hand_on(done: Done) -> None:
    if not isinstance(done.form, HandOn):
        return
    before = Ticket.model_validate(done.case.form or {})
    about = before.model_dump(exclude={"applicants", "remark", "task", "ref", "after", "area"})
    ticket = Ticket(**about, task=done.form.task, ref=f"after/{done.case.case}", after=done.case.case)
    done.casework.open_in(done.writing, done.casework.kinds[KIND], ticket, done.actor, "system")


TICKETS = Kind(
    name=KIND,
    prefix="LD",
    workflow=Workflow(
        start="sent",
        final=frozenset({"done", "handed_on"}),
        steps=(
            step("accept", "sent", "accepted", "department", "attendant"),
            step("wait_for_identity", "accepted", "waiting_for_identity", "department", "attendant"),
            step("identified", "waiting_for_identity", "accepted", "department", "attendant"),
            step("finish", "accepted", "done", "department", "attendant"),
            step("hand_on", "accepted", "handed_on", "department", "attendant"),
        ),
        clocks=(
            clock("acceptance", "sent", Limit(hours=ACCEPTED_H)),
            clock("handling", "accepted", Limit(hours=DONE_H)),
        ),
    ),
    opening=Ticket,
    forms={"identified": Known, "finish": Finished, "hand_on": HandOn},
    opens=frozenset({"attendant", "clerk", "operator", "grid_worker", "department", "system"}),
    area=lambda form: form.area,
    owner=lambda _db, form: desk(form.area, form.task),
    target=lambda form: f"{form.ref}/{form.task}",
    check=_check,
    fills=_routed,
    then=_hand_on,
)
