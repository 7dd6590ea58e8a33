"""Unit tests cannot reach a network by accident."""

import asyncio
import os
import pty
import socket

import pytest


def test_network_socket_fails_a_unit_test() -> None:
    with pytest.raises(pytest.fail.Exception, match="loopback"):
        socket.create_connection(("127.0.0.1", 9))
    with pytest.raises(pytest.fail.Exception, match="loopback"):
        socket.socket()


def test_event_loop_unix_sockets_and_ptys_work() -> None:
    asyncio.run(asyncio.sleep(0))
    here, there = socket.socketpair()
    with here, there:
        here.send(b"x")
        assert there.recv(1) == b"x"
    for end in pty.openpty():
        os.close(end)


@pytest.mark.loopback
def test_marked_test_may_use_loopback() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        socket.create_connection(listener.getsockname()).close()
