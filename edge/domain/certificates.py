"""The metrics of birth certificates: what a facility and its devices say about themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract.acknowledgement import Ack, ack_metric
from contract.command import Command, command_metric
from contract.metrics import CATALOGUE, PORT_METRICS
from contract.sparkplug.payload import MetricValue
from edge.domain.clock_quality import judge
from edge.domain.readings import DeviceState, Latest, Reading, Value


@dataclass(frozen=True, slots=True)
class FacilityCard:
    """Who the edge node is."""

    id: str
    area: str
    kind: str
    name_zh: str
    name_en: str
    simulated: bool


def metric(name: str, value: Value | None, at_ms: int, *, historical: bool = False) -> MetricValue:
    """A catalogue metric's value; None says that it is not known."""
    return MetricValue(name, value, CATALOGUE[name].datatype, at_ms, is_historical=historical)


@dataclass(frozen=True, slots=True)
class Running:
    """The facility file that runs, by its SHA-256, and where a new one stands; "" when nothing is known."""

    sha256: str = ""
    state: str = ""


def node_gauges(
    waiting: tuple[int, int], heartbeat_age_s: float, clock_offset_ms: int | None, running: Running, now_ms: int
) -> list[MetricValue]:
    """What changes while a node is on line. `waiting`: events and readings not acknowledged.

    `clock_offset_ms`: our clock minus the cloud's, None when it is not known.
    """
    values: dict[str, Value | None] = {
        "Outbox/Events Waiting": waiting[0],
        "Outbox/Readings Waiting": waiting[1],
        "Field/Heartbeat Age": heartbeat_age_s,
        "Clock/Offset": clock_offset_ms,
        "Clock/Quality": judge(clock_offset_ms, synchronised=None),
        "Config/Hash": running.sha256,
        "Config/State": running.state,
    }
    return [metric(name, value, now_ms) for name, value in values.items()]


def node_birth(card: FacilityCard, ack: Ack, gauges: list[MetricValue], now_ms: int) -> list[MetricValue]:
    """`ack`: the watermarks as this outbox knows them."""
    values: dict[str, Value] = {
        "Facility/Name": card.name_zh,
        "Facility/Name En": card.name_en,
        "Facility/Kind": card.kind,
        "Facility/Simulated": card.simulated,
        "Outbox/Epoch": ack.epoch,
        "Outbox/Oldest Event": ack.events + 1,
        "Outbox/Oldest Reading": ack.readings + 1,
    }
    controls = [ack_metric(ack, now_ms), command_metric(Command("", "", "", ""), now_ms)]
    return [metric(name, value, now_ms) for name, value in values.items()] + gauges + controls


def device_birth(
    state: DeviceState, latest: Mapping[str, Latest], *, online: bool, simulated: bool, now_ms: int
) -> list[MetricValue]:
    """Every metric the device may ever send, with its newest value or null."""
    about: dict[str, Value | None] = {
        "Device/Driver": state.driver,
        "Device/Location": state.location,
        "Device/Life Safety": state.life_safety,
        "Device/Simulated": simulated,
        "Device/Online": online,
        "Device/Cause": "" if online else state.cause,
        "Outbox/Offset": None,
        "Reading/Drill": None,
        "Reading/Device Time": None,
    }
    measured = dict.fromkeys((*state.metrics, *PORT_METRICS, *latest))
    return (
        [metric(name, value, now_ms) for name, value in about.items()]
        + learnt(state, now_ms)
        + [
            metric(name, latest[name].value, latest[name].taken_at_ms) if name in latest else metric(name, None, now_ms)
            for name in measured
            if name in CATALOGUE
        ]
    )


def learnt(state: DeviceState, at_ms: int) -> list[MetricValue]:
    """What was learnt about a device beside its state."""
    return [
        metric("Device/Fingerprint", state.fingerprint, at_ms),
        metric("Device/Proven At", state.proven_at_ms, at_ms),
        metric("Device/Prove Every", state.prove_every_days, at_ms),
    ]


def reading_data(offset: int, reading: Reading, *, historical: bool) -> list[MetricValue]:
    """One outbox row as DATA metrics, with the offset by which the cloud acknowledges it."""
    at = reading.taken_at_ms
    about: dict[str, Value] = {"Outbox/Offset": offset}
    if reading.drill:
        about["Reading/Drill"] = reading.drill
    if reading.device_time_ms is not None:
        about["Reading/Device Time"] = reading.device_time_ms
    return [
        *(metric(name, value, at, historical=historical) for name, value in about.items()),
        *(metric(name, v, at, historical=historical) for name, v in reading.values.items() if name in CATALOGUE),
    ]


def by_device(latest: Mapping[tuple[str, str], Latest], devices: Iterable[str]) -> dict[str, dict[str, Latest]]:
    grouped: dict[str, dict[str, Latest]] = {device: {} for device in devices}
    for (device, name), value in latest.items():
        grouped.setdefault(device, {})[name] = value
    return grouped
