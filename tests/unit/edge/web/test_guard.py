"""Only a page's own names are answered: a page elsewhere may let its name point here (DNS rebinding)."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from edge.web.guard import LOOPBACK, Guard

pytestmark = pytest.mark.loopback  # the event loop has a socket of its own
NAMES = {"desk.home.lan", "192.168.7.2", "fd00::7", *LOOPBACK}


def status(host: str, method: str = "GET", origin: str = "") -> int:
    app = FastAPI(openapi_url=None)
    app.api_route("/", methods=["GET", "POST"])(lambda: "here")

    async def ask() -> int:
        headers = {"host": host, **({"origin": origin} if origin else {})}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(Guard(app, NAMES)), base_url="http://box"
        ) as browser:
            return (await browser.request(method, "/", headers=headers)).status_code

    return asyncio.run(ask())


@pytest.mark.parametrize("host", ["desk.home.lan:8081", "DESK.home.lan", "192.168.7.2:8081", "[fd00::7]:8081"])
def test_each_name_is_answered_at_any_port_and_its_forms_are_taken(host: str) -> None:
    assert status(host) == 200
    assert status(host, "POST", f"http://{host}") == 200


@pytest.mark.parametrize("host", ["evil.example", "desk.home.lan.evil.example", "192.168.7.3:8081", "0.0.0.0:8081", ""])
def test_any_other_name_is_refused(host: str) -> None:
    assert status(host) == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "http://192.168.7.2:8081", "https://desk.home.lan", "null"])
def test_a_form_of_another_origin_is_refused_even_of_another_own_name(origin: str) -> None:
    assert status("desk.home.lan", "POST", origin) == 421
