"""Pages that are mounted at the desk: for who is logged in, and each session for the one who began it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from edge.desk.staff_door import StaffDoor
from tests.unit.edge.desk.test_staffed import PASSWORD, Desk, csrf_of

pytestmark = pytest.mark.anyio
OWNERS = {"of-1001": "1001", "of-1002": "1002"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    desk, behind = Desk(), FastAPI(openapi_url=None)
    behind.get("/visit")(lambda: "the page")
    door = StaffDoor(behind, desk.staffed, "session", lambda session: OWNERS.get(session, ""), "/here")
    desk.app.mount("/pages", door)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.app), base_url="http://127.0.0.1") as one:
        yield one


async def log_in(client: httpx.AsyncClient) -> None:
    csrf = csrf_of((await client.get("/login")).text)
    await client.post("/login", data={"number": "1001", "password": PASSWORD, "csrf": csrf})


async def test_a_stranger_is_sent_to_the_log_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/pages/visit")).headers["location"] == "/login"
    stream = await client.get("/pages/visit", headers={"accept": "text/event-stream"})
    assert stream.status_code == 401


@pytest.mark.parametrize("session", ["of-1001", "ended", ""])
async def test_who_is_logged_in_comes_to_their_own_pages(client: httpx.AsyncClient, session: str) -> None:
    await log_in(client)
    client.cookies.set("session", session)
    assert (await client.get("/pages/visit")).json() == "the page"


async def test_what_a_colleague_has_begun_is_not_shown(client: httpx.AsyncClient) -> None:
    await log_in(client)
    client.cookies.set("session", "of-1002")
    answer = await client.get("/pages/visit")
    assert (answer.status_code, answer.headers["location"]) == (303, "/here")
    assert "the page" not in answer.text
