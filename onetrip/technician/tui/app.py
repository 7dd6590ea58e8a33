"""The terminal UI: devices above, live frames in the middle, the chosen frame's bytes and parts below."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Footer, Input, Static

from edge.adapters.control_client import ControlClient
from edge.compose.commissioning import make_commissioning
from edge.settings import Profile
from onetrip.technician.tui import forms, view
from onetrip.technician.tui.commission_screen import CommissionScreen
from onetrip.technician.tui.dialogs import Form, Help
from onetrip.technician.tui.feed import Feed
from onetrip.technician.tui.frame_table import FrameTable

_DRAW_S = 0.25
HELP = (
    "空格 space   暂停显示：接收照常  pause: drawing stops, nothing else",
    "/            过滤：文字；err 只看错误  filter: a text; err: errors",
    "r            录制；再按停止  record; again to stop",
    "d / x        演练：故障或字节 / 结束  drill: a fault or bytes / end it",
    "t            测试：触发救命设备  test: make it do what it is for",
    "a            驱动的操作  an action of the driver",
    "c            验收：逐步检查并签名  commission: step by step, signed",
    "Tab ↑ ↓      切换和选择  switch and choose",
    "q / Esc      退出 / 关闭  quit / close",
    "",
    "● 在线 on line  ▬ 离线 off line  ▲ 错误 error",
    "◆ 待办、演练 to do, drill  ✓ 已验证 proven",
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
        Binding("space", "pause", "暂停", key_display="SPC"),
        Binding("slash", "filter", "过滤", key_display="/"),
        Binding("r", "record", "录制"),
        Binding("d", "drill", "演练"),
        Binding("x", "end_drill", "止演练"),
        Binding("t", "test", "测试"),
        Binding("a", "act", "操作"),
        Binding("c", "commission", "验收"),
        Binding("q", "quit", "退出"),
        Binding("question_mark", "help", "帮助", key_display="?"),
        Binding("escape", "close_filter", "", show=False),
    ]

    def __init__(self, profile: Profile, stopping: threading.Event) -> None:
        super().__init__()
        self._stopping = stopping
        self._profile = profile
        self._client = ControlClient(profile.store.directory)
        self._feed = Feed(self._client)
        self._by = ""  # who works here, once it was said
        self.paused = False

    def compose(self) -> ComposeResult:
        yield Static("", id="top", markup=False)
        yield Static("", id="banner", markup=False)
        yield DataTable(id="devices", cursor_type="row", zebra_stripes=True)
        yield FrameTable(id="frames")
        with VerticalScroll(id="detail"):
            yield Static("", id="parts", markup=False)
        yield Input(placeholder="过滤 filter: 文字 text / err", id="filter", compact=True)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self._devices.add_columns(*view.DEVICE_COLUMNS)
        self._devices.focus()
        self._feed.start()
        self.set_interval(_DRAW_S, self._draw)

    def on_unmount(self) -> None:
        self._feed.stop()

    # drawing

    @property
    def _devices(self) -> "DataTable[str]":
        table: DataTable[str] = self.screen_stack[0].query_one("#devices", DataTable)
        return table

    @property
    def _frames(self) -> FrameTable:
        return self.screen_stack[0].query_one("#frames", FrameTable)

    def _draw(self) -> None:
        if self._stopping.is_set():
            self.exit()
        if len(self.screen_stack) > 1 or not self.screen.query("#frames"):
            return  # what is hidden waits; nothing is left while the screen goes down
        self._draw_top()
        if (status := self._feed.status) is not None:
            self._draw_banner(status)
            self._draw_devices(status)
            if not self.paused:
                self._frames.take(self._feed.take(), view.port_names(status))

    def _draw_top(self) -> None:
        facility = self._profile.facility
        link = "▬ 代理无应答，重连中 no agent, trying again" if self._feed.trouble else "● 已连接 connected"
        text = f"{'[模拟 SIM] ' if facility.simulated else ''}{facility.name_zh}  {link}"
        text += "  ‖ 暂停 paused" if self.paused else ""
        text += f"  /{self._frames.wanted}" if self._frames.wanted else ""
        self.query_one("#top", Static).update(text)

    def _draw_banner(self, status: Mapping[str, Any]) -> None:
        told = view.banner(status)
        banner = self.query_one("#banner", Static)
        banner.update("\n".join(told))
        banner.set_class(bool(told), "on")

    def _draw_devices(self, status: Mapping[str, Any]) -> None:
        table, rows = self._devices, view.device_rows(status)
        if [key for key, _ in rows] != [key.value for key in table.rows]:
            table.clear()
            for key, cells in rows:
                table.add_row(*cells, key=key)
            return
        for (key, cells), columns in zip(rows, [list(table.columns)] * len(rows), strict=True):
            for column, cell in zip(columns, cells, strict=True):
                if table.get_cell(key, column) != cell:
                    table.update_cell(key, column, cell, update_width=True)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        table = event.data_table
        if isinstance(table, FrameTable) and (chosen := table.with_its_frame(event.row_key)):
            for parts in self.screen_stack[0].query("#parts").results(Static):  # none while the screen goes down
                parts.update("\n".join(map(view.detail, chosen)))

    # keys

    def action_pause(self) -> None:
        self.paused = not self.paused

    def action_filter(self) -> None:
        box = self.query_one("#filter", Input)
        box.add_class("on")
        box.focus()

    def action_close_filter(self) -> None:
        self.query_one("#filter", Input).remove_class("on")
        self._devices.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "filter":
            self._frames.wanted = event.value.strip()
            self._frames.refill()
            self.action_close_filter()

    def action_help(self) -> None:
        self.push_screen(Help(HELP))

    @work
    async def action_record(self) -> None:
        recording = self._feed.status and self._feed.status["recording"]
        if recording and not recording["ended_because"]:
            self._ask({"do": "stop_recording"}, "录制结束 recorded")
            return
        folder = self._profile.store.directory.absolute() / "recordings"
        filled = await self.push_screen_wait(forms.record(folder / time.strftime("%Y%m%dT%H%M%S.otrec")))
        if filled:
            path = Path(filled["file"])
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._ask({"do": "record", "file": str(path), "for_s": int(filled["seconds"] or 600)}, "开始录制 recording")

    @work
    async def action_drill(self) -> None:
        if device := self._chosen():
            filled = await self._fill(forms.drill(device["id"], self._by))
            if filled:
                self._ask(lambda: forms.drill_request(device["id"], filled), "演练开始 drill begins")

    def action_end_drill(self) -> None:
        for drill in self._feed.status["drills"] if self._feed.status else ():
            self._ask({"do": "end_drill", "drill": drill["id"]}, "演练结束 drill ended")

    @work
    async def action_test(self) -> None:
        if device := self._chosen():
            filled = await self._fill(forms.test(device["id"], self._by))
            if filled:
                request = {"do": "drill", "device": device["id"], "by": filled["by"], "for_s": 120, "test": True}
                self._ask(request, f"请触发 now make it work: {device['id']}")

    @work
    async def action_act(self) -> None:
        device = self._chosen()
        if device is None:
            return
        if not (actions := device["port"]["actions"]):
            self.notify("该驱动没有操作 this driver has no actions", severity="warning")
        else:
            filled = await self._fill(forms.act(device["id"], actions))
            if filled:
                self._ask(lambda: forms.act_request(device["id"], filled), f"已发出 sent: {filled['action']}")

    @work
    async def action_commission(self) -> None:
        if device := self._chosen():
            filled = await self._fill(forms.who(f"验收 Commission {device['id']}", self._by))
            if filled:
                profile, by, name = self._profile, filled["by"], device["id"]
                self.push_screen(CommissionScreen(name, lambda: make_commissioning(profile, name, by)))

    # what they share

    def _chosen(self) -> dict[str, Any] | None:
        """The device under the cursor, with its port."""
        table = self._devices
        if self._feed.status is None or not table.row_count:
            self.notify("还没有设备 no devices yet", severity="warning")
            return None
        key = list(table.rows)[table.cursor_row].value
        return next(
            {**device, "port": port}
            for port in self._feed.status["ports"]
            for device in port["devices"]
            if device["id"] == key
        )

    async def _fill(self, form: Form) -> dict[str, str] | None:
        filled = await self.push_screen_wait(form)
        if filled:
            self._by = filled.get("by", self._by)
        return filled

    @work(thread=True)
    def _ask(self, request: Mapping[str, Any] | Callable[[], Mapping[str, Any]], done: str) -> None:
        """A request that is still to be made may be refused while it is."""
        try:
            answer = self._client.ask(request() if callable(request) else request)
        except (OSError, ValueError) as refused:
            self.call_from_thread(self.notify, f"▲ {refused}", severity="error", timeout=10, markup=False)
        else:
            self.call_from_thread(self.notify, f"✓ {done} {answer.get('file', '')}".rstrip(), markup=False)
