"""A draw (双随机抽查) and a joint visit (综合查一次、联合执法).

A draw is announced with its pools and with where its seed will come from, before anybody can know the seed. 国办发
〔2019〕5号 has results published within 20 working days; 行政处罚法 (2021) article 42 wants two inspectors at least.
"""

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import Actor, Role, covers
from cloud.domain.case_now import CaseNow
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Remark, Words, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.inspection import pools, records
from cloud.matters.inspection.drawing import Terms, TooFew, draw
from cloud.matters.inspection.pools import Category, Id, Unit
from cloud.services.casework import Asking, Kind, NotAllowed, Refused, opens_in

DRAW, VISIT = "inspection_draw", "joint_inspection"
PUBLISHED_WITHIN = Limit(working_days=20)
_LEAD: tuple[Role, ...] = ("reviewer", "manager")
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Announcement(Application):
    """抽查公告. `targets`: how many; `inspectors`: of each department at each; `seed_source`: a number that all can
    read and nobody can choose, such as a lottery's next draw, told on `draw_on`.
    """

    title: Words
    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=10)]
    category: Category
    area: str
    targets: Annotated[int, Field(ge=1, le=500)]
    inspectors: Annotated[int, Field(ge=2, le=10)] = 2
    cross_county: bool = False
    seed_source: Words
    draw_on: date

    _area = field_validator("area")(area_code)

    @field_validator("units")
    @classmethod
    def _differ(cls, units: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(units)) != len(units):
            raise ValueError("each department once")
        return units


class Seed(Form):
    """抽取: the seed as its source tells it."""

    seed: Words


class VisitForm(Application):
    """联合检查. `draw`: its number; `area`: the target's."""

    draw: Id
    target: Id
    area: str

    _area = field_validator("area")(area_code)


class Item(Form):
    """检查项."""

    item: Words
    passed: bool
    note: Remark = ""


class Finding(Form):
    """整改项. `due`: its last day."""

    what: Words
    due: date


class Section(Form):
    """A department's part of the record. `evidence`: events of the facility's own devices, by their ids."""

    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)]
    findings: Annotated[tuple[Finding, ...], Field(max_length=100)] = ()
    photos: Annotated[tuple[Sha256, ...], Field(max_length=100)] = ()
    evidence: Annotated[tuple[Id, ...], Field(max_length=100)] = ()


class Recheck(Form):
    """复查. `due`: until when, where it is not put right yet."""

    n: Annotated[int, Field(ge=1)]
    fixed: bool
    due: date | None = None
    photos: Annotated[tuple[Sha256, ...], Field(max_length=100)] = ()


def terms_of(number: str, form: Announcement) -> Terms:
    return Terms(number, form.units, form.targets, form.inspectors, form.cross_county)


def _check_draw(asking: Asking) -> None:
    form, today = asking.form, day_of(asking.now_ms)
    if isinstance(form, Announcement):
        opens_in(asking, form.area)
        if form.draw_on <= today:
            raise Refused("draw_on: announce it before the day on which the seed is told", "请在公布随机数之前公告")
        of = pools.frozen(asking.db, form.model_dump(mode="json"), asking.now_ms)
        _can_be_drawn(of, terms_of("", form), "")
    elif isinstance(form, Seed):
        assert asking.case is not None
        found = records.draw_of(asking.db, asking.case.number)
        assert found is not None
        announced = Announcement.model_validate(found["form"])
        if today < announced.draw_on:
            raise Refused(
                f"the seed is told on {announced.draw_on}, not before",
                f"随机数在 {announced.draw_on} 公布，之前不能抽取",
            )
        over = pools.recent(asking.db, asking.now_ms)
        _can_be_drawn(records.pools_of(found), terms_of(asking.case.number, announced), form.seed, over)


def _can_be_drawn(
    of: dict[str, list[dict[str, object]]], terms: Terms, seed: str, over: frozenset[str] = frozenset()
) -> None:
    try:
        draw(*pools.thawed(of), terms, seed, over)
    except TooFew as wrong:
        raise Refused(str(wrong), "可抽的对象或人员不够，请先补充名录") from None


