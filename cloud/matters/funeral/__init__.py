"""Funerals (殡仪服务): one case file from pick-up to ashes, one attendant, one chain of custody; permits watched."""

from cloud.matters.funeral import (
    accompaniment,
    alerts,
    bookings,
    datasets,
    furnace,
    handlers,
    points,
    routes,
    words,
    workflow,
)
from cloud.matters.service import City, Job, Service


def _jobs(city: City) -> list[Job]:
    booked = bookings.Bookings(city.log, city.casework, city.opener, city.tokens)
    cremated = furnace.Cremations(city.log, city.casework, city.ledgers, city.opener)
    return [
        Job("funeral bookings", bookings.EVERY_S, booked.step),
        Job("cremations", furnace.EVERY_S, cremated.step),
        Job("funeral alerts", alerts.EVERY_S, alerts.Alerts(city.log, city.casework).step),
    ]


SERVICE = Service(
    kinds=(workflow.FUNERAL, alerts.ALERT),
    ledgers=(accompaniment.LEDGER, *points.LEDGERS),
    handlers=(handlers.handle,),
    datasets=(datasets.CREMATION,),
    words=words.WORDS,
    routes=lambda city: (routes.router(city.engine, city.door, city.clock),),
    jobs=_jobs,
)
