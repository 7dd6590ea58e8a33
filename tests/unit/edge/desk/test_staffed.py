"""Who is at the desk: log-in, its lock, its end, and the forms that belong to a session."""

import re
import threading
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from edge.compose.serving import listen, serve
from edge.desk.given import Given
from edge.desk.staffed import LOOK, Staffed, Tab
from edge.desk.words import WORDS
from edge.domain.visits.questions import Said
from edge.domain.visits.staff import Staff
from edge.kiosk.wording import Wording
from edge.ports import StoreUnavailable
from edge.web.guard import LOOPBACK, Guard

pytestmark = pytest.mark.loopback
PASSWORD = "right"


class Accounts:
    def __init__(self) -> None:
        self.staff = {number: Staff(number, f"工作人员{number}", "clerk", "m1") for number in ("1001", "1002")}

    def find(self, number: str) -> Staff | None:
        return self.staff.get(number)

    def verify(self, number: str, password: str) -> Staff | None:
        return self.staff.get(number) if password == PASSWORD else None


class Desk:
    """A desk with one page, `/here`, whose form says something."""

    def __init__(self) -> None:
        self.accounts, self.now = Accounts(), 0.0
        says = {lang: Wording(lang, WORDS) for lang in ("zh", "en")}
        office = Said("样例", "Sample")
        self.staffed = Staffed(self.accounts, says, office, "neutral", lambda: self.now, simulated=True)
        self.staffed.tabs.append(Tab("/here", "desk.tab.queue"))
        self.app = FastAPI(openapi_url=None)
        self.staffed.add_to(self.app)
        self.app.get("/here")(self.page)
        self.app.post("/here")(self.act)

    async def page(self, request: Request) -> Response:
        here = await self.staffed.here(request)
        return self.staffed.page("base.html", here)

    async def act(self, request: Request) -> Response:
        here, _ = await self.staffed.posted(request)
        return self.staffed.back("/here", here, "desk.calls.taken", wait="0:07")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx.Client]:
    stopping = threading.Event()
    with listen("127.0.0.1:0") as listening:
        server = threading.Thread(target=serve, args=(Guard(desk.app, LOOPBACK), listening, stopping))
        server.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
                yield client
        finally:
            stopping.set()
            server.join()


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def log_in(browser: httpx.Client, number: str = "1001", password: str = PASSWORD) -> httpx.Response:
    csrf = csrf_of(browser.get("/login").text)
    return browser.post("/login", data={"number": number, "password": password, "csrf": csrf})


def test_a_page_sends_a_stranger_to_the_log_in(browser: httpx.Client) -> None:
    assert browser.get("/here").headers["location"] == "/login"
    assert browser.get("/here", headers={LOOK: "1"}).status_code == 401


def test_who_is_logged_in_is_on_every_page_and_is_gone_after_logging_out(browser: httpx.Client) -> None:
    log_in(browser)
    page = browser.get("/here").text
    assert "工作人员1001" in page
    browser.post("/logout", data={"csrf": csrf_of(page)})
    assert browser.get("/here").headers["location"] == "/login"


