"""What names somebody, and is read by who must (查询留痕): a person's own certificates, the targets of a village.

Each reading is a delivery in the log: who read, what for, about whom; it is written before anything is answered.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cloud.adapters import city_tables as c
from cloud.domain.actor import Actor, covers
from cloud.matters.archives import issued
from cloud.matters.marriage import outreach, reissue
from cloud.matters.marriage.paper_records import outreach_target, worker_of
from cloud.matters.marriage.parties import partners
from cloud.ports import CityLog, LogWriting, Opener
from cloud.services.casework import NoSuchCase, NotAllowed, Refused
from contract.events.city import ShareDelivered

CERTIFICATES, TARGETS = "own_certificates", "outreach_target"
_READS = frozenset({"registrar", "clerk"})
_CHECKED = frozenset({"identified", "searching", "confirmed", "issued"})
_ENTRY = ("id", "kind", "year", "county", "office", "status")
_LAW = "婚姻登记条例"
_t, _e = outreach_target.c, c.ledger_entry.c


class PersonalRecords:
    def __init__(self, log: CityLog, opener: Opener) -> None:
        self._log, self._open = log, opener

    def certificates(self, case: str, actor: Actor) -> list[Any]:
        """Of who a case is about, after their identity was settled. Raises NoSuchCase, NotAllowed, Refused."""
        with self._log.writing() as writing:
            now = writing.books.case_now(case)
            if now is None or now.kind != reissue.KIND:
                raise NoSuchCase(f"no case {case}")
            if actor.role not in _READS or not covers(actor.area, now.area):
                raise NotAllowed("the records of a case are for the registrars of its area")
            if now.state not in _CHECKED:
                raise Refused("look up only after the identity check of the person", "先核对本人身份，再查档案")
            told = []
            for person in sorted(writing.books.persons_of(case) | partners(writing.books.db, case)):
                found = issued.of_person(writing.books.db, person)
                told += [one for one in found if one not in told]
                self._read(writing, actor, CERTIFICATES, f"补领 {now.number}", _ENTRY, len(found), person)
        return told

    def targets(self, case: str, actor: Actor) -> list[dict[str, Any]]:
        """Of a task, for the worker who goes there and nobody else. Raises NoSuchCase, NotAllowed."""
        with self._log.writing() as writing:
            books = writing.books
            now = books.case_now(case)
            if now is None or now.kind != outreach.KIND:
                raise NoSuchCase(f"no case {case}")
            if worker_of(books.db, case) != actor.number or not covers(actor.area, now.area):
                raise NotAllowed("names are read by the worker of the village alone")
            if now.state not in ("assigned", "under_way"):
                raise NotAllowed("the task is over")
            campaign = str((now.form or {})["campaign"])
            query = select(outreach_target, _e.sealed).join(
                c.ledger_entry, (_e.key == _t.target) & (_e.ledger == outreach.TARGET) & _e.current
            )
            query = query.where(_t.campaign == campaign, _t.area == now.area).order_by(_t.target)
            told = [self._told(row) for row in books.db.execute(query)]
            names = tuple(sorted(outreach.Target.personal))
            self._read(writing, actor, TARGETS, f"动员 {now.number}", names, len(told), "")
        return told

    def _told(self, row: Any) -> dict[str, Any]:
        about = {name: getattr(row, name) for name in ("target", "basis", "contacts", "outcome")}
        sealed: Mapping[str, Any] = self._open(f"ledger/{outreach.TARGET}/{row.target}", row.sealed)
        return {**about, "settled": row.settled_by != "", **sealed}

    def _read(
        self,
        writing: LogWriting,
        actor: Actor,
        dataset: str,
        purpose: str,
        fields: tuple[str, ...],
        rows: int,
        who: str,
    ) -> None:
        writing.append(ShareDelivered(
            dataset=dataset, unit=actor.unit or actor.area, by=actor.number, purpose=purpose, basis=_LAW,
            fields=fields, about=who, rows=rows,
        ))  # fmt: skip
