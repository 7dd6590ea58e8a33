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
from cloud.matters.place_names.datasets import NAMES
from cloud.matters.place_names.workflow import NAMING
from cloud.matters.reports import handlers as reports
from cloud.matters.reports import workflow as report_plan
from cloud.matters.reports.workflow import BATCH
from cloud.matters.satisfaction import handlers as satisfaction
from cloud.matters.satisfaction.workflow import FOLLOW_UP
from cloud.matters.sharing import handlers as sharing
from cloud.matters.sharing.datasets import Dataset
from cloud.matters.sharing.own_cases import OWN_CASES
from cloud.matters.sharing.workflow import catalogue, requests
from cloud.services import delegation
from cloud.services.casework import Kind
from cloud.services.event_effects import Handler
from cloud.services.ledgers import Ledger

__all__ = ["DATASETS", "HANDLERS", "KINDS", "LEDGERS"]

HANDLERS: Sequence[Handler] = (place_names.handle, reports.handle, satisfaction.handle, sharing.handle)
DATASETS: Mapping[str, Dataset] = {dataset.name: dataset for dataset in (NAMES, OWN_CASES)}
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (NAMING, BATCH, FOLLOW_UP, requests(DATASETS))}
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
        report_plan.LEDGER,
        catalogue(DATASETS),
    )
}
