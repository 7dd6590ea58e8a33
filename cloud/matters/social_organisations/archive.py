"""The electronic file (电子档案) of a case that has ended: its papers and its history by their SHA-256, signed.

It holds no paper itself. Whoever has one can tell that it is the one that was decided about; whoever has the log can
tell that nobody wrote the history anew.
"""

from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.case_now import CaseNow
from cloud.domain.forms import Form, Words
from cloud.services.ledgers import Ledger
from contract.events.envelope import encode

NAME = "org_archive"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_s = c.case_step.c
_TOLD = (
    _s.n, _s.step, _s.from_state, _s.state, _s.by, _s.role, _s.delegated_by, _s.channel, _s.reason, _s.at_ms, _s.form,
)  # fmt: skip


class Document(Form):
    """材料: an electronic paper and its SHA-256."""

    title: Annotated[Words, Field(max_length=64)]
    sha256: Sha256


class ArchivedCase(Form):
    """电子档案. `steps`: how many, whose SHA-256 is `history_sha256`."""

    case: Words
    number: Words
    outcome: Literal["closed", "refused"]
    filed_sha256: Sha256
    documents: Annotated[tuple[Document, ...], Field(max_length=30)] = ()
    steps: Annotated[int, Field(ge=2)]
    history_sha256: Sha256


def archived(db: Connection, case: CaseNow, documents: tuple[Document, ...]) -> dict[str, object]:
    """Its row, once the last step stands."""
    rows = [list(row) for row in db.execute(select(*_TOLD).where(_s.case == case.case).order_by(_s.n))]
    return {
        "case": case.case, "number": case.number, "outcome": case.state, "filed_sha256": case.filed_sha256,
        "documents": [one.model_dump() for one in documents], "steps": len(rows),
        "history_sha256": sha256(encode({"steps": rows})).hexdigest(),
    }  # fmt: skip


LEDGER = Ledger(name=NAME, model=ArchivedCase, key=lambda row: row.case, enters=frozenset({"system"}), signed=True)
