"""Puts the two processes of a facility together: the only file of the edge that knows every concrete class."""

import queue
import secrets
import threading
from collections.abc import Callable
from uuid import UUID

from contract.identifiers.uuid7 import uuid7
from edge.adapters.device_port import DevicePort
from edge.adapters.mqtt_broker import MqttBroker
from edge.adapters.site_key import site_key
from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.system_clock import SystemClock
from edge.domain.alarm_rules import AlarmRules, Limits
from edge.domain.alarms import AlarmBook
from edge.domain.certificates import FacilityCard
from edge.domain.news import News
from edge.domain.readings import DeviceState
from edge.domain.report_by_exception import ReportByException
from edge.domain.supervision import Supervision
from edge.services.check_in import CheckIn
from edge.services.field import Field
from edge.services.field_loop import FieldLoop
from edge.services.uplink import Uplink
from edge.settings import Device, Port, Profile
from firmware_bridge.registry import find
from firmware_bridge.session import DeviceSettings, Driver

_NEWS_MAX = 10_000
_REPEAT_AFTER_S = 30


def check_devices(profile: Profile) -> dict[str, Driver]:
    """The drivers by name. Raises UnknownDriver, BadOption; opens nothing."""
    drivers = {port.driver: find(port.driver) for port in profile.port}
    for port in profile.port:
        drivers[port.driver].session(_settings(port))
    return drivers


def run_field(profile: Profile, stopping: threading.Event) -> None:
    """Devices, alarm rules, store. Raises BadOption, UnknownDriver, StoreUnavailable before anything is opened."""
    clock = SystemClock()
    now = clock.now()
    drivers = check_devices(profile)
    news: queue.Queue[News] = queue.Queue(_NEWS_MAX)
    ports = [DevicePort(port.link, drivers[port.driver], _settings(port), news, clock) for port in profile.port]
    store = SqliteFieldStore(profile.store.directory, profile.facility.id, _event_id)
    try:
        book = AlarmBook(
            _new_id(clock),
            profile.rules.escalate_after_s,
            {device.id: device.location for device in profile.devices.values()},
            store.open_alarms(),
            now,
        )
        rules = AlarmRules(_limits(profile), book)
        rules.resume(store.latest(), now)
        supervision = Supervision(_watched(profile, drivers, now.wall_ms))
        store.start_devices(supervision.states)
        check_in = CheckIn(site_key(profile.store.directory), _new_id(clock), simulated=profile.facility.simulated)
        field = Field(store, supervision, book, rules, check_in, ReportByException(_REPEAT_AFTER_S))
        for port in ports:
            port.start()
        FieldLoop(field, ports, news, store, clock).run(stopping)
    finally:
        store.close()


def run_uplink(profile: Profile, stopping: threading.Event) -> None:
    facility = profile.facility
    card = FacilityCard(
        facility.id, facility.area, facility.kind, facility.name_zh, facility.name_en, facility.simulated
    )
    outbox = SqliteOutbox(profile.store.directory)
    try:
        broker = MqttBroker(profile.uplink.broker, client_id=facility.id)
        uplink = profile.uplink
        Uplink(card, uplink.primary_host, outbox, broker, SystemClock(), uplink.resend_after_s).run(stopping)
    finally:
        outbox.close()


def _settings(port: Port) -> tuple[DeviceSettings, ...]:
    return tuple(DeviceSettings(device.id, device.options) for device in port.device)


def _watched(profile: Profile, drivers: dict[str, Driver], now_ms: int) -> list[tuple[DeviceState, float | None]]:
    return [
        (_at_start(device, drivers[port.driver], now_ms), drivers[port.driver].silence_s)
        for port in profile.port
        for device in port.device
    ]


def _at_start(device: Device, driver: Driver, now_ms: int) -> DeviceState:
    safety = driver.life_safety if device.life_safety is None else device.life_safety
    return DeviceState(device.id, driver.name, device.location, safety, driver.metrics, False, "edge", now_ms)


def _limits(profile: Profile) -> Limits:
    rules = profile.rules
    ranges = {(d.id, metric): limits for d in profile.devices.values() for metric, limits in d.limits.items()}
    return Limits(
        rules.bed_exit_after_s, rules.bed_exit_hours, rules.out_of_range_hold_s, rules.stationary_after_s, ranges
    )


def _event_id(time_ms: int) -> UUID:
    return uuid7(time_ms, secrets.token_bytes(10))


def _new_id(clock: SystemClock) -> Callable[[], str]:
    return lambda: str(_event_id(clock.now().wall_ms))
