"""Inspection (执法监督): random targets and random inspectors, joint visits, one list of what is to be put right."""

from cloud.matters.inspection import handlers, pools, routes, words, workflow
from cloud.matters.service import Service

SERVICE = Service(
    kinds=(workflow.DRAWS, workflow.VISITS),
    ledgers=pools.LEDGERS,
    handlers=(handlers.handle,),
    words=words.WORDS,
    routes=lambda city: (routes.router(city.engine, city.door, city.clock),),
)
