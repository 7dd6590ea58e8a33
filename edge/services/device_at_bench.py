"""One device of a running field process as a commissioning has it before it: look, listen, hold a test."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from edge.domain.line_tally import Tally
from edge.ports import Clock

_TEST_S = 600
_LOOK_S = 0.3


class Control(Protocol):
    """The field process's control socket. A request that is refused raises ValueError; nobody there, OSError."""

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]: ...
    def follow(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]: ...


class Stopped(Exception):
    """Somebody ended the commissioning."""


class DeviceAtBench:
    def __init__(self, control: Control, device: str, by: str, clock: Clock, stopping: threading.Event) -> None:
        """Raises ValueError for a device that is not there, OSError when nobody is."""
        self._control, self._by, self._clock, self._stopping = control, by, clock, stopping
        self.id = device
        self.tally = Tally(device)
        self._lines: Iterator[dict[str, Any]] | None = None
        self._test = ""  # the id of the test drill that we hold
        self.was_tested = False
        self.status: dict[str, Any] = {}
        self.port: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.look()
        self._proven_before = self.about["proven_at_ms"]

    @property
    def speaks_by_itself(self) -> bool:
        """Else it is a button: nothing comes until somebody makes it."""
        return self.port["silence_s"] is not None

    @property
    def silence_s(self) -> float:
        return float(self.port["silence_s"] or 0)

    @property
    def must_prove(self) -> bool:
        return bool(self.about["life_safety"] and self.port["proven_by"])

    @property
    def is_proven(self) -> bool:
        """Since the commissioning began."""
        return bool(self.about["proven_at_ms"] != self._proven_before)

    @property
    def in_drill(self) -> bool:
        return any(self.id in drill["devices"] for drill in self.status["drills"])

    def look(self) -> None:
        self.status = self._control.ask({"do": "status"})
        for port in self.status["ports"]:
            for about in port["devices"]:
                if about["id"] == self.id:
                    self.port, self.about = port, about
                    return
        known = ", ".join(about["id"] for port in self.status["ports"] for about in port["devices"]) or "none"
        raise ValueError(f"no device {self.id!r} here; known devices: {known}")

    def twin(self) -> str:
        """Another device of the box that says it is the same one."""
        mine = self.about["fingerprint"]
        others = (about for port in self.status["ports"] for about in port["devices"] if about["id"] != self.id)
        return next((str(about["id"]) for about in others if mine and about["fingerprint"] == mine), "")

    def begin_watch(self) -> None:
        """When this returns, nothing that the port says is missed."""
        if self._lines is None:
            self._lines = self._control.follow({"do": "watch", "where": self.id})
            self.hear()

    def end_watch(self) -> None:
        lines, self._lines = self._lines, None
        if hang_up := getattr(lines, "close", None):
            hang_up()

    def hear(self) -> None:
        """One line more, within about a second. The watch begins again when the field process did."""
        self.go_on()
        line = next(self._lines, None) if self._lines is not None else None
        if line is None:
            self.pause()
            self._lines = self._control.follow({"do": "watch", "where": self.id})
        else:
            self.tally.take(line)

    def listen(self, until: Callable[[], bool], for_s: float) -> None:
        ends = self._clock.now().monotonic + for_s
        while not until() and self._clock.now().monotonic < ends:
            self.hear()

    def begin_test(self) -> None:
        """From now on, what the device tells alarms nobody."""
        if not self._test:
            asked = {"do": "drill", "device": self.id, "by": self._by, "for_s": _TEST_S, "test": True}
            self._test, self.was_tested = self._control.ask(asked)["drill"], True

    def end_test(self) -> None:
        test, self._test = self._test, ""
        if test:
            with contextlib.suppress(ValueError, OSError):
                self._control.ask({"do": "end_drill", "drill": test})

    def tell(self, *, passed: bool, record_sha256: str, failed_steps: str) -> None:
        self._control.ask(
            {"do": "commissioned", "device": self.id, "by": self._by, "passed": passed,
             "record_sha256": record_sha256, "failed_steps": failed_steps}
        )  # fmt: skip

    def pause(self) -> None:
        self._stopping.wait(_LOOK_S)
        self.go_on()

    def go_on(self) -> None:
        if self._stopping.is_set():
            raise Stopped
