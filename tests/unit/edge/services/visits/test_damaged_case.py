"""A case whose row is damaged hides no other: the desk's list and what waits for the network go on without it."""

from pathlib import Path

import pytest

from edge.ports import StoreUnavailable
from tests.unit.edge.services.visits.counter_hall import Hall, Visitor


def test_one_damaged_row_is_left_out_and_named_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hall = Hall(tmp_path)
    Visitor(hall).goes_to_the_end()
    hall.clock.passed_s += 24 * 3600
    Visitor(hall).goes_to_the_end()
    damaged, whole = hall.store.in_state(["submitted"])
    with hall.store.transaction() as writing:
        writing.db.execute("UPDATE matter_case SET body = x'00' WHERE id = ?", (damaged.id,))
    assert [case.id for case in hall.store.in_state(["submitted"])] == [whole.id]
    assert damaged.number in caplog.text
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        hall.store.case(damaged.id)
