"""The live frames: the newest few hundred, of which those that the filter wants are shown."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

from onetrip.technician.tui import view
from onetrip.technician.watch import is_error

ERRORS_ONLY = "err"
_MOST_AT_ONCE = 100  # lines drawn in one go; a flood must not make the keys slow
_KEPT, _TRIMMED = 600, 300
_NEAR = 20  # how far above a conclusion its frame is looked for

Line = Mapping[str, Any]


class FrameTable(DataTable[str]):
    def __init__(self, id: str) -> None:  # noqa: A002 - as every widget
        super().__init__(id=id, cursor_type="row")
        self._kept: deque[Line] = deque(maxlen=_KEPT)
        self._shown: dict[RowKey, Line] = {}
        self._names: Mapping[int, str] = {}
        self.wanted = ""

    def on_mount(self) -> None:
        self.add_columns(*view.FRAME_COLUMNS)

    def take(self, lines: Sequence[Line], names: Mapping[int, str]) -> None:
        """The cursor follows the newest line unless somebody moved it up. `names`: of the ports."""
        self._names = names
        if skipped := max(0, len(lines) - _MOST_AT_ONCE):
            lines = [{"what": "missed", "count": skipped}, *lines[skipped:]]
        self._kept.extend(lines)
        wanted = [line for line in lines if self._is_wanted(line)]
        if self.row_count + len(wanted) > _KEPT:
            self.refill()
            return
        follows = self.cursor_row >= self.row_count - 1
        self._show(wanted)
        if follows and wanted:
            self.move_cursor(row=self.row_count - 1)

    def refill(self) -> None:
        """Anew, with what is kept and wanted."""
        self.clear()
        self._shown.clear()
        self._show([line for line in self._kept if self._is_wanted(line)][-_TRIMMED:])
        self.move_cursor(row=self.row_count - 1)

    def with_its_frame(self, key: RowKey) -> list[Line]:
        """The line; before a conclusion, the frame that it was drawn from."""
        if key not in self._shown:
            return []
        line = self._shown[key]
        if line["what"] != "news":
            return [line]
        at = self.get_row_index(key)
        above = [self._shown[row.key] for row in self.ordered_rows[max(0, at - _NEAR) : at]]
        frames = [one for one in above if one["what"] == "frame" and one["port"] == line["port"]]
        return [*frames[-1:], line]

    def _show(self, lines: Sequence[Line]) -> None:
        for line in lines:
            self._shown[self.add_row(*view.frame_cells(line, self._names))] = line

    def _is_wanted(self, line: Line) -> bool:
        if not self.wanted or line["what"] == "missed":
            return True
        if self.wanted == ERRORS_ONLY:
            return is_error(line)
        return self.wanted.lower() in " ".join(view.frame_cells(line, self._names)).lower()
