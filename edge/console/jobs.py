"""What the console does on its own for a while: the replay of a recording, the commissioning of a device."""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from edge.services.commissioning import Step, Stopped

EVENTS_SHOWN = 200
ReplayState = Literal["none", "running", "same", "differs", "failed", "stopped"]
log = logging.getLogger(__name__)


class Busy(ValueError):
    """The one before has not ended."""


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """`result`: how many events were recorded, replayed, the same, and what else a comparison tells."""

    name: str
    state: ReplayState
    count: int
    events: tuple[tuple[str, int, str, str], ...]  # time, number, type, data
    result: tuple[tuple[str, str], ...]
    problem: str


class Replaying(Protocol):
    """A replay in a process of its own: told are {"event": text}, then {"result": …} or {"problem": text}."""

    def told(self) -> Iterator[Mapping[str, Any]]: ...
    def stop(self) -> None: ...


StartReplay = Callable[[Path, float | None], Replaying]


class ReplayJob:
    def __init__(self, start: StartReplay) -> None:
        self._start_replay = start
        self._lock = threading.Lock()
        self._replaying: Replaying | None = None
        self._events: deque[tuple[str, int, str, str]] = deque(maxlen=EVENTS_SHOWN)
        self._count = 0
        self._part = ReplayPart("", "none", 0, (), (), "")

    @property
    def part(self) -> ReplayPart:
        if self._part.state != "running":
            return self._part
        return ReplayPart(self._part.name, "running", self._count, tuple(self._events), (), "")

    def start(self, path: Path, speed: float | None) -> None:
        """Raises Busy."""
        with self._lock:
            if self._replaying is not None:
                raise Busy
            self._events.clear()
            self._count = 0
            self._part = ReplayPart(path.stem, "running", 0, (), (), "")
            self._replaying = replaying = self._start_replay(path, speed)
        threading.Thread(target=self._listen, args=(path.stem, replaying), name="console replay", daemon=True).start()

    def stop(self) -> None:
        with self._lock:
            if self._replaying is not None:
                self._replaying.stop()

    def _listen(self, name: str, replaying: Replaying) -> None:
        state: ReplayState = "stopped"
        result: Mapping[str, Any] = {}
        problem = ""
        for told in replaying.told():
            if "event" in told:
                self._count += 1
                self._events.append(_row(told["event"]))
            elif "result" in told:
                result = told["result"]
                state = "same" if result["exact"] else "differs"
            else:
                state, problem = "failed", str(told["problem"])
        shown = tuple((key, str(value)) for key, value in result.items() if key != "exact")
        self._part = ReplayPart(name, state, self._count, tuple(self._events), shown, problem)
        with self._lock:
            self._replaying = None


def _row(body: str) -> tuple[str, int, str, str]:
    event = json.loads(body)
    kind = str(event["type"]).removeprefix("onetrip.").removesuffix(".v1")
    data = "  ".join(f"{name}={value}" for name, value in event["data"].items())
    return str(event["time"]), int(event["seq"]), kind, data


@dataclass(frozen=True, slots=True)
class CommissionPart:
    """`outcome`: "" before the first one, running, passed, failed, stopped, or another problem."""

    device: str
    steps: tuple[Step, ...]
    outcome: str

    @property
    def asks(self) -> bool:
        return self.outcome == "running" and bool(self.steps) and self.steps[-1].question


class Commissioning(Protocol):
    @property
    def passed(self) -> bool: ...
    def run(self) -> Iterator[Step]: ...
    def answer(self, *, yes: bool) -> None: ...
    def stop(self) -> None: ...


MakeCommissioning = Callable[[str, str], Commissioning]


class CommissionJob:
    def __init__(self, make: MakeCommissioning) -> None:
        """`make` (device, by): raises ValueError for an unknown device, OSError when no field process answers."""
        self._make = make
        self._lock = threading.Lock()
        self._now: Commissioning | None = None
        self.part = CommissionPart("", (), "")

    def start(self, device: str, by: str) -> None:
        """Raises Busy, ValueError, OSError."""
        with self._lock:
            if self._now is not None:
                raise Busy
            self._now = commissioning = self._make(device, by)
            self.part = CommissionPart(device, (), "running")
        threading.Thread(
            target=self._run, args=(device, commissioning), name="console commissioning", daemon=True
        ).start()

    def answer(self, *, yes: bool) -> None:
        if self._now is not None:
            self._now.answer(yes=yes)

    def stop(self) -> None:
        if self._now is not None:
            self._now.stop()

    def _run(self, device: str, commissioning: Commissioning) -> None:
        steps: dict[str, Step] = {}
        try:
            for step in commissioning.run():
                steps[step.name] = step
                self.part = CommissionPart(device, tuple(steps.values()), "running")
            outcome = "passed" if commissioning.passed else "failed"
        except Stopped:
            outcome = "stopped"
        except (OSError, ValueError) as error:
            outcome = str(error)
        self.part = CommissionPart(device, tuple(steps.values()), outcome)
        with self._lock:
            self._now = None
