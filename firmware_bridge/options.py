"""Checks a device's options from the facility file; a wrong one raises BadOption with what to write instead."""

from collections.abc import Collection, Sequence

from firmware_bridge.session import BadOption, DeviceSettings


def sole_device(devices: Sequence[DeviceSettings], kind: str) -> DeviceSettings:
    """The only device of a port whose protocol has no addresses."""
    if len(devices) != 1:
        ids = ", ".join(device.id for device in devices) or "none"
        raise BadOption(f"A port with a {kind} carries exactly one device (found: {ids}); give each its own port")
    return devices[0]


def refuse_others(device: DeviceSettings, allowed: Collection[str]) -> None:
    for key in device.options:
        if key not in allowed:
            known = ", ".join(sorted(allowed)) or "none"
            text = f"{device.id}: there is no option '{key}'; remove it (known options: {known})"
            raise BadOption(text, device.id, key)


def integer(device: DeviceSettings, key: str, low: int, high: int, default: int | None = None) -> int:
    value = device.options.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _bad(device, key, f"a whole number from {low} to {high}")
    return value


def number(device: DeviceSettings, key: str, low: float, high: float, default: float) -> float:
    value = device.options.get(key, default)
    if isinstance(value, bool | str) or not low <= value <= high:
        raise _bad(device, key, f"a number from {low:g} to {high:g}")
    return float(value)


def choice(device: DeviceSettings, key: str, choices: Collection[str]) -> str:
    value = device.options.get(key)
    if not isinstance(value, str) or value not in choices:
        raise _bad(device, key, "one of " + ", ".join(f'"{name}"' for name in choices))
    return value


def _bad(device: DeviceSettings, key: str, instead: str) -> BadOption:
    stated = f"is {device.options[key]!r}" if key in device.options else "is missing"
    return BadOption(f"{device.id}: option '{key}' {stated}; write {instead}", device.id, key)
