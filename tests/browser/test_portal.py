"""The public's pages in a real browser, and an application that begins there and ends at a kiosk.

Every page is looked at as a telephone and as a desk show it, with axe and for what runs over the screen's edge.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from simulators.facilities import MARRIAGE_OFFICE
from tests import servers
from tests.acceptance.conftest import Town, new_town, town_keys, town_records
from tests.acceptance.elder_care import home
from tests.acceptance.people import ok
from tests.acceptance.test_burial import facility
from tests.acceptance.test_plan import put, task, today
from tests.acceptance.test_social_organisations import CODE, HOSTILE, enter, organisation, penalty
from tests.browser.kiosk_box import Visitor
from tests.browser.kiosk_pages import SCREEN, violations
from tests.browser.test_kiosk_and_city import CityBox
from tests.system.installation import eventually

__all__ = ["new_town", "town_keys", "town_records"]
pytestmark = pytest.mark.timeout(300)
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "locale": "zh-CN",
    "java_script_enabled": True,
}  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN"}
_SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea")]
  .filter((e) => e.type !== "hidden" && !e.closest(".skip") && !e.classList.contains("skip"))
  .map((e) => [e.textContent.trim().slice(0, 16) || e.id, (e.closest("label") ?? e).getBoundingClientRect()])
  .filter(([, r]) => r.width && r.height && r.height < 44)
  .map(([text, r]) => `${text} ${r.height | 0}`)"""


@pytest.fixture
def town(new_town: Town) -> Town:
    return new_town


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Any]:
    opened: list[BrowserContext] = []

    def of(**how: Any) -> Page:
        opened.append(browser.new_context(**how))
        page = opened[-1].new_page()
        page.set_default_timeout(30_000)
        return page

    yield of
    for context in opened:
        context.close()


