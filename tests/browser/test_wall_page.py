"""The live wall in a real Chromium, served by a real uvicorn."""

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from cloud.domain.picture import Picture
from tests.unit.cloud.wall.pictures import NOW_MS, MemoryReader, alarm, city, device, drilled, facility
from tests.unit.cloud.wall.served import running_clock, served

TV = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}

# What leaves the television's frame or is cut off, the smallest text, and whether the page scrolls. Readings may be
# cut: with seven facilities and more they are shown as far as there is room.
LAYOUT = """() => {
  const seen = (e) => e.getClientRects().length && !e.closest(".hidden, .readings");
  const shown = [...document.querySelectorAll("body *")].filter(seen);
  const box = (e) => e.getBoundingClientRect();
  const leaves = (e) => box(e).bottom > innerHeight + 1 || box(e).right > innerWidth + 1;
  const overflows = (e) => e.scrollHeight > e.clientHeight + 1;
  const below = (e) => box(e).bottom > box(e.closest(".card")).bottom;
  const cut = [
    ...[...document.querySelectorAll(".card, .alarms, .alarms ol, .drills")].filter(overflows),
    ...[...document.querySelectorAll(".figures div")].filter(below),
  ];
  const withText = shown.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  return {
    outside: shown.filter(leaves).map((e) => e.className || e.tagName),
    cut: cut.map((e) => e.textContent.trim().slice(0, 20)),
    smallest: Math.min(...withText.map((e) => parseFloat(getComputedStyle(e).fontSize))),
    scrolls: document.documentElement.scrollHeight > innerHeight,
    wide: document.documentElement.scrollWidth > innerWidth,
  };
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=TV, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture
def reader() -> MemoryReader:
    """The city's picture, heard of just now."""
    now, shown = running_clock(), city()
    fresh = (replace(f, heard_at_ms=now, period_s=60) if f.link == "online" else f for f in shown.facilities)
    return MemoryReader(replace(shown, facilities=tuple(fresh)))


@pytest.fixture
def wall(reader: MemoryReader) -> Iterator[str]:
    with served(reader) as address:
        yield address


def ids(page: Page) -> list[str]:
    return [card.get_attribute("id") or "" for card in page.locator(".card").all()]


def with_alarm(shown: Picture) -> Picture:
    office, *others = shown.facilities
    raised = alarm("new", office.id, rule="fall", location="大厅卫生间", raised_at_ms=running_clock())
    return replace(shown, facilities=(replace(office, alarms=(raised,)), *others))


def test_shows_the_city_worst_first_and_asks_nobody_else(wall: str, page: Page) -> None:
    said, hosts = [], set()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.goto(wall)
    expect(page.locator(".card")).to_have_count(4)
    assert ids(page)[:2] == ["f-330803-care-01", "f-330802-relief-01"]
    expect(page.locator("#f-330802-relief-01")).to_have_class("card tone-critical stale expired")
    expect(page.locator("#f-330802-marriage-01 .age time")).to_contain_text("秒前")
    page.wait_for_timeout(1500)
    assert said == []
    assert hosts == {"127.0.0.1"}


def test_an_alarm_is_on_the_wall_within_a_second(reader: MemoryReader, wall: str, page: Page) -> None:
    page.goto(wall)
    expect(page.locator("#f-330802-marriage-01 .age time")).to_contain_text("秒前")
    page.evaluate("window.sameDocument = true")
    raised = time.monotonic()
    reader.show(with_alarm(reader.picture(NOW_MS)))
    page.locator("[data-alarm=new]").wait_for(timeout=5000)
    assert time.monotonic() - raised < 1
    expect(page.locator("#f-330802-marriage-01 .state").first).to_contain_text("疑似跌倒")
    expect(page.locator("#announce")).to_have_text("疑似跌倒 柯城区婚姻登记处 大厅卫生间")
    assert page.locator("[data-alarm]").first.get_attribute("data-alarm") == "new"
    assert page.evaluate("window.sameDocument")


def test_a_drill_has_a_place_of_its_own_and_is_announced_to_nobody(reader: MemoryReader, wall: str, page: Page) -> None:
    page.goto(wall)
    expect(page.locator("#f-330802-marriage-01 .age time")).to_contain_text("秒前")
    expect(page.locator("#drills")).to_be_hidden()
    number = page.locator("#headline .tile").nth(1).inner_text()
    alarms = page.locator("[data-alarm]").count()
    reader.show(drilled(reader.picture(NOW_MS)))
    expect(page.locator("#drills")).to_be_visible(timeout=3000)
    expect(page.locator("#drills h2")).to_contain_text("演练")
    expect(page.locator("#drills h2 .drill small")).to_have_text("Drill")
    expect(page.locator("[data-drill-alarm]")).to_have_count(2)
    expect(page.locator("#f-330802-marriage-01 h3 .drill")).to_be_visible()
    assert page.locator("#headline .tile").nth(1).inner_text() == number
    assert page.locator("[data-alarm]").count() == alarms
    expect(page.locator("#announce")).to_have_text("")
    reader.show(city())
    expect(page.locator("#drills")).to_be_hidden()


