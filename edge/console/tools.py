"""The tools for the chosen device: its readings, actions, the drills and simulator faults it can have. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract.metrics import CATALOGUE
from edge.console.view import find_device, own_readings, value_text
from edge.console.words import WORDS, Words
from firmware_bridge.faults import LINE_FAULTS, UNPLUG, FaultKind

LONGEST_DRILL_S = 600
DRILL_S, TEST_S = 60, 120


@dataclass(frozen=True, slots=True)
class ReadingRow:
    metric: str
    words: Words
    unit: str
    value: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ActionForm:
    name: str
    words: Words
    arguments: tuple[tuple[str, str], ...]  # name, what to write


@dataclass(frozen=True, slots=True)
class ParameterField:
    name: str
    words: Words
    default: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FaultForm:
    name: str
    words: Words
    parameters: tuple[ParameterField, ...]


@dataclass(frozen=True, slots=True)
class SimulatorTools:
    """`verbs`: name and arguments of what can be done to the simulated device."""

    facility: str
    verbs: tuple[tuple[str, tuple[str, ...]], ...]
    faults: tuple[FaultForm, ...]
    active: int


@dataclass(frozen=True, slots=True)
class Tools:
    """`device` "" when none is chosen. `simulator` None: the chosen device is not on a bench."""

    device: str
    location: str = ""
    driver: str = ""
    driver_words: Words | None = None
    fingerprint: str = ""
    is_real: bool = True
    can_prove: bool = False
    readings: tuple[ReadingRow, ...] = ()
    actions: tuple[ActionForm, ...] = ()
    faults: tuple[FaultForm, ...] = ()
    has_simulator: bool = False
    simulator: SimulatorTools | None = None
    by: str = ""


def tools_of(
    device_id: str,
    status: Mapping[str, Any],
    bench: Mapping[str, Any],
    *,
    is_real: bool,
    has_simulator: bool,
    by: str,
) -> Tools:
    found = find_device(status, device_id)
    if found is None:
        return Tools("", has_simulator=has_simulator, by=by)
    port, device = found
    return Tools(
        device=device_id,
        location=device["location"],
        driver=port["driver"],
        driver_words=Words(port["zh"], port["en"]),
        fingerprint=device["fingerprint"],
        is_real=is_real,
        can_prove=bool(port["proven_by"]),
        readings=tuple(_reading(metric, last) for metric, last in sorted(own_readings(device).items())),
        actions=tuple(
            ActionForm(name, Words(action["zh"], action["en"]), tuple(action["arguments"].items()))
            for name, action in port["actions"].items()
        ),
        faults=(FaultForm(UNPLUG, WORDS["fault.unplug"], ()), *(_line_fault(kind) for kind in LINE_FAULTS.values())),
        has_simulator=has_simulator,
        simulator=_simulator(device_id, port["link"], bench),
        by=by,
    )


def _reading(metric: str, last: Mapping[str, Any]) -> ReadingRow:
    about = CATALOGUE.get(metric)
    words, unit = (Words(about.zh, about.en), about.unit) if about else (Words(metric, metric), "")
    return ReadingRow(metric, words, unit, value_text(last["value"]), last["at_ms"])


def _line_fault(kind: FaultKind) -> FaultForm:
    fields = [ParameterField(n, Words(p.zh, p.en), p.default, p.low, p.high) for n, p in kind.parameters.items()]
    return FaultForm(kind.name, Words(kind.zh, kind.en), tuple(fields))


def _simulator(device_id: str, link: str, bench: Mapping[str, Any]) -> SimulatorTools | None:
    for port in bench.get("ports", ()):
        if port["link"] == link and any(one["id"] == device_id for one in port["devices"]):
            kinds = {kind["name"]: kind for kind in bench["faults"]}
            return SimulatorTools(
                port["facility"],
                tuple((verb, tuple(arguments)) for verb, arguments in port["verbs"].items()),
                tuple(_bench_fault(kinds[name]) for name in port["faults"] if name in kinds),
                len(port["active"]),
            )
    return None


def _bench_fault(kind: Mapping[str, Any]) -> FaultForm:
    fields = [
        ParameterField(name, Words(about["zh"], about["en"]), about["default"], about["low"], about["high"])
        for name, about in kind["parameters"].items()
    ]
    return FaultForm(kind["name"], Words(kind["zh"], kind["en"]), tuple(fields))
