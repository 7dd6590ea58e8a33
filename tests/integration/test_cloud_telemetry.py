"""From the spool to the time-series stores: delayed by an outage, never lost."""

import json
import threading
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from cloud.adapters.influx_telemetry import InfluxTelemetry
from cloud.adapters.sql_spool import SqlSpool
from cloud.adapters.tables import telemetry_spool
from cloud.domain.rows import Point
from cloud.ports import TelemetryStore, TelemetryUnavailable
from cloud.services.telemetry_forwarder import TelemetryForwarder
from tests import servers
from tests.unit.cloud.office import Office, office

SOON = {"end": "2100-01-01T00:00:00Z"}  # else the last second is left out


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def series(device: str, *values: float, at_ms: int | None = None) -> list[Point]:
    first = (at_ms or now_ms()) - len(values)
    return [Point("care-1", device, "Air/Temperature", first + n, value) for n, value in enumerate(values)]


def stored(url: str, device: str) -> list[float]:
    """All raw values of the device's temperature, after a flush."""
    http = url.removeprefix("influx+")
    get(f"{http}/internal/force_flush")
    query = {"match[]": f"air_temperature{{device={json.dumps(device, ensure_ascii=False)}}}", **SOON}
    lines = get(f"{http}/api/v1/export", **query).splitlines()
    return [value for line in lines for value in json.loads(line)["values"]]


def get(url: str, **query: str) -> str:
    with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(query)}", timeout=10) as answer:
        return str(answer.read().decode())


@pytest.fixture
def device() -> str:
    return f"air-{uuid.uuid4().hex[:8]}"


@contextmanager
def influx(url: str) -> Iterator[InfluxTelemetry]:
    store = InfluxTelemetry(url)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path}/records.db") as opened:
        yield opened


def keep(cloud: Office, points: list[Point]) -> None:
    with cloud.records.transaction() as books:
        books.spool(points)


