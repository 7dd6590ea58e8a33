"""Every parser survives what was found once, and a short fuzz; the fuzzer finds bugs that were put there for it."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import planted, program, run, samples, targets
from tests.fuzz.program import Call, Step

pytestmark = pytest.mark.timeout(400)  # the first test of a target waits for all of them

AT_ONCE = 2
BUDGET_S = 40.0  # for all targets, without the time in which processes start
SEED = 1  # the same in every run: what is red was not so before
NAMES = targets.names()
GUIDED = importlib.util.find_spec("atheris") is not None


@pytest.fixture(scope="module")
def short_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, run.Result]:
    place = tmp_path_factory.mktemp("fuzz")
    seconds = max(1.0, BUDGET_S * AT_ONCE / len(NAMES))
    return run.fuzz_all(NAMES, seconds, place / "corpus", place / "finds", at_once=AT_ONCE, seed=SEED)


@pytest.mark.parametrize("name", NAMES)
def test_a_parser_survives_a_short_fuzz(name: str, short_run: dict[str, run.Result]) -> None:
    result = short_run[name]
    assert not result.finds, run.told(result)
    assert result.ended_well, run.told(result)
    assert result.executions > 0, result.log


FOUND = [
    pytest.param(path.parent.name, inputs, id=f"{path.parent.name}/{path.stem}")
    for name in sorted(path.name for path in samples.REGRESSIONS.glob("*") if path.is_dir())
    for path, inputs in samples.regressions(name)
]


@pytest.mark.parametrize(("name", "inputs"), FOUND)
def test_what_was_found_once_is_mended(name: str, inputs: list[bytes]) -> None:
    targets.find(name).run(inputs)


@pytest.mark.parametrize("name", NAMES)
def test_a_parser_takes_its_seeds(name: str) -> None:
    target = targets.find(name)
    target.run(list(target.seeds()))


@pytest.fixture(scope="module")
def planted_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, run.Result]:
    place = tmp_path_factory.mktemp("planted")
    names = [f"{planted.__name__}:{name}" for name in ("SOUND", *planted.BUGS)]
    return run.fuzz_all(names, 5, place / "corpus", place / "finds", at_once=AT_ONCE, seed=SEED)


@pytest.mark.parametrize(("name", "reason"), planted.BUGS.items())
def test_a_planted_bug_is_found(name: str, reason: str, planted_run: dict[str, run.Result]) -> None:
    if name == "RAISES" and not GUIDED:
        pytest.skip("atheris has no wheel for this machine: the fuzzer is blind and cannot get behind a header")
    result = planted_run[f"{planted.__name__}:{name}"]
    assert len(result.finds) == 1, run.told(result)
    assert result.finds[0].read_text(encoding="utf-8").startswith(f"# {reason}")


def test_a_find_fails_again_as_a_regression(planted_run: dict[str, run.Result]) -> None:
    result = planted_run[f"{planted.__name__}:UNDECLARED"]
    inputs = samples.parse_inputs(result.finds[0].read_text(encoding="utf-8"))
    assert len(inputs) == 1
    assert len(inputs[0]) <= 3
    with pytest.raises(AssertionError, match="a metric is declared by its driver"):
        planted.UNDECLARED.run(inputs)


def test_a_sound_session_is_not_blamed(planted_run: dict[str, run.Result]) -> None:
    result = planted_run[f"{planted.__name__}:SOUND"]
    assert (result.finds, result.ended_well) == ([], True), run.told(result)
    assert result.executions > 100


def test_a_machine_without_atheris_fuzzes_blindly(tmp_path: Path) -> None:
    program = "import sys; sys.modules['atheris'] = None; from tests.fuzz.engine import main; main()"
    arguments = [f"{planted.__name__}:UNDECLARED", "1", str(tmp_path / "corpus"), str(tmp_path), "1"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=samples.ROOT, capture_output=True, text=True, check=True
    )
    assert "FIND tests.fuzz.planted:UNDECLARED: Broken: a metric is declared by its driver" in done.stderr
    assert len(list(tmp_path.rglob("*.hex"))) == 1


def test_a_program_is_read_as_it_was_written() -> None:
    steps = [(Call.FEED, 3, b"\xaa" * 700), (Call.WAIT, 5, b""), (Call.START, 1, b""), (Call.FEED_REST, 0, b"rest")]
    configuration, read = program.decode(program.encode(7, *steps))
    assert configuration == 7
    assert list(read) == [Step(call, program.WAITS_S[wait], argument) for call, wait, argument in steps]


def test_a_regression_file_has_one_input_a_line(tmp_path: Path) -> None:
    assert samples.parse_inputs("# why\n00 01\n\nff  # the second\n") == [b"\x00\x01", b"\xff"]
