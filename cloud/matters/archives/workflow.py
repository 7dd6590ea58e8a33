"""An archive item (档案): scanned, its key fields entered twice by two clerks, what differs decided by a third person,
sealed; compared with the shared record (stage 3). A sample (抽样复核) of pages is looked at again.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from sqlalchemy import Connection

from cloud.domain.actor import SYSTEM, Actor, covers
from cloud.domain.case_now import CaseNow
from cloud.domain.forms import Application, Form, Remark, area_code
from cloud.domain.workflow import Workflow, step
from cloud.matters.archives import item_records as records
from cloud.matters.archives import ledgers
from cloud.matters.archives.key_fields import FIELDS, KeyFields, differing
from cloud.services.casework import Asking, Done, Kind, NotAllowed, Refused, opens_in

ITEM, SAMPLE = "archive_item", "archive_sample"
UNIT = "婚姻档案"
"""Only staff of this unit see the archives: what they show is nobody else's to look at."""
_NAMES = {
    "certificate": "证书字号", "matter": "登记类别", "registered_on": "登记日期", "office": "登记机关",
    "registrar": "登记员", "man_name": "男方姓名", "man_number": "男方证件号码", "man_born": "男方出生日期",
    "woman_name": "女方姓名", "woman_number": "女方证件号码", "woman_born": "女方出生日期",
}  # fmt: skip


class Item(Application):
    """立卷. `number`: the archive's own (档号), once in its county."""

    number: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z·.\-]+$")]
    area: str
    year: Annotated[int, Field(ge=1900, le=2200)]

    _area = field_validator("area")(area_code)


class Scanned(Form):
    """扫描完成. `accept`: pages with problems stay, since the paper itself is so; `remark` says why."""

    accept: bool = False
    remark: Remark = ""


class Differing(Form):
    """Which fields the two clerks read otherwise."""

    fields: tuple[Literal[FIELDS], ...]  # type: ignore[valid-type]


class Shared(KeyFields):
    """阶段三比对: a shared record as it stands, to be compared with what is sealed here."""

    record: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Sample(Application):
    """抽样. `seed`: any text; the same one draws the same pages of the same archive again."""

    area: str
    seed: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]

    _area = field_validator("area")(area_code)


class Recheck(Form):
    """复核."""

    item: ledgers.Item
    page: ledgers.PageNumber
    outcome: Literal["good", "unreadable", "incomplete", "wrong_page"]


def is_archivist(actor: Actor) -> bool:
    return actor.unit == UNIT


def _reaches(_db: Connection, case: CaseNow, actor: Actor) -> bool:
    return is_archivist(actor) and covers(actor.area, case.area)


def _opens(asking: Asking, area: str) -> None:
    if not is_archivist(asking.actor):
        raise NotAllowed(f"archives are for staff of {UNIT}")
    opens_in(asking, area)


def _check_item(asking: Asking) -> None:
    db, form = asking.db, asking.form
    if isinstance(form, Item):
        _opens(asking, form.area)
        if records.numbered(db, form.number, form.area[:6]):
            raise Refused("number: there is an item of this number", "该档号已经立卷")
        return
    assert asking.case is not None
    match asking.step, form:
        case "finish_scanning", Scanned():
            _are_fit(db, asking.case.case, form)
        case "enter_second", _:
            _is_another(db, asking.case.case, asking.actor.number, "enter_first")
        case "decide", KeyFields():
            _is_another(db, asking.case.case, asking.actor.number, "enter_first", "enter_second")
        case "amend", KeyFields(marks=marks):
            sealed = records.reading(db, asking.case.case, *records.READINGS)
            if sealed and not differing(sealed[1], marks):
                raise Refused("nothing differs from what is sealed", "与已封存内容没有差别")


def _are_fit(db: Connection, item: str, form: Scanned) -> None:
    pages = records.pages(db, item)
    if not pages:
        raise Refused("there is no page", "还没有扫描页")
    poor = [str(page["page"]) for page in pages if page["problems"]]
    if poor and not (form.accept and form.remark.strip()):
        numbers = ", ".join(poor)
        raise Refused(
            f"pages {numbers}: scan them again, or accept them with a remark",
            f"第 {numbers} 页质量不合格：请重扫，或勾选接受并写明原因",
        )


def _is_another(db: Connection, item: str, number: str, *steps: str) -> None:
    for name in steps:
        read = records.reading(db, item, name)
        if read and read[0] == number:
            raise NotAllowed("double entry is by two clerks, and a third person decides: you have read this one")


