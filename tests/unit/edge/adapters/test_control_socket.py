"""The control socket: for this user only, one answer for each line, and nothing that a client does ends it."""

import contextlib
import json
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from edge.adapters.control_client import ControlClient, NoFieldProcess, Refused
from edge.adapters.control_socket import ControlSocket

pytestmark = pytest.mark.loopback


def answer(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    match request["do"]:
        case "echo":
            yield dict(request)
        case "count":
            yield from ({"n": n} for n in range(int(request["to"])))
        case _:
            raise ValueError(f"no request {request['do']!r}")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / ("a store whose path is much longer than the 108 bytes of a socket's address " * 2)
    with ControlSocket(directory, answer):
        yield directory


def raw(store: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(5)
    here = Path("/tmp") / f"short-{threading.get_ident()}"
    here.symlink_to(store)
    try:
        client.connect(str(here / "field.sock"))
    finally:
        here.unlink()
    return client


def test_a_request_is_answered_and_a_stream_followed(store: Path) -> None:
    client = ControlClient(store)
    assert client.ask({"do": "echo", "x": "中文"}) == {"do": "echo", "x": "中文"}
    with contextlib.closing(client.follow({"do": "count", "to": 3})) as stream:
        assert [told["n"] for _, told in zip(range(3), stream, strict=False)] == [0, 1, 2]


def test_the_socket_of_a_process_that_came_after_is_left_alone(tmp_path: Path) -> None:
    with ControlSocket(tmp_path, answer):
        later = ControlSocket(tmp_path, answer)
        later.__enter__()
    assert ControlClient(tmp_path).ask({"do": "echo"}) == {"do": "echo"}
    later.__exit__()
    assert not (tmp_path / "field.sock").exists()


def test_a_number_that_is_none_is_refused_with_words(store: Path) -> None:
    with pytest.raises(Refused, match="infinity"):
        ControlClient(store).ask({"do": "count", "to": float("inf")})


def test_only_this_user_may_connect(store: Path) -> None:
    assert stat.S_IMODE((store / "field.sock").stat().st_mode) == 0o600


def test_a_refusal_says_why(store: Path) -> None:
    with pytest.raises(Refused, match="no request 'fly'"):
        ControlClient(store).ask({"do": "fly"})
    with pytest.raises(Refused, match="lacks 'do'"):
        ControlClient(store).ask({})


@pytest.mark.parametrize("line", [b"{\n", b"[1]\n", b"\xff\xfe\n", b"\n", b'"x"\n', b"{}\n"])
def test_garbage_is_answered_with_an_error_and_the_next_line_is_taken(store: Path, line: bytes) -> None:
    with raw(store) as client, client.makefile("rwb") as stream:
        stream.write(line)
        stream.flush()
        assert "error" in json.loads(stream.readline())
        stream.write(b'{"do":"echo"}\n')
        stream.flush()
        assert json.loads(stream.readline()) == {"do": "echo"}


def test_clients_that_go_away_in_the_middle_leave_the_others_alone(store: Path) -> None:
    for _ in range(50):
        with raw(store) as client:
            client.sendall(b'{"do":"count","to":1000000}\n')
    assert ControlClient(store).ask({"do": "echo"}) == {"do": "echo"}


def test_a_socket_left_by_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "field.sock"))
    with ControlSocket(tmp_path, answer):
        assert ControlClient(tmp_path).ask({"do": "echo"}) == {"do": "echo"}
    assert not (tmp_path / "field.sock").exists()


def test_without_a_process_the_text_says_what_to_start(tmp_path: Path) -> None:
    with pytest.raises(NoFieldProcess, match="start it with: onetrip edge --config FILE"):
        ControlClient(tmp_path).ask({"do": "echo"})
