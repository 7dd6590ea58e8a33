"""A collector's book: what was told to be kept is there after any power cut; a line that is not whole is nobody's."""

from pathlib import Path

import pytest

from edge.adapters.survey_book import SurveyBook
from edge.domain.survey import BadPoint


def test_lines_stay_in_their_order(tmp_path: Path) -> None:
    book = SurveyBook(tmp_path / "b.ndjson", "name")
    with book.writing() as opened:
        opened.add([{"kept": {"written": "荷花𠮷\n路"}}, {"answer": {}}])
    with SurveyBook(tmp_path / "b.ndjson", "another").writing() as opened:
        assert opened.lines == [{"book": "name"}, {"kept": {"written": "荷花𠮷\n路"}}, {"answer": {}}]


def test_wherever_the_power_goes_all_lines_but_the_last_are_there_and_the_book_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "b.ndjson"
    with SurveyBook(path, "name").writing() as opened:
        opened.add([{"n": 1}, {"n": 2}])
    whole = path.read_bytes()
    kept = len(whole) - len(b'{"n": 2}\n')
    for size in range(kept, len(whole)):
        path.write_bytes(whole[:size])
        with SurveyBook(path, "name").writing() as opened:
            assert opened.lines == [{"book": "name"}, {"n": 1}]
            opened.add([{"n": 3}])
        with SurveyBook(path, "name").writing() as opened:
            assert opened.lines == [{"book": "name"}, {"n": 1}, {"n": 3}]


def test_a_book_that_was_not_begun_when_the_power_went_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "b.ndjson"
    for torn in (b"", b'{"bo'):
        path.write_bytes(torn)
        with SurveyBook(path, "name").writing() as opened:
            assert opened.lines == [{"book": "name"}]


def test_two_commands_do_not_write_at_once(tmp_path: Path) -> None:
    book = SurveyBook(tmp_path / "b.ndjson", "name", patience_s=0.1)
    with book.writing(), pytest.raises(BadPoint, match="another command"), book.writing():
        pass


def test_another_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("area,written\n1,2\n", encoding="utf-8")
    with pytest.raises(BadPoint, match="not a book"), SurveyBook(path, "name").writing():
        pass
    assert path.read_text(encoding="utf-8") == "area,written\n1,2\n"
