"""The services of the plan (事项), one package each; in each the same files, so that knowing one is knowing all:

records.py   its tables and what is read from them
workflow.py  its procedures (办理流程) as tables of steps, and the forms that a step fills in
handlers.py  what events do to its tables; `onetrip rebuild` runs the same
routes.py    what it answers, and its pages
words.py     what pages say of its kinds of cases
figures.py   its numbers, each with the query that anybody can repeat

A package has only those that it needs; a ledger (台账) with rules of its own has a file of its name. Its `SERVICE`
says what it offers; this file lists the packages.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from fastapi import APIRouter
from sqlalchemy import Engine

from cloud.matters import (
    archives,
    burial,
    elder_care,
    funeral,
    inspection,
    kiosk_forms,
    marriage,
    own_ledgers,
    place_names,
    plan,
    public,
    relief,
    reports,
    satisfaction,
    social_assistance,
    social_organisations,
)
from cloud.matters.marriage import sealing
from cloud.matters.marriage.paper_service import PAPERS
from cloud.matters.service import City, Job, Service
from cloud.matters.sharing import handlers as sharing_handlers
from cloud.matters.sharing import routes as sharing_routes
from cloud.matters.sharing import words as sharing_words
from cloud.matters.sharing import workflow as sharing
from cloud.matters.sharing.datasets import Dataset
from cloud.matters.sharing.delivery import Delivery
from cloud.matters.sharing.own_cases import OWN_CASES
from cloud.services.casework import Kind
from cloud.services.event_effects import Handler
from cloud.services.ledgers import Ledger
from contract.words import Words

__all__ = ["DATASETS", "HANDLERS", "KINDS", "LEDGERS", "WORDS", "jobs", "public_routes", "routes"]

_OWN: Sequence[Service] = (
    place_names.SERVICE,
    archives.SERVICE,
    marriage.SERVICE,
    PAPERS,
    reports.SERVICE,
    satisfaction.SERVICE,
    elder_care.SERVICE,
    inspection.SERVICE,
    burial.SERVICE,
    funeral.SERVICE,
    plan.SERVICE,
    kiosk_forms.SERVICE,
    social_assistance.SERVICE,
    social_organisations.SERVICE,
    relief.SERVICE,
    public.SERVICE,
)

DATASETS: Mapping[str, Dataset] = {
    dataset.name: dataset for dataset in (OWN_CASES, *(one for service in _OWN for one in service.datasets))
}


def _delivery(city: City) -> Delivery:
    return Delivery(city.log, DATASETS, city.is_signed, partial(sealing.alert, city.casework))


_SHARING = Service(
    kinds=(sharing.requests(DATASETS),),
    ledgers=(sharing.catalogue(DATASETS), own_ledgers.DELEGATION, own_ledgers.TIME_LIMIT),
    handlers=(sharing_handlers.handle,),
    words=sharing_words.WORDS,
    routes=lambda city: (sharing_routes.router(_delivery(city), city.tokens, city.engine, city.door),),
)
_ALL: Sequence[Service] = (*_OWN, _SHARING)

HANDLERS: Sequence[Handler] = tuple(handler for service in _ALL for handler in service.handlers)
KINDS: Mapping[str, Kind] = {kind.name: kind for service in _ALL for kind in service.kinds}
LEDGERS: Mapping[str, Ledger] = {ledger.name: ledger for service in _ALL for ledger in service.ledgers}
WORDS: Mapping[str, Words] = {key: text for service in _ALL for key, text in service.words.items()}


def public_routes(engine: Engine, clock: Callable[[], int]) -> list[APIRouter]:
    """Without a login."""
    return [route for service in _ALL for route in service.public(engine, clock)]


def routes(city: City) -> list[APIRouter]:
    return [route for service in _ALL for route in service.routes(city)]


def jobs(city: City) -> list[Job]:
    return [job for service in _ALL for job in service.jobs(city)]
