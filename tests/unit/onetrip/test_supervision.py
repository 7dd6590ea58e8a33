"""A child that dies is started again; children end with their parent, however it ends."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from onetrip.supervision import Supervisor
from tests.unit.onetrip.test_command_line import facility_file


def wait_for(what: str, ready: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"{what} within {seconds} s"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_a_child_that_is_killed_is_started_again_and_all_end_with_stop(tmp_path: Path) -> None:
    restarted: list[str] = []
    supervisor = Supervisor(restarted.append)
    supervisor.start("field", ["field", "--config", facility_file(tmp_path)])
    stopping = threading.Event()
    runs = threading.Thread(target=supervisor.run, args=(stopping,))
    runs.start()
    try:
        wait_for("the field process works", (tmp_path / "store" / "site.key").exists)
        first = supervisor.pids["field"]
        os.kill(first, signal.SIGKILL)
        wait_for("a new one", lambda: supervisor.pids["field"] != first)
    finally:
        stopping.set()
        runs.join()
    assert restarted == ["field"]
    assert supervisor.restarts == {"field": 1}
    assert not alive(supervisor.pids["field"])


def test_a_child_that_cannot_start_is_tried_ever_more_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    spawned: list[float] = []

    def spawn(_arguments: object) -> "subprocess.Popen[bytes]":
        spawned.append(time.monotonic())
        return subprocess.Popen([sys.executable, "-c", "raise SystemExit(2)"], stdin=subprocess.PIPE)

    monkeypatch.setattr(Supervisor, "_spawn", staticmethod(spawn))
    supervisor = Supervisor()
    supervisor.start("field", [])
    stopping = threading.Event()
    threading.Timer(2.5, stopping.set).start()
    supervisor.run(stopping)
    assert 2 <= len(spawned) <= 4
    assert "field ended (2); starting it again" in caplog.messages


_PARENT = """
    import sys, threading
    from onetrip.supervision import Supervisor
    supervisor = Supervisor()
    for name in ("field", "uplink"):
        supervisor.start(name, [name, "--config", sys.argv[1]])
    print(*supervisor.pids.values(), flush=True)
    supervisor.run(threading.Event())
"""


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = [sys.executable, "-c", textwrap.dedent(_PARENT), facility_file(tmp_path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        wait_for("the field process works", (tmp_path / "store" / "site.key").exists)
        assert all(alive(pid) for pid in children)
        parent.kill()
    wait_for("both have ended", lambda: not any(alive(pid) for pid in children))