def test_proofs_that_are_due_and_clocks_that_are_wrong_are_on_the_card(page: Page) -> None:
    overdue = device("call-101-1", life_safety=True, prove_every_days=30, location="101室1床")
    shown = facility("f", heard_at_ms=running_clock(), period_s=600, devices=(overdue,), clock_seen_ms=130_000)
    with served(MemoryReader(Picture(NOW_MS, (shown,), 0))) as wall:
        page.goto(f"{wall}?lang=en")
        card = page.locator("#f-f")
        expect(card).to_have_class("card tone-critical")
        expect(card.locator(".state").first).to_contain_text("Clock 2 min fast")
        expect(card.locator(".note")).to_contain_text("Proof overdue: 1 · never proven · 101室1床")
        expect(card.locator(".note .shape")).to_be_visible()
        page.close()


def test_cards_come_and_go_and_keep_their_order(reader: MemoryReader, wall: str, page: Page) -> None:
    page.goto(wall)
    expect(page.locator(".card")).to_have_count(4)
    shown = reader.picture(NOW_MS)
    danger = facility("new", alarms=(alarm("n", "new"), alarm("m", "new")), heard_at_ms=running_clock())
    reader.show(replace(shown, facilities=(shown.facilities[0], danger)))
    expect(page.locator(".card")).to_have_count(2)
    assert ids(page) == ["f-new", "f-330802-marriage-01"]


def test_a_card_goes_grey_by_itself(page: Page) -> None:
    silent = facility("f", heard_at_ms=running_clock(), period_s=1)
    with served(MemoryReader(Picture(NOW_MS, (silent,), 0)), poll_s=60) as wall:  # the server says nothing more
        page.goto(wall)
        card = page.locator("#f-f")
        expect(card.locator(".state").get_by_text("正常")).to_be_visible()
        expect(card.locator(".state").get_by_text("数据过期")).to_be_visible(timeout=4000)
        expect(card.locator(".state").get_by_text("正常")).to_be_hidden()


def test_says_when_the_connection_is_lost_and_recovers(page: Page, reader: MemoryReader) -> None:
    with served(reader) as wall:
        page.goto(wall)
        expect(page.locator("#f-330802-marriage-01 .age time")).to_contain_text("秒前")
        expect(page.locator("#lost")).to_be_hidden()
        stopping = time.monotonic()
    page.locator("#lost").wait_for(timeout=10_000)
    assert time.monotonic() - stopping < 8  # the server's last second, five without a beat, the page's tick
    expect(page.locator("#lost")).to_contain_text("连接中断")
    expect(page.locator(".card")).to_have_count(4)
    with served(reader, port=urlsplit(wall).port or 0):
        expect(page.locator("#lost")).to_be_hidden(timeout=15_000)


def test_a_hostile_name_is_only_text(reader: MemoryReader, wall: str, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(wall)
    name = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    reader.show(Picture(NOW_MS, (facility("x", name_zh=name, heard_at_ms=running_clock()),), 0))
    expect(page.locator("#f-x .name")).to_have_text(name)
    assert page.locator("img").count() == 0
    assert said == []


def test_is_readable_without_scripts(wall: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(wall)
    expect(page.locator(".card")).to_have_count(4)
    expect(page.locator(".snapshot")).to_be_visible()
    context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("facilities", [4, 6, 8, 12])
def test_a_television_shows_all_without_scrolling(page: Page, reader: MemoryReader, facilities: int, lang: str) -> None:
    shown = reader.picture(NOW_MS)
    many = [replace(f, id=f"{f.id}-{turn}") for turn in range(3) for f in shown.facilities]
    reader.show(replace(shown, facilities=tuple(many[:facilities])))
    with served(reader) as wall:
        page.goto(f"{wall}?lang={lang}")
        layout = page.evaluate(LAYOUT)
        page.close()
    assert layout == {"outside": [], "cut": [], "smallest": 24, "scrolls": False, "wide": False}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("alarms", [0, 3, 6])
def test_a_television_has_room_for_a_drill_beside_the_alarms(
    page: Page, reader: MemoryReader, alarms: int, lang: str
) -> None:
    shown = drilled(reader.picture(NOW_MS))
    overdue = device("call-101-1", life_safety=True, prove_every_days=30, location="101室1床床头呼叫按钮")
    raised = tuple(alarm(f"a-{n}", shown.facilities[0].id, escalation=1) for n in range(alarms))
    calling, *others = (
        replace(f, alarms=(), devices=(*f.devices, overdue), clock_offset_ms=8_000) for f in shown.facilities
    )
    reader.show(replace(shown, facilities=(replace(calling, alarms=raised), *others)))
    with served(reader) as wall:
        page.goto(f"{wall}?lang={lang}")
        expect(page.locator("#drills")).to_be_visible()
        expect(page.locator("[data-drill-alarm]")).to_have_count(2 if alarms <= 3 else 0)
        layout = page.evaluate(LAYOUT)
        page.close()
    assert layout == {"outside": [], "cut": [], "smallest": 24, "scrolls": False, "wide": False}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phone_scrolls_down_only(wall: str, page: Page, lang: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{wall}?lang={lang}")
    layout = page.evaluate(LAYOUT)
    assert layout["wide"] is False
    assert layout["smallest"] >= 15
