"""Social assistance (社会救助): a window in each township, proxies, one form for nine departments."""

from cloud.matters.service import Service
from cloud.matters.social_assistance import handlers, proxies, routes, tasks, windows, words, workflow
from cloud.matters.social_assistance.reading import Reading

SERVICE = Service(
    kinds=(workflow.ASSISTANCE, tasks.TASK, proxies.PROXY),
    ledgers=(windows.LEDGER,),
    handlers=(handlers.handle,),
    words=words.WORDS,
    routes=lambda city: (routes.router(Reading(city.log, city.opener), city.engine, city.door, city.clock),),
)
