"""What only the drivers can say about a facility file: a driver, an option or a metric that is not there."""

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from contract.metrics import PORT_METRICS
from edge.settings import BadFacilityFile, Port, Profile, load, located
from firmware_bridge.registry import UnknownDriver, find, known
from firmware_bridge.session import BadOption, DeviceSettings, Driver

Mistakes = Iterator[tuple[Sequence[str | int], str]]  # where in the port, and what is wrong there


def check_devices(profile: Profile) -> dict[str, Driver]:
    """The drivers by name. Opens nothing. Raises BadFacilityFile with a line for each mistake."""
    drivers: dict[str, Driver] = {}
    wrong: list[str] = []
    for number, port in enumerate(profile.port):
        try:
            driver = drivers[port.driver] = find(port.driver)
        except UnknownDriver as unknown:
            wrong.append(located(profile, ("port", number, "driver"), _no_driver(port.driver, unknown)))
            continue
        wrong += [located(profile, ("port", number, *at), text) for at, text in _of_port(port, driver)]
    if wrong:
        raise BadFacilityFile("\n".join(wrong))
    return drivers


def check_candidate(file: Path, running: Profile) -> Profile:
    """A file that came from afar: as good as one put there by hand, and this box's. Raises BadFacilityFile."""
    profile = load(file)
    check_devices(profile)
    fixed = (
        ("facility", "id", profile.facility.id, running.facility.id),
        ("facility", "area", profile.facility.area, running.facility.area),
        ("facility", "simulated", profile.facility.simulated, running.facility.simulated),
        ("store", "directory", profile.store.directory, running.store.directory),
    )
    wrong = [
        located(profile, (table, key), f"{key} would change, which needs somebody at the box; keep {ours!s}")
        for table, key, theirs, ours in fixed
        if theirs != ours
    ]
    if wrong:
        raise BadFacilityFile("\n".join(wrong))
    return profile


def _of_port(port: Port, driver: Driver) -> Mistakes:
    try:
        driver.session([DeviceSettings(device.id, device.options) for device in port.device])
    except BadOption as refused:
        yield _where(port, refused), _without_device(port, refused)
    for number, device in enumerate(port.device):
        if device.prove_every_days is not None and not driver.proven_by:
            text = f"prove_every_days: a device of {driver.name} cannot prove itself; remove it"
            yield ("device", number, "prove_every_days"), text
        for metric in device.limits:
            if metric not in driver.metrics and metric not in PORT_METRICS:
                yield ("device", number, "limits", metric), _no_metric(metric, driver)


def _no_driver(name: str, unknown: UnknownDriver) -> str:
    if name in known():
        return str(unknown)
    near = [one for one in known() if name in one] or difflib.get_close_matches(name, known(), n=2)
    instead = " or ".join(f'"{one}"' for one in near) or "one of " + ", ".join(known())
    return f"there is no driver {name!r}; write {instead}"


def _no_metric(metric: str, driver: Driver) -> str:
    return f"limits: {driver.name} reports no {metric!r}; write one of: {', '.join(driver.metrics) or 'none'}"


def _device_of(port: Port, refused: BadOption) -> int | None:
    """Drivers that do not say it begin their text with it."""
    ids = [device.id for device in port.device]
    said = refused.device or str(refused).partition(":")[0]
    return ids.index(said) if said in ids else None


def _where(port: Port, refused: BadOption) -> Sequence[str | int]:
    device = _device_of(port, refused)
    if device is None:
        return ()
    return ("device", device, "options", refused.option) if refused.option else ("device", device)


def _without_device(port: Port, refused: BadOption) -> str:
    """Its place is told before it already."""
    text, device = str(refused), _device_of(port, refused)
    if device is not None:
        text = text.removeprefix(f"{port.device[device].id}: ")
    return text.replace(f"option '{refused.option}' is ", f"options.{refused.option} is ")
