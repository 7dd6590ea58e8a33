"""The desk in Chromium: real field and counter processes on simulated devices, cases as the kiosk leaves them."""

import contextlib
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from edge.adapters.site_key import site_key
from edge.adapters.staff_accounts import StaffAccounts
from edge.adapters.system_clock import SystemClock
from edge.domain.visits.conversation import Message
from edge.domain.visits.relief_notices import Described
from edge.domain.visits.staff import Role
from simulators.bench import Bench, make_ports
from simulators.facilities import CARE_HOME, FUNERAL_HOME, MARRIAGE_OFFICE, RELIEF_STATION, Facility
from simulators.facilities.kiosk import with_kiosk
from tests import servers
from tests.browser.kiosk_box import KioskBox, Visitor
from tests.browser.kiosk_pages import AXE, RULES_OF_AXE
from tests.system.installation import eventually
from tests.unit.edge.services.desk.desk_hall import FIRST, SECOND, SIGNED, DeskHall

pytestmark = pytest.mark.loopback
TABLET, SCREEN = {"width": 768, "height": 1024}, {"width": 1280, "height": 900}
PASSWORD = "{number}-long-enough"
STAFF: tuple[tuple[str, str, Role], ...] = (
    ("1001", "窗口甲", "clerk"),
    ("2001", "登记员乙", "registrar"),
    ("3001", "护理员丙", "nurse"),
    ("9001", "主任丁", "manager"),
)
_SMALL = """() => [...document.querySelectorAll(
    "button, a[href]:not(.skip), input:not([type=hidden]), select, summary")]
  .map((e) => [e, (e.closest("label.choice") || e).getBoundingClientRect()])
  .filter(([e, r]) => r.width && (r.height < 44 || r.width < 44) && !["checkbox", "radio"].includes(e.type) ||
    ["checkbox", "radio"].includes(e.type) && r.height < 44)
  .map(([e, r]) => `${e.tagName} ${e.textContent.trim().slice(0, 12)} ${r.width | 0}x${r.height | 0}`)"""


@dataclass
class DeskBox:
    box: KioskBox
    url: str
    hall: DeskHall

    def is_up(self) -> None:
        def answers() -> bool:
            try:
                return httpx.get(f"{self.url}/login", timeout=5).status_code == 200
            except httpx.TransportError:
                return False

        eventually("the desk", answers, 60)

    def power_cut(self) -> None:
        """Of the pages' process, in the middle of whatever it does."""
        self.box.kill_counter()
        self.box.start_counter()
        self.is_up()


@contextlib.contextmanager
def desk_box(facility: Facility, directory: Path, settings: str = "") -> Iterator[DeskBox]:
    """`settings`: more of the table [desk]."""
    facility = with_kiosk(facility)
    with Bench(make_ports(facility, directory / "dev", seed=7)) as bench:
        box = KioskBox(facility, directory, bench)
        listen = f"127.0.0.1:{servers.free_port()}"
        with box.profile.open("a", encoding="utf-8") as file:
            file.write(f'\n[desk]\nlisten = "{listen}"\n{settings}')
        accounts = StaffAccounts(box.store)
        for number, name, role in STAFF:
            accounts.add(number, name, role, PASSWORD.format(number=number))
        with box.running():
            hall = DeskHall(box.store, facility.kind, site_key(box.store), SystemClock(5, 120))
            with contextlib.closing(hall):
                desk = DeskBox(box, f"http://{listen}", hall)
                desk.is_up()
                yield desk


