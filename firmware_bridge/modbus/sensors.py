"""Devices described by profiles, on one line: what the drivers for Modbus sensors are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from firmware_bridge.modbus.frames import Framing, Read
from firmware_bridge.modbus.line import SLOWEST_POLL_S, ReadingLine, Unit, refuse_shared
from firmware_bridge.modbus.profile import BIT, SHIPPED, BadProfile, Block, Profile, parse
from firmware_bridge.options import choice, integer, number, refuse_others
from firmware_bridge.session import BadOption, DeviceSettings, Faulted, Measured, Occurred, Output, Session, Value

OPTIONS = ("unit", "model", "profile", "input", "poll_s")
FASTEST_POLL_S, POLL_S = 0.5, 2.0

_KINDS = {q.metric: q.type == BIT for profile in SHIPPED.values() for q in profile.quantities}  # metric -> is it a bit?

METRICS = tuple(sorted(_KINDS))
PROVEN_BY = tuple(sorted({q.occurs or q.metric for p in SHIPPED.values() for q in p.quantities if q.proves}))


class Sensor:
    """Measures all its quantities together, and tells when a bit that means something became true.

    A bit that is true when first seen became so while nobody looked: that is told too, better twice than never.
    """

    def __init__(self, device: str, profile: Profile, shift: int = 0) -> None:
        self._device = device
        self._blocks = tuple(_shifted(block, shift) for block in profile.blocks)
        self.reads = tuple(block.read for block in self._blocks)
        self._was_true: set[str] = set()

    def report(self, answers: Sequence[bytes]) -> Sequence[Output]:
        values: dict[str, Value] = {}
        occurred: list[Output] = []
        missing = ""
        for block, data in zip(self._blocks, answers, strict=True):
            for quantity in block.quantities:
                value = quantity.decode(block.read, data)
                if value is None:
                    missing = missing or quantity.metric
                    continue
                values[quantity.metric] = value
                if quantity.occurs and value and quantity.metric not in self._was_true:
                    occurred.append(Occurred(self._device, quantity.occurs, {"input": quantity.register}))
        self._was_true = {metric for metric, value in values.items() if value is True}
        told = Faulted(self._device, f"{missing} is no number") if missing else Measured(self._device, values)
        return [*occurred, told]


def sensors(
    framing: Framing, models: Mapping[str, Profile] = SHIPPED, options: Sequence[str] = OPTIONS
) -> Callable[[Sequence[DeviceSettings]], Session]:
    """The `session` of a driver whose devices have profiles."""

    def session(devices: Sequence[DeviceSettings]) -> Session:
        units = [_unit(device, framing, models, options) for device in devices]
        refuse_shared(units)
        return ReadingLine(units, framing)

    return session


def address(device: DeviceSettings, framing: Framing, default: int | None = None) -> int:
    return integer(device, "unit", framing.units[0], framing.units[-1], default)


def _unit(device: DeviceSettings, framing: Framing, models: Mapping[str, Profile], options: Sequence[str]) -> Unit:
    refuse_others(device, options)
    unit = address(device, framing)
    profile = _profile(device, models)
    shift = _shift(device, profile) if "input" in device.options else 0
    poll_s = number(device, "poll_s", FASTEST_POLL_S, SLOWEST_POLL_S, POLL_S)
    return Unit(device.id, unit, poll_s, Sensor(device.id, profile, shift))


def _profile(device: DeviceSettings, models: Mapping[str, Profile]) -> Profile:
    own = device.options.get("profile")
    if own is None:
        return models[choice(device, "model", models)]
    if "model" in device.options:
        text = f"{device.id}: options 'model' and 'profile' exclude each other; remove one"
        raise BadOption(text, device.id, "profile")
    try:
        profile = parse(str(own))
    except BadProfile as error:
        raise BadOption(f"{device.id}: option 'profile': {error}", device.id, "profile") from None
    for quantity in profile.quantities:
        is_bit = quantity.type == BIT
        if _KINDS.get(quantity.metric) is not is_bit:
            fitting = ", ".join(f'"{metric}"' for metric in METRICS if _KINDS[metric] is is_bit)
            raise BadOption(
                f"{device.id}: option 'profile': a {quantity.type} cannot be '{quantity.metric}'; "
                f"write as metric one of {fitting}",
                device.id,
                "profile",
            )
    return profile


def _shift(device: DeviceSettings, profile: Profile) -> int:
    if not all(block.read.function.of_bits for block in profile.blocks):
        text = f"{device.id}: option 'input' is only for contacts, which this device has not; remove it"
        raise BadOption(text, device.id, "input")
    last = max(block.read.first + block.read.count for block in profile.blocks)
    return integer(device, "input", 0, 0x10000 - last)


def _shifted(block: Block, shift: int) -> Block:
    read = Read(block.read.function, block.read.first + shift, block.read.count)
    return Block(read, tuple(replace(quantity, register=quantity.register + shift) for quantity in block.quantities))
