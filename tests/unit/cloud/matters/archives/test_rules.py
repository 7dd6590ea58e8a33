"""Key fields, draws, days and headers: rules of the archives without any of its tables."""

import hashlib
import struct
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cloud.matters.archives.image_header import Header, NoPicture, header, is_pdf
from cloud.matters.archives.key_fields import FIELDS, KeyFields, differing, normal, suggested
from cloud.matters.archives.retention import kept_until
from cloud.matters.archives.sampling import draw, fingerprint
from simulators.people import make_person

MAN, WOMAN = make_person(Random(1)), make_person(Random(2))
TOLD: dict[str, Any] = {
    "certificate": "J330898-2001-000123", "matter": "marriage", "registered_on": "2000-02-29", "office": "样例区民政局",
    "registrar": "样例", "man_name": MAN.name, "man_number": MAN.id_number, "man_born": "1975-02-03",
    "woman_name": WOMAN.name, "woman_number": WOMAN.id_number, "woman_born": "1976-04-05",
}  # fmt: skip


def token(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(**other: Any) -> KeyFields:
    return KeyFields.model_validate({**TOLD, **other}).tokened(token)


def test_there_are_eleven_key_fields_and_all_of_them_stand_sealed() -> None:
    assert len(FIELDS) == 11
    plain, sealed = read().parts()
    assert set(sealed) == set(FIELDS)
    assert set(plain) == {"marks"}
    assert set(plain["marks"]) == set(FIELDS)


def test_marks_are_the_citys_whatever_was_sent() -> None:
    assert read(marks={"man_name": "forged"}).marks == read().marks


def test_width_spaces_and_case_are_no_differences_and_the_same_text_in_another_field_is_one() -> None:
    same = read(office=" 样例区　民政局", certificate="ｊ330898-2001-000123", man_number=MAN.id_number.lower())
    assert differing(read().marks, same.marks) == ()
    assert differing(read().marks, read(registrar="样 倒", woman_born="1976-04-06").marks) == (
        "registrar",
        "woman_born",
    )
    both = read(man_name="同名", woman_name="同名").marks
    assert both["man_name"] != both["woman_name"]


@pytest.mark.parametrize("number", ["", "330898750203123"])
def test_old_files_have_short_numbers_or_none(number: str) -> None:
    assert read(man_number=number).man_number == number


def test_a_wrong_check_character_is_told_unless_the_paper_has_it() -> None:
    wrong = MAN.id_number[:-1] + ("0" if MAN.id_number[-1] != "0" else "1")
    with pytest.raises(ValidationError, match="man_number: its check character is wrong"):
        read(man_number=wrong)
    assert read(man_number=wrong, as_written=True).man_number == wrong


@pytest.mark.parametrize("day", ["2001-02-29", "长期", "", "2001-13-01"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(ValidationError):
        read(registered_on=day)


@given(st.text())
def test_what_was_made_normal_stays_so(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_recognised_lines_suggest_fields_and_what_is_no_day_is_left_to_the_person() -> None:
    lines = [
        "离婚登记审查处理表",
        "离婚证字号：L330898-2001-9",
        "登记日期：2001年2月29日",
        "男方姓名： 样 例",
        "男方出生日期:1975.2.3",
    ]
    assert suggested(lines) == {
        "matter": "divorce", "certificate": "L330898-2001-9", "man_name": "样例", "man_born": "1975-02-03",
    }  # fmt: skip


@given(st.lists(st.text()))
def test_any_lines_may_come(lines: list[str]) -> None:
    assert set(suggested(lines)) <= set(FIELDS)


@given(st.sets(st.text(min_size=1), max_size=300), st.text(max_size=20), st.randoms())
def test_a_draw_is_one_in_a_hundred_rounded_up_and_the_same_in_any_order(pages: set[str], seed: str, r: Random) -> None:
    pages = {page.encode("utf-8", "replace").decode() for page in pages}
    seed = seed.encode("utf-8", "replace").decode()
    shuffled = sorted(pages)
    r.shuffle(shuffled)
    drawn = draw(seed, shuffled)
    assert len(drawn) == -(-len(pages) // 100)
    assert drawn == draw(seed, pages)
    assert set(drawn) <= pages
    assert fingerprint(shuffled) == fingerprint(pages)


def test_another_seed_draws_other_pages() -> None:
    pages = [f"item/{n}" for n in range(5000)]
    assert len(draw("1", pages)) == 50
    assert set(draw("1", pages)) != set(draw("2", pages))
    lots = sorted((hashlib.sha256(f"1\n{page}".encode()).hexdigest(), page) for page in pages)
    assert draw("1", pages) == [page for _, page in lots[:50]]  # as a stranger computes it


@pytest.mark.parametrize(
    ("scanned", "until"),
    [("2026-11-25", "2126-11-25"), ("2000-02-29", "2100-03-01"), ("2028-02-29", "2128-02-29")],
)
def test_an_archive_is_kept_a_hundred_years(scanned: str, until: str) -> None:
    assert kept_until(date.fromisoformat(scanned)).isoformat() == until


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


def jpeg(width: int, height: int) -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 10) + bytes(8)
    frame = b"\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width)
    return b"\xff\xd8" + exif + b"\xff" + frame + bytes(12)


@given(st.integers(1, 65535), st.integers(1, 65535))
def test_size_is_read_from_the_first_bytes(width: int, height: int) -> None:
    assert header(png(width, height)) == Header("image/png", width, height)
    assert header(jpeg(width, height)) == Header("image/jpeg", width, height)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_are_a_picture_with_pixels_or_none(data: bytes, start: bytes) -> None:
    try:
        found = header(start + data)
    except NoPicture:
        return
    assert found.width > 0
    assert found.height > 0


@pytest.mark.parametrize("data", [png(0, 10), jpeg(10, 0), jpeg(10, 10)[:14], png(1, 1)[:20], b"GIF89a", b""])
def test_what_tells_no_size_is_no_picture(data: bytes) -> None:
    with pytest.raises(NoPicture):
        header(data)


def test_a_pdf_may_begin_a_little_late() -> None:
    assert is_pdf(b"\r\n%PDF-1.7")
    assert not is_pdf(bytes(2000) + b"%PDF-1.7")
