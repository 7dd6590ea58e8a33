"""A serial port without hardware, for simulators and replays."""

import contextlib
import os
import select
import time
import tty
from pathlib import Path
from types import TracebackType
from typing import Self

from firmware_bridge.links.descriptor import CHUNK, wait
from firmware_bridge.links.link import LinkUnavailable


class PseudoTerminal:
    """A serial port without hardware, for simulators: `path` is what the program under test opens as serial://.

    It behaves like a USB adapter: `plug` makes it appear, `unplug` hangs up whoever has it open and makes it vanish.
    """

    def __init__(self, link: Path | None = None) -> None:
        """`link`: where to put a stable symbolic link, as udev does in /dev/serial/by-id."""
        self._link = link
        self._master = self._slave = -1
        self.overruns = 0  # bytes dropped because nobody read them in time

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    @property
    def plugged(self) -> bool:
        return self._slave >= 0

    @property
    def path(self) -> Path:
        """The symbolic link if there is one; else the terminal itself, whose name changes with every `plug`."""
        if self._link is not None:
            return self._link
        if not self.plugged:
            raise LinkUnavailable("An unplugged pseudo terminal without a link has no path")
        return Path(os.ttyname(self._slave))

    def plug(self) -> None:
        if self.plugged:
            return
        # Our own open slave keeps the master from failing with EIO while nobody else has the port open.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        if self._link is not None:
            fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(self._slave))
            fresh.replace(self._link)  # atomic: a reopening program sees the old port or the new one

    def unplug(self) -> None:
        if not self.plugged:
            return
        if self._link is not None and self._points_here(self._link):
            self._link.unlink()
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1

    def fileno(self) -> int:
        """Readable when `read` has something; -1 while unplugged."""
        return self._master

    def read(self, timeout_s: float = 0.0) -> bytes:
        """Return what the program wrote; b"" when it wrote nothing in time, or the port is unplugged."""
        if not self.plugged:
            time.sleep(timeout_s)
            return b""
        if not wait(self._master, select.POLLIN, timeout_s):
            return b""
        with contextlib.suppress(BlockingIOError):
            return os.read(self._master, CHUNK)
        return b""

    def write(self, data: bytes) -> None:
        """Send to the program. Bytes that do not fit are lost and counted, as in a UART; unplugged, all are lost."""
        while data and self.plugged:
            try:
                taken = os.write(self._master, data)
            except BlockingIOError:
                taken = 0
            if not taken:
                self.overruns += len(data)
                return
            data = data[taken:]

    def _points_here(self, link: Path) -> bool:
        return link.is_symlink() and str(link.readlink()) == os.ttyname(self._slave)
