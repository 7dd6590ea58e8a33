"""The device console in a real Chromium, before a real `onetrip field` whose devices are simulated."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.adapters.control_client import ControlClient
from edge.adapters.technician_account import set_password
from simulators.bench import Bench, links, make_ports
from simulators.bench_control import BenchControl
from simulators.facilities import CARE_HOME, write_profile
from tests import servers
from tests.browser.console_box import Box
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(120)

HERE = Path(__file__).parent
PASSWORD = "correct horse 马"
DESK = {"width": 1280, "height": 800}
RULES = {"bed_exit_after_s": 3600, "out_of_range_hold_s": 3600, "bed_exit_hours": [0, 24]}
RULES_OF_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Controls that are smaller than 32 px; table rows, bytes, and what only screen readers see are none.
SMALL = """() => [...document.querySelectorAll("button, select, textarea, a.button, a.device, input")]
  .filter((e) => e.getClientRects().length && !e.closest("#hex"))
  .filter((e) => (e.type === "checkbox" ? e.parentElement : e).getBoundingClientRect().height < 32)
  .map((e) => e.id || e.textContent.trim())"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """Devices and a facility file; no process yet."""
    directory = tmp_path_factory.mktemp("box")
    with Bench(make_ports(CARE_HOME, directory / "dev", seed=7)) as bench, BenchControl(bench, directory) as control:
        store, listen = directory / "store", f"127.0.0.1:{servers.free_port()}"
        path = write_profile(CARE_HOME, directory, links(bench.ports), store=store, rules=RULES)
        text = path.read_text(encoding="utf-8")
        path.write_text(f'{text}\n[console]\nlisten = "{listen}"\nsimulator = "{control.path}"\n', encoding="utf-8")
        set_password(store, PASSWORD)
        yield Box(f"http://{listen}", path, store, bench, ControlClient(store))


@pytest.fixture(scope="module")
def box(bare: Box) -> Iterator[Box]:
    with bare.field(), bare.console():
        yield bare


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page whose console must stay silent and that must ask nobody else."""
    said: list[str] = []
    hosts: set[str | None] = set()
    context = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
    one = context.new_page()
    one.on("console", lambda message: said.append(message.text))
    one.on("pageerror", lambda error: said.append(str(error)))
    one.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    yield one
    context.close()
    expected = ("ERR_CONNECTION", "ERR_INCOMPLETE", "401", "Clear-Site-Data")  # a server that ends, a log-in, a log-out
    assert [text for text in said if not any(one in text for one in expected)] == []
    assert hosts <= {"127.0.0.1"}


@pytest.fixture
def console(box: Box, page: Page) -> Page:
    return log_in(box, page)


def log_in(box: Box, page: Page, lang: str = "zh") -> Page:
    page.goto(f"{box.address}/login?lang={lang}")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#rows [role=row]").first.wait_for(timeout=20_000)
    return page


def choose(page: Page, device: str) -> None:
    page.click(f"#d-{device}")
    expect(page.locator("#tool-device h3")).to_contain_text(device)


def total(page: Page) -> int:
    found = re.search(r"/ (\d+)", page.locator("#shown").inner_text())
    assert found is not None
    return int(found[1])


