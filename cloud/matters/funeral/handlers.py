"""What events of cases, readers, furnaces and kiosks do to the tables of the funeral service."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from cloud.adapters.sql_database import insert_once
from cloud.domain.happened import Happened
from cloud.matters.funeral import accompaniment, alerts, custody, records, rules
from cloud.ports import Books
from contract.events.city import CITY, CaseOpened, CaseStepped, CaseStepRefused, LedgerEntered
from contract.events.types import CremationStep, TagRead
from contract.events.visits import CaseMoved, CaseSubmitted, PermitDeparted, PermitIssued, PermitReceived

BOOKED_AS = "cremation"
"""The matter by which a kiosk books."""
_FINAL = ("handed_over", "sent_out", "withdrawn")
_f, _k, _b = records.funeral_case.c, records.funeral_booking.c, records.cremation_batch.c
_p, _i, _c = records.remains_transfer_permit.c, records.funeral_incident.c, records.custody_event.c


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseOpened(kind=rules.KIND) as opened:
            _open(books.db, opened)
        case CaseStepped(kind=rules.KIND) as stepped:
            _step(books.db, stepped, happened.at_ms)
        case CaseStepRefused(kind=rules.KIND, why=why) as refused if why.startswith(custody.MISMATCH):
            about = records.about(books.db, refused.case)
            _incident(books.db, happened, "wristband_mismatch", about["home"] if about else CITY, refused.case)
        case CaseOpened(kind=alerts.KIND, case=case, form=form):
            _alerted(books.db, case, form)
        case LedgerEntered(ledger=accompaniment.NAME, key=case, row=row):
            _change(books.db, case, attendant=row["staff"])
        case TagRead(drill="") as read:
            told = {"event": happened.event, "facility": happened.facility, "device": read.device, "epc": read.epc,
                    "at_ms": happened.at_ms}  # fmt: skip
            books.db.execute(insert(records.wristband_read).values(**told))
        case CremationStep(drill="", step="started") as started:
            _started(books.db, happened, started)
        case CremationStep(drill="", step="ended") as ended:
            _ended(books.db, happened, ended)
        case CaseSubmitted() | CaseMoved() | PermitIssued() | PermitDeparted() | PermitReceived():
            if not happened.data.drill:
                _of_a_box(books.db, happened)


def _open(db: Connection, opened: CaseOpened) -> None:
    form = opened.form
    row = {
        "case": opened.case, "home": form["home"], "token": form.get("token", ""), "epc": "", "attendant": "",
        "certificate": form.get("certificate_token", ""), "furnace": "", "released_at_ms": None,
        "booked": bool(form.get("services")), "over": False,
    }  # fmt: skip
    db.execute(insert(records.funeral_case).values(**row))
    _join(db, opened.case, form)


def _step(db: Connection, stepped: CaseStepped, at_ms: int) -> None:
    case, form = stepped.case, stepped.form
    before = records.about(db, case)
    assert before is not None
    match stepped.step:
        case "receive":
            said = {"token": form.get("token"), "certificate": form.get("certificate_token")}
            _change(db, case, epc=form["epc"], **{name: value for name, value in said.items() if value})
        case "reband":
            _change(db, case, epc=form["epc"])
        case "book":
            _change(db, case, booked=True)
        case "cremate":
            _change(db, case, furnace=form["furnace"], released_at_ms=at_ms)
        case "store":
            _change(db, case, furnace="", released_at_ms=None)
        case "contact":
            _join(db, case, form)
    if stepped.state in _FINAL:
        _change(db, case, over=True)
    if stepped.step in custody.MOVES:
        _moved(db, case, stepped, at_ms)


def _moved(db: Connection, case: str, stepped: CaseStepped, at_ms: int) -> None:
    """The same scan that the rule found: nothing is written between the two."""
    about = records.about(db, case)
    assert about is not None
    reads = rules.scans(db, about, stepped.step, str(stepped.form.get("furnace", "")), at_ms)
    proof = custody.proof(reads, about["epc"], rules.last_scan_ms(db, case), at_ms)
    n = db.scalar(select(func.count()).select_from(records.custody_event).where(_c.case == case)) or 0
    row: dict[str, Any] = {
        "case": case, "n": n + 1, "move": stepped.step, "epc": about["epc"], "read": proof.event if proof else "",
        "device": proof.device if proof else "", "read_at_ms": proof.at_ms if proof else 0, "at_ms": at_ms,
        "by": stepped.by, "attendant": about["attendant"],
    }  # fmt: skip
    db.execute(insert(records.custody_event).values(**row))


def _join(db: Connection, case: str, form: Mapping[str, Any]) -> None:
    """The kiosk's booking is of this case now."""
    if form.get("booking"):
        of_it = update(records.funeral_booking).where(_k.facility == form["booked_at"], _k.case == form["booking"])
        db.execute(of_it.values(funeral_case=case))


