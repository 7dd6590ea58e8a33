"""Turning the head when asked: a person can, a print cannot, and nobody can take another's place half-way."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.face.liveness import Challenge, Move, Rules, overlap
from edge.domain.face.sighting import Box, Sighting
from tests.unit.edge.domain.face.drawn_faces import seen

STEP_S = 0.1


@dataclass
class Before:
    """Somebody, or something, before the camera."""

    moves: tuple[Move, ...] = ("left", "right")
    flat: bool = False
    at: float = 0.0
    challenge: Challenge = field(init=False)

    def __post_init__(self) -> None:
        self.challenge = Challenge(self.moves, self.at, Rules())

    def shows(self, *yaws: float, centre: tuple[float, float] = (320, 240)) -> None:
        for yaw in yaws:
            self.is_seen(seen(yaw, flat=self.flat, centre=centre))

    def is_seen(self, face: Sighting | None) -> None:
        self.at += STEP_S
        self.challenge = self.challenge.seen(face, self.at)

    def is_away(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.is_seen(None)


def test_who_turns_left_and_right_and_looks_again_has_passed() -> None:
    one = Before()
    one.shows(0, 0, 30, 35)
    assert one.challenge.wanted is None  # first back to the front
    one.shows(5)
    assert one.challenge.wanted == "right"
    one.shows(-30, -35)
    assert not one.challenge.is_passed
    one.shows(0)
    assert one.challenge.is_passed


def test_the_other_way_round_is_not_what_was_asked() -> None:
    one = Before(("left",))
    one.shows(0, -30, -35, -35, 0)
    assert not one.challenge.is_passed
    assert one.challenge.wanted == "left"


def test_one_observation_may_be_a_mistake_of_the_detector() -> None:
    one = Before(("left",))
    one.shows(0, 40, 0, 40, 0)
    assert not one.challenge.is_passed


@given(
    yaws=st.lists(st.floats(-80, 80), max_size=60),
    moves=st.lists(st.sampled_from(["left", "right"]), min_size=1, max_size=3),
)
def test_a_print_never_passes(yaws: list[float], moves: list[Move]) -> None:
    one = Before(tuple(moves), flat=True)
    one.shows(*yaws)
    assert not one.challenge.is_passed


def test_who_turns_and_then_holds_up_another_face_begins_again() -> None:
    one = Before()
    one.shows(0, 30, 35, 0, -30, -35, 0)
    assert one.challenge.is_passed
    one.shows(0, centre=(620, 240))
    assert not one.challenge.is_passed
    assert one.challenge.wanted == "left"


def test_a_face_that_was_gone_for_long_begins_again_and_one_that_blinked_out_does_not() -> None:
    one = Before(("left",))
    one.shows(0, 30, 35, 0)
    one.is_away(0.5)
    assert one.challenge.is_passed
    one.is_away(1.0)
    one.shows(0)
    assert not one.challenge.is_passed


def test_who_does_not_turn_in_time_has_not_passed_and_beginning_again_gives_no_more_time() -> None:
    one = Before()
    one.shows(*[0] * 100)
    one.is_away(2)
    one.shows(*[0] * 29)
    assert not one.challenge.is_failed
    one.shows(0, 0)
    assert one.challenge.is_failed


def test_no_moves_are_passed_at_once() -> None:
    assert Before(()).challenge.is_passed


def test_overlap_is_shared_area_by_all_area() -> None:
    assert overlap(Box(0, 0, 10, 10), Box(5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 10, 10), Box(20, 0, 10, 10)) == 0
    assert overlap(Box(0, 0, 0, 0), Box(0, 0, 0, 0)) == 0
