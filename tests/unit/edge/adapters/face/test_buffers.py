"""Pictures and vectors of a face are nothing after the decision, whatever ended it."""

import numpy as np
import pytest

from edge.adapters.face.buffers import Perishable


def test_what_was_kept_is_zero_after_the_block_and_not_before() -> None:
    picture, vector = np.full((4, 5, 3), 200, np.uint8), np.full(128, 0.5, np.float32)
    with Perishable() as own:
        assert own.keep(picture) is picture
        own.keep(vector)
        assert picture.all()
        assert vector.all()
    assert not picture.any()
    assert not vector.any()


def test_a_failure_in_the_block_zeroes_too_and_is_still_told() -> None:
    picture = np.full((4, 4, 3), 9, np.uint8)

    def cancelled() -> None:
        with Perishable() as own:
            own.keep(picture)
            raise RuntimeError("the visitor went another way")

    with pytest.raises(RuntimeError, match="another way"):
        cancelled()
    assert not picture.any()


def test_a_crop_does_not_leave_its_picture_behind() -> None:
    picture = np.full((8, 8, 3), 9, np.uint8)
    with Perishable() as own:
        own.keep(picture[2:4, 2:4][::-1])
    assert not picture.any()


def test_what_could_not_be_zeroed_is_refused_at_once() -> None:
    fixed = np.frombuffer(b"bytes that nobody can change", np.uint8)
    with Perishable() as own, pytest.raises(ValueError, match="copy it first"):
        own.keep(fixed)


def test_a_used_block_can_serve_the_next_visitor() -> None:
    own, first, second = Perishable(), np.ones(3), np.ones(3)
    with own:
        own.keep(first)
    with own:
        own.keep(second)
    assert (first.tolist(), second.tolist()) == ([0, 0, 0], [0, 0, 0])
