"""Visitors at a kiosk: Chromium, real `onetrip field` and `onetrip counter` processes, simulated devices.

No box here has a network: every matter must come to a lawful end all the same.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.domain.visits.matters.care_visit import badge_of
from simulators.facilities import CARE_HOME, FUNERAL_HOME, MARRIAGE_OFFICE, RELIEF_STATION, Facility
from simulators.facilities.kiosk import PRINTER, reader_of
from tests.browser.kiosk_box import KioskBox, Visitor, kiosk_box
from tests.browser.kiosk_pages import SCREEN, breaches
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(180)


def box_of(facility: Facility) -> Callable[..., Iterator[KioskBox]]:
    @pytest.fixture(scope="module")
    def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskBox]:
        with kiosk_box(facility, tmp_path_factory.mktemp("box")) as one:
            yield one

    return box


office, home, funeral, station = map(box_of, (MARRIAGE_OFFICE, CARE_HOME, FUNERAL_HOME, RELIEF_STATION))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Its console stays silent, and it asks nobody else."""
    said: list[str] = []
    context = browser.new_context(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    one = context.new_page()
    one.set_default_timeout(15_000)
    one.on("console", lambda message: said.append(message.text))
    one.on("pageerror", lambda error: said.append(str(error)))
    one.on("request", lambda request: said.extend([request.url] * (urlsplit(request.url).hostname != "127.0.0.1")))
    yield one
    context.close()
    assert [text for text in said if "Clear-Site-Data" not in text and "ERR_" not in text] == []


def new_events(box: KioskBox, before: int) -> list[str]:
    return [one for one in box.events()[before:] if not one.startswith("device.")]


def number_on(page: Page) -> str:
    """The number in the queue, as the page shows it."""
    return page.locator(".hero").inner_text().split()[-1]


# the marriage office


def test_a_couple_checks_in_signs_and_takes_a_number_and_is_never_registered_off_line(
    office: KioskBox, page: Page
) -> None:
    before, visitor = len(office.events()), Visitor(page, office)
    visitor.taps("婚姻登记")
    visitor.taps("结婚登记")
    visitor.goes_on(until="first.card")
    couple = office.person(), office.person()
    for person in couple:
        visitor.lays(person)
    visitor.goes_on(phone="00012345678")
    visitor.sees("联网核查要等网络恢复")
    visitor.sees("小票打好了", 20)
    assert breaches(page) == []
    number = number_on(page)
    assert any(number.endswith(line) and line for line in office.tickets()[-1])
    told = new_events(office, before)
    assert told.count("identity.read") == told.count("document.signed") == told.count("visit.checkin") == 2
    assert "case.submitted" in told
    assert "case.moved" not in told  # no registration is completed
    written = office.written()
    for person in couple:
        assert person.name.encode() not in written
        assert person.id_number.encode() not in written
    visitor.taps("很满意")
    visitor.sees("谢谢")
    visitor.taps("完成")
    visitor.is_home()
    assert page.context.cookies() == []


def test_after_the_end_nothing_of_the_visitor_is_left_in_the_browser(office: KioskBox, page: Page) -> None:
    visitor = Visitor(page, office)
    visitor.taps("婚姻登记")
    visitor.goes_on(until="second.card")
    visitor.taps("退出")
    visitor.is_home()
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    page.go_back()
    visitor.is_home()


def test_three_cards_that_cannot_be_read_lead_to_the_window_without_a_word_of_blame(
    office: KioskBox, page: Page
) -> None:
    visitor = Visitor(page, office)
    visitor.taps("婚姻登记")
    visitor.goes_on(until="first.card")
    for _ in range(3):
        office.lay_card(office.person(), unreadable=True)
        page.wait_for_timeout(4000)
        assert not re.search("失败|错误|无效", page.locator("main").inner_text())
    eventually("the next question", lambda: visitor.asked == "second.card", 10)
    visitor.goes_on()
    assert number_on(page).startswith("A")


def test_a_reader_that_is_pulled_out_is_said_within_five_seconds_and_the_matter_goes_on(
    office: KioskBox, page: Page
) -> None:
    visitor, reader = Visitor(page, office), reader_of(office.facility)
    visitor.taps("婚姻登记")
    visitor.goes_on(until="first.card")
    office.unplug(reader)
    try:
        visitor.sees("读卡器暂时不能用", 5)
        assert breaches(page) == []
        visitor.taps("没带身份证")
        visitor.taps("另一位没带身份证")
        visitor.goes_on()
        assert page.locator(".hero").count() == 1
    finally:
        office.plug(reader)


def test_a_printer_without_a_plug_leaves_the_number_on_the_screen(office: KioskBox, page: Page) -> None:
    office.unplug(PRINTER)
    try:
        visitor = Visitor(page, office)
        visitor.taps("婚姻登记")
        visitor.goes_on(kind="其他")
        visitor.sees("请记住号码", 35)
        assert number_on(page).startswith("D")
    finally:
        office.plug(PRINTER)


@pytest.mark.parametrize("until", ["second.card", "first.statement"])
def test_after_a_power_cut_the_code_on_the_screen_leads_back_to_the_same_question(
    until: str, office: KioskBox, page: Page
) -> None:
    visitor = Visitor(page, office)
    visitor.taps("婚姻登记")
    visitor.goes_on(until=until)
    found = re.search(r"号码 (\d{4})", page.locator(".steps").inner_text())
    assert found is not None
    office.kill_counter()
    office.start_counter()
    visitor = Visitor(page, office)
    visitor.taps("接着上次的办")
    visitor.types(found[1])
    visitor.taps("接着办")
    assert visitor.asked == until
    visitor.goes_on()
    visitor.sees("受理号")


def test_two_quick_touches_are_one(office: KioskBox, page: Page) -> None:
    visitor = Visitor(page, office)
    visitor.taps("婚姻登记")
    visitor.goes_on(until="check")
    before = office.events().count("case.submitted")
    with page.expect_navigation():
        page.evaluate(
            "() => { const go = document.querySelector('main .btn.pri'), form = go.form;"
            " fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual'});"
            " go.click(); }"
        )
    assert visitor.asked.startswith("papers")
    visitor.goes_on()
    assert office.events().count("case.submitted") == before + 1


def test_english_and_large_type_stay_through_a_visit_and_are_gone_for_the_next(office: KioskBox, page: Page) -> None:
    visitor = Visitor(page, office)
    visitor.taps("English")
    visitor.taps("Large")
    visitor.taps("Marriage and divorce")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("html").get_attribute("data-size") == "xl"
    visitor.taps("Leave")
    visitor.is_home()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("html").get_attribute("data-size") == "normal"


def test_staff_are_called_with_one_touch_from_any_page(office: KioskBox, page: Page) -> None:
    visitor = Visitor(page, office)
    visitor.taps("婚姻登记")
    before = office.events().count("staff.called")
    visitor.taps("叫工作人员")
    visitor.sees("工作人员正在过来")
    visitor.taps("叫工作人员")
    assert office.events().count("staff.called") == before + 1


@pytest.mark.parametrize(
    ("matter", "answers", "told"),
    [
        ("补领证件", {}, "case.submitted"),
        ("申请救助", {"phone": "00012345678"}, "case.submitted"),
    ],
)
def test_other_matters_of_the_hall_end_off_line_too(
    matter: str, answers: dict[str, str], told: str, office: KioskBox, page: Page
) -> None:
    visitor = Visitor(page, office)
    before = len(office.events())
    if not visitor.button(matter).count():
        visitor.taps("更多")
    visitor.taps(matter)
    visitor.goes_on(**answers)
    visitor.sees("受理号")
    assert told in new_events(office, before)


def test_anybody_may_ask_what_to_bring_and_look_up_an_organisation_and_leaves_no_trace(
    office: KioskBox, page: Page
) -> None:
    visitor = Visitor(page, office)
    before = len(office.events())
    visitor.taps("要带什么")
    visitor.goes_on()
    visitor.taps("完成")
    visitor.is_home()
    visitor.taps("更多")
    visitor.taps("查社会组织")
    visitor.goes_on(by="按类别")
    assert breaches(page) == []
    assert [one for one in new_events(office, before) if one.startswith("case.")] == []


# the care home


@pytest.mark.commitment("C04")
def test_a_visitor_signs_in_or_after_the_hours_is_met_by_staff(home: KioskBox, page: Page) -> None:
    before, visitor = len(home.events()), Visitor(page, home)
    visitor.taps("来看望")
    visitor.goes_on(how="放身份证", room="101")
    visitor.sees("小票打好了", 20)
    told = new_events(home, before)
    badges = [line for line in home.tickets()[-1] if re.fullmatch(r"<\d{8}>", line)]
    assert "staff.called" in told
    assert len(badges) == told.count("visitor.entered")  # none while the doors are shut
    sources = home.submitted().provenance
    assert len([field for field, source in sources.items() if source == "card"]) == 9  # none of it was typed
    assert (sources["room"], sources["health"]) == ("typed", "typed")


def test_a_badge_before_the_scanner_signs_its_visitor_out(home: KioskBox, page: Page) -> None:
    before, visitor = len(home.events()), Visitor(page, home)
    visitor.taps("离开")
    home.scan(badge_of("of a case of before"))
    page.locator("body[data-kind=result]").wait_for(timeout=15_000)
    assert "visitor.left" in new_events(home, before)


@pytest.mark.parametrize("matter", ["送东西给老人", "预约看望"])
def test_a_family_brings_things_and_books_a_visit(matter: str, home: KioskBox, page: Page) -> None:
    visitor = Visitor(page, home)
    if not visitor.button(matter).count():
        visitor.taps("更多")
    visitor.taps(matter)
    visitor.goes_on(room="101", phone="00012345678", visitor_card="")
    visitor.sees("受理号")


def test_who_walks_away_in_the_middle_leaves_no_draft_of_a_visit(home: KioskBox, page: Page) -> None:
    visitor = Visitor(page, home)
    visitor.taps("来看望")
    visitor.goes_on(until="room", how="放身份证")
    visitor.taps("退出")
    visitor.is_home()
    assert visitor.button("接着上次的办").count() == 0


# the funeral home


def test_a_cremation_is_booked_from_the_published_list_and_nothing_is_ticked(funeral: KioskBox, page: Page) -> None:
    before, visitor = len(funeral.events()), Visitor(page, funeral)
    visitor.taps("办理预约")
    visitor.goes_on(until="date", who="家属", scan="没有", phone="00012345678")
    assert page.locator("[aria-pressed=true], :checked").count() == 0
    visitor.goes_on(phone="00012345678")
    visitor.sees("受理号")
    assert "case.submitted" in new_events(funeral, before)
    text = page.locator("main").inner_text()
    assert not re.search("恭喜|成功|！", text)


def test_the_price_list_is_open_to_anybody(funeral: KioskBox, page: Page) -> None:
    visitor = Visitor(page, funeral)
    visitor.taps("看价目表")
    visitor.goes_on()
    visitor.sees("看好了")


def test_a_body_may_be_sent_home_after_one_visit(funeral: KioskBox, page: Page) -> None:
    before, visitor = len(funeral.events()), Visitor(page, funeral)
    visitor.taps("遗体外运")
    visitor.goes_on(phone="00012345678", plate="H12345")
    visitor.sees("受理号")
    assert "case.submitted" in new_events(funeral, before)


# the relief station


@pytest.mark.commitment("C32")
def test_one_touch_is_enough_for_help_without_papers_or_reading(station: KioskBox, page: Page) -> None:
    before, visitor = len(station.events()), Visitor(page, station)
    assert breaches(page) == []
    visitor.taps("吃饭喝水")
    visitor.sees("工作人员正在过来")
    assert breaches(page) == []
    assert new_events(station, before) == ["relief.reception", "staff.called"]
    visitor.taps("退出")
    visitor.is_home()
    assert "case.submitted" in new_events(station, before)


def test_no_face_and_no_card_is_asked_of_who_needs_a_doctor(station: KioskBox, page: Page) -> None:
    before, visitor = len(station.events()), Visitor(page, station)
    visitor.taps("看病")
    expect(page.locator("body[data-kind=result]")).to_be_attached()
    assert "staff.called" in new_events(station, before)


def test_a_whole_reception_by_pictures(station: KioskBox, page: Page) -> None:
    tickets, before, visitor = len(station.tickets()), len(station.events()), Visitor(page, station)
    visitor.taps("睡觉")
    visitor.goes_on(state="我还好", paper="没有")
    told = new_events(station, before)
    assert told.count("relief.reception") == told.count("staff.called") == told.count("case.submitted") == 1
    eventually("a ticket", lambda: len(station.tickets()) == tickets + 1, 20)
