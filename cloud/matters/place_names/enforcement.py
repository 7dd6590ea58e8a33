"""Enforcement of the rules of naming (地名管理执法监察): 地名管理条例 (2022).

What an inspector finds has a picture, a place and a last day, goes to the body whose polygon it lies in, and is looked
at again on the spot before it is closed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from sqlalchemy import Connection, insert, select, update

from cloud.adapters import tables as t
from cloud.domain.actor import CITY, SYSTEM, Actor, covers
from cloud.domain.case_now import CaseNow
from cloud.domain.deadline import day_of
from cloud.domain.forms import Application, Form, Remark, Words, area_code
from cloud.domain.happened import Happened
from cloud.domain.workflow import Workflow, step
from cloud.matters.place_names import doorplate_records as records
from cloud.matters.place_names.jurisdictions import owner_at
from cloud.ports import Books, CityLog
from cloud.services.casework import Asking, Casework, Kind, NotAllowed, Refused
from contract.events.city import CaseOpened, CaseStepped

KIND = "enforcement_case"
EVERY_S = 600.0
AT_THE_PLACE_M = 100.0  # (P): a re-check farther off is of another place
LONGEST_DAYS = 180  # (P)
_AT_ONCE = 200
Photo = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
_f = records.placename_finding.c


class Finding(Application):
    """发现. `sign`: what stands there; `photo`: SHA-256 of the picture; `deadline`: the last day to put it right."""

    violation: Literal["not_standard", "not_approved", "no_sign", "sign_damaged", "sign_moved", "misused"]
    sign: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
    area: str
    lon: Lon
    lat: Lat
    photo: Photo
    deadline: date
    remark: Remark = ""

    _area = field_validator("area")(area_code)


class Told(Form):
    """告知: who was told what to put right."""

    recipient: Words


class Correction(Form):
    """整改: as it looks now."""

    photo: Photo
    remark: Remark = ""


class Recheck(Form):
    """复查: at the place, with a picture of its own."""

    photo: Photo
    lon: Lon
    lat: Lat
    remark: Remark = ""


class FailedRecheck(Recheck):
    """复查不合格: with a new last day."""

    deadline: date


class NewDeadline(Form):
    """改期."""

    deadline: date


def _reaches(_db: Connection, case: CaseNow, actor: Actor) -> bool:
    """Staff of the area, and the body that is responsible (责任主体) where it is a department of its own."""
    if actor.role == "department":
        return actor.unit == case.owner
    return covers(actor.area, case.area)


def _check(asking: Asking) -> None:
    today = day_of(asking.now_ms)
    match asking.form:
        case Finding() as finding:
            _is_found(asking, finding, today)
        case FailedRecheck() as again:
            _deadline_fits(again.deadline, today)
            _was_there(asking, again)
        case Recheck() as again:
            _was_there(asking, again)
        case NewDeadline(deadline=deadline):
            _deadline_fits(deadline, today)
        case Correction(photo=photo) if photo == _of(asking)["photo"]:
            raise Refused("photo: the one of the finding", "请上传整改后的照片")
        case Told() if today > date.fromisoformat(_of(asking)["deadline"]):
            raise Refused("deadline: it is over; set a new one first", "整改期限已过，请先改期")


def _is_found(asking: Asking, finding: Finding, today: date) -> None:
    if not covers(asking.actor.area, finding.area):
        raise NotAllowed(f"{finding.area} is not in {asking.actor.area}")
    _deadline_fits(finding.deadline, today)
    owner = owner_at(asking.db, finding.lon, finding.lat)
    if owner is not None and finding.area != CITY and owner[:6] != finding.area[:6]:
        raise Refused(f"area: the point belongs to {owner}", f"该坐标属于 {owner}，与所填区划不符")


def _deadline_fits(deadline: date, today: date) -> None:
    if not today <= deadline <= today + timedelta(days=LONGEST_DAYS):
        raise Refused(
            f"deadline: from today on, {LONGEST_DAYS} days at most", f"整改期限须在今天起 {LONGEST_DAYS} 天之内"
        )


def _was_there(asking: Asking, again: Recheck) -> None:
    row = _of(asking)
    if again.photo in (row["photo"], row["corrected_photo"], row["rechecked_photo"]):
        raise Refused("photo: it was shown before", "复查须有现场新拍的照片")
    far = records.metres(row["lon"], row["lat"], again.lon, again.lat)
    if far > AT_THE_PLACE_M:
        raise Refused(f"lon, lat: {far:.0f} m from the finding", f"复查位置距发现点 {far:.0f} 米，请到现场复查")


def _of(asking: Asking) -> records.Row:
    assert asking.case is not None
    row = asking.db.execute(select(records.placename_finding).where(_f.case == asking.case.case)).mappings().one()
    return dict(row)


CASE = Kind(
    name=KIND,
    prefix="ZF",
    workflow=Workflow(
        start="found",
        final=frozenset({"closed", "withdrawn"}),
        steps=(
            step("tell", "found", "told", "inspector", "reviewer"),
            step("correct", "told|overdue", "corrected", "inspector", "clerk", "department"),
            step("lapse", "told", "overdue", "system"),
            step("pass", "corrected", "rechecked", "inspector"),
            step("fail", "corrected|overdue", "told", "inspector", reason=True),
            step("close", "rechecked", "closed", "inspector", "reviewer"),
            step("postpone", "found", "found", "reviewer", reason=True),
            step("postpone", "told|overdue", "told", "reviewer", reason=True),
            step("withdraw", "found|told|overdue", "withdrawn", "reviewer", reason=True),
        ),
    ),
    opening=Finding,
    forms={"tell": Told, "correct": Correction, "pass": Recheck, "fail": FailedRecheck, "postpone": NewDeadline},
    opens=frozenset({"inspector"}),
    area=lambda form: form.area,
    owner=lambda db, form: owner_at(db, form.lon, form.lat) or form.area[:6],
    target=lambda form: f"{form.violation}/{form.sign}/{form.lon:.5f}/{form.lat:.5f}/{form.photo}",
    check=_check,
    reaches=_reaches,
)


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseOpened(kind=kind, case=case, state=state, form=form, owner=owner) if kind == KIND:
            kept = ("violation", "sign", "area", "photo", "lon", "lat", "deadline")
            books.db.execute(insert(records.placename_finding).values(
                case=case, state=state, owner=owner, corrected_photo="", rechecks=0, rechecked_photo="",
                was_late=False, **{name: form[name] for name in kept},
            ))  # fmt: skip
        case CaseStepped(kind=kind, case=case, state=state, step=step, form=form) if kind == KIND:
            told: dict[str, Any] = {"state": state}
            if "deadline" in form:
                told["deadline"] = form["deadline"]
            if step == "correct":
                told["corrected_photo"] = form["photo"]
            if step in ("pass", "fail"):
                told |= {"rechecked_photo": form["photo"], "rechecks": _f.rechecks + 1}
            if step == "lapse":
                told["was_late"] = True
            books.db.execute(update(records.placename_finding).where(_f.case == case).values(**told))


def due(deadline: date, today: date) -> bool:
    """Whether the last day is over (Asia/Shanghai)."""
    return today > deadline


class Lapsing:
    """What was not put right by its last day is overdue the day after."""

    def __init__(self, log: CityLog, casework: Casework) -> None:
        self._log, self._casework = log, casework

    def step(self) -> int:
        """How many. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            today = day_of(writing.now_ms)
            late = select(_f.case, _f.deadline).where(_f.state == "told", _f.deadline < today.isoformat())
            rows = writing.books.db.execute(late.order_by(_f.deadline, _f.case).limit(_AT_ONCE)).all()
            for case, deadline in rows:
                now = writing.books.case_now(case)
                if now is not None and due(date.fromisoformat(deadline), today):
                    self._casework.step_in(writing, now, "lapse", {}, SYSTEM)
        return len(rows)


def listed(
    db: Connection, wanted: tuple[str, str, str], today: date, after: str, limit: int
) -> Sequence[dict[str, Any]]:
    """For a map and a list, in the order of their ids; `days_late` of what is not put right.

    `wanted`: area (all below it), state, owner; "" for any.
    """
    area, state, owner = wanted
    query = select(records.placename_finding, t.case_file.c.number).join(t.case_file, t.case_file.c.case == _f.case)
    if area != CITY:
        query = query.where(_f.area.startswith(area, autoescape=True))
    if state:
        query = query.where(_f.state == state)
    if owner:
        query = query.where(_f.owner == owner)
    rows = db.execute(query.where(_f.case > after).order_by(_f.case).limit(limit)).mappings()
    return [{**row, "days_late": _days_late(row["state"], row["deadline"], today)} for row in rows]


def _days_late(state: str, deadline: str, today: date) -> int:
    return max(0, (today - date.fromisoformat(deadline)).days) if state in ("found", "told", "overdue") else 0
