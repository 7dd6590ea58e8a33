"""Addresses as a facility file writes them. Each function gives the address back, or raises ValueError, which says what
to write instead.
"""

import re
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from firmware_bridge.links import check_link

_HOST_NAME = re.compile(r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*")
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - told apart, not listened at


def broker(url: str) -> str:
    if not _is_address(url, "mqtt", needs_port=False):
        raise ValueError(f"{url!r} is no broker address; write mqtt://host:1883 or mqtt://user:password@host:1883")
    return url


def api(url: str) -> str:
    if url and not any(_is_address(url, scheme, needs_port=False) for scheme in ("http", "https")):
        raise ValueError(f"{url!r} is no address to ask; write https://host or http://host:8060")
    return url


def link(url: str) -> str:
    check_link(url)  # BadLink is a ValueError that says what to write
    return url


def listen(address: str) -> str:
    if not _is_address(f"tcp://{address}", "tcp", needs_port=True) or "@" in address:
        raise ValueError(f"{address!r} is no address to listen at; write host:port, such as 127.0.0.1:8070")
    return address


def loopback(address: str) -> str:
    host = listen(address).rpartition(":")[0].strip("[]")
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError(
            f"{address!r} can be reached from elsewhere; a kiosk's page is for its own screen: 127.0.0.1:port"
        )
    return address


def host_name(name: str) -> str:
    """As a browser asks for it, without port: a name, or an address; of IPv6 without brackets."""
    if not _HOST_NAME.fullmatch(name):
        try:
            IPv6Address(name)
        except ValueError:
            raise ValueError(
                f"{name!r} is no name of a host; write it without http:// and port, such as desk.home.lan"
            ) from None
    return name.lower()


def _is_address(url: str, scheme: str, *, needs_port: bool) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme == scheme
        and bool(parts.hostname)
        and port != 0
        and (port is not None or not needs_port)
        and not (parts.path or parts.query or parts.fragment)
    )
