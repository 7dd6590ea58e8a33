"""`onetrip dead-letters`: what could not be used, on the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from cloud.ports import Message
from tests.unit.cloud.facility import NOW_MS
from tests.unit.cloud.office import office


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/records.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def dead_letters(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "onetrip", "dead-letters", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_topic_reason_and_size_newest_first(url: str) -> None:
    with office(url) as cloud:
        assert dead_letters("--records", url).stdout == "no dead letters\n"
        cloud.take(Message("weather/today", b"rain", NOW_MS), Message("weather/tomorrow", bytes(2 << 20), NOW_MS))
    shown = dead_letters("--records", url)
    assert (shown.returncode, shown.stderr) == (0, "")
    newest, oldest = (line.split("\t") for line in shown.stdout.splitlines())
    assert newest[2:] == ["weather/tomorrow", "2097152 bytes", "message of 2097152 bytes; the limit is 1048576"]
    assert oldest == [
        "1",
        "2026-09-21T14:13:20.000+00:00",
        "weather/today",
        "4 bytes",
        "'weather/today' is not in spBv1.0",
    ]
    assert dead_letters("--records", url, "--limit", "1", "--payloads").stdout.count("\n") == 2
    assert f"\t{b'rain'.hex()}\n" in dead_letters("--records", url, "--payloads").stdout


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    shown = dead_letters("--records", f"sqlite:///{tmp_path}/records.db")
    assert shown.returncode == 2
    assert "there is no such file" in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_wrong_url_is_one_clear_line() -> None:
    shown = dead_letters("--records", "records.db")
    assert shown.returncode == 2
    assert shown.stderr.startswith("onetrip dead-letters: records: 'records.db' is no database URL; write sqlite:///")
