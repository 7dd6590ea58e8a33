"""Simulated facilities to plug a real edge agent into: their wires, their facility files and the bench's socket."""

import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from simulators import fault_schedule
from simulators.bench import BROKER, TICK_S, Bench, links, make_ports
from simulators.bench_control import NAME, BenchControl, check_unused
from simulators.facilities import (
    ALL,
    CARE_HOME,
    DEVICE_FAIR,
    FUNERAL_HOME,
    LARGE_HOME,
    MARRIAGE_OFFICE,
    RELIEF_STATION,
    Facility,
    write_profile,
)

SHORT_NAMES: Mapping[str, Facility] = {
    "marriage": MARRIAGE_OFFICE,
    "care": CARE_HOME,
    "funeral": FUNERAL_HOME,
    "relief": RELIEF_STATION,
    "fair": DEVICE_FAIR,
    "large": LARGE_HOME,
}
EVERY = "all"
_MANY_PORTS, _SLOWER_S = 50, 0.05
_LOOK_S, _WRONG = 0.2, 1


class UnknownFacility(ValueError):
    """No simulated facility has this name; the text lists those there are."""


def run(
    name: str, directory: Path, faults: Path | None, seed: int, stopping: threading.Event, broker: str = BROKER
) -> int:
    """`name`: a facility's id, a short name, or "all". Runs until `stopping`; 1 when it ended by itself.

    Raises UnknownFacility, fault_schedule.BadSchedule, OSError (also BenchInUse) before anything is plugged in.
    """
    facilities = find(name)
    directory = directory.resolve()
    check_unused(directory)
    schedule = fault_schedule.load(faults, seed) if faults else None
    ports, files = [], []
    for facility in facilities:
        own = make_ports(facility, directory / "dev", seed, broker)
        store = directory / "store" / facility.id
        files.append(
            write_profile(facility, directory, links(own), broker=broker, store=store, simulator=directory / NAME)
        )
        ports += own
    if schedule:
        try:
            schedule.check(ports)
        except fault_schedule.BadSchedule as wrong:
            raise fault_schedule.BadSchedule(f"{faults}: {wrong}") from None
    period_s = _SLOWER_S if len(ports) > _MANY_PORTS else TICK_S
    bench = Bench(ports, period_s=period_s, timetable=schedule, seed=seed)
    with bench, BenchControl(bench, directory) as control:
        _tell(facilities, files, control.path, faults)
        while not stopping.wait(_LOOK_S):
            if not bench.is_running:
                sys.stderr.write("The bench has ended by itself, see above.\n")
                return _WRONG
    return 0


def find(name: str) -> tuple[Facility, ...]:
    """Raises UnknownFacility."""
    if name == EVERY:
        return ALL
    found = SHORT_NAMES.get(name) or next((facility for facility in ALL if facility.id == name), None)
    if found is None:
        short = ", ".join(f"{word} ({facility.id})" for word, facility in SHORT_NAMES.items())
        raise UnknownFacility(f"no simulated facility {name!r}; there are: {short}, and {EVERY} for every one of them")
    return (found,)


def _tell(facilities: tuple[Facility, ...], files: list[Path], control: Path, faults: Path | None) -> None:
    lines = [""]
    for facility, file in zip(facilities, files, strict=True):
        count = len(facility.devices)
        lines += [
            f"  {facility.name_zh} {facility.name_en}",
            f"    {count} 台模拟设备已就位  {count} simulated devices are plugged in",
            f"    机构文件 facility file      {file}",
            f"    下一步 next                onetrip edge --config {file}",
        ]
    lines += ["", f"  试验台接口 control socket    {control}"]
    if faults:
        lines += [f"  故障计划 fault schedule      {faults}"]
    lines += ["  全部为模拟数据。按 Ctrl-C 结束。 All data is simulated. Ctrl-C ends it.", "", ""]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
