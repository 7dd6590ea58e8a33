"""What a package of the plan offers, so that one list of packages is all that others need to know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import Engine

from cloud.adapters.city_keys import PersonKey
from cloud.adapters.sql_city_log import SqlCityLog
from cloud.adapters.sql_people import SqlPeople
from cloud.matters.sharing.datasets import Dataset
from cloud.ports import Opener, PaymentProvider, Sealer
from cloud.services.casework import Casework, Kind
from cloud.services.event_effects import Handler
from cloud.services.ledgers import Ledger, Ledgers
from cloud.web.door import Door
from contract.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What routes and jobs of a service work with. `clock`: UTC milliseconds. `archive_pages`: the folder of scans."""

    engine: Engine
    log: SqlCityLog
    casework: Casework
    ledgers: Ledgers
    people: SqlPeople
    door: Door
    tokens: PersonKey
    opener: Opener
    sealer: Sealer
    is_signed: Callable[[bytes, str], bool]
    clock: Callable[[], int]
    new_id: Callable[[], str]
    provider: PaymentProvider
    archive_pages: Path | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """`step` is called every `every_s` seconds for as long as the cloud runs. What it does it does once: it looks at
    the records for what was done before.
    """

    name: str
    every_s: float
    step: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Service:
    """`handlers` in the order in which they see an event. `public`: routes without a login, also of a city that keeps
    no cases of its own; `routes`: of one that does.
    """

    kinds: tuple[Kind, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    handlers: tuple[Handler, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    words: Mapping[str, Words] = field(default_factory=dict)
    public: Callable[[Engine, Callable[[], int]], Sequence[APIRouter]] = lambda _engine, _clock: ()
    routes: Callable[[City], Sequence[APIRouter]] = lambda _city: ()
    jobs: Callable[[City], Sequence[Job]] = lambda _city: ()
