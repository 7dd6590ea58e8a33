"""Reminders of the annual check (年检提醒): 30 days, 7 days and 1 day before the deadline, each once.

A reminder is a row of a ledger and a text message, in one transaction. After days without the city's service the next
one that is due goes out, and those that were missed do not follow it.
"""

import json
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import SYSTEM
from cloud.domain.deadline import day_of
from cloud.matters.social_organisations.records import ANNUAL, org_record, organisation
from cloud.matters.social_organisations.registers import CONTACT, PLAN, REMINDER, AnnualPlan, annual_key, reminder_key
from cloud.matters.social_organisations.workflow import KIND
from cloud.ports import CityLog, Opener, Sealer
from cloud.services.ledgers import Ledgers
from contract.events.visits import SmsQueued

EVERY_S = 600
DAYS = (30, 7, 1)
TEMPLATE = "org_annual_check"
ITEMS = ("organisation", "year", "deadline", "where")
_e, _o, _r = c.ledger_entry.c, organisation.c, org_record.c
Due = tuple[str, str, int, date, int]
"""(code, name, year, deadline, days)."""


def due(deadline: date, today: date, sent: Collection[int]) -> int | None:
    """How many days before: of the reminders whose day has come the last one, unless it went out. Pure."""
    left = (deadline - today).days
    come = [days for days in DAYS if left <= days]
    if left < 0 or not come or come[-1] in sent:
        return None
    return come[-1]


def text(name: str, year: int, deadline: date) -> str:
    return (
        f"【社会组织年检】{name}：{year}年度年检材料请于{deadline.year}年{deadline.month}月{deadline.day}日前提交，"
        "可在网上办理，不用到现场。已提交的不用理会。"
    )


class Reminders:
    """A job. Whoever has no phone on record gets none: the figures tell how many."""

    def __init__(self, log: CityLog, ledgers: Ledgers, opener: Opener, seal: Sealer, new_id: Callable[[], str]) -> None:
        self._log, self._ledgers, self._open, self._seal, self._new_id = log, ledgers, opener, seal, new_id

    def step(self) -> int:
        """How many went out. Raises RecordsUnavailable."""
        sent = 0
        with self._log.writing() as writing:
            wanted = _due(writing.books.db, day_of(writing.now_ms))
        for one in wanted:
            sent += self._send(one)
        return sent

    def _send(self, wanted: Due) -> bool:
        code, name, year, deadline, days = wanted
        with self._log.writing() as writing:
            books, sms = writing.books, f"annual-check-{code}-{year}-{days}"
            contact = books.ledger_row(CONTACT, code)
            is_sent = books.ledger_row(REMINDER, reminder_key(code, year, days)) is not None
            if is_sent or contact is None or contact.sealed is None:
                return False
            phone = str(self._open(f"ledger/{CONTACT}/{code}", contact.sealed)["phone"])
            row: dict[str, Any] = {"code": code, "year": year, "days": days, "sms": sms}
            self._ledgers.enter_named(writing, REMINDER, row, SYSTEM)
            sealed = self._seal(f"sms/{sms}", {"phone": phone, "text": text(name, year, deadline)})
            writing.append(SmsQueued(case=self._new_id(), sms=sms, template=TEMPLATE, items=ITEMS, sealed=sealed))
        return True


def _due(db: Connection, today: date) -> list[Due]:
    """Of organisations that are there, were established before the year, and have neither handed in nor been told."""
    wanted: list[Due] = []
    for row in db.scalars(select(_e.row).where(_e.ledger == PLAN, _e.current).order_by(_e.key)):
        plan = AnnualPlan.model_validate_json(row)
        if not 0 <= (plan.deadline - today).days <= DAYS[0]:
            continue
        told: dict[str, set[int]] = {}
        for one in db.scalars(select(_e.row).where(_e.ledger == REMINDER, _e.current)):
            reminder = json.loads(one)
            if reminder["year"] == plan.year:
                told.setdefault(reminder["code"], set()).add(reminder["days"])
        done = set(db.scalars(select(_r.key).where(_r.ledger == ANNUAL))) | _handed_in(db)
        for code, name, facts in db.execute(
            select(_o.code, _o.name, _o.row).where(_o.state != "cancelled").order_by(_o.code)
        ):
            days = due(plan.deadline, today, told.get(code, ()))
            is_new = date.fromisoformat(json.loads(facts)["established"]).year >= plan.year
            if days is not None and not is_new and annual_key(code, plan.year) not in done:
                wanted.append((code, name, plan.year, plan.deadline, days))
    return wanted


def _handed_in(db: Connection) -> set[str]:
    """Whose application lies here, whatever comes of it."""
    f = t.case_file.c
    asked = select(f.form).where(f.matter == KIND, f.state.not_in(("withdrawn", "refused")))
    forms = (json.loads(form) for form in db.scalars(asked))
    return {annual_key(form["code"], form["year"]) for form in forms if form["action"] == "annual_check"}
