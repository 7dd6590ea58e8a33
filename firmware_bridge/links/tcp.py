"""`tcp://host:port`: a connection to a serial server or to a device on the network."""

import socket

from firmware_bridge.links.descriptor import DescriptorLink
from firmware_bridge.links.link import BadLink, Link, LinkUnavailable
from firmware_bridge.session import Line

EXAMPLE = "tcp://192.168.1.20:4001"
_CONNECT_S = 5.0
_KEEPALIVE = ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 3))  # 25 s to a dead peer


def check(place: str) -> None:
    host_and_port(place)


def host_and_port(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 65536) or set(host) & set("/?#@"):
        raise BadLink("a host and a port from 1 to 65535 are needed")
    return host.strip("[]"), int(port)


def open_link(place: str, line: Line) -> Link:  # noqa: ARG001 - the serial server has its own line settings
    host, port = host_and_port(place)
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
    return DescriptorLink(f"{host}:{port}", connection)
