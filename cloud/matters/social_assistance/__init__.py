"""Social assistance (社会救助): a window in each township, proxies, one form for nine departments."""

from cloud.matters.service import City, Job, Service
from cloud.matters.social_assistance import handlers, intake, proxies, routes, tasks, windows, words, workflow
from cloud.matters.social_assistance.reading import Reading


def intake_of(city: City) -> intake.Intake:
    """What takes over the forms of kiosks."""
    return intake.Intake(city.log, city.casework, city.ledgers, city.opener)


SERVICE = Service(
    kinds=(workflow.ASSISTANCE, tasks.TASK, proxies.PROXY),
    ledgers=(windows.LEDGER,),
    handlers=(handlers.handle,),
    words=words.WORDS,
    routes=lambda city: (routes.router(Reading(city.log, city.opener), city.engine, city.door, city.clock),),
    jobs=lambda city: (Job("assistance forms", intake.EVERY_S, intake_of(city).step),),
)
