"""The technician at a running box sees, records, replays, practises and proves, with the commands that users type."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from contract.events.envelope import decode
from simulators.bench import Bench, links, make_ports
from simulators.facilities import CARE_HOME, RELIEF_STATION, Facility, write_profile
from simulators.people import make_person
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(120)

RULES = {"bed_exit_after_s": 3, "out_of_range_hold_s": 3600, "bed_exit_hours": [0, 24]}


class Box:
    """A field process with simulated devices, and the command line beside it."""

    def __init__(self, directory: Path, facility: Facility, bench: Bench) -> None:
        self.facility, self.bench = facility, bench
        self.store = directory / "store"
        self.profile = write_profile(facility, directory, links(bench.ports), store=self.store, rules=RULES)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self._command(*arguments), capture_output=True, text=True, timeout=60, check=False)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self._command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip

    def status(self) -> dict[str, Any]:
        done = self.run("devices", "--json")
        assert done.returncode in (0, 1), done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def devices(self) -> dict[str, dict[str, Any]]:
        return {device["id"]: device for port in self.status()["ports"] for device in port["devices"]}

    def is_up(self) -> bool:
        return self.run("devices").returncode == 0

    def act(self, device: str, verb: str, *arguments: object) -> None:
        self.bench.act(self.facility.id, device, verb, *arguments)

    def events(self) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(f"file:{self.store / 'store.db'}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT body FROM event ORDER BY seq").fetchall()
        return [{"type": decode(body).type, **decode(body).data} for (body,) in rows]

    def alarms(self, rule: str) -> list[dict[str, Any]]:
        return [event for event in self.events() if event.get("rule") == rule]

    def _command(self, *arguments: str) -> list[str]:
        config = [] if arguments[0] == "replay" else ["--config", str(self.profile)]
        return [sys.executable, "-m", "onetrip", *arguments, *config]


@contextlib.contextmanager
def box(directory: Path, facility: Facility) -> Iterator[Box]:
    directory.mkdir(exist_ok=True)
    with Bench(make_ports(facility, directory / "dev", seed=7)) as bench:
        made = Box(directory, facility, bench)
        process = made.start("field")
        try:
            eventually("all devices are on line", made.is_up, 30)
            yield made
        finally:
            process.terminate()
            log, _ = process.communicate(timeout=20)
            assert process.returncode == 0, log


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Box]:
    with box(tmp_path / "home", CARE_HOME) as made:
        yield made


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Box]:
    with box(tmp_path / "station", RELIEF_STATION) as made:
        yield made


def a_night(home: Box) -> None:
    """A call, a fall, somebody who gets up, a radar pulled out and put back."""
    home.act("call-101-1", "press")
    home.act("fall-101", "fall")
    home.act("bed-101-1", "out_of_bed")
    eventually("the bed alarm", lambda: home.alarms("bed_exit"), 10)
    terminal = home.bench.find(home.facility.id, "bed-102-1").terminal
    terminal.unplug()
    eventually("silence is an alarm", lambda: home.alarms("device_silent"), 10)
    terminal.plug()
    home.act("fall-101", "stand_up")
    home.act("call-102-2", "press")
    eventually("the second call", lambda: len(home.alarms("call")) == 2, 10)


def recorded(box: Box, path: Path) -> "subprocess.Popen[str]":
    recording = box.start("record", str(path))
    eventually("it records", lambda: (box.status()["recording"] or {}).get("entries"), 20)
    eventually("all devices are on line again", box.is_up, 20)
    return recording


def end(recording: "subprocess.Popen[str]") -> str:
    recording.terminate()
    told, _ = recording.communicate(timeout=20)
    assert recording.returncode == 0, told
    return told


def test_a_recording_replays_to_the_same_events_byte_for_byte_here_and_elsewhere(home: Box, tmp_path: Path) -> None:
    path = tmp_path / "night.otrec"
    recording = recorded(home, path)
    a_night(home)
    assert "recorded" in end(recording)
    assert path.stat().st_mode & 0o077 == 0

    here = home.run("replay", str(path), "--key", str(home.store / "site.key"), "--json", "--events", f"{path}.events")
    assert here.returncode == 0, here.stdout + here.stderr
    told = json.loads(here.stdout)
    assert told["exact"]
    assert told["recorded"] == told["same"] >= 6

    with closing(sqlite3.connect(f"file:{home.store / 'store.db'}?mode=ro", uri=True)) as db:
        lived = [body for (body,) in db.execute("SELECT body FROM event ORDER BY seq")]
    replayed = Path(f"{path}.events").read_bytes().splitlines()
    assert b"\n".join(replayed) in b"\n".join(lived)

    elsewhere = home.run("replay", str(path), "--json", "--speed", "20")  # another machine: no key, no store
    assert elsewhere.returncode == 0, elsewhere.stdout
    assert json.loads(elsewhere.stdout)["exact"]


def test_what_is_private_stays_closed_on_another_machine_and_all_else_is_the_same(station: Box, tmp_path: Path) -> None:
    path, person = tmp_path / "visit.otrec", make_person(Random(3))
    recording = recorded(station, path)
    station.act("intake-reader", "present", person)
    station.act("gate-help", "press")
    eventually("a visit", lambda: [e for e in station.events() if e["type"].startswith("onetrip.visit")], 10)
    eventually("a call", lambda: station.alarms("call"), 10)
    end(recording)

    raw = path.read_bytes()
    assert person.id_number.encode("utf-16-le") not in raw
    assert person.name.encode("utf-16-le") not in raw
    key = station.store / "site.key"
    assert json.loads(station.run("replay", str(path), "--key", str(key), "--json").stdout)["exact"]
    elsewhere = station.run("replay", str(path))
    assert elsewhere.returncode == 0, elsewhere.stdout
    assert "the same at all ports that are open" in elsewhere.stdout
    assert "private and closed without --key" in elsewhere.stdout
    assert "alarm.raised" in elsewhere.stdout
    assert "visit.checkin" not in elsewhere.stdout


def test_a_torn_recording_is_replayed_up_to_where_it_is_torn(home: Box, tmp_path: Path) -> None:
    path = tmp_path / "torn.otrec"
    recording = recorded(home, path)
    home.act("call-101-1", "press")
    eventually("a call", lambda: home.alarms("call"), 10)
    time.sleep(2.5)  # a block is written once a second
    end(recording)
    path.write_bytes(path.read_bytes()[:-100])
    torn = home.run("replay", str(path))
    assert "Traceback" not in torn.stderr
    assert "alarm.raised" in torn.stdout
    assert "torn at its end" in torn.stdout


def test_frames_are_shown_decoded_beside_their_bytes_and_errors_are_marked(home: Box) -> None:
    watching = home.start("watch", "fall-101", "--for", "8")
    for _ in range(5):
        time.sleep(1)
        home.bench.do(lambda: home.bench.find(home.facility.id, "fall-101").terminal.write(b"\x53\x59\xff\xff"))
        home.act("fall-101", "fall")
        home.act("fall-101", "stand_up")
    told, _ = watching.communicate(timeout=30)
    assert "53 59 83 01 00 01" in told
    assert "skipped" in told
    assert "Fall/Detected" in told


def test_a_drill_on_the_real_box_is_marked_everywhere_and_leaves_nothing_behind(home: Box) -> None:
    done = home.run("drill", "fall-102", "--bytes", "53 59 83 01 00 01 01 32 54 43", "--by", "t-17", "--for", "5")
    assert done.returncode == 0, done.stderr
    (alarm,) = eventually("a fall", lambda: home.alarms("fall"), 5)
    assert alarm["drill"]
    home.act("fall-102", "fall")  # a real one, in the middle of it
    eventually("the real fall", lambda: [one for one in home.alarms("fall") if "drill" not in one], 5)
    eventually("its end", lambda: [e for e in home.events() if e["type"] == "onetrip.drill.ended.v1"], 10)
    closed = [e["alarm"] for e in home.events() if e["type"] == "onetrip.alarm.closed.v1"]
    assert closed == [alarm["alarm"]]


def test_a_cable_pulled_out_by_a_drill_is_plugged_in_again_by_itself(home: Box) -> None:
    assert home.run("drill", "fall-101", "--fault", "unplug", "--by", "t-17", "--for", "2").returncode == 0
    eventually("off line by the drill", lambda: home.devices()["fall-101"]["cause"] == "drill", 10)
    eventually("on line again", lambda: home.devices()["fall-101"]["online"], 15)
    assert {alarm.get("drill") is not None for alarm in home.alarms("device_silent")} == {True}


def test_a_button_is_proven_by_a_press_and_not_by_waiting(home: Box) -> None:
    assert home.devices()["call-102-1"]["proven_at_ms"] is None
    missed = home.run("prove", "call-102-1", "--by", "t-17", "--for", "5")
    assert missed.returncode == 1
    proving = home.start("prove", "call-102-1", "--by", "t-17", "--for", "30")
    eventually("the test is on", lambda: home.status()["drills"], 10)
    home.act("call-102-1", "press")
    told, _ = proving.communicate(timeout=20)
    assert proving.returncode == 0, told
    assert home.devices()["call-102-1"]["proven_at_ms"]
    assert all("drill" in alarm for alarm in home.alarms("call"))


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (["watch", "no-such"], "known devices: bed-101-1", 2),
        (["act", "fall-101", "jump"], "no action 'jump'; known:", 2),
        (["drill", "fall-101", "--by", "t-17"], "say what to do: --fault NAME or --bytes HEX", 2),
        (["drill", "fall-101", "--bytes", "zz", "--by", "t-17"], "write hexadecimal", 2),
        (["drill", "fall-101", "--bytes", "00"], "say who holds the drill", 2),
        (["record", "/no/such/folder/x.otrec"], "cannot write /no/such/folder/x.otrec", 2),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(home: Box, arguments: list[str], says: str, code: int) -> None:
    done = home.run(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert says in done.stderr


def test_without_a_running_agent_the_commands_say_what_to_start(tmp_path: Path) -> None:
    with Bench(make_ports(CARE_HOME, tmp_path / "dev", seed=7)) as bench:
        off = Box(tmp_path, CARE_HOME, bench)
        done = off.run("devices")
    assert done.returncode == 3
    assert "start it with: onetrip edge --config FILE" in done.stderr
