"""The office in a real browser, on a real PostgreSQL: a clerk opens a case, a reviewer decides it on a telephone."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cloud.matters.plan.supervision import Supervision
from contract.events.visits import CaseRated
from simulators.people import Person
from tests.acceptance.conftest import DAY_MS, HOUR_MS, Town, persons, served_town, town, town_keys, town_records
from tests.acceptance.people import naming, ok
from tests.acceptance.spreadsheet import rows_of
from tests.acceptance.test_plan import SIX, node, put, task, today
from tests.acceptance.test_satisfaction import check_in, submitted
from tests.browser.kiosk_pages import violations
from tests.unit.cloud.facility import NOW_MS, Facility
from tests.unit.cloud.office import Office

__all__ = ["persons", "served_town", "town", "town_keys", "town_records"]
PASSWORD = "correct horse battery"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36",
    "has_touch": True,
    "locale": "zh-CN",
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN"}


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Any]:
    opened: list[BrowserContext] = []

    def of(**how: Any) -> Page:
        opened.append(browser.new_context(**how))
        return opened[-1].new_page()

    yield of
    for context in opened:
        context.close()


def logs_in(page: Page, town: Town, role: str, area: str = "330802") -> None:
    town.as_(role, area)
    page.goto(f"{town.url}/office")
    expect(page).to_have_url(re.compile("/login$"))
    page.get_by_label("工号").fill(f"{role}-{area}-民政")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待办")


def is_fit(page: Page) -> None:
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"


def takes(page: Page, step: str, **fields: str) -> None:
    part = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{step}$")))
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    for label, text in fields.items():
        part.get_by_label(label).fill(text)
    with page.expect_navigation():
        part.get_by_role("button", name=step).click()


def opens_the_first(page: Page) -> None:
    page.locator(".cards a").first.tap()
    expect(page).to_have_url(re.compile("/office/cases/"))


@pytest.mark.commitment("C39")
def test_a_name_is_applied_for_at_a_desk_and_decided_on_a_telephone(
    contexts: Any, town: Town, persons: Iterator[Person], tmp_path: Path
) -> None:
    clerk, phone = contexts(**DESK), contexts(**PHONE)
    logs_in(clerk, town, "clerk")
    is_fit(clerk)
    clerk.get_by_role("link", name="新建").click()
    is_fit(clerk)
    clerk.get_by_role("link", name="地名命名、更名").click()
    asks = next(persons)
    clerk.get_by_label("姓名").fill(asks.name)
    clerk.get_by_label("证件号码").fill(asks.id_number[:-1] + ("1" if asks.id_number[-1] != "1" else "2"))
    clerk.get_by_label("事项").select_option("naming")
    clerk.get_by_label("地名", exact=True).fill("样例《路》<b>")
    clerk.get_by_label("类别").select_option("road")
    for label, text in (("所在区划代码", "330802100"), ("经度", "118.85"), ("纬度", "28.95")):
        clerk.get_by_label(label).fill(text)
    clerk.get_by_role("button", name="提交").click()
    expect(clerk.get_by_role("alert")).to_contain_text("check character")
    is_fit(clerk)
    expect(clerk.get_by_label("地名", exact=True)).to_have_value("样例《路》<b>")  # nothing is typed twice
    clerk.get_by_label("证件号码").fill(asks.id_number)
    clerk.get_by_role("button", name="提交").click()
    expect(clerk.get_by_role("status")).to_have_text("已办理，已记录")
    assert asks.name not in clerk.content()
    takes(clerk, "提交")
    expect(clerk.locator("h1 .tag")).to_have_text("已提交")
    is_fit(clerk)

    logs_in(phone, town, "reviewer")
    is_fit(phone)
    opens_the_first(phone)
    is_fit(phone)
    takes(phone, "审查通过")
    takes(phone, "公示", 公示截止日="2026-09-25")
    takes(phone, "批准")
    expect(phone.get_by_role("alert")).to_contain_text("公示至 2026-09-25")
    is_fit(phone)
    town.now_ms += 10 * DAY_MS
    logs_in(phone, town, "reviewer")  # ten days later the session is over
    opens_the_first(phone)
    takes(phone, "批准")
    takes(phone, "公告", 公告文号="衢柯地名〔2026〕1号")
    expect(phone.locator("h1 .tag")).to_have_text("已公告")
    assert phone.locator("text=现在轮到别人办理").count() == 0
    is_fit(phone)
    phone.screenshot(path=tmp_path / "case-on-a-phone.png", full_page=True)

    by_program = town.sql("SELECT step, channel FROM case_step ORDER BY n")
    assert by_program == [
        ("open", "desk"), ("submit", "desk"), ("review", "mobile"), ("publicise", "mobile"), ("approve", "mobile"),
        ("publish", "mobile"),
    ]  # fmt: skip


def test_a_page_of_another_and_an_old_form_change_nothing(contexts: Any, town: Town, persons: Iterator[Person]) -> None:
    page = contexts(**DESK)
    logs_in(page, town, "clerk")
    page.goto(f"{town.url}/office/new/placename_case")
    page.evaluate("document.querySelector('main form [name=csrf]').value = 'stale'")
    page.locator("main form").evaluate("form => form.noValidate = true")
    with page.expect_navigation() as answer:
        page.get_by_role("button", name="提交").click()
    assert answer.value.status == 403
    assert town.sql("SELECT count(*) FROM case_file") == [(0,)]
    page.goto(f"{town.url}/office")
    page.get_by_role("button", name="退出").click()
    page.goto(f"{town.url}/office")
    expect(page).to_have_url(re.compile("/login$"))
    for wrong in range(5):
        page.get_by_label("工号").fill("clerk-330802-民政")
        page.get_by_label("密码").fill(f"wrong {wrong}")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_contain_text("工号或密码不对")
    page.get_by_label("工号").fill("clerk-330802-民政")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("请等 30 秒")
    is_fit(page)
    assert town.now_ms % HOUR_MS >= 0


def test_the_office_speaks_english_too(contexts: Any, town: Town, persons: Iterator[Person]) -> None:
    page = contexts(**DESK)
    logs_in(page, town, "clerk")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("To do")
    is_fit(page)


@pytest.mark.commitment("C01")
@pytest.mark.commitment("C02")
@pytest.mark.commitment("C05")
def test_the_figures_on_the_page_are_those_that_their_queries_give(
    contexts: Any, town: Town, persons: Iterator[Person]
) -> None:
    boxes, home = Office(town.engine), Facility("marriage-1", "330802")
    boxes.take(*home.born({}))
    for number, trips in enumerate((1, 2, 1)):
        case = str(uuid.UUID(int=number + 1))
        boxes.take(home.event(submitted(case, "marriage", "web"), at_ms=NOW_MS))
        for trip in range(trips):
            boxes.take(home.event(check_in(case, trip), at_ms=NOW_MS + trip * DAY_MS))
        boxes.take(home.event(CaseRated(case=case, score=number + 2, place="kiosk-1")))
    clerk = town.as_("clerk")
    for _ in range(3):
        assert clerk.post("/api/placename-case", json=naming(persons)).status_code == 201
    page = contexts(**DESK)
    logs_in(page, town, "manager", "330800")
    page.get_by_role("link", name="统计", exact=True).click()
    is_fit(page)

    asked = town.as_("manager", "330800").get
    (trip,) = (one for one in asked("/api/figures/trips").json() if one["matter"] == "marriage")
    row = page.locator("tr[data-matter=marriage]").locator("td").all_inner_texts()
    assert (
        row
        == [str(trip["cases"]), str(trip["mean"]), f"{trip['without_a_trip'] * 100:.1f} %"]
        == ["3", "1.3333", "0.0 %"]
    )
    expect(page.locator("details", has_text="跑了不止一次的件 · 1")).to_be_visible()
    ratings = asked("/api/figures/ratings").json()
    assert page.locator("[data-figure=ratings] dd").all_inner_texts() == [
        str(ratings["ratings"]), str(ratings["mean"]), *(str(n) for n in ratings["scores"].values()),
    ]  # fmt: skip
    naming_cases = page.locator("details[data-kind=placename_case]")
    naming_cases.locator("summary").click()
    is_fit(page)
    counted = {
        row["state"]: row["cases"] for row in asked("/api/figures/cases", params={"kind": "placename_case"}).json()
    }
    assert counted == {"drafted": 3}
    assert naming_cases.locator("tbody td").first.inner_text() == "3"
    with page.expect_download() as got:
        naming_cases.get_by_role("link", name="Excel").click()
    rows = rows_of(Path(got.value.path()).read_bytes())
    assert len(rows) == 1 + 3


@pytest.mark.commitment("C51")
@pytest.mark.commitment("C53")
def test_the_board_shows_what_is_late_first_and_how_it_is_supervised(contexts: Any, town: Town) -> None:
    row, six = task(), {**SIX, "status": "active"}
    ok(put(town, "reform-task", row))
    ok(put(town, "task-node", node(1, today(town, 8))))
    ok(put(town, "reform-task", {**row, **six}))
    ok(put(town, "reform-task", {**task(), "task": "T-C20", "item": "C20", "title": "地名执法<b>样例"}))
    town.now_ms += 9 * DAY_MS
    Supervision(town.city.log, town.city.casework).step()
    page = contexts(**PHONE)
    logs_in(page, town, "manager", "330800")
    page.get_by_role("link", name="任务", exact=True).tap()
    is_fit(page)
    late, draft = page.locator("details").nth(0), page.locator("details").nth(1)
    assert (late.get_attribute("data-task"), draft.get_attribute("data-task")) == (row["task"], "T-C20")
    expect(late).to_contain_text("超期 1 天")
    expect(late).to_contain_text("督办")
    expect(late).to_contain_text("还没有回复")
    draft.locator("summary").tap()
    expect(draft).to_contain_text("方案、目标、措施、人员、节点、评估")
    is_fit(page)
    page.goto(page.url + "?lang=en")
    expect(page.locator("details").nth(0)).to_contain_text("1 days late")
    is_fit(page)
