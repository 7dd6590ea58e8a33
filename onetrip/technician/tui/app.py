"""The terminal UI: devices above, live frames in the middle, the chosen frame's bytes and parts below."""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Footer, Input, Static

from edge.adapters.control_client import ControlClient
from edge.compose.commissioning import make_commissioning
from edge.settings import Profile
from firmware_bridge.faults import LINE_FAULTS, UNPLUG
from onetrip.technician.agent import pairs
from onetrip.technician.tui import view
from onetrip.technician.tui.commission_screen import CommissionScreen
from onetrip.technician.tui.dialogs import Field, Form, Help
from onetrip.technician.tui.feed import Feed
from onetrip.technician.watch import is_error

_DRAW_S = 0.25
_MOST_AT_ONCE = 100  # lines drawn in one go; a flood must not make the keys slow
_KEPT, _TRIMMED = 600, 300
_ERRORS_ONLY = "err"

HELP = (
    "空格 space   暂停显示 pause: 只停显示，不停接收 stops drawing only",
    "/            过滤 filter: 文字，err 只看错误 a text; err for errors only",
    "r            录制 record: 再按停止 again to stop",
    "d            演练 drill: 故障或字节 a fault or bytes",
    "t            测试 test: 触发救命设备 make it do what it is for",
    "a            操作 action of the driver",
    "c            验收 commission: 逐步检查并签名 step by step, signed",
    "x            结束演练 end the drill",
    "Tab ↑ ↓      切换和选择 switch and choose",
    "q            退出 quit",
    "● 在线 on line   ▬ 离线 off line   ▲ 错误 error   ◆ 待办或演练 to do, drill   ✓ 已验证 proven",
)


class TechnicianApp(App[None]):
    CSS = """
    #top { height: 1; background: $panel; }
    #banner { height: auto; background: $error; color: $text; display: none; }
    #banner.on { display: block; }
    #devices { height: 8; }
    #frames { height: 1fr; }
    #detail { height: 5; border-top: solid $accent; }
    #filter { display: none; }
    #filter.on { display: block; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "暂停", key_display="SPC", priority=False),
        Binding("slash", "filter", "过滤", key_display="/"),
        Binding("r", "record", "录制"),
        Binding("d", "drill", "演练"),
        Binding("t", "test", "测试"),
        Binding("a", "act", "操作"),
        Binding("c", "commission", "验收"),
        Binding("x", "end_drill", "止演练"),
        Binding("q", "quit", "退出"),
        Binding("question_mark", "help", "帮助", key_display="?"),
        Binding("escape", "close_filter", "", show=False),
    ]

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self._profile = profile
        self._client = ControlClient(profile.store.directory)
        self._feed = Feed(self._client)
        self._kept: deque[Mapping[str, Any]] = deque(maxlen=_KEPT)
        self._by = ""
        self.paused = False
        self.filter = ""

    def compose(self) -> ComposeResult:
        yield Static("", id="top", markup=False)
        yield Static("", id="banner", markup=False)
        yield DataTable(id="devices", cursor_type="row", zebra_stripes=True)
        yield DataTable(id="frames", cursor_type="row")
        with VerticalScroll(id="detail"):
            yield Static("", id="parts", markup=False)
        yield Input(placeholder="过滤 filter: 文字 text, err", id="filter", compact=True)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        for table, columns in (("#devices", view.DEVICE_COLUMNS), ("#frames", view.FRAME_COLUMNS)):
            self._table(table).add_columns(*columns)
        self._table("#devices").focus()
        self._feed.start()
        self.set_interval(_DRAW_S, self._draw)
        self._draw()

    def on_unmount(self) -> None:
        self._feed.stop()

    # drawing

    def _draw(self) -> None:
        if len(self.screen_stack) > 1:
            return  # what is hidden waits
        self._draw_top()
        if status := self._feed.status:
            self._draw_banner(status)
            self._draw_devices(status)
            if not self.paused:
                self._draw_frames(view.port_names(status))

    def _draw_top(self) -> None:
        facility, trouble = self._profile.facility, self._feed.trouble
        simulated = "[模拟 SIM] " if facility.simulated else ""
        link = "▬ 代理无应答，重连中 no agent, trying again" if trouble else "● 已连接 connected"
        more = "  ‖ 暂停 paused" if self.paused else ""
        more += f"  /{self.filter}" if self.filter else ""
        self.query_one("#top", Static).update(f"{simulated}{facility.name_zh}  {link}{more}")

    def _draw_banner(self, status: Mapping[str, Any]) -> None:
        told = [
            f"◆ 演练中 DRILL {drill['device']} {drill['kind']} {drill['what']} by {drill['by']}  (x 结束 ends it)"
            for drill in status["drills"]
        ]
        recording = status["recording"]
        if recording and not recording["ended_because"]:
            told.append(f"● 录制 REC {recording['file']}  {recording['entries']}")
        banner = self.query_one("#banner", Static)
        banner.update("\n".join(told))
        banner.set_class(bool(told), "on")

    def _draw_devices(self, status: Mapping[str, Any]) -> None:
        table, rows = self._table("#devices"), view.device_rows(status)
        if [key for key, _ in rows] != [key.value for key in table.rows]:
            table.clear()
            for key, cells in rows:
                table.add_row(*cells, key=key)
            return
        for row, (_, cells) in enumerate(rows):
            for column, cell in enumerate(cells):
                if table.get_cell_at((row, column)) != cell:  # type: ignore[arg-type]
                    table.update_cell_at((row, column), cell, update_width=True)  # type: ignore[arg-type]

    def _draw_frames(self, names: Mapping[int, str]) -> None:
        fresh = self._feed.take()
        if skipped := max(0, len(fresh) - _MOST_AT_ONCE):
            fresh = [{"what": "missed", "count": skipped}, *fresh[skipped:]]
        self._kept.extend(fresh)
        wanted = [line for line in fresh if self._is_wanted(line, names)]
        table = self._table("#frames")
        if table.row_count + len(wanted) > _KEPT:
            self._fill_frames(names)
            return
        follows = table.cursor_row >= table.row_count - 1
        self._add(table, wanted, names)
        if follows and wanted:
            table.move_cursor(row=table.row_count - 1)

    def _fill_frames(self, names: Mapping[int, str]) -> None:
        """Anew, with what is kept and wanted."""
        table = self._table("#frames")
        table.clear()
        self._add(table, [line for line in self._kept if self._is_wanted(line, names)][-_TRIMMED:], names)
        table.move_cursor(row=table.row_count - 1)

    @staticmethod
    def _add(table: "DataTable[str]", lines: list[Mapping[str, Any]], names: Mapping[int, str]) -> None:
        for line in lines:
            table.add_row(*view.frame_cells(line, names), key=None)
        table.lines = [*getattr(table, "lines", [])[-(table.row_count - len(lines)):], *lines]  # type: ignore[attr-defined]

    def _is_wanted(self, line: Mapping[str, Any], names: Mapping[int, str]) -> bool:
        if not self.filter or line["what"] == "missed":
            return True
        if self.filter == _ERRORS_ONLY:
            return is_error(line)
        return self.filter.lower() in " ".join(view.frame_cells(line, names)).lower()
