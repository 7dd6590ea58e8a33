"""A link on a file descriptor: a serial line, a socket, a character device."""

import contextlib
import os
import select
from typing import Protocol

from firmware_bridge.links.link import LinkLost

CHUNK = 4096
_WRITE_S = 1.0  # a line that takes no byte for this long is stuck


class Descriptor(Protocol):
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class DescriptorLink:
    """Reads and writes the descriptor itself: pyserial's read cannot tell a time-out from a hang-up on every port."""

    def __init__(self, name: str, owner: Descriptor) -> None:
        self._name, self._owner = name, owner
        self._open = True

    def read(self, timeout_s: float) -> bytes:
        if not self._ready(select.POLLIN, timeout_s):
            return b""
        try:
            data = os.read(self._owner.fileno(), CHUNK)
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError as error:
            raise LinkLost(f"{self._name} was lost while reading: {error}") from error
        if not data:  # ready to read and nothing there: hung up, or closed by the peer
            raise LinkLost(f"{self._name} was unplugged or closed by the other side")
        return data

    def write(self, data: bytes) -> None:
        while data:
            if not self._ready(select.POLLOUT, _WRITE_S):
                raise LinkLost(f"{self._name} takes no bytes")
            try:
                data = data[os.write(self._owner.fileno(), data) :]
            except (BlockingIOError, InterruptedError):
                continue
            except OSError as error:
                raise LinkLost(f"{self._name} was lost while writing: {error}") from error

    def close(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):  # a vanished device may say so once more
            self._owner.close()

    def _ready(self, event: int, timeout_s: float) -> bool:
        if not self._open:
            raise LinkLost(f"{self._name} is closed")
        return wait(self._owner.fileno(), event, timeout_s)


def wait(descriptor: int, event: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(0.0, timeout_s) * 1000))
