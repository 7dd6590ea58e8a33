"""Who may read what stands sealed: a department its own part, and the staff of the place the whole and who acted.

Each reading by a department is a delivery in the log (政务数据共享条例): to whom, for what, by which law, which fields.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import Actor, covers
from cloud.matters.social_assistance import tasks, workflow
from cloud.ports import Books, CityLog, Opener
from cloud.services.casework import NoSuchCase, NotAllowed
from contract.events.city import ShareDelivered
from contract.special_relief import FIELDS

_STAFF = ("clerk", "reviewer", "manager", "auditor")
_BASIS = "社会救助暂行办法"
_PURPOSE = "专项救助认定"


class Reading:
    """Each method raises NoSuchCase, NotAllowed, RecordsUnavailable, RecordsRefused."""

    def __init__(self, log: CityLog, opener: Opener) -> None:
        self._log, self._open = log, opener

    def part(self, task: str, actor: Actor) -> dict[str, Any]:
        """A department's own part."""
        with self._log.writing() as writing:
            now = writing.books.case_now(task)
            if now is None or now.kind != tasks.KIND:
                raise NoSuchCase(f"no task {task}")
            if actor.role != "department" or actor.unit != now.owner or not covers(actor.area, now.area):
                raise NotAllowed(f"this part is for {now.owner} of {now.area[:6]}")
            told, filed = self._opened(writing.books, task), now.form or {}
            (about, *_) = sorted(writing.books.persons_of(task))
            writing.append(ShareDelivered(
                dataset=workflow.KIND, request=str(filed["parent"]), unit=actor.unit, by=actor.number,
                purpose=_PURPOSE, basis=_BASIS, fields=FIELDS[filed["owner"]], about=about, rows=1,
            ))  # fmt: skip
        return {"case": task, "owner": filed["owner"], "state": now.state, "fields": _named(told)}

    def form(self, case: str, actor: Actor) -> dict[str, Any]:
        """The whole form, for those who decide about it."""
        with self._log.writing() as writing:
            self._reach(writing.books, case, actor)
            return {"case": case, "fields": _named(self._opened(writing.books, case))}

    def acts(self, case: str, actor: Actor) -> list[dict[str, Any]]:
        """What a grid worker did for the person: each with both names."""
        s, a = c.case_step.c, c.staff_account.c
        steps = select(s.n, s.step, s.state, s.at_ms, s.by, a.name).outerjoin(c.staff_account, a.number == s.by)
        by_proxy = steps.where(s.case == case, s.role == "grid_worker").order_by(s.n)
        with self._log.writing() as writing:
            self._reach(writing.books, case, actor)
            person = self._opened(writing.books, case)["applicants"][0]["name"]
            return [
                {"step": row.step, "state": row.state, "at_ms": row.at_ms, "worker": row.by,
                 "worker_name": row.name or "", "applicant_name": person}
                for row in writing.books.db.execute(by_proxy)
            ]  # fmt: skip

    def _reach(self, books: Books, case: str, actor: Actor) -> None:
        now = books.case_now(case)
        if now is None or now.kind != workflow.KIND:
            raise NoSuchCase(f"no form {case}")
        if actor.role == "grid_worker":
            s = c.case_step.c
            theirs = select(s.n).where(s.case == case, s.by == actor.number).limit(1)
            if books.db.execute(theirs).first() is None:
                raise NotAllowed("the form is not one that you act in")
        elif actor.role not in _STAFF or not covers(actor.area, now.area):
            raise NotAllowed(f"the form belongs to {now.area}")

    def _opened(self, books: Books, case: str) -> Mapping[str, Any]:
        sealed = books.db.scalar(select(t.case_file.c.sealed).where(t.case_file.c.case == case))
        return self._open(f"case/{case}", sealed) if sealed else {}


def _named(told: Mapping[str, Any]) -> dict[str, Any]:
    """As FIELDS names them: the one applicant."""
    rest = {name: value for name, value in told.items() if name != "applicants"}
    return {**({"applicant": told["applicants"][0]} if told.get("applicants") else {}), **rest}
