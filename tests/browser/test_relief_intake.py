"""The relief station: one touch at the kiosk, then an attendant at the desk takes somebody in who has no papers.

Chromium, real `onetrip field` and `onetrip counter` processes, no network, no face, no card.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from edge.adapters.staff_accounts import StaffAccounts
from edge.domain.visits.case import Case
from simulators.facilities import RELIEF_STATION
from tests.browser.kiosk_box import Visitor
from tests.browser.kiosk_pages import SCREEN as KIOSK_SCREEN
from tests.browser.kiosk_pages import breaches
from tests.browser.test_desk import PASSWORD, Clerk, DeskBox, at_desk, desk_box
from tests.system.installation import eventually

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]
ATTENDANT, COLLEAGUE, CLERK = "5001", "5002", "1001"
PAGES = "/intake/pages/visit"
OPEN = ({"不知道", "不愿说"}, {"Not known", "Would rather not say"})
MUST_BE_SAID = {
    "doctor",
    "agree",
    "bed",
}  # not about oneself: where to go, and what people decide
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskBox]:
    with desk_box(RELIEF_STATION, tmp_path_factory.mktemp("station")) as desk:
        for number in (ATTENDANT, COLLEAGUE):
            StaffAccounts(desk.box.store).add(number, "值班员戊", "attendant", PASSWORD.format(number=number))
        yield desk


@pytest.fixture
def kiosk(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=KIOSK_SCREEN, has_touch=True, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


class Intake:
    """The pages of an intake, as an attendant goes through them with somebody."""

    def __init__(self, clerk: Clerk, fit: Callable[[], None]) -> None:
        """`fit`: what must be true of each page."""
        self.clerk, self.page, self.fit = clerk, clerk.page, fit
        self.seen: list[str] = []

    @property
    def kind(self) -> str:
        return self.page.locator("body").get_attribute("data-kind") or ""

    @property
    def asked(self) -> str:
        return self.page.locator("form.act input[name=question]").input_value()

    def finds(self, selector: str) -> None:
        """Leafs to it."""
        leaf = self.page.locator(".leaf button:not([disabled])").last
        while not self.page.locator(selector).count() and leaf.count():
            with self.page.expect_navigation():
                leaf.click()

    def taps(self, selector: str) -> None:
        self.finds(selector)
        with self.page.expect_navigation():
            self.page.locator(selector).click()

    def looks(self, name: str) -> None:
        assert self.page.url.endswith(PAGES)
        self.fit()
        self.shoots(name)

    def shoots(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{len(self.seen):02}-{name}.png")

    def goes_on(self, until: str = "", *, says: str = "unknown", **answers: str) -> None:
        """To a question, or to the end: `says` wherever nobody need know, `answers` by question (dots as _)."""
        for _ in range(40):
            if self.kind == "result" or self.asked == until:
                return
            self.seen.append(name := self.asked)
            self.looks(name)
            self._answers(name, answers.get(name.replace(".", "_"), ""), says)
        raise AssertionError(f"no end: {self.seen}")

    def _answers(self, name: str, answer: str, says: str) -> None:
        offered = self.page.locator("main button.opt")
        match self.kind:
            case "choice" if self.page.locator("button[aria-pressed]").count():
                self._may_stay_open(name)
                self.taps(f"button[value='toggle:{answer or says}']")
                self.taps("main .btn.pri")
            case "choice" if name in MUST_BE_SAID:
                self.taps(f"main button.opt[value='{answer}']" if answer else "main button.opt >> nth=-1")
            case "choice":
                self._may_stay_open(name)
                self.taps(f"main button.opt[value='{answer or says}']")
            case "pad" if self.page.locator("button.key[value^='spell:']").count():
                self.taps("button.key[value='spell:W']")
                self.taps("button.key[value^='pick:'] >> nth=0")
                self.looks(f"{name}.picked")
                self.taps("main .row .btn.pri")
            case "pad" if answer:
                for digit in answer:
                    self.page.locator(f"button.key[value='key:{digit}']").click()
                self.taps("main .row .btn.pri")
            case "pad":
                self.taps("button[name=skip]")
            case "counted":
                self.taps("button[value='more:bag']")
                self.taps("main .btn.pri >> nth=-1")
            case "sign":
                self.signs()
            case _:
                assert offered.count() == 0
                self.taps("main .btn.pri >> nth=-1")

    def _may_stay_open(self, name: str) -> None:
        """Not knowing and not saying stand on the page with the other answers, of the same size."""
        buttons = self.page.locator("main button.opt")
        labels = [text.strip() for text in buttons.all_inner_texts()]
        assert any(set(labels) >= open_ones for open_ones in OPEN), f"{name}: {labels}"
        widths = {round(box["width"]) for one in buttons.all() if (box := one.bounding_box())}
        assert len(widths) == 1, name

    def signs(self) -> None:
        """After the last part of what is signed."""
        self.finds("#sign")
        frame = self.page.locator("#sign").bounding_box()
        assert frame is not None
        mouse = self.page.mouse
        mouse.move(frame["x"] + 20, frame["y"] + frame["height"] / 2)
        mouse.down()
        for step in range(40):
            mouse.move(frame["x"] + 20 + (frame["width"] - 40) * step / 40, frame["y"] + 20 + step % 7 * 10)
        mouse.up()
        self.shoots("signed")
        self.taps("main .btn.pri")


def ids(station: DeskBox, matter: str) -> set[str]:
    return {case.id for case in waiting(station, matter)}


def _seen_before() -> None:
    """Another test has looked at these pages."""


def waiting(station: DeskBox, matter: str, *states: str) -> list[Case]:
    return station.hall.store.in_state(states or ("submitted", "accepted"), matter=matter)


def test_one_touch_becomes_an_intake_that_a_power_cut_does_not_lose_and_whose_papers_are_prepared(
    browser: Browser, station: DeskBox, kiosk: Page
) -> None:
    before, told_before = ids(station, "relief_intake"), len(station.box.events())
    visitor = Visitor(kiosk, station.box)
    visitor.taps("睡觉")
    visitor.sees("工作人员正在过来")
    with at_desk(browser, station, ATTENDANT) as clerk:
        clerk.goes("/queue")
        clerk.sees("住宿")
        clerk.is_fit()
        intake = Intake(clerk, clerk.is_fit)
        intake.shoots("calls")
        clerk.presses("接进来登记")
        assert clerk.page.locator("#voice").get_attribute("autoplay") is not None
        sound = clerk.page.request.get(f"{station.url}/intake/pages/voice")
        assert (sound.status, sound.headers.get("content-type")) == (200, "audio/wav")
        assert "staff.came" in station.box.events()
        expect(kiosk.locator(".coming")).to_have_count(0, timeout=15_000)
        intake.goes_on("came", health="well", paper="none")
        assert "slip" not in intake.seen  # its code is known
        station.box.kill_counter()
        station.box.start_counter()
        eventually("the desk", lambda: httpx.get(f"{station.url}/login").status_code == 200, 30)
    with at_desk(browser, station, ATTENDANT) as clerk:
        clerk.goes("/intake")
        clerk.is_fit()
        intake = Intake(clerk, clerk.is_fit)
        intake.shoots("intake")
        clerk.presses("接着填")
        assert intake.asked == "came"
        intake.goes_on("agree", says="unwilling", height="165", bed="later")
        intake.goes_on(agree="sign")
        expect(clerk.page.locator("h1")).to_have_text("先吃饭休息")
        clerk.is_fit()
        intake.shoots("end")
        intake.taps(".act .btn.pri")
        assert clerk.page.url == f"{station.url}/intake"
        clerk.sees("都填完了")

        (case,) = [one for one in waiting(station, "relief_intake") if one.id not in before]
        assert case.number
        assert case.desk["answers"]["agreed"] == "signed"
        assert case.desk["begun_by"] == ATTENDANT
        assert case.place.endswith("-desk")
        clerk.goes(f"/cases/{case.id}")
        clerk.sees(ATTENDANT)
        clerk.is_fit()
        intake.shoots("case")

        for paper, filled in (("寻亲公告", {}), ("公安协查", {"police": "示例派出所"})):
            clerk.goes("/papers")
            theirs = clerk.page.locator("section.card", has_text=case.number).first
            theirs.locator("summary", has_text=paper).click()
            part = theirs.locator("details[open]")
            for name, text in {**filled, "phone": "000-12345678"}.items():
                part.locator(f"input[name={name}]").fill(text)
            with clerk.page.expect_navigation():
                part.locator("button").click()
            clerk.sees("请核对后打印")
            clerk.is_fit()
            intake.shoots(paper)
    told = station.box.events()[told_before:]
    assert told.count("notice.prepared") == 2
    assert told.count("relief.reception") == 1
    assert station.hall.case(case.id).desk["papers"].keys() == {"kin_search", "police_request"}


def test_every_page_is_whole_in_large_english_letters_too(browser: Browser, station: DeskBox) -> None:
    with at_desk(browser, station, ATTENDANT, **KIOSK_SCREEN) as clerk:

        def is_whole() -> None:
            assert breaches(clerk.page) == [], intake.seen

        intake = Intake(clerk, is_whole)
        clerk.goes("/intake")
        clerk.presses("新登记一位")
        for look in ("size:xl", "lang:en"):
            intake.taps(f"button.tool[value='{look}']")
        intake.goes_on("lodging", health="ill", doctor="seen", age="adult", ability="none", name="told")
        intake.goes_on("agree", lodging="no", bed="later")
        intake.goes_on(agree="sign")
        is_whole()
        intake.taps(".act .btn.pri")


def test_taking_in_twice_is_one_intake_and_a_finished_one_is_its_case(
    browser: Browser, station: DeskBox, kiosk: Page
) -> None:
    before, met_before = ids(station, "relief_intake"), ids(station, "relief")
    visitor = Visitor(kiosk, station.box)
    visitor.taps("回家")
    visitor.sees("工作人员正在过来")
    visitor.taps("退出")
    eventually("the reception", lambda: len(ids(station, "relief") - met_before) == 1, 15)
    (reception,) = [one for one in waiting(station, "relief") if one.id not in met_before]
    with at_desk(browser, station, ATTENDANT) as clerk:
        clerk.goes(f"/cases/{reception.id}")
        clerk.presses("接进来登记")
        assert station.hall.case(reception.id).state == "accepted"
        intake = Intake(clerk, _seen_before)
        intake.goes_on("paper", health="well")
        clerk.goes(f"/cases/{reception.id}")
        clerk.presses("接着填")
        assert intake.asked == "paper"
        intake.goes_on("agree", paper="none", bed="later")
        intake.goes_on(agree="spoken", witness=ATTENDANT)
        (case,) = [one for one in waiting(station, "relief_intake") if one.id not in before]
        assert case.desk["reception"] == reception.id
        clerk.goes(f"/cases/{reception.id}")
        clerk.sees(case.number)
        clerk.is_fit()


def test_who_is_ill_goes_to_a_doctor_before_anything_is_asked_and_colleagues_hear_of_it(
    browser: Browser, station: DeskBox
) -> None:
    with at_desk(browser, station, ATTENDANT) as clerk:
        clerk.goes("/intake")
        clerk.presses("新登记一位")
        intake = Intake(clerk, _seen_before)
        intake.goes_on(health="ill", doctor="go")
        assert intake.seen == ["health", "doctor"]
        clerk.sees("先去看病")
        clerk.goes("/queue")
        clerk.sees("先看病")
        expect(clerk.button("接进来登记")).to_have_count(0)  # this call is no reception


def test_the_pages_are_for_who_is_logged_in_and_each_attendant_has_their_own(
    browser: Browser, station: DeskBox
) -> None:
    with httpx.Client(base_url=station.url) as stranger:
        for path in (PAGES, "/intake/pages/voice", "/intake/pages/visit/stream", "/intake/pages/static/kiosk.css"):
            assert stranger.get(path).headers.get("location", "/login") == "/login"
            assert stranger.get(path).status_code in (303, 401)
        assert stranger.post("/intake/pages/visit/answer", data={"chosen": "well"}).status_code == 303
    with at_desk(browser, station, ATTENDANT) as clerk:
        clerk.goes("/intake")
        clerk.presses("新登记一位")
        foreign = clerk.page.request.post(
            f"{station.url}/intake/pages/visit/leave", headers={"origin": "http://elsewhere.example"}
        )
        assert foreign.status == 421
        clerk.goes("/intake")
        clerk.presses("退出", within="header")
        clerk.logs_in(COLLEAGUE)
        clerk.page.goto(station.url + PAGES)
        assert clerk.page.url == f"{station.url}/intake"
    with at_desk(browser, station, CLERK) as clerk:
        clerk.goes("/intake")
        clerk.sees("求助登记由值班员或管理人员来填")
        expect(clerk.button("新登记一位")).to_have_count(0)


def test_no_visitor_begins_an_intake_or_goes_on_with_one_at_the_kiosk(station: DeskBox, kiosk: Page) -> None:
    begun = httpx.post(f"{station.box.url}/begin", data={"matter": "relief_intake"})
    assert "/visit" not in begun.headers["location"]
    draft = Case("0192-draft", "relief_intake", "7391", "f-desk", 0, 0, rev=3)
    with station.hall.store.transaction() as writing:
        writing.keep(draft)
    answer = httpx.post(f"{station.box.url}/resume", data={"by": "code", "typed": "7391"})
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    with station.hall.store.transaction() as writing:
        writing.forget(draft.id)
    assert kiosk.goto(station.box.url) is not None
    expect(kiosk.locator("main button.opt")).to_have_count(4)
