"""The cloud as one process: it ends when told, whoever still holds on to it, and loudly when a part of it dies."""

import base64
import threading
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from cloud import compose
from cloud.adapters import city_keys
from cloud.adapters.sql_database import open_database
from cloud.adapters.sql_records import SqlRecords
from cloud.compose import run
from cloud.ports import BadFile
from cloud.services.ingest_loop import IngestLoop
from cloud.settings import BadSetting, Settings
from contract.events.visits import SmsQueued
from contract.sealing import seal
from edge.adapters.cloud_lookups import CloudLookups
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


def test_process_with_the_citys_keys_sends_what_waits_and_answers_boxes(tmp_path: Path, mosquitto_url: str) -> None:
    public = base64.b64decode(city_keys.make(tmp_path / "keys"))
    token = tmp_path / "edge.token"
    token.write_text("a token of sixteen\n")
    chosen = replace(
        settings(tmp_path, mosquitto_url), city_key=tmp_path / "keys" / "city.key",
        person_key=tmp_path / "keys" / "person.key", edge_token=token,
    )  # fmt: skip
    engine = open_database(chosen.records)
    sealed = seal(public, "sms/m-1", {"phone": "000-12345678", "text": "好"})
    waiting = SmsQueued(case="0" * 36, sms="m-1", template="x", sealed=sealed)
    with SqlRecords(engine).transaction() as books:
        books.queue_sms("f-1", waiting, compose.now_ms(), compose.now_ms())
    engine.dispose()
    stopping = threading.Event()
    process = threading.Thread(target=run, args=(chosen, stopping))
    process.start()
    try:
        url = f"http://{chosen.listen}"
        wait_until_healthy(url)
        box = CloudLookups(url, "a token of sixteen", public, "f-1")
        assert box.reachable()
        assert box.online_check("0" * 36, [{"name": "测试甲", "number": "330899199003070016"}])["result"] == "clear"
        until = time.monotonic() + 15
        while (told := httpx.get(f"{url}/api/sms").json())["sent"] != 1:
            assert time.monotonic() < until, told
            time.sleep(0.05)
    finally:
        stopping.set()
        process.join()


@pytest.mark.parametrize("option", ["city_key", "edge_token", "sandbox"])
def test_file_that_cannot_be_used_ends_the_start_with_its_name(tmp_path: Path, mosquitto_url: str, option: str) -> None:
    city_keys.make(tmp_path / "keys")
    keys = {"city_key": tmp_path / "keys" / "city.key", "person_key": tmp_path / "keys" / "person.key"}
    (tmp_path / "wrong").write_text("?")
    chosen = replace(settings(tmp_path, mosquitto_url), **(keys | {option: tmp_path / "wrong"}))
    with pytest.raises(BadFile, match="wrong"):
        run(chosen, threading.Event())
