"""Naming and renaming (地名命名、更名): 地名管理条例 (2022): applied for, reviewed, made public, approved."""

import json
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Remark, Words, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.place_names import records
from cloud.matters.place_names.jurisdictions import owner_at
from cloud.services.casework import Asking, Kind, Refused

KIND = "placename_case"
_OPEN = ("drafted", "submitted", "awaiting_applicant", "reviewed", "publicised", "approved")


class Naming(Application):
    """地名命名、更名申请. `area`: the township or village; `lon`, `lat` in CGCS2000."""

    action: Literal["naming", "renaming"]
    name: Annotated[str, Field(min_length=2, max_length=30, pattern=r"^[^\x00-\x1f]+$")]
    former_name: Annotated[str, Field(max_length=30)] = ""
    category: Literal["road", "bridge", "residential", "building", "village", "square", "park"]
    area: str
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    meaning: Remark = ""

    _area = field_validator("area")(area_code)

    @model_validator(mode="after")
    def _renamed_from(self) -> Self:
        if (self.action == "renaming") != bool(self.former_name):
            raise ValueError("former_name: of a renaming, and of nothing else")
        return self


class Review(Form):
    """审查意见."""

    opinion: Remark = ""


class Publicity(Form):
    """公示: its last day."""

    until: date


class Publication(Form):
    """公告: the announcement's own number."""

    announcement: Words


WORKFLOW = Workflow(
    start="drafted",
    final=frozenset({"published", "refused", "withdrawn"}),
    steps=(
        step("submit", "drafted", "submitted", "applicant", "clerk"),
        step("ask_more", "submitted", "awaiting_applicant", "clerk", "reviewer", reason=True),
        step("answer", "awaiting_applicant", "submitted", "applicant", "clerk"),
        step("review", "submitted", "reviewed", "reviewer", level="county"),
        step("publicise", "reviewed", "publicised", "clerk", "reviewer", level="county"),
        step("approve", "publicised", "approved", "reviewer", level="county"),
        step("publish", "approved", "published", "clerk", "reviewer", level="county"),
        step("refuse", "submitted|reviewed|publicised", "refused", "reviewer", level="county", reason=True),
        step("withdraw", "drafted|submitted|awaiting_applicant", "withdrawn", "applicant", "clerk"),
    ),
    clocks=(clock("decision", "submitted|reviewed|publicised|approved", Limit(working_days=20)),),
)


def _check(asking: Asking) -> None:
    if asking.case is None:
        _is_free(asking.db, asking.form)
    elif asking.step == "approve":
        until = _publicity(asking.db, asking.case.case)
        if day_of(asking.now_ms) <= until:
            raise Refused(f"it is public until {until}: approve after that day", f"公示至 {until}，之后才能批准")
    elif asking.step == "publish" and records.is_taken(
        asking.db, asking.case.area[:6], str((asking.case.form or {})["name"])
    ):
        raise Refused("the county has a place of this name by now", "本县现已有同名地名")


def _is_free(db: Connection, form: Form) -> None:
    """同一县内不重名: neither in use nor asked for."""
    assert isinstance(form, Naming)
    county, wanted = form.area[:6], records.normal(form.name)
    if records.is_taken(db, county, form.name):
        raise Refused("the county has a place of this name already: choose another name", "本县已有同名地名，请换一个")
    f = t.case_file.c
    asked = select(f.form).where(f.matter == KIND, f.state.in_(_OPEN), f.area.startswith(county))
    if any(records.normal(json.loads(one)["name"]) == wanted for one in db.scalars(asked)):
        raise Refused(
            "somebody has asked for this name in the county: choose another name", "本县已有人申请此名，请换一个"
        )


def _publicity(db: Connection, case: str) -> date:
    s = c.case_step.c
    last = select(s.form).where(s.case == case, s.step == "publicise").order_by(s.n.desc()).limit(1)
    return Publicity.model_validate_json(db.scalars(last).one()).until


def _owner(db: Connection, form: Naming) -> str:
    return owner_at(db, form.lon, form.lat) or form.area[:6]


NAMING = Kind(
    name=KIND,
    prefix="DM",
    workflow=WORKFLOW,
    opening=Naming,
    forms={"review": Review, "publicise": Publicity, "publish": Publication},
    opens=frozenset({"applicant", "clerk", "grid_worker", "reviewer"}),
    area=lambda form: form.area,
    owner=_owner,
    target=lambda form: f"{form.action}/{form.area[:6]}/{records.normal(form.name)}",
    check=_check,
)
