"""Ledgers of a funeral home: where its readers hang, who may sign permits, and whom a message did not reach."""

import json
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import CITY
from cloud.domain.forms import Form, Remark
from cloud.matters.funeral import records
from cloud.matters.funeral.custody import Place, Read
from cloud.matters.funeral.forms import Id
from cloud.services.ledgers import Entering, Ledger, Refused, only_in

POINT, APPROVER, BY_HAND = "custody_point", "permit_approver", "notice_by_hand"
_e, _w = c.ledger_entry.c, records.wristband_read.c


class CustodyPoint(Form):
    """腕带读写点. `device`: the reader; `furnace`: the furnace's own device, for a reader that hangs before it."""

    home: Id
    device: Id
    place: Place
    furnace: Annotated[str, Field(pattern=r"^[0-9A-Za-z_.-]{0,64}$")] = ""

    @model_validator(mode="after")
    def _furnace_has_a_name(self) -> Self:
        if (self.place == "furnace") != bool(self.furnace):
            raise ValueError("furnace: say which, for a reader before a furnace and for no other")
        return self


class Approver(Form):
    """外运审批人: the city lends its power to a member of the funeral home's staff (审批权限转设至市殡仪馆)."""

    home: Id
    staff: Id
    may: bool = True


class ByHand(Form):
    """当面告知: what a message was to say was given otherwise; `sms`: the message that failed, or the case where none
    could be sent.
    """

    facility: Id
    sms: Annotated[str, Field(pattern=r"^[0-9A-Za-z_.-]{1,64}$")]
    how: Literal["leaflet", "read_aloud", "not_wanted"]
    note: Remark = ""


def _of_a_home(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, CustodyPoint)
    only_in(entering, _area(entering.db, row.home))


def _by_the_city(entering: Entering) -> None:
    """The power is the city bureau's: a home does not lend it to itself."""
    row = entering.row
    assert isinstance(row, Approver)
    _area(entering.db, row.home)
    if entering.actor.area != CITY:
        raise Refused("the city bureau says who may approve", "外运审批权限由市级民政部门授予")


def _failed(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, ByHand)
    area = records.area_of_message(entering.db, row.facility, row.sms)
    if area is None:
        raise Refused(f"no message {row.sms} about a funeral case", "没有这条治丧案卷的短信")
    only_in(entering, area)


def _area(db: Connection, home: str) -> str:
    area = records.area_of(db, home)
    if area is None:
        raise Refused(f"no facility {home}", f"没有机构 {home}")
    return area


LEDGERS = (
    Ledger(
        name=POINT,
        model=CustodyPoint,
        key=lambda row: f"{row.home}/{row.device}",
        enters=frozenset({"manager"}),
        check=_of_a_home,
    ),
    Ledger(
        name=APPROVER,
        model=Approver,
        key=lambda row: f"{row.home}/{row.staff}",
        enters=frozenset({"manager"}),
        check=_by_the_city,
    ),
    Ledger(
        name=BY_HAND,
        model=ByHand,
        key=lambda row: f"{row.facility}/{row.sms}",
        enters=frozenset({"attendant", "manager"}),
        check=_failed,
    ),
)


def readers(db: Connection, home: str, place: Place | None, furnace: str = "") -> set[str]:
    """Devices that hang there; `place` None: all of the home's."""
    of_home = select(_e.row).where(_e.ledger == POINT, _e.current, _e.key.startswith(f"{home}/", autoescape=True))
    points = [CustodyPoint.model_validate(json.loads(row)) for row in db.scalars(of_home)]
    return {
        one.device for one in points if one.home == home and place in (None, one.place) and furnace in ("", one.furnace)
    }


def reads(db: Connection, home: str, devices: set[str], since_ms: int) -> list[Read]:
    """Of these readers, from then on."""
    wanted = (_w.facility == home, _w.device.in_(devices), _w.at_ms >= since_ms)
    query = select(_w.event, _w.device, _w.epc, _w.at_ms).where(*wanted).order_by(_w.at_ms)
    return [Read(*row) for row in db.execute(query)]


def may_approve(db: Connection) -> set[tuple[str, str]]:
    """(home, staff) who have the city's power."""
    rows = db.scalars(select(_e.row).where(_e.ledger == APPROVER, _e.current))
    return {(one.home, one.staff) for row in rows if (one := Approver.model_validate_json(row)).may}


def given_by_hand(db: Connection) -> set[tuple[str, str]]:
    """(facility, sms)."""
    rows = db.scalars(select(_e.row).where(_e.ledger == BY_HAND, _e.current))
    return {(one.facility, one.sms) for row in rows if (one := ByHand.model_validate_json(row))}
