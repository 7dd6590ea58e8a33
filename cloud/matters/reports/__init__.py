"""Reporting level by level (逐级上报): villages report, townships, counties and the city confirm or give back."""

from cloud.matters.reports import handlers, routes, words, workflow
from cloud.matters.service import Service

SERVICE = Service(
    kinds=(workflow.BATCH,),
    ledgers=(workflow.LEDGER,),
    handlers=(handlers.handle,),
    words=words.WORDS,
    routes=lambda city: (routes.router(city.engine, city.door),),
)
