"""The cloud on each kind of database, which costs less to empty than to make."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.unit.cloud.office import Office, empty, office


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path_factory.mktemp('records')}/records.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def postgresql(postgres_server: servers.Postgres, request: pytest.FixtureRequest) -> Iterator[Office]:
    database = request.module.__name__.rpartition(".")[2]
    postgres_server.execute(f"CREATE DATABASE {database}")
    with office(postgres_server.database_url(database)) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def cloud(request: pytest.FixtureRequest) -> Office:
    """The cloud on an empty database, once of each kind."""
    opened: Office = request.getfixturevalue(request.param)
    empty(opened.engine)
    return Office(opened.engine)
