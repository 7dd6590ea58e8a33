import re

import pytest

from edge.kiosk.icons import drawn
from edge.kiosk.visit_pages import STATIC

NAMES = re.findall(r'symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_stands_in_the_page_itself_and_is_not_read_out(name: str) -> None:
    svg = drawn(name)
    assert svg.startswith('<svg class="icon" viewBox="0 0 ')
    assert 'aria-hidden="true"' in svg
    assert "<use" not in svg
    assert svg.count("<svg") == svg.count("</svg>") == 1
    assert "symbol" not in svg


def test_a_pictures_style_is_its_own() -> None:
    assert drawn("lay-card", "picture off").startswith('<svg class="picture off" viewBox="0 0 480 240"')


def test_a_name_that_is_not_drawn_is_an_error() -> None:
    with pytest.raises(KeyError):
        drawn("nothing")
