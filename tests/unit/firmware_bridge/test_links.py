"""A port that vanishes is noticed at once, and one that comes back works again. Real terminals, real sockets."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.links import BadLink, LinkLost, LinkUnavailable, open_link
from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from firmware_bridge.session import Line

LINE = Line(115200)

pytestmark = pytest.mark.loopback  # the links are the I/O


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[PseudoTerminal]:
    with PseudoTerminal(tmp_path / "usb-reader") as plugged:
        yield plugged


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def serial_url(terminal: PseudoTerminal) -> str:
    return f"serial://{terminal.path}"


def tcp_url(server: socket.socket) -> str:
    return f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_every_byte_value_passes_a_serial_line_both_ways(terminal: PseudoTerminal) -> None:
    every = bytes(range(256))
    link = open_link(serial_url(terminal), LINE)
    terminal.write(every)
    assert link.read(1) == every
    link.write(every)
    assert terminal.read(1) == every
    link.close()


def test_a_quiet_port_returns_nothing_when_the_time_is_up(terminal: PseudoTerminal) -> None:
    link = open_link(serial_url(terminal), LINE)
    began = time.monotonic()
    assert link.read(0.05) == b""
    assert time.monotonic() - began >= 0.04
    link.close()


def test_what_arrived_before_the_port_was_opened_is_discarded(terminal: PseudoTerminal) -> None:
    terminal.write(b"stale" * 1000)
    time.sleep(0.05)
    link = open_link(serial_url(terminal), LINE)
    terminal.write(b"fresh")
    assert link.read(1) == b"fresh"
    link.close()


def test_unplugging_is_a_lost_link_and_replugging_under_the_same_path_works(terminal: PseudoTerminal) -> None:
    link = open_link(serial_url(terminal), LINE)
    terminal.unplug()
    with pytest.raises(LinkLost):
        link.read(1)
    with pytest.raises(LinkLost):
        link.write(b"anybody?")
    link.close()
    with pytest.raises(LinkUnavailable, match="plugged in"):
        open_link(serial_url(terminal), LINE)

    terminal.plug()
    again = open_link(serial_url(terminal), LINE)
    terminal.write(b"back")
    assert again.read(1) == b"back"
    again.close()


def test_a_serial_port_has_one_owner(terminal: PseudoTerminal) -> None:
    link = open_link(serial_url(terminal), LINE)
    with pytest.raises(LinkUnavailable, match="no other program"):
        open_link(serial_url(terminal), LINE)
    link.close()
    open_link(serial_url(terminal), LINE).close()


def test_the_device_survives_that_nobody_has_its_port_open(terminal: PseudoTerminal) -> None:
    open_link(serial_url(terminal), LINE).close()
    assert terminal.read() == b""
    link = open_link(serial_url(terminal), LINE)
    link.write(b"hello")
    assert terminal.read(1) == b"hello"
    link.close()


def test_what_the_device_sends_is_not_echoed_to_it_before_anybody_opened_the_port(terminal: PseudoTerminal) -> None:
    terminal.write(b"hello\r\n")
    assert terminal.read(0.05) == b""


def test_bytes_nobody_reads_are_dropped_and_counted(terminal: PseudoTerminal) -> None:
    assert terminal.overruns == 0
    terminal.write(bytes(1_000_000))
    assert 900_000 < terminal.overruns < 1_000_000


def test_an_unplugged_terminal_says_and_hears_nothing(tmp_path: Path) -> None:
    terminal = PseudoTerminal(tmp_path / "usb-reader")
    terminal.write(b"lost")
    assert terminal.read() == b""
    assert not terminal.path.exists()
    assert terminal.overruns == 0


def test_plugging_replaces_a_link_left_behind_by_a_crash(tmp_path: Path) -> None:
    left = tmp_path / "usb-reader"
    left.symlink_to("/nowhere")
    tmp_path.joinpath(f".usb-reader.{os.getpid()}").symlink_to("/nowhere")
    with PseudoTerminal(left) as terminal:
        assert left.readlink() == Path(os.path.realpath(left))
        assert terminal.path.is_char_device()
    assert list(tmp_path.iterdir()) == []


def test_unplugging_leaves_a_link_that_another_terminal_has_taken(tmp_path: Path) -> None:
    first, second = PseudoTerminal(tmp_path / "port"), PseudoTerminal(tmp_path / "port")
    first.plug()
    second.plug()
    first.unplug()
    assert second.path.is_char_device()
    second.unplug()


def test_bytes_pass_a_tcp_connection_both_ways_and_its_end_is_a_lost_link(server: socket.socket) -> None:
    link = open_link(tcp_url(server), LINE)
    peer, _ = server.accept()
    peer.sendall(b"from the device")
    assert link.read(1) == b"from the device"
    assert link.read(0.01) == b""
    link.write(b"to the device")
    assert peer.recv(100) == b"to the device"
    peer.close()
    with pytest.raises(LinkLost, match="closed"):
        link.read(1)
    link.close()

    again = open_link(tcp_url(server), LINE)
    again.close()


def test_a_peer_that_takes_no_bytes_is_a_lost_link(server: socket.socket) -> None:
    link = open_link(tcp_url(server), LINE)
    peer, _ = server.accept()
    with pytest.raises(LinkLost, match="takes no bytes"):
        link.write(bytes(50_000_000))
    link.close()
    peer.close()


def test_nobody_listening_is_unavailable_and_says_what_to_check(server: socket.socket) -> None:
    url = tcp_url(server)
    server.close()
    with pytest.raises(LinkUnavailable, match="address and port"):
        open_link(url, LINE)


def test_a_closed_link_cannot_be_used_and_may_be_closed_twice(server: socket.socket) -> None:
    link = open_link(tcp_url(server), LINE)
    link.close()
    link.close()
    with pytest.raises(LinkLost):
        link.read(0)


@pytest.mark.parametrize(
    "url", ["", "/dev/ttyUSB0", "serial://ttyUSB0", "tcp://host", "tcp://:4001", "tcp://host:0", "udp://host:1"]
)
def test_a_wrong_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadLink, match=r"write one like:? (serial:///dev/ttyUSB0|tcp://192)"):
        open_link(url, LINE)


def test_a_pseudo_terminal_is_opened_again_and_again_whatever_the_parity(terminal: PseudoTerminal) -> None:
    for _ in range(3):
        link = open_link(serial_url(terminal), Line(19200, parity="O"))
        terminal.write(b"\x87")
        assert link.read(1) == b"\x87"
        link.close()
