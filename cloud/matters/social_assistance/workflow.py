"""The one form of social assistance (社会救助申请, 多表合一): accepted, visited, made public in the village, decided.

Sources: domain brief C42, C43, 4.6; 社会救助暂行办法. What a household says stands sealed, its needs as well; the
moment it is filed, each department that may be asked has its part, or its earlier result is taken over (互认). The
decision has 30 working days unless the city sets it otherwise (ledger `time_limit`).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import SYSTEM
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Applicant, Application, Form, Phone, Remark, Words, area_code
from cloud.domain.validity import LONG_TERM
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.social_assistance import proxies, records
from cloud.matters.social_assistance.household import House, Income, Member, Need, Status
from cloud.matters.social_assistance.tasks import TASK, task_of
from cloud.services.casework import Asking, Done, Kind, NotAllowed, Refused
from contract.identifiers.townships import TOWNSHIPS
from contract.special_relief import RECOGNISED, owners_of

KIND = "assistance_form"


class AssistanceForm(Application):
    """社会救助申请表. `economy_check`: the household lets its means be checked (家庭经济状况核对授权)."""

    personal = frozenset({"applicants", "phone", "address", "needs", "status", "members", "incomes", "house", "remark"})
    applicants: Annotated[tuple[Applicant, ...], Field(min_length=1, max_length=1)]
    area: str
    economy_check: bool
    needs: Annotated[tuple[Need, ...], Field(min_length=1, max_length=7)]
    status: Status
    phone: Phone | None = None
    address: Remark = ""
    members: Annotated[tuple[Member, ...], Field(max_length=20)] = ()
    incomes: Annotated[tuple[Income, ...], Field(max_length=20)] = ()
    house: House | None = None
    remark: Remark = ""

    @field_validator("area")
    @classmethod
    def _is_in_a_township(cls, area: str) -> str:
        if area_code(area)[:9] not in TOWNSHIPS:
            raise ValueError("9 digits of a township of this city, or 12 of a village in it")
        return area


class HouseholdVisit(Form):
    """入户调查. `visitors`: staff numbers, two at least."""

    day: date
    visitors: Annotated[tuple[Words, ...], Field(min_length=2, max_length=5)]
    finding: Literal["as_stated", "differs"]


class Publicity(Form):
    """公示: its last day. Names in it are masked."""

    until: date


class Decision(Form):
    """审批决定. Fen a month."""

    category: Literal["low_income", "extreme_poverty", "low_income_margin", "temporary"]
    fen_month: Annotated[int, Field(ge=0, le=10**8)]


WORKFLOW = Workflow(
    start="submitted",
    final=frozenset({"approved", "refused", "withdrawn"}),
    steps=(
        step("accept", "submitted", "accepted", "clerk", "reviewer"),
        step("ask_more", "submitted", "awaiting_applicant", "clerk", "reviewer", reason=True),
        step("answer", "awaiting_applicant", "submitted", "applicant", "grid_worker", "clerk"),
        step("visit", "accepted", "visited", "clerk", "reviewer"),
        step("publicise", "visited", "publicised", "clerk", "reviewer"),
        step("approve", "publicised", "approved", "reviewer", level="county"),
        step("refuse", "accepted|visited|publicised", "refused", "reviewer", level="county", reason=True),
        step("withdraw", "submitted|awaiting_applicant|accepted", "withdrawn", "applicant", "grid_worker", "clerk"),
    ),
    clocks=(
        clock("acceptance", "submitted", Limit(working_days=1)),
        clock("decision", "accepted|visited|publicised", Limit(working_days=30)),
    ),
)


def _check(asking: Asking) -> None:
    day, form = day_of(asking.now_ms), asking.form
    if asking.actor.role == "grid_worker" and not proxies.authorisation(
        asking.db, asking.persons, asking.actor.number, KIND, day
    ):
        raise NotAllowed("no signed authorisation of this person lets you act in this matter today")
    if isinstance(form, AssistanceForm) and not form.economy_check and form.status not in RECOGNISED:
        raise Refused(
            "the household has not agreed to the check of its means, which there must be",
            "家庭还没有同意核对经济状况，须先同意",
        )
    if asking.step == "approve" and asking.case is not None:
        until = _publicity(asking.db, asking.case.case)
        if day <= until:
            raise Refused(f"it is public until {until}: decide after that day", f"公示至 {until}，期满后再决定")


def _publicity(db: Connection, case: str) -> date:
    s = c.case_step.c
    last = select(s.form).where(s.case == case, s.step == "publicise").order_by(s.n.desc()).limit(1)
    return Publicity.model_validate_json(db.scalars(last).one()).until


def _ask_departments(done: Done) -> None:
    """Exactly those that it may ask. What one of them has recognised already is not asked again."""
    form, case = done.form, done.case
    if not isinstance(form, AssistanceForm):
        return
    books, (person,) = done.writing.books, done.writing.books.persons_of(case.case)
    for owner in owners_of(form.needs, form.status):
        part = task_of(case.case, case.area, owner, form)
        task = done.casework.open_in(done.writing, TASK, part, SYSTEM, "system").case
        known = records.known(books.db, person, owner, day_of(done.writing.now_ms))
        if known is not None:
            of, granted, until = known
            result = {"of": of, "result": granted, "valid_until": until or LONG_TERM}
            done.casework.step_in(done.writing, task, "reuse", result, SYSTEM)


ASSISTANCE = Kind(
    name=KIND,
    prefix="JZ",
    workflow=WORKFLOW,
    opening=AssistanceForm,
    forms={"visit": HouseholdVisit, "publicise": Publicity, "approve": Decision},
    opens=frozenset({"applicant", "clerk", "grid_worker", "system"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:9],
    target=lambda form: form.area[:9],
    check=_check,
    then=_ask_departments,
)
