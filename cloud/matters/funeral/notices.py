"""What the family is told when the office books: prices of the published list (公示价目表) as it is at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.matters.funeral.forms import Order
from cloud.services.casework import Done, Refused
from contract.cremation_notice import ITEMS, TEMPLATE, text
from contract.events.visits import SmsQueued
from contract.reference import decode
from contract.reference_rows import PriceList

_r = t.reference_snapshot.c


@dataclass(frozen=True, slots=True)
class BillLine:
    """Fen."""

    item: str
    name: str
    count: int
    price_fen: int
    to_pay_fen: int


def price_list(db: Connection, home: str, snapshot: int | None = None) -> PriceList | None:
    """The home's newest list, or the one of that snapshot; None where there is none."""
    wanted = select(_r.body).where(_r.facility == home, _r.dataset == "price_list")
    if snapshot is not None:
        wanted = wanted.where(_r.version == snapshot)
    body = db.scalar(wanted.order_by(_r.version.desc()).limit(1))
    return next(iter(decode(bytes(body)).rows), None) if body is not None else None


def list_named(db: Connection, home: str, version: str, until_ms: int) -> PriceList | None:
    """The list of that name as it was published last until then."""
    wanted = (_r.facility == home, _r.dataset == "price_list", _r.published_at_ms <= until_ms)
    for body in db.scalars(select(_r.body).where(*wanted).order_by(_r.version.desc())):
        found: PriceList = decode(bytes(body)).rows[0]
        if found.list_version == version:
            return found
    return None


def bill(prices: PriceList, services: Mapping[str, int]) -> list[BillLine]:
    """In the order of the list. Raises Refused for what is not on it."""
    if unknown := sorted(services.keys() - {item.id for item in prices.items}):
        raise Refused(
            f"not on the list {prices.list_version}: {', '.join(unknown)}",
            f"公示清单{prices.list_version}版里没有：{'、'.join(unknown)}；清单外不得收费",
        )
    return [
        BillLine(item.id, item.name.zh, count, item.price_fen * count, item.to_pay_fen * count)
        for item in prices.items
        if (count := services.get(item.id, 0))
    ]


def to_pay_fen(lines: list[BillLine]) -> int:
    return sum(line.to_pay_fen for line in lines)


def may_order(db: Connection, home: str, order: Order) -> tuple[PriceList, list[BillLine]]:
    """The list that the family saw must be the one that is in force. Raises Refused."""
    prices = price_list(db, home)
    if prices is None:
        raise Refused(f"{home} has no published price list", "本馆没有已公布的价目表，请先公布")
    if prices.list_version != order.price_list:
        raise Refused(
            f"the list is {prices.list_version} now, not {order.price_list}: show it to the family again",
            f"价目表现为{prices.list_version}版，请按新版请家属重新确认",
        )
    lines = bill(prices, order.services)
    if not lines:
        raise Refused("nothing was chosen from the list", "还没有选择服务项目")
    return prices, lines


def message(prices: PriceList, lines: list[BillLine], day: date | None, time: str) -> str:
    when = f"{day.month}月{day.day}日{time}" if day else ""
    return text(when, prices.list_version, len(lines), to_pay_fen(lines), prices.supervision_phone, paper="服务单")


def tell(done: Done, home: str, order: Order) -> None:
    """Queues the message in the transaction of the booking itself: there is none without the other."""
    if order.phone is None:
        return
    prices, lines = may_order(done.writing.books.db, home, order)
    case, step = done.case.case, c.case_step.c
    n = done.writing.books.db.scalar(select(func.max(step.n)).where(step.case == case))
    sms = f"{case}-sms-{n}"
    about: Mapping[str, Any] = {"phone": order.phone, "text": message(prices, lines, order.day, order.time)}
    sealed = done.casework.sealed(f"sms/{sms}", about)
    done.writing.append(SmsQueued(case=case, sms=sms, template=TEMPLATE, items=ITEMS, sealed=sealed))
