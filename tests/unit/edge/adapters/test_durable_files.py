"""A file is there as a whole, old or new, wherever its writing stops."""

import itertools
import stat
from pathlib import Path

import pytest

from edge.adapters.durable_files import DurableFiles


class Stopped(Exception):
    """The power went."""


def stops_before(number: int) -> DurableFiles:
    steps = itertools.count()

    def step(_what: str) -> None:
        if next(steps) == number:
            raise Stopped

    return DurableFiles(step)


@pytest.mark.parametrize("number", range(5))
def test_a_write_that_stops_leaves_the_old_file_or_the_new_one(tmp_path: Path, number: int) -> None:
    path = tmp_path / "state.json"
    DurableFiles().write(path, b"old")
    with pytest.raises(Stopped):
        stops_before(number).write(path, b"newer")
    assert path.read_bytes() == (b"old" if number < 4 else b"newer")
    DurableFiles().write(path, b"newest")  # what was left of the one before does not stop it
    assert path.read_bytes() == b"newest"
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_what_is_written_is_for_this_user_alone(tmp_path: Path) -> None:
    DurableFiles().folder(tmp_path / "a/b")
    DurableFiles().write(tmp_path / "a/b/c", b"")
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a/b/c").stat().st_mode) == 0o600


def test_removing_what_is_not_there_is_no_mistake(tmp_path: Path) -> None:
    DurableFiles().remove(tmp_path / "nothing")
