"""What stands in the first sheet of an Excel file (ECMA-376 part 1, section 18.3), read without a library."""

import io
import zipfile
from xml.etree import ElementTree as ET

_NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def rows_of(book: bytes) -> list[list[str]]:
    """Cells as texts, as a CSV of the same rows has them; an empty one, which the file leaves out, is "". Up to Z."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = ET.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    return [_row(row) for row in sheet.iterfind(".//x:row", _NS)]


def _row(row: ET.Element) -> list[str]:
    cells = {ord(cell.attrib["r"][0]) - ord("A"): _text(cell) for cell in row.iterfind("x:c", _NS)}
    return [cells.get(column, "") for column in range(max(cells) + 1)]


def _text(cell: ET.Element) -> str:
    value = cell.findtext("x:v", "", _NS)
    if cell.get("t") == "b":
        return str(value == "1")
    return cell.findtext("x:is/x:t", value, _NS)
