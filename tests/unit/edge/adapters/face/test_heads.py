"""What the turning head of the tests shows is a turn for the real detector, and somebody else is another person."""

import pytest

from edge.adapters.face.engine import FaceEngine, Image
from edge.domain.face.decision import Thresholds
from edge.domain.face.liveness import Rules
from edge.domain.face.pose import pose_of
from tests.unit.edge.adapters.face.heads import TO_THEIR_LEFT, TO_THEIR_RIGHT, somebody_else, turned
from tests.unit.edge.adapters.face.pictures import card_photo, jpeg


@pytest.mark.parametrize(("degrees", "side"), [(TO_THEIR_LEFT, 1), (TO_THEIR_RIGHT, -1)])
def test_a_head_that_turns_shows_it_in_the_five_points(
    engine: FaceEngine, portrait: Image, degrees: float, side: int
) -> None:
    for picture in (turned(portrait, degrees), jpeg(turned(portrait, degrees), 97)):
        (face,) = engine.look(picture)
        assert side * pose_of(face.landmarks).turn > Rules().turn_from + 0.05


def test_a_head_that_does_not_turn_is_the_portrait(portrait: Image) -> None:
    difference = abs(turned(portrait, 0).astype(int) - portrait)
    assert difference.mean() < 1


def test_somebody_else_is_another_person_also_on_a_card(engine: FaceEngine, portrait: Image) -> None:
    (face,) = engine.look(portrait)
    known = engine.embed(portrait, face)
    for picture in (somebody_else(portrait), card_photo(somebody_else(portrait), 60)):
        (other,) = engine.look(picture)
        assert float(known @ engine.embed(picture, other)) < Thresholds().mismatch_below - 0.05
