"""One port of a facility: its model, the wire, and the faults of both."""

import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

from firmware_bridge.faults import (
    DEVICE_FAULTS,
    LINE_FAULTS,
    UNPLUG,
    BadFault,
    Chain,
    Fault,
    check_parameters,
    make_fault,
)
from simulators.devices import DeviceModel, FaultyModel
from simulators.facilities.facility import Device, Port
from simulators.verbs import BadVerb, verbs, written
from simulators.wires import Terminal

__all__ = ["ActiveFault", "BadVerb", "PortSimulator"]

_KEYED = 3  # arguments of set_fault where each device has faults of its own: key, name, parameters
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ActiveFault:
    """`device`: "" where the whole port has it. `until`: on the bench's clock; None until it is ended."""

    name: str
    device: str
    parameters: Mapping[str, float]
    until: float | None
    line: Fault | None


class PortSimulator:
    def __init__(self, facility: str, port: Port, model: DeviceModel, terminal: Terminal) -> None:
        self.facility, self.port, self.model, self.terminal = facility, port, model, terminal
        self.faults: tuple[ActiveFault, ...] = ()
        self.broken = ""  # the mistake in the model that ended this port, and no other
        self._chain = Chain()
        self._ids = {"" if device.key is None else str(device.key): device.id for device in port.devices}

    @property
    def link(self) -> str:
        """What the facility file calls this port."""
        return self.terminal.link

    @property
    def fault_names(self) -> list[str]:
        """Every fault that this port can have: of its line, its plug, and its model."""
        return sorted({*LINE_FAULTS, UNPLUG, *self._own_faults})

    @property
    def verbs(self) -> dict[str, list[str]]:
        """What somebody can do to one of its devices: the verb's name and its arguments."""
        return self._verbs(self.port.devices[0])

    def act(self, device_id: str, verb: str, *args: object, **options: object) -> None:
        """Let somebody do something to one of this port's devices. Raises BadVerb."""
        device = self._device(device_id)
        method = self._verb(device, verb)
        args = (*_key(device), *args)
        try:
            inspect.signature(method).bind(*args, **options)
        except TypeError as wrong:
            wanted = ", ".join(self._verbs(device)[verb]) or "none"
            raise BadVerb(f"{device_id}: {verb}: {wrong}; its arguments: {wanted}") from None
        method(*args, **options)

    def act_as_written(self, device_id: str, verb: str, values: Sequence[object]) -> None:
        """The same for arguments from outside: JSON values, in the order of `verbs`. Raises BadVerb."""
        device = self._device(device_id)
        if self.broken:
            raise BadVerb(f"{device_id} is broken ({self.broken}); start the simulator again")
        method = self._verb(device, verb)
        try:
            args, options = written(method, values, keys=len(_key(device)))
            method(*_key(device), *args, **options)
        except Exception as wrong:
            text = str(wrong) if isinstance(wrong, ValueError) else f"cannot be done here ({wrong!r})"
            raise BadVerb(f"{device_id}: {verb}: {text}") from wrong

    def owners(self, name: str, devices: Sequence[str]) -> list[str]:
        """Those of `devices` that have this fault for themselves; [""] where the whole port has it."""
        return list(devices) if name in self._own_faults and self._each_has_its_own else [""]

    def begin_fault(
        self,
        name: str,
        parameters: Mapping[str, object],
        rng: Random,
        *,
        device: str = "",
        until: float | None = None,
    ) -> None:
        """`device`: whose it is, on a port with several. Begins anew if it is on already. Raises BadFault."""
        device = self._owner(name, device)
        values = check_parameters(name, parameters)
        line = make_fault(name, rng, parameters) if name in LINE_FAULTS else None
        self._set_faults([*self._without(name, device), ActiveFault(name, device, values, until, line)])
        self._switch(name, device, values)

    def end_fault(self, name: str = "", *, device: str = "") -> None:
        """All faults when no name is given. Raises BadFault where there can be no such fault."""
        device = self._owner(name, device) if name else ""
        for fault in self.faults:
            if name in ("", fault.name) and device in ("", fault.device):
                self._set_faults(self._without(fault.name, fault.device))
                self._switch(fault.name, fault.device, None)

    def break_down(self, mistake: Exception) -> None:
        """A mistake in the model: from now on this port is silent."""
        self.broken = f"{type(mistake).__name__}: {mistake}"
        log.error("%s: port %s is broken and falls silent", self.facility, self.port.name, exc_info=mistake)

    def step(self, now: float, *, readable: bool = True) -> list[tuple[str, str]]:
        """Move the bytes of this moment, and say (device id, what) of all that was told."""
        for fault in self.faults:
            if fault.until is not None and now >= fault.until:
                self.end_fault(fault.name, device=fault.device)
        received = self.terminal.read() if readable else b""
        sent = (self.model.receive(received, now) if received else b"", self.model.step(now))
        for data in [burst for burst in sent if burst] or [b""]:
            for piece in self._chain.apply(data, now):
                self.terminal.write(piece)
        return [(self._ids[report.key], report.what) for report in self.model.take_reports()]

    def _verbs(self, device: Device) -> dict[str, list[str]]:
        keys = len(_key(device))
        return {name: arguments[keys:] for name, arguments in verbs(type(self.model)).items()}

    def _verb(self, device: Device, verb: str) -> Callable[..., object]:
        known = self._verbs(device)
        if verb not in known:
            raise BadVerb(f"{device.id}: no verb {verb!r}; there are: {', '.join(known) or 'none'}")
        return cast("Callable[..., object]", getattr(self.model, verb))

    def _device(self, device_id: str) -> Device:
        return next(device for device in self.port.devices if device.id == device_id)

    @property
    def _own_faults(self) -> frozenset[str]:
        found: frozenset[str] = getattr(self.model, "FAULTS", frozenset())
        return found

    @property
    def _each_has_its_own(self) -> bool:
        method = getattr(self.model, "set_fault", None)
        return method is not None and len(inspect.signature(method).parameters) == _KEYED

    def _owner(self, name: str, device: str) -> str:
        """The device whose fault it is, "" for the port. Raises BadFault."""
        if name not in self.fault_names:
            whose = device or self.port.name
            raise BadFault(f"{whose} cannot have the fault {name!r}; it can have: {', '.join(self.fault_names)}")
        owners = self.owners(name, [device] if device else list(self._ids.values()))
        if len(owners) > 1:
            raise BadFault(f"the fault {name!r} is a single device's: name one of {', '.join(owners)}")
        return owners[0]

    def _without(self, name: str, device: str) -> list[ActiveFault]:
        return [fault for fault in self.faults if (fault.name, fault.device) != (name, device)]

    def _set_faults(self, faults: Sequence[ActiveFault]) -> None:
        self.faults = tuple(faults)
        self._chain = Chain([fault.line for fault in faults if fault.line])

    def _switch(self, name: str, device: str, parameters: Mapping[str, float] | None) -> None:
        """On, with its parameters, or off (None)."""
        if name == UNPLUG:
            self.terminal.plug() if parameters is None else self.terminal.unplug()
        elif name in DEVICE_FAULTS:
            key = _key(self._device(device)) if device else ()
            try:
                cast("FaultyModel", self.model).set_fault(*key, name, parameters)
            except Exception as mistake:  # noqa: BLE001 - whatever it is, it is this model's own
                self.break_down(mistake)


def _key(device: Device) -> tuple[int | str, ...]:
    return () if device.key is None else (device.key,)
