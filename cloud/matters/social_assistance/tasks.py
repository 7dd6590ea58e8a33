"""A department's part of an assistance form (部门任务): with its own fields and nobody else's, on a clock of its own.

Each is a case by itself, so that one department that fails or is silent holds up nothing but its own part.
"""

from typing import Annotated, Literal

from pydantic import Field

from cloud.domain.deadline import Limit
from cloud.domain.forms import Application, Form, Phone, Remark, Words
from cloud.domain.validity import Validity
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.social_assistance.household import House, Income, Member, Status
from cloud.services.casework import Asking, Kind, NotAllowed
from contract.special_relief import FIELDS, UNITS

KIND = "dept_task"


class DeptTask(Application):
    """部门任务, made from a form: what FIELDS has for its owner, all of it sealed."""

    personal = frozenset({"applicants", "phone", "address", "status", "members", "incomes", "house"})
    owner: Literal[
        "medical", "employment", "education", "housing", "disabled_federation", "water", "power", "gas", "cable_tv"
    ]
    parent: Words
    area: Words
    phone: Phone | None = None
    address: Remark = ""
    status: Status | None = None
    members: Annotated[tuple[Member, ...], Field(max_length=20)] = ()
    incomes: Annotated[tuple[Income, ...], Field(max_length=20)] = ()
    house: House | None = None


class Recognition(Form):
    """认定结果. `valid_until`: until then it is recognised for other applications as well."""

    result: Literal["granted", "refused"]
    valid_until: Validity
    opinion: Remark = ""


class Reused(Form):
    """互认: the result of an earlier task."""

    of: Words
    result: Literal["granted"]
    valid_until: Validity


def _check(asking: Asking) -> None:
    case = asking.case
    if case is not None and asking.actor.role == "department" and asking.actor.unit != case.owner:
        raise NotAllowed(f"this part is for {case.owner}, not for {asking.actor.unit or 'you'}")


TASK = Kind(
    name=KIND,
    prefix="ZX",
    workflow=Workflow(
        start="sent",
        final=frozenset({"recognised"}),
        steps=(
            step("receive", "sent", "received", "department"),
            step("recognise", "received", "recognised", "department"),
            step("fail", "sent|received", "failed", "department", reason=True),
            step("send_again", "failed", "sent", "clerk", "reviewer"),
            step("reuse", "sent", "recognised", "system"),
        ),
        clocks=(
            clock("receipt", "sent", Limit(working_days=1)),
            clock("recognition", "received", Limit(working_days=20)),
        ),
    ),
    opening=DeptTask,
    forms={"recognise": Recognition, "reuse": Reused},
    opens=frozenset({"system"}),
    area=lambda form: form.area,
    owner=lambda _db, form: UNITS[form.owner],
    target=lambda form: f"{form.parent}/{form.owner}",
    check=_check,
)


def task_of(parent: str, area: str, owner: str, form: Application) -> DeptTask:
    """This owner's part. `form`: the whole, with the fields that FIELDS names."""
    asks = form.applicants[0]
    part = {name: getattr(form, name) for name in FIELDS[owner] if name != "applicant"}
    return DeptTask(
        owner=owner, parent=parent, area=area, applicants=(asks.model_copy(update={"phone": None}),), **part
    )
