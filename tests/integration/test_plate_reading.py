"""The reading of doorplates with the real models: a blue plate with white letters."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from edge.adapters.plate_reading import read_plate
from edge.domain.survey import BadPoint

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
)


def plate(*lines: str) -> bytes:
    font = next((name for name in FONTS if Path(name).exists()), None)
    if font is None:
        pytest.skip("no font with Chinese letters on this machine")
    picture = Image.new("RGB", (600, 90 * len(lines) + 40), (20, 60, 160))
    draw, letters = ImageDraw.Draw(picture), ImageFont.truetype(font, 64)
    for n, line in enumerate(lines):
        draw.text((40, 20 + 90 * n), line, fill=(255, 255, 255), font=letters)
    told = BytesIO()
    picture.save(told, "PNG")
    return told.getvalue()


def test_a_plate_is_read() -> None:
    assert read_plate(plate("荷花中路", "12号")) == "荷花中路12号"


@pytest.mark.parametrize("picture", [b"", b"no picture"])
def test_what_is_no_picture_is_told(picture: bytes) -> None:
    with pytest.raises(BadPoint, match="not a picture"):
        read_plate(picture)


def test_a_picture_without_an_address_is_told() -> None:
    told = BytesIO()
    Image.new("RGB", (200, 100), (20, 60, 160)).save(told, "PNG")
    with pytest.raises(BadPoint, match="no address"):
        read_plate(told.getvalue())
