"""The technician's terminal UI at a real box with simulated devices, in a terminal of 80x24."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Select, Static

from edge.settings import load
from onetrip.technician.tui import TechnicianApp
from onetrip.technician.tui.commission_screen import CommissionScreen
from onetrip.technician.tui.dialogs import Form, Help
from onetrip.technician.tui.frame_table import FrameTable
from simulators.bench import Bench, make_ports
from simulators.facilities import CARE_HOME
from tests.system.installation import eventually
from tests.system.test_technician import Box, box

pytestmark = pytest.mark.timeout(120)

Terminal = Pilot[None]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with box(tmp_path_factory.mktemp("tui"), CARE_HOME) as made:
        yield made


def at_the_terminal(home: Box, doing: Callable[[Terminal], Awaitable[None]]) -> None:
    async def sit_down() -> None:
        app = TechnicianApp(load(home.profile), threading.Event())
        async with app.run_test(size=(80, 24), notifications=True) as terminal:
            await see(terminal, "the devices", lambda: devices(terminal).row_count == len(CARE_HOME.devices))
            await doing(terminal)

    asyncio.run(sit_down())


async def see(terminal: Terminal, what: str, ready: Callable[[], Any], seconds: float = 20) -> Any:
    for _ in range(int(seconds / 0.1)):
        await terminal.pause(0.1)
        if answer := ready():
            return answer
    raise AssertionError(f"{what}: not within {seconds} s; the screen says:\n{screen(terminal)}")


def screen(terminal: Terminal) -> str:
    lines = terminal.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def devices(terminal: Terminal) -> "DataTable[str]":
    return terminal.app.screen_stack[0].query_one("#devices", DataTable)


def frames(terminal: Terminal) -> list[list[str]]:
    table = terminal.app.screen_stack[0].query_one(FrameTable)
    return [table.get_row_at(row) for row in range(table.row_count)]


@contextlib.contextmanager
def running(home: Box) -> Iterator[None]:
    field = home.start("field")
    try:
        yield
    finally:
        field.terminate()
        said, _ = field.communicate(timeout=20)
    assert field.returncode == 0, said


async def choose(terminal: Terminal, device: str) -> None:
    table = devices(terminal)
    table.focus()
    table.move_cursor(row=table.get_row_index(device))
    await terminal.pause()


async def fill(terminal: Terminal, **values: str) -> None:
    await see(terminal, "a form", lambda: isinstance(terminal.app.screen, Form))
    for name, value in values.items():
        field = terminal.app.screen.query_one(f"#{name}")
        if isinstance(field, Select):
            field.value = value
        else:
            assert isinstance(field, Input)
            field.value = value
    await terminal.pause()
    await terminal.click("#ok")


def text_of(terminal: Terminal, place: str) -> str:
    return str(terminal.app.screen_stack[0].query_one(place, Static).content)


def test_devices_and_decoded_frames_stand_on_one_screen_of_80_by_24(home: Box) -> None:
    async def look(terminal: Terminal) -> None:
        await see(terminal, "frames", lambda: len(frames(terminal)) > 5)
        await see(terminal, "bytes beside what they mean", lambda: any("=" in row[3] for row in frames(terminal)))
        await terminal.pause(0.5)
        seen = screen(terminal)
        for expected in ("[模拟 SIM]", "● 已连接 connected", "● 在线 on", "bed-101-1", "←RX", "暂停", "验收", "退出"):
            assert expected in seen, seen
        parts = text_of(terminal, "#parts")
        assert parts

    at_the_terminal(home, look)


def errors_of_radar(terminal: Terminal) -> list[list[str]]:
    """The radar's alone: on a busy machine another device may well have given no answer."""
    shown = frames(terminal)
    assert all("=" not in row[1] or "fault" in row[3] for row in shown), shown
    return [row for row in shown if row[2] == "fall-101"]


def test_pause_stops_the_drawing_and_the_filter_chooses(home: Box) -> None:
    async def work(terminal: Terminal) -> None:
        await see(terminal, "frames", lambda: frames(terminal))
        await terminal.press("space")
        await see(terminal, "paused is said", lambda: "暂停 paused" in text_of(terminal, "#top"))
        count = len(frames(terminal))
        await terminal.pause(1.5)
        assert len(frames(terminal)) == count
        await terminal.press("space")
        await see(terminal, "it goes on with what came meanwhile", lambda: len(frames(terminal)) > count)

        await terminal.press("slash", *"fridge", "enter")
        await see(terminal, "only the fridge", lambda: {row[2] for row in frames(terminal)} == {"fridge-1"})
        await terminal.press("slash", *["backspace"] * 6, *"err", "enter")
        await see(terminal, "no error of the radar yet", lambda: not errors_of_radar(terminal))
        home.bench.do(lambda: home.bench.find(CARE_HOME.id, "fall-101").terminal.write(b"\x53\x59\xff"))
        await see(terminal, "the error is marked", lambda: any("▲" in row[1] for row in errors_of_radar(terminal)))

    at_the_terminal(home, work)


