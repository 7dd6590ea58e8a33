"""An alert (签章告警): a sealed record is not what was signed. Somebody finds out why, and says so."""

from typing import Annotated

from pydantic import Field

from cloud.domain.deadline import Limit
from cloud.domain.forms import Application, Form
from cloud.domain.workflow import Workflow, clock, step
from cloud.services.casework import Kind

NAME = "marriage_seal_alert"


class SealAlert(Application):
    """`version`: of the shared record."""

    record: Annotated[str, Field(min_length=1, max_length=128)]
    version: int
    county: str


class Cause(Form):
    """查明原因: what had happened, and what was done."""

    cause: Annotated[str, Field(min_length=2, max_length=512)]


ALERT = Kind(
    name=NAME,
    prefix="QZGJ",
    workflow=Workflow(
        start="raised",
        final=frozenset({"settled"}),
        steps=(
            step("take_on", "raised", "examined", "manager", "reviewer", "auditor"),
            step("settle", "raised|examined", "settled", "manager", "auditor", level="city"),
        ),
        clocks=(clock("examination", "raised|examined", Limit(hours=24)),),
    ),
    opening=SealAlert,
    forms={"settle": Cause},
    opens=frozenset({"system"}),
    area=lambda form: form.county,
    owner=lambda _db, _form: "民政",
    target=lambda form: f"{form.record}/{form.version}",
    again=frozenset({"settled"}),
)
