"""The pools (检查对象名录库、执法检查人员名录库) and complaints, as ledgers; and what of them a draw is made from."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from sqlalchemy import Connection, func, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import covers
from cloud.domain.deadline import day_of
from cloud.domain.forms import Form, Words, area_code
from cloud.matters.inspection.drawing import Inspector, Target
from cloud.matters.inspection.records import inspection_assignment
from cloud.services.ledgers import Entering, Ledger, Refused, only_in

TARGETS, INSPECTORS, COMPLAINTS = "inspection_target", "inspector", "inspection_complaint"
APART = timedelta(days=90)
_LONG_ENOUGH_MS = 92 * 86_400_000
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Unit = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Category = Literal["care_home", "social_organisation", "funeral_home", "cemetery", "relief_station"]
_e, _a = c.ledger_entry.c, inspection_assignment.c


class TargetRow(Form):
    """检查对象. `target`: its credit code or an id; `area`: township or village; `facility`: its box, if any."""

    target: Id
    name: Words
    category: Category
    area: str
    facility: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,64}$")] = ""
    active: bool = True

    _area = field_validator("area")(area_code)


class InspectorRow(Form):
    """执法检查人员. `inspector`: the number on the card (执法证号), also at the door; `conflicts`: targets (回避)."""

    inspector: Id
    unit: Unit
    area: str
    conflicts: Annotated[tuple[Id, ...], Field(max_length=1000)] = ()
    active: bool = True

    _area = field_validator("area")(area_code)


class Complaint(Form):
    """投诉举报: after one, a target may be drawn again. `about`: what, and nobody's name."""

    complaint: Id
    target: Id
    received: date
    about: Words


def _target_is_theirs(entering: Entering) -> None:
    assert isinstance(entering.row, TargetRow)
    only_in(entering, entering.row.area)


def _conflicts_are_targets(entering: Entering) -> None:
    """A conflict with a mistyped target would exclude nobody from anything."""
    assert isinstance(entering.row, InspectorRow)
    only_in(entering, entering.row.area)
    for target in entering.row.conflicts:
        _is_target(entering.db, target)


def _complaint_is_of_a_target(entering: Entering) -> None:
    assert isinstance(entering.row, Complaint)
    _is_target(entering.db, entering.row.target)
    if entering.row.received > day_of(entering.now_ms):
        raise Refused("received: not before it is", "收到日期不能晚于今天")


def _is_target(db: Connection, target: str) -> None:
    known = select(_e.key).where(_e.ledger == TARGETS, _e.key == target, _e.current)
    if db.execute(known).first() is None:
        raise Refused(f"{target} is no target of the pool", f"{target} 不在检查对象名录中")


LEDGERS = (
    Ledger(
        name=TARGETS,
        model=TargetRow,
        key=lambda row: row.target,
        enters=frozenset({"clerk", "inspector", "reviewer", "manager"}),
        check=_target_is_theirs,
    ),
    Ledger(
        name=INSPECTORS,
        model=InspectorRow,
        key=lambda row: row.inspector,
        enters=frozenset({"manager"}),
        check=_conflicts_are_targets,
    ),
    Ledger(
        name=COMPLAINTS,
        model=Complaint,
        key=lambda row: row.complaint,
        enters=frozenset({"clerk", "inspector", "operator", "manager"}),
        check=_complaint_is_of_a_target,
    ),
)


def frozen(db: Connection, form: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """The pools of a draw as they are published, for the form that opens one."""
    lately = recent(db, at_ms)
    targets = [
        {"target": row.target, "name": row.name, "area": row.area}
        for row in map(TargetRow.model_validate, _rows(db, TARGETS))
        if row.active
        and row.category == form["category"]
        and covers(form["area"], row.area)
        and row.target not in lately
    ]
    inspectors = [
        {"inspector": row.inspector, "unit": row.unit, "area": row.area, "conflicts": sorted(row.conflicts)}
        for row in map(InspectorRow.model_validate, _rows(db, INSPECTORS))
        if row.active and row.unit in form["units"]
    ]
    return {"targets": targets, "inspectors": inspectors}


def thawed(pools: Mapping[str, Any]) -> tuple[list[Target], list[Inspector]]:
    return (
        [Target(one["target"], one["area"]) for one in pools["targets"]],
        [
            Inspector(one["inspector"], one["unit"], one["area"], frozenset(one["conflicts"]))
            for one in pools["inspectors"]
        ],
    )


def recent(db: Connection, at_ms: int) -> frozenset[str]:
    """Targets that a draw had in the last 90 days, whosever draw it was; not those with a complaint since."""
    drawn = select(_a.target, func.max(_a.drawn_at_ms)).where(_a.drawn_at_ms > at_ms - _LONG_ENOUGH_MS)
    last: dict[str, int] = {target: at for target, at in db.execute(drawn.group_by(_a.target))}  # noqa: C416 - rows
    today = day_of(at_ms)
    near = {target: at for target, at in last.items() if today - day_of(at) <= APART}
    if near:
        complaints = select(_e.row, _e.at_ms).where(_e.ledger == COMPLAINTS, _e.current)
        for row, entered_at_ms in db.execute(complaints):
            target = json.loads(row)["target"]
            if target in near and entered_at_ms > near[target]:
                del near[target]
    return frozenset(near)


def target_row(db: Connection, target: str) -> TargetRow | None:
    row = db.scalar(select(_e.row).where(_e.ledger == TARGETS, _e.key == target, _e.current))
    return TargetRow.model_validate_json(row) if row else None


def _rows(db: Connection, ledger: str) -> list[dict[str, Any]]:
    """In the order of their keys, byte by byte, whatever the database's own is."""
    rows = db.execute(select(_e.key, _e.row).where(_e.ledger == ledger, _e.current)).all()
    return [json.loads(row) for _, row in sorted((key, row) for key, row in rows)]
