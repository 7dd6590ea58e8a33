"""What a step of a funeral case needs, beside its state and its role."""

import json
from typing import Any

from sqlalchemy import Connection, func, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import SYSTEM
from cloud.domain.happened import IllegalStep
from cloud.matters.burial import cremations
from cloud.matters.funeral import custody, notices, points, records
from cloud.matters.funeral.custody import Read
from cloud.matters.funeral.forms import (
    Contact,
    FuneralCase,
    HandOver,
    OfDeceased,
    Order,
    Reband,
    Reception,
    Release,
    SendOut,
)
from cloud.services.casework import Asking, Refused

KIND = "funeral_case"
ALONE = frozenset({"withdraw", "contact"})
"""Steps that nobody need attend: nothing is done for the family."""
_f, _b, _p = records.funeral_case.c, records.cremation_batch.c, records.remains_transfer_permit.c
_s, _c = c.case_step.c, records.custody_event.c


def check(asking: Asking) -> None:
    if asking.case is None:
        assert isinstance(asking.form, FuneralCase)
        _may_open(asking, asking.form)
        return
    about = records.about(asking.db, asking.case.case)
    assert about is not None
    if asking.step not in ALONE and not about["attendant"]:
        raise Refused("nobody attends to this family yet: assign an attendant first", "还没有指定陪同人员，请先指定")
    _by_step(asking, about)
    if asking.step in custody.MOVES:
        form = asking.form
        epc = form.epc if isinstance(form, Reception) else about["epc"]
        _proven(asking.db, about, asking.step, epc, _furnace(form), asking.now_ms)


def _by_step(asking: Asking, about: dict[str, Any]) -> None:
    db, case = asking.db, about["case"]
    match asking.form:
        case Contact(booking=booking) if booking and asking.actor != SYSTEM:
            raise Refused("booking: a kiosk's booking comes by itself", "自助预约由系统自动并入")
        case Order() as order:
            notices.may_order(db, about["home"], order)
        case Reception() as reception:
            _may_receive(db, about, reception)
        case Reband(epc=epc):
            _is_free(db, epc, case)
        case Release(furnace=furnace):
            _may_release(asking, about, furnace)
        case HandOver() if about["token"] and not cremations.is_recorded(db, about["token"]):
            raise Refused("the cremation is not recorded yet", "火化记录尚未生成，请稍候再办")
        case SendOut(permit=permit):
            _is_permitted(db, about["home"], permit)
    if asking.step in ("store", "cremated"):
        _after_the_furnace(asking, case)


def _may_open(asking: Asking, form: FuneralCase) -> None:
    if asking.actor != SYSTEM and (form.booking or form.booked_at or form.price_list or form.services):
        raise Refused("a booking comes from a kiosk; here take the step book", "请先立案，再办理“服务预约”")
    area = records.area_of(asking.db, form.home)
    if asking.actor != SYSTEM and (area is None or area != form.area[:6]):
        raise Refused(f"no funeral home {form.home} in {form.area}", f"{form.area} 没有这家殡仪馆：{form.home}")
    if not (form.token or form.certificate_token or form.police_case or form.booking or form.applicants):
        raise Refused(
            "say whom it is about: certificate, number, police case, or who asks",
            "请至少填写死亡证明号、身份证号、公安案号或经办人之一",
        )
    _is_the_only_one(asking.db, form, "")


def _is_the_only_one(db: Connection, form: OfDeceased, but: str) -> None:
    if (first := records.open_case_of(db, form.token, form.certificate_token, but=but)) is not None:
        number = records.number_of(db, first)
        raise Refused(
            f"there is a case for this person: {number}; add a contact there",
            f"已有案卷 {number}，请在该案卷添加联系人",
        )
    if form.token and cremations.is_recorded(db, form.token):
        raise Refused("a cremation of this person is recorded", "已有这位逝者的火化记录")


