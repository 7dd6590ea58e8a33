"""docs/commitments.md names every commitment of the plan once, and points only at what exists."""

import re
from typing import NamedTuple

import pytest

from tests.architecture.tree import ROOT

STATES = {"not yet", "partly", "proven"}


class Row(NamedTuple):
    id: str
    commitment: str
    state: str
    code: str
    test: str


def rows_of(text: str) -> list[Row]:
    cells = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    )
    return [Row(*row) for row in cells if re.match(r"C\d", row[0])]


def faults_of(row: Row) -> list[str]:
    """What is wrong with a row that claims something."""
    if row.state == "not yet":
        return []
    code, tests = _quoted(row.code), _quoted(row.test)
    faults = [] if code else ["names no code"]
    faults += [] if tests else ["names no test"]
    faults += [f"{path} does not exist" for path in code if not (ROOT / path).exists()]
    for test in tests:
        path, _, name = test.partition("::")
        file = ROOT / path
        if not file.is_file():
            faults.append(f"{path} does not exist")
        elif not name or not re.search(rf"^(async )?def {re.escape(name)}\(", file.read_text(encoding="utf-8"), re.M):
            faults.append(f"{path} has no test '{name}'")
        elif row.state == "proven" and not is_marked(file.read_text(encoding="utf-8"), name, row.id):
            faults.append(f"{path}::{name} does not carry commitment({row.id})")
    return faults


def is_marked(source: str, name: str, commitment: str) -> bool:
    """Whether the test carries the mark by which `make commitments` finds it."""
    marks = rf"((?:^@.*\n)*)^(?:async )?def {re.escape(name)}\("
    found = re.search(marks, source, re.M)
    return found is not None and f'commitment("{commitment}")' in found[1]


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


ROWS = rows_of((ROOT / "docs/commitments.md").read_text(encoding="utf-8"))


def test_every_commitment_has_one_row_in_order() -> None:
    assert [row.id for row in ROWS] == [f"C{number:02}" for number in range(1, 55)]


def test_states_are_the_three() -> None:
    assert {row.state for row in ROWS} <= STATES


def test_a_row_that_claims_something_points_at_code_and_test_that_exist() -> None:
    assert [f"{row.id}: {fault}" for row in ROWS for fault in faults_of(row)] == []


def test_a_mark_is_found_where_it_is() -> None:
    source = '@pytest.mark.slow\n@pytest.mark.commitment("C07")\ndef test_it() -> None:\n    pass\n'
    assert is_marked(source, "test_it", "C07")
    assert not is_marked(source, "test_it", "C08")
    assert not is_marked(source, "test_other", "C07")


@pytest.mark.parametrize(
    ("code", "test", "fault"),
    [
        ("—", "`tests/architecture/tree.py::project_files`", "names no code"),
        ("`contract/`", "—", "names no test"),
        ("`no/such.py`", "`tests/architecture/tree.py::project_files`", "no/such.py does not exist"),
        ("`contract/`", "`tests/no_such.py::test_it`", "tests/no_such.py does not exist"),
        ("`contract/`", "`tests/architecture/tree.py::test_it`", "tests/architecture/tree.py has no test 'test_it'"),
    ],
)
def test_an_empty_claim_would_be_found(code: str, test: str, fault: str) -> None:
    assert faults_of(Row("C01", "…", "partly", code, test)) == [fault]
    assert faults_of(Row("C01", "…", "not yet", code, test)) == []


def test_what_is_proven_carries_the_mark() -> None:
    row = Row("C01", "…", "proven", "`contract/`", "`tests/architecture/tree.py::project_files`")
    assert faults_of(row) == ["tests/architecture/tree.py::project_files does not carry commitment(C01)"]
