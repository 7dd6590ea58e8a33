"""Pages over HTTP: a page is not held back by the network's politeness."""

import socket
from contextlib import closing

import pytest

from edge.compose.serving import listen

pytestmark = pytest.mark.loopback


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0"])
def test_what_is_written_in_two_pieces_is_sent_at_once(address: str) -> None:
    with listen(address) as listening, closing(socket.create_connection(listening.getsockname()[:2])):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
