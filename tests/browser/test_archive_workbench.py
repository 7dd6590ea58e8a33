"""The archives' workbench in a browser: the page beside the fields, two clerks, a third person; looks written down."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from simulators.people import Person
from tests.acceptance.archive_paper import fields
from tests.acceptance.conftest import Town, persons, served_town, town, town_keys, town_records
from tests.acceptance.test_archives import AREA, UNIT, item, paper, png, send, step, who
from tests.browser.kiosk_pages import violations

__all__ = ["persons", "served_town", "town", "town_keys", "town_records"]
PASSWORD = "correct horse battery"


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Any]:
    opened: list[BrowserContext] = []

    def new() -> Page:
        opened.append(browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN"))
        return opened[-1].new_page()

    yield new
    for context in opened:
        context.close()


def opens(page: Page, town: Town, number: str, case: str, unit: str = UNIT) -> None:
    who(town, "clerk", number, unit=unit)
    page.goto(f"{town.url}/login")
    page.get_by_label("工号").fill(number)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待办")
    page.goto(f"{town.url}/office/archives/{case}")


def is_fit(page: Page) -> None:
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert page.locator("img.scan").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1240


def fills(page: Page, name: str, told: dict[str, str]) -> None:
    for field, value in told.items():
        box = page.locator(f"#{name}-{field}")
        box.select_option(value) if field == "matter" else box.fill(value)
    with page.expect_navigation():
        page.locator(f"form[action$={name}] button").click()
    expect(page.get_by_role("status")).to_have_text("已办理，已记录")


def test_two_clerks_read_the_page_beside_the_fields_and_a_third_person_decides(
    contexts: Any, town: Town, persons: Iterator[Person], tmp_path: Path
) -> None:
    told = fields(next(persons), next(persons))
    case, scans = item(town), who(town, "clerk", f"scans-{AREA}")
    assert send(scans, case, png(paper(told))).status_code == 201
    assert step(scans, case, "finish_scanning").status_code == 200
    one, two, three = contexts(), contexts(), contexts()
    opens(one, town, "one", case)
    is_fit(one)
    fills(one, "enter_first", told)
    opens(two, town, "two", case)
    expect(two.locator("text=请独立录入")).to_be_visible()
    assert told["man_name"] not in two.content()
    is_fit(two)
    fills(two, "enter_second", {**told, "registrar": "另一人<b>"})
    opens(three, town, "three", case)
    expect(three.locator(".apart")).to_contain_text("另一人<b>")
    expect(three.locator("#decide-man_name")).to_have_value(told["man_name"])
    is_fit(three)
    three.screenshot(path=tmp_path / "workbench.png", full_page=True)
    three.goto(f"{three.url}?lang=en")
    expect(three.get_by_text("First entry")).to_be_visible()
    three.goto(f"{town.url}/office/archives/{case}?lang=zh")
    fills(three, "decide", {"registrar": told["registrar"]})
    three.goto(f"{town.url}/office/archives/{case}")
    expect(three.locator("h1 .tag")).to_have_text("已封存")
    expect(three.locator("dl.facts")).to_contain_text(told["man_number"])
    is_fit(three)
    looked = town.sql("SELECT DISTINCT \"by\" FROM ledger_entry WHERE ledger = 'archive_look' ORDER BY 1")
    assert looked == [("one",), ("three",), ("two",)]
    stranger = contexts()
    opens(stranger, town, "stranger", case, unit="民政")
    expect(stranger.locator("body")).to_have_text(re.compile("archives of 330802"))
    assert told["man_name"] not in stranger.content()
