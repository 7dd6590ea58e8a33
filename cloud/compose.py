"""Puts the cloud together: the only file of the cloud that knows every concrete class."""

import logging
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import Engine

from cloud import matters
from cloud.adapters import city_keys
from cloud.adapters.embedded_broker import EmbeddedBroker
from cloud.adapters.influx_telemetry import InfluxTelemetry
from cloud.adapters.mqtt_ingest import EventConnection, HostConnection, Inbox
from cloud.adapters.mqtt_retained import connected
from cloud.adapters.sandbox import Conduct, SandboxJointPlatform, SandboxNationalCheck, SandboxPayments, SandboxSms
from cloud.adapters.sql_case_reader import SqlCaseReader
from cloud.adapters.sql_city_log import SqlCityLog
from cloud.adapters.sql_commands import SqlCommands
from cloud.adapters.sql_database import open_database
from cloud.adapters.sql_payments import SqlPayments
from cloud.adapters.sql_people import SqlPeople
from cloud.adapters.sql_reader import SqlReader
from cloud.adapters.sql_records import SqlRecords
from cloud.adapters.sql_reference import SqlReference
from cloud.adapters.sql_refunds import SqlRefunds
from cloud.adapters.sql_registers import SqlRegisters
from cloud.adapters.sql_sms import SqlSms
from cloud.adapters.sql_spool import SqlSpool
from cloud.adapters.sqlite_telemetry import SqliteTelemetry
from cloud.api import casework as casework_api
from cloud.api import payments, refunds, registers
from cloud.api import routes as api
from cloud.api.edge_door import EdgeDoor
from cloud.matters import HANDLERS, KINDS, LEDGERS, WORDS
from cloud.matters import archives as of_archives
from cloud.matters.archives import routes as archives
from cloud.matters.archives.records import Certificates
from cloud.matters.elder_care import job as elder_care_job
from cloud.matters.marriage import routes as marriage
from cloud.matters.marriage.online_checks import OnlineChecks
from cloud.matters.satisfaction.figures import Content
from cloud.matters.service import City
from cloud.matters.social_organisations import joint_platform
from cloud.office import archives as office_archives
from cloud.office import figures as office_figures
from cloud.office import matter_words
from cloud.office import words as office_words
from cloud.office.routes import Office
from cloud.portal import edge_routes as web_drafts_for_boxes
from cloud.portal import routes as portal
from cloud.portal.drafts import Drafts
from cloud.ports import (
    BrokerUnreachable,
    LookupUnavailable,
    PaymentProvider,
    RecordsRefused,
    RecordsUnavailable,
    TelemetryUnavailable,
)
from cloud.services.casework import Casework
from cloud.services.command_sender import CommandSender
from cloud.services.event_effects import Effects
from cloud.services.ingest import Ingest
from cloud.services.ingest_loop import IngestLoop
from cloud.services.ledgers import Ledgers
from cloud.services.payments import Payments
from cloud.services.refunds import Refunds
from cloud.services.sms_sender import SmsSender
from cloud.services.telemetry_forwarder import TelemetryForwarder
from cloud.settings import BadSetting, Settings
from cloud.wall import routes as wall
from cloud.web import page
from cloud.web.door import Door
from cloud.web.page import Pages
from cloud.web.staff import Staff
from cloud.web.words import FRAME
from contract.identifiers.uuid7 import uuid7
from contract.sparkplug.host_session import HostSession

_INBOX_BYTES = 64 << 20
_TRIM_S = 60
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForBoxes:
    """What answers boxes: the city's secrets, and who stands behind."""

    token: str
    city_key: city_keys.CityKey
    person_key: city_keys.PersonKey
    conduct: Conduct
    provider: PaymentProvider


def for_boxes(settings: Settings, conduct: Conduct) -> ForBoxes | None:
    """None: boxes may not ask. Raises BadFile, OSError."""
    if not (settings.edge_token and settings.city_key and settings.person_key):
        return None
    return ForBoxes(
        city_keys.read_token(settings.edge_token),
        city_keys.CityKey(city_keys.read(settings.city_key)),
        city_keys.PersonKey(city_keys.read(settings.person_key)),
        conduct,
        SandboxPayments(conduct),
    )


def city(
    engine: Engine,
    keys: city_keys.CityKeys,
    clock: Callable[[], int] | None = None,
    *,
    provider: PaymentProvider | None = None,
    archive_pages: Path | None = None,
    hasher: PasswordHasher | None = None,
) -> City:
    """`clock`: UTC milliseconds; the machine's own where none is given. `provider`: of payments; else the sandbox.

    `hasher`: see SqlPeople.
    """
    clock = clock or now_ms
    log = SqlCityLog(engine, clock, new_id, Effects(HANDLERS).apply)
    ledgers, people = Ledgers(log, LEDGERS, keys.seal, keys.sign, keys.person), SqlPeople(engine, clock, hasher)
    return City(
        engine=engine,
        log=log,
        casework=Casework(log, KINDS, keys.seal, keys.person, new_id, enter=ledgers.enter_named),
        ledgers=ledgers,
        people=people,
        door=Door(people.find),
        tokens=keys.person,
        opener=keys.open,
        sealer=keys.seal,
        is_signed=keys.is_signed,
        clock=clock,
        new_id=new_id,
        provider=provider or SandboxPayments(Conduct(None)),
        archive_pages=archive_pages,
    )


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def new_id() -> str:
    return str(uuid7(now_ms(), secrets.token_bytes(10)))


