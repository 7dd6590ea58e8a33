"""The pure core of a field process, the same for live ports and for a replay."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from contract.events.envelope import Link
from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.domain.alarm_rules import AlarmRules, Limits
from edge.domain.alarms import Alarm, AlarmBook
from edge.domain.moment import Moment
from edge.domain.port_session import PortSession
from edge.domain.proofs import Proofs, Proving
from edge.domain.readings import DeviceState, Latest
from edge.domain.report_by_exception import ReportByException
from edge.domain.seeded_ids import SeededIds
from edge.domain.supervision import Supervision
from edge.services.check_in import CheckIn
from edge.services.field import Confirm, Field
from edge.services.occurrences import Occurrences
from edge.settings import Device, Port, Profile
from firmware_bridge.links import without_password
from firmware_bridge.registry import find
from firmware_bridge.session import DeviceSettings, Driver

_REPEAT_AFTER_S = 30
EVENT_IDS = b" events"  # their ids have a seed of their own: when the store is written moves no other id


def find_drivers(profile: Profile) -> dict[str, Driver]:
    """By name. Raises UnknownDriver."""
    return {port.driver: find(port.driver) for port in profile.port}


def make_sessions(profile: Profile, drivers: Mapping[str, Driver]) -> dict[int, PortSession]:
    """By the number of the port, from 1. Raises BadOption."""
    return {
        number: PortSession(without_password(port.link), drivers[port.driver], _settings(port))
        for number, port in enumerate(profile.port, start=1)
    }


def make_field(
    profile: Profile,
    drivers: Mapping[str, Driver],
    store: SqliteFieldStore,
    ids: SeededIds,
    site_key: bytes,
    now: Moment,
    confirm: Confirm,
    on_drill_end: Callable[[str], None] = lambda _drill: None,
) -> Field:
    def new_id(wall_ms: int) -> str:
        return str(ids(wall_ms))

    locations = {device.id: device.location for device in profile.devices.values()}
    book = AlarmBook(new_id, profile.rules.escalate_after_s, locations, store.open_alarms(), now)
    limits = _limits(profile)
    watched = _watched(profile, drivers, {state.id: state for state in store.devices()}, now.wall_ms)
    supervision = Supervision(watched)
    store.start_devices(supervision.states)
    readers = [profile.kiosk.card_reader] if profile.kiosk.card_reader else []
    check_in = CheckIn(site_key, new_id, simulated=profile.facility.simulated, at_kiosks=readers)
    field = Field(
        store,
        supervision,
        book,
        lambda drill: AlarmRules(limits, book, drill),
        Occurrences(check_in, site_key),
        Proofs(
            {d.id: Proving(drivers[p.driver].proven_by, d.prove_every_days) for p in profile.port for d in p.device}
        ),
        ReportByException(_REPEAT_AFTER_S),
        confirm,
        on_drill_end,
    )
    field.resume(now)
    return field


def describe_store(store: SqliteFieldStore) -> dict[str, Any]:
    """All that a field process takes up from its store at its start; JSON-ready."""
    return {
        "link": asdict(store.standing()),
        "alarms": [asdict(alarm) for alarm in store.open_alarms()],
        "latest": [[device, metric, asdict(last)] for (device, metric), last in store.latest().items()],
        "devices": [asdict(state) for state in store.devices()],
    }


def restore_store(store: SqliteFieldStore, described: Mapping[str, Any]) -> None:
    """Raises KeyError, TypeError for what `describe_store` never wrote."""
    devices = [DeviceState(**{**about, "metrics": tuple(about["metrics"])}) for about in described["devices"]]
    store.begin_at(
        Link(**described["link"]),
        [Alarm(**about) for about in described["alarms"]],
        {(device, metric): Latest(**about) for device, metric, about in described["latest"]},
        devices,
    )


def without_secrets(profile: Profile) -> dict[str, Any]:
    """The facility file as JSON, to go into a recording: no password, no path of this box."""
    parts = urlsplit(profile.uplink.broker)
    broker = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    told = profile.model_dump(mode="json")
    told["uplink"]["broker"] = broker
    told["store"]["directory"] = "."
    for port in told["port"]:
        port["link"] = without_password(port["link"])
    return told


def _settings(port: Port) -> tuple[DeviceSettings, ...]:
    return tuple(DeviceSettings(device.id, device.options) for device in port.device)


def _watched(
    profile: Profile, drivers: Mapping[str, Driver], before: Mapping[str, DeviceState], now_ms: int
) -> list[tuple[DeviceState, float | None]]:
    return [
        (_at_start(device, drivers[port.driver], before.get(device.id), now_ms), drivers[port.driver].silence_s)
        for port in profile.port
        for device in port.device
    ]


def _at_start(device: Device, driver: Driver, before: DeviceState | None, now_ms: int) -> DeviceState:
    """What was learnt about a device outlives a restart: what it says it is, and when it was last proven."""
    safety = driver.life_safety if device.life_safety is None else device.life_safety
    state = DeviceState(device.id, driver.name, device.location, safety, driver.metrics, False, "edge", now_ms)
    state = replace(state, prove_every_days=device.prove_every_days)
    if before is None:
        return state
    return replace(state, fingerprint=before.fingerprint, port=before.port, proven_at_ms=before.proven_at_ms)


def _limits(profile: Profile) -> Limits:
    rules = profile.rules
    ranges = {(d.id, metric): limits for d in profile.devices.values() for metric, limits in d.limits.items()}
    return Limits(
        rules.bed_exit_after_s, rules.bed_exit_hours, rules.out_of_range_hold_s, rules.stationary_after_s, ranges
    )
