"""Elder care (养老服务): homes and their beds, bookings, reviews; the five kinds of care data; the guidance centre."""

from collections.abc import Sequence

from fastapi import APIRouter

from cloud.adapters.sql_payments import SqlPayments
from cloud.adapters.sql_refunds import SqlRefunds
from cloud.matters.elder_care import (
    bed_payments,
    beds,
    care_handlers,
    duty,
    escalation,
    facts,
    handlers,
    homes,
    reviews,
    routes,
    staff_routes,
    words,
)
from cloud.matters.elder_care.bed_payments import BedPayments
from cloud.matters.elder_care.person_view import PersonView
from cloud.matters.service import City, Job, Service
from cloud.services.payments import Payments
from cloud.services.refunds import Refunds


def bed_payments_of(city: City) -> BedPayments:
    """What opens the order for a booked bed's deposit."""
    book = SqlPayments(city.engine)
    payments = Payments(book, city.provider, city.clock)
    refunds = Refunds(book, SqlRefunds(city.engine), city.provider, city.clock)
    return BedPayments(city.log, city.casework, payments, refunds)


def _routes(city: City) -> Sequence[APIRouter]:
    view = PersonView(city.log, city.tokens)
    return (staff_routes.router(city.engine, city.door, city.clock, view, bed_payments_of(city)),)


def _jobs(city: City) -> Sequence[Job]:
    tells = city.log, city.ledgers, city.opener, city.sealer, city.new_id
    return (
        Job("care alarms", escalation.ALARMS_EVERY_S, escalation.Escalations(*tells).step),
        Job("care duty", escalation.GAPS_EVERY_S, escalation.Gaps(*tells).step),
        Job("bed payments", bed_payments.EVERY_S, bed_payments_of(city).step),
    )


SERVICE = Service(
    kinds=(beds.BOOKINGS, reviews.REVIEWS),
    ledgers=(homes.LEDGER, *facts.LEDGERS, *duty.LEDGERS),
    handlers=(handlers.handle, care_handlers.handle),
    words=words.WORDS,
    public=lambda engine, _clock: (routes.router(engine),),
    routes=_routes,
    jobs=_jobs,
)
