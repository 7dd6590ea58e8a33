"""The log-in, and what guards every answer, over HTTP before a real field core with simulated devices."""

import httpx
import pytest

from edge.compose.console import set_password
from edge.web.guard import HEADERS
from edge.web.sessions import FREE_TRIES
from tests.unit.edge.console.boxes import PASSWORD, Browser, House, Page

pytestmark = pytest.mark.loopback


def test_without_a_password_the_page_says_how_to_set_one(home: House, address: str) -> None:
    (home.store / "console.json").unlink(missing_ok=True)
    page = httpx.get(f"{address}/login")
    assert page.status_code == 200
    assert "onetrip console --set-password" in page.text
    assert 'type="password"' not in page.text
    with httpx.Client(base_url=address) as stranger:
        stranger.get("/login")
        form = {"csrf": stranger.cookies["onetrip_console_login"], "password": "admin"}
        assert stranger.post("/login", data=form).status_code == 401


def test_a_damaged_account_lets_nobody_in(home: House, address: str) -> None:
    (home.store / "console.json").write_text("{}")
    assert httpx.get(f"{address}/console").status_code == 303
    with httpx.Client(base_url=address) as stranger:
        assert "console.json is damaged; set the password again" in stranger.get("/login").text
        form = {"csrf": stranger.cookies["onetrip_console_login"], "password": PASSWORD}
        assert stranger.post("/login", data=form).status_code == 503


@pytest.mark.parametrize("path", ["/", "/console", "/console/recordings/x"])
def test_a_stranger_is_sent_to_the_log_in(home: House, address: str, path: str) -> None:
    set_password(home.store, PASSWORD)
    answer = httpx.get(address + path, follow_redirects=True)
    assert answer.url.path == "/login"


@pytest.mark.parametrize("path", ["/console/stream", "/console/tools"])
def test_a_stranger_gets_no_data(address: str, path: str) -> None:
    assert httpx.get(address + path).status_code == 401


def test_a_stranger_does_nothing(address: str) -> None:
    answer = httpx.post(f"{address}/console/end-all", data={"csrf": ""}, headers={"accept": "application/json"})
    assert answer.status_code == 401


def test_the_right_password_opens_and_the_cookie_is_for_this_page_only(home: House, stranger: Browser) -> None:
    set_password(home.store, PASSWORD)
    answer = stranger.login()
    assert answer.status_code == 303
    (cookie,) = (one for one in answer.headers.get_list("set-cookie") if one.startswith("onetrip_console="))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert stranger.http.get("/console").status_code == 200


def test_wrong_passwords_are_refused_then_locked_out_and_then_even_the_right_one(
    home: House, stranger: Browser
) -> None:
    set_password(home.store, PASSWORD)
    assert [stranger.login("wrong").status_code for _ in range(FREE_TRIES + 1)] == [401] * FREE_TRIES + [429]
    refused = stranger.login(lang="en")
    assert refused.status_code == 429
    assert "try again in 30 s" in refused.text


def test_a_log_in_from_another_page_is_refused(home: House, stranger: Browser) -> None:
    set_password(home.store, PASSWORD)
    forged = stranger.http.post("/login", data={"csrf": "x", "password": PASSWORD})
    assert forged.status_code == 403
    token = Page(stranger.http.get("/login").text).hidden["csrf"]
    other = {"origin": "http://evil.example"}
    assert stranger.http.post("/login", data={"csrf": token, "password": PASSWORD}, headers=other).status_code == 421


def test_logging_out_ends_the_session(browser: Browser) -> None:
    token = browser.http.cookies["onetrip_console"]
    browser.http.post("/login", data={"csrf": browser.csrf, "action": "logout"})
    assert httpx.get(f"{browser.http.base_url}/console/tools", cookies={"onetrip_console": token}).status_code == 401
    browser.login()


def test_a_new_password_logs_everybody_out_and_ends_their_streams(browser: Browser, home: House) -> None:
    with browser.http.stream("GET", "/console/stream") as stream:
        lines = stream.iter_lines()
        assert "event: beat" in lines
        set_password(home.store, PASSWORD)
        assert "event: over" in lines
    assert browser.http.get("/console").status_code == 303
    browser.login()


# what guards every answer


@pytest.mark.parametrize("path", ["/login", "/console", "/static/console.css", "/no-such", "/console/tools"])
def test_every_answer_has_the_headers(address: str, path: str) -> None:
    answer = httpx.get(address + path)
    for name, value in HEADERS.items():
        if not (name == "Cache-Control" and path.startswith("/static")):
            assert answer.headers[name] == value


def test_the_policy_allows_nothing_inline_and_the_pages_have_nothing(browser: Browser) -> None:
    policy = browser.http.get("/console").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for path in ("/console?device=fall-101", "/login"):
        text = browser.http.get(path).text
        assert " style=" not in text
        assert " on" not in {name[:3] for name in text.split("<") if name.startswith(" on")}
        assert "<script>" not in text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8070", "127.0.0.1.evil.example", "", "[::2]"])
def test_a_foreign_name_of_the_box_is_refused(address: str, host: str) -> None:
    assert httpx.get(f"{address}/login", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1:9", "[::1]:8070", "LOCALHOST"])
def test_a_tunnel_may_have_another_port(address: str, host: str) -> None:
    assert httpx.get(f"{address}/login", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("csrf", ["", "x"])
def test_a_form_without_the_pages_token_is_refused(browser: Browser, csrf: str) -> None:
    answer = browser.http.post("/console/end-all", data={"csrf": csrf})
    assert answer.status_code == 403


def test_a_form_that_lacks_a_field_or_is_too_big_or_unknown_is_refused(browser: Browser) -> None:
    post = browser.http.post
    assert post("/console/drill", data={"csrf": browser.csrf}).status_code == 400
    assert post("/console/no-such", data={"csrf": browser.csrf}).status_code == 404
    assert post("/login", content=b"x" * 10_000).status_code == 413
