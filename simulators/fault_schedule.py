"""A fault schedule (TOML): what goes wrong, where and when, on a bench. The same file gives the same bytes.

seed = 7

[[fault]]
at_s = 10                      # since the bench began
for_s = 30                     # without it: to the end
facility = "330803-care-01"    # without it: all
device = "fall-10?"            # or port = "CARE-*"; * and ? stand for anything
name = "loss"
parameters = { p = 0.2 }
"""

import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from firmware_bridge.faults import BadFault, check_parameters
from simulators.port_simulator import PortSimulator

_KEYS = ("at_s", "for_s", "facility", "device", "port", "name", "parameters")
_LONGEST_S = 366 * 24 * 3600.0


class BadSchedule(ValueError):
    """The schedule cannot be used; the text says where and what to write instead."""


class Entry(NamedTuple):
    number: int  # in the file, from 1
    at_s: float
    for_s: float | None
    facility: str
    device: str
    port: str
    name: str
    parameters: Mapping[str, object]


class FaultSchedule:
    def __init__(self, seed: int, entries: Sequence[Entry]) -> None:
        self._seed = seed
        self.entries = sorted(entries, key=lambda entry: entry.at_s)
        self._done = 0

    def check(self, ports: Sequence[PortSimulator]) -> None:
        """That every fault has somebody to happen to. Raises BadSchedule."""
        for entry in self.entries:
            if not _victims(entry, ports):
                raise BadSchedule(f"fault {entry.number}: {_nobody(entry, ports)}")

    def advance(self, ports: Sequence[PortSimulator], elapsed: float, now: float) -> None:
        while self._done < len(self.entries) and self.entries[self._done].at_s <= elapsed:
            entry = self.entries[self._done]
            self._done += 1
            until = None if entry.for_s is None else now - elapsed + entry.at_s + entry.for_s
            for port, device in _victims(entry, ports):
                rng = Random(f"{self._seed} {entry.number} {port.facility} {port.port.name} {device}")
                port.begin_fault(entry.name, entry.parameters, rng, device=device, until=until)


def load(path: Path, seed: int | None = None) -> FaultSchedule:
    """`seed` goes before the file's own. Raises BadSchedule, FileNotFoundError."""
    try:
        return parse(path.read_text("utf-8"), seed)
    except BadSchedule as wrong:
        raise BadSchedule(f"{path}: {wrong}") from None
    except UnicodeDecodeError:
        raise BadSchedule(f"{path}: not UTF-8; save it again as UTF-8") from None


def parse(text: str, seed: int | None = None) -> FaultSchedule:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadSchedule(f"not TOML: {wrong}") from None
    except RecursionError:
        raise BadSchedule("not TOML: brackets in brackets without end; close them") from None
    if unknown := sorted(set(table) - {"seed", "fault"}):
        raise BadSchedule(f"unknown key {unknown[0]!r}; write seed and [[fault]]")
    own_seed = table.get("seed", 0)
    if not isinstance(own_seed, int) or isinstance(own_seed, bool):
        raise BadSchedule(f"seed is {own_seed!r}; write a whole number")
    faults = table.get("fault", [])
    if not isinstance(faults, list) or not all(isinstance(one, dict) for one in faults):
        raise BadSchedule("write each fault as a table that begins with [[fault]]")
    return FaultSchedule(
        own_seed if seed is None else seed, [_entry(number, one) for number, one in enumerate(faults, 1)]
    )


def _entry(number: int, table: Mapping[str, Any]) -> Entry:
    try:
        if unknown := sorted(set(table) - set(_KEYS)):
            raise BadSchedule(f"unknown key {unknown[0]!r}; there are: {', '.join(_KEYS)}")
        parameters = table.get("parameters", {})
        if not isinstance(parameters, dict):
            raise BadSchedule(f"parameters is {parameters!r}; write {{ p = 0.2 }}")
        entry = Entry(
            number,
            _seconds(table, "at_s"),
            _seconds(table, "for_s") if "for_s" in table else None,
            _text(table, "facility", "*"),
            _text(table, "device", "*"),
            _text(table, "port", "*"),
            _text(table, "name", ""),
            parameters,
        )
        if "device" not in table and "port" not in table:
            raise BadSchedule('write device = "…" or port = "…" ("*" for all)')
        check_parameters(entry.name, parameters)
    except (BadSchedule, BadFault) as wrong:
        raise BadSchedule(f"fault {number}: {wrong}") from None
    return entry


def _seconds(table: Mapping[str, Any], key: str) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_S:
        raise BadSchedule(f"{key} is {'missing' if value is None else repr(value)}; write seconds, like {key} = 10")
    return float(value)


def _text(table: Mapping[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise BadSchedule(f'{key} is {value!r}; write text, like {key} = "…"')
    return value


def _victims(entry: Entry, ports: Sequence[PortSimulator]) -> list[tuple[PortSimulator, str]]:
    """(port, device); the device is "" where the whole port has it."""
    found = []
    for port in ports:
        devices = [device.id for device in port.port.devices if fnmatchcase(device.id, entry.device)]
        here = fnmatchcase(port.facility, entry.facility) and fnmatchcase(port.port.name, entry.port)
        if here and devices and entry.name in port.fault_names:
            found += [(port, device) for device in port.owners(entry.name, devices)]
    return found


def _nobody(entry: Entry, ports: Sequence[PortSimulator]) -> str:
    """Why it happens to nobody."""
    able = [port for port in ports if entry.name in port.fault_names]
    where = f"facility {entry.facility!r}, port {entry.port!r}, device {entry.device!r}"
    if not able:
        return f"no device here can have {entry.name!r}"
    known = ", ".join(f"{port.facility} {port.port.name}" for port in able[:20])
    return f"nothing that can have {entry.name!r} is {where}; it can happen at: {known}"
