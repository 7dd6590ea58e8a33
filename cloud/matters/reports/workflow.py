"""A report's way up. Each level sends its own when all below it is confirmed; the level above confirms or returns it.

Figures are a village's alone. What is returned (退回) opens that one report again and nothing else; no level can be
passed over, because only the area directly above may confirm.
"""

from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import Connection

from cloud.domain.actor import CITY, Role, above, level_of
from cloud.domain.forms import Application, Form, Words, area_code
from cloud.domain.workflow import Workflow, step
from cloud.matters.reports import records
from cloud.services.casework import Asking, Kind, Refused
from cloud.services.ledgers import Entering, Ledger, only_in

KIND = "report_batch"
PLAN = "report_plan"
_STAFF: tuple[Role, ...] = ("clerk", "grid_worker", "reviewer", "manager")
Figures = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")], Annotated[int, Field(ge=0, le=10**12)]]
Period = Annotated[str, Field(pattern=r"^20[0-9]{2}(-(0[1-9]|1[0-2])|-Q[1-4])?$")]


class Plan(Form):
    """上报任务: which villages report what, for which period."""

    report: Words
    period: Period
    figures: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]
    villages: Annotated[tuple[str, ...], Field(min_length=1, max_length=2000)]

    @field_validator("villages")
    @classmethod
    def _are_villages(cls, villages: tuple[str, ...]) -> tuple[str, ...]:
        if any(level_of(village) != "village" for village in villages):
            raise ValueError("villages have 12 digits")
        return villages


class Batch(Application):
    """上报: an area's report. `figures`: of a village; other levels have none, theirs are sums."""

    report: Words
    period: Period
    area: str
    figures: Figures = Field(default_factory=dict)

    _area = field_validator("area")(area_code)


class Correction(Form):
    """更正: all figures anew."""

    figures: Figures


def _check(asking: Asking) -> None:
    if asking.case is None:
        assert isinstance(asking.form, Batch)
        _may_open(asking, asking.form)
        return
    of, form = asking.case.form or {}, asking.form
    report, period, area = str(of["report"]), str(of["period"]), asking.case.area
    match asking.step:
        case "send" | "correct":
            if asking.actor.area != area:
                raise Refused(f"the report of {area} is its own to {asking.step}", f"{area} 的报表由其自己办理")
        case _ if asking.actor.area != above(area) or area == CITY:
            raise Refused(
                f"the report of {area} goes to {above(area)}, and no level is passed over",
                f"{area} 的报表由 {above(area)} 确认，不能越级",
            )
    if asking.step == "correct":
        assert isinstance(form, Correction)
        _are_planned(_plan(asking.db, report, period), area, form.figures)
    if asking.step == "send":
        _all_below_confirmed(asking.db, _plan(asking.db, report, period), area)
    if asking.step == "return" and asking.case.state == "confirmed":
        parent = records.batch(asking.db, report, period, above(area))
        if parent is not None and parent.state in ("sent", "confirmed"):
            raise Refused(
                f"{above(area)} has sent its own already: it must come back first",
                f"{above(area)} 已上报，须先退回上一级",
            )


def _may_open(asking: Asking, form: Batch) -> None:
    plan = _plan(asking.db, form.report, form.period)
    if asking.actor.area != form.area:
        raise Refused(f"{form.area} reports for itself", f"{form.area} 的报表由其自己填报")
    if not any(village.startswith(_below(form.area)) for village in plan.villages):
        raise Refused(f"nothing is asked of {form.area}", f"{form.area} 不在上报范围内")
    if records.batch(asking.db, form.report, form.period, form.area) is not None:
        raise Refused(f"{form.area} has begun its report already", f"{form.area} 已在填报")
    _are_planned(plan, form.area, form.figures)


def _are_planned(plan: Plan, area: str, figures: Figures) -> None:
    wanted = set(plan.figures) if level_of(area) == "village" else set()
    if set(figures) != wanted:
        raise Refused(
            f"figures of {area}: {', '.join(sorted(wanted)) or 'none, they are sums'}",
            f"{area} 应填：{'、'.join(sorted(wanted)) or '不填，由下级汇总'}",
        )


def _all_below_confirmed(db: Connection, plan: Plan, area: str) -> None:
    states = records.states(db, plan.report, plan.period)
    open_ones = sorted(child for child in _children(plan, area) if states.get(child) != "confirmed")
    if open_ones:
        raise Refused(f"not confirmed yet: {', '.join(open_ones[:10])}", f"下级尚未确认：{'、'.join(open_ones[:10])}")


def _children(plan: Plan, area: str) -> set[str]:
    """The areas directly below."""
    if level_of(area) == "village":
        return set()
    length = {"city": 6, "county": 9, "township": 12}[level_of(area)]
    return {village[:length] for village in plan.villages if village.startswith(_below(area))}


def _below(area: str) -> str:
    return "3308" if area == CITY else area


def _plan(db: Connection, report: str, period: str) -> Plan:
    """Raises Refused."""
    row = records.plan(db, key_of(report, period))
    if row is None:
        raise Refused(f"nobody has asked for {report} of {period}", f"没有 {period} 的上报任务：{report}")
    return Plan.model_validate(row)


def key_of(report: str, period: str) -> str:
    return f"{report}/{period}"


BATCH = Kind(
    name=KIND,
    prefix="SB",
    workflow=Workflow(
        start="drafted",
        final=frozenset(),  # what is confirmed may still come back
        steps=(
            step("correct", "drafted|returned", "drafted", *_STAFF),
            step("send", "drafted|returned", "sent", *_STAFF),
            step("confirm", "sent", "confirmed", *_STAFF),
            step("return", "sent|confirmed", "returned", *_STAFF, reason=True),
        ),
    ),
    opening=Batch,
    forms={"correct": Correction},
    opens=frozenset(_STAFF),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area,
    target=lambda form: f"{form.report}/{form.period}/{form.area}",
    check=_check,
)


def _check_plan(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Plan)
    only_in(entering, *row.villages)


LEDGER = Ledger(
    name=PLAN,
    model=Plan,
    key=lambda row: key_of(row.report, row.period),
    enters=frozenset({"manager"}),
    check=_check_plan,
)
