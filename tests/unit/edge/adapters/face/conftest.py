"""Real weights and photographs lie beside the checkout; where they do not, the tests that need them skip."""

from pathlib import Path

import pytest

from edge.adapters.face.engine import FaceEngine, Image
from tests.unit.edge.adapters.face.pictures import read

_SHARED = Path(__file__).resolve().parents[5].parent / "shared"


def _there(name: str) -> Path:
    path = _SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not there: face weights and photographs are no part of the project")
    return path


@pytest.fixture(scope="session")
def models() -> Path:
    """The directory of the weights."""
    return _there("models")


@pytest.fixture(scope="session")
def engine(models: Path) -> FaceEngine:
    return FaceEngine.of(models)


@pytest.fixture(scope="session")
def photograph() -> Path:
    """A portrait of one person, 512 x 512."""
    return _there("faces/astronaut.png")


@pytest.fixture
def portrait(photograph: Path) -> Image:
    return read(photograph)
