"""Takes a new facility file through its transaction: checks, rehearsal, trial, and back when it is worse."""

import hashlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from edge.domain import rollout as steps
from edge.domain.rollout import Health, NotNow, Probation, Rollout, Version

log = logging.getLogger(__name__)

PROBATION_S = 120.0


class Unsuitable(ValueError):
    """The new file is not for this box; the text says why."""


class SignedBy(Protocol):
    @property
    def facility(self) -> str: ...
    @property
    def serial(self) -> int: ...
    @property
    def key(self) -> str: ...


class Versions(Protocol):
    """The versions on disk (`ConfigStore`)."""

    def start(self) -> Rollout: ...
    def put(self, toml: bytes, signature: bytes) -> str: ...
    def keep(self, rollout: Rollout) -> None: ...
    def sweep(self, rollout: Rollout) -> None: ...
    def file(self, version: Version) -> Path: ...
    def check_signature(self, version: Version) -> SignedBy: ...
    def running_hash(self, rollout: Rollout) -> str: ...


@dataclass(frozen=True, slots=True)
class Box:
    """What a transaction needs of the box it runs on.

    check: the ids of the file's devices; raises ValueError for a file that this box cannot use. rehearse: a dry run
    against simulated devices; raises ValueError with what went wrong. restart: ends the processes and begins them with
    this file. health: None while the field process does not answer.
    """

    facility: str
    check: Callable[[Path], Collection[str]]
    rehearse: Callable[[Path], None]
    restart: Callable[[Path], None]
    health: Callable[[], Health | None]


class Configuration:
    """Used by one thread. `on_outcome` is told of each transaction's end: committed, rolled_back or refused; after a
    power cut at just that moment, once more."""

    def __init__(
        self, versions: Versions, box: Box, on_outcome: Callable[[Rollout], None], probation_s: float = PROBATION_S
    ) -> None:
        self._versions, self._box, self._on_outcome = versions, box, on_outcome
        self._probation_s = probation_s
        self._probation: Probation | None = None
        self.rollout = versions.start()
        if self.rollout.reason == steps.INTERRUPTED:
            log.warning("the new facility file was on trial when the box stopped; the one before it runs")
        self._tell()

    @property
    def running_file(self) -> Path:
        return self._versions.file(self.rollout.running)

    def running_hash(self) -> str:
        """SHA-256 of the file that runs, which is the acknowledgement of what was sent."""
        return self._versions.running_hash(self.rollout)

    def offer(self, toml: bytes, signature: bytes, now: float) -> Rollout:
        """Everything up to the trial. `now` is monotonic. Raises what `receive` does."""
        self.receive(toml, signature)
        return self.go_on(now)

    def receive(self, toml: bytes, signature: bytes) -> None:
        """When it returns, the file is the transaction's own. Raises NotNow, OSError, ValueError for one too large."""
        if hashlib.sha256(toml).hexdigest() == self.rollout.running.sha256:
            return  # it runs already, or is on trial
        if self.rollout.stage == "trial":
            raise NotNow("a trial is going on; send the file again when it has ended")
        self._keep(steps.receive(self.rollout, self._versions.put(toml, signature)))

    def go_on(self, now: float) -> Rollout:
        """Checks what was received, also before a restart of the box, and begins its trial."""
        if self.rollout.stage not in steps.UNDER_CHECK or self.rollout.candidate is None:
            return self.rollout
        file = self._versions.file(self.rollout.candidate)
        try:
            devices = self._checked(self.rollout.candidate, file)
        except (ValueError, OSError) as wrong:
            self._end(steps.refused(self.rollout, str(wrong)))
        else:
            self._try(devices, now)
        return self.rollout

    def tick(self, now: float) -> Rollout:
        """To be called every second or so."""
        if self._probation is not None:
            reason = self._probation.verdict(self._box.health() if now >= self._probation.until else None, now)
            if reason == "":
                self._end(steps.commit(self.rollout))
            elif reason is not None:
                self._go_back(reason)
        return self.rollout

    def process_ended(self, name: str) -> None:
        """A process that dies in a trial need not be waited for."""
        if self._probation is not None:
            self._go_back(f"the {name} process ended")

    def _checked(self, candidate: Version, file: Path) -> Collection[str]:
        signed = self._versions.check_signature(candidate)
        if signed.facility != self._box.facility:
            raise Unsuitable(f"it was signed for facility {signed.facility}, this box is {self._box.facility}'s")
        devices = self._box.check(file)
        verified = steps.verified(self.rollout, signed.serial, signed.key)
        if verified.stage == "refused":
            raise Unsuitable(verified.reason)
        self._keep(verified)
        self._box.rehearse(file)
        self._keep(steps.rehearsed(self.rollout))
        return devices

    def _try(self, devices: Collection[str], now: float) -> None:
        before = self._box.health()
        if before is None:
            self._end(steps.refused(self.rollout, "the field process does not answer, so nothing can be compared"))
            return
        self._keep(steps.begin(self.rollout))
        self._probation = Probation(before, frozenset(devices), now + self._probation_s)
        try:
            self._box.restart(self.running_file)
        except (ValueError, OSError) as wrong:
            self._go_back(f"it cannot be started: {wrong}")

    def _go_back(self, reason: str) -> None:
        log.warning("the new facility file is taken back: %s", reason)
        self._end(steps.roll_back(self.rollout, reason))
        self._box.restart(self.running_file)

    def _end(self, rollout: Rollout) -> None:
        self._probation = None
        self._keep(rollout)
        self._versions.sweep(rollout)
        self._tell()

    def _tell(self) -> None:
        if not self.rollout.told:
            self._on_outcome(self.rollout)
            self._keep(replace(self.rollout, told=True))

    def _keep(self, rollout: Rollout) -> None:
        """On disk first: what is not kept has not happened."""
        self._versions.keep(rollout)
        self.rollout = rollout