@pytest.fixture(scope="session")
def axe() -> str:
    return (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    script = "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })"
    found = page.evaluate(script, RULES_OF_AXE)["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


# log-in


def test_a_wrong_password_is_refused_and_the_right_one_opens(box: Box, page: Page) -> None:
    page.goto(box.address)
    expect(page).to_have_url(re.compile("/login"))
    expect(page.locator("#password")).to_be_focused()
    page.fill("#password", "wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("密码不对")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("设备控制台")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("#password")).to_be_visible()
    page.go_back()
    expect(page.locator("#password")).to_be_visible()


# frames


def test_frames_appear_decoded_beside_their_bytes(console: Page) -> None:
    choose(console, "fridge-1")
    console.check("#only")
    console.select_option("#direction", "rx")
    answer = console.locator("#rows .rx").last
    answer.wait_for(timeout=15_000)
    expect(answer).to_contain_text("fridge-1")
    expect(answer).to_contain_text("✓")
    answer.click()
    rows = console.locator("#parts tr")
    expect(rows.first).to_contain_text("单元地址 unit")
    expect(console.locator("#hex button")).to_have_count(9)
    rows.nth(2).hover()
    expect(console.locator("#hex button.lit")).to_have_text(["04"])
    rows.nth(3).focus()
    expect(console.locator("#hex button.lit")).to_have_count(2)
    console.locator("#hex button").first.focus()
    expect(rows.first).to_have_class("lit")
    for _ in range(8):
        console.keyboard.press("ArrowRight")
    expect(rows.last).to_have_class("lit")
    expect(console.locator("#hex button").last).to_be_focused()


def test_pause_stops_the_drawing_and_not_the_frames(console: Page) -> None:
    console.locator("#grid").focus()
    console.keyboard.press("Space")
    expect(console.locator("#pause")).to_have_attribute("aria-pressed", "true")
    drawn = console.locator("#rows").inner_text()
    expect(console.locator("#shown")).to_contain_text(re.compile(r"新收 [1-9]\d* 行"), timeout=10_000)
    assert console.locator("#rows").inner_text() == drawn
    console.keyboard.press("Space")
    expect(console.locator("#pause")).to_have_attribute("aria-pressed", "false")
    console.wait_for_function("drawn => document.getElementById('rows').innerText !== drawn", arg=drawn)


def test_the_filter_finds_text_hex_direction_device_and_errors(box: Box, console: Page) -> None:
    console.keyboard.press("/")
    expect(console.locator("#filter")).to_be_focused()
    terminal = box.bench.find(CARE_HOME.id, "fall-101").terminal
    box.bench.do(lambda: terminal.write(bytes.fromhex("53 59 FF FF")))
    box.bench.act(CARE_HOME.id, "fall-101", "fall")
    console.fill("#filter", "err dev=fall-101")
    error = console.locator("#rows .error").first
    error.wait_for(timeout=15_000)
    expect(error).to_contain_text("▲")
    console.fill("#filter", "Fall/Detected")
    console.locator("#rows .news").first.wait_for(timeout=15_000)
    assert "Fall/Detected" in console.locator("#rows [role=row]").first.inner_text()
    console.fill("#filter", "535983")
    console.locator("#rows .rx").first.wait_for(timeout=15_000)
    shown = set(console.locator("#rows [role=row]").evaluate_all("rows => rows.map(r => r.classList[0])"))
    assert "rx" in shown
    assert shown <= {"rx", "tx"}  # bytes alone: the box may have asked the radar again
    console.fill("#filter", "dir=tx dev=fridge")
    console.locator("#rows .tx").first.wait_for(timeout=15_000)
    console.fill("#filter", "there is no such frame")
    expect(console.locator("#rows [role=row]")).to_have_count(0)
    expect(console.locator("#shown")).to_contain_text("显示 0 /")
    box.bench.act(CARE_HOME.id, "fall-101", "stand_up")


def test_keys_move_mark_and_help(console: Page) -> None:
    console.locator("#rows [role=row]").nth(3).wait_for()  # on a busy machine the first frames come late
    console.locator("#grid").focus()
    console.keyboard.press("k")
    first = console.locator("#rows [aria-selected=true]").get_attribute("id") or ""
    console.keyboard.press("k")
    second = console.locator("#rows [aria-selected=true]")
    expect(second).not_to_have_attribute("id", first)
    expect(console.locator("#grid")).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "")
    console.keyboard.press("m")
    expect(second).to_contain_text("★")
    console.keyboard.press("j")
    expect(console.locator(f"#{first}")).to_have_attribute("aria-selected", "true")
    console.keyboard.press("?")
    expect(console.locator("#help")).to_be_visible()
    console.keyboard.press("Escape")
    expect(console.locator("#help")).to_be_hidden()
    console.keyboard.press("r")
    expect(console.locator("#record-name")).to_be_focused()
    console.locator("#grid").focus()
    console.keyboard.press("f")
    expect(console.locator("#panel-drill")).to_be_visible()


def test_two_hundred_frames_a_second_leave_the_page_quick(box: Box, console: Page) -> None:
    """The flood comes through the whole path: pseudo terminal, driver, control socket, stream, list."""
    frame = bytes.fromhex("53 59 80 03 00 01 00 30 54 43")  # nobody moves
    terminal = box.bench.find(CARE_HOME.id, "fall-102").terminal
    before, began = total(console), time.monotonic()
    slowest = 0.0
    while time.monotonic() - began < 5:
        box.bench.do(lambda: terminal.write(frame * 10))
        time.sleep(0.04)
        typed = time.monotonic()
        console.evaluate("() => new Promise(requestAnimationFrame)")
        slowest = max(slowest, time.monotonic() - typed)
    rate = (total(console) - before) / (time.monotonic() - began)
    assert rate > 150
    assert slowest < 0.5
    assert console.locator("#rows [role=row]").count() < 60
    console.fill("#filter", "typed while it floods")
    expect(console.locator("#filter")).to_have_value("typed while it floods")


# deeds


def test_an_action_is_sent_to_the_device(console: Page) -> None:
    choose(console, "call-101-1")
    console.check("#only")
    console.select_option("#direction", "tx")
    form = console.locator("#tool-device form", has=console.locator("[name=action][value=sniff_on]"))
    form.get_by_role("button").click()
    expect(console.locator("#said")).to_contain_text("✓ 已发出")
    expect(console.locator("#rows .tx").first).to_contain_text("7", timeout=10_000)


def test_what_a_device_refuses_is_said(console: Page) -> None:
    choose(console, "fall-101")
    console.click("#tab-simulator")
    console.select_option("#simulator-verb", "fall")
    console.fill("#simulator-arguments", "one two three four")
    console.locator("#tool-simulator").get_by_role("button", name="执行").click()
    expect(console.locator("#said")).to_contain_text("▲ 做不到")
    console.fill("#simulator-arguments", "")
    console.locator("#tool-simulator").get_by_role("button", name="执行").click()
    expect(console.locator("#said")).to_contain_text("✓ 已发出")
    console.select_option("#simulator-verb", "stand_up")
    console.locator("#tool-simulator").get_by_role("button", name="执行").click()


def test_a_drill_has_a_banner_that_counts_down_and_stops(box: Box, console: Page, browser: Browser) -> None:
    choose(console, "call-101-2")
    console.click("#tab-drill")
    drill = console.locator("#tool-drill form").first
    drill.locator("[name=fault]").select_option("loss")
    expect(drill.locator("[name='loss.p']")).to_be_visible()
    expect(drill.locator("[name='bit_flips.p']")).to_be_hidden()
    drill.locator("[name='loss.p']").fill("0.5")
    drill.get_by_role("button").click()
    banner = console.locator("#banner .red")
    expect(banner).to_contain_text("演练进行中")
    expect(banner).to_contain_text("call-101-2 · 线路故障 · loss · technician")
    expect(banner.locator(".left")).to_contain_text(re.compile(r"剩余 5\d 秒"))
    expect(console.locator("#d-call-101-2 .drill")).to_be_visible()
    assert box.control.ask({"do": "status"})["drills"][0]["by"] == "technician"
    context = browser.new_context()
    elsewhere = log_in(box, context.new_page(), "en")
    expect(elsewhere.locator("#banner .red")).to_contain_text("Drill going on")
    context.close()
    banner.get_by_role("button").click()
    expect(console.locator("#said")).to_contain_text("演练已停止")
    expect(banner).to_have_count(0)
    expect(console.locator("#d-call-101-2 .drill")).to_have_count(0)


def test_a_drill_ends_by_itself(console: Page) -> None:
    choose(console, "fall-102")
    console.click("#tab-drill")
    console.fill("#drill-bytes", "53 59 83 01 00 01 01 32 54 43")
    console.fill("#bytes-seconds", "3")
    console.locator("#tool-drill form").nth(1).get_by_role("button").click()
    expect(console.locator("#banner .red")).to_contain_text("注入帧")
    console.fill("#filter", "演练")
    expect(console.locator("#rows [role=row]").first).to_contain_text("[演练]")
    expect(console.locator("#banner .red")).to_have_count(0, timeout=10_000)


def test_a_fault_on_the_simulator_makes_the_device_fail_and_is_cleared(console: Page) -> None:
    choose(console, "fridge-1")
    console.click("#tab-simulator")
    fault = console.locator("#tool-simulator form").nth(1)
    fault.locator("[name=fault]").select_option("unplug")
    fault.get_by_role("button").click()
    expect(console.locator("#banner .red")).to_contain_text("模拟器故障进行中")
    expect(console.locator("#d-fridge-1 .state")).to_contain_text("离线", timeout=15_000)
    console.locator("#banner").get_by_role("button").click()
    expect(console.locator("#banner .red")).to_have_count(0)
    expect(console.locator("#d-fridge-1 .state")).to_contain_text("在线", timeout=30_000)


def test_counters_are_compared_from_now(console: Page) -> None:
    console.click("#zero")
    cell = console.locator("[data-cell='count.8.Frames']")
    more = cell.locator(".more")
    expect(more).to_have_text(re.compile(r"\+\d+"), timeout=10_000)
    since, whole = (int(text.strip().partition(" ")[0]) for text in (more.inner_text(), cell.inner_text()))
    assert since < whole
    eventually("it counts on", lambda: int(more.inner_text()) > since, 10)


def test_a_recording_replays_to_the_same_events(box: Box, console: Page) -> None:
    console.click("#tab-recording")
    console.fill("#record-name", "browser-1")
    console.get_by_role("button", name="开始录制").click()
    expect(console.locator("#recording")).to_contain_text("正在录制", timeout=20_000)
    eventually("it records", box.is_up, 20)
    here = total(console)
    console.wait_for_function(
        "n => Number(document.getElementById('shown').textContent.match(/\\/ (\\d+)/)[1]) > n + 20",
        arg=here,
        timeout=8_000,
    )  # frames go on though the field process began afresh
    before = box.control.ask({"do": "status"})["outbox"]["last_event"]
    box.bench.act(CARE_HOME.id, "call-102-2", "press")
    eventually("a call", lambda: box.control.ask({"do": "status"})["outbox"]["last_event"] > before, 15)
    console.get_by_role("button", name="停止录制").click()
    files = console.locator("#recording .files")
    expect(files).to_contain_text("browser-1")
    with console.expect_download() as download:
        files.get_by_role("link", name="下载").click()
    assert download.value.path().read_bytes()[:5] == b"OTREC"
    files.get_by_role("button", name="回放").click()
    expect(console.locator("#replay .verdict")).to_contain_text("✓ 事件逐字节相同", timeout=30_000)
    expect(console.locator("#replay table")).to_contain_text("alarm.raised")


def test_the_page_says_that_the_field_process_is_gone_and_comes_back_with_it(bare: Box, page: Page) -> None:
    """Runs on a store of its own: the module's box stays as it is."""
    store, profile = bare.store.with_name("twin"), bare.profile.with_name("twin.toml")
    twin = Box(f"http://127.0.0.1:{servers.free_port()}", profile, store, bare.bench, ControlClient(store))
    text = bare.profile.read_text(encoding="utf-8").replace(str(bare.store), str(twin.store))
    twin.profile.write_text(
        re.sub('listen = ".*"', f'listen = "{urlsplit(twin.address).netloc}"', text), encoding="utf-8"
    )
    set_password(twin.store, PASSWORD)
    with twin.console():
        page.goto(twin.address)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#banner")).to_contain_text("现场进程没有应答")
        expect(page.locator("#tabs")).to_be_visible()  # the scripts run
    expect(page.locator("#lost")).to_be_visible(timeout=10_000)
    with twin.console():  # sessions are in memory: a restart logs out
        expect(page.locator("#password")).to_be_visible(timeout=15_000)
        expect(page.get_by_role("alert")).to_contain_text("登录已过期")


# for everybody


@pytest.mark.parametrize(
    ("lang", "scheme", "width"), [("zh", "light", 1280), ("en", "dark", 1920), ("en", "light", 390)]
)
def test_every_state_passes_the_accessibility_rules(
    box: Box, browser: Browser, axe: str, lang: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(f"{box.address}/login?lang={lang}")
    assert violations(page, axe) == []
    log_in(box, page, lang)
    assert violations(page, axe) == []
    choose(page, "fridge-1")
    page.check("#only")
    page.select_option("#direction", "rx")
    page.locator("#rows .rx").last.click(timeout=20_000)
    page.locator("#parts tr").first.focus()
    for tab in ("device", "drill", "simulator", "recording", "commission"):
        page.click(f"#tab-{tab}")
        assert violations(page, axe) == []
        assert page.evaluate(SMALL) == []
    drill = box.control.ask({"do": "drill", "device": "bed-101-1", "by": "t", "for_s": 60, "fault": "loss"})["drill"]
    page.locator("#banner .red").wait_for()
    assert violations(page, axe) == []
    box.control.ask({"do": "end_drill", "drill": drill})
    page.click("#show-help")
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_accessibility_rules_find_what_is_wrong(page: Page, axe: str, box: Box) -> None:
    page.goto(f"{box.address}/login")
    page.evaluate("document.querySelector('label[for=password]').remove()")
    assert any(found.startswith("label") for found in violations(page, axe))


def test_works_without_scripts(box: Box, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(box.address)
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    expect(page.locator("noscript p")).to_be_visible()
    page.click("#d-fall-101")
    page.select_option("#simulator-verb", "stand_up")
    page.locator("#tool-simulator form").first.get_by_role("button").click()
    expect(page.locator("#said")).to_contain_text("已发出")
    context.close()


def test_the_whole_page_is_small(console: Page) -> None:
    sizes = console.evaluate("""() => performance.getEntriesByType("resource")
      .filter((e) => e.name.includes("/static/")).map((e) => [e.name, e.decodedBodySize])""")
    assert len(sizes) >= 5
    assert sum(size for _, size in sizes) < 80_000, json.dumps(sizes)
