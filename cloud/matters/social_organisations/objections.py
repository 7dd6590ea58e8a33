"""Objection (异议) to what stands in the credit record, answered in 20 working days unless the city sets it otherwise.

While it is looked at the public reads that it is disputed. Where it is right, the record is corrected or withdrawn in
the same transaction, as a new version: the old one stays to be read.
"""

from typing import Literal

from pydantic import field_validator
from sqlalchemy import Connection

from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Remark, Words
from cloud.domain.validity import Validity
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.social_organisations import records
from cloud.matters.social_organisations.registers import Id, code_of
from cloud.services.casework import Asking, Done, Kind, NotAllowed, Refused

KIND = "credit_objection"


class Objection(Application):
    """异议申请: of an organisation, to one entry of its record. `ledger`: where it stands."""

    code: str
    county: str
    ledger: Literal["org_credit_event", "org_licence_or_penalty"] = "org_credit_event"
    entry: Id
    grounds: Words

    _code = field_validator("code")(code_of)


class Answer(Form):
    """来源部门答复."""

    statement: Words


class Correction(Form):
    """更正: what stands in the entry instead."""

    reason: Remark
    valid_until: Validity


WORKFLOW = Workflow(
    start="submitted",
    final=frozenset({"upheld", "corrected", "revoked", "withdrawn"}),
    steps=(
        step("ask_source", "submitted", "asked", "clerk", "reviewer"),
        step("answer", "asked", "answered", "department", "reviewer"),
        step("uphold", "submitted|answered", "upheld", "reviewer", reason=True),
        step("correct", "submitted|answered", "corrected", "reviewer", reason=True),
        step("revoke", "submitted|answered", "revoked", "reviewer", reason=True),
        step("withdraw", "submitted|asked|answered", "withdrawn", "applicant", "clerk"),
    ),
    clocks=(clock("answer", "submitted|asked|answered", Limit(working_days=20)),),
)


def _check(asking: Asking) -> None:
    form = asking.form
    if asking.case and asking.actor.role == "department" and asking.actor.unit != asking.case.owner:
        raise NotAllowed(f"the entry is {asking.case.owner}'s to explain")
    if not isinstance(form, Objection):
        return
    known = records.facts(asking.db, form.code)
    if known is None or known["county"] != form.county:
        raise Refused(
            f"no organisation {form.code} is registered in {form.county}", f"{form.county} 没有登记 {form.code}"
        )
    found = records.record(asking.db, form.ledger, form.entry)
    if found is None or found["code"] != form.code:
        raise Refused(f"{form.code} has no entry {form.entry}", f"{form.code} 没有记录 {form.entry}")
    if found["objection_state"] == "open":
        raise Refused(f"an objection to {form.entry} is being looked at already", f"{form.entry} 的异议正在处理")
    if found["valid_until"] is not None and found["valid_until"] < day_of(asking.now_ms).isoformat():
        raise Refused(
            f"{form.entry} is out of public view since {found['valid_until']}",
            f"{form.entry} 自 {found['valid_until']} 起已不公开",
        )


def _put_right(done: Done) -> None:
    """A licence or penalty that is not right is ended on the day; a credit event says so."""
    if done.case.state not in ("corrected", "revoked"):
        return
    filed = Objection.model_validate({**(done.case.form or {}), "applicants": ()})
    found = records.record(done.writing.books.db, filed.ledger, filed.entry)
    assert found is not None
    row = dict(found["row"])
    if isinstance(done.form, Correction):
        row |= {"reason": done.form.reason, "valid_until": done.form.valid_until}
        row |= {"state": "corrected"} if filed.ledger == records.CREDIT else {}
    elif filed.ledger == records.CREDIT:
        row |= {"state": "withdrawn"}
    else:
        ended = day_of(done.writing.now_ms)
        row |= {"valid_until": max(ended.isoformat(), str(row["decided"]))}
    done.enter(done.writing, filed.ledger, row, done.actor)


def _source(db: Connection, form: Objection) -> str:
    found = records.record(db, form.ledger, form.entry)
    assert found is not None
    return str(found["row"]["authority"])


OBJECTION = Kind(
    name=KIND,
    prefix="YY",
    workflow=WORKFLOW,
    opening=Objection,
    forms={"answer": Answer, "correct": Correction},
    opens=frozenset({"applicant", "clerk"}),
    area=lambda form: form.county,
    owner=_source,
    target=lambda form: f"{form.ledger}/{form.entry}",
    check=_check,
    then=_put_right,
)
