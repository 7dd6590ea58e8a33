"""Scanned pages: their measured quality, and the folder that shows nobody."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from cloud.matters.archives import pictures
from cloud.matters.archives.folder import PageDamaged, PageFolder
from cloud.matters.archives.quality import problems, skew

KEY = bytes(range(32))


def paper() -> Any:
    page = np.full((1754, 1240), 255, np.uint8)
    for row in range(8):
        cv2.putText(page, f"LINE {row} OF A PAGE", (100, 200 + 180 * row), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4)
    return page


def turned(degrees: float) -> Any:
    turn = cv2.getRotationMatrix2D((620, 877), degrees, 1.0)
    return cv2.warpAffine(paper(), turn, (1240, 1754), borderValue=255)


def test_a_clean_page_has_no_problem() -> None:
    assert problems(paper()) == ()


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (cv2.resize(paper(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), "resolution"),
        (np.full((1754, 1240), 250, np.uint8), "blank"),
        (cv2.GaussianBlur(paper(), (25, 25), 0), "blurred"),
        (turned(5), "skewed"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_each_rule_finds_its_problem(page: Any, problem: str) -> None:
    assert problem in problems(page)


@pytest.mark.parametrize("degrees", [-6, -2, 0, 2, 6])
def test_skew_is_measured_to_half_a_degree(degrees: float) -> None:
    assert abs(-skew(turned(degrees)) - degrees) <= 0.5


def test_a_page_is_found_by_its_hash_and_its_file_shows_nothing_of_it(tmp_path: Path) -> None:
    folder, data = PageFolder(tmp_path, KEY), b"\x89PNG what stands on a page"
    name = folder.put(data)
    assert folder.put(data) == name
    assert folder.get(name) == data
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert data[4:] not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(PageDamaged):
        PageFolder(tmp_path, bytes(32)).get(name)


def test_a_page_that_is_gone_changed_or_another_is_not_shown(tmp_path: Path) -> None:
    folder = PageFolder(tmp_path, KEY)
    one, two = folder.put(b"one"), folder.put(b"two")
    paths = {name: tmp_path / name[:2] / name for name in (one, two)}
    whole = paths[one].read_bytes()
    for wrong in (paths[two].read_bytes(), whole[:-1], b"", whole[:12] + b"x" + whole[13:]):
        paths[one].write_bytes(wrong)
        with pytest.raises(PageDamaged):
            folder.get(one)
    paths[one].unlink()
    with pytest.raises(PageDamaged):
        folder.get(one)


def test_a_pdf_of_too_many_or_too_large_pages_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    image = pytest.importorskip("PIL.Image", reason="needs onetrip[ocr]")
    from io import BytesIO

    def pdf(n: int) -> bytes:
        leaves = [image.new("L", (100, 100), 255) for _ in range(n)]
        file = BytesIO()
        leaves[0].save(file, "PDF", save_all=True, append_images=leaves[1:], resolution=100)
        return file.getvalue()

    assert [(one.media, one.width, one.problems) for one in pictures.pages_of(pdf(2))] == [
        ("image/png", 200, ("resolution", "blank"))
    ] * 2
    with pytest.raises(pictures.TooLarge, match="1 to 50 pages"):
        list(pictures.pages_of(pdf(51)))
    monkeypatch.setattr(pictures, "MOST_PIXELS", 30_000)
    with pytest.raises(pictures.TooLarge, match="pixels"):
        list(pictures.pages_of(pdf(1)))
