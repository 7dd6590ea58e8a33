"""Marriage registration (婚姻登记): its records, screened and sealed before others see them."""

from collections.abc import Sequence

from fastapi import APIRouter

from cloud.matters.marriage import (
    datasets,
    handlers,
    record_routes,
    record_rules,
    screening,
    seal_alerts,
    sealing,
    words,
)
from cloud.matters.marriage.importing import Importing
from cloud.matters.marriage.screening import Screenings
from cloud.matters.service import City, Job, Service


def _routes(city: City) -> Sequence[APIRouter]:
    importing = Importing(city.log, city.ledgers, Screenings(city.log, city.ledgers, city.opener), city.tokens)
    alerting = sealing.Alerting(city.log, city.casework, city.is_signed)
    return (record_routes.router(city.engine, city.door, importing, alerting),)


def _jobs(city: City) -> Sequence[Job]:
    screenings = Screenings(city.log, city.ledgers, city.opener)
    seals = sealing.Sealing(city.log, city.ledgers, city.opener)
    verification = sealing.Verification(city.log, city.casework, city.is_signed)
    return (
        Job("marriage screening", screening.EVERY_S, screenings.step),
        Job("marriage seals", sealing.SEAL_EVERY_S, seals.step),
        Job("marriage seal check", sealing.VERIFY_EVERY_S, verification.step),
    )


SERVICE = Service(
    kinds=(seal_alerts.ALERT,),
    ledgers=record_rules.LEDGERS,
    handlers=(handlers.handle,),
    datasets=(datasets.MARRIAGES,),
    words=words.WORDS,
    routes=_routes,
    jobs=_jobs,
)
