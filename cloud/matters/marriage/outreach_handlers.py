"""Who goes to which village, how often each target was spoken to, and which of them a case has settled since."""

from sqlalchemy import update

from cloud.adapters.sql_database import insert_once
from cloud.domain.happened import Happened
from cloud.matters.marriage import make_up, outreach, reissue
from cloud.matters.marriage.paper_records import outreach_target, outreach_task
from cloud.matters.marriage.parties import partners
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped, LedgerEntered

_SETTLES = {(make_up.KIND, "registered"): "de_facto", (reissue.KIND, "issued"): "lost"}
_k, _t = outreach_task.c, outreach_target.c


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case LedgerEntered(ledger=outreach.TARGET, key=key, row=row):
            told = {name: row[name] for name in ("campaign", "area", "basis")} | {"token": row.get("token", "")}
            new = {"target": key, **told, "contacts": 0, "outcome": "", "settled_by": ""}
            if not insert_once(books.db, outreach_target, new):
                books.db.execute(update(outreach_target).where(_t.target == key).values(told))
        case CaseOpened(kind=outreach.KIND, case=case, state=state, form=form):
            told = {name: form[name] for name in ("campaign", "area", "worker")}
            insert_once(books.db, outreach_task, {"case": case, "state": state, **told})
        case CaseStepped(kind=outreach.KIND, case=case, step=step, state=state, form=form):
            of_case = update(outreach_task).where(_k.case == case)
            books.db.execute(of_case.values(state=state, **({"worker": form["worker"]} if "worker" in form else {})))
            if step == "contact":
                spoken = update(outreach_target).where(_t.target == form["target"])
                books.db.execute(spoken.values(contacts=_t.contacts + 1, outcome=form["outcome"]))
        case CaseStepped(kind=kind, state=state, case=case) if (kind, state) in _SETTLES:
            who = books.persons_of(case) | partners(books.db, case)
            theirs = _t.token.in_(sorted(who)), _t.basis == _SETTLES[kind, state], _t.settled_by == ""
            books.db.execute(update(outreach_target).where(*theirs).values(settled_by=case))