def run(settings: Settings, stopping: threading.Event) -> None:
    """Ingest, API, wall and messages in one process, until `stopping`.

    Raises RecordsUnavailable, BadFile, OSError at the start.
    """
    conduct = Conduct(settings.sandbox)
    boxes = for_boxes(settings, conduct)
    keys = city_keys.CityKeys.of(settings.city_key, settings.person_key, settings.office_key)
    opener = city_keys.CityKey(city_keys.read(settings.city_key)) if settings.city_key else None
    # Before anything else: a second start of the same cloud must not push the first one off the broker.
    listening = socket.create_server(settings.address)
    engine = open_database(settings.records)
    telemetry = _telemetry(settings.telemetry)
    broker = EmbeddedBroker(*settings.broker_address) if settings.broker_is_embedded else None
    if broker:
        broker.start()
    events, measurements = Inbox(_INBOX_BYTES), Inbox(_INBOX_BYTES)
    host = HostConnection(settings.broker_url, settings.host_id, measurements, now_ms)
    event_connection = EventConnection(settings.broker_url, f"{settings.host_id}-events", events, now_ms)
    records = SqlRecords(engine)
    ingest = Ingest(records, HostSession(settings.host_id), host.publish, now_ms, Effects(HANDLERS))
    jobs: dict[str, Callable[[threading.Event], None]] = {
        "ingest": IngestLoop(ingest, events, measurements).run,
        "telemetry": TelemetryForwarder(SqlSpool(engine), telemetry, now_ms).run,
        "commands": CommandSender(SqlCommands(engine), host.publish, now_ms).run,
        "trim": lambda stop: _trim(records, stop),
    }
    bookings = elder_care_job.BookingsPublished(
        engine, SqlReference(engine), lambda: connected(settings.broker_url), now_ms
    )
    jobs["bookings"] = lambda stop: _every(elder_care_job.EVERY_S, bookings.step, stop)
    if opener:
        jobs["sms"] = SmsSender(SqlSms(engine), opener, SandboxSms(engine, conduct, now_ms), now_ms).run
    provider = boxes.provider if boxes else None
    own = city(engine, keys, provider=provider, archive_pages=settings.archive_pages) if keys else None
    if own:
        connector = joint_platform.Connector(own.log, own.casework, SandboxJointPlatform(conduct))
        jobs["joint platform"] = lambda stop: _every(joint_platform.EVERY_S, connector.step, stop)
        jobs |= {job.name: partial(_every, job.every_s, job.step) for job in matters.jobs(own)}
        jobs["web drafts"] = partial(_every, _TRIM_S, _drafts(own).step)
    if broker:
        jobs["broker"] = broker.watch
    failed: queue.SimpleQueue[BaseException] = queue.SimpleQueue()
    threads = [threading.Thread(target=_guarded, args=(job, stopping, failed), name=name) for name, job in jobs.items()]
    for thread in threads:
        thread.start()
    event_connection.start()
    host.start()
    try:
        _serve(app(engine, boxes, own), listening, stopping)
    finally:
        stopping.set()
        host.stop()
        event_connection.stop()
        for thread in threads:
            thread.join()
        telemetry.close()
        engine.dispose()
        listening.close()
        if broker:
            broker.stop()
    if not failed.empty():
        raise failed.get()


