"""Ports: serial lines, TCP connections to serial servers, and pseudo terminals that stand in for hardware.

The only file of this package with I/O.
"""

import contextlib
import os
import select
import socket
import termios
import time
import tty
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import serial

from firmware_bridge.session import Line

_CHUNK = 4096
_CONNECT_S = 5.0
_WRITE_S = 1.0  # a line that takes no byte for this long is stuck
_KEEPALIVE = ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 3))  # 25 s to a dead peer


class LinkUnavailable(OSError):
    """The port cannot be opened; the text says what to check. Trying again later may help."""


class LinkLost(OSError):
    """The port vanished or the peer closed it. Close the link and open it again."""


class Link(Protocol):
    """An open port, used by one thread."""

    def read(self, timeout_s: float) -> bytes:
        """Return what arrived, waiting for the first byte; b"" when the time is up. Raises LinkLost."""

    def write(self, data: bytes) -> None:
        """Hand all of `data` to the port. Raises LinkLost."""

    def close(self) -> None:
        """Close the port; a second call does nothing."""


def open_link(url: str, line: Line) -> Link:
    """Open `serial:///dev/...` with the line settings, or `tcp://host:port`.

    What a serial port received before it was opened is stale, and is thrown away (pyserial does).
    """
    scheme, _, place = url.partition("://")
    if scheme == "serial" and place.startswith("/"):
        return _open_serial(place, line)
    host, _, port = place.rpartition(":")
    if scheme == "tcp" and host and port.isdecimal() and 0 < int(port) < 65536:
        return _open_tcp(host.strip("[]"), int(port))
    raise LinkUnavailable(f"'{url}' is no port address; write serial:///dev/ttyUSB0 or tcp://192.168.1.20:4001")


def _open_serial(path: str, line: Line) -> Link:
    try:
        port = serial.Serial(path, line.baud, parity=line.parity, stopbits=line.stop_bits, exclusive=True)
    except (OSError, ValueError, termios.error) as error:
        raise LinkUnavailable(
            f"Cannot open {path}: {error}. Check that the device is plugged in, that this user may use it "
            "(group dialout), and that no other program has it open"
        ) from error
    return _DescriptorLink(path, port)


def _open_tcp(host: str, port: int) -> Link:
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_S)
    except (OSError, UnicodeError) as error:
        raise LinkUnavailable(
            f"Cannot connect to {host}:{port}: {error}. Check the serial server's power, cable, address and port"
        ) from error
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE:
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    return _DescriptorLink(f"{host}:{port}", connection)


class _Descriptor(Protocol):
    def fileno(self) -> int: ...
    def close(self) -> None: ...


class _DescriptorLink:
    """Reads and writes the descriptor itself: pyserial's read cannot tell a time-out from a hang-up on every port."""

    def __init__(self, name: str, owner: _Descriptor) -> None:
        self._name, self._owner = name, owner
        self._open = True

    def read(self, timeout_s: float) -> bytes:
        if not self._ready(select.POLLIN, timeout_s):
            return b""
        try:
            data = os.read(self._owner.fileno(), _CHUNK)
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
        return _wait(self._owner.fileno(), event, timeout_s)


def _wait(descriptor: int, event: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(0.0, timeout_s) * 1000))


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

    def read(self, timeout_s: float = 0.0) -> bytes:
        """Return what the program wrote; b"" when it wrote nothing in time, or the port is unplugged."""
        if not self.plugged:
            time.sleep(timeout_s)
            return b""
        if not _wait(self._master, select.POLLIN, timeout_s):
            return b""
        with contextlib.suppress(BlockingIOError):
            return os.read(self._master, _CHUNK)
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
