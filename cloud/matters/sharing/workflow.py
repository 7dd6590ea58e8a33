"""The catalogue, and requests for what it gives on condition (政务数据共享条例, State Council order 809).

`unconditional` is given to every department, `conditional` after the owner's approval, `none` to nobody. An answer is
due within ten working days.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection

from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Remark, Words
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.sharing import records
from cloud.matters.sharing.datasets import Dataset
from cloud.services.casework import Asking, Kind, Refused
from cloud.services.ledgers import Entering, Ledger

KIND = "share_request"
CATALOGUE = "share_catalog"
Fields = Annotated[tuple[Words, ...], Field(min_length=1, max_length=100)]


class Entry(Form):
    """共享目录: which fields of a dataset are shared, how, and on what legal basis."""

    dataset: Words
    fields: Fields
    attribute: Literal["unconditional", "conditional", "none"]
    basis: Words


class Request(Application):
    """共享申请: what a department wants to know, what for, on what legal basis, and until when."""

    dataset: Words
    fields: Fields
    purpose: Words
    basis: Words
    until: date


class Answer(Form):
    """审核意见."""

    opinion: Remark = ""


def catalogue(datasets: Mapping[str, Dataset]) -> Ledger:
    def check(entering: Entering) -> None:
        row = entering.row
        assert isinstance(row, Entry)
        if (dataset := datasets.get(row.dataset)) is None:
            raise Refused(
                f"no dataset {row.dataset}; there are: {', '.join(sorted(datasets))}",
                f"没有数据集 {row.dataset}；现有：{'、'.join(sorted(datasets))}",
            )
        if unknown := sorted(set(row.fields) - set(dataset.fields)):
            raise Refused(
                f"{row.dataset} has no {', '.join(unknown)}; it has: {', '.join(dataset.fields)}",
                f"{row.dataset} 没有 {'、'.join(unknown)}；现有：{'、'.join(dataset.fields)}",
            )
        if entering.actor.unit != dataset.owner:
            raise Refused(
                f"{row.dataset} is {dataset.owner}'s to share, not {entering.actor.unit}'s",
                f"{row.dataset} 由 {dataset.owner} 共享，不由 {entering.actor.unit} 共享",
            )

    return Ledger(name=CATALOGUE, model=Entry, key=lambda row: row.dataset, enters=frozenset({"manager"}), check=check)


def requests(datasets: Mapping[str, Dataset]) -> Kind:
    def check(asking: Asking) -> None:
        if asking.case is None:
            form = asking.form
            assert isinstance(form, Request)
            _may_ask(asking.db, form)
            if form.until < day_of(asking.now_ms):
                raise Refused("until: that day is over", "使用截止日已过")
        elif asking.step in ("approve", "refuse", "revoke"):
            owner = datasets[str((asking.case.form or {})["dataset"])].owner
            if asking.actor.unit != owner:
                raise Refused(f"{owner} decides about its own data", f"由 {owner} 决定")
            if asking.step == "approve":
                _may_ask(asking.db, Request.model_validate(asking.case.form))

    return Kind(
        name=KIND,
        prefix="GX",
        workflow=Workflow(
            start="submitted",
            final=frozenset({"refused", "revoked"}),
            steps=(
                step("approve", "submitted", "approved", "manager"),
                step("refuse", "submitted", "refused", "manager", reason=True),
                step("revoke", "approved", "revoked", "manager", reason=True),
            ),
            clocks=(clock("answer", "submitted", Limit(working_days=10)),),
        ),
        opening=Request,
        forms={"approve": Answer},
        opens=frozenset({"department"}),
        area=lambda _form: "330800",
        owner=lambda _db, form: datasets[form.dataset].owner if form.dataset in datasets else "",
        target=lambda form: f"{form.dataset}/{','.join(sorted(form.fields))}/{form.purpose}/{form.until}",
        check=check,
    )


def _may_ask(db: Connection, form: Request) -> None:
    """Raises Refused."""
    row = records.entry(db, form.dataset)
    entry = Entry.model_validate(row) if row else None
    if entry is None or entry.attribute == "none":
        raise Refused(f"the catalogue shares no {form.dataset}", f"目录中没有可共享的 {form.dataset}")
    if beyond := sorted(set(form.fields) - set(entry.fields)):
        raise Refused(
            f"the catalogue does not share {', '.join(beyond)} of {form.dataset}",
            f"目录不共享 {form.dataset} 的：{'、'.join(beyond)}",
        )
