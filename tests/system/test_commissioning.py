"""A technician commissions devices of a real box, with the commands that users type, up to a real broker and cloud."""

import json
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from contract.events.envelope import decode
from simulators.bench import Bench, links, make_ports
from simulators.facilities import CARE_HOME, write_profile
from tests import servers
from tests.system.installation import eventually
from tests.system.test_technician import RULES, Box

pytestmark = pytest.mark.timeout(180)


class Home(Box):
    """A care home's box with a broker and a cloud, in processes of their own."""

    def __init__(self, directory: Path, bench: Bench, broker: str) -> None:
        super().__init__(directory, CARE_HOME, bench)
        self.profile = write_profile(
            CARE_HOME, directory, links(bench.ports), store=self.store, rules=RULES, broker=broker
        )
        self.records = directory / "records.db"

    def cloud(self, broker: str, directory: Path) -> "subprocess.Popen[str]":
        command = ["cloud", "--broker", broker, "--records", f"sqlite:///{self.records}"]
        command += ["--telemetry", f"sqlite:///{directory / 'telemetry.db'}"]
        command += ["--listen", f"127.0.0.1:{servers.free_port()}"]
        return subprocess.Popen([sys.executable, "-m", "onetrip", *command], text=True)

    def commissioned_in_the_cloud(self, device: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(f"file:{self.records}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT body FROM event WHERE type = 'onetrip.device.commissioned.v1'").fetchall()
        events = [dict(decode(body).data) for (body,) in rows]
        return [event for event in events if event["device"] == device]

    def commission(self, device: str, *more: str) -> "subprocess.Popen[str]":
        return self.start("commission", device, "--by", "t-17", "--yes", "--json", *more)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    directory = tmp_path_factory.mktemp("home")
    with servers.mosquitto() as broker, Bench(make_ports(CARE_HOME, directory / "dev", seed=7)) as bench:
        made = Home(directory, bench, broker.url)
        processes = [made.cloud(broker.url, directory), made.start("edge")]
        try:
            eventually("all devices are on line", made.is_up, 40)
            eventually("the cloud acknowledges", lambda: made.status()["outbox"]["acked_event"], 30)
            yield made
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.communicate(timeout=30)


def steps(process: "subprocess.Popen[str]", seconds: float = 100) -> dict[str, dict[str, Any]]:
    """How each step ended."""
    told, _ = process.communicate(timeout=seconds)
    lines = (line[line.find("{") :] for line in told.splitlines() if "{" in line)  # a question may stand before it
    return {step["name"]: step for step in map(json.loads, lines)}


def wait_for_a_person(process: "subprocess.Popen[str]", step: str = "") -> None:
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(line)
        if '"needs_person"' in line and f'"name": "{step}' in line:
            return
    raise AssertionError(f"nobody was asked for anything: {''.join(told)}")


def states(done: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: step["state"] for name, step in done.items()}


def test_a_call_button_passes_by_one_press_and_its_signed_record_is_known_in_the_cloud(
    home: Home, tmp_path: Path
) -> None:
    commissioning = home.commission("call-101-1")
    wait_for_a_person(commissioning)
    home.act("call-101-1", "press")
    done = steps(commissioning)
    assert commissioning.returncode == 0, done
    assert set(states(done).values()) == {"passed"}
    assert done["frames"]["evidence"]["sample_frame"]["hex"].startswith("aa a4")
    assert [alarm for alarm in home.alarms("call") if "drill" not in alarm] == []  # nobody was alarmed

    record = Path(done["record"]["evidence"]["path"])
    assert record.stat().st_mode & 0o077 == 0
    assert (home.store / "box.key").stat().st_mode & 0o077 == 0
    verified = home.run("commission", "--verify", str(record), "--json")
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["sha256"] == done["record"]["evidence"]["sha256"]
    (event,) = eventually("the cloud knows it", lambda: home.commissioned_in_the_cloud("call-101-1"), 20)
    assert event["passed"] is True
    assert event["record_sha256"] == done["record"]["evidence"]["sha256"]

    forged = tmp_path / "forged.json"
    forged.write_text(record.read_text().replace('"by": "t-17"', '"by": "t-18"'))
    refused = home.run("commission", "--verify", str(forged))
    assert refused.returncode == 1
    assert "the record was changed after it was signed" in refused.stderr


def test_a_sensor_passes_without_anybody_at_it_but_its_label_is_asked_for(home: Home) -> None:
    command = [sys.executable, "-m", "onetrip", "commission", "fridge-1", "--by", "t-17", "--config", str(home.profile)]
    before = set((home.store / "commissioning").glob("fridge-1-*.json"))
    done = subprocess.run(command, input="y\n", capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "does its QR label say urn:onetrip:device:330803-care-01:fridge-1?" in done.stdout
    assert "✓ 验收通过 passed" in done.stdout
    assert "功能验证" not in done.stdout
    (path,) = set((home.store / "commissioning").glob("fridge-1-*.json")) - before
    record = json.loads(path.read_text())["record"]
    evidence = {step["name"]: step["evidence"] for step in record["steps"]}
    assert evidence["frames"]["sample_frame"]["parts"]
    assert 2 <= evidence["values"]["values"]["Air/Temperature"]["last"] <= 8
    assert record["facility_file_sha256"] == sha256(home.profile.read_bytes()).hexdigest()


def test_a_fall_radar_passes_when_somebody_walks_the_fall_test(home: Home) -> None:
    """Its twin in the next bathroom has the same firmware: a person says that it is another one."""
    command = [sys.executable, "-m", "onetrip", "commission", "fall-102", "--by", "t-17", "--config", str(home.profile)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen([*command, "--yes", "--json"], text=True, **pipes) as commissioning:
        assert commissioning.stdin is not None
        commissioning.stdin.write("y\n")
        commissioning.stdin.flush()
        wait_for_a_person(commissioning, "proof")
        home.act("fall-102", "fall")
        done = steps(commissioning)
    assert commissioning.returncode == 0, done
    assert done["proof"]["state"] == "passed"
    home.act("fall-102", "stand_up")


def test_a_device_that_is_pulled_out_has_no_port(home: Home) -> None:
    port = home.bench.find(home.facility.id, "bed-102-2")
    home.bench.do(port.terminal.unplug)
    try:
        commissioning = home.commission("bed-102-2")
        done = steps(commissioning)
    finally:
        home.bench.do(port.terminal.plug)
    assert commissioning.returncode == 1
    assert done["port"]["problem"] == "no_port"
    assert "onetrip devices --usb" in done["port"]["zh"]
    assert states(done)["cloud"] == "not_done"
    assert home.run("commission", "--verify", done["record"]["evidence"]["path"]).returncode == 0


def test_a_device_at_another_speed_is_told_from_a_silent_and_from_a_disturbed_one(home: Home) -> None:
    faults = {
        "bed-101-1": ("wrong_baud", {"sent_baud": 9600, "read_baud": 115200}, "wrong_baud"),
        "fridge-1": ("silence", {}, "no_answer"),
        "fall-101": ("bit_flips", {"p": 0.1}, "bad_checksum"),
    }
    ports = {device: home.bench.find(home.facility.id, device) for device in faults}
    for device, (fault, parameters, _) in faults.items():
        home.bench.begin_fault(ports[device], fault, parameters)
    try:
        commissionings = {device: home.commission(device) for device in faults}
        found = {device: steps(commissioning) for device, commissioning in commissionings.items()}
    finally:
        for port in ports.values():
            home.bench.end_fault(port)
    problems = {
        device: next(step["problem"] for step in done.values() if step["problem"]) for device, done in found.items()
    }
    assert problems == {device: problem for device, (_, _, problem) in faults.items()}


def test_who_and_what_must_be_known(home: Home) -> None:
    unknown = home.run("commission", "no-such", "--by", "t-17")
    assert unknown.returncode == 2
    assert "known devices: bed-101-1" in unknown.stderr
    nobody = home.run("commission", "fridge-1")
    assert nobody.returncode == 2
    assert "--by WHO" in nobody.stderr


def test_without_a_cloud_it_is_not_passed_and_the_record_says_why(tmp_path: Path) -> None:
    nowhere = socket.create_server(("127.0.0.1", 0))
    broker = f"mqtt://127.0.0.1:{nowhere.getsockname()[1]}"
    nowhere.close()
    with Bench(make_ports(CARE_HOME, tmp_path / "dev", seed=7)) as bench:
        box = Home(tmp_path, bench, broker)
        edge = box.start("edge")
        try:
            eventually("all devices are on line", box.is_up, 40)
            commissioning = box.commission("fridge-1")
            done = steps(commissioning)
        finally:
            edge.terminate()
            edge.communicate(timeout=30)
    assert commissioning.returncode == 1
    assert (done["cloud"]["state"], done["cloud"]["problem"]) == ("not_possible", "no_cloud")
    assert {state for name, state in states(done).items() if name != "cloud"} == {"passed"}
    record = json.loads(Path(done["record"]["evidence"]["path"]).read_text())["record"]
    assert record["passed"] is False
    (event,) = [event for event in box.events() if event["type"] == "onetrip.device.commissioned.v1"]
    assert event["failed_steps"] == "cloud"  # kept in the outbox until there is a cloud
