"""Starts child processes, starts them again when they die, and stops them by their own pid."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_BACK_OFF_S = (0.2, 0.5, 1, 2, 5)
_HEALTHY_S = 10  # a child that lived this long starts with the first back-off again
_STOP_S = 15
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Child:
    arguments: Sequence[str]
    process: "subprocess.Popen[bytes]"
    started: float
    failures: int = 0
    due: float | None = None  # when it is to be started again
    restarts: int = 0
    pids: list[int] = field(default_factory=list)


class Supervisor:
    """Children end with their parent, however it ends: each watches the pipe that is its standard input."""

    def __init__(
        self,
        on_restart: Callable[[str], None] = lambda _name: None,
        on_end: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`on_end`: a child ended without being asked to."""
        self._children: dict[str, _Child] = {}
        self._on_restart, self._on_end = on_restart, on_end

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """`arguments` of the `onetrip` command."""
        self._children[name] = _Child(arguments, self._spawn(arguments), time.monotonic())

    @property
    def pids(self) -> Mapping[str, int]:
        return {name: child.process.pid for name, child in self._children.items()}

    @property
    def restarts(self) -> Mapping[str, int]:
        return {name: child.restarts for name, child in self._children.items()}

    def check(self) -> None:
        """Call a few times a second."""
        for name, child in self._children.items():
            code = child.process.poll()
            now = time.monotonic()
            if code is None:
                continue
            if child.due is None:
                child.failures = 0 if now - child.started > _HEALTHY_S else child.failures + 1
                child.due = now + _BACK_OFF_S[min(child.failures, len(_BACK_OFF_S) - 1)]
                log.warning("%s ended (%s); starting it again", name, code)
                self._on_end(name)
            elif now >= child.due:
                if child.process.stdin:
                    child.process.stdin.close()
                child.process, child.started, child.due = self._spawn(child.arguments), now, None
                child.restarts += 1
                self._on_restart(name)

    def run(self, stopping: threading.Event) -> None:
        while not stopping.wait(0.1):
            self.check()
        self.stop()

    def stop(self) -> None:
        """In the reverse order of starting, so that a child's successors go first."""
        for child in reversed(list(self._children.values())):
            _end(child.process)

    @staticmethod
    def _spawn(arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "onetrip", *arguments, "--end-with-stdin"]
        # A session of their own: Ctrl-C at the terminal is for the parent, which ends them in order.
        return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()
