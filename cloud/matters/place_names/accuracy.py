"""How right the base of addresses is (地名数据准确度): a seeded sample of it is surveyed once more, by other people."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection, func, insert, select, update

from cloud.domain.actor import CITY, covers
from cloud.domain.forms import Application, Form, area_code
from cloud.domain.happened import Happened
from cloud.domain.workflow import Workflow, step
from cloud.matters.place_names import doorplate_records as records
from cloud.matters.place_names.sampling import draw, judged
from cloud.ports import Books
from cloud.services.casework import Asking, Kind, NotAllowed, Refused
from contract.events.city import CaseOpened, CaseStepped

KIND = "address_sample"
MOST = 2000
_a, _i, _s, _d = (
    records.address_std.c, records.address_sample_item.c, records.address_sample.c, records.doorplate_survey.c,
)  # fmt: skip


class Sample(Application):
    """抽样复核. `seed`: any text, told to all; the same one gives the same sample of the same base."""

    area: str
    size: Annotated[int, Field(ge=1, le=MOST)]
    seed: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]

    _area = field_validator("area")(area_code)


class Resurvey(Form):
    """复核: what stands there now. `written`: as it is read on the plate."""

    address: Annotated[str, Field(min_length=2, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
    found: bool = False
    written: Annotated[str, Field(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    lon: Annotated[float, Field(ge=-180, le=180)] = 0.0
    lat: Annotated[float, Field(ge=-90, le=90)] = 0.0

    @model_validator(mode="after")
    def _where_it_was_found(self) -> Self:
        if self.found and not (self.written and self.lon and self.lat):
            raise ValueError("written, lon, lat: of what was found")
        return self


def population(db: Connection, area: str) -> Sequence[str]:
    """Addresses in use in an area."""
    query = select(_a.address).where(_a.status == "current")
    return db.scalars(query if area == CITY else query.where(_a.area.startswith(area, autoescape=True))).all()


def _check(asking: Asking) -> None:
    match asking.form:
        case Sample(area=area, size=size):
            if not covers(asking.actor.area, area):
                raise NotAllowed(f"{area} is not in {asking.actor.area}")
            if (there := len(population(asking.db, area))) < size:
                raise Refused(
                    f"size: the base has {there} addresses there", f"该区划在用地址只有 {there} 条，请减小样本量"
                )
        case Resurvey(address=address):
            assert asking.case is not None
            _is_theirs_to_check(asking, asking.case.case, address)
        case _ if asking.step == "close" and asking.case is not None:
            if open_ones := unchecked(asking.db, asking.case.case):
                raise Refused(f"{open_ones} addresses are still to be visited", f"还有 {open_ones} 条未复核")


def _is_theirs_to_check(asking: Asking, case: str, address: str) -> None:
    query = select(_i.outcome).where(_i.case == case, _i.address == address)
    outcome = asking.db.scalar(query)
    if outcome is None:
        raise Refused("address: not in the sample", "该地址不在样本中")
    if outcome:
        raise Refused("address: it was visited", "该地址已复核")
    collected = select(_d.collector).join(records.address_std, _a.survey == _d.case).where(_a.address == address)
    if asking.db.scalar(collected) == asking.actor.number:
        raise NotAllowed("nobody checks what they collected themselves")


def unchecked(db: Connection, case: str) -> int:
    query = select(func.count()).select_from(records.address_sample_item).where(_i.case == case, _i.outcome == "")
    return db.scalar(query) or 0


SAMPLE = Kind(
    name=KIND,
    prefix="CY",
    workflow=Workflow(
        start="drawn",
        final=frozenset({"closed", "cancelled"}),
        steps=(
            step("resurvey", "drawn", "drawn", "collector", "inspector"),
            step("close", "drawn", "closed", "reviewer", "manager"),
            step("cancel", "drawn", "cancelled", "reviewer", "manager", reason=True),
        ),
    ),
    opening=Sample,
    forms={"resurvey": Resurvey},
    opens=frozenset({"reviewer", "manager"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.area}/{form.size}/{form.seed}",
    check=_check,
)


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseOpened(kind=kind, case=case, state=state, form=form) if kind == KIND:
            _drawn(books.db, case, state, Sample.model_validate(form), happened.at_ms)
        case CaseStepped(kind=kind, case=case, state=state, step=step, form=form, by=by) if kind == KIND:
            if step == "resurvey":
                _visited(books.db, case, Resurvey.model_validate(form), by, happened.at_ms)
            books.db.execute(update(records.address_sample).where(_s.case == case).values(state=state))


def _drawn(db: Connection, case: str, state: str, form: Sample, at_ms: int) -> None:
    drawn = draw(form.seed, form.size, population(db, form.area))
    db.execute(insert(records.address_sample).values(
        case=case, area=form.area, seed=form.seed, size=len(drawn.addresses), population=drawn.population,
        population_sha256=drawn.population_sha256, state=state, drawn_at_ms=at_ms,
    ))  # fmt: skip
    for n, address in enumerate(drawn.addresses, 1):
        row = records.address(db, address)
        assert row is not None
        about = {name: row[name] for name in ("address", "area", "lon", "lat")}
        db.execute(insert(records.address_sample_item).values(case=case, n=n, outcome="", by="", at_ms=0, **about))


def _visited(db: Connection, case: str, seen: Resurvey, by: str, at_ms: int) -> None:
    which = _i.case == case, _i.address == seen.address
    row = db.execute(select(records.address_sample_item).where(*which)).mappings().one()
    outcome = judged(
        row["address"], row["area"], row["lon"], row["lat"],
        found=seen.found, written=seen.written, at=(seen.lon, seen.lat),
    )  # fmt: skip
    db.execute(update(records.address_sample_item).where(*which).values(outcome=outcome, by=by, at_ms=at_ms))


def sample(db: Connection, case: str) -> dict[str, Any] | None:
    """With its addresses in the order of their lots, and all that is needed to draw it again."""
    row = db.execute(select(records.address_sample).where(_s.case == case)).mappings().first()
    if row is None:
        return None
    items = select(records.address_sample_item).where(_i.case == case).order_by(_i.n)
    told = [{name: value for name, value in one.items() if name != "case"} for one in db.execute(items).mappings()]
    return {**row, "items": told}
