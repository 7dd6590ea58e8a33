"""Unit tests have no network: a test that opens a socket (other than a Unix one) fails, unless marked `loopback`."""

import socket

import pytest


class _NoNetwork(socket.socket):
    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:  # noqa: A002
        if family != socket.AF_UNIX:
            pytest.fail("a unit test opened a network socket: use a fake, or mark the test with @pytest.mark.loopback")
        super().__init__(family, type, proto, fileno)


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("loopback") is None:
        monkeypatch.setattr(socket, "socket", _NoNetwork)