def _then(done: Done) -> None:
    if not isinstance(done.form, KeyFields):
        return
    db, item = done.writing.books.db, done.case.case
    first, second = records.reading(db, item, "enter_first"), records.reading(db, item, "enter_second")
    assert first is not None
    match done.step:
        case "enter_second":
            if fields := differing(first[1], done.form.marks):
                _by_itself(done, "differ", {"fields": fields})
            else:
                _by_itself(done, "agree", {})
                _seal(done, first[0], done.actor.number, "")
        case "decide":
            assert second is not None
            agreed = [field for field in FIELDS if first[1][field] == second[1][field]]
            if changed := [field for field in differing(first[1], done.form.marks) if field in agreed]:
                names = "、".join(_NAMES[field] for field in changed)
                raise Refused(f"{', '.join(changed)}: both clerks read the same", f"两次录入一致，不能改：{names}")
            _seal(done, first[0], second[0], done.actor.number)
        case "amend":
            assert second is not None
            _seal(done, first[0], second[0], done.actor.number)


def _by_itself(done: Done, name: str, form: dict[str, Any]) -> None:
    done.casework.step_in(done.writing, done.case, name, form, SYSTEM)


def _seal(done: Done, first: str, second: str, third: str) -> None:
    told = done.form.model_dump(mode="json", include={*FIELDS, "as_written"})
    who = {"first": first, "second": second, "third": third}
    done.enter(
        done.writing, ledgers.RECORD, {**told, **who, "item": done.case.case, "area": done.case.area}, done.actor
    )


def _check_sample(asking: Asking) -> None:
    db, form = asking.db, asking.form
    match form:
        case Sample(area=area):
            _opens(asking, area)
            if not records.all_pages(db, area):
                raise Refused("there is no page in this area", "该区划还没有扫描页")
        case Recheck():
            assert asking.case is not None
            _may_recheck(asking, asking.case, form)
        case _ if asking.step == "close" and asking.case is not None:
            if left := records.unchecked(db, asking.case.case):
                raise Refused(f"{left} pages are still to be looked at", f"还有 {left} 页未复核")


def _may_recheck(asking: Asking, case: CaseNow, form: Recheck) -> None:
    drawn = records.sample_page(asking.db, case.case, form.item, form.page)
    if drawn is None:
        raise Refused("the page is not in the sample", "该页不在样本中")
    if drawn["outcome"]:
        raise Refused("the page was looked at", "该页已复核")
    if drawn["operator"] == asking.actor.number:
        raise NotAllowed("nobody checks what they scanned themselves")
    if not ledgers.has_looked(asking.db, form.item, form.page, asking.actor.number, case.opened_at_ms):
        raise Refused("look at the page first", "请先查看该页图像")


_ARCHIVISTS: tuple[Literal["clerk"], Literal["reviewer"]] = ("clerk", "reviewer")
ITEMS = Kind(
    name=ITEM,
    prefix="DA",
    workflow=Workflow(
        start="scanning",
        final=frozenset({"discarded"}),
        steps=(
            step("finish_scanning", "scanning", "scanned", "clerk"),
            step("scan_again", "scanned", "scanning", *_ARCHIVISTS, reason=True),
            step("enter_first", "scanned", "entered", "clerk"),
            step("enter_second", "entered", "compared", "clerk"),
            step("agree", "compared", "sealed", "system"),
            step("differ", "compared", "disputed", "system"),
            step("decide", "disputed", "sealed", *_ARCHIVISTS),
            step("amend", "sealed", "sealed", "reviewer", reason=True),
            step("compare", "sealed", "sealed", *_ARCHIVISTS),
            step("discard", "scanning|scanned", "discarded", "reviewer", reason=True),
        ),
    ),
    opening=Item,
    forms={
        "finish_scanning": Scanned, "enter_first": KeyFields, "enter_second": KeyFields, "differ": Differing,
        "decide": KeyFields, "amend": KeyFields, "compare": Shared,
    },
    opens=frozenset({"clerk"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.area[:6]}/{form.number}",
    check=_check_item,
    then=_then,
    reaches=_reaches,
    again=frozenset({"discarded"}),
)  # fmt: skip
SAMPLES = Kind(
    name=SAMPLE,
    prefix="FC",
    workflow=Workflow(
        start="drawn",
        final=frozenset({"closed", "cancelled"}),
        steps=(
            step("recheck", "drawn", "drawn", *_ARCHIVISTS),
            step("close", "drawn", "closed", "reviewer"),
            step("cancel", "drawn", "cancelled", "reviewer", reason=True),
        ),
    ),
    opening=Sample,
    forms={"recheck": Recheck},
    opens=frozenset({"reviewer"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.area}/{form.seed}",
    check=_check_sample,
    reaches=_reaches,
)
