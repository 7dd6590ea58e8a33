"""The call display in a real Chromium, on a real queue, with the box's own voice."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.adapters.voice_espeak import Voice
from tests.browser.kiosk_pages import violations
from tests.unit.edge.kiosk.display.hall_with_display import HallWithDisplay, served

TV = {"width": 1920, "height": 1080}
PLAYED = "() => { const v = document.getElementById('voice'); return v.ended && v.duration }"

WANTS_A_TOUCH = """
  const refused = () => Promise.reject(new DOMException("", "NotAllowedError"));
  HTMLMediaElement.prototype.play = refused;
"""

LAYOUT = """() => {
  const shown = [...document.querySelectorAll("body *")]
    .filter((e) => e.getClientRects().length && !e.closest(".visually, svg"));
  const withText = shown.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  const box = (e) => e.getBoundingClientRect();
  return {
    outside: shown.filter((e) => box(e).bottom > innerHeight + 1 || box(e).right > innerWidth + 1)
      .map((e) => e.className),
    cut: [...document.querySelectorAll(".call, .waiting, h1, h1 span")]
      .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
      .map((e) => e.textContent.trim().slice(0, 20)),
    small: withText.filter((e) => parseFloat(getComputedStyle(e).fontSize) < 24).map((e) => e.textContent.trim()),
    scrolls: document.documentElement.scrollHeight > innerHeight,
  };
}"""
ALL_FITS = {"outside": [], "cut": [], "small": [], "scrolls": False}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=TV, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture
def hall(tmp_path: Path) -> HallWithDisplay:
    return HallWithDisplay(tmp_path)


@pytest.fixture
def display(hall: HallWithDisplay) -> Iterator[str]:
    with served(hall, Voice()) as address:
        yield address


def busy(hall: HallWithDisplay, calls: int = 6) -> None:
    for n in range(calls):
        hall.take(["marriage", "divorce", "certificates", "other"][n % 4])
        hall.call(str(n + 10))
    for queue in ["marriage"] * 12 + ["divorce"] * 4 + ["other"]:
        hall.take(queue)


def open_and_touch(page: Page, display: str) -> None:
    """A browser plays nothing before a touch, unless it was started so: `--autoplay-policy`."""
    page.goto(display)
    page.wait_for_function("document.getElementById('clock').textContent")
    page.mouse.click(10, 10)


def test_a_call_is_on_the_screen_within_a_second_and_is_said(hall: HallWithDisplay, display: str, page: Page) -> None:
    hall.take("marriage")
    open_and_touch(page, display)
    expect(page.locator(".none")).to_contain_text("正在等待叫号")
    with page.expect_response(lambda answer: "/display/sound" in answer.url) as sound:
        began = time.monotonic()
        hall.call("3")
        page.locator("[data-call]").wait_for(timeout=5000)
        assert time.monotonic() - began < 1
    assert sound.value.headers["content-type"] == "audio/wav"
    expect(page.locator(".call.saying")).to_have_count(1)
    expect(page.locator(".call .window")).to_have_text("3 号窗口 Window 3")
    expect(page.locator("#announce")).to_contain_text("A001 3 号窗口 Window 3")
    page.wait_for_function(PLAYED, timeout=20_000)
    assert 5 < page.evaluate(PLAYED) < 12
    expect(page.locator(".call.saying")).to_have_count(0)


def test_calls_at_the_same_time_are_said_one_after_the_other(hall: HallWithDisplay, display: str, page: Page) -> None:
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url) if "/sound" in request.url else None)
    for _ in range(2):
        hall.take("marriage")
    open_and_touch(page, display)
    hall.call("1")
    hall.call("2")
    expect(page.locator(".call.saying")).to_contain_text("A001")
    page.evaluate("document.getElementById('voice').playbackRate = 16")
    expect(page.locator(".call.saying")).to_contain_text("A002", timeout=10_000)
    assert list(dict.fromkeys(url.partition("call=")[2][:4] for url in said)) == ["A001", "A002"]


def test_what_stood_there_when_the_screen_was_switched_on_is_not_called_again(
    hall: HallWithDisplay, display: str, page: Page
) -> None:
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url) if "/sound" in request.url else None)
    busy(hall)
    open_and_touch(page, display)
    page.wait_for_timeout(1500)
    assert said == []


def test_a_number_that_is_called_again_is_said_again(hall: HallWithDisplay, display: str, page: Page) -> None:
    hall.take("marriage")
    place = hall.call("3")
    open_and_touch(page, display)
    with page.expect_request(lambda request: "/display/sound" in request.url):
        hall.line.recall(place.id, "s-1")
    expect(page.locator(".call.saying .again")).to_contain_text("再次叫号")


def test_a_browser_that_wants_a_touch_first_says_so(hall: HallWithDisplay, display: str, page: Page) -> None:
    page.add_init_script(WANTS_A_TOUCH)  # Chromium's own rule; a test's looks at the page count as touches
    hall.take("marriage")
    page.goto(display)
    hall.call("3")
    expect(page.locator("#muted")).to_be_visible()
    page.mouse.click(10, 10)
    expect(page.locator("#muted")).to_be_hidden()


def test_a_lost_connection_is_told_within_five_seconds_and_comes_back(page: Page, hall: HallWithDisplay) -> None:
    hall.take("marriage")
    hall.call("3")
    with served(hall) as display:
        page.goto(display)
        page.wait_for_timeout(1200)
        expect(page.locator("#lost")).to_be_hidden()
        stopping = time.monotonic()
    page.locator("#lost").wait_for(timeout=10_000)
    assert time.monotonic() - stopping < 6  # five, and the end of the server
    expect(page.locator("#lost")).to_contain_text("请听窗口工作人员叫号")
    expect(page.locator("#age")).to_contain_text("秒前")
    expect(page.locator(".call .number")).to_have_text("A001")
    with served(hall, port=urlsplit(display).port or 0):
        expect(page.locator("#lost")).to_be_hidden(timeout=10_000)


def test_it_is_readable_without_scripts_and_renews_itself(
    hall: HallWithDisplay, display: str, browser: Browser
) -> None:
    context = browser.new_context(viewport=TV, java_script_enabled=False)
    page = context.new_page()
    page.goto(display)
    expect(page.locator(".snapshot")).to_be_visible()
    hall.take("marriage")
    hall.call("3")
    expect(page.locator(".call .number")).to_have_text("A001", timeout=8000)
    assert page.evaluate(LAYOUT) == ALL_FITS
    context.close()


@pytest.mark.parametrize("theme", ["neutral", "marriage", "care", "funeral", "relief"])
def test_every_theme_is_clean_and_fits(page: Page, hall: HallWithDisplay, theme: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    busy(hall)
    with served(hall, theme=theme) as display:
        page.goto(display)
        hall.line.recall(hall.line.today()[2].id, "s-1")
        expect(page.locator(".call.saying .again")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate(LAYOUT) == ALL_FITS
    assert said == []


def test_an_empty_hall_is_clean_and_fits(page: Page, display: str) -> None:
    page.goto(display)
    assert violations(page) == []
    assert page.evaluate(LAYOUT) == ALL_FITS


def test_asks_nobody_else(page: Page, hall: HallWithDisplay, display: str) -> None:
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    busy(hall)
    page.goto(display)
    expect(page.locator("[data-call]")).to_have_count(6)
    assert hosts == {"127.0.0.1"}
