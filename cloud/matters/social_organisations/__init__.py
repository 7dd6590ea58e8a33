"""Social organisations (社会组织): the register, annual checks, credit, approval on line, the one-net query."""

from cloud.matters.service import City, Job, Service
from cloud.matters.social_organisations import (
    archive,
    datasets,
    handlers,
    joint_platform,
    objections,
    registers,
    reminders,
    routes,
    words,
    workflow,
)
from cloud.matters.social_organisations.records import Register


def _reminders(city: City) -> reminders.Reminders:
    return reminders.Reminders(city.log, city.ledgers, city.opener, city.sealer, city.new_id)


SERVICE = Service(
    kinds=(workflow.ORG_CASE, objections.OBJECTION, joint_platform.FEEDBACK),
    ledgers=(*registers.LEDGERS, archive.LEDGER),
    handlers=(handlers.handle,),
    datasets=(datasets.CREDIT_EVENTS,),
    words=words.WORDS,
    public=lambda engine, clock: (routes.public_router(Register(engine), clock),),
    routes=lambda city: (routes.router(city.engine, city.door, city.clock),),
    jobs=lambda city: (Job("reminders", reminders.EVERY_S, _reminders(city).step),),
)
