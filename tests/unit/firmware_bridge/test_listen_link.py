"""Devices that push connect to us: one at a time, none lost in another's bytes, none able to block. Real sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from firmware_bridge.devices.face_terminal_isapi import FaceTerminal
from firmware_bridge.links import BadLink, Link, LinkLost, LinkUnavailable, check_link, listen, open_link
from firmware_bridge.session import DeviceSettings, Line, Occurred

LINE = Line(9600)

pytestmark = pytest.mark.loopback  # the links are the I/O


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def link(port: int) -> Iterator[Link]:
    opened = open_link(f"listen://127.0.0.1:{port}", LINE)
    yield opened
    opened.close()


@pytest.fixture
def peers(port: int) -> Iterator[list[socket.socket]]:
    """Ten devices, not connected yet."""
    sockets = [socket.socket() for _ in range(10)]
    for one in sockets:
        one.settimeout(2)
    yield sockets
    for one in sockets:
        one.close()


def connect(peer: socket.socket, port: int, data: bytes = b"") -> None:
    peer.connect(("127.0.0.1", port))
    peer.sendall(data)


def read_for(link: Link, seconds: float) -> list[bytes]:
    until, chunks = time.monotonic() + seconds, []
    while time.monotonic() < until:
        if data := link.read(0.02):
            chunks.append(data)
    return chunks


def is_closed(peer: socket.socket) -> bool:
    try:
        return peer.recv(10) == b""
    except ConnectionResetError:
        return True


def test_every_byte_value_passes_both_ways(link: Link, port: int, peers: list[socket.socket]) -> None:
    every = bytes(range(256))
    connect(peers[0], port, every)
    assert link.read(1) == every
    link.write(every)
    assert peers[0].recv(300) == every


def test_the_port_is_bound_when_it_is_open_and_free_when_it_is_closed(port: int, peers: list[socket.socket]) -> None:
    for peer in peers[:2]:
        link = open_link(f"listen://127.0.0.1:{port}", LINE)
        connect(peer, port, b"at once")
        assert link.read(1) == b"at once"
        link.close()
    with pytest.raises(ConnectionRefusedError):
        connect(peers[2], port)


def test_nobody_there_is_no_error_and_what_is_written_then_is_dropped(link: Link) -> None:
    began = time.monotonic()
    assert link.read(0.05) == b""
    assert time.monotonic() - began >= 0.04
    link.write(b"to nobody")
    assert link.read(0) == b""


def test_bytes_of_two_connections_never_come_in_one_read(link: Link, port: int, peers: list[socket.socket]) -> None:
    for i, peer in enumerate(peers[:8]):
        connect(peer, port, b"whole %d" % i)
        peer.close()
    assert read_for(link, 0.5) == [b"whole %d" % i for i in range(8)]


def test_the_second_waits_until_the_first_has_closed(link: Link, port: int, peers: list[socket.socket]) -> None:
    connect(peers[0], port, b"first")
    connect(peers[1], port, b"second")
    assert read_for(link, 0.1) == [b"first"]
    link.write(b"for the first")
    assert peers[0].recv(100) == b"for the first"
    peers[0].close()
    assert link.read(1) == b"second"
    link.write(b"for the second")
    assert peers[1].recv(100) == b"for the second"


def test_at_most_eight_wait(link: Link, port: int, peers: list[socket.socket]) -> None:
    for i, peer in enumerate(peers):
        connect(peer, port, bytes([i]))
        read_for(link, 0.02)
    assert is_closed(peers[9])
    for peer in peers[:9]:
        peer.close()
    assert b"".join(read_for(link, 0.3)) == bytes(range(1, 9))


def test_an_answer_to_a_peer_that_left_does_not_reach_the_next_one(
    link: Link, port: int, peers: list[socket.socket]
) -> None:
    connect(peers[0], port, b"event 1")
    assert link.read(1) == b"event 1"
    peers[0].close()
    connect(peers[1], port, b"event 2")
    assert link.read(1) == b"event 2"
    link.write(b"event 1 is stored")
    link.write(b"event 2 is stored")
    assert peers[1].recv(100) == b"event 2 is stored"


def test_a_peer_that_left_without_wanting_an_answer_costs_at_most_one(
    link: Link, port: int, peers: list[socket.socket]
) -> None:
    connect(peers[0], port, b"half a req")
    assert link.read(1) == b"half a req"
    peers[0].close()
    for peer, answered in ((peers[1], False), (peers[2], True)):
        connect(peer, port, b"event")
        assert link.read(1) == b"event"
        link.write(b"stored")
        peer.settimeout(0.2)
        if answered:
            assert peer.recv(100) == b"stored"
        else:
            with pytest.raises(TimeoutError):
                peer.recv(100)
        peer.close()


def test_after_a_while_no_late_answer_is_expected_any_more(
    link: Link, port: int, peers: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen, "ORPHAN_S", 0.0)
    connect(peers[0], port, b"half a req")
    assert link.read(1) == b"half a req"
    peers[0].close()
    connect(peers[1], port, b"event")
    assert link.read(1) == b"event"
    link.write(b"stored")
    assert peers[1].recv(100) == b"stored"


def test_an_idle_peer_is_dropped_sooner_while_others_wait(
    link: Link, port: int, peers: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (listen.IDLE_S, listen.CROWDED_IDLE_S) == (60, 10)
    monkeypatch.setattr(listen, "CROWDED_IDLE_S", 0.15)
    connect(peers[0], port, b"a")
    assert read_for(link, 0.3) == [b"a"]  # nobody else is there
    connect(peers[1], port, b"b")
    assert link.read(1) == b"b"
    assert is_closed(peers[0])
    monkeypatch.setattr(listen, "IDLE_S", 0.1)
    assert read_for(link, 0.2) == []
    assert is_closed(peers[1])


def test_a_peer_that_is_reset_or_takes_no_bytes_ends_only_its_connection(
    link: Link, port: int, peers: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(peers[0], port, b"a")
    assert link.read(1) == b"a"
    peers[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peers[0].close()  # RST
    link.write(b"x" * 100_000)
    monkeypatch.setattr(listen, "WRITE_S", 0.05)
    monkeypatch.setattr(listen, "ORPHAN_S", 0.0)
    connect(peers[1], port, b"b")
    assert link.read(1) == b"b"
    link.write(bytes(50_000_000))
    connect(peers[2], port, b"c")
    assert link.read(1) == b"c"


def test_a_taken_port_is_unavailable_and_says_what_to_check(link: Link, port: int) -> None:
    with pytest.raises(LinkUnavailable, match="no other program or port of the facility file"):
        open_link(f"listen://127.0.0.1:{port}", LINE)
    with pytest.raises(LinkUnavailable, match="an address of this box"):
        open_link(f"listen://192.0.2.1:{port}", LINE)


def test_it_listens_on_every_address_and_on_version_6(peers: list[socket.socket]) -> None:
    port = free_port()
    link = open_link(f"listen://[::1]:{port}", LINE)
    with socket.create_connection(("::1", port)) as peer:
        peer.sendall(b"six")
        assert link.read(1) == b"six"
    link.close()
    link = open_link(f"listen://0.0.0.0:{port}", LINE)
    connect(peers[0], port, b"four")
    assert link.read(1) == b"four"
    link.close()


def test_a_closed_link_cannot_be_used_and_may_be_closed_twice(
    link: Link, port: int, peers: list[socket.socket]
) -> None:
    connect(peers[0], port, b"a")
    assert link.read(1) == b"a"
    connect(peers[1], port)
    link.read(0.05)
    link.close()
    link.close()
    assert is_closed(peers[0])
    assert is_closed(peers[1])
    with pytest.raises(LinkLost):
        link.read(0)
    with pytest.raises(LinkLost):
        link.write(b"x")


@pytest.mark.parametrize(
    "url", ["listen://", "listen://0.0.0.0", "listen://:8091", "listen://0.0.0.0:0", "listen://a/b:1"]
)
def test_a_wrong_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadLink, match=r"an address of this box.*write one like listen://0\.0\.0\.0:8091"):
        check_link(url)


def test_a_real_http_client_gets_its_200_only_when_the_event_is_durable(link: Link, port: int) -> None:
    body = b'{"eventType": "AccessControllerEvent", "AccessControllerEvent": {"majorEventType": 5, "subEventType": 75}}'
    session = FaceTerminal([DeviceSettings("door-1")])
    session.start(0.0)
    answered: list[int] = []

    def terminal() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("POST", "/event", body, {"Content-Type": "application/json"})
        answered.append(connection.getresponse().status)
        connection.close()

    client = threading.Thread(target=terminal)
    client.start()
    outputs = [output for data in read_for(link, 0.3) for output in session.feed(data, 0.0)]
    assert answered == []
    (event,) = [output for output in outputs if isinstance(output, Occurred)]
    link.write(event.confirm)
    client.join()
    assert answered == [200]
