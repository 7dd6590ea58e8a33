"""A visitor is confirmed as family at a care home's desk; at the kiosk their card then offers them the room."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from contract.reference import Snapshot
from edge.adapters.site_key import site_key
from edge.domain.visits.person import token_of
from simulators.facilities import CARE_HOME
from tests.browser.kiosk_box import Visitor
from tests.browser.kiosk_pages import SCREEN
from tests.browser.reference import snapshots_of
from tests.browser.test_desk import DeskBox, at_desk, desk_box
from tests.system.installation import eventually

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskBox]:
    with desk_box(CARE_HOME, tmp_path_factory.mktemp("home")) as desk:
        yield desk


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    one = context.new_page()
    one.set_default_timeout(20_000)
    yield one
    context.close()


def rooms(desk: DeskBox) -> Snapshot:
    key = site_key(desk.box.store)
    return snapshots_of(CARE_HOME, 1_790_000_000_000, lambda _facility, number: token_of(number, key))["care_rooms"]


def test_who_was_confirmed_is_offered_the_room_by_the_card_and_a_stranger_is_not(
    browser: Browser, home: DeskBox, page: Page
) -> None:
    daughter, stranger = home.box.person(), home.box.person()
    visitor = Visitor(page, home.box)
    visitor.taps("来看望")
    visitor.goes_on(until="visitor.card", how="放身份证")
    visitor.lays(daughter)
    assert visitor.asked == "room"
    visitor.goes_on(room="301", health="都没有")
    case = eventually("the visit", lambda: home.hall.store.in_state(["submitted"], matter="care_visit"), 20)[0]

    with at_desk(browser, home, "3001") as nurse:
        nurse.goes("/people")
        nurse.page.locator(f"a[href='/people/{case.id}/family']").click()
        residents = nurse.page.locator("section.card")
        assert residents.count() == len([row for row in rooms(home).rows if row.room == "301"])
        nurse.page.select_option("#consent-1", "resident")
        nurse.page.fill("#reason-1", "户口本上是女儿")
        nurse.presses("确认亲属关系")
        nurse.sees("亲属关系已记下")
        expect(residents.first).to_contain_text("已确认")
    assert home.box.events()[-2:] == ["consent.given", "family.confirmed"]

    for person, asked in ((daughter, "family"), (stranger, "room")):
        visitor = Visitor(page, home.box)
        visitor.taps("来看望")
        visitor.goes_on(until="visitor.card", how="放身份证")
        visitor.lays(person)
        assert visitor.asked == asked