def _started(db: Connection, happened: Happened, event: CremationStep) -> None:
    """A furnace that starts for nobody is written down at once; a job opens the alert."""
    waiting = select(_f.case, _f.released_at_ms).where(
        _f.home == happened.facility, _f.furnace == event.device, _f.over.is_(False),
        ~select(_b.event).where(_b.case == _f.case).exists(),
    )  # fmt: skip
    rows = db.execute(waiting.order_by(_f.released_at_ms.desc(), _f.case)).all()
    ours = [row.case for row in rows if custody.may_have_started(row.released_at_ms, happened.at_ms)]
    case = ours[0] if ours else ""
    row = {
        "event": happened.event, "facility": happened.facility, "furnace": event.device, "batch": event.batch,
        "started_at_ms": happened.at_ms, "ended_at_ms": None, "case": case,
    }  # fmt: skip
    db.execute(insert(records.cremation_batch).values(**row))
    if not case:
        _incident(db, happened, "cremation_unmatched", happened.facility, "")


def _ended(db: Connection, happened: Happened, event: CremationStep) -> None:
    of_it = (_b.facility == happened.facility, _b.furnace == event.device, _b.batch == event.batch)
    newest = select(_b.event).where(*of_it, _b.ended_at_ms.is_(None)).order_by(_b.started_at_ms.desc()).limit(1)
    ended = update(records.cremation_batch).where(_b.event == newest.scalar_subquery())
    db.execute(ended.values(ended_at_ms=happened.at_ms))


def _of_a_box(db: Connection, happened: Happened) -> None:
    facility = happened.facility
    match happened.data:
        case CaseSubmitted(matter=matter, case=case) as told if matter == BOOKED_AS:
            snapshots = [one.partition("@")[2] for one in told.reference if one.startswith("price_list@")]
            row = {
                "facility": facility, "case": case, "number": told.number, "price_list": told.answers.get("list", ""),
                "snapshot": int(snapshots[0]) if snapshots and snapshots[0].isdecimal() else 0, "sealed": told.sealed,
                "at_ms": happened.at_ms, "withdrawn": False, "funeral_case": "",
            }  # fmt: skip
            insert_once(db, records.funeral_booking, row)
        case CaseMoved(state="withdrawn", case=case):
            of_it = update(records.funeral_booking).where(_k.facility == facility, _k.case == case)
            db.execute(of_it.values(withdrawn=True))
        case PermitIssued(case=case) as issued:
            row = {
                "facility": facility, "case": case, "permit": issued.permit, "approver": issued.by, "key": issued.key,
                "qr_sha256": issued.qr_sha256, "issued_at_ms": happened.at_ms, "departed_at_ms": None,
                "received_at_ms": None, "receipt": "", "alert": "",
            }  # fmt: skip
            insert_once(db, records.remains_transfer_permit, row)
        case PermitDeparted(case=case):
            _permit(db, facility, case, departed_at_ms=happened.at_ms)
        case PermitReceived(case=case, receipt=receipt):
            _permit(db, facility, case, received_at_ms=happened.at_ms, receipt=receipt)


def _permit(db: Connection, facility: str, case: str, **values: Any) -> None:
    of_it = update(records.remains_transfer_permit).where(_p.facility == facility, _p.case == case)
    db.execute(of_it.values(**values))


def _change(db: Connection, case: str, **values: Any) -> None:
    db.execute(update(records.funeral_case).where(_f.case == case).values(**values))


def _incident(db: Connection, happened: Happened, why: str, home: str, case: str) -> None:
    row = {"event": happened.event, "why": why, "home": home, "case": case, "at_ms": happened.at_ms, "alert": ""}
    db.execute(insert(records.funeral_incident).values(**row))


def _alerted(db: Connection, alert: str, form: Mapping[str, Any]) -> None:
    if form["why"] == "receipt_overdue":
        _permit(db, str(form["home"]), str(form["about"]), alert=alert)
    else:
        db.execute(update(records.funeral_incident).where(_i.event == form["about"]).values(alert=alert))
