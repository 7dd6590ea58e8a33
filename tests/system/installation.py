"""The whole path on real servers: simulated devices on pseudo-terminals, `onetrip edge`, Mosquitto, `onetrip cloud`,
PostgreSQL and VictoriaMetrics, each a process of its own."""

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from simulators.bench import Bench, links, make_ports
from simulators.facilities import CARE_HOME, Facility, write_profile
from tests import servers

RULES = {"bed_exit_after_s": 3600, "out_of_range_hold_s": 3600, "bed_exit_hours": [0, 24]}


class Installation:
    def __init__(self, directory: Path, broker: servers.Mosquitto, database: servers.Postgres,
                 store: servers.VictoriaMetrics, facility: Facility = CARE_HOME) -> None:  # fmt: skip
        self.directory, self.broker, self.database, self.telemetry = directory, broker, database, store
        database.execute("CREATE DATABASE onetrip")
        self.records_url = database.database_url("onetrip")
        self.web = f"http://127.0.0.1:{servers.free_port()}"
        self.facility = facility.id
        self.bench = Bench(make_ports(facility, directory / "dev", seed=1))
        self.profile = write_profile(facility, directory, links(self.bench.ports), broker=broker.url, rules=RULES)
        self.of_cloud: tuple[str, ...] = ()  # more of its options
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_cloud(self) -> None:
        self._start("cloud", "--broker", self.broker.url, "--records", self.records_url,
                    "--telemetry", self.telemetry.url, "--listen", self.web.removeprefix("http://"),
                    *self.of_cloud)  # fmt: skip
        eventually("the API answers", lambda: self.api("/api/health"), 30)

    def start_edge(self) -> None:
        self._start("edge", "--config", str(self.profile))

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            assert process.wait(timeout=30) == 0

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def api(self, path: str) -> Any:
        try:
            with urllib.request.urlopen(self.web + path, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.records_url.replace("+psycopg", ""), autocommit=True) as db:
            return db.execute(query).fetchall()  # type: ignore[arg-type]

    def store_row(self, query: str) -> tuple[Any, ...]:
        """From the edge's own store."""
        path = self.directory / self.facility / "store.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            row: tuple[Any, ...] = db.execute(query).fetchone()
            return row

    def promql(self, expression: str) -> list[dict[str, Any]]:
        self.telemetry.flush()
        query = urllib.parse.urlencode({"query": expression, "nocache": "1"})  # else the newest 30 s stay hidden
        with urllib.request.urlopen(f"{self.telemetry.http_url}/api/v1/query?{query}", timeout=10) as answer:
            result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
            return result

    def meta(self, key: str) -> Any:
        return self.store_row(f"SELECT value FROM meta WHERE key = '{key}'")[0]

    def everything_acknowledged(self) -> bool:
        last_reading = self.store_row("SELECT seq FROM sqlite_sequence WHERE name = 'reading'")[0]
        return bool(self.meta("acked_event") == self.meta("last_seq") and self.meta("acked_reading") == last_reading)

    def _start(self, name: str, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        log = (self.directory / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "onetrip", "--verbose", name, *arguments], stdout=log, stderr=log,
                env=environment,
            )  # fmt: skip


@contextmanager
def installation(directory: Path) -> Iterator[Installation]:
    with servers.mosquitto() as broker, servers.postgres() as database, servers.victoria_metrics() as store:
        whole = Installation(directory, broker, database, store)
        with whole.bench:
            whole.start_cloud()
            whole.start_edge()
            devices = len(CARE_HOME.devices)
            eventually("all devices are on line", lambda: whole.api("/api/health")["devices_online"] == devices, 40)
            try:
                yield whole
            finally:
                whole.stop()


_NOT_YET = (TypeError, KeyError, IndexError, psycopg.Error, OSError, sqlite3.Error, httpx.TransportError)


def eventually(what: str, ready: Callable[[], Any], seconds: float) -> Any:
    """The first true answer. Fails after `seconds`."""
    until = time.monotonic() + seconds
    error: Exception | None = None
    while True:
        try:
            answer = ready()
        except _NOT_YET as not_yet:
            answer, error = None, not_yet
        if answer:
            return answer
        assert time.monotonic() < until, f"{what}: not within {seconds} s ({error!r})"
        time.sleep(0.1)
