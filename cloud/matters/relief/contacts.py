"""A relief point hands somebody over to the station (救助点交接): one case, however often and by whomever it is sent.

The slip (联系单) that the person carries is what makes it one. The point sends it, the station enters it when they
arrive, or the desk's own intake names it: whoever comes first opens the case.
"""

import json
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import Role
from cloud.domain.forms import Form
from cloud.matters.relief import stations
from cloud.matters.relief.eligibility import Ability, Age
from cloud.services.ledgers import Ledger

CONTACT = "relief_point_contact"
SENDS: frozenset[Role] = frozenset({"grid_worker", "attendant", "clerk", "operator"})
Slip = Annotated[str, Field(pattern=r"^[0-9]{8}$")]
_e = c.ledger_entry.c


class Contact(Form):
    """交接. `slip`: eight digits, each only once in the city; `point` "": only the station's desk has named it yet."""

    slip: Slip
    point: Annotated[str, Field(max_length=64)] = ""
    station: stations.Id
    case: Annotated[str, Field(max_length=36)]


class HandOver(Form):
    """What either side says. Where both say it, the first is kept."""

    slip: Slip
    point: stations.Id
    station: stations.Id
    age: Age = "unknown"
    ability: Ability = "unknown"
    need: Literal["food", "bed", "medical", "home", "help"] = "help"


LEDGER = Ledger(name=CONTACT, model=Contact, key=lambda row: row.slip, enters=frozenset({"system"}))


def ref_of(slip: str) -> str:
    return f"slip/{slip}"


def case_of_ref(db: Connection, ref: str) -> str | None:
    """The case that this slip became."""
    slip = ref.removeprefix("slip/")
    row = db.scalar(select(_e.row).where(_e.ledger == CONTACT, _e.key == slip, _e.current))
    return None if row is None else str(json.loads(row)["case"])
