"""A care home and its city, every part a process of its own: a booking becomes a visit, a visit a review, and what was
paid for a booking that was taken back goes back.

Simulated devices, `onetrip edge` with kiosk and desk, Mosquitto, `onetrip cloud`, PostgreSQL, Chromium.
"""

import re
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from cloud.adapters.mqtt_retained import connected
from cloud.adapters.sql_database import open_database
from cloud.adapters.sql_reference import SqlReference
from cloud.domain.reference_draft import Draft
from cloud.services.reference_publishing import publish
from contract.reference_rows import Label, Slot
from edge.adapters.sqlite_snapshots import SqliteSnapshots
from edge.adapters.staff_accounts import StaffAccounts
from edge.domain.alarm_rules import SHANGHAI
from simulators.city_reference import CityReference
from simulators.facilities import CARE_HOME
from tests import servers
from tests.browser.kiosk_box import Visitor
from tests.browser.kiosk_pages import SCREEN
from tests.browser.test_kiosk_and_city import CityBox
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(600)

STAFF, PASSWORD = "3001", "3001-long-enough"
LAST_TIME = "23:59"  # whenever the test runs, it is still to come
CITY = Label(zh="民政局(模拟)", en="Bureau (simulated)")


class Home(CityBox):
    """A care home with a kiosk and a desk."""

    def __init__(self, directory: Path, broker: servers.Mosquitto, database: servers.Postgres,
                 telemetry: servers.VictoriaMetrics) -> None:  # fmt: skip
        super().__init__(directory, broker, database, telemetry, CARE_HOME)
        listen = f"127.0.0.1:{servers.free_port()}"
        self.desk = f"http://{listen}"
        with self.whole.profile.open("a", encoding="utf-8") as file:
            file.write(f'\n[desk]\nlisten = "{listen}"\n')
        StaffAccounts(directory / CARE_HOME.id).add(STAFF, "护理员丙", "nurse", PASSWORD)

    def start(self) -> None:
        super().start()
        self.publish_reference()
        eventually("the desk", lambda: httpx.get(f"{self.desk}/login").status_code == 200, 60)
        eventually("the list of homes", lambda: self.rows("care_homes"), 60)
        eventually("the times", lambda: self.rows("slots"), 60)

    def publish_reference(self) -> None:
        """As departments do: homes, rooms, and a time of today. No bookings: those are the kiosk's own."""
        now_ms = time.time_ns() // 1_000_000
        today = datetime.now(SHANGHAI).date().isoformat()
        slots = (Slot(matter="care_visit", date=today, time=LAST_TIME, places=9),)
        drafts = [Draft("slots", CITY, slots)] + [
            Draft(dataset.name, CITY, dataset.rows)
            for dataset in CityReference(2018, now_ms).datasets(CARE_HOME)
            if dataset.name in ("care_homes", "care_rooms")
        ]
        engine = open_database(self.whole.records_url)
        try:
            with connected(self.whole.broker.url) as send:
                for draft in drafts:
                    for _ in publish(draft, [CARE_HOME.id], SqlReference(engine), send, None, now_ms):
                        pass
        finally:
            engine.dispose()

    def rows(self, dataset: str) -> Any:
        """As the box has them now."""
        with closing(SqliteSnapshots(self.whole.directory / CARE_HOME.id)) as shelf:
            found = shelf.snapshot(dataset)
        return found.rows if found else ()

    def texts_to(self, phone: str) -> list[str]:
        query = f"SELECT text FROM sms_sandbox WHERE phone = '{phone}' ORDER BY at_ms"
        return [text for (text,) in self.whole.sql(query)]

    def case_of(self, matter: str) -> str:
        query = f"SELECT \"case\" FROM case_file WHERE matter = '{matter}' ORDER BY opened_at_ms DESC LIMIT 1"
        return str(eventually(f"the case of {matter}", lambda: self.whole.sql(query), 60)[0][0])

    def is_reached(self) -> None:
        meta = "SELECT value FROM meta WHERE key = 'reached_ms'"
        eventually("the cloud is reached", lambda: self.whole.store_row(meta)[0] > (time.time() - 15) * 1000, 90)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    directory = tmp_path_factory.mktemp("home")
    with servers.mosquitto() as broker, servers.postgres() as database, servers.victoria_metrics() as telemetry:
        box = Home(directory, broker, database, telemetry)
        with box.whole.bench:
            box.start()
            yield box
            box.whole.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    one = context.new_page()
    one.set_default_timeout(30_000)
    yield one
    context.close()


@pytest.fixture
def clerk(browser: Browser, home: Home) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    one = context.new_page()
    one.set_default_timeout(30_000)
    one.goto(f"{home.desk}/login")
    one.fill("#number", STAFF)
    one.fill("#password", PASSWORD)
    presses(one, "登录")
    yield one
    context.close()


