from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.edge.services.desk.desk_hall import DeskHall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[DeskHall]:
    hall = DeskHall(tmp_path)
    yield hall
    hall.close()
