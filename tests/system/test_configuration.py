"""A new facility file on a running box: signed, rehearsed, tried, and taken back when the box does worse."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.adapters.control_client import ControlClient, Refused
from edge.domain.rollout import INTERRUPTED
from simulators.bench import Bench, links, make_ports
from simulators.facilities import FUNERAL_HOME, write_profile
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(180)
PROBATION_S = 8


class Box:
    def __init__(self, directory: Path, bench: Bench) -> None:
        self.directory, self.bench = directory, bench
        self.store = directory / "store"
        self.profile = write_profile(FUNERAL_HOME, directory, links(bench.ports), store=self.store)
        self.client = ControlClient(self.store)
        self.edge: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.directory / "edge.log").open("ab") as log:
            self.edge = subprocess.Popen(
                self._command("edge", "--config", str(self.profile), "--probation", str(PROBATION_S)),
                stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        eventually("all devices are on line", self.all_on_line, 40)

    def stop(self) -> None:
        assert self.edge is not None
        self.edge.terminate()
        assert self.edge.wait(40) == 0, (self.directory / "edge.log").read_text()

    def all_on_line(self) -> bool:
        with contextlib.suppress(Refused):  # the field process is just starting
            return self._all_on_line()
        return False

    def _all_on_line(self) -> bool:
        return all(device["online"] for device in self.devices().values())

    def devices(self) -> dict[str, Any]:
        status = self.client.ask({"do": "status"})
        return {device["id"]: device for port in status["ports"] for device in port["devices"]}

    def changed(self, name: str, old: str, new: str) -> Path:
        text = self.profile.read_text()
        assert old in text
        path = self.directory / name
        path.write_text(text.replace(old, new))
        return path

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self._command(*arguments), capture_output=True, text=True, timeout=120, check=False)

    def sign(self, file: Path, *, trusted: bool = True) -> None:
        key = self.directory / f"key-{trusted}"
        if not key.exists():
            assert self.run("config", "key", str(key)).returncode == 0
            if trusted:
                folder = self.store / "config" / "trusted"
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(f"{key}.pub", folder)
        done = self.run("config", "sign", str(file), "--key", str(key))
        assert done.returncode == 0, done.stderr

    def apply(self, file: Path) -> "subprocess.CompletedProcess[str]":
        return self.run("config", "apply", str(file), "--config", str(self.profile))

    @staticmethod
    def _command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "onetrip", *arguments]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Bench(make_ports(FUNERAL_HOME, tmp_path / "dev", seed=5)) as bench:
        made = Box(tmp_path, bench)
        made.start()
        try:
            yield made
        finally:
            made.stop()


def test_a_good_file_is_tried_and_stays_also_over_a_restart(box: Box) -> None:
    new = box.changed("new.toml", "冷藏间1号柜", "冷藏间一号柜")
    box.sign(new)
    done = box.apply(new)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "committed" in done.stdout
    assert box.devices()["cold-1"]["location"] == "冷藏间一号柜"
    told = json.loads((box.store / "config" / "inbox" / "outcome.json").read_text())
    assert (
        told["sha256"]
        == subprocess.run(["sha256sum", str(new)], capture_output=True, text=True, check=True).stdout.split()[0]
    )
    box.stop()
    box.start()
    assert box.devices()["cold-1"]["location"] == "冷藏间一号柜"


def test_a_file_with_which_a_real_device_falls_silent_is_taken_back(box: Box) -> None:
    """The simulated cabinet answers at any address that the file names; the real one keeps its own."""
    wrong = box.changed("wrong.toml", "unit = 17", "unit = 99")
    box.sign(wrong)
    done = box.apply(wrong)
    assert done.returncode == 1
    assert "rolled_back" in done.stdout
    assert "off line now: cold-1" in done.stdout
    eventually("the old file runs", box.all_on_line, 30)


def test_a_file_in_whose_trial_the_agent_was_killed_is_not_tried_again(box: Box) -> None:
    new = box.changed("new.toml", "冷藏间1号柜", "冷藏间一号柜")
    box.sign(new)
    inbox = box.store / "config" / "inbox"
    for name in ("new.toml", "new.toml.sig"):  # the signature last
        shutil.copy(box.directory / name, inbox)
    state = box.store / "config" / "state.json"
    until = time.monotonic() + 40
    while json.loads(state.read_text())["stage"] != "trial":
        assert time.monotonic() < until
        time.sleep(0.002)  # the trial has just begun, and the processes are not started yet
    assert box.edge is not None
    box.edge.kill()
    box.edge.wait()
    box.start()
    old = "冷藏间1号柜"
    eventually("the field process", lambda: box.devices()["cold-1"]["location"] == old, 40)
    time.sleep(3)  # time to look into the inbox
    eventually("the trial is over", lambda: json.loads(state.read_text())["stage"] == "rolled_back", 20)
    told = json.loads(state.read_text())
    assert (told["stage"], told["reason"]) == ("rolled_back", INTERRUPTED)
    assert box.devices()["cold-1"]["location"] == old


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("unit = 17", "unit = 500", "write a whole number from 1 to 247"),
        ('id = "330800-funeral-01"', 'id = "330800-funeral-02"', "facility"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_before_anything_changes(
    box: Box, old: str, new: str, says: str
) -> None:
    file = box.changed("refused.toml", old, new)
    signed = box.run("config", "sign", str(file), "--key", str(box.directory / "no-key"))
    if signed.returncode == 2 and says in signed.stderr:
        return  # nobody can even sign it
    box.sign(file)
    done = box.apply(file)
    assert (done.returncode, says in done.stdout) == (1, True), done.stdout


def test_a_file_signed_by_a_stranger_or_changed_after_signing_is_refused(box: Box) -> None:
    box.sign(box.changed("trust.toml", "冷藏间1号柜", "冷藏间甲柜"))  # so that there is a trusted key
    stranger = box.changed("stranger.toml", "冷藏间1号柜", "冷藏间乙柜")
    box.sign(stranger, trusted=False)
    done = box.apply(stranger)
    assert done.returncode == 1
    assert "refused" in done.stdout
    tampered = box.directory / "trust.toml"
    tampered.write_text(tampered.read_text().replace("冷藏间甲柜", "冷藏间丙柜"))
    done = box.apply(tampered)
    assert done.returncode == 1
    assert "refused" in done.stdout
    assert box.devices()["cold-1"]["location"] == "冷藏间1号柜"
