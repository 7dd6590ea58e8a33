"""The alarm board on a nurse's tablet, in a real Chromium, before a real field process of a simulated care home."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from edge.adapters.staff_accounts import StaffAccounts
from simulators.bench import Bench, make_ports
from simulators.facilities import CARE_HOME
from simulators.facilities.kiosk import with_kiosk
from tests import servers
from tests.browser.alarm_desk import NURSE, OTHER, PASSWORD, AlarmDesk, alarm_desk
from tests.browser.kiosk_box import KioskBox
from tests.browser.kiosk_pages import violations
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(120)

TABLET, SMALL_TABLET, PHONE = ({"width": w, "height": h} for w, h in ((1280, 800), (768, 1024), (390, 844)))
SHOWN_WITHIN_S = 2.0
SMALL = """() => [...document.querySelectorAll("main button, main a")].filter((e) => e.getClientRects().length)
  .filter((e) => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)
  .map((e) => e.textContent.trim())"""
WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlarmDesk]:
    with alarm_desk(tmp_path_factory.mktemp("home")) as home, home.field():
        yield home


@pytest.fixture(scope="module")
def address(desk: AlarmDesk) -> Iterator[str]:
    with desk.served() as url:
        yield url


@pytest.fixture(autouse=True)
def a_quiet_home(desk: AlarmDesk) -> Iterator[None]:
    yield
    desk.quiet()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=TABLET, locale="zh-CN", has_touch=True)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """A nurse is logged in at the board. The page is silent in its console and asks nobody else."""
    said: list[str] = []
    hosts: set[str | None] = set()
    one = context.new_page()
    one.on("console", lambda message: said.append(message.text))
    one.on("pageerror", lambda error: said.append(str(error)))
    one.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    yield at_the_board(one, address)
    expected = ("ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_NETWORK", "409", "503", "401")
    assert [text for text in said if not any(one in text for one in expected)] == []
    assert hosts == {"127.0.0.1"}


def at_the_board(page: Page, address: str, number: str = NURSE, first: str = "现在没有报警") -> Page:
    page.goto(f"{address}/login")
    page.fill("#number", number)
    page.fill("#password", PASSWORD)
    page.click("form[action='/login'] button")
    page.locator("nav.tabs a", has_text="报警").click()
    expect(page.locator("#board")).to_contain_text(first)
    return page


def falls(desk: AlarmDesk, page: Page, room: str = "101") -> Locator:
    desk.act(f"fall-{room}", "fall")
    return shown(page, f"{room}室卫生间", "疑似跌倒")


def shown(page: Page, place: str, rule: str) -> Locator:
    found = page.locator(".place", has_text=place).locator(".alarm", has_text=rule)
    expect(found).to_be_visible(timeout=10_000)
    return found


def tap(alarm: Locator, text: str) -> None:
    alarm.page.wait_for_timeout(500)  # a board that has just changed takes no tap
    alarm.get_by_role("button", name=text).tap()


def id_of(alarm: Locator) -> str:
    found = alarm.get_attribute("data-alarm")
    assert found
    return found


def test_a_fall_is_on_the_board_within_two_seconds_and_a_nurse_goes_arrives_and_closes_it(
    desk: AlarmDesk, page: Page
) -> None:
    with page.expect_response("**/alarms/sound**") as sound:
        page.reload()
    assert sound.value.headers["content-type"] == "audio/wav"
    fell_at = time.monotonic()
    alarm = falls(desk, page)
    assert time.monotonic() - fell_at < SHOWN_WITHIN_S
    expect(page.locator("#announce")).to_have_text("疑似跌倒，101室卫生间")
    expect(page).to_have_title("(1) 报警 · " + CARE_HOME.name_zh)
    name = id_of(alarm)
    tap(alarm, "收到，我去")
    expect(page.locator("#told")).to_have_text("记下了：收到，我去")
    expect(alarm.locator(".tag").first).to_have_text("已确认")
    tap(alarm, "我到了")
    expect(alarm.locator(".tag").first).to_have_text("已到场")
    tap(alarm, "处理好了")
    expect(page.locator("#board .quiet")).to_have_text("现在没有报警")
    assert desk.life_of(name) == [
        ("raised", "", ""), ("acknowledged", NURSE, ""), ("attended", NURSE, ""), ("closed", NURSE, "done"),
    ]  # fmt: skip


@pytest.mark.parametrize(("button", "reason"), [("是误报", "false_alarm"), ("已经恢复", "recovered")])
def test_a_false_alarm_and_what_is_well_again_are_closed_as_such(
    desk: AlarmDesk, page: Page, button: str, reason: str
) -> None:
    alarm = falls(desk, page)
    name = id_of(alarm)
    tap(alarm, "我到了")
    tap(alarm, button)
    expect(page.locator("#board .quiet")).to_be_visible()
    eventually("it is closed", lambda: desk.life_of(name)[-1] == ("closed", NURSE, reason), 10)


def test_a_press_at_the_bed_is_on_the_board_and_climbs_while_nobody_goes(desk: AlarmDesk, page: Page) -> None:
    desk.act("call-101-1", "press")
    alarm = shown(page, "101室1床床头", "呼叫")
    expect(alarm.locator(".tag.bad", has_text="已报值班组长")).to_be_visible(timeout=6000)
    before = alarm.locator("time").inner_text()
    page.wait_for_timeout(1500)
    assert alarm.locator("time").inner_text() > before


def test_the_worst_stands_first_whatever_came_first(desk: AlarmDesk, page: Page) -> None:
    desk.act("call-102-1", "press")
    shown(page, "102室1床床头", "呼叫")
    falls(desk, page)
    assert page.locator(".place h2").all_inner_texts() == ["101室卫生间", "102室1床床头"]


def test_two_nurses_cannot_both_be_the_first(desk: AlarmDesk, page: Page, browser: Browser, address: str) -> None:
    without_scripts = browser.new_context(java_script_enabled=False)
    other = at_the_board(without_scripts.new_page(), address, OTHER)
    alarm = falls(desk, page)
    other.goto(f"{address}/alarms")
    tap(alarm, "收到，我去")
    expect(alarm.locator(".tag").first).to_have_text("已确认")
    with other.expect_response("**/alarms/step") as answer:
        other.get_by_role("button", name="收到，我去").click()
    assert answer.value.status == 409
    expect(other.get_by_role("status")).to_have_text("同事已经在去的路上")
    assert [by for step, by, _ in desk.life_of(id_of(alarm)) if step == "acknowledged"] == [NURSE]
    without_scripts.close()


def test_works_without_scripts(desk: AlarmDesk, browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=SMALL_TABLET)
    page = at_the_board(context.new_page(), address)
    desk.act("fall-102", "fall")
    shown(page, "102室卫生间", "疑似跌倒")  # the page loads itself again
    for button in ("收到，我去", "我到了", "处理好了"):
        page.locator(".alarm").get_by_role("button", name=button).click()
        expect(page.get_by_role("status")).to_have_text(f"记下了：{button}")
    expect(page.locator("#board .quiet")).to_be_visible()
    context.close()


def test_a_drill_stands_apart_and_calls_nobody(desk: AlarmDesk, page: Page) -> None:
    sounds: list[str] = []
    page.evaluate("""() => {
      window.plays = 0;
      const play = HTMLMediaElement.prototype.play;
      HTMLMediaElement.prototype.play = function () { window.plays += 1; return play.call(this); };
    }""")
    page.on("request", lambda request: sounds.append(request.url) if "/sound" in request.url else None)
    press = "AA A4 29 04 01 5E 04 1A 1A 2B 38 55"
    desk.control.ask({"do": "drill", "device": "call-101-1", "by": "t-17", "for_s": 60, "bytes": press})
    drill = page.locator(".drills .alarm")
    expect(drill).to_be_visible(timeout=10_000)
    expect(drill.locator(".practised")).to_have_text("演练")
    expect(page.locator(".quiet")).to_be_visible()
    expect(page.locator("#announce")).to_have_text("")
    assert page.evaluate("window.plays") == 0
    falls(desk, page)
    page.wait_for_function("window.plays > 0")


def test_devices_without_a_sign_stand_in_one_group_and_one_tap_answers_them(desk: AlarmDesk, page: Page) -> None:
    port = desk.bench.find(CARE_HOME.id, "call-101-1")
    desk.bench.do(port.terminal.unplug)
    try:
        group = page.locator(".place", has_text="没有信号的设备 4 台")
        expect(group.locator(".alarm")).to_have_count(4, timeout=10_000)
        names = [id_of(row) for row in group.locator(".alarm").all()]
        page.wait_for_timeout(500)
        group.get_by_role("button", name="这里 4 条都收到").tap()
        expect(group.locator(".tag", has_text="已确认")).to_have_count(4)
    finally:
        desk.bench.do(port.terminal.plug)
    expect(page.locator("#board .quiet")).to_be_visible(timeout=15_000)
    for name in names:
        assert [step for step, _, _ in desk.life_of(name)] == ["raised", "acknowledged", "closed"]


def test_a_tap_on_a_board_that_has_just_moved_is_asked_for_again(desk: AlarmDesk, page: Page) -> None:
    alarm = falls(desk, page)
    page.evaluate("""() => new MutationObserver((_, watcher) => {
      if (document.querySelectorAll(".alarm").length < 2) return;
      watcher.disconnect();
      document.querySelector(".alarm button").click();
    }).observe(document.getElementById("watch"), { childList: true })""")
    falls(desk, page, "102")
    expect(page.locator("#told")).to_have_text("页面刚刚变了，请看清后再按一次")
    expect(page.locator(".alarm.raised")).to_have_count(2)
    assert [step for step, _, _ in desk.life_of(id_of(alarm))][:1] == ["raised"]


def test_who_is_logged_out_is_told_and_takes_no_step(
    desk: AlarmDesk, page: Page, context: BrowserContext, address: str
) -> None:
    alarm = falls(desk, page)
    elsewhere = context.new_page()
    elsewhere.goto(f"{address}/alarms")
    elsewhere.click("form[action='/logout'] button")
    elsewhere.wait_for_url("**/login")
    tap(alarm, "收到，我去")
    expect(page.locator("#over")).to_contain_text("请重新登录")
    assert [step for step, _, _ in desk.life_of(id_of(alarm))][:1] == ["raised"]


def test_nobody_sees_the_board_without_a_log_in(address: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{address}/alarms")
    expect(page.locator("#password")).to_be_visible()
    assert context.request.get(f"{address}/alarms/stream", headers={"accept": "text/event-stream"}).status == 401
    refused = context.request.post(f"{address}/alarms/step", form={"do": "attend", "alarms": "x"}, max_redirects=0)
    assert refused.status == 303


def test_a_page_whose_server_is_gone_says_so_and_recovers(desk: AlarmDesk, context: BrowserContext) -> None:
    with desk.served() as url:
        page = at_the_board(context.new_page(), url)
        expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#lost")).to_be_visible(timeout=10_000)
    expect(page.locator("#lost")).to_have_text("这个页面没有更新，看不到新的报警")
    with desk.served(urlsplit(url).port or 0):  # sessions are in memory: a restart logs out
        expect(page.locator("#over")).to_be_visible(timeout=15_000)
    page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("screen", [TABLET, SMALL_TABLET, PHONE], ids=["tablet", "small-tablet", "phone"])
def test_every_state_is_accessible_and_fits_the_screen(
    desk: AlarmDesk, browser: Browser, address: str, screen: dict[str, int], lang: str
) -> None:
    context = browser.new_context(viewport=screen, has_touch=True)  # type: ignore[arg-type]
    page = at_the_board(context.new_page(), address)
    if lang == "en":
        page.click("button[name=lang]")
    wrong = violations(page)
    for device, *verb in (("fall-101", "fall"), ("call-101-1", "press"), ("call-102-1", "press")):
        desk.act(device, *verb)
    expect(page.locator(".alarm")).to_have_count(3, timeout=10_000)
    press = "AA A4 29 04 01 5E 04 1A 9F 31 88 55"
    desk.control.ask({"do": "drill", "device": "call-102-2", "by": "t-17", "for_s": 60, "bytes": press})
    expect(page.locator(".drills .alarm")).to_be_visible(timeout=10_000)
    calls = page.locator(".groups .alarm, #board > .place .alarm")
    tap(calls.nth(2), "收到，我去" if lang == "zh" else "I am going")
    expect(page.locator("#told")).to_be_visible()
    tap(calls.nth(1), "我到了" if lang == "zh" else "I am here")
    expect(page.locator(".alarm.attended")).to_be_visible()
    wrong += violations(page)
    assert (wrong, page.evaluate(SMALL), page.evaluate(WIDE)) == ([], [], False)
    context.close()


def test_a_board_that_sees_nothing_does_not_say_that_all_is_well(tmp_path: Path, context: BrowserContext) -> None:
    with alarm_desk(tmp_path) as home, home.served() as url:
        page = context.new_page()
        with home.field():
            at_the_board(page, url)
            home.act("fall-101", "fall")
            shown(page, "101室卫生间", "疑似跌倒")
        expect(page.locator("#blind")).to_contain_text("现在看不到报警", timeout=15_000)
        expect(page.locator("#blind")).to_contain_text("下面是最后看到的")
        tap(page.locator(".alarm"), "收到，我去")
        expect(page.locator("#told")).to_contain_text("请马上到现场看一看", timeout=15_000)
        assert violations(page) == []
        page.goto(f"{url}/alarms")
        expect(page.locator("#blind")).to_be_visible()
        expect(page.locator(".quiet")).to_have_count(0)
        with home.field():
            expect(page.locator("#blind")).to_have_count(0, timeout=15_000)
            shown(page, "101室卫生间", "疑似跌倒")  # it was open all the time


def test_the_boxs_own_processes_serve_it_and_a_power_cut_of_the_pages_loses_no_alarm(
    tmp_path: Path, context: BrowserContext
) -> None:
    facility, listen = with_kiosk(CARE_HOME), f"127.0.0.1:{servers.free_port()}"
    with Bench(make_ports(facility, tmp_path / "dev", seed=7)) as bench:
        box = KioskBox(facility, tmp_path, bench)
        with box.profile.open("a", encoding="utf-8") as file:
            file.write(f'\n[desk]\nlisten = "{listen}"\n')
        StaffAccounts(box.store).add(NURSE, "护理员甲", "nurse", PASSWORD)
        with box.running():
            page = at_the_board(context.new_page(), f"http://{listen}")
            page.goto(f"http://{listen}/queue")
            bench.act(facility.id, "fall-101", "fall")
            call = page.locator("#alarms-call")
            expect(call).to_have_text("1 条报警没有人去，请看报警")  # whoever works at another page is called too
            assert violations(page) == []
            call.click()
            tap(shown(page, "101室卫生间", "疑似跌倒"), "收到，我去")
            expect(page.locator("#told")).to_have_text("记下了：收到，我去")
            box.kill_counter()
            expect(page.locator("#lost")).to_be_visible(timeout=10_000)
            box.start_counter()
            at_the_board(page, f"http://{listen}", first="疑似跌倒")
            tap(page.locator(".alarm"), "我到了")
            tap(page.locator(".alarm"), "处理好了")
            expect(page.locator("#board .quiet")).to_be_visible()
            steps = [event for event in box.events() if event.startswith("alarm.")]
    assert steps == ["alarm.raised", "alarm.acknowledged", "alarm.attended", "alarm.closed"]
