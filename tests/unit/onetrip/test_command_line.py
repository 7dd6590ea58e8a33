"""The command line: mistakes are one clear line and exit code 2; an edge box needs no cloud parts."""

import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ("demo", "edge", "field", "uplink", "cloud", "broker", "dead-letters")
FACILITY = """
[facility]
id = "330803-care-01"
area = "330803"
kind = "care_home"
name_zh = "样例养老院"
name_en = "Sample Care Home"
[store]
directory = "{directory}"
"""


def onetrip(*arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "onetrip", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd, check=False)


def facility_file(folder: Path, more: str = "") -> str:
    path = folder / "facility.toml"
    path.write_text(FACILITY.format(directory=folder / "store") + more)
    return str(path)


def complaint(*arguments: str, cwd: Path) -> str:
    done = onetrip(*arguments, cwd=cwd)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_help_lists_every_command() -> None:
    done = onetrip("--help")
    assert done.returncode == 0
    assert [name for name in COMMANDS if f"\n    {name}" not in done.stdout] == []
    assert "end-with-stdin" not in onetrip("field", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fly"], "invalid choice: 'fly'"),
        (["edge"], "the following arguments are required: --config"),
        (["demo", "--for", "abc"], "argument --for: 'abc': write a whole number from 1 to 3600"),
        (["demo", "--for", "nan"], "argument --for: 'nan': write a whole number from 1 to 3600"),
        (["demo", "--for", "0"], "argument --for: '0': write a whole number from 1 to 3600"),
        (["dead-letters", "--limit", "few"], "argument --limit: 'few': write a whole number from 1 to 5000"),
        (["dead-letters", "--limit", "-1"], "argument --limit: '-1': write a whole number from 1 to 5000"),
    ],
)
def test_wrong_options_are_told_by_name(arguments: list[str], says: str, tmp_path: Path) -> None:
    assert says in complaint(*arguments, cwd=tmp_path).splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["edge", "--config", "no.toml"], "no.toml: no such file; give the facility file with --config"),
        (["field", "--config", "no.toml"], "no.toml: no such file; give the facility file with --config"),
        (["uplink", "--config", "no.toml"], "no.toml: no such file; give the facility file with --config"),
        (["cloud", "--broker", "http://x"], "--broker 'http://x': the URL must begin with mqtt:// or embedded://"),
        (["cloud", "--records", "oracle://x"], "--records 'oracle://x': the URL must begin with sqlite:///"),
        (["cloud", "--telemetry", "foo://"], "--telemetry 'foo://': the URL must begin with sqlite:///"),
        (["cloud", "--listen", "nowhere"], "--listen 'nowhere': write host:port"),
        (["broker", "--listen", "nowhere"], "--listen 'nowhere': write host:port"),
        (["dead-letters", "--records", "oracle://x"], "'oracle://x' is no database URL"),
    ],
)
def test_a_mistake_is_one_clear_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    (line,) = complaint(*arguments, cwd=tmp_path).splitlines()
    assert line.startswith(f"onetrip {arguments[0]}: ")
    assert says in line


PORT = """
[[port]]
link = "serial:///dev/null"
driver = "{driver}"
[[port.device]]
id = "device-1"
"""


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("[uplink]\nbroker = '192.168.1.9:1883'\n", "facility.toml:11: [uplink]: broker: '192.168.1.9:1883' is no"),
        (
            PORT.format(driver="toaster"),
            "facility.toml:13: port 1 (serial:///dev/null): there is no driver 'toaster'; write one of ",
        ),
        (
            PORT.format(driver="call_button_ev1527"),
            """facility.toml:14: port 1 (serial:///dev/null), device "device-1": options.code is None; write""",
        ),
    ],
    ids=["broker", "driver", "option"],
)
def test_a_mistake_in_the_facility_file_is_one_clear_line(more: str, says: str, tmp_path: Path) -> None:
    (line,) = complaint("field", "--config", facility_file(tmp_path, more), cwd=tmp_path).splitlines()
    assert says in line


def test_a_damaged_site_key_is_one_clear_line_and_is_left_alone(tmp_path: Path) -> None:
    config = facility_file(tmp_path)
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "site.key").write_bytes(b"half")
    (line,) = complaint("field", "--config", config, cwd=tmp_path).splitlines()
    assert "site.key: 4 bytes, not 32; restore it from the backup" in line


def test_a_store_in_an_impossible_place_is_one_clear_line(tmp_path: Path) -> None:
    config = facility_file(tmp_path)
    (tmp_path / "store").write_text("a file, not a folder")
    for command in ("field", "uplink"):
        (line,) = complaint(command, "--config", config, cwd=tmp_path).splitlines()
        assert "cannot open the store in" in line


def test_an_edge_box_loads_no_cloud_parts() -> None:
    program = (
        "import sys, onetrip.__main__, edge.compose\n"
        "parts = ('fastapi', 'sqlalchemy', 'influxdb_client', 'jinja2', 'cloud', 'simulators', 'amqtt', 'uvicorn')\n"
        "print([part for part in parts if part in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"
