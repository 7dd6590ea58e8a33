"""The services of the plan (事项), one package each; in each the same files, so that knowing one is knowing all:

records.py   its tables and what is read from them
workflow.py  its procedures (办理流程) as tables of steps, and the forms that a step fills in
handlers.py  what events do to its tables; `onetrip rebuild` runs the same
routes.py    what it answers, and its pages
figures.py   its numbers, each with the query that anybody can repeat

A package has only those that it needs; a ledger (台账) with rules of its own has a file of its name. This file names
what is offered.
"""

from collections.abc import Mapping, Sequence

from cloud.matters.place_names import handlers as place_names
from cloud.matters.place_names import jurisdictions
from cloud.matters.place_names.workflow import NAMING
from cloud.services import delegation
from cloud.services.casework import Kind
from cloud.services.event_effects import Handler
from cloud.services.ledgers import Ledger

__all__ = ["HANDLERS", "KINDS", "LEDGERS"]

HANDLERS: Sequence[Handler] = (place_names.handle,)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (NAMING,)}
LEDGERS: Mapping[str, Ledger] = {
    ledger.name: ledger
    for ledger in (
        Ledger(
            name=delegation.NAME,
            model=delegation.Delegation,
            key=lambda row: delegation.key_of(row.giver, row.taker, row.kind),
            enters=frozenset({"manager"}),
        ),
        jurisdictions.LEDGER,
    )
}
