"""What the numbers in readings and events stand for. A number keeps its meaning for ever (docs/node-link.md)."""

from collections.abc import Collection, Mapping

from firmware_bridge.node.image import Version
from firmware_bridge.node.messages import UNKNOWN_AGE, Event, EventKind, Reading
from firmware_bridge.session import Value

METRICS: Mapping[int, tuple[str, type]] = {
    1: ("Air/Temperature", float),
    2: ("Air/Humidity", float),
    3: ("Air/Carbon Dioxide", float),
    4: ("Presence/Detected", bool),
    5: ("Door/Open", bool),
    6: ("Leak/Detected", bool),
    7: ("Light/Illuminance", float),
    8: ("Node/Battery", float),
}


def values(reading: Reading, wanted: Collection[str]) -> dict[str, Value]:
    """A number that we do not know, or with a value of another type, is from newer firmware and left out."""
    found: dict[str, Value] = {"Node/Uptime": reading.uptime_s}
    for number, value in reading.quantities:
        name, kind = METRICS.get(number, ("", bool))
        if name in wanted and isinstance(value, bool) is (kind is bool):
            found[name] = kind(value)
    return found


def occurrence(event: Event) -> tuple[str, dict[str, Value]]:
    """(what, detail). `log` and `number` together tell an event from all others of its node."""
    about: dict[str, Value] = {"log": event.log, "number": event.number}
    if event.age_ms != UNKNOWN_AGE:
        about["age_ms"] = event.age_ms
    match event.kind:
        case EventKind.BUTTON:
            return "button_pressed", {"button": event.argument, **about}
        case EventKind.TAMPER:
            return "node_tampered", {"open": event.argument == 1, **about}
        case EventKind.ROLLED_BACK:
            return "update_rolled_back", {"version": str(Version.of_number(event.argument)), **about}
    return "node_event", {"kind": event.kind, "argument": event.argument, **about}