def test_after_five_wrong_passwords_the_right_one_must_wait_too(browser: httpx.Client, desk: Desk) -> None:
    assert [log_in(browser, password="wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    assert log_in(browser).status_code == 429
    assert log_in(browser, "1002").status_code == 303  # a colleague is not kept out
    desk.now += 31
    browser.cookies.clear()
    assert log_in(browser).status_code == 303


def test_guessing_numbers_is_slowed_down_too(browser: httpx.Client) -> None:
    answers = [log_in(browser, f"99{n}", "wrong").status_code for n in range(6)]
    assert answers == [401] * 5 + [429]


def test_half_an_hour_without_a_touch_ends_the_session_though_the_page_looked(
    browser: httpx.Client, desk: Desk
) -> None:
    log_in(browser)
    desk.now += 1700
    assert browser.get("/here", headers={LOOK: "1"}).status_code == 200
    desk.now += 101
    assert browser.get("/here").headers["location"] == "/login"
    assert "很久没有操作" in browser.get("/login").text


@pytest.mark.parametrize("change", ["removed", "another password"])
def test_a_session_ends_with_its_account(browser: httpx.Client, desk: Desk, change: str) -> None:
    log_in(browser)
    if change == "removed":
        del desk.accounts.staff["1001"]
    else:
        desk.accounts.staff["1001"] = Staff("1001", "工作人员1001", "clerk", "m2")
    assert browser.get("/here").headers["location"] == "/login"


def test_only_a_form_of_this_session_does_something_and_it_is_said_once(browser: httpx.Client) -> None:
    log_in(browser)
    assert browser.post("/here", data={"csrf": "another"}).status_code == 403
    assert browser.post("/here").status_code == 403
    csrf = csrf_of(browser.get("/here").text)
    assert browser.post("/here", data={"csrf": csrf}).headers["location"] == "/here"
    assert "等了 0:07" in browser.get("/here").text
    assert "等了 0:07" not in browser.get("/here").text


def test_a_log_in_form_of_another_page_is_refused(browser: httpx.Client) -> None:
    browser.get("/login")
    form = {"number": "1001", "password": PASSWORD, "csrf": "made-up"}
    assert browser.post("/login", data=form).status_code == 403


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_the_language_switch_stays_in_the_house(browser: httpx.Client, to: str) -> None:
    assert browser.post("/lang", data={"lang": "en", "to": to}).headers["location"] == "/"


def test_the_language_stays_chosen(browser: httpx.Client) -> None:
    log_in(browser)
    assert browser.post("/lang", data={"lang": "en", "to": "/here"}).headers["location"] == "/here"
    page = browser.get("/here").text
    assert '<html lang="en"' in page
    assert "Log out" in page


def test_the_page_carries_no_script_of_others(browser: httpx.Client) -> None:
    answer = browser.get("/login")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert re.findall(r'(?:src|href)="(https?:|//)', answer.text) == []
    assert "style=" not in answer.text


def test_a_form_of_very_many_fields_is_refused(browser: httpx.Client) -> None:
    assert browser.post("/login", content="&".join(f"a{number}=1" for number in range(201))).status_code == 413


# what cannot be, is said on a page with a way back


@pytest.mark.parametrize(
    ("method", "path", "code", "says"),
    [
        ("GET", "/no-such", 404, "这里没有这个页面"),
        ("GET", "/alive", 405, "这里没有这个页面"),
        ("POST", "/here", 403, "这个页面旧了，请重新打开"),
    ],
)
def test_people_read_a_sentence_and_find_a_way_back(
    browser: httpx.Client, method: str, path: str, code: int, says: str
) -> None:
    log_in(browser)
    answer = browser.request(method, path, headers={"accept": "text/html,*/*"})
    assert answer.status_code == code
    assert says in answer.text
    assert '<a class="btn pri" href="/">' in answer.text
    assert "工作人员1001" in answer.text, "and is still logged in"
    assert "detail" in browser.request(method, path, headers={"accept": "application/json"}).json()


def test_where_the_store_fails_the_page_says_so(browser: httpx.Client, desk: Desk) -> None:
    def full() -> None:
        raise StoreUnavailable("the disk is full")

    desk.app.get("/full")(full)
    answer = browser.get("/full")
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "现在记不下来" in answer.text
    assert "disk" not in answer.text


def test_what_was_typed_stands_again_in_its_own_form_and_a_password_never_does() -> None:
    given = Given("identity", {"key": "first", "reason": "看过户口簿", "second_password": "geheim", "csrf": "c"})
    assert given.was("identity", key="first")
    assert not given.was("identity", key="second")
    assert given("identity", "reason", key="first") == "看过户口簿"
    assert given("identity", "reason", key="second") == given("override", "reason") == given("identity", "number") == ""
    assert given("identity", "second_password") == given("identity", "csrf") == ""
    assert not Given().was("identity")
