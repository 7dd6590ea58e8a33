"""Supervision (督查): a ladder of steps against a time node that is not reached, each with its reply.

Seven days before the day a reminder (提醒), the day after it 督办, fifteen days after it 约谈. The plan names the last
two and no days; the days are ours.
"""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from cloud.domain.actor import SYSTEM, Role
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Remark
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.plan.commitments import short
from cloud.matters.plan.tasks import Id, Node, Unit, nodes, task_of, tasks
from cloud.ports import CityLog
from cloud.services.casework import Asking, Casework, Kind, NotAllowed, Refused, opens_in

KIND = "supervision_action"
EVERY_S = 600
Rung = Literal["remind", "urge", "talk"]
_LADDER: tuple[tuple[Rung, int], ...] = (("talk", 15), ("urge", 1), ("remind", -7))  # days after the node's day


def rung(due: date, today: date) -> Rung | None:
    """The highest that has been reached; None more than seven days before."""
    return next((name for name, days in _LADDER if today >= due + timedelta(days=days)), None)


class Action(Application):
    """督查. Of a time node as it was due then; it goes to `unit`, which leads the task."""

    kind: Rung
    task: Id
    n: int = Field(ge=1, le=999)
    due: date
    unit: Unit
    area: str


class Reply(Form):
    """回复."""

    text: Remark = Field(min_length=1)


def _check(asking: Asking) -> None:
    match asking.form:
        case Action() as action:
            opens_in(asking, action.area)
            task = task_of(asking.db, action.task)
            if task is None or task.lead_unit != action.unit or task.area != action.area:
                raise Refused("it goes to the unit that leads the task", "应发给任务的牵头单位")
        case Reply() if asking.case is not None:
            unit = str((asking.case.form or {})["unit"])
            if short(asking.actor.unit) != short(unit):
                raise NotAllowed(f"{unit} replies")


_UNIT: tuple[Role, ...] = ("clerk", "reviewer", "department", "manager")
ACTIONS = Kind(
    name=KIND,
    prefix="DC",
    workflow=Workflow(
        start="sent",
        final=frozenset({"replied"}),
        steps=(step("reply", "sent", "replied", *_UNIT),),
        clocks=(clock("reply", "sent", Limit(working_days=5)),),
    ),
    opening=Action,
    forms={"reply": Reply},
    opens=frozenset({"system", "manager"}),
    area=lambda form: form.area,
    owner=lambda _db, form: short(form.unit),
    target=lambda form: f"{form.kind}/{form.task}/{form.n}/{form.due}",
    check=_check,
)


class Supervision:
    """The job: each rung once for each node and day that it is due. Whoever moves the day begins the ladder anew."""

    def __init__(self, log: CityLog, casework: Casework) -> None:
        self._log, self._casework = log, casework

    def step(self) -> int:
        """How many were sent. Raises RecordsUnavailable."""
        sent = 0
        with self._log.writing() as writing:
            db, today = writing.books.db, day_of(writing.now_ms)
            active = {task.task: task for task in tasks(db) if task.status == "active"}
            for node in nodes(db):
                kind = rung(node.due, today) if node.done is None and node.task in active else None
                if kind is None or writing.books.case_now(case := case_id(kind, node)) is not None:
                    continue
                task = active[node.task]
                about: dict[str, Any] = {"kind": kind, "task": node.task, "n": node.n, "due": node.due}
                form = Action(**about, unit=task.lead_unit, area=task.area)
                self._casework.open_in(writing, ACTIONS, form, SYSTEM, "system", case=case)
                sent += 1
        return sent


def case_id(kind: Rung, node: Node) -> str:
    """The same rung of the same node and day is the same case (a UUID of version 8, RFC 9562)."""
    about = sha256(f"{KIND}/{kind}/{node.task}/{node.n}/{node.due}".encode()).digest()[:16]
    bits = int.from_bytes(about) & ~(0xF << 76) & ~(0x3 << 62)
    return str(UUID(int=bits | 8 << 76 | 2 << 62))
