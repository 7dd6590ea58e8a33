"""The edge's facility file for a simulated facility."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from simulators.facilities.facility import Device, Facility

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def write_profile(
    facility: Facility,
    directory: Path,
    links: Mapping[str, str],
    *,
    broker: str = "mqtt://127.0.0.1:1883",
    store: Path | None = None,
    rules: Mapping[str, object] | None = None,
    simulator: Path | None = None,
    uplink: Mapping[str, str] | None = None,
) -> Path:
    """Write `directory`/<facility id>.toml. `links` has the link of each port by the port's name.

    `uplink`: more of its table. `simulator`: the bench's control socket, for the box's own page.
    """
    about = ("id", "area", "kind", "name_zh", "name_en")
    lines = ["[facility]", *(f"{key} = {_toml(getattr(facility, key))}" for key in about)]
    lines += ["simulated = true", "", "[store]", f"directory = {_toml(str(store or directory / facility.id))}"]
    lines += ["", "[uplink]", f"broker = {_toml(broker)}"]
    lines += [f"{key} = {_toml(value)}" for key, value in (uplink or {}).items()]
    if rules:
        lines += ["", "[rules]", *(f"{key} = {_toml(value)}" for key, value in rules.items())]
    if simulator:
        lines += ["", "[console]", f"simulator = {_toml(str(simulator))}"]
    for port in facility.ports:
        lines += ["", "[[port]]", f"link = {_toml(links[port.name])}", f"driver = {_toml(port.driver)}"]
        for device in port.devices:
            lines += _device_lines(device)
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{facility.id}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _device_lines(device: Device) -> list[str]:
    return [
        "[[port.device]]",
        f"id = {_toml(device.id)}",
        f"location = {_toml(device.location)}",
        f"life_safety = {_toml(device.life_safety)}",
        f"options = {_inline_table(device.options)}",
        f"limits = {_inline_table({name: list(limits) for name, limits in device.limits.items()})}",
    ]


def _inline_table(values: Mapping[str, object]) -> str:
    inside = ", ".join(f"{_key(key)} = {_toml(value)}" for key, value in values.items())
    return f"{{ {inside} }}" if inside else "{ }"


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _toml(key)


def _toml(value: object) -> str:
    """A JSON string, number, boolean or list is a TOML one too, but for DEL, which JSON leaves bare."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
