"""A collector's points: where each stands follows from the lines of the book, and a table is always the same points."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.survey import BadPoint, corrected, fix_of, made, of_csv, plate_text, read

ID = "01900000-0000-7000-8000-000000000001"
FILLED: dict[str, Any] = {
    "point": ID, "area": "330802013201", "written": "荷花中路1号", "lon": 118.8, "lat": 28.9,
    "taken_at_ms": 1_790_000_000_000,
}  # fmt: skip
GGA = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"
NO_FIX = "$GPGGA,123519,4807.038,N,01131.000,E,0,00,,545.4,M,46.9,M,,*69"


def answer(outcome: str, state: str = "collected", revision: int = 1, reason: str = "") -> dict[str, Any]:
    return {"answer": {"point": ID, "revision": revision, "outcome": outcome, "state": state, "reason": reason}}


def test_a_point_waits_until_the_city_has_answered() -> None:
    lines = [{"book": "b"}, {"kept": FILLED}]
    assert [one.point for one in read(lines).waiting] == [ID]
    assert read([*lines, answer("new")]).waiting == []
    assert read([*lines, answer("same")]).kept[ID].standing == "taken"
    refused = read([*lines, answer("refused", state="", reason="村代码不在采集范围")]).kept[ID]
    assert (refused.standing, refused.reason) == ("refused", "村代码不在采集范围")


def test_what_is_sent_back_waits_again_once_it_is_corrected_and_old_answers_say_nothing_of_it() -> None:
    back = {"returned": {"point": ID, "revision": 1, "reason": "看不清"}}
    lines = [{"book": "b"}, {"kept": FILLED}, answer("new"), back]
    kept = read(lines).kept[ID]
    assert (kept.standing, kept.reason) == ("returned", "看不清")
    again = corrected(kept, {"written": "荷花中路7号"})
    assert (again.revision, again.written, again.point) == (2, "荷花中路7号", ID)
    lines += [{"kept": again.model_dump()}, answer("same", "returned"), back]
    assert read(lines).kept[ID].standing == "waiting"
    assert read([*lines, answer("corrected", revision=2)]).kept[ID].standing == "taken"


def test_a_receivers_sentence_gives_the_place_and_how_good_it_is() -> None:
    assert fix_of(GGA) == {
        "lat": 48.1173, "lon": 11.5166667, "fix": "gnss", "satellites": 8, "hdop": 0.9, "datum": "WGS84",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (GGA[:-2] + "00", "checksum"),
        ("荷花", "checksum"),
        (NO_FIX, "no position"),
    ],
)
def test_a_sentence_that_gives_no_place_is_told(sentence: str, why: str) -> None:
    with pytest.raises(BadPoint, match=why):
        fix_of(sentence)


TABLE = (
    "area,written,lon,lat,satellites,hdop\n"
    "330802013201,荷花中路1号,118.8,28.9,9,0.8\n"
    "330802013201,荷花中路2号,118.81,28.9,,\n"
)


def test_the_same_row_of_the_same_book_is_the_same_point_whenever_it_is_imported() -> None:
    first, later = of_csv(TABLE, "b", 1), of_csv("\ufeff" + TABLE.replace("\n", "\r\n"), "b", 2)
    assert [one.point for one in first] == [one.point for one in later]
    assert len({one.point for one in (*first, *of_csv(TABLE, "another", 1))}) == 4
    assert (first[0].satellites, first[1].hdop, first[1].taken_at_ms) == (9, 99.0, 1)


@pytest.mark.parametrize(
    "row", ["330802013201,荷花中路3号,东,28.9,,", "330802,荷花中路3号,118.8,28.9,,", "x" * 10, '"']
)
def test_a_row_that_cannot_be_is_named(row: str) -> None:
    with pytest.raises(BadPoint, match=r"line 4|not CSV"):
        of_csv(TABLE + row + "\n", "b", 1)


@given(st.text(max_size=200))
def test_any_file_is_points_or_told(text: str) -> None:
    with suppress(BadPoint):
        assert all(made(one.model_dump()) == one for one in of_csv(text, "b", 1))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["荷花中路", "HEHUA ZHONGLU", "12"], "荷花中路12号"),
        (["荷花中路", "12-3", "号"], "荷花中路12-3号"),
        (["荷花 小区", "3幢", "2单元"], "荷花小区3幢2单元"),
        (["HEHUA"], ""),
        ([], ""),
    ],
)
def test_the_lines_of_a_plate_are_its_address(lines: list[str], text: str) -> None:
    assert plate_text(lines) == text
