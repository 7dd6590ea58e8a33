"""The survey of doorplates in five steps (实地采集、审核比对、整理完善、标准化、导入), as the plan has them.

A point comes from a collector's device (see syncing); what a reviewer sends back comes again with a higher revision.
"""

import json
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection, update

from cloud.adapters.sql_database import insert_once
from cloud.domain.actor import Role
from cloud.domain.deadline import Limit
from cloud.domain.forms import Application, Form, Remark
from cloud.domain.happened import Happened
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.place_names import address_base, villages
from cloud.matters.place_names import doorplate_records as records
from cloud.matters.place_names.addressing import BadAddress, parse
from cloud.ports import Books
from cloud.services.casework import Asking, Done, Kind, NotAllowed, Refused
from contract.doorplates import Point
from contract.events.city import CaseOpened, CaseStepped

KIND = "doorplate_survey"
Flag = Literal[
    "outside_village", "village_unknown", "weak_fix", "manual_fix", "clock_ahead", "unreadable",
    "same_plate_elsewhere", "other_plate_here",
]  # fmt: skip
_FLAGS = {
    "outside_village": "点位不在所填村（社区）界内", "village_unknown": "该村（社区）界线尚未录入",
    "weak_fix": "卫星定位精度不足", "manual_fix": "位置为手动标注", "clock_ahead": "采集设备时钟偏快",
    "unreadable": "地址不完整或无法识别", "same_plate_elsewhere": "相同门牌在别处已有",
    "other_plate_here": "此处已有其他门牌",
}  # fmt: skip
_CLOCK_AHEAD_MS = 5 * 60_000
_STAFF: tuple[Role, ...] = ("clerk", "operator", "reviewer")
Text128 = Annotated[str, Field(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Collected(Application, Point):
    """实地采集: a point as the collector's device has it."""


class Review(Form):
    """审核比对. `seen`: the flags that the reviewer has looked at and accepts; `revision`: the one that was looked at,
    0 for the one that is there.
    """

    seen: tuple[Flag, ...] = ()
    revision: Annotated[int, Field(ge=0, le=1000)] = 0
    opinion: Remark = ""


class Completion(Form):
    """整理完善. `address`: with what was missing, "" where nothing was; `replaces`: what hung there before."""

    address: Text128 = ""
    replaces: Text128 = ""


class Standard(Form):
    """标准化: the address as the rules write it."""

    address: Annotated[Text128, Field(min_length=2)]


def _check(asking: Asking) -> None:
    if asking.case is None:
        return
    row = records.survey(asking.db, asking.case.case)
    assert row is not None
    match asking.form:
        case Collected() as again:
            _is_a_correction(asking, again, row)
        case Review() as review if asking.step == "approve":
            _was_looked_at(asking, review, row)
        case Completion() as completion:
            _can_be_completed(asking.db, completion, row)
        case Standard(address=address):
            _is_standard(address, row)
    if asking.step == "withdraw" and asking.actor.number != row["collector"]:
        raise NotAllowed("the point is another collector's")


def _is_a_correction(asking: Asking, again: Collected, row: records.Row) -> None:
    if asking.actor.number != row["collector"]:
        raise NotAllowed("the point is another collector's")
    if again.point != row["case"]:
        raise Refused("point: another point's", "点位编号不符")
    if again.revision <= row["revision"]:
        raise Refused("revision: not above the one that is here", "修订号须大于已有的修订号")
    if again.area[:6] != row["area"][:6]:
        raise Refused("area: of another county; collect it anew", "区划属于其他县，请重新采集")


def _was_looked_at(asking: Asking, review: Review, row: records.Row) -> None:
    if asking.actor.number == row["collector"]:
        raise NotAllowed("nobody reviews what they collected themselves")
    if review.revision not in (0, row["revision"]):
        raise Refused("revision: the collector corrected it since; look again", "采集员已更正该点位，请重新核对")
    open_flags = sorted(set(flags_now(asking.db, row)) - set(review.seen))
    if open_flags:
        told = "、".join(_FLAGS[flag] for flag in open_flags)
        wanted = json.dumps(open_flags)
        raise Refused(f"seen: look at {wanted} first", f"请先核对：{told}；核对后在“已核对的标记”中填写 {wanted}")


def flags_now(db: Connection, row: records.Row) -> list[str]:
    """Those of the point, and what the base says to it now."""
    asked = address_base.questions(db, row["written"], row["area"], row["lon"], row["lat"])
    return sorted({*filter(None, row["flags"].split(",")), *(one["flag"] for one in asked)})


def _can_be_completed(db: Connection, completion: Completion, row: records.Row) -> None:
    address = completion.address or row["written"]
    try:
        missing = parse(address, row["area"]).missing
    except BadAddress as wrong:
        raise Refused(f"address: {wrong}", f"地址：{wrong.zh}") from None
    if missing:
        raise Refused(f"address: still without {', '.join(missing)}", f"地址还缺少 {'、'.join(missing)}")
    if completion.replaces:
        old = records.address(db, completion.replaces)
        if old is None or old["status"] != "current" or old["area"][:6] != row["area"][:6]:
            raise Refused("replaces: no such address is in use in the county", "原地址不在本县在用的标准地址中")


def _is_standard(address: str, row: records.Row) -> None:
    wanted = parse(row["address"], row["area"]).text
    if address != wanted:
        raise Refused(f"address: write it as {wanted}", f"地址应写作 {wanted}")


def _then(done: Done) -> None:
    """导入: into the base, unless a survey that was approved later is there."""
    if done.step != "import":
        return
    row = records.survey(done.writing.books.db, done.case.case)
    assert row is not None
    there = records.address(done.writing.books.db, row["address"])
    if there is None or there["approved_at_ms"] <= row["approved_at_ms"]:
        told = {
            **{name: row[name] for name in ("address", "area", "lon", "lat", "approved_at_ms")}, "survey": row["case"],
        }  # fmt: skip
        done.enter(done.writing, address_base.NAME, told, done.actor)
    if row["replaces"] and row["replaces"] != row["address"]:
        old = records.address(done.writing.books.db, row["replaces"])
        if old is not None:
            done.enter(done.writing, address_base.NAME, {**old, "status": "former"}, done.actor)


SURVEY = Kind(
    name=KIND,
    prefix="MP",
    workflow=Workflow(
        start="collected",
        final=frozenset({"imported", "withdrawn"}),
        steps=(
            step("correct", "collected|returned", "collected", "collector"),
            step("approve", "collected", "reviewed", "reviewer"),
            step("complete", "reviewed", "completed", *_STAFF),
            step("standardise", "completed", "standardised", *_STAFF),
            step("import", "standardised", "imported", "operator", "reviewer"),
            step("reject", "collected|reviewed|completed|standardised", "returned", "reviewer", reason=True),
            step("withdraw", "collected|returned", "withdrawn", "collector", reason=True),
        ),
        clocks=(clock("review", "collected", Limit(working_days=3)),),  # (P)
    ),
    opening=Collected,
    forms={"correct": Collected, "approve": Review, "complete": Completion, "standardise": Standard},
    opens=frozenset({"system"}),  # by a collector's batch alone
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: form.point,
    check=_check,
    then=_then,
)


def handle(books: Books, happened: Happened) -> None:
    s = records.doorplate_survey.c
    match happened.data:
        case CaseOpened(kind=kind, case=case, state=state, by=by, form=form) if kind == KIND:
            about = {"case": case, "collector": by, "state": state}
            insert_once(books.db, records.doorplate_survey, {**about, **_row(books.db, form, happened.at_ms)})
        case CaseStepped(kind=kind, case=case, state=state, step=step, form=form, reason=reason) if kind == KIND:
            told: dict[str, object] = {"state": state}
            match step:
                case "correct":
                    told |= _row(books.db, form, happened.at_ms)
                case "approve":
                    told |= {"approved_at_ms": happened.at_ms}
                case "reject":
                    told |= {"reason": reason, "address": "", "replaces": "", "approved_at_ms": 0}
                case "complete":
                    point = records.survey(books.db, case)
                    assert point is not None
                    told |= {"address": form.get("address") or point["written"], "replaces": form.get("replaces", "")}
                case "standardise":
                    told |= {"address": form["address"]}
            books.db.execute(update(records.doorplate_survey).where(s.case == case).values(**told))


def _row(db: Connection, form: dict[str, object], at_ms: int) -> records.Row:
    point = Collected.model_validate(form)
    return {
        **{name: getattr(point, name) for name in ("area", "revision", "digest", "written", "lon", "lat")},
        "flags": ",".join(_flags(db, point, at_ms)), "reason": "", "address": "", "replaces": "", "approved_at_ms": 0,
    }  # fmt: skip


def _flags(db: Connection, point: Point, at_ms: int) -> list[str]:
    inside = villages.is_inside(db, point.area, point.lon, point.lat)
    found = {
        "outside_village": inside is False,
        "village_unknown": inside is None,
        "weak_fix": point.is_weak,
        "manual_fix": point.fix == "manual",
        "clock_ahead": point.taken_at_ms > at_ms + _CLOCK_AHEAD_MS,
        "unreadable": not _is_readable(point),
    }
    return [flag for flag, is_so in found.items() if is_so]


def _is_readable(point: Point) -> bool:
    try:
        return not parse(point.written, point.area).missing
    except BadAddress:
        return False
