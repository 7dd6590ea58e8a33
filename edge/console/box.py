"""What the console knows of the box now: asked once for all pages that are open, and only while one is."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from edge.console.frame_log import FrameLog, heard_of, taken_apart
from edge.console.view import (
    Banner,
    Clock,
    DeviceList,
    Recording,
    RecordingFile,
    SimulatedLinks,
    cells,
    device_list,
    drill_rows,
    simulator_faults,
)
from edge.ports import Clock as SystemClock
from edge.services.device_at_bench import Control

POLL_S = 1.0
_LEAVE_S = 10.0  # a page that is loaded again finds the frames of meanwhile
_AGAIN_S = 1.0
_DEAF_S = 3.0  # the field process says something each second; after this long without, it has begun afresh
SUFFIX = ".otrec"
log = logging.getLogger(__name__)


class Simulator(Protocol):
    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]: ...


class Picture:
    """One state of the box: its parts by the id of their element, and its cells."""

    def __init__(self, status: Mapping[str, Any], parts: Mapping[str, object], cells_now: Mapping[str, str]) -> None:
        self.status, self.parts, self.cells = status, parts, cells_now


class Box:
    def __init__(
        self, control: Control, simulator: Simulator | None, recordings: Path, clock: SystemClock, *, simulated: bool
    ) -> None:
        """`simulated`: all of the facility is. `recordings`: their folder."""
        self.control, self.simulator, self.recordings = control, simulator, recordings
        self.simulated, self._clock = simulated, clock
        self.frames = FrameLog()
        self._status: Mapping[str, Any] = {"now_ms": 0, "ports": [], "drills": [], "recording": None}
        self._bench: Mapping[str, Any] = {}
        self._seen_ms: dict[str, int] = {}
        self._ends_ms: dict[str, int] = {}
        self._lock = threading.Lock()
        self._watchers = 0
        self._left_at = 0.0
        self._follower = 0  # the number of the thread that follows; those before it have nothing to say
        self._heard_at = float("-inf")
        self.stopping = threading.Event()

    @property
    def devices_of_port(self) -> dict[int, tuple[str, ...]]:
        return {p["number"]: tuple(d["id"] for d in p["devices"]) for p in self._status["ports"]}

    @property
    def bench(self) -> Mapping[str, Any]:
        return self._bench

    def is_simulated(self, link: str) -> bool:
        return link in self._simulated_links()

    def look(self) -> Picture:
        """Asks the field process and the bench; what cannot be seen now is shown as it was, with the problem."""
        problem = ""
        try:
            self._status = self.control.ask({"do": "status"})
        except (OSError, ValueError) as error:
            problem = str(error)
            self._status = {**self._status, "drills": []}
        self._look_at_bench()
        self._keep_following()
        status = self._status
        links = [port["link"] for port in status["ports"]]
        parts: dict[str, object] = {
            "banner": Banner(problem, drill_rows(status, self._ends(status)), simulator_faults(self._bench, links)),
            "clock-quality": Clock(status.get("clock_quality", "")),
            "devices": device_list(status, self._simulated_links()),
            "recording": self._recording(status),
        }
        assert isinstance(parts["devices"], DeviceList)
        return Picture(status, parts, cells(status, self._seen_ms))

    def enter(self) -> None:
        """Somebody looks at frames."""
        with self._lock:
            self._watchers += 1
        self._keep_following()

    def follow_again(self) -> None:
        """The field process has begun afresh, and its watch of before is dead."""
        self._heard_at = float("-inf")
        self._keep_following()

    def leave(self) -> None:
        with self._lock:
            self._watchers -= 1
            self._left_at = self._clock.now().monotonic

    def files(self) -> list[RecordingFile]:
        """Newest first."""
        found = []
        with suppress(OSError):
            for path in self.recordings.iterdir():
                if path.suffix == SUFFIX and not path.is_symlink():
                    about = path.stat()
                    found.append(RecordingFile(path.stem, about.st_size, int(about.st_mtime * 1000)))
        return sorted(found, key=lambda file: (-file.made_ms, file.name))

    def _look_at_bench(self) -> None:
        if self.simulator is not None:
            try:
                self._bench = self.simulator.ask({"do": "list"})
            except (OSError, ValueError):
                self._bench = {}

    def _simulated_links(self) -> SimulatedLinks:
        return SimulatedLinks([port["link"] for port in self._bench.get("ports", ())], everything=self.simulated)

    def _ends(self, status: Mapping[str, Any]) -> Mapping[str, int]:
        """When each drill ends on the wall clock, worked out once: it shall not tremble."""
        now = self._clock.now()
        self._ends_ms = {
            drill["id"]: self._ends_ms.get(drill["id"], now.wall_ms + round(1000 * (drill["until"] - now.monotonic)))
            for drill in status["drills"]
        }
        return self._ends_ms

    def _recording(self, status: Mapping[str, Any]) -> Recording:
        now = status.get("recording")
        file = Path(now["file"]).name if now else ""
        files = tuple(one for one in self.files() if one.name + SUFFIX != file or (now and now["ended_because"]))
        return Recording(file, str(now["ended_because"] or "") if now else "", files)

    # frames

    def _keep_following(self) -> None:
        now = self._clock.now().monotonic
        with self._lock:
            if self._watchers and now - self._heard_at > _DEAF_S:
                self._heard_at = now
                self._follower += 1
                threading.Thread(
                    target=self._follow, args=(self._follower,), name="console frames", daemon=True
                ).start()

    def _is_wanted(self, follower: int) -> bool:
        with self._lock:
            now = self._clock.now().monotonic
            some = self._watchers > 0 or now - self._left_at < _LEAVE_S
            return follower == self._follower and some and not self.stopping.is_set()

    def _follow(self, follower: int) -> None:
        while self._is_wanted(follower):
            try:
                for line in self.control.follow({"do": "watch", "where": "*"}):
                    if not self._is_wanted(follower):
                        return
                    self._heard_at = self._clock.now().monotonic
                    if line:
                        self._take(line)
            except (OSError, ValueError) as error:
                log.info("no frames now: %s", error)
            self._heard_at = self._clock.now().monotonic
            self.stopping.wait(_AGAIN_S)

    def _take(self, line: Mapping[str, Any]) -> None:
        for device in heard_of(line, self.devices_of_port) if line["what"] != "missed" else ():
            self._seen_ms[device] = line["at_ms"]
        for one in taken_apart(line):
            self.frames.add(one)


def changed(now: Mapping[str, Any], before: Mapping[str, Any], keys: Sequence[str] | None = None) -> dict[str, Any]:
    return {key: now[key] for key in keys or now if key not in before or before[key] != now[key]}


Look = Callable[[], Picture]
