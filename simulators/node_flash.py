"""What a node keeps when its power goes: two slots for images, a half-loaded image, and the events it has to tell.

The boot loader is here too. An image on trial may boot three times; then the other slot is taken for good.
"""

import hashlib
import struct
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from random import Random

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SLOT_BYTES = 256 * 1024
TRIAL_BOOTS = 3
EVENT_ROOM = 64
ROLLED_BACK = 3  # a kind of event

_HEADER = struct.Struct("<4sB3x8sII32s")
_FORCED = 1


class Refused(Exception):
    """With the number of the NAK."""

    def __init__(self, reason: "Reason") -> None:
        super().__init__(reason.name)
        self.reason = reason


class Reason(IntEnum):
    UNKNOWN_TYPE = 1
    MALFORMED = 2
    WRONG_HARDWARE = 3
    BAD_SIGNATURE = 4
    NOT_NEWER = 5
    TOO_LARGE = 6
    NO_UPDATE = 7
    WRONG_HASH = 8
    FLASH_FAILED = 9
    ON_TRIAL = 10
    NOT_HEALTHY = 11


@dataclass(frozen=True, slots=True)
class Stored:
    version: int
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptEvent:
    number: int
    kind: int
    argument: int
    boot: int
    at: float  # on the clock of that boot


@dataclass(slots=True)
class Flash:
    hardware: bytes
    public_key: bytes
    slots: list[Stored | None]
    log: int  # names this memory of events
    good: int = 0  # the confirmed slot
    active: int = 0  # the one that runs
    armed: bool = False  # the other slot is to be tried
    trials: int = 0
    boots: int = 0
    begun: bytes = b""  # header and signature of the image that is being loaded
    loaded: bytearray = field(default_factory=bytearray)
    events: deque[KeptEvent] = field(default_factory=lambda: deque(maxlen=EVENT_ROOM))
    last_event: int = 0

    @property
    def running(self) -> Stored:
        stored = self.slots[self.active]
        assert stored is not None
        return stored

    @property
    def on_trial(self) -> bool:
        return self.active != self.good

    def boot(self, now: float) -> None:
        self.boots += 1
        self.active = self.good
        if self.armed and self.trials < TRIAL_BOOTS:
            self.trials += 1
            self.active = 1 - self.good
        elif self.armed:
            given_up = self.slots[1 - self.good]
            assert given_up is not None
            self._forget_update()
            self.keep_event(ROLLED_BACK, given_up.version, now)

    def keep_event(self, kind: int, argument: int, at: float) -> None:
        """The oldest is lost when there is no room; the numbers tell."""
        self.last_event += 1
        self.events.append(KeptEvent(self.last_event, kind, argument, self.boots, at))

    def begin(self, begun: bytes) -> None:
        if len(begun) != _HEADER.size + 64:
            raise Refused(Reason.MALFORMED)
        header, signature = begun[:-64], begun[-64:]
        magic, flags, hardware, version, size, _ = _HEADER.unpack(header)
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, header)
        except InvalidSignature:
            raise Refused(Reason.BAD_SIGNATURE) from None
        if magic != b"OTN1":
            raise Refused(Reason.MALFORMED)
        if hardware.rstrip(b"\0") != self.hardware:
            raise Refused(Reason.WRONG_HARDWARE)
        if self.on_trial:
            raise Refused(Reason.ON_TRIAL)
        if version == self.running.version or (version < self.running.version and not flags & _FORCED):
            raise Refused(Reason.NOT_NEWER)
        if not 0 < size <= SLOT_BYTES:
            raise Refused(Reason.TOO_LARGE)
        if begun != self.begun:
            self._forget_update()
            self.begun = begun

    def write(self, offset: int, data: bytes) -> None:
        """A page that is not the next one is passed over: the answer says where to go on."""
        if not self.begun:
            raise Refused(Reason.NO_UPDATE)
        if offset == len(self.loaded) and offset + len(data) <= self._size and not self.armed:
            self.loaded += data

    def commit(self) -> None:
        if not self.begun or len(self.loaded) < self._size:
            raise Refused(Reason.NO_UPDATE)
        if self.armed:
            return
        *_, version, _, digest = _HEADER.unpack(self.begun[:-64])
        if hashlib.sha256(self.loaded).digest() != digest:
            self._forget_update()
            raise Refused(Reason.WRONG_HASH)
        self.slots[1 - self.good] = Stored(version, bytes(self.loaded))
        self.armed, self.trials = True, 0

    def confirm(self, version: int) -> None:
        if version != self.running.version:
            raise Refused(Reason.NO_UPDATE)
        self.good = self.active
        self._forget_update()

    def spoil(self, rng: Random) -> None:
        """Flip a bit of what was loaded: worn-out flash."""
        self.loaded[rng.randrange(len(self.loaded))] ^= 1

    @property
    def _size(self) -> int:
        return int(_HEADER.unpack(self.begun[:-64])[4])

    def _forget_update(self) -> None:
        self.begun, self.armed, self.trials = b"", False, 0
        self.loaded = bytearray()
