"""The gates before a comparison: one hint at a time, the most helpful first."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.face import hints
from edge.domain.face.quality import GATES, Limits, Look, Pixels, hint
from edge.domain.face.sighting import Sighting
from tests.unit.edge.domain.face.drawn_faces import seen

GOOD = Pixels(130, 0.1, 300)
LIMITS = Limits()


def look(*faces: Sighting, pixels: Pixels = GOOD) -> Look:
    return Look(640, 480, faces, pixels)


def test_a_face_from_the_front_in_good_light_passes() -> None:
    assert hint(look(seen()), LIMITS) == ""


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (look(), hints.LOOK),
        (look(seen(), seen(centre=(500, 240), eyes=70)), hints.ONE),
        (look(seen(eyes=24)), hints.NEARER),
        (look(seen(eyes=160)), hints.FARTHER),
        (look(seen(centre=(520, 240))), hints.CENTRE),
        (look(seen(), pixels=replace(GOOD, brightness=31)), hints.DARK),
        (look(seen(), pixels=replace(GOOD, brightness=227)), hints.GLARE),
        (look(seen(), pixels=replace(GOOD, unevenness=0.54)), hints.UNEVEN),
        (look(seen(roll=30)), hints.STRAIGHT),
        (look(seen(30)), hints.FRONT),
        (look(seen(), pixels=replace(GOOD, sharpness=22)), hints.STILL),
    ],
)
def test_each_shortcoming_has_its_own_hint(shown: Look, told: str) -> None:
    assert hint(shown, LIMITS) == told


def test_a_chin_held_up_is_told() -> None:
    face = seen()
    eye, mouth = face.landmarks.left_eye, face.landmarks.mouth_left
    high = replace(face, landmarks=face.landmarks._replace(nose=face.landmarks.nose._replace(y=eye.y + 5)))
    low = replace(face, landmarks=face.landmarks._replace(nose=face.landmarks.nose._replace(y=mouth.y - 5)))
    assert hint(look(high), LIMITS) == hint(look(low), LIMITS) == hints.LEVEL


def test_people_who_wait_behind_do_not_matter() -> None:
    assert hint(look(seen(), seen(centre=(560, 200), eyes=30)), LIMITS) == ""


def test_who_is_far_away_in_the_dark_is_asked_to_come_nearer_first() -> None:
    assert hint(look(seen(eyes=24), pixels=Pixels(20, 0.9, 1)), LIMITS) == hints.NEARER


@given(
    faces=st.lists(
        st.builds(
            seen,
            st.floats(-60, 60),
            centre=st.tuples(st.floats(-50, 700), st.floats(-50, 500)),
            eyes=st.floats(0, 300),
            roll=st.floats(-90, 90),
        ),
        max_size=3,
    ),
    pixels=st.builds(Pixels, st.floats(0, 255), st.floats(0, 1), st.floats(0, 2000)),
)
def test_whatever_is_seen_there_is_at_most_one_hint_and_it_has_words(faces: list[Sighting], pixels: Pixels) -> None:
    shown = look(*faces, pixels=pixels)
    told = hint(shown, LIMITS)
    assert told in ("", *hints.ALL)
    shut = [key for key, is_shut in GATES if faces and is_shut(shown, LIMITS)]
    assert told == (hints.LOOK if not faces else (shut or [""])[0])