def _check_visit(asking: Asking) -> None:
    if isinstance(asking.form, VisitForm):
        _may_open(asking, asking.form)
        return
    assert asking.case is not None
    of = asking.case.form or {}
    if asking.step in ("section", "finish", "recheck"):
        unit = records.is_assigned(asking.db, of["draw"], of["target"], asking.actor.number)
        if unit is None or unit != asking.actor.unit:
            raise NotAllowed("the draw has named others for this visit")
    match asking.form:
        case Section() as section:
            _is_new(asking, section)
        case Recheck() as recheck:
            _can_be_rechecked(asking, recheck)
    if asking.step == "finish" and (missing := _units(asking.db, of["draw"]) - _told(asking.db, asking.case.case)):
        raise Refused(f"not told yet: {', '.join(sorted(missing))}", f"还没有填报：{'、'.join(sorted(missing))}")
    if asking.step == "close" and any(one["fixed_on"] is None for one in records.findings(asking.db, asking.case.case)):
        raise Refused("something is still to be put right", "还有问题没有整改")


def _may_open(asking: Asking, form: VisitForm) -> None:
    if records.is_assigned(asking.db, form.draw, form.target, asking.actor.number) is None:
        raise NotAllowed("the draw has named others for this visit")
    target = pools.target_row(asking.db, form.target)
    if target is None or target.area != form.area:
        raise Refused("area: not the target's", "区划与检查对象不符")
    if records.visit_of(asking.db, form.draw, form.target) is not None:
        raise Refused("this visit has been begun already: one visit, one record", "这次检查已经建档，一次检查一份记录")


def _is_new(asking: Asking, section: Section) -> None:
    assert asking.case is not None
    if asking.actor.unit in _told(asking.db, asking.case.case):
        raise Refused(f"{asking.actor.unit} has told its part already", f"{asking.actor.unit} 的部分已经填报")
    if any(one.due < day_of(asking.now_ms) for one in section.findings):
        raise Refused("due: a day that can be kept", "整改期限不能早于今天")


def _can_be_rechecked(asking: Asking, recheck: Recheck) -> None:
    assert asking.case is not None
    found = {one["n"]: one for one in records.findings(asking.db, asking.case.case)}
    if recheck.n not in found:
        raise Refused(f"there is no {recheck.n} on the list", f"清单上没有第 {recheck.n} 项")
    if found[recheck.n]["fixed_on"] is not None:
        raise Refused(f"{recheck.n} has been put right already", f"第 {recheck.n} 项已经整改")
    if recheck.fixed != (recheck.due is None) or (recheck.due and recheck.due < day_of(asking.now_ms)):
        raise Refused("due: a new day where it is not put right, and only there", "没有整改的填新期限，已整改的不填")


def _units(db: Connection, number: str) -> set[str]:
    found = records.draw_of(db, number)
    return set(found["form"]["units"]) if found else set()


def _told(db: Connection, case: str) -> set[str]:
    s = c.case_step.c
    return set(db.scalars(select(s.unit).where(s.case == case, s.step == "section")))


def _reaches(db: Connection, case: CaseNow, actor: Actor) -> bool:
    """Whom the draw sends there works there, from whichever county."""
    of = case.form or {}
    return covers(actor.area, case.area) or records.is_assigned(db, of["draw"], of["target"], actor.number) is not None


DRAWS = Kind(
    name=DRAW,
    prefix="SJ",
    workflow=Workflow(
        start="announced",
        final=frozenset({"drawn", "cancelled"}),
        steps=(
            step("draw", "announced", "drawn", *_LEAD),
            step("cancel", "announced", "cancelled", *_LEAD, reason=True),
        ),
    ),
    opening=Announcement,
    forms={"draw": Seed},
    opens=frozenset(_LEAD),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.title}/{form.area}/{form.category}",
    check=_check_draw,
)
VISITS = Kind(
    name=VISIT,
    prefix="LJ",
    workflow=Workflow(
        start="visiting",
        final=frozenset({"closed"}),
        steps=(
            step("section", "visiting", "visiting", "inspector"),
            step("finish", "visiting", "reported", "inspector"),
            step("recheck", "reported", "reported", "inspector"),
            step("publish", "reported", "published", "inspector", "clerk", *_LEAD),
            step("recheck", "published", "published", "inspector"),
            step("close", "published", "closed", "inspector", *_LEAD),
        ),
        clocks=(clock("publication", "reported", PUBLISHED_WITHIN),),
    ),
    opening=VisitForm,
    forms={"section": Section, "recheck": Recheck},
    opens=frozenset({"inspector"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.draw}/{form.target}",
    check=_check_visit,
    reaches=_reaches,
)
