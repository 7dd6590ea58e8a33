"""Reaching who never registered or lost their papers (动员事实婚姻和证件遗失人员补办).

A campaign has time nodes, a village has a task with one worker, and each contact is written down.

Nobody is named by itself: targets are read by the worker of their village alone, and that they were read is written
down. There is no public route, and numbers are by township.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import Role, covers, level_of
from cloud.domain.deadline import day_of
from cloud.domain.forms import Applicant, Application, Form, Phone, Remark, Words, area_code
from cloud.domain.workflow import Workflow, step
from cloud.matters.marriage import paper_records as records
from cloud.matters.marriage.paper_records import outreach_target, outreach_task
from cloud.services.casework import Asking, Kind, NotAllowed, Refused, opens_in
from cloud.services.ledgers import Entering, Ledger, only_in

CAMPAIGN, TARGET, KIND = "outreach_campaign", "outreach_target", "outreach_task"
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Basis = Literal["de_facto", "lost"]
_OFFICE: tuple[Role, ...] = ("registrar", "clerk", "manager")
_WORKERS: tuple[Role, ...] = ("grid_worker", "clerk")
_e, _a, _t, _k = c.ledger_entry.c, c.staff_account.c, outreach_target.c, outreach_task.c


def village(text: str) -> str:
    """For a validator: 12 digits. Raises ValueError."""
    if level_of(text) != "village":
        raise ValueError("area: a village's, 12 digits")
    return text


class Node(Form):
    """时间节点. `done`: the day it was reached."""

    name: Words
    due: date
    done: date | None = None


class Campaign(Form):
    """动员活动."""

    campaign: Id
    name: Words
    area: str
    begins: date
    ends: date
    nodes: Annotated[tuple[Node, ...], Field(min_length=1, max_length=20)]

    _area = field_validator("area")(area_code)

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.ends < self.begins:
            raise ValueError("ends: before it begins")
        if not all(self.begins <= node.due <= self.ends for node in self.nodes):
            raise ValueError("nodes: due within the campaign")
        if len({node.name for node in self.nodes}) != len(self.nodes):
            raise ValueError("nodes: two have the same name")
        return self


class Target(Form):
    """动员对象. `basis`: lives as married without a registration (事实婚姻), or lost the papers (证件遗失)."""

    personal = frozenset({"name", "number", "phone", "address"})
    target: Id
    campaign: Id
    area: str
    basis: Basis
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    number: Annotated[str, Field(max_length=18)] = ""
    phone: Phone | None = None
    address: Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x1f]*$")] = ""
    token: Annotated[str, Field(max_length=64, json_schema_extra={"readOnly": True})] = ""

    _area = field_validator("area")(village)

    @field_validator("number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number if number else ""

    @field_validator("token")
    @classmethod
    def _citys_own(cls, _token: str) -> str:
        return ""

    def persons(self) -> dict[str, str]:
        return {"token": self.number} if self.number else {}


class Task(Application):
    """动员任务: one village of a campaign. `worker`: the staff number of who goes there."""

    campaign: Id
    area: str
    worker: Id
    due: date

    _area = field_validator("area")(village)


class Contact(Form):
    """联系记录. `said` stands sealed."""

    personal = frozenset({"said"})
    target: Id
    day: date
    by_way_of: Literal["visit", "phone", "letter", "message"]
    outcome: Literal["agreed", "undecided", "declined", "not_reached", "moved_away", "no_need"]
    said: Remark = ""


class Reassigned(Form):
    """改派."""

    worker: Id


def campaign_of(db: Connection, campaign: str) -> Campaign | None:
    row = db.scalar(select(_e.row).where(_e.ledger == CAMPAIGN, _e.key == campaign, _e.current))
    return None if row is None else Campaign.model_validate_json(row)


def _campaign_fits(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Campaign)
    only_in(entering, row.area)
    if any(node.done and node.done > day_of(entering.now_ms) for node in row.nodes):
        raise Refused("done: not before it is", "完成日期不能晚于今天")


def _target_fits(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Target)
    only_in(entering, row.area)
    _in_campaign(entering.db, row.campaign, row.area)
    if entering.before and (entering.before.row["campaign"], entering.before.row["area"]) != (row.campaign, row.area):
        raise Refused("target: enter another one", "对象所属活动和村不能改，请另录一条")


def _in_campaign(db: Connection, campaign: str, area: str) -> Campaign:
    found = campaign_of(db, campaign)
    if found is None:
        raise Refused(f"no campaign {campaign}", f"没有动员活动 {campaign}")
    if not covers(found.area, area):
        raise Refused("area: not the campaign's", "该村不在活动范围内")
    return found


def _check(asking: Asking) -> None:
    form = asking.form
    if isinstance(form, Task):
        opens_in(asking, form.area)
        found = _in_campaign(asking.db, form.campaign, form.area)
        if not found.begins <= form.due <= found.ends:
            raise Refused("due: within the campaign", "完成期限应在活动期间内")
        if records.task_of(asking.db, form.campaign, form.area) is not None:
            raise Refused("this village has its task already", "该村已有任务，可以改派")
        _may_go(asking.db, form.worker, form.area)
        return
    assert asking.case is not None
    if isinstance(form, Reassigned):
        _may_go(asking.db, form.worker, asking.case.area)
    elif asking.step in ("contact", "finish"):
        _is_the_worker(asking)
        _contact_fits(asking, form) if isinstance(form, Contact) else _all_reached(asking)


def _may_go(db: Connection, worker: str, area: str) -> None:
    found = db.execute(select(_a.role, _a.area).where(_a.number == worker)).first()
    if found is None or found.role not in _WORKERS or not covers(found.area, area):
        raise Refused("worker: no grid worker or clerk of this village", "该工号不是本村的网格员或工作人员")


def _is_the_worker(asking: Asking) -> None:
    """Raises NotAllowed."""
    assert asking.case is not None
    if records.worker_of(asking.db, asking.case.case) != asking.actor.number:
        raise NotAllowed("the task is somebody else's")


def _contact_fits(asking: Asking, contact: Contact) -> None:
    assert asking.case is not None
    found = asking.db.execute(select(_t.campaign, _t.area).where(_t.target == contact.target)).first()
    if found is None or tuple(found) != ((asking.case.form or {})["campaign"], asking.case.area):
        raise Refused("target: none of this task", "不是本任务的动员对象")
    if contact.day > day_of(asking.now_ms):
        raise Refused("day: not before it was", "联系日期不能晚于今天")


def _all_reached(asking: Asking) -> None:
    assert asking.case is not None
    of_task = _t.campaign == (asking.case.form or {})["campaign"], _t.area == asking.case.area
    waiting = select(_t.target).where(*of_task, _t.contacts == 0, _t.settled_by == "").limit(1)
    if asking.db.scalar(waiting) is not None:
        raise Refused("nobody has spoken to some of them yet", "还有对象没有联系过")


CAMPAIGNS = Ledger(
    name=CAMPAIGN,
    model=Campaign,
    key=lambda row: row.campaign,
    enters=frozenset({"manager", "registrar"}),
    check=_campaign_fits,
)
TARGETS = Ledger(
    name=TARGET,
    model=Target,
    key=lambda row: row.target,
    enters=frozenset({*_OFFICE, "grid_worker"}),
    private=True,
    check=_target_fits,
)
TASKS = Kind(
    name=KIND,
    prefix="DY",
    workflow=Workflow(
        start="assigned",
        final=frozenset({"finished", "cancelled"}),
        steps=(
            step("contact", "assigned|under_way", "under_way", *_WORKERS),
            step("reassign", "assigned", "assigned", *_OFFICE, reason=True),
            step("hand_over", "under_way", "under_way", *_OFFICE, reason=True),
            step("finish", "under_way", "finished", *_WORKERS),
            step("cancel", "assigned|under_way", "cancelled", *_OFFICE, reason=True),
        ),
    ),
    opening=Task,
    forms={"contact": Contact, "reassign": Reassigned, "hand_over": Reassigned},
    opens=frozenset(_OFFICE),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.campaign}/{form.area}/{form.worker}/{form.due}",
    check=_check,
    again=frozenset({"cancelled", "finished"}),
)
LEDGERS = (CAMPAIGNS, TARGETS)
