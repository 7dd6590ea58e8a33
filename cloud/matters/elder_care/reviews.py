"""A review (服务评价) of a home by whoever booked there and moved in, or by the person who did; once for a booking."""

import json
from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.forms import Applicant, Application, Remark, area_code
from cloud.domain.workflow import Workflow
from cloud.matters.elder_care.beds import COMPLETED, OPENS, may_ask
from cloud.matters.elder_care.care_records import BOOKING
from cloud.matters.elder_care.records import care_review
from cloud.services.casework import Asking, Kind, Refused

REVIEW = "care_home_review"
_f, _p, _r = t.case_file.c, c.case_person.c, care_review.c


class Review(Application):
    """服务评价. `booking`: the case; `area`: the home's; `score` 5 is best."""

    personal = Application.personal | {"text"}
    booking: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    home: Annotated[str, Field(max_length=64)]
    area: str
    score: Annotated[int, Field(ge=1, le=5)]
    text: Remark = ""
    applicants: Annotated[tuple[Applicant, ...], Field(min_length=1, max_length=1)]

    _area = field_validator("area")(area_code)


def _check(asking: Asking) -> None:
    may_ask(asking)
    review = asking.form
    assert isinstance(review, Review)
    query = select(_f.form, _f.state, _f.area).where(_f.case == review.booking, _f.matter == BOOKING)
    row = asking.db.execute(query).first()
    booked = json.loads(row.form) if row else {}
    theirs = {*asking.db.scalars(select(_p.token).where(_p.case == review.booking)), booked.get("token")}
    if row is None or not asking.persons <= theirs:
        raise Refused("no booking of this person", "没有此人的预订")
    if row.state != COMPLETED:
        raise Refused("only who has moved in may review", "完成入住后才能评价")
    if (booked["home"], row.area) != (review.home, review.area):
        raise Refused(
            f"home, area: the booking is for {booked['home']}, {row.area}", f"预订的是 {booked['home']}，{row.area}"
        )
    if asking.db.scalar(select(_r.case).where(_r.facility == review.home, _r.booking == review.booking)) is not None:
        raise Refused("the booking was reviewed before", "该预订已评价过")


REVIEWS = Kind(
    name=REVIEW,
    prefix="PJ",
    workflow=Workflow(start="given", final=frozenset({"given"}), steps=()),
    opening=Review,
    opens=OPENS,
    area=lambda form: form.area,
    owner=lambda _db, form: form.home,
    target=lambda form: form.booking,
    check=_check,
)