def presses(clerk: Page, text: str) -> None:
    with clerk.expect_navigation():
        clerk.locator("main").get_by_role("button", name=text, exact=True).first.click()


def begins(page: Page, home: Home, matter: str) -> Visitor:
    visitor = Visitor(page, home)
    if not visitor.button(matter).count():
        visitor.taps("更多")
    visitor.taps(matter)
    return visitor


def reviews(page: Page, home: Home, code: str) -> Visitor:
    visitor = begins(page, home, "评价养老服务")
    visitor.goes_on(until="score", how="用预约码", code=code)
    return visitor


def test_a_booking_becomes_a_visit_and_the_visit_a_review_once(home: Home, page: Page, clerk: Page) -> None:
    home.is_reached()
    expect(Visitor(page, home).page.locator(".strip")).to_have_count(0, timeout=60_000)
    begins(page, home, "预约看望").goes_on(room="301", phone="00012345678")
    booking = home.case_of("care_visit_booking")
    text = eventually("the message with its code", lambda: home.texts_to("000-12345678"), 60)[0]
    code = re.findall(r"预约码([0-9]{6})", text)[0]
    assert home.whole.sql("SELECT state FROM care_booking") == [("asked",)]
    assert home.rows("bookings") == ()

    clerk.goto(f"{home.desk}/cases/{booking}")
    presses(clerk, "受理")
    eventually("the home's yes is at the kiosk", lambda: [row.state for row in home.rows("bookings")] == ["booked"], 60)
    reviews(page, home, code).sees("还没有找到可以评价的预约")

    visitor = begins(page, home, "来看望")
    visitor.goes_on(until="whom", how="用预约码", code=code)
    visitor.sees("301 房间，对吗")
    visitor.goes_on(whom="对", health="都没有")
    home.case_of("care_visit")
    if "签到好了" not in page.locator("main").inner_text():  # after the visiting hours staff let them in
        clerk.goto(f"{home.desk}/people")
        presses(clerk, "让进，给访客贴")
    inside = "SELECT badge FROM care_attendance WHERE badge <> '' AND left_at_ms IS NULL"
    badge = eventually("the badge", lambda: home.whole.sql(inside), 60)[0][0]
    reviews(page, home, code).sees("还没有找到可以评价的预约")

    begins(page, home, "离开").goes_on(badge=badge)
    done = lambda: [row.state for row in home.rows("bookings")] == ["completed"]  # noqa: E731
    eventually("the booking is completed at the kiosk", done, 60)
    visitor = reviews(page, home, code)
    visitor.goes_on(score="满意")
    visitor.sees("谢谢您的评价")
    review = "SELECT booking, score FROM care_review"
    assert eventually("the review", lambda: home.whole.sql(review), 60) == [(booking, 4)]
    reviews(page, home, code).sees("这次预约已经评价过了")

    figures = home.whole.api("/api/public/care-homes/reviews")
    assert figures == [{"home": CARE_HOME.id, "reviews": None, "mean": None}], "one review is told to nobody"
    bodies = b"".join(bytes(body) for (body,) in home.whole.sql("SELECT body FROM event"))
    assert code.encode() not in bodies, "a code does not travel"


def test_a_deposit_for_a_bed_that_was_taken_back_goes_back(home: Home, page: Page, clerk: Page) -> None:
    home.is_reached()
    expect(Visitor(page, home).page.locator(".strip")).to_have_count(0, timeout=60_000)
    visitor = begins(page, home, "想入住")
    visitor.goes_on(how="自己找养老院", price="都看看", level="不确定", what="留一张床位", phone="00087654321")
    case = home.case_of("care_home")
    paid = "SELECT state, amount_fen FROM payment"
    assert eventually("the deposit", lambda: home.whole.sql(paid), 60) == [("paid", 100_000)]

    clerk.goto(f"{home.desk}/cases/{case}")
    clerk.locator("summary", has_text="撤回").first.click()
    clerk.fill("#why", "家里改主意了")
    presses(clerk, "替申请人撤回")
    refund = "SELECT state, amount_fen FROM payment_refund"
    eventually("the refund", lambda: home.whole.sql(refund) == [("refunded", 100_000)], 90)
    eventually("its message", lambda: any("已经退回" in text for text in home.texts_to("000-87654321")), 60)
    clerk.goto(f"{home.desk}/cases/{case}")
    expect(clerk.locator("#waits")).to_contain_text("已退款 1000.00 元", timeout=30_000)
    events = "SELECT body FROM event WHERE type = 'onetrip.payment.settled.v1'"
    told = b"".join(bytes(body) for (body,) in home.whole.sql(events))
    assert told.count(b'"result":"refunded"') == 1
