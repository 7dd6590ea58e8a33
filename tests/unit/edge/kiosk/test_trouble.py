"""No dead end: whatever breaks, the visitor sees a page with a way on; and no form breaks anything."""

import threading
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Flow, Matter, Visit
from edge.domain.visits.questions import Choice, Option, Said
from edge.kiosk.routes import SESSION, Kiosk
from edge.kiosk.visit_pages import MOST_FIELDS, MOST_FORM
from edge.kiosk.words import WORDS
from edge.services.visits import Look
from tests.unit.edge.services.visits.counter_hall import Hall

pytestmark = pytest.mark.anyio
_WORDS = {
    f"{matter}{key}": Said(key or matter, key or matter)
    for matter in ("plain", "broken")
    for key in ("", ".what", ".what.one")
}


def plain(_visit: Visit) -> Flow:
    yield Choice(name="what", options=(Option(key="one"),), calls="")
    raise AssertionError("not reached here")


def broken(_visit: Visit) -> Flow:
    yield from ()
    raise KeyError("a defect of ours")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path, matters=[Matter(name=one.__name__, theme="neutral", open=one) for one in (plain, broken)])


@pytest.fixture
async def client(hall: Hall) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI(openapi_url=None)
    Kiosk(
        hall.visits, Said("某厅", "A hall"), "neutral", threading.Event(), simulated=True, words={**WORDS, **_WORDS}
    ).add_to(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as one:
        yield one
    hall.store.close()


def shows_a_way_on(answer: httpx.Response) -> bool:
    ways = ("再试一次", "退出", "叫工作人员")
    return answer.status_code == 503 and all(way in answer.text for way in ways) and "Traceback" not in answer.text


async def test_a_store_that_takes_nothing_is_said_with_a_way_on_and_leaving_leads_home(
    hall: Hall, client: httpx.AsyncClient
) -> None:
    await client.post("/begin", data={"matter": "plain"})
    hall.store._db.execute("PRAGMA query_only = 1")
    assert shows_a_way_on(await client.post("/staff"))
    assert (await client.get("/visit")).status_code == 200
    assert (await client.post("/visit/leave")).headers["location"] == "/"
    assert (await client.get("/")).status_code == 200


async def test_a_case_that_cannot_be_opened_is_no_dead_end_either(hall: Hall, client: httpx.AsyncClient) -> None:
    await client.post("/begin", data={"matter": "plain"})
    now = hall.clock.now().wall_ms
    with hall.store.transaction() as writing:
        writing.keep(Case("c", "plain", "1234", "k", now, now))
        writing.db.execute("UPDATE matter_case SET body = x'00' WHERE id = 'c'")
    assert shows_a_way_on(await client.post("/resume", data={"typed": "1234"}))


async def test_a_defect_in_a_matter_shows_the_same_page_in_the_visitors_language(
    hall: Hall, client: httpx.AsyncClient
) -> None:
    assert shows_a_way_on(await client.post("/begin", data={"matter": "broken"}))
    client.cookies.set(SESSION, hall.visits.begin("plain", Look(lang="en")))
    hall.store._db.execute("PRAGMA query_only = 1")
    assert "Try again" in (await client.post("/staff")).text


@pytest.mark.parametrize(
    "body",
    [b"&".join(b"a%d=1" % number for number in range(MOST_FIELDS + 1)), b"a" * (MOST_FORM + 1)],
    ids=["many fields", "large"],
)
async def test_a_form_that_is_too_large_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert (await client.post("/begin", content=body)).status_code == 413


async def test_a_form_of_noise_changes_nothing(hall: Hall, client: httpx.AsyncClient) -> None:
    await client.post("/begin", data={"matter": "plain"})
    for body in (b"\xff\xfe%ff%00%ed%a0%80", b"question=what&rev=%C2%B2&chosen=one", b"question=what&rev=9&chosen=one"):
        assert (await client.post("/visit/answer", content=body)).headers["location"] == "/visit"
    assert hall.visits.view(client.cookies[SESSION]).rev == 0
