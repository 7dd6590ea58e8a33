"""A call back (回访) after a low rating: somebody is asked what went wrong, and what was learnt is written down."""

from typing import Annotated

from pydantic import Field, field_validator

from cloud.domain.deadline import Limit
from cloud.domain.forms import Application, Form, Remark, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.services.casework import Asking, Kind, opens_in

KIND = "follow_up"


class FollowUp(Application):
    """回访任务. `about`: the case that was rated."""

    about: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    facility: Annotated[str, Field(min_length=1, max_length=64)]
    area: str
    score: Annotated[int, Field(ge=1, le=5)]

    _area = field_validator("area")(area_code)


class Learnt(Form):
    """回访结果."""

    learnt: Annotated[Remark, Field(min_length=1)]


def _check(asking: Asking) -> None:
    if isinstance(asking.form, FollowUp):
        opens_in(asking, asking.form.area)


FOLLOW_UP = Kind(
    name=KIND,
    prefix="HF",
    workflow=Workflow(
        start="open",
        final=frozenset({"done"}),
        steps=(step("done", "open", "done", "clerk", "manager"),),
        clocks=(clock("call_back", "open", Limit(working_days=3)),),
    ),
    opening=FollowUp,
    forms={"done": Learnt},
    opens=frozenset({"system", "manager"}),
    check=_check,
    area=lambda form: form.area,
    owner=lambda _db, form: form.facility,
    target=lambda form: form.about,
)
