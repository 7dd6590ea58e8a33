"""Proxy authorisation (代办授权): a person lets one grid worker act for them, in one named matter, until a day.

It is signed by the person, and whoever signed may take it back at any time. A grid worker without one does nothing.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.forms import Applicant, Application, Form, area_code
from cloud.domain.workflow import Workflow, step
from cloud.services.casework import Asking, Kind, NotAllowed, Refused

KIND = "proxy_authorization"
_LONGEST = timedelta(days=366)
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ProxyAuthorization(Application):
    """代办授权书. `worker`: staff number of the grid worker; `matter`: the one kind of case; `until`: its last day."""

    applicants: Annotated[tuple[Applicant, ...], Field(min_length=1, max_length=1)]
    worker: Annotated[str, Field(min_length=1, max_length=64)]
    matter: Literal["assistance_form"]
    area: str
    since: date
    until: date

    _area = field_validator("area")(area_code)

    @model_validator(mode="after")
    def _is_for_a_time(self) -> Self:
        if not timedelta(0) <= self.until - self.since <= _LONGEST:
            raise ValueError("until: not before since, and a year after it at the most")
        return self


class Signature(Form):
    """本人签名: over what was filed. `strokes_sha256`: they stay on the tablet."""

    document_sha256: Sha256
    strokes_sha256: Sha256


def _check(asking: Asking) -> None:
    form, actor = asking.form, asking.actor
    if isinstance(form, ProxyAuthorization) and actor.role == "grid_worker" and form.worker != actor.number:
        raise NotAllowed("a grid worker asks for themselves")
    if isinstance(form, Signature) and asking.case and form.document_sha256 != asking.case.filed_sha256:
        raise Refused("what was signed is not this authorisation", "签名的内容不是这份授权")


PROXY = Kind(
    name=KIND,
    prefix="DB",
    workflow=Workflow(
        start="drafted",
        final=frozenset({"revoked"}),
        steps=(
            step("sign", "drafted", "valid", "applicant", "grid_worker", "clerk"),
            step("revoke", "drafted|valid", "revoked", "applicant", "grid_worker", "clerk"),
        ),
    ),
    opening=ProxyAuthorization,
    forms={"sign": Signature},
    opens=frozenset({"applicant", "grid_worker", "clerk"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:9],
    target=lambda form: f"{form.worker}/{form.matter}/{form.since}/{form.until}",
    check=_check,
)


def authorisation(db: Connection, persons: Collection[str], worker: str, matter: str, day: date) -> str | None:
    """The case by which this worker may act for one of these people (tokens) on this day."""
    f, p = t.case_file.c, c.case_person.c
    theirs = select(f.case, f.form).join(c.case_person, p.case == f.case)
    of_them = p.token.in_(persons), p.role == "applicant", f.matter == KIND, f.state == "valid"
    for case, text in db.execute(theirs.where(*of_them).order_by(f.case)):
        given = _Given.model_validate_json(text)
        if (given.worker, given.matter) == (worker, matter) and given.since <= day <= given.until:
            return str(case)
    return None


class _Given(Form):
    """What of it stands unsealed."""

    worker: str
    matter: str
    area: str
    since: date
    until: date
