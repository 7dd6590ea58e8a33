"""Passive liveness looks at the face and at what is around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.face.antispoof import surroundings
from edge.domain.face.sighting import Box


@pytest.mark.parametrize(
    ("box", "factor", "size", "expected"),
    [  # by Silent-Face-Anti-Spoofing's rule: enlarge about the centre, then push inside
        (Box(200, 150, 100, 120), 2.0, (640, 480), (150, 90, 351, 331)),
        (Box(0, 0, 100, 100), 2.0, (640, 480), (0, 0, 201, 201)),
        (Box(540, 380, 100, 100), 2.0, (640, 480), (439, 279, 640, 480)),
        (Box(270, 190, 100, 100), 4.0, (640, 200), (220, 0, 420, 200)),
    ],
)
def test_the_box_is_enlarged_and_pushed_into_the_picture(
    box: Box, factor: float, size: tuple[int, int], expected: tuple[int, int, int, int]
) -> None:
    assert surroundings(box, factor, *size) == expected


@given(
    st.builds(Box, st.floats(-700, 2000), st.floats(-700, 2000), st.floats(0.5, 3000), st.floats(0.5, 3000)),
    st.floats(1, 5),
    st.integers(2, 1920),
    st.integers(2, 1080),
)
def test_there_is_always_something_to_look_at_inside_the_picture(
    box: Box, factor: float, width: int, height: int
) -> None:
    left, top, right, bottom = surroundings(box, factor, width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


def test_a_box_without_area_is_no_face() -> None:
    with pytest.raises(ValueError, match="no face"):
        surroundings(Box(1, 1, 0, 5), 2.7, 640, 480)
