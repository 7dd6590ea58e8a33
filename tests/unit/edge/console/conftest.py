"""One house for each module, and pages of it."""

from collections.abc import Iterator

import pytest

from tests.unit.edge.console.boxes import Browser, House, house, logged_in, served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def address(home: House) -> Iterator[str]:
    with served(home.profile) as where:
        yield where


@pytest.fixture
def browser(home: House, address: str) -> Iterator[Browser]:
    with logged_in(address, home) as one:
        yield one
        one.do("end-all")


@pytest.fixture
def stranger(address: str) -> Iterator[Browser]:
    one = Browser(address)
    with one.http:
        yield one
