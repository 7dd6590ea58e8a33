"""A city: PostgreSQL, its keys, the API on a socket, and people of every role who are logged in."""

import contextlib
import shutil
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from sqlalchemy import Engine, text

from cloud.adapters import city_keys
from cloud.adapters.city_keys import CityKeys
from cloud.adapters.rebuilding import Rebuilt, rebuild
from cloud.adapters.sql_database import open_database
from cloud.compose import City, app, city
from cloud.matters import HANDLERS
from cloud.services.event_effects import Effects
from simulators.people import Person, make_person
from tests import servers
from tests.unit.cloud.facility import NOW_MS
from tests.unit.cloud.office import empty

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # passwords of tests protect nobody
HOUR_MS, DAY_MS = 3_600_000, 24 * 3_600_000


@dataclass
class Town:
    """`now_ms` is the city's clock; a test moves it."""

    engine: Engine
    keys: CityKeys
    archive_pages: Path | None = None
    url: str = ""
    now_ms: int = NOW_MS
    city: City = field(init=False)
    _tokens: dict[tuple[str, ...], httpx.Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock, pages = lambda: self.now_ms, self.archive_pages
        self.city = city(self.engine, self.keys, clock, archive_pages=pages, hasher=QUICK)

    def as_(self, role: str, area: str = "330802", unit: str = "民政", number: str = "") -> httpx.Client:
        """A member of staff at the API; the same arguments are the same person."""
        number = number or f"{role}-{area}-{unit}"
        key = (number, role, area, unit)
        if key not in self._tokens:
            self.city.people.add(number, f"测试{role}", role, area, unit, "correct horse battery")
            token = self.city.people.token(number, 3650 * DAY_MS)
            self._tokens[key] = httpx.Client(
                base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False
            )
        return self._tokens[key]

    def sql(self, query: str, **values: Any) -> list[Any]:
        with self.engine.connect() as db:
            return [tuple(row) for row in db.execute(text(query), values)]

    def rebuilt(self) -> Rebuilt:
        """What `onetrip rebuild --check` finds."""
        return rebuild(self.engine, Effects(HANDLERS).apply, keep=False)

    def begin(self) -> None:
        """As on the first day."""
        empty(self.engine)
        if self.archive_pages is not None:
            shutil.rmtree(self.archive_pages, ignore_errors=True)
        for client in self._tokens.values():
            client.close()
        self._tokens.clear()
        self.now_ms = NOW_MS


@pytest.fixture(scope="session")
def town_records(postgres_server: servers.Postgres) -> Iterator[Engine]:
    database = f"acceptance_{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {database}")
    engine = open_database(postgres_server.database_url(database))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def town_keys(tmp_path_factory: pytest.TempPathFactory) -> CityKeys:
    folder: Path = tmp_path_factory.mktemp("city") / "keys"
    city_keys.make(folder)
    keys = CityKeys.of(folder / "city.key", folder / "person.key", folder / "office.key")
    assert keys is not None
    return keys


@contextlib.contextmanager
def serving(made: Town) -> Iterator[Town]:
    listening = socket.create_server(("127.0.0.1", 0))
    made.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    application = app(made.engine, of_city=made.city, clock=lambda: made.now_ms)
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    made.begin()
    thread.start()
    try:
        yield made
    finally:
        made.begin()
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture(scope="session")
def served_town(town_records: Engine, town_keys: CityKeys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One API for all tests: its hundreds of routes take longer to build than most tests."""
    with serving(Town(town_records, town_keys, tmp_path_factory.mktemp("archive"))) as made:
        yield made


@pytest.fixture
def town(served_town: Town) -> Town:
    served_town.begin()
    return served_town


@pytest.fixture
def new_town(town_records: Engine, town_keys: CityKeys, tmp_path: Path) -> Iterator[Town]:
    """With an API of its own, which remembers nobody: its pages count who asks too often."""
    with serving(Town(town_records, town_keys, tmp_path / "archive")) as made:
        yield made


@pytest.fixture
def persons() -> Iterator[Person]:
    """Invented people, the same ones each time."""
    chance = Random(2018)
    return iter(lambda: make_person(chance), None)