def _may_receive(db: Connection, about: dict[str, Any], form: Reception) -> None:
    if not (form.token or form.police_case):
        raise Refused("deceased_number: or the number of the police's case", "请填写身份证号；身份不明的填写公安案号")
    for known, said, zh in (
        (about["token"], form.token, "身份证号与立案时不一致，请核对"),
        (about["certificate"], form.certificate_token, "死亡证明号与立案时不一致，请核对"),
    ):
        if known and said and known != said:
            raise Refused("not whom the case is about: look at the certificate again", zh)
    _is_the_only_one(db, form, about["case"])
    _is_free(db, form.epc, about["case"])


def _is_free(db: Connection, epc: str, case: str) -> None:
    worn = select(_f.case).where(_f.epc == epc, _f.over.is_(False), _f.case != case)
    if (by := db.scalar(worn)) is not None:
        number = records.number_of(db, by)
        raise Refused(f"epc: this wristband is worn in {number}", f"这条腕带已用于 {number}，请换一条")


def _may_release(asking: Asking, about: dict[str, Any], furnace: str) -> None:
    if not about["booked"]:
        raise Refused("nothing is booked: take the step book first", "尚未办理服务预约，请先预约")
    _after_the_furnace(asking, about["case"])
    waiting = select(_f.case).where(
        _f.home == about["home"], _f.furnace == furnace, _f.over.is_(False), _f.case != about["case"],
        _f.released_at_ms > asking.now_ms - custody.RELEASE_VALID_MS,
        ~select(_b.event).where(_b.case == _f.case).exists(),
    )  # fmt: skip
    if (by := asking.db.scalar(waiting)) is not None:
        number = records.number_of(asking.db, by)
        raise Refused(f"{furnace} is released for {number}", f"{furnace} 已为 {number} 准予火化，请等它启动或撤回")


def _is_permitted(db: Connection, home: str, permit: str) -> None:
    """By a permit of this home that nobody has left by."""
    if db.scalar(select(_p.case).where(_p.facility == home, _p.permit == permit)) is None:
        raise Refused(f"{home} has issued no permit {permit}", f"本馆没有签发过外运许可 {permit}")
    left = select(_s.form).join(records.funeral_case, _f.case == _s.case).where(_s.step == "send_out", _f.home == home)
    if any(json.loads(form).get("permit") == permit for form in db.scalars(left)):
        raise Refused(f"{permit} was used for another case", f"外运许可 {permit} 已用于另一案卷")


def _after_the_furnace(asking: Asking, case: str) -> None:
    """What burns is not moved; what never burnt is not recorded."""
    started = asking.db.scalar(select(func.count()).select_from(records.cremation_batch).where(_b.case == case))
    if asking.step == "cremated" and not started:
        raise Refused("no furnace was started for this case", "没有这份案卷的火化机启动记录")
    if asking.step != "cremated" and started:
        raise Refused("the furnace was started for this case", "本案卷的火化已经开始")


def _furnace(form: object) -> str:
    return form.furnace if isinstance(form, Release) else ""


def scans(db: Connection, about: dict[str, Any], step: str, furnace: str, now_ms: int) -> list[Read]:
    """Of the readers that count for this step, as far back as one counts."""
    devices = points.readers(db, about["home"], custody.MOVES[step], furnace)
    return points.reads(db, about["home"], devices, now_ms - custody.SCAN_VALID_MS)


def last_scan_ms(db: Connection, case: str) -> int:
    return db.scalar(select(func.max(_c.read_at_ms)).where(_c.case == case)) or 0


def _proven(db: Connection, about: dict[str, Any], step: str, epc: str, furnace: str, now_ms: int) -> None:
    """Raises IllegalStep for another's wristband, which is written down and alarmed; else Refused."""
    place, reads = custody.MOVES[step], scans(db, about, step, furnace, now_ms)
    if place in custody.NEVER_ANOTHER and (other := custody.stranger(reads, epc, now_ms)) is not None:
        raise IllegalStep(f"{custody.MISMATCH}: {other.device} read another wristband than this case's")
    if custody.proof(reads, epc, last_scan_ms(db, about["case"]), now_ms) is None:
        where = f"the {place}" if place else "any reader"
        raise Refused(f"scan the wristband at {where}, then try again", "请先扫描本案卷的腕带，再办这一步")
