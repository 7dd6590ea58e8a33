"""Kill -9 of edge, cloud and broker, in turn, while people use the facilities: nothing lost, nothing counted twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

CARE_HOME = "330803-care-01"
VICTIMS = [
    (f"field {CARE_HOME}",),
    ("cloud",),
    ("broker",),
    (f"uplink {CARE_HOME}", "uplink 330802-relief-01"),
    ("cloud", "broker"),
]


def processes(directory: Path) -> dict[str, int]:
    return dict(json.loads((directory / "processes.json").read_text())["pids"])


def all_new(directory: Path, before: dict[str, int], names: tuple[str, ...]) -> bool:
    now = processes(directory)
    return all(now[name] != before[name] for name in names)


def wait_for(what: str, ready: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, f"{what} within {seconds} s"
        time.sleep(0.1)


@pytest.mark.timeout(240)
def test_kill_each_process_in_turn_during_the_demo(tmp_path: Path) -> None:
    report, log = tmp_path / "report.json", tmp_path / "demo.log"
    command = [sys.executable, "-m", "onetrip", "demo", "--for", "50", "--seed", "7"]
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [*command, "--report", str(report), "--directory", str(tmp_path / "demo")],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for("the story begins", lambda: "/wall" in log.read_text(), 90)
            for names in VICTIMS:
                time.sleep(6)
                before = processes(tmp_path / "demo")
                for name in names:
                    os.kill(before[name], signal.SIGKILL)
                wait_for("all are started again", partial(all_new, tmp_path / "demo", before, names), 10)
            code = demo.wait(timeout=150)
        finally:
            demo.kill()
            demo.wait()
    assert code == 0, log.read_text()
    books = json.loads(report.read_text())
    assert books["lost"] == 0
    assert books["duplicated"] == 0
    assert books["readings"]["sent"] == books["readings"]["stored"] > 0
    assert books["events"]["sent"] == books["events"]["stored"] > 0
    assert books["events"]["chain_breaks"] == 0
    assert books["alarms"]["raised"] > 0
    assert {name for name, count in books["restarts"].items() if count} == {n for names in VICTIMS for n in names}
