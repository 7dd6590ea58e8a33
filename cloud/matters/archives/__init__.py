"""The archives of marriages and divorces (婚姻档案): what boxes look up; scans, double entry and samples of staff."""

import logging
from collections.abc import Sequence

from fastapi import APIRouter

from cloud.matters.archives import handlers, ledgers, staff_routes, words, workflow
from cloud.matters.archives.folder import PageFolder
from cloud.matters.archives.indexing import EVERY_S, Indexing
from cloud.matters.archives.intake import Intake
from cloud.matters.archives.recognition import Recogniser, is_installed
from cloud.matters.archives.workbench import Workbench
from cloud.matters.service import City, Job, Service


def folder(city: City) -> PageFolder | None:
    return PageFolder(city.archive_pages, city.tokens.key) if city.archive_pages else None


def workbench(city: City) -> Workbench:
    return Workbench(city.engine, city.log, city.ledgers, city.opener, city.tokens, folder(city))


def _routes(city: City) -> Sequence[APIRouter]:
    pages = folder(city)
    intake = Intake(city.engine, city.log, city.ledgers, pages) if pages else None
    return (staff_routes.router(city.engine, city.door, workbench(city), intake),)


def _jobs(city: City) -> Sequence[Job]:
    pages = folder(city)
    if pages is None:
        return ()
    if not is_installed():
        logging.getLogger(__name__).warning("scans are not recognised: pip install 'onetrip[ocr]'")
        return ()
    indexing = Indexing(city.engine, city.log, city.ledgers, pages, Recogniser())
    return (Job("archive index", EVERY_S, indexing.step),)


SERVICE = Service(
    kinds=(workflow.ITEMS, workflow.SAMPLES),
    ledgers=ledgers.LEDGERS,
    handlers=(handlers.handle,),
    words=words.WORDS,
    routes=_routes,
    jobs=_jobs,
)
