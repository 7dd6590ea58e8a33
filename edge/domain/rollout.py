"""A new facility file takes effect as a transaction: as a whole and proven to work, or not at all.

    receive        verified        rehearsed       begin      commit
    ───────► received ──► verified ──► rehearsed ──► trial ──────► committed
                 │            │            │           │ roll_back
                 └────────────┴────────────┴► refused  └─────────► rolled_back

A version is named by the SHA-256 of its file. `running` is what the processes load; it changes at `begin` and
`roll_back` only, and `previous` is kept whole as long as it may be needed.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

Stage = Literal["installed", "received", "verified", "rehearsed", "trial", "committed", "rolled_back", "refused"]

UNDER_CHECK: Collection[Stage] = ("received", "verified", "rehearsed")
INTERRUPTED = "the box was restarted during the trial"

_FAILURES_ALLOWED = 5  # polls that may fail while a process begins
_FAILURES_FACTOR = 2.0


class NotNow(ValueError):
    """This step does not follow from where the transaction stands; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """`serial` and `signer` as signed; 0 and "" for a file that somebody put on the box by hand."""

    sha256: str
    serial: int = 0
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Rollout:
    """Where the transaction stands. `newest`: serial of the newest version ever committed; nothing older is taken.

    `told` is False from the end of a transaction until the cloud's event of it is written.
    """

    running: Version
    stage: Stage = "installed"
    previous: Version | None = None
    candidate: Version | None = None
    newest: int = 0
    reason: str = ""
    told: bool = True

    @property
    def needed(self) -> set[str]:
        """The versions whose files must be kept."""
        return {one.sha256 for one in (self.running, self.previous, self.candidate) if one}


def install(sha256: str, newest: int = 0) -> Rollout:
    """Somebody with hands on the box put a file there: it runs, and ends whatever was under way."""
    return Rollout(Version(sha256), newest=newest)


def receive(rollout: Rollout, sha256: str) -> Rollout:
    """One that is still being checked gives way to the newer one; a trial does not."""
    if rollout.stage == "trial":
        raise NotNow("a trial is going on; send the file again when it has ended")
    return replace(rollout, candidate=Version(sha256), stage="received", reason="")


def verified(rollout: Rollout, serial: int, signer: str) -> Rollout:
    """The signature is good. An old file, however well signed, is not taken a second time."""
    candidate = _candidate(rollout, "received")
    if serial <= rollout.newest:
        return refused(
            rollout, f"its serial {serial} is not above {rollout.newest}, which ran already; sign it with a higher one"
        )
    return replace(rollout, candidate=Version(candidate.sha256, serial, signer), stage="verified")


def rehearsed(rollout: Rollout) -> Rollout:
    _candidate(rollout, "verified")
    return replace(rollout, stage="rehearsed")


def refused(rollout: Rollout, reason: str) -> Rollout:
    """Before it ran. What runs goes on running."""
    _candidate(rollout, *UNDER_CHECK)
    return replace(rollout, candidate=None, stage="refused", reason=reason, told=False)


def begin(rollout: Rollout) -> Rollout:
    candidate = _candidate(rollout, "rehearsed")
    return replace(rollout, running=candidate, previous=rollout.running, stage="trial")


def commit(rollout: Rollout) -> Rollout:
    candidate = _candidate(rollout, "trial")
    return replace(rollout, candidate=None, stage="committed", newest=candidate.serial, told=False)


def roll_back(rollout: Rollout, reason: str) -> Rollout:
    """The previous version runs again."""
    _candidate(rollout, "trial")
    if rollout.previous is None:
        raise NotNow("there is no previous version; put a facility file on the box")
    return replace(rollout, running=rollout.previous, previous=None, candidate=None,
                   stage="rolled_back", reason=reason, told=False)  # fmt: skip


def interrupted(rollout: Rollout) -> Rollout:
    """The agent begins anew: a trial was not finished and so has failed, checks are made again."""
    if rollout.stage == "trial":
        return roll_back(rollout, INTERRUPTED)
    if rollout.stage in UNDER_CHECK:
        return replace(rollout, stage="received")
    return rollout


def _candidate(rollout: Rollout, *stages: Stage) -> Version:
    if rollout.candidate is None or rollout.stage not in stages:
        raise NotNow(f"the transaction is {rollout.stage}, not {' or '.join(stages)}; begin again with the file")
    return rollout.candidate


@dataclass(frozen=True, slots=True)
class Health:
    """How the box does. `failures`: polls without an answer and faults, counted for `over_s` seconds. `acked`: events
    and readings that the cloud has committed, ever; `waiting`: those it has not. `cloud_reached`: lately."""

    online: frozenset[str]
    failures: int
    over_s: float
    acked: int
    waiting: int
    cloud_reached: bool


class CloudReach:
    """Whether the cloud was reached lately: it acknowledged something, or nothing waited for it. Times are monotonic.

    What was acknowledged before anybody looked proves nothing.
    """

    def __init__(self) -> None:
        self._acked: int | None = None
        self._reached = float("-inf")

    def note(self, acked: int, waiting: int, now: float) -> None:
        if not waiting or (self._acked is not None and acked != self._acked):
            self._reached = now
        self._acked = acked

    def within(self, seconds: float, now: float) -> bool:
        return bool(self._acked) and now - self._reached < seconds


def complaint(before: Health, after: Health | None, devices: Collection[str]) -> str:
    """What is worse than before, or "". `devices`: those of the new file; one that it leaves out is not missed.

    A device that was off line before may stay so: it is no fault of the new file.
    """
    if after is None:
        return "the field process does not answer"
    complaints = []
    if lost := sorted((before.online & set(devices)) - after.online):
        complaints.append(f"off line now: {', '.join(lost)}")
    if after.failures > _FAILURES_ALLOWED + _FAILURES_FACTOR * _expected(before, after.over_s):
        complaints.append(f"{after.failures} polls failed in {after.over_s:.0f} s")
    if before.cloud_reached and after.waiting and after.acked <= before.acked:
        complaints.append(f"the cloud acknowledged nothing; {after.waiting} are waiting")
    return "; ".join(complaints)


def _expected(before: Health, over_s: float) -> float:
    return before.failures * over_s / before.over_s if before.over_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Probation:
    """The trial as it goes on; it lives in memory only, for it does not outlive the process. Times are monotonic."""

    before: Health
    devices: frozenset[str]
    until: float

    def verdict(self, health: Health | None, now: float) -> str | None:
        """None: not over yet. "": it passed. Else why it failed."""
        return complaint(self.before, health, self.devices) if now >= self.until else None
