"""The window (社会救助窗口) of each of the 100 townships: one record, and the box that stands there."""

import json
from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlalchemy import select

from cloud.adapters import city_tables as c
from cloud.domain.forms import Form, Words
from cloud.services.ledgers import Entering, Ledger, Refused, only_in
from contract.identifiers.townships import TOWNSHIPS

NAME = "assistance_window"
_e = c.ledger_entry.c


class Window(Form):
    """`facility`: the box whose events are the window's heartbeat."""

    township: str
    facility: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    address: Words
    hours: Words
    devices: Annotated[tuple[Literal["id_reader", "document_camera", "signature_pad"], ...], Field(max_length=3)]

    @field_validator("township")
    @classmethod
    def _is_one(cls, code: str) -> str:
        if code not in TOWNSHIPS:
            raise ValueError("no township of this city")
        return code


def _check(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Window)
    only_in(entering, row.township)
    for key, text in entering.db.execute(select(_e.key, _e.row).where(_e.ledger == NAME, _e.current)):
        if key != row.township and json.loads(text)["facility"] == row.facility:
            raise Refused(
                f"{row.facility} stands in {TOWNSHIPS[key].zh}: each window has a box of its own",
                f"{row.facility} 在{TOWNSHIPS[key].zh}，每个窗口用自己的终端",
            )


LEDGER = Ledger(
    name=NAME, model=Window, key=lambda row: row.township, enters=frozenset({"reviewer", "manager"}), check=_check
)
