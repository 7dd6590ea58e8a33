"""One update of a node's firmware, seen from the host (docs/node-link.md, "Update"). No I/O, no clock.

    BEGIN -> DATA -> COMMIT -> REBOOT -> TRIAL -> CONFIRM -> over
      ^-------'---------'   the cable was pulled, or the node lost its power

The node says where it wants to go on, so a node that has half of the image is given the other half. Until it is
confirmed a new image is on trial: the node goes back to the old one by itself, and says so with an event of its own.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

from firmware_bridge.node.image import Image, Version
from firmware_bridge.node.messages import (
    DATA_BYTES,
    Ack,
    Health,
    Message,
    Nak,
    NodeHello,
    Reboot,
    Refusal,
    UpdateBegin,
    UpdateCommit,
    UpdateConfirm,
    UpdateData,
    UpdateState,
    UpdateStatus,
)
from firmware_bridge.session import Value

STALLED_S = 600.0
TRIAL_S = 240.0  # a node has 3 trials of 60 s, and needs a while to boot
FALLBACK_S = 30.0  # an old image that is back says why within this time
AWAY_S = 3600.0  # nobody expects an update to go on after the cable was out for longer
MOST_IN_VAIN = 20  # answers without progress

REFUSALS: Mapping[int, str] = {
    Refusal.UNKNOWN_TYPE: "the node's firmware knows no updates over this link; load it with a programmer",
    Refusal.MALFORMED: "the node did not understand the image's header; sign the image with a newer program",
    Refusal.WRONG_HARDWARE: "the image is for other hardware; build it for this node",
    Refusal.BAD_SIGNATURE: "the image is not signed with the key of this node; sign it with the right key",
    Refusal.NOT_NEWER: "the node has this version or a newer one; raise the version, or sign the image as forced",
    Refusal.TOO_LARGE: "the image is larger than the node's slot; build a smaller one",
    Refusal.NO_UPDATE: "the node forgets the update again and again; check its supply",
    Refusal.WRONG_HASH: "the image in the node is not the one that was sent; try again, then replace the node",
    Refusal.FLASH_FAILED: "the node cannot write its flash; replace it",
    Refusal.ON_TRIAL: "the node tries another image; wait until it is confirmed or given up",
    Refusal.NOT_HEALTHY: "the node is not healthy",
}


class Told(NamedTuple):
    """What is to be told of an update: `what` of an occurrence."""

    what: str
    detail: Mapping[str, Value]


class Step(Enum):
    BEGIN = auto()
    DATA = auto()
    COMMIT = auto()
    REBOOT = auto()
    TRIAL = auto()
    CONFIRM = auto()
    OVER = auto()


_OVERDUE = {
    Step.TRIAL: "the node did not report healthy within 4 minutes; look at it, it goes back to the old image by itself",
}
_NO_PROGRESS = (
    "the node took no data for 10 minutes; check cable and supply, run the update again: it goes on from there"
)
_FELL_BACK = "the old image is back, and the node did not say why; check that its boot loader has the right key"
_ANOTHER = (
    "another node was plugged in meanwhile; plug the first one in and run the update again: it goes on from there"
)
NOT_CONFIRMED = "the new image was not healthy in 3 boots"


class Update:
    """`image`: None when the node already tries it."""

    def __init__(self, version: Version, image: Image | None, node: NodeHello, now: float) -> None:
        self.version, self._serial = version, node.serial
        self._image, self._replaces = image, str(node.version)
        self._boots = node.boots  # before the trial
        self._offset = self._furthest = self._in_vain = 0
        self._has_started = False
        self._runs = False  # the new image, as far as we know
        self._failures = ""  # of the last self-test on trial
        self._told: list[Told] = []
        self._step, self._until, self._overdue = Step.BEGIN, now + STALLED_S, _NO_PROGRESS

    @property
    def step(self) -> Step:
        return self._step

    @property
    def percent(self) -> int | None:
        """How much of the image the node has."""
        return self._offset * 100 // len(self._image.content) if self._image and self._has_started else None

    def take_told(self) -> list[Told]:
        told, self._told = self._told, []
        return told

    def request(self) -> Message | None:
        """What to ask the node now."""
        match self._step:
            case Step.BEGIN if self._image:
                return UpdateBegin(self._image.begin)
            case Step.DATA if self._image:
                return UpdateData(self._offset, self._image.content[self._offset : self._offset + DATA_BYTES])
            case Step.COMMIT:
                return UpdateCommit()
            case Step.REBOOT:
                return Reboot(self._boots)
            case Step.CONFIRM:
                return UpdateConfirm(self.version.number)
        return None

    def reconnected(self, now: float) -> None:
        """The port was opened again. The time it was closed does not count, unless it was long."""
        if now < self._until + AWAY_S:
            self._until = max(self._until, now + _limit_s(self._step))

    def tick(self, now: float) -> None:
        if now >= self._until:
            self._fail(self._overdue)

    def on_hello(self, node: NodeHello, now: float) -> None:
        self._runs = node.version == self.version
        if self._step is Step.OVER:
            return
        if node.serial != self._serial:
            self._fail(_ANOTHER)
        elif self._runs and not node.on_trial:
            self._finish("update_done", {})
        elif self._runs:
            if self._step not in (Step.TRIAL, Step.CONFIRM):
                self._enter(Step.TRIAL, now)
            self._step = Step.CONFIRM if node.healthy else Step.TRIAL
        elif self._step in (Step.BEGIN, Step.DATA, Step.COMMIT):
            self._boots = node.boots
            self._step = Step.BEGIN
        elif node.boots != self._boots:
            self._step = Step.TRIAL
            self._until, self._overdue = min(self._until, now + FALLBACK_S), _FELL_BACK

    def on_health(self, health: Health) -> None:
        """Of the node that said HELLO last."""
        if self._runs and self._step is Step.TRIAL:
            self._failures = health.failures or self._failures
            if health.healthy:
                self._step = Step.CONFIRM

    def on_rolled_back(self) -> str:
        """The node gave up this image. Returns why, as far as we know."""
        self._step, self._until = Step.OVER, float("inf")
        return f"{NOT_CONFIRMED}: its self-test failed ({self._failures})" if self._failures else NOT_CONFIRMED

    def on_answer(self, asked: Message, answer: Message | None, now: float) -> None:
        match asked, answer:
            case UpdateBegin() | UpdateData() | UpdateCommit(), UpdateStatus(state, offset):
                self._on_status(state, offset, now)
            case Reboot(), Ack():
                self._enter(Step.TRIAL, now)
            case UpdateConfirm(), Ack():
                self._finish("update_done", {})
            case UpdateConfirm(), Nak():
                self._step = Step.TRIAL
            case UpdateData() | UpdateCommit(), Nak(Refusal.NO_UPDATE) if self._in_vain < MOST_IN_VAIN:
                self._in_vain += 1  # it lost its power meanwhile
                self._step = Step.BEGIN
            case UpdateBegin() | UpdateData() | UpdateCommit() | Reboot(), Nak(reason):
                self._fail(REFUSALS.get(reason, f"the node refuses it (reason {reason}); update this program"))

    def _on_status(self, state: int, offset: int, now: float) -> None:
        assert self._image is not None  # only then it was asked
        size = len(self._image.content)
        self._offset = size if state == UpdateState.ARMED else min(offset, size)
        if not self._has_started:
            self._has_started = True
            self._tell("update_started", {"replaces": self._replaces, "offset": self._offset})
        if state == UpdateState.ARMED:
            self._tell("update_verified", {})
            self._enter(Step.REBOOT, now)
            return
        self._step = Step.COMMIT if self._offset == size else Step.DATA
        if self._offset > self._furthest:
            self._furthest, self._in_vain = self._offset, 0
            self._enter(self._step, now)
        elif (in_vain := self._in_vain + 1) <= MOST_IN_VAIN:
            self._in_vain = in_vain
        else:
            self._fail("the node does not take the image; restart it and run the update again")

    def _enter(self, step: Step, now: float) -> None:
        self._step = step
        self._until, self._overdue = now + _limit_s(step), _OVERDUE.get(step, _NO_PROGRESS)

    def _fail(self, reason: str) -> None:
        self._finish("update_failed", {"reason": reason})

    def _finish(self, what: str, detail: Mapping[str, Value]) -> None:
        self._tell(what, detail)
        self._step, self._until = Step.OVER, float("inf")

    def _tell(self, what: str, detail: Mapping[str, Value]) -> None:
        self._told.append(Told(what, {"version": str(self.version), **detail}))


def _limit_s(step: Step) -> float:
    return TRIAL_S if step is Step.TRIAL else STALLED_S
