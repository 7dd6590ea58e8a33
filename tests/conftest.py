"""The real servers and the browser, for every test that asks. A missing one fails the test: it never skips it."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests import servers

hypothesis.settings.register_profile("onetrip", deadline=None)  # a busy machine is no mistake
hypothesis.settings.load_profile("onetrip")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--large-home-seconds", type=float, default=40, help="how long the home of 480 devices lives (default 40)"
    )
    parser.addoption(
        "--rows", type=int, default=20_000, help="how many of each the look-ups look among (default 20000)"
    )
    parser.addoption(
        "--per-operation", type=int, default=1, help="how many requests of each operation of the API (default 1)"
    )


# The files that take longest, so that no worker begins one when the others are done.
LONG = (
    "test_kiosk", "test_kiosk_pages", "test_care_home_and_city", "test_kiosk_face", "test_relief_intake", "test_desk",
    "test_kill", "test_commissioning", "test_kiosk_and_city", "test_kiosk_terminal", "test_desk_faces",
    "test_device_console", "test_whole_path", "test_portal", "test_openapi",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "loopback: a unit test that may open network sockets (on 127.0.0.1)")
    config.addinivalue_line("markers", "commitment(id): an acceptance test of a commitment of the plan")


@pytest.fixture(scope="session")
def mosquitto_url() -> Iterator[str]:
    """mqtt://127.0.0.1:PORT of a broker shared by the whole run: use topics of your own."""
    with servers.mosquitto() as broker:
        yield broker.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Postgres]:
    """One PostgreSQL for the whole run; a test that needs only a database asks for `postgres_url`."""
    with servers.postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: servers.Postgres) -> Iterator[str]:
    """postgresql+psycopg://… of a fresh, empty database."""
    database = f"test_{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {database}")
    yield postgres_server.database_url(database)
    postgres_server.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(scope="session")
def victoria_url() -> Iterator[str]:
    """influx+http://127.0.0.1:PORT of a store shared by the whole run: use metric names or tags of your own."""
    with servers.victoria_metrics() as store:
        yield store.url


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium under Playwright's sync API.

    One per module, not per session: while it is up, the main thread counts as inside an event loop, and every
    `asyncio.run` of a later test would fail.
    """
    from playwright.sync_api import sync_playwright

    executable = servers.binary("chromium-headless-shell")  # a fifth of the whole browser's work for each page
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
