"""The part of marriage that is about papers: a certificate again, registering after the fact, reaching who has none."""

from cloud.matters.archives import issued
from cloud.matters.marriage import (
    applications,
    make_up,
    outreach,
    outreach_handlers,
    paper_handlers,
    paper_routes,
    paper_words,
    reissue,
)
from cloud.matters.marriage.applications import Applications
from cloud.matters.marriage.personal_records import PersonalRecords
from cloud.matters.service import Job, Service

PAPERS = Service(
    kinds=(reissue.REISSUES, make_up.MAKE_UPS, outreach.TASKS),
    ledgers=(issued.LEDGER, *outreach.LEDGERS),
    handlers=(paper_handlers.handle, outreach_handlers.handle),
    words=paper_words.WORDS,
    routes=lambda city: (
        paper_routes.router(city.engine, city.door, city.clock, PersonalRecords(city.log, city.opener)),
    ),
    jobs=lambda city: (
        Job("certificate applications", applications.EVERY_S, Applications(city.log, city.casework, city.opener).step),
    ),
)
