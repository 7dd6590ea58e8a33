"""Tasks (任务清单) and their time nodes (时间节点), as ledgers.

A task has six parts (有方案、有目标、有措施、有人员、有节点、有评估). Without one of them it cannot be active.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import CITY, Level, level_of
from cloud.domain.deadline import day_of
from cloud.domain.forms import Form, Remark, Words, area_code
from cloud.matters.plan.commitments import SECTION_OF, SECTIONS, short
from cloud.services.ledgers import Entering, Ledger, NotAllowed, Refused, only_in

TASK, NODE = "reform_task", "task_node"
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,60}$")]
Unit = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
_e = c.ledger_entry.c


class Task(Form):
    """任务. `item`: the commitment it keeps; `contact`: staff number of the named contact (定点联系); `people`: staff
    numbers. The fifth part, nodes, stands in the ledger of its own.
    """

    task: Id
    item: Annotated[str, Field(pattern=r"^C[0-9]{2}$")]
    title: Words
    level: Level
    area: str
    lead_unit: Unit
    partners: Annotated[tuple[Unit, ...], Field(max_length=50)] = ()
    contact: Annotated[str, Field(max_length=64)] = ""
    status: Literal["draft", "active", "done"] = "draft"
    plan: Remark = ""
    goal: Remark = ""
    measures: Remark = ""
    people: Annotated[tuple[Unit, ...], Field(max_length=200)] = ()
    evaluation: Remark = ""

    _area = field_validator("area")(area_code)

    @field_validator("item")
    @classmethod
    def _is_one(cls, item: str) -> str:
        if item not in SECTION_OF:
            raise ValueError(f"the plan has no commitment {item}")
        return item

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if level_of(self.area) != self.level:
            raise ValueError(f"level: {self.area} is of the {level_of(self.area)} level")
        if short(self.lead_unit) in {short(one) for one in self.partners}:
            raise ValueError("partners: a unit leads or takes part, not both")
        return self


class Node(Form):
    """时间节点. `n`: which of the task's; `evidence`: what shows that it was reached."""

    task: Id
    n: Annotated[int, Field(ge=1, le=999)]
    what: Words
    due: Annotated[date, Field(ge=date(2018, 1, 1), le=date(2100, 1, 1))]
    done: date | None = None
    evidence: Remark = ""

    @model_validator(mode="after")
    def _is_shown(self) -> Self:
        if (self.done is not None) != bool(self.evidence):
            raise ValueError("done and evidence go together")
        return self


def missing_parts(task: Task, nodes: int) -> tuple[str, ...]:
    """Of the six."""
    parts = {
        "plan": task.plan, "goal": task.goal, "measures": task.measures, "people": task.people, "nodes": nodes,
        "evaluation": task.evaluation,
    }  # fmt: skip
    return tuple(name for name, part in parts.items() if not part)


def node_key(task: str, n: int) -> str:
    return f"{task}/{n:03}"


def tasks(db: Connection) -> list[Task]:
    rows = db.scalars(select(_e.row).where(_e.ledger == TASK, _e.current).order_by(_e.key))
    return [Task.model_validate_json(row) for row in rows]


def task_of(db: Connection, task: str) -> Task | None:
    row = db.scalar(select(_e.row).where(_e.ledger == TASK, _e.key == task, _e.current))
    return Task.model_validate_json(row) if row else None


def nodes(db: Connection, task: str = "") -> list[Node]:
    """Of one task, or of all."""
    query = select(_e.row).where(_e.ledger == NODE, _e.current).order_by(_e.key)
    if task:
        query = query.where(_e.key.startswith(f"{task}/", autoescape=True))
    return [Node.model_validate_json(row) for row in db.scalars(query)]


def of_the_plan() -> list[Task]:
    """The city's own tasks, one for each commitment, as drafts."""
    return [
        Task(
            task=f"T-{item}", item=item, title=title, level="city", area=CITY, lead_unit=section.lead,
            partners=section.partners,
        )
        for section in SECTIONS
        for item, title in section.items.items()
    ]  # fmt: skip


def _check_task(entering: Entering) -> None:
    task = entering.row
    assert isinstance(task, Task)
    only_in(entering, task.area)
    lead = SECTION_OF[task.item].lead
    if task.level == "city" and task.lead_unit != lead:
        raise Refused(f"lead_unit: the plan names {lead} for {task.item}", f"{task.item} 的牵头单位按方案是 {lead}")
    if entering.before is not None and entering.before.row["item"] != task.item:
        raise Refused("item: another commitment is another task", "承诺事项不能改，请另建任务")
    if task.status == "draft":
        return
    of_task = nodes(entering.db, task.task)
    if missing := missing_parts(task, len(of_task)):
        raise Refused(
            f"it cannot be {task.status}: it lacks {', '.join(missing)}",
            f"还缺 {'、'.join(missing)}，不能改为 {task.status}",
        )
    if task.status == "done" and any(node.done is None for node in of_task):
        raise Refused("it cannot be done: a time node is still open", "还有时间节点没有完成，不能办结")


def _check_node(entering: Entering) -> None:
    node = entering.row
    assert isinstance(node, Node)
    task, actor = task_of(entering.db, node.task), entering.actor
    if task is None:
        raise Refused(f"no task {node.task}", f"没有任务 {node.task}")
    only_in(entering, task.area)
    if actor.role != "manager" and short(actor.unit) != short(task.lead_unit):
        raise NotAllowed(f"{task.lead_unit} leads this task")
    if node.done is not None and node.done > day_of(entering.now_ms):
        raise Refused("done: not before it is", "完成日期不能晚于今天")


LEDGERS = (
    Ledger(
        name=TASK,
        model=Task,
        key=lambda row: row.task,
        enters=frozenset({"reviewer", "manager"}),
        check=_check_task,
    ),
    Ledger(
        name=NODE,
        model=Node,
        key=lambda row: node_key(row.task, row.n),
        enters=frozenset({"clerk", "reviewer", "manager"}),
        check=_check_node,
    ),
)
