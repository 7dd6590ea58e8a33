"""A page of a marriage archive, drawn: invented people only."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from simulators.people import Person

LABELS = {
    "certificate": "结婚证字号", "registered_on": "登记日期", "man_name": "男方姓名", "man_number": "男方证件号码",
    "man_born": "男方出生日期", "woman_name": "女方姓名", "woman_number": "女方证件号码", "woman_born": "女方出生日期",
    "office": "婚姻登记机关", "registrar": "婚姻登记员",
}  # fmt: skip
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
)


def fields(man: Person, woman: Person, **other: Any) -> dict[str, Any]:
    return {
        "certificate": "J330898-2001-000123", "matter": "marriage", "registered_on": "2001-03-08",
        "office": "样例区民政局", "registrar": "样例登记员",
        "man_name": man.name, "man_number": man.id_number, "man_born": born(man),
        "woman_name": woman.name, "woman_number": woman.id_number, "woman_born": born(woman), **other,
    }  # fmt: skip


def born(person: Person) -> str:
    day = person.id_number[6:14]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def paper(told: Mapping[str, str] | None = None, n: int = 1) -> Any:
    """A4 at 150 dots per inch, as a grey array: headings that are the same each time, and what is told."""
    page = np.full((1754, 1240), 255, np.uint8)
    for row in range(6):
        cv2.line(page, (90, 300 + 220 * row), (1150, 300 + 220 * row), 0, 3)
        cv2.putText(page, f"PAGE {n} ROW {row}", (100, 280 + 220 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 4)
    return _written(told) if told else page


def png(page: Any) -> bytes:
    return bytes(cv2.imencode(".png", page)[1])


def jpeg(page: Any) -> bytes:
    return bytes(cv2.imencode(".jpg", page)[1])


def _written(told: Mapping[str, str]) -> Any:
    image, draw, font = (pytest.importorskip(f"PIL.{name}") for name in ("Image", "ImageDraw", "ImageFont"))
    found = next((name for name in _FONTS if Path(name).exists()), None)
    if found is None:
        pytest.skip("no font with Chinese letters on this machine")
    page = image.new("L", (1240, 1754), 255)
    pen, letters = draw.Draw(page), font.truetype(found, 44)
    pen.text((380, 90), "结婚登记审查处理表", font=letters, fill=0)
    for row, (field, label) in enumerate(LABELS.items()):
        year, *rest = str(told[field]).split("-")
        text = f"{year}年{int(rest[0])}月{int(rest[1])}日" if field.endswith(("_on", "_born")) else told[field]
        pen.text((90, 220 + 140 * row), f"{label}：{text}", font=letters, fill=0)
    return np.array(page)
