"""Rows as files for spreadsheets: CSV (RFC 4180) and Excel (ECMA-376), streamed, however many there are."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import xlsxwriter

SHEET_ROWS = 1_048_576  # what one sheet holds, with its heading
_PORTION = 1 << 16
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Iterable[Mapping[str, Any]]


def as_csv(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """UTF-8 with a byte-order mark, as spreadsheets want it. What looks like a formula has an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue()
    for row in rows:
        text.seek(0)
        text.truncate()
        writer.writerow([_harmless(_plain(row[name])) for name in columns])
        yield text.getvalue()


def as_workbook(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """A row at a time goes to the disk, so that memory stays small. A text is a text there, never a formula.

    More rows than a sheet holds go on in the next one.
    """
    with tempfile.TemporaryFile() as file:
        _fill(file, columns, rows)
        file.seek(0)
        while portion := file.read(_PORTION):
            yield portion


def _fill(file: IO[bytes], columns: Sequence[str], rows: Rows) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet, at = book.add_worksheet(), 0
        sheet.write_row(0, 0, columns)
        for row in rows:
            at += 1
            if at == SHEET_ROWS:
                sheet, at = book.add_worksheet(), 1
                sheet.write_row(0, 0, columns)
            for column, name in enumerate(columns):
                _write(sheet, at, column, _plain(row[name]))


def _write(sheet: Any, row: int, column: int, value: Any) -> None:
    match value:
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | float():
            sheet.write_number(row, column, value)
        case None:
            sheet.write_blank(row, column, None)
        case _:
            sheet.write_string(row, column, str(value))


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value
