"""The cloud as one process: it ends when told, whoever still holds on to it, and loudly when a part of it dies."""

import threading
import time
from pathlib import Path

import httpx
import pytest

from cloud import compose
from cloud.compose import run
from cloud.services.ingest_loop import IngestLoop
from cloud.settings import BadSetting, Settings
from tests import servers


def settings(tmp_path: Path, broker: str) -> Settings:
    return Settings(
        broker,
        f"sqlite:///{tmp_path}/records.db",
        f"sqlite:///{tmp_path}/telemetry.db",
        f"127.0.0.1:{servers.free_port()}",
    )


def wait_until_healthy(url: str) -> None:
    until = time.monotonic() + 15
    while True:
        try:
            assert httpx.get(f"{url}/api/health").status_code == 200
        except httpx.TransportError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


@pytest.mark.parametrize("broker_is_there", [True, False])
def test_ends_when_told_with_a_stream_open(tmp_path: Path, mosquitto_url: str, *, broker_is_there: bool) -> None:
    chosen = settings(tmp_path, mosquitto_url if broker_is_there else f"mqtt://127.0.0.1:{servers.free_port()}")
    stopping = threading.Event()
    process = threading.Thread(target=run, args=(chosen, stopping))
    process.start()
    try:
        wait_until_healthy(f"http://{chosen.listen}")
        with httpx.stream("GET", f"http://{chosen.listen}/api/stream", timeout=15) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: beat"
            stopping.set()
            begun = time.monotonic()
            process.join(10)
            assert not process.is_alive()
            assert time.monotonic() - begun < 6
    finally:
        stopping.set()
        process.join()


def test_job_that_dies_takes_the_process_with_it(
    tmp_path: Path, mosquitto_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_self: IngestLoop, _stopping: threading.Event) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(IngestLoop, "run", die)
    with pytest.raises(ZeroDivisionError):
        run(settings(tmp_path, mosquitto_url), threading.Event())


def test_telemetry_that_cannot_be_opened_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=f"--telemetry sqlite:///{tmp_path}: telemetry .*unable to open"):
        compose._telemetry(f"sqlite:///{tmp_path}")
