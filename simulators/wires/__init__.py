"""The wires between simulated devices and the host: all the I/O of the simulators. One file for each kind.

serial          a pseudo terminal, serial:///…
hid             a pseudo terminal too, hid:///…
tcp             a device or serial server that listens, tcp://127.0.0.1:…
listen          a device that connects to the host and pushes, listen://127.0.0.1:…
mqtt:<filter>   a radio gateway that publishes to the broker, mqtt://…/<filter>
"""

import importlib
import random
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

# Below Linux's ephemeral ports: no outgoing connection can be given one of them while its device is unplugged.
_PORTS = range(16_000, 20_000)
_given: set[int] = set()
_KINDS = {"serial": "pseudo", "hid": "pseudo", "tcp": "tcp_server", "listen": "tcp_client", "mqtt": "mqtt_publisher"}


class Terminal(Protocol):
    """The device's end of a wire: neither reading nor writing ever waits."""

    @property
    def link(self) -> str:
        """What the facility file calls the host's end."""

    def fileno(self) -> int:
        """Readable when `read` has something; -1 while there can be nothing."""

    def read(self) -> bytes: ...
    def write(self, data: bytes) -> None: ...
    def plug(self) -> None: ...
    def unplug(self) -> None: ...


def make_terminal(wire: str, path: Path, broker: str) -> Terminal:
    """`path`: where a serial port appears; `broker`: mqtt://host:port. The wire is plugged in later."""
    kind, _, more = wire.partition(":")
    if kind not in _KINDS:
        raise ValueError(f"no wire {wire!r}; there are: {', '.join(_KINDS)}")
    module = importlib.import_module(f"{__name__}.{_KINDS[kind]}")
    make = cast("Callable[[str, str, Path, str], Terminal]", module.make)
    return make(kind, more, path, broker)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, and that was not given away here before."""
    choose = random.SystemRandom()
    while True:
        port = choose.choice(_PORTS)
        with socket.socket() as probe:
            if port not in _given and probe.connect_ex(("127.0.0.1", port)) != 0:
                _given.add(port)
                return port