def app(
    engine: Engine, boxes: ForBoxes | None = None, of_city: City | None = None, clock: Callable[[], int] | None = None
) -> FastAPI:
    """The API and the wall on one database; several processes may serve the same. `boxes` None: they may not ask.

    `of_city` None: without its keys the city keeps no cases of its own. `clock`: of those.
    """
    reader, commands = SqlReader(engine), SqlCommands(engine)
    application = FastAPI(
        title="OneTrip",
        version="1",
        description="Shared records of civil-affairs facilities.",
        docs_url=None,  # FastAPI's own pages load their script from elsewhere; /openapi.json stays
        redoc_url=None,
    )
    application.include_router(api.router(reader, commands, now_ms, new_id))
    application.include_router(registers.router(SqlRegisters(engine), now_ms))
    application.include_router(wall.router(reader, now_ms))
    for routes in matters.public_routes(engine, clock or now_ms):
        application.include_router(routes)
    if boxes:
        _answer_boxes(application, engine, boxes)
    if provider := boxes.provider if boxes else of_city.provider if of_city else None:
        application.include_router(payments.callbacks(Payments(SqlPayments(engine), provider, clock or now_ms)))
    if of_city:
        reader_of_cases = SqlCaseReader(engine)
        cases = casework_api.router(of_city.casework, of_city.ledgers, reader_of_cases, of_city.door, of_city.clock)
        application.include_router(cases)
        for routes in matters.routes(of_city):
            application.include_router(routes)
        words = {**FRAME, **office_words.WORDS, **matter_words.WORDS, **WORDS}
        pages = Pages("cloud.office", words)
        desk = Office(of_city.casework, reader_of_cases, of_city.people, pages, of_city.clock)
        application.include_router(page.router())
        drafts = _drafts(of_city)
        application.include_router(portal.router(engine, drafts, of_city.opener, of_city.clock, words))
        if boxes:
            application.include_router(web_drafts_for_boxes.router(drafts, of_city.clock))
        application.include_router(desk.router())
        staff, content = Staff(of_city.people), Content(engine)
        application.include_router(office_figures.router(reader_of_cases, content, staff, pages, of_city.clock))
        bench, items = of_archives.workbench(of_city), KINDS[office_archives.KIND]
        application.include_router(office_archives.router(bench, items, staff, pages))

    @application.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        return RedirectResponse("/wall")

    @application.exception_handler(RecordsUnavailable)
    def unavailable(_request: Request, error: RecordsUnavailable) -> JSONResponse:
        return JSONResponse({"detail": f"{error}; try again in a moment"}, status_code=503)

    @application.exception_handler(RequestValidationError)
    def unfit(_request: Request, error: RequestValidationError) -> JSONResponse:
        """Without what was sent: it may name somebody."""
        told = [{"loc": list(one["loc"]), "msg": one["msg"], "type": one["type"]} for one in error.errors()]
        return JSONResponse({"detail": told}, status_code=422)

    @application.exception_handler(LookupUnavailable)
    def unanswered(_request: Request, error: LookupUnavailable) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=503)

    @application.exception_handler(RecordsRefused)
    def refused(_request: Request, error: RecordsRefused) -> JSONResponse:
        return JSONResponse({"detail": f"the records refuse it: {error}"}, status_code=422)

    return application


def _drafts(of_city: City) -> Drafts:
    return Drafts(of_city.engine, of_city.tokens, of_city.clock, of_city.new_id)


def _answer_boxes(application: FastAPI, engine: Engine, boxes: ForBoxes) -> None:
    checks = OnlineChecks(engine, SandboxNationalCheck(boxes.conduct), boxes.person_key, now_ms, new_id)
    application.include_router(payments.router(Payments(SqlPayments(engine), boxes.provider, now_ms)))
    refunding = Refunds(SqlPayments(engine), SqlRefunds(engine), boxes.provider, now_ms)
    application.include_router(refunds.router(refunding))
    application.include_router(marriage.router(checks, boxes.city_key))
    application.include_router(archives.router(Certificates(engine), boxes.city_key, boxes.person_key))
    application.add_middleware(EdgeDoor, token=boxes.token)


def _serve(application: FastAPI, listening: socket.socket, stopping: threading.Event) -> None:
    config = uvicorn.Config(application, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    watcher = threading.Thread(target=_stop_server, args=(server, stopping), daemon=True)
    watcher.start()
    server.run(sockets=[listening])


def _stop_server(server: uvicorn.Server, stopping: threading.Event) -> None:
    stopping.wait()
    server.should_exit = True


def _guarded(
    job: Callable[[threading.Event], None], stopping: threading.Event, failed: "queue.SimpleQueue[BaseException]"
) -> None:
    """A job that dies takes the process with it: whoever supervises starts all of it again, from what is on disk."""
    try:
        job(stopping)
    except BaseException as error:
        log.exception("a job failed; stopping")
        failed.put(error)
        stopping.set()


def _every(seconds: float, step: Callable[[], object], stopping: threading.Event) -> None:
    while not stopping.wait(seconds):
        try:
            step()
        except (RecordsUnavailable, RecordsRefused, BrokerUnreachable) as error:
            log.warning("%s: %s", threading.current_thread().name, error)
        except Exception:  # one thing that it cannot do must not stop the whole cloud, again after each start
            log.exception("%s: it goes on", threading.current_thread().name)


def _trim(records: SqlRecords, stopping: threading.Event) -> None:
    while not stopping.wait(_TRIM_S):
        try:
            records.trim(now_ms())
        except RecordsUnavailable as error:
            log.warning("trim: %s", error)


def _telemetry(url: str) -> SqliteTelemetry | InfluxTelemetry:
    if not url.startswith("sqlite:///"):
        return InfluxTelemetry(url)
    try:
        return SqliteTelemetry(Path(url.removeprefix("sqlite:///")))
    except TelemetryUnavailable as error:
        raise BadSetting(f"--telemetry {url}: {error}") from None