@contextmanager
def forwarding(cloud: Office, store: TelemetryStore) -> Iterator[None]:
    stopping = threading.Event()
    forwarder = TelemetryForwarder(SqlSpool(cloud.engine), store, now_ms)
    thread = threading.Thread(target=forwarder.run, args=(stopping,))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def eventually(what: str, ready: Any, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, f"{what} within {seconds} s"
        time.sleep(0.02)


def test_victoria_metrics_answers_promql_with_the_value(victoria_url: str, device: str) -> None:
    with influx(victoria_url) as store:
        store.write(series(device, 20.5))
    stored(victoria_url, device)
    http = victoria_url.removeprefix("influx+")
    query = {"query": f'air_temperature{{device="{device}"}}', "nocache": "1", "time": str(time.time() + 1)}
    (found,) = json.loads(get(f"{http}/api/v1/query", **query))["data"]["result"]
    assert found["metric"] == {"__name__": "air_temperature", "device": device, "facility": "care-1"}
    assert float(found["value"][1]) == 20.5


def test_points_of_a_drill_are_in_no_series_of_real_ones(victoria_url: str, device: str) -> None:
    at_ms = now_ms()
    with influx(victoria_url) as store:
        store.write([*series(device, 20.5, at_ms=at_ms), replace(series(device, 80.0, at_ms=at_ms)[0], drill="d-1")])
    assert stored(victoria_url, device) == [20.5]
    http = victoria_url.removeprefix("influx+")
    (line,) = get(f"{http}/api/v1/export", **{"match[]": f'{{device="{device}",drill!=""}}', **SOON}).splitlines()
    assert json.loads(line)["metric"] == {
        "__name__": "drill_air_temperature",
        "device": device,
        "facility": "care-1",
        "drill": "d-1",
    }
    assert json.loads(line)["values"] == [80.0]


def test_repeat_leaves_one_point(victoria_url: str, device: str) -> None:
    points = series(device, 20.5, 21.5)
    with influx(victoria_url) as store:
        for _ in range(3):
            store.write(points)
    assert stored(victoria_url, device) == [20.5, 21.5]


@pytest.mark.parametrize("odd", ['a,b=c "d"', "a,facility=x", "x'} or 1", "空调 1"])
def test_odd_device_name_stays_one_name(victoria_url: str, device: str, odd: str) -> None:
    with influx(victoria_url) as store:
        store.write(series(odd + device, 20.5))
    assert stored(victoria_url, odd + device) == [20.5]


def test_store_that_is_down_is_unavailable(device: str) -> None:
    url = f"influx+http://secret-token@127.0.0.1:{servers.free_port()}"
    with influx(url) as store, pytest.raises(TelemetryUnavailable) as told:
        store.write(series(device, 20.5))
    assert "secret-token" not in str(told.value)


class _Influx2(BaseHTTPRequestHandler):
    """InfluxDB 2's write endpoint: the contract that VictoriaMetrics does not check."""

    status = 204
    seen: list[tuple[str, str]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Authorization"]))
        body = b'{"code":"x","message":"points beyond retention policy"}'
        self.send_response(self.status)
        self.send_header("Content-Length", str(0 if self.status == 204 else len(body)))
        self.end_headers()
        if self.status != 204:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def influx2() -> Iterator[tuple[str, type[_Influx2]]]:
    handler = type("Handler", (_Influx2,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"influx+http://t0ken@127.0.0.1:{server.server_port}/?org=civil&bucket=city", handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_influxdb_2_gets_organisation_bucket_and_token(influx2: tuple[str, type[_Influx2]], device: str) -> None:
    url, server = influx2
    with influx(url) as store:
        store.write(series(device, 20.5))
    assert server.seen == [("/api/v2/write?org=civil&bucket=city&precision=ms", "Token t0ken")]


def test_points_that_the_store_will_never_take_do_not_stop_those_after_them(
    influx2: tuple[str, type[_Influx2]], device: str
) -> None:
    url, server = influx2
    server.status = 422
    with influx(url) as store:
        store.write(series(device, 20.5))


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_every_other_refusal_is_tried_again(influx2: tuple[str, type[_Influx2]], device: str, status: int) -> None:
    url, server = influx2
    server.status = status
    with influx(url) as store, pytest.raises(TelemetryUnavailable, match=str(status)):
        store.write(series(device, 20.5))


def test_spool_keeps_the_points_while_the_store_is_down_and_drains_when_it_is_up(cloud: Office, device: str) -> None:
    spool = SqlSpool(cloud.engine)
    with servers.victoria_metrics() as server, influx(server.url) as store:
        server.kill()
        with forwarding(cloud, store):
            for value in (1.0, 2.0, 3.0):
                keep(cloud, series(device, value))
                time.sleep(0.01)
            time.sleep(0.3)
            assert len(spool.unwritten(100)) == 3
            server.start()
            eventually("the spool is drained", lambda: not spool.unwritten(100))
        assert stored(server.url, device) == [1.0, 2.0, 3.0]


def test_store_killed_right_after_a_write_has_all_points_after_our_restart(cloud: Office, device: str) -> None:
    with servers.victoria_metrics() as server, influx(server.url) as store:
        keep(cloud, series(device, *range(100)))
        with forwarding(cloud, store):
            eventually("written", lambda: not SqlSpool(cloud.engine).unwritten(100))
        server.kill()
        server.start()
        with forwarding(cloud, store):
            eventually("written again", lambda: len(stored(server.url, device)) == 100)


def test_points_are_forgotten_only_when_the_store_holds_them_durably(cloud: Office) -> None:
    class Store:
        durable_after_s = 60.0

        def write(self, points: object) -> None:
            pass

    spool, clock = SqlSpool(cloud.engine), [1_000_000]
    forwarder = TelemetryForwarder(spool, Store(), lambda: clock[0])
    keep(cloud, series("air-1", 1.0))
    left = []
    for _ in range(3):
        forwarder._forward()
        left.append(cloud.count(telemetry_spool))
        clock[0] += 30_000
    assert left == [1, 1, 0]
