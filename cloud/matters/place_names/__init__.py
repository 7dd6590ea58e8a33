"""Place names (地名): naming and renaming, who is responsible where, doorplates, enforcement."""

from collections.abc import Sequence

from fastapi import APIRouter

from cloud.matters.place_names import (
    accuracy,
    address_base,
    datasets,
    doorplate_words,
    enforcement,
    handlers,
    jurisdictions,
    package,
    routes,
    survey,
    villages,
    words,
    workflow,
)
from cloud.matters.place_names.syncing import Syncing
from cloud.matters.service import City, Job, Service


def _routes(city: City) -> Sequence[APIRouter]:
    files = package.Package(city.engine, city.log, city.ledgers)
    syncing = Syncing(city.log, city.casework)
    return (
        package.router(files, city.door),  # before /doorplates/{point}
        routes.router(city.engine, city.door, city.casework, syncing, city.clock),
    )


SERVICE = Service(
    kinds=(workflow.NAMING, enforcement.CASE, survey.SURVEY, accuracy.SAMPLE),
    ledgers=(jurisdictions.LEDGER, villages.LEDGER, address_base.LEDGER),
    handlers=(handlers.handle, enforcement.handle, survey.handle, address_base.handle, accuracy.handle),
    datasets=(datasets.NAMES, datasets.ADDRESSES),
    words={**words.WORDS, **doorplate_words.WORDS},
    routes=_routes,
    jobs=lambda city: (Job("findings", enforcement.EVERY_S, enforcement.Lapsing(city.log, city.casework).step),),
)
