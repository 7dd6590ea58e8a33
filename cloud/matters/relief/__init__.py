"""Relief (流浪乞讨人员救助): a station open day and night, joint tickets, points near by."""

from collections.abc import Sequence

from fastapi import APIRouter

from cloud.matters.relief import (
    contacts,
    duty_gaps,
    intake,
    joint_tickets,
    notices,
    routes,
    stations,
    words,
    workflow,
)
from cloud.matters.relief.handing_over import Contacts
from cloud.matters.relief.notices import Printing
from cloud.matters.service import City, Job, Service


def intake_of(city: City) -> intake.Intake:
    """What takes over the forms of stations."""
    return intake.Intake(city.log, city.casework, city.ledgers, city.opener)


def gaps_of(city: City) -> duty_gaps.Gaps:
    return duty_gaps.Gaps(city.log, city.ledgers, city.opener, city.sealer, city.new_id)


def _routes(city: City) -> Sequence[APIRouter]:
    handing_over = Contacts(city.log, city.casework, city.ledgers)
    printing = Printing(city.log, city.ledgers, city.opener)
    return (routes.router(city.engine, handing_over, printing, city.door, city.clock),)


SERVICE = Service(
    kinds=(workflow.RECEPTIONS, workflow.CASES, joint_tickets.TICKETS),
    ledgers=(*stations.LEDGERS, *notices.LEDGERS, contacts.LEDGER),
    words=words.WORDS,
    public=lambda engine, clock: (routes.public_router(engine, clock),),
    routes=_routes,
    jobs=lambda city: (
        Job("relief forms", intake.EVERY_S, intake_of(city).step),
        Job("relief duty", duty_gaps.EVERY_S, gaps_of(city).step),
    ),
)
