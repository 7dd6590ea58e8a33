"""What an open port is to the rest of the program, and how opening or using one can fail."""

from typing import Protocol


class LinkUnavailable(OSError):
    """The port cannot be opened; the text says what to check. Trying again later may help."""


class LinkLost(OSError):
    """The port vanished or the peer closed it. Close the link and open it again."""


class BadLink(ValueError):
    """The address of a port cannot be right; the text says what to write instead."""


class Link(Protocol):
    """An open port, used by one thread."""

    def read(self, timeout_s: float) -> bytes:
        """Return what arrived, waiting for the first byte; b"" when the time is up. Raises LinkLost."""

    def write(self, data: bytes) -> None:
        """Hand all of `data` to the port. Raises LinkLost."""

    def close(self) -> None:
        """Close the port; a second call does nothing."""
