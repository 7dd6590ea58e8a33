"""Ecological burial (殡葬改革): where there is room, what is being built, who is rewarded, what is kept up."""

from cloud.matters.burial import handlers, routes, words, workflow
from cloud.matters.service import Service

SERVICE = Service(
    kinds=(workflow.BURIALS, workflow.REWARDS),
    ledgers=workflow.LEDGERS,
    handlers=(handlers.handle,),
    words=words.WORDS,
    routes=lambda city: (routes.router(city.engine, city.door, city.clock),),
)