def is_fit(page: Page, pictures: Path | None = None) -> None:
    """AXE, nothing wider than the screen, every target 44 px high but for links within a text."""
    assert violations(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
    small = [one for one in page.evaluate(_SMALL) if not re.match(r"[0-9-]{5,}|名单全文|The pools", one)]
    assert small == [], page.url
    assert not page.locator("script").count()
    if pictures:
        name = re.sub(r"\W+", "-", page.url.partition("/city")[2]).strip("-") or "home"
        width = page.viewport_size or {"width": 0}
        page.screenshot(path=pictures / f"{name[:40]}-{width['width']}.png", full_page=True)


def furnish(town: Town) -> None:
    reviewer = town.as_("reviewer")
    enter(reviewer, "organisation", organisation(name=HOSTILE + "很长的名字" * 6))
    enter(town.as_("department", "330800", "市场监管"), "org-licence-or-penalty", penalty())
    home(town, "home-1", beds=3, dementia_unit=True, about="<script>alert(1)</script>" + "安静" * 60)
    home(town, "home-2", beds=1, out_of_service=1)
    facility(town, "tree-1", capacity=3)
    ok(put(town, "reform-task", task()))
    ok(put(town, "publication", {
        "publication": "P-1", "task": "T-C19", "kind": "good_case", "channel": "internet", "unit": "市民政局",
        "day": today(town), "title": "一次办好的地名审批", "title_en": "Names in one trip",
        "text": "第一段，" * 40 + "\n第二段。", "text_en": "One.\nTwo.",
    }))  # fmt: skip


@pytest.mark.commitment("C54")
@pytest.mark.parametrize("how", [PHONE, DESK], ids=["telephone", "desk"])
def test_every_page_of_the_public_meets_wcag_at_a_telephone_and_at_a_desk(
    contexts: Any, town: Town, tmp_path: Path, how: dict[str, Any]
) -> None:
    furnish(town)
    page = contexts(**how)
    for path in (
        "", "/organisations", f"/organisations?q={CODE}", "/organisations?q=测试", f"/organisations?q={CODE[:-1]}I",
        "/care-homes", "/care-homes?most=abc", "/burial", "/inspections", "/relief", "/publications",
        "/publications/P-1", "/publications/P-1?lang=en", "/care-homes?lang=en", "/track?lang=zh",
        "/track/marriage-1-20261125-0001", "/apply/place-name", "/apply/place-name/renaming",
    ):  # fmt: skip
        page.goto(f"{town.url}/city{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        is_fit(page, tmp_path)
    page.get_by_role("button", name="填好了").click()
    expect(page.get_by_role("alert")).to_contain_text("请选一项")
    is_fit(page)
    page.goto(f"{town.url}/city/track")
    page.get_by_label("查进度的号码").fill("1234")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_contain_text("没有查到")
    is_fit(page)


def test_the_pages_work_without_a_script_and_stay_in_the_language_that_was_chosen(contexts: Any, town: Town) -> None:
    furnish(town)
    page = contexts(**{**DESK, "java_script_enabled": False})
    page.goto(f"{town.url}/city")
    page.get_by_role("link", name="English").click()
    page.get_by_role("link", name="Look up an organisation").click()
    page.get_by_label("Its name, or its code of 18 characters").fill(CODE)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("[data-group]")).to_have_count(4)
    expect(page.locator("[data-group=licences_and_penalties]")).to_contain_text("Penalty")
    expect(page.locator("script")).to_have_count(0)


class OpenCity(CityBox):
    """Its city keeps cases of its own, so it has the public's pages."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        folder = self.whole.profile.parent / "keys"
        self.whole.of_cloud = (*self.whole.of_cloud, "--office-key", str(folder / "office.key"))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenCity]:
    directory = tmp_path_factory.mktemp("city")
    with servers.mosquitto() as broker, servers.postgres() as database, servers.victoria_metrics() as telemetry:
        box = OpenCity(directory, broker, database, telemetry, MARRIAGE_OFFICE)
        text = box.whole.profile.read_text(encoding="utf-8")
        box.whole.profile.write_text(text.replace("[kiosk]\n", f'[kiosk]\nportal = "{box.whole.web}"\n'), "utf-8")
        with box.whole.bench:
            box.start()
            yield box
            box.whole.stop()


@pytest.mark.commitment("C03")
def test_what_begins_on_the_web_ends_at_the_kiosk_as_the_same_case_with_nothing_filled_in_twice(
    contexts: Any, city: OpenCity
) -> None:
    web = contexts(**PHONE)
    web.goto(f"{city.whole.web}/city")
    web.get_by_role("link", name="申请给地方取名").tap()
    web.get_by_role("link", name="取新名").tap()
    for label, choice in (("在哪个区县", "柯城区"), ("是什么地方", "路、街、巷"), ("为什么", "新建的地方")):
        web.get_by_label(label).select_option(label=choice)
    web.get_by_label("想取什么名字").fill("样例《𬱟》路<b>")
    web.get_by_role("button", name="填好了").tap()
    code = web.locator("[data-code]").get_attribute("data-code") or ""
    assert re.fullmatch(r"[1-9]\d{8}", code)
    is_fit(web)
    drafts = city.whole.sql('SELECT "case" FROM web_draft')

    kiosk = contexts(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    visitor = Visitor(kiosk, city)
    expect(kiosk.locator(".strip")).to_have_count(0, timeout=30_000)
    city.scan(code)
    expect(visitor.button("接着办网上填的")).to_be_visible(timeout=30_000)
    visitor.taps("接着办网上填的")
    assert visitor.asked == "applicant.card"
    visitor.goes_on(until="check", phone="00012345678")
    visitor.sees("样例《𬱟》路<B>")
    visitor.goes_on()
    number = kiosk.locator(".receipt dd").first.inner_text()
    eventually("the record", lambda: city.case(number) == ("submitted", False), 30)
    assert city.whole.sql('SELECT "case" FROM case_file') == drafts
    eventually("the slip", lambda: bool(city.tickets()), 30)
    assert code in "".join(city.tickets()[-1])

    web.goto(f"{city.whole.web}/city/track/{number}")
    web.get_by_label("查进度的号码").fill(code)
    web.get_by_role("button", name="查询").tap()
    expect(web.get_by_role("heading", level=1)).to_have_text("收到了")
    is_fit(web)

    again = Visitor(kiosk, city)
    again.taps("接着上次的办")
    again.types("999999999")
    again.taps("接着办")
    again.sees("没有找到这个号码")