def test_a_drill_needs_the_devices_name_and_shows_until_it_is_ended(home: Box) -> None:
    async def work(terminal: Terminal) -> None:
        await choose(terminal, "fall-102")
        await terminal.press("d")
        await fill(terminal, what="bytes", more="53 59 83 01 00 01 01 32 54 43", by="t-17", sure="fall-101")
        await terminal.pause(0.3)
        assert isinstance(terminal.app.screen, Form)  # the wrong device's name
        await fill(terminal, sure="fall-102")
        await see(terminal, "the banner", lambda: "DRILL fall-102 bytes" in text_of(terminal, "#banner"))
        assert all("drill" in alarm for alarm in home.alarms("fall"))
        await terminal.press("x")
        await see(terminal, "the end", lambda: not text_of(terminal, "#banner"))

    at_the_terminal(home, work)


def test_a_test_proves_a_button_and_a_recording_is_written(home: Box) -> None:
    async def work(terminal: Terminal) -> None:
        await choose(terminal, "call-102-2")
        await terminal.press("t")
        await fill(terminal, by="t-17")
        await see(terminal, "the test", lambda: "DRILL call-102-2 test" in text_of(terminal, "#banner"))
        home.act("call-102-2", "press")
        await see(terminal, "proven", lambda: "✓ 0 天前" in devices(terminal).get_row("call-102-2")[4])

        await terminal.press("r")
        await fill(terminal)
        await see(terminal, "recording", lambda: "REC" in text_of(terminal, "#banner"))
        await terminal.pause(1)
        await terminal.press("r")
        await see(terminal, "the end", lambda: "REC" not in text_of(terminal, "#banner"))
        (recording,) = (home.store / "recordings").iterdir()
        assert home.run("replay", str(recording)).returncode == 0

    at_the_terminal(home, work)
    eventually("all devices are on line again", home.is_up, 20)


def test_a_commissioning_asks_step_by_step(home: Box) -> None:
    async def work(terminal: Terminal) -> None:
        await choose(terminal, "call-101-2")
        await terminal.press("c")
        await fill(terminal, by="t-17")
        await see(terminal, "steps", lambda: isinstance(terminal.app.screen, CommissionScreen))
        page = terminal.app.screen
        assert isinstance(page, CommissionScreen)
        await see(terminal, "what to do", lambda: "请在 120 秒内触发设备" in screen(terminal))
        home.act("call-101-2", "press")
        await see(terminal, "the question", lambda: page.asked, 60)
        await see(terminal, "the label", lambda: "urn:onetrip:device:330803-care-01:call-101-2" in screen(terminal))
        await terminal.press("y")
        outcome = await see(terminal, "the outcome", lambda: page.outcome)
        assert "NOT passed" in outcome  # no cloud here
        await see(terminal, "the record", lambda: "✓ 通过 passed  签名记录" in screen(terminal))
        await terminal.press("escape")

    at_the_terminal(home, work)
    assert list((home.store / "commissioning").glob("call-101-2-*.json"))


def test_help_and_refusals_are_said(home: Box) -> None:
    async def work(terminal: Terminal) -> None:
        await terminal.press("question_mark")
        await see(terminal, "help", lambda: isinstance(terminal.app.screen, Help))
        assert "验收：逐步检查并签名" in screen(terminal)
        await terminal.press("escape")
        await see(terminal, "the devices again", lambda: len(terminal.app.screen_stack) == 1)
        await choose(terminal, "fridge-1")
        await terminal.press("a")
        await see(terminal, "no actions", lambda: "该驱动没有操作" in screen(terminal))

    at_the_terminal(home, work)


def test_it_finds_the_agent_again_when_that_starts_again(tmp_path: Path) -> None:
    async def work(home: Box) -> None:
        app = TechnicianApp(load(home.profile), threading.Event())
        async with app.run_test(size=(80, 24)) as terminal:
            with running(home):
                await see(terminal, "connected", lambda: "已连接" in text_of(terminal, "#top"), 40)
                await see(terminal, "frames", lambda: frames(terminal))
            await see(terminal, "nobody answers", lambda: "重连中" in text_of(terminal, "#top"))
            with running(home):
                await see(terminal, "connected again", lambda: "已连接" in text_of(terminal, "#top"), 40)
                before = len(frames(terminal))
                await see(terminal, "frames again", lambda: len(frames(terminal)) > before)

    with Bench(make_ports(CARE_HOME, tmp_path / "dev", seed=7)) as bench:
        asyncio.run(work(Box(tmp_path, CARE_HOME, bench)))


def test_it_ends_when_it_is_told_to(home: Box) -> None:
    async def work() -> None:
        stopping = threading.Event()
        app = TechnicianApp(load(home.profile), stopping)
        async with app.run_test(size=(80, 24)) as terminal:
            stopping.set()
            for _ in range(50):
                await terminal.pause(0.1)
                if not app.is_running:
                    break
        assert not app.is_running

    asyncio.run(work())
