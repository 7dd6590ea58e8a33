"""Items and pages as they are now, what differed, what was drawn."""

from typing import Any

from sqlalchemy import func, insert, select, update

from cloud.adapters.sql_database import insert_once
from cloud.domain.deadline import day_of
from cloud.domain.happened import Happened
from cloud.matters.archives import item_records as records
from cloud.matters.archives import ledgers, sampling
from cloud.matters.archives.key_fields import FIELDS
from cloud.matters.archives.retention import kept_until
from cloud.matters.archives.workflow import ITEM, SAMPLE, Item, Recheck, Sample
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped, LedgerEntered

_d, _i, _p, _s = (
    records.consistency_diff.c, records.archive_item.c, records.archive_page.c, records.archive_sample_page.c,
)  # fmt: skip


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseOpened(kind=kind, case=case, state=state, form=form) if kind == ITEM:
            told = Item.model_validate(form)
            until = kept_until(day_of(happened.at_ms)).isoformat()
            books.db.execute(insert(records.archive_item).values(
                item=case, number=told.number, county=told.area[:6], area=told.area, year=told.year, state=state,
                version=0, retain_until=until,
            ))  # fmt: skip
        case CaseStepped(kind=kind, case=case, state=state) if kind == ITEM:
            books.db.execute(update(records.archive_item).where(_i.item == case).values(state=state))
            _compared(books, happened, happened.data)
        case CaseOpened(kind=kind, case=case, form=form) if kind == SAMPLE:
            _drawn(books, case, Sample.model_validate(form), happened.at_ms)
        case CaseStepped(kind=kind, case=case, step="recheck", form=form, by=by) if kind == SAMPLE:
            seen = Recheck.model_validate(form)
            which = _s.case == case, _s.item == seen.item, _s.page == seen.page
            told_now = {"outcome": seen.outcome, "by": by, "at_ms": happened.at_ms}
            books.db.execute(update(records.archive_sample_page).where(*which).values(told_now))
        case LedgerEntered(ledger=ledgers.PAGE, version=version, row=row):
            _page(books, version, ledgers.Page.model_validate(row))
        case LedgerEntered(ledger=ledgers.TEXT, row=row):
            which = _p.item == row["item"], _p.page == row["page"], _p.sha256 == row["sha256"]
            books.db.execute(update(records.archive_page).where(*which).values(recognised=True))
        case LedgerEntered(ledger=ledgers.RECORD, version=version, row=row):
            books.db.execute(update(records.archive_item).where(_i.item == row["item"]).values(version=version))
            for token in filter(None, (row.get("man_token"), row.get("woman_token"))):
                insert_once(books.db, records.archive_person, {"token": token, "item": row["item"]})


def _page(books: Books, version: int, row: ledgers.Page) -> None:
    about: dict[str, Any] = {
        "version": version, "area": row.area, "sha256": row.sha256, "media": row.media, "width": row.width,
        "height": row.height, "problems": ",".join(row.problems), "operator": row.operator,
        "at_ms": row.scanned_at_ms, "retain_until": row.retain_until.isoformat(), "recognised": False,
    }  # fmt: skip
    if not insert_once(books.db, records.archive_page, {"item": row.item, "page": row.page, **about}):
        which = _p.item == row.item, _p.page == row.page
        books.db.execute(update(records.archive_page).where(*which).values(about))


def _compared(books: Books, happened: Happened, stepped: CaseStepped) -> None:
    marks = stepped.form.get("marks", {})
    match stepped.step:
        case "enter_second":
            first = records.reading(books.db, stepped.case, "enter_first")
            assert first is not None
            _differences(books, happened, stepped, "double_entry", "", first[1])
        case "decide":
            first = records.reading(books.db, stepped.case, "enter_first")
            second = records.reading(books.db, stepped.case, "enter_second")
            assert first is not None
            assert second is not None
            for field in FIELDS:
                settled = {first[1][field]: "first", second[1][field]: "second"}.get(marks[field], "other")
                which = _d.item == stepped.case, _d.stage == "double_entry", _d.field == field, ~_d.matches
                books.db.execute(update(records.consistency_diff).where(*which).values(settled=settled))
        case "compare":
            sealed = records.reading(books.db, stepped.case, *records.READINGS)
            assert sealed is not None
            _differences(books, happened, stepped, "shared", str(stepped.form["record"]), sealed[1])


def _differences(books: Books, happened: Happened, stepped: CaseStepped, stage: str, record: str, other: Any) -> None:
    """A row for each of the eleven; the newest comparison with the same record is the current one."""
    which = _d.item == stepped.case, _d.stage == stage, _d.record == record
    before = books.db.scalar(select(func.max(_d.n)).where(*which)) or 0
    books.db.execute(update(records.consistency_diff).where(*which).values(current=False))
    now = books.case_now(stepped.case)
    assert now is not None
    for field in FIELDS:
        books.db.execute(insert(records.consistency_diff).values(
            item=stepped.case, stage=stage, record=record, n=before + 1, field=field, county=now.area[:6],
            matches=stepped.form["marks"][field] == other[field], settled="", by=stepped.by, at_ms=happened.at_ms,
            current=True,
        ))  # fmt: skip


def _drawn(books: Books, case: str, form: Sample, at_ms: int) -> None:
    population = records.all_pages(books.db, form.area)
    books.db.execute(insert(records.archive_sample).values(
        case=case, area=form.area, seed=form.seed, population=len(population),
        population_sha256=sampling.fingerprint(population), drawn_at_ms=at_ms,
    ))  # fmt: skip
    for n, drawn in enumerate(sampling.draw(form.seed, population), 1):
        item, _, page = drawn.partition("/")
        found = records.page(books.db, item, int(page))
        assert found is not None
        books.db.execute(insert(records.archive_sample_page).values(
            case=case, item=item, page=int(page), n=n, sha256=found["sha256"], operator=found["operator"], outcome="",
            by="", at_ms=0,
        ))  # fmt: skip
