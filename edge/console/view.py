"""What the page shows, worked out of the field process's status. Pure: two parts that are equal need no new drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from edge.console.words import WORDS, Words, filled, word

Tone = Literal["ok", "warn", "stale", "critical"]

_DAY_MS = 86_400_000
_PREFIX = "Port/"
_SIMULATED_ENDINGS = ("(模拟)", "（模拟）", "(simulated)")


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    location: str
    port: int
    tone: Tone
    state: Words
    since_ms: int
    simulated: bool
    life_safety: bool
    in_drill: bool
    proof: tuple[Tone, Words] | None
    stale_after_ms: int | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Port:
    number: int
    link: str
    driver: Words
    is_open: bool
    reason: str
    counters: tuple[str, ...]
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class DeviceList:
    ports: tuple[Port, ...]


@dataclass(frozen=True, slots=True)
class DrillRow:
    id: str
    device: str
    kind: Words
    what: str
    by: str
    ends_ms: int


@dataclass(frozen=True, slots=True)
class SimulatorFault:
    device: str  # or the port's name
    facility: str
    name: Words


@dataclass(frozen=True, slots=True)
class Banner:
    """`problem`: why nothing can be seen of the field process, "" when it answers."""

    problem: str
    drills: tuple[DrillRow, ...]
    faults: tuple[SimulatorFault, ...]


@dataclass(frozen=True, slots=True)
class RecordingFile:
    name: str
    size: int
    made_ms: int


@dataclass(frozen=True, slots=True)
class Recording:
    """`file`: of the recording that is on, "" when none is."""

    file: str
    ended_because: str
    files: tuple[RecordingFile, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    quality: str


def device_list(status: Mapping[str, Any], is_simulated: "SimulatedLinks") -> DeviceList:
    return DeviceList(tuple(_port(port, status, simulated=port["link"] in is_simulated) for port in status["ports"]))


class SimulatedLinks:
    """Which links lead to simulated devices: all of a simulated facility's, and those of the bench."""

    def __init__(self, links: Sequence[str] = (), *, everything: bool = False) -> None:
        self._links, self._everything = frozenset(links), everything

    def __contains__(self, link: str) -> bool:
        return self._everything or link in self._links


def drill_rows(status: Mapping[str, Any], ends_ms: Mapping[str, int]) -> tuple[DrillRow, ...]:
    return tuple(
        DrillRow(d["id"], d["device"], word("kind", d["kind"]), d["what"], d["by"], ends_ms[d["id"]])
        for d in status["drills"]
    )


def simulator_faults(bench: Mapping[str, Any], links: Sequence[str]) -> tuple[SimulatorFault, ...]:
    """Those on our links: a bench may serve other boxes too."""
    kinds = {kind["name"]: Words(kind["zh"], kind["en"]) for kind in bench.get("faults", ())}
    return tuple(
        SimulatorFault(fault["device"] or port["port"], port["facility"], kinds[fault["name"]])
        for port in bench.get("ports", ())
        if port["link"] in links
        for fault in port["active"]
    )  # fmt: skip


def cells(status: Mapping[str, Any], seen_ms: Mapping[str, int]) -> dict[str, str]:
    """What changes all the time, by the name of its place on the page."""
    found: dict[str, str] = {}
    for port in status["ports"]:
        for name, count in port["counters"].items():
            found[f"count.{port['number']}.{name.removeprefix(_PREFIX)}"] = str(count)
        for device in port["devices"]:
            latest = own_readings(device)
            stored = max((last["at_ms"] for last in latest.values()), default=0)
            if seen := max(stored, seen_ms.get(device["id"], 0)):
                found[f"seen.{device['id']}"] = str(seen)
            for metric, last in latest.items():
                found[f"value.{device['id']}.{metric}"] = value_text(last["value"])
    outbox = status.get("outbox") or {}
    if "acked_event" in outbox:
        found["outbox"] = f"{outbox['acked_event']} / {outbox['last_event']}"
    if recording := status.get("recording"):
        found["recording.entries"] = str(recording["entries"])
    return found


def own_readings(device: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Without the counters of its port, which are told though the device says nothing."""
    return {metric: last for metric, last in device["latest"].items() if not metric.startswith(_PREFIX)}


def value_text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def find_device(status: Mapping[str, Any], device_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """(port, device) as the status has them."""
    for port in status.get("ports", ()):
        for device in port["devices"]:
            if device["id"] == device_id:
                return port, device
    return None


def facility_name(zh: str, en: str, *, simulated: bool) -> Words:
    """The violet tag says that a facility is simulated; its name need not say it again."""
    for ending in _SIMULATED_ENDINGS if simulated else ():
        zh, en = zh.removesuffix(ending).rstrip(), en.removesuffix(ending).rstrip()
    return Words(zh, en)


def _port(port: Mapping[str, Any], status: Mapping[str, Any], *, simulated: bool) -> Port:
    drilled = {device for drill in status["drills"] for device in drill["devices"]}
    devices = tuple(_device(port, d, status["now_ms"], drilled, simulated=simulated) for d in port["devices"])
    return Port(
        port["number"],
        port["link"],
        Words(port["zh"], port["en"]),
        port["is_open"],
        port["reason"],
        tuple(name.removeprefix(_PREFIX) for name in port["counters"]),
        devices,
    )


def _device(
    port: Mapping[str, Any], device: Mapping[str, Any], now_ms: int, drilled: set[str], *, simulated: bool
) -> Device:
    tone, state = _state(device)
    silence_s = port["silence_s"]
    return Device(
        id=device["id"],
        location=device["location"],
        port=port["number"],
        tone=tone,
        state=state,
        since_ms=device["since_ms"],
        simulated=simulated,
        life_safety=device["life_safety"],
        in_drill=device["id"] in drilled,
        proof=_proof(device, now_ms) if device["life_safety"] else None,
        stale_after_ms=None if silence_s is None else int(2000 * silence_s),
        fingerprint=device["fingerprint"],
    )


def _state(device: Mapping[str, Any]) -> tuple[Tone, Words]:
    if device["online"]:
        return "ok", WORDS["state.online"]
    off, cause = WORDS["state.offline"], word("cause", device["cause"])
    said = Words(f"{off.zh} · {cause.zh}", f"{off.en} · {cause.en}") if device["cause"] else off
    return ("critical" if device["life_safety"] and device["cause"] != "drill" else "stale"), said


def _proof(device: Mapping[str, Any], now_ms: int) -> tuple[Tone, Words]:
    if device["proven_at_ms"] is None:
        return "warn", WORDS["proof.never"]
    days = max(0, (now_ms - device["proven_at_ms"]) // _DAY_MS)
    every = device["prove_every_days"]
    if every is not None and days >= every:
        return "warn", filled("proof.late", days)
    return "ok", filled("proof.days", days) if days else WORDS["proof.today"]
