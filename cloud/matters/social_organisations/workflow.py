"""Approval and annual check (审批、年检): on line from first to last, or one visit where nothing was signed on line.

Sources: domain brief C40; 社会团体登记管理条例: establishing, changing, cancelling, the annual check; 电子签名法. An
application is signed once: electronically, over what was filed, and nobody comes; or with a pen at the window, which
is the one visit and is counted as such. What is decided enters the register in the same transaction, and goes to the
provincial joint platform afterwards.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection

from cloud.domain.case_now import CaseNow
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Remark, Words
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.social_organisations import archive, records
from cloud.matters.social_organisations.archive import Document
from cloud.matters.social_organisations.registers import (
    ORGANISATION,
    Name,
    Organisation,
    Year,
    code_of,
)
from cloud.matters.social_organisations.signing import ESignature, PenSignature, verify
from cloud.services.casework import Asking, Done, Kind, Refused
from contract.identifiers.area import AREAS

KIND = "org_case"
AT_WINDOW = "sign_at_window"
Action = Literal["establish", "change", "cancel", "annual_check"]


class Facts(Form):
    """What an organisation to be established says of itself."""

    name: Name
    initials: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,64}$")]
    kind: Literal["association", "service", "foundation"]
    legal_representative: Words
    supervisor: Annotated[str, Field(max_length=64)] = ""
    address: Remark = ""
    scope: Remark = ""


class Changes(Form):
    """变更: only what shall be otherwise."""

    name: Name | None = None
    initials: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,64}$")] | None = None
    legal_representative: Words | None = None
    supervisor: Annotated[str, Field(max_length=64)] | None = None
    address: Remark | None = None
    scope: Remark | None = None


class OrgCase(Application):
    """社会组织申请. `code`: of the organisation, "" for one that is to be established; `county`: where it registers."""

    action: Action
    county: str
    code: str = ""
    facts: Facts | None = None
    changes: Changes | None = None
    year: Year | None = None
    documents: Annotated[tuple[Document, ...], Field(max_length=30)] = ()

    @field_validator("code")
    @classmethod
    def _is_one(cls, code: str) -> str:
        return code_of(code) if code else code

    @field_validator("county")
    @classmethod
    def _is_ours(cls, county: str) -> str:
        if county not in AREAS:
            raise ValueError("no county of this city")
        return county

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        wanted = {"establish": "facts", "change": "changes", "annual_check": "year"}.get(self.action)
        for name in ("facts", "changes", "year"):
            if (getattr(self, name) is not None) != (name == wanted):
                raise ValueError(f"{name}: {'needed for' if name == wanted else 'not for'} {self.action}")
        if bool(self.code) == (self.action == "establish"):
            raise ValueError("code: of the organisation; one that is to be established has none yet")
        if self.changes is not None and not self.changes.model_dump(exclude_none=True):
            raise ValueError("changes: say what shall be otherwise")
        return self


class Approval(Form):
    """审批意见. `code`: the one that is given to a new organisation; `result`: of an annual check."""

    opinion: Remark = ""
    code: str = ""
    established: date | None = None
    result: Literal["passed", "basically_passed", "not_passed"] | None = None

    @field_validator("code")
    @classmethod
    def _is_one(cls, code: str) -> str:
        return code_of(code) if code else code


class PlatformReceipt(Form):
    """联办平台回执."""

    reference: Words


WORKFLOW = Workflow(
    start="submitted",
    final=frozenset({"closed", "refused", "withdrawn"}),
    steps=(
        step("ask_more", "submitted", "awaiting_applicant", "clerk", "reviewer", reason=True),
        step("answer", "awaiting_applicant", "submitted", "applicant", "clerk"),
        step("accept", "submitted", "accepted", "clerk", "reviewer"),
        step("sign_electronically", "accepted", "signed", "applicant", "clerk"),
        step(AT_WINDOW, "accepted", "signed", "clerk"),
        step("review", "signed", "reviewed", "reviewer"),
        step("approve", "reviewed", "approved", "reviewer", "manager"),
        step("report", "approved", "closed", "system"),
        step("refuse", "submitted|accepted|signed|reviewed", "refused", "reviewer", "manager", reason=True),
        step("withdraw", "submitted|awaiting_applicant|accepted", "withdrawn", "applicant", "clerk"),
    ),
    clocks=(
        clock("acceptance", "submitted", Limit(working_days=5)),
        clock("decision", "accepted|signed|reviewed", Limit(working_days=20)),
    ),
)


def _check(asking: Asking) -> None:
    form, case = asking.form, asking.case
    match form:
        case OrgCase():
            _can_be_asked(asking.db, form)
        case ESignature() | PenSignature() if case:
            verify(case, form)
        case Approval() if case:
            _can_be_approved(asking.db, case, form)


def _can_be_asked(db: Connection, form: OrgCase) -> None:
    if form.action == "establish":
        assert form.facts is not None
        if records.is_taken(db, form.facts.name):
            raise Refused("another organisation has this name: choose another one", "已有社会组织用这个名称，请另取")
        return
    known = records.facts(db, form.code)
    if known is None:
        raise Refused(f"no organisation {form.code} is registered", f"没有登记 {form.code}")
    if known["state"] == "cancelled":
        raise Refused(f"{form.code} is cancelled", f"{form.code} 已注销")
    if known["county"] != form.county:
        raise Refused(
            f"{form.code} is registered in {known['county']}: apply there",
            f"{form.code} 登记在 {known['county']}，请在那里申请",
        )


def _can_be_approved(db: Connection, case: CaseNow, form: Approval) -> None:
    action = (case.form or {})["action"]
    if bool(form.code) != (action == "establish") or (form.result is not None) != (action == "annual_check"):
        raise Refused(
            "give a code to what is established, a result to an annual check, and neither to others",
            "成立填代码，年检填结论，其他都不填",
        )
    if form.code and records.facts(db, form.code) is not None:
        raise Refused(f"{form.code} is another organisation's", f"{form.code} 是另一家社会组织的代码")


def _enter(done: Done) -> None:
    """What was approved stands in the register at once; what has ended, in the archive."""
    if done.case.state in ("closed", "refused"):
        filed = OrgCase.model_validate(done.case.form)
        done.enter(
            done.writing, archive.NAME, archive.archived(done.writing.books.db, done.case, filed.documents), done.actor
        )
    if not isinstance(done.form, Approval) or done.step != "approve":
        return
    db, filed = done.writing.books.db, OrgCase.model_validate(done.case.form)
    match filed.action:
        case "establish":
            assert filed.facts is not None
            day = done.form.established or _day(done)
            row: dict[str, Any] = {
                **filed.facts.model_dump(), "code": done.form.code, "county": filed.county, "established": day,
                "registrar": f"{AREAS[filed.county].zh}民政局",
            }  # fmt: skip
            done.enter(done.writing, ORGANISATION, row, done.actor)
        case "change":
            assert filed.changes is not None
            row = {**_known(db, filed.code), **filed.changes.model_dump(exclude_none=True)}
            done.enter(done.writing, ORGANISATION, row, done.actor)
        case "cancel":
            done.enter(done.writing, ORGANISATION, {**_known(db, filed.code), "state": "cancelled"}, done.actor)
        case "annual_check":
            row = {
                "code": filed.code, "year": filed.year, "result": done.form.result, "decided": _day(done),
                "authority": f"{AREAS[filed.county].zh}民政局",
            }  # fmt: skip
            done.enter(done.writing, records.ANNUAL, row, done.actor)


def _known(db: Connection, code: str) -> dict[str, Any]:
    known = records.facts(db, code)
    if known is None:
        raise Refused(f"{code} is registered no longer", f"{code} 已不在登记册上")
    return Organisation.model_validate(known).model_dump()


def _day(done: Done) -> date:
    return day_of(done.writing.now_ms)


ORG_CASE = Kind(
    name=KIND,
    prefix="SZ",
    workflow=WORKFLOW,
    opening=OrgCase,
    forms={
        "sign_electronically": ESignature, AT_WINDOW: PenSignature, "approve": Approval, "report": PlatformReceipt,
    },
    opens=frozenset({"applicant", "clerk", "reviewer"}),
    area=lambda form: form.county,
    owner=lambda _db, form: form.county,
    target=lambda form: f"{form.action}/{form.code or records.normal(form.facts.name)}/{form.year or ''}",
    check=_check,
    then=_enter,
)  # fmt: skip
