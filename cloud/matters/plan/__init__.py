"""The plan itself (保障措施): its tasks with one lead unit each, time nodes, supervision, publications."""

from cloud.matters.plan import pages, publications, routes, supervision, tasks, words
from cloud.matters.service import Job, Service

SERVICE = Service(
    kinds=(supervision.ACTIONS,),
    ledgers=(*tasks.LEDGERS, publications.LEDGER),
    words=words.WORDS,
    routes=lambda city: (
        routes.router(city.engine, city.log, city.ledgers, city.door, city.clock),
        pages.router(city.engine, city.people, city.clock),
    ),
    jobs=lambda city: (Job("supervision", supervision.EVERY_S, supervision.Supervision(city.log, city.casework).step),),
)
