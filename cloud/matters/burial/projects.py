"""Building projects (节地生态安葬设施建设): milestones against their days, money paid against the budget."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import covers
from cloud.domain.deadline import day_of
from cloud.domain.forms import Form, Words, area_code
from cloud.domain.time_node import days_late, light, worst
from cloud.matters.burial.facilities import BurialKind, Id
from cloud.services.ledgers import Entering, Ledger, Refused, only_in

NAME = "burial_project"
Fen = Annotated[int, Field(ge=0, le=10**13)]
_e = c.ledger_entry.c


class Milestone(Form):
    """`done`: the day it was reached."""

    name: Words
    due: date
    done: date | None = None


class Project(Form):
    """建设项目. Money in fen."""

    project: Id
    name: Words
    kind: BurialKind
    area: str
    places: Annotated[int, Field(ge=1, le=1_000_000)]
    budget_fen: Fen
    paid_fen: Fen = 0
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=50)]

    _area = field_validator("area")(area_code)

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.paid_fen > self.budget_fen:
            raise ValueError("paid_fen: more than the budget; raise the budget first")
        if len({one.name for one in self.milestones}) != len(self.milestones):
            raise ValueError("milestones: two have the same name")
        return self


def _done_is_past(entering: Entering) -> None:
    assert isinstance(entering.row, Project)
    only_in(entering, entering.row.area)
    today = day_of(entering.now_ms)
    if any(one.done and one.done > today for one in entering.row.milestones):
        raise Refused("done: not before it is", "完成日期不能晚于今天")


LEDGER = Ledger(
    name=NAME,
    model=Project,
    key=lambda row: row.project,
    enters=frozenset({"clerk", "reviewer", "manager"}),
    check=_done_is_past,
)


def progress(project: Project, today: date) -> dict[str, Any]:
    """As a board shows it: the project has its worst milestone's light."""
    nodes = [
        {
            "name": one.name,
            "due": one.due.isoformat(),
            "done": one.done.isoformat() if one.done else None,
            "light": light(one.due, one.done, today),
            "days_late": days_late(one.due, one.done, today),
        }
        for one in project.milestones
    ]
    return {
        "project": project.project, "name": project.name, "kind": project.kind, "area": project.area,
        "places": project.places, "budget_fen": project.budget_fen, "paid_fen": project.paid_fen,
        "light": worst(light(one.due, one.done, today) for one in project.milestones), "milestones": nodes,
    }  # fmt: skip


def board(db: Connection, area: str, today: date) -> list[dict[str, Any]]:
    """Of an area and all below it."""
    rows = db.scalars(select(_e.row).where(_e.ledger == NAME, _e.current).order_by(_e.key))
    projects = [Project.model_validate_json(row) for row in rows]
    return [progress(one, today) for one in projects if covers(area, one.area)]
