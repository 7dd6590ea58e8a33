"""A draw's pools are kept as they are at the announcement; who goes where follows from them and the seed."""

import json
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select, update

from cloud.domain.deadline import day_of
from cloud.domain.happened import Happened
from cloud.matters.inspection import pools, records
from cloud.matters.inspection.drawing import draw
from cloud.matters.inspection.workflow import DRAW, VISIT, Announcement, terms_of
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped
from contract.events.envelope import encode


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseOpened(kind=kind) as opened if kind == DRAW:
            _announce(books, opened, happened.at_ms)
        case CaseStepped(kind=kind) as stepped if kind == DRAW:
            _draw(books, stepped, happened.at_ms)
        case CaseOpened(kind=kind) as opened if kind == VISIT:
            about = {"draw": opened.form["draw"], "target": opened.form["target"], "case": opened.case}
            books.db.execute(insert(records.inspection_visit).values(**about))
        case CaseStepped(kind=kind) as stepped if kind == VISIT:
            _visit(books, stepped, happened.at_ms)


def _announce(books: Books, opened: CaseOpened, at_ms: int) -> None:
    text = encode(pools.frozen(books.db, opened.form, at_ms))
    books.db.execute(insert(records.inspection_draw).values(
        case=opened.case, number=opened.number, area=opened.area, category=opened.form["category"],
        form=encode(opened.form).decode(), pools=text.decode(), pools_sha256=sha256(text).hexdigest(), seed="",
        passed_over="[]", state="announced", announced_at_ms=at_ms,
    ))  # fmt: skip


def _draw(books: Books, stepped: CaseStepped, at_ms: int) -> None:
    now = books.case_now(stepped.case)
    assert now is not None
    told: dict[str, Any] = {"state": stepped.state}
    if stepped.state == "drawn":
        found = records.draw_of(books.db, now.number)
        assert found is not None
        targets, inspectors = pools.thawed(records.pools_of(found))
        over = pools.recent(books.db, at_ms) & {one.target for one in targets}
        seed, terms = str(stepped.form["seed"]), terms_of(now.number, Announcement.model_validate(found["form"]))
        for one in draw(targets, inspectors, terms, seed, over):
            books.db.execute(insert(records.inspection_assignment).values(
                draw=now.number, n=one.n, target=one.target, unit=one.unit, inspector=one.inspector,
                cross_county=one.cross_county, drawn_at_ms=at_ms,
            ))  # fmt: skip
        told |= {"seed": seed, "passed_over": json.dumps(sorted(over)), "drawn_at_ms": at_ms}
    books.db.execute(update(records.inspection_draw).where(records.inspection_draw.c.case == stepped.case).values(told))


def _visit(books: Books, stepped: CaseStepped, at_ms: int) -> None:
    v, f = records.inspection_visit.c, records.inspection_finding.c
    of_visit = update(records.inspection_visit).where(v.case == stepped.case)
    match stepped.step:
        case "section":
            listed = select(func.count()).select_from(records.inspection_finding).where(f.case == stepped.case)
            first = (books.db.scalar(listed) or 0) + 1
            for n, finding in enumerate(stepped.form.get("findings", ()), start=first):
                books.db.execute(insert(records.inspection_finding).values(
                    case=stepped.case, n=n, unit=stepped.unit, what=finding["what"], due=finding["due"], checked=0,
                ))  # fmt: skip
        case "finish":
            books.db.execute(of_visit.values(finished_at_ms=at_ms, publish_due_ms=stepped.due_ms))
        case "publish":
            books.db.execute(of_visit.values(published_at_ms=at_ms))
        case "recheck":
            form = stepped.form
            told = {"fixed_on": day_of(at_ms).isoformat()} if form["fixed"] else {"due": form["due"]}
            one = update(records.inspection_finding).where(f.case == stepped.case, f.n == form["n"])
            books.db.execute(one.values(checked=f.checked + 1, **told))