@contextlib.contextmanager
def at_desk(browser: Browser, desk: DeskBox, number: str, *, scripts: bool = True, **size: int) -> Iterator["Clerk"]:
    context = browser.new_context(viewport=size or SCREEN, java_script_enabled=scripts, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    try:
        clerk = Clerk(context.new_page(), desk)
        clerk.logs_in(number)
        yield clerk
    finally:
        context.close()


class Clerk:
    """Somebody at the desk's page. Texts are Chinese, as it shows them."""

    def __init__(self, page: Page, desk: DeskBox) -> None:
        self.page, self.desk = page, desk

    def goes(self, path: str) -> None:
        self.page.goto(self.desk.url + path)

    def logs_in(self, number: str, password: str = "") -> None:
        self.goes("/login")
        self.page.fill("#number", number)
        self.page.fill("#password", password or PASSWORD.format(number=number))
        self.presses("登录")

    def presses(self, text: str, within: str = "main") -> None:
        with self.page.expect_navigation():
            self.button(text, within).click()

    def button(self, text: str, within: str = "main") -> Locator:
        return self.page.locator(within).get_by_role("button", name=text, exact=True).first

    def sees(self, text: str, timeout_s: float = 10) -> None:
        expect(self.page.locator("main")).to_contain_text(text, timeout=timeout_s * 1000)

    def opens(self, summary: str) -> None:
        self.page.locator("summary", has_text=summary).first.click()

    def is_fit(self) -> None:
        """axe finds nothing, targets are 44 px, nothing is wider than the page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("t => axe.run(document, {runOnly: {type: 'tag', values: t}})", RULES_OF_AXE)
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
        assert self.page.evaluate(_SMALL) == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskBox]:
    names = 'names = ["desk.home.lan", "192.168.7.2"]\n'
    with desk_box(MARRIAGE_OFFICE, tmp_path_factory.mktemp("office"), names) as desk:
        yield desk


def test_a_tablet_opens_the_desk_by_a_name_of_the_facility_file_and_by_no_other(office: DeskBox) -> None:
    hosts = ("desk.home.lan:8081", "192.168.7.2:8081", "127.0.0.1:8081", "desk.evil.example:8081", "192.168.7.3:8081")
    answers = [httpx.get(f"{office.url}/login", headers={"host": host}).status_code for host in hosts]
    assert answers == [200, 200, 200, 421, 421]


def test_only_a_number_with_its_password_gets_in(browser: Browser, office: DeskBox) -> None:
    context = browser.new_context(viewport=SCREEN)  # type: ignore[arg-type]
    clerk = Clerk(context.new_page(), office)
    for path in ("/queue", "/cases", "/alarms", "/handover", "/messages"):
        clerk.goes(path)
        assert clerk.page.url.endswith("/login")
    clerk.is_fit()
    clerk.logs_in("1001", "admin")
    clerk.sees("工号和密码对不上")
    clerk.logs_in("1001")
    assert clerk.page.url.endswith("/queue")
    expect(clerk.page.locator("header")).to_contain_text("窗口甲")
    clerk.presses("退出", "header")
    clerk.goes("/queue")
    assert clerk.page.url.endswith("/login")
    context.close()


def test_a_form_of_another_session_is_refused(browser: Browser, office: DeskBox) -> None:
    with at_desk(browser, office, "1001") as clerk:
        answer = clerk.page.request.post(office.url + "/queue/next", form={"csrf": "another"})
        assert answer.status == 403


def test_the_next_in_line_is_called_served_and_done(browser: Browser, office: DeskBox) -> None:
    before = len(office.box.events())
    number = office.hall.submit(queue="marriage").result["ticket"]  # type: ignore[index]
    with at_desk(browser, office, "1001") as clerk:
        clerk.page.fill("#window", "2")
        for other in ("divorce", "certificates", "other"):
            clerk.page.uncheck(f"input[name='queue.{other}']")
        clerk.presses("在这个窗口")
        clerk.sees(number)
        clerk.presses("叫下一位")
        clerk.sees(f"已叫 {number}")
        clerk.presses("再叫一次")
        clerk.is_fit()
        shown = office.box.url + "/display"
        assert number in httpx.get(shown).text or httpx.get(shown).status_code == 404  # where the call display stands
        clerk.presses("开始办理")
        clerk.presses("办完了")
        clerk.presses("叫下一位")
        clerk.sees("现在没有人等候")
    names = [one for one in office.box.events()[before:] if one.startswith("queue.")]
    assert names == ["queue.ticket", "queue.called", "queue.called", "queue.done"]


def test_after_a_power_cut_a_number_is_at_the_window_where_it_was_called_and_served(
    browser: Browser, tmp_path: Path
) -> None:
    with desk_box(MARRIAGE_OFFICE, tmp_path) as desk:
        number = desk.hall.submit(queue="marriage").result["ticket"]  # type: ignore[index]
        with at_desk(browser, desk, "1001") as clerk:
            clerk.page.fill("#window", "2")
            clerk.presses("在这个窗口")
            clerk.presses("叫下一位")
            clerk.sees(f"已叫 {number}")
            for state, then in (("已叫", "开始办理"), ("办理中", "办完了")):
                desk.power_cut()
                clerk.goes("/queue")
                assert clerk.page.url.endswith("/login"), "a log-in ends with the power"
                clerk.logs_in("1001")
                clerk.sees("窗口号 2")
                expect(clerk.page.locator("#mine")).to_contain_text(number)
                expect(clerk.page.locator("#mine")).to_contain_text(state)
                clerk.opens("换窗口、关窗")
                clerk.presses("关窗")
                clerk.sees("窗口上还有一个号")
                clerk.presses(then)
            clerk.presses("叫下一位")
            clerk.sees("现在没有人等候")
        names = [one for one in desk.box.events() if one.startswith("queue.")]
        assert names == ["queue.ticket", "queue.called", "queue.done"]
        assert [one["window"] for one in desk.hall.events("queue.called", "queue.done")] == ["2", "2"]


def test_a_power_cut_between_two_steps_of_a_number_leaves_no_step_half_told(tmp_path: Path) -> None:
    with desk_box(MARRIAGE_OFFICE, tmp_path) as desk:
        for _ in range(40):
            desk.hall.submit(queue="marriage")

        def calls_on() -> None:
            with httpx.Client(base_url=desk.url, timeout=20) as clerk, contextlib.suppress(httpx.TransportError):
                csrf = csrf_of(clerk.get("/login").text)
                clerk.post("/login", data={"number": "1001", "password": "1001-long-enough", "csrf": csrf})
                csrf = csrf_of(clerk.get("/queue").text)
                clerk.post("/queue/window", data={"window": "2", "csrf": csrf})
                for _ in range(40):
                    clerk.post("/queue/next", data={"csrf": csrf})
                    [place] = re.findall(r'/queue/done">.*?name="place" value="([^"]+)"', clerk.get("/queue").text)
                    clerk.post("/queue/done", data={"csrf": csrf, "place": place})

        clerk = threading.Thread(target=calls_on)
        clerk.start()
        eventually("it is called", lambda: len(desk.hall.events("queue.called")) >= 3, 60)
        desk.power_cut()
        clerk.join()
        called = Counter(one["number"] for one in desk.hall.events("queue.called"))
        done = Counter(one["number"] for one in desk.hall.events("queue.done"))
        today = desk.hall.queueing.today()
        assert called == {one.number: one.calls for one in today if one.calls}
        assert done == {one.number: 1 for one in today if one.state == "served"}
        assert len(today) == 40
        assert sum(one.state == "called" for one in today) <= 1
        window = desk.hall.queueing.window_of("1001")
        assert window is not None
        assert window.name == "2"


def test_a_page_that_says_why_not_goes_on_living(browser: Browser, office: DeskBox) -> None:
    """It is looked at again, it can be loaded again, and the other language is one tap away."""
    kiosk = browser.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True)
    with at_desk(browser, office, "3001") as nurse:
        nurse.goes("/queue")
        nurse.page.evaluate("document.querySelector('form[action=\"/queue/window\"]').action = '/queue/next'")
        nurse.presses("在这个窗口")
        nurse.sees("先写窗口号，再叫号")
        assert nurse.page.url.endswith("/queue")
        Visitor(kiosk.new_page(), office.box).taps("叫工作人员")
        nurse.sees("需要帮忙", timeout_s=20)
        nurse.presses("我来了")
        nurse.presses("English", "header")
        nurse.sees("Queue")
        nurse.goes("/cases/no-such")
        nurse.sees("There is no such case here")
        nurse.is_fit()
        nurse.page.get_by_role("link", name="Back").click()
        nurse.sees("Queue")
    kiosk.close()


def test_a_call_from_the_kiosk_is_at_the_desk_within_seconds_and_is_taken(browser: Browser, office: DeskBox) -> None:
    kiosk = browser.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True)
    with at_desk(browser, office, "1001") as clerk:
        clerk.goes("/queue")
        Visitor(kiosk.new_page(), office.box).taps("叫工作人员")
        clerk.sees("需要帮忙", timeout_s=6)
        clerk.is_fit()
        clerk.presses("我来了")
        clerk.sees("记下了")
    kiosk.close()
    assert "staff.came" in office.box.events()


def test_a_registration_by_hand_waits_for_the_check_on_line_and_then_passes(browser: Browser, office: DeskBox) -> None:
    case = office.hall.submit(told={"kind": "marriage"}, sealed={"phone": "000-12345678"})
    with at_desk(browser, office, "2001") as clerk:
        clerk.goes("/cases")
        clerk.is_fit()
        clerk.goes(f"/cases/{case.id}")
        expect(clerk.page.locator("main")).not_to_contain_text(FIRST.number)
        clerk.is_fit()
        clerk.page.select_option("#rung-1", "card_and_registrar")
        clerk.page.fill("#reason-1", "照片太旧")
        clerk.presses("还不能确定")
        clerk.sees("照片太旧")
        clerk.is_fit()
        for n in (1, 2):
            clerk.page.select_option(f"#rung-{n}", "card_and_registrar")
            clerk.page.fill(f"#reason-{n}", "照片与本人一致")
            clerk.presses("是本人")
            clerk.sees("核对结果已记下")
        expect(clerk.page.locator("main")).to_contain_text("2001：是本人，")
        with clerk.page.expect_response(lambda one: one.url.endswith("/step")) as answer:
            clerk.button("通过").click()
        assert answer.value.status == 409
        clerk.sees("联网核查还没有结果")
        clerk.is_fit()
        clerk.presses("显示姓名和号码")
        clerk.sees(FIRST.number)
        clerk.is_fit()
        office.hall.check(case.id, "clear")
        clerk.goes(f"/cases/{case.id}")
        clerk.presses("通过")
        clerk.sees("已通过")


def test_who_is_as_pictured_in_a_document_is_open_until_somebody_has_looked_at_it(
    browser: Browser, office: DeskBox
) -> None:
    shown = {"first.document": {"result": "match", "attempts": 1, "of": FIRST.token}}
    case = office.hall.submit(told={"kind": "marriage"}, answers={**SIGNED, **shown})
    with at_desk(browser, office, "2001") as clerk:
        clerk.goes(f"/cases/{case.id}")
        assert "人脸和出示的证件照片一致" in clerk.page.locator("main").inner_text()
        clerk.is_fit()
        clerk.page.select_option("#rung-1", "card_and_registrar")
        clerk.page.fill("#reason-1", "护照是本人的")
        clerk.presses("是本人")
        clerk.sees("核对结果已记下")
        expect(clerk.page.locator("main")).not_to_contain_text("人脸和出示的证件照片一致")


def test_what_the_check_on_line_found_is_for_the_registrar_alone(browser: Browser, office: DeskBox) -> None:
    case = office.hall.submit(online="conflict")
    case.desk["conflict"] = "already_married"
    with office.hall.store.transaction() as writing:
        writing.keep(case)
    for number, sees in (("1001", False), ("2001", True)):
        with at_desk(browser, office, number) as clerk:
            clerk.goes(f"/cases/{case.id}")
            assert "已有婚姻登记" not in clerk.page.content()
            clerk.presses("显示姓名和号码")
            assert ("已有婚姻登记" in clerk.page.content()) is sees


def test_a_registrar_has_a_conflict_checked_again_and_it_waits_like_one_that_was_never_checked(
    browser: Browser, office: DeskBox
) -> None:
    case = office.hall.submit(online="conflict")
    case.desk["refunds"] = [{"order": "o-1", "amount_fen": 100_000, "reference": "p-1", "at_ms": 0}]
    with office.hall.store.transaction() as writing:
        writing.keep(case)
    with at_desk(browser, office, "1001") as clerk:
        clerk.goes(f"/cases/{case.id}")
        expect(clerk.button("再核查一次")).to_have_count(0)
    with at_desk(browser, office, "2001") as clerk:
        clerk.goes(f"/cases/{case.id}")
        clerk.sees("要退款 1000.00 元")
        clerk.is_fit()
        clerk.page.fill("#again-reason", "柯城已更正记录")
        clerk.presses("再核查一次")
        clerk.sees("正在再核查")
        clerk.sees("联网核查还没有结果")
        clerk.sees("2001 要求再核查：柯城已更正记录")
        expect(clerk.button("再核查一次")).to_have_count(0)
        clerk.is_fit()
    assert office.hall.store.wanting().count(case.id) == 1
    assert office.hall.case(case.id).state == "submitted"


def test_an_override_is_refused_without_a_second_person_and_taken_with_one(browser: Browser, office: DeskBox) -> None:
    case = office.hall.submit(persons=(FIRST,), online="clear")
    with at_desk(browser, office, "2001") as clerk:

        def asks(second: str, password: str) -> None:
            clerk.goes(f"/cases/{case.id}")
            clerk.page.locator("summary", has_text="特批").click()
            clerk.page.select_option("#what", "identity")
            clerk.page.fill("#override-reason", "两人都认识当事人")
            clerk.page.fill("#second", second)
            clerk.page.fill("#second-password", password)
            clerk.presses("两人确认特批")

        asks("9001", "a-wrong-password")
        clerk.sees("同事的工号和密码对不上")
        for field, kept in (("#what", "identity"), ("#override-reason", "两人都认识当事人"), ("#second", "9001")):
            expect(clerk.page.locator(field)).to_have_value(kept)
            expect(clerk.page.locator(field)).to_be_visible()
        expect(clerk.page.locator("#second-password")).to_have_value("")
        asks("2001", PASSWORD.format(number="2001"))
        clerk.sees("要另一位同事")
        assert "check.overridden" not in office.box.events()
        asks("9001", PASSWORD.format(number="9001"))
        clerk.sees("特批已记下")
        clerk.is_fit()
        assert office.box.events()[-1] == "check.overridden"
        clerk.opens("补充、不予办理、撤回")
        clerk.page.fill("#why", "一方没有到场")
        clerk.presses("不予办理")
        clerk.sees("不予办理")
        clerk.page.get_by_role("link", name="打印给申请人").click()
        clerk.sees("一方没有到场")
        clerk.is_fit()


def test_a_shift_is_handed_over_with_both_passwords(browser: Browser, office: DeskBox) -> None:
    with at_desk(browser, office, "1001") as clerk:
        clerk.goes("/handover")
        clerk.is_fit()
        clerk.page.fill("#note", "打印机纸快用完了")
        clerk.page.fill("#to", "9001")
        clerk.page.fill("#to-password", "not-the-password")
        clerk.presses("两人确认，交接")
        clerk.sees("对不上")
        expect(clerk.page.locator("#note")).to_have_value("打印机纸快用完了")
        clerk.page.fill("#to", "9001")
        clerk.page.fill("#to-password", PASSWORD.format(number="9001"))
        clerk.presses("两人确认，交接")
        clerk.sees("现在是 主任丁 当班")
        clerk.sees("打印机纸快用完了")
        clerk.is_fit()
    assert office.box.events()[-1] == "shift.handed_over"
    assert "打印机".encode() not in office.box.written()


def csrf_of(page: str) -> str:
    return re.findall(r'name="csrf" value="([^"]+)"', page)[0]


def test_it_works_without_scripts_and_in_english(browser: Browser, office: DeskBox) -> None:
    with at_desk(browser, office, "1001", scripts=False, **TABLET) as clerk:
        clerk.presses("English", "header")
        clerk.sees("Queue")
        clerk.goes("/handover")
        clerk.sees("Both confirm")


def test_every_page_fits_a_tablet(browser: Browser, office: DeskBox) -> None:
    case = office.hall.submit(queue="other")
    with at_desk(browser, office, "2001", **TABLET) as clerk:
        for path in ("/queue", "/cases", f"/cases/{case.id}", "/messages", "/handover"):
            clerk.goes(path)
            clerk.is_fit()


def test_visitors_inside_are_let_in_listed_and_closed(browser: Browser, tmp_path: Path) -> None:
    with desk_box(CARE_HOME, tmp_path) as desk:
        told = {"persons": "2", "how": "card"}
        desk.hall.submit("care_visit", (SECOND,), answers={}, told=told, sealed={"room": "301", "health": "some"})
        with at_desk(browser, desk, "3001") as nurse:
            nurse.goes("/people")
            nurse.sees("来访者有症状")
            nurse.is_fit()
            nurse.presses("让进，给访客贴")
            nurse.sees("现在有 2 人在内")
            nurse.is_fit()
            nurse.presses("已离开")
            nurse.sees("现在有 0 人在内")
        assert [one for one in desk.box.events() if one.startswith("visitor.")] == ["visitor.entered", "visitor.left"]


def test_a_permit_is_signed_printed_departed_and_received(browser: Browser, tmp_path: Path) -> None:
    with desk_box(FUNERAL_HOME, tmp_path) as desk:
        sealed = {"deceased": {"name": "测试逝"}, "home": "示例殡仪馆", "plate": ""}
        sms = Message(template="cremation.booked", phone="000-12345678", text="…")
        case = desk.hall.submit("outbound_transfer", (), answers={}, sealed=sealed, messages=(sms,))
        with at_desk(browser, desk, "1001") as clerk:
            clerk.goes(f"/cases/{case.id}")
            clerk.page.fill("#plate", "浙H12345")
            clerk.is_fit()
            clerk.presses("签发许可")
            clerk.page.get_by_role("link", name="打印许可").click()
            clerk.sees("浙H12345")
            clerk.is_fit()
            clerk.goes(f"/cases/{case.id}")
            clerk.presses("已起运")
            clerk.page.fill("#receipt", "R-2026-1")
            clerk.presses("对方已接收")
            clerk.sees("已办结")
            clerk.goes("/messages")
            clerk.is_fit()
            clerk.presses("没有网络，已给")
            clerk.sees("没有等着发的短信")


def test_a_kin_search_notice_is_prepared_and_a_refusal_of_the_old_is_not(browser: Browser, tmp_path: Path) -> None:
    settings = 'phone = "000-11112222"\nsupervisor = "示例民政局"\n'
    with desk_box(RELIEF_STATION, tmp_path, settings) as desk:
        about = Described(said_name="老李", sex="man", age="old", accent="province", found="330802")
        told = {"identity": "told", "age": "old", "ability": "none"}
        desk.hall.submit("relief_intake", (), answers={}, told=told, sealed={"described": about.as_json()})
        with at_desk(browser, desk, "1001") as clerk:
            clerk.goes("/papers")
            clerk.is_fit()
            clerk.opens("寻亲公告")
            expect(clerk.page.locator("#kin-phone-1")).to_have_value("000-11112222")
            clerk.presses("写好")
            clerk.sees("现寻找其亲属")
            clerk.sees("联系电话：000-11112222")
            clerk.is_fit()
            clerk.goes("/papers")
            clerk.page.locator("summary").last.click()
            clerk.page.get_by_label("自己能解决食宿").check()
            clerk.page.fill("#explanation-1", "有钱")
            expect(clerk.page.locator("#supervisor-1")).to_have_value("示例民政局")
            clerk.page.fill("#supervisor-phone-1", "000-33334444")
            clerk.presses("出具不予救助通知书")
            clerk.sees("这位先救助，不能拒绝")
            expect(clerk.page.locator("#explanation-1")).to_have_value("有钱")
            expect(clerk.page.get_by_label("自己能解决食宿")).to_be_checked()
            expect(clerk.page.locator("#supervisor-phone-1")).to_be_visible()
        assert desk.box.events()[-1] == "notice.prepared"
