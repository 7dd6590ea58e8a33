"""The API: what it says of itself, every route, its mistakes, and the stream of changes."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import Connection, event

from cloud.adapters import tables as t
from cloud.compose import app
from contract.events.types import AlarmAcknowledged, CommandRefused
from tests import servers
from tests.unit.cloud.facility import NOW_MS, TOKEN, Facility, call, check_in, drill_ended, drill_started
from tests.unit.cloud.office import Office, office

HOSTILE = "</script><img src=x onerror=alert(1)>\n\nevent: alarm\ndata: {}\n\n'; DROP TABLE alarm; --"
ROUTES = {
    ("get", "/api/facilities"),
    ("get", "/api/devices"),
    ("get", "/api/alarms"),
    ("get", "/api/visits"),
    ("get", "/api/drills"),
    ("post", "/api/alarms/{alarm}/{action}"),
    ("get", "/api/cases"),
    ("get", "/api/sms"),
    ("get", "/api/commands/{command}"),
    ("get", "/api/dead-letters"),
    ("get", "/api/health"),
    ("get", "/api/stream"),
    ("get", "/api/public/figures/cases"),
    ("get", "/api/public/care-homes"),
    ("get", "/api/public/care-homes/reviews"),
    ("get", "/api/public/relief-points/nearest"),
    ("get", "/api/figures/wall"),
    ("get", "/api/public/organisations"),
    ("get", "/api/public/organisations/{code}"),
}


@pytest.fixture
def home(cloud: Office) -> Facility:
    """A facility on line, with an alarm and a visit."""
    facility = Facility()
    cloud.take(*facility.born({"air-1": {"Air/Temperature": 20.5}, "call-101-1": {"Device/Life Safety": True}}))
    cloud.take(facility.event(call(location=HOSTILE)), facility.event(check_in()))
    return facility


def ask(cloud: Office, method: str, path: str, **options: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app(cloud.engine))
        async with httpx.AsyncClient(transport=transport, base_url="http://cloud") as client:
            return await client.request(method, path, **options)

    return asyncio.run(asked())


def get(cloud: Office, path: str, **query: Any) -> Any:
    answer = ask(cloud, "GET", path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


# what it says of itself


def test_openapi_document_lists_the_routes_and_every_reference_in_it_leads_somewhere(cloud: Office) -> None:
    document = get(cloud, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert document["info"] == {
        "title": "OneTrip",
        "version": "1",
        "description": "Shared records of civil-affairs facilities.",
    }
    operations = {(method, path): op for path, item in document["paths"].items() for method, op in item.items()}
    assert set(operations) == ROUTES
    assert len({operation["operationId"] for operation in operations.values()}) == len(ROUTES)
    assert all(operation["responses"] for operation in operations.values())
    for reference in references(document):
        assert resolve(document, reference), reference


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    if isinstance(node, list):
        for inner in node:
            yield from references(inner)


def resolve(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


# reading


def test_facilities_and_devices(cloud: Office, home: Facility) -> None:
    (facility,) = get(cloud, "/api/facilities")
    assert facility == {
        "id": "care-1",
        "area": "330803",
        "kind": "care_home",
        "name_zh": "样例养老院",
        "name_en": "care-1",
        "simulated": False,
        "online": True,
        "cause": "",
        "since_ms": NOW_MS,
        "heard_at_ms": NOW_MS,
        "clock_quality": "",
        "clock_offset_ms": None,
        "clock_seen_ms": 0,
        "config_hash": "",
        "config_state": "",
    }
    assert [(d["id"], d["online"], d["life_safety"]) for d in get(cloud, "/api/devices")] == [
        ("air-1", True, False),
        ("call-101-1", True, True),
    ]
    assert len(get(cloud, "/api/devices", facility="care-1")) == 2
    assert get(cloud, "/api/devices", facility="care-2") == []


def test_alarms_open_and_all_newest_first(cloud: Office, home: Facility) -> None:
    later = NOW_MS + 1000
    closed = {"alarm": "a-2", "device": "call-101-1", "by": "nurse", "reason": "done"}
    cloud.take(home.event(call("a-2"), at_ms=later))
    cloud.take(
        home.event(call("a-2"), type="onetrip.alarm.closed.v1", subject="alarm/a-2", data=closed, at_ms=later + 1)
    )
    assert [alarm["id"] for alarm in get(cloud, "/api/alarms")] == ["a-1"]
    everything = get(cloud, "/api/alarms", state="all")
    assert [(a["id"], a["state"], a["close_reason"]) for a in everything] == [
        ("a-2", "closed", "done"),
        ("a-1", "raised", None),
    ]
    assert [alarm["id"] for alarm in get(cloud, "/api/alarms", state="all", limit=1)] == ["a-2"]
    assert get(cloud, "/api/alarms", facility="care-2") == []


def test_alarms_and_visits_of_drills_only_on_request(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(drill_started()), home.event(call("a-2", drill="d-1"), at_ms=NOW_MS + 1))
    cloud.take(home.event(check_in("v-2", drill="d-1"), at_ms=NOW_MS + 1))
    for path, real, pretended in (("/api/alarms", "a-1", "a-2"), ("/api/visits", "v-1", "v-2")):
        found = {wanted: get(cloud, path, drill=wanted) for wanted in ("exclude", "include", "only")}
        assert [(row["id"], row["drill"]) for row in found["include"]] == [(pretended, "d-1"), (real, "")]
        assert [row["id"] for row in found["exclude"]] == [row["id"] for row in get(cloud, path)] == [real]
        assert [row["id"] for row in found["only"]] == [pretended]


def test_drills_that_go_on_and_all_of_them(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(drill_started("d-1")), home.event(drill_ended("d-1"), at_ms=NOW_MS + 3))
    cloud.take(home.event(drill_started("d-2"), at_ms=NOW_MS + 4))
    assert [drill["id"] for drill in get(cloud, "/api/drills")] == ["d-2", "d-1"]
    assert [drill["id"] for drill in get(cloud, "/api/drills", state="on")] == ["d-2"]
    assert get(cloud, "/api/drills", facility="care-2") == []
    assert get(cloud, "/api/drills", limit=1)[0] == {
        "facility": "care-1",
        "id": "d-2",
        "device": "call-101-1",
        "kind": "bytes",
        "what": "press",
        "by": "tech-7",
        "for_s": 600,
        "started_at_ms": NOW_MS + 4,
        "ended_at_ms": None,
        "end_reason": None,
    }


def test_visits_show_no_token(cloud: Office, home: Facility) -> None:
    (visit,) = get(cloud, "/api/visits")
    assert visit == {
        "id": "v-1",
        "facility": "care-1",
        "source_device_id": "kiosk-1",
        "id_masked": "330802********123X",
        "name_masked": "王**",
        "method": "card",
        "at_ms": NOW_MS,
        "drill": "",
    }
    assert TOKEN not in ask(cloud, "GET", "/api/visits").text


def test_dead_letters_newest_first_with_their_bytes_as_hex(cloud: Office, home: Facility) -> None:
    for n in range(2):
        cloud.take(home.event(call(), type=f"onetrip.ghost.seen.v{n}"))
    letters = get(cloud, "/api/dead-letters")
    assert [letter["topic"][-2:] for letter in letters] == ["v1", "v0"]
    assert bytes.fromhex(letters[0]["payload"]).startswith(b'{"data"')
    assert len(get(cloud, "/api/dead-letters", limit=1)) == 1


def test_health_counts(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(call(), type="onetrip.ghost.seen.v1"))
    assert get(cloud, "/api/health") == {
        "facilities": 1,
        "facilities_online": 1,
        "devices": 2,
        "devices_online": 2,
        "events": 3,
        "drills_on": 0,
        "dead_letters": 1,
        "dead_letters_thinned": 0,
        "chain_breaks": 0,
        "telemetry_spool": 1,
    }


def test_front_door_leads_to_the_wall(cloud: Office) -> None:
    answer = ask(cloud, "GET", "/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/wall")


# asking a facility for a step


def test_step_is_accepted_sent_and_answered_by_the_facility(cloud: Office, home: Facility) -> None:
    answer = ask(cloud, "POST", "/api/alarms/a-1/acknowledge", json={"by": "夜班组长"})
    assert answer.status_code == 202
    command = answer.json()
    assert (command["facility"], command["action"], command["subject"]) == ("care-1", "acknowledge", "a-1")
    assert (command["by"], command["reason"], command["answer"]) == ("夜班组长", "", None)
    assert command["expires_at_ms"] - command["asked_at_ms"] == 60_000
    assert get(cloud, f"/api/commands/{command['id']}") == command
    assert get(cloud, "/api/alarms")[0]["state"] == "raised"  # the facility decides

    done = AlarmAcknowledged(alarm="a-1", device="call-101-1", by="夜班组长", command=command["id"])
    cloud.take(home.event(done, at_ms=NOW_MS + 5))
    answered = get(cloud, f"/api/commands/{command['id']}")
    assert (answered["answer"], answered["answered_at_ms"]) == ("done: acknowledged", NOW_MS + 5)
    assert get(cloud, "/api/alarms")[0]["state"] == "acknowledged"


def test_refusal_comes_back_with_its_reason(cloud: Office, home: Facility) -> None:
    command = ask(cloud, "POST", "/api/alarms/a-1/close", json={"by": "desk", "reason": "false_alarm"}).json()
    assert command["reason"] == "false_alarm"
    cloud.take(home.event(CommandRefused(command=command["id"], reason="closed already")))
    assert get(cloud, f"/api/commands/{command['id']}")["answer"] == "refused: closed already"


# mistakes


@pytest.mark.parametrize(
    ("method", "path", "body", "detail"),
    [
        ("POST", "/api/alarms/a-9/close", {"by": "desk"}, "no alarm a-9"),
        ("GET", "/api/commands/c-9", None, "no command c-9"),
        ("GET", "/api/nothing", None, "Not Found"),
        ("POST", "/api/alarms/' OR 1=1 --/close", {"by": "desk"}, "no alarm ' OR 1=1 --"),
    ],
)
def test_what_is_not_there_is_404(
    cloud: Office, home: Facility, method: str, path: str, body: Any, detail: str
) -> None:
    answer = ask(cloud, method, path, json=body)
    assert (answer.status_code, answer.json()) == (404, {"detail": detail})


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("POST", "/api/alarms/a-1/explode", {"by": "desk"}, ["path", "action"]),
        ("POST", "/api/alarms/a-1/close", {}, ["body", "by"]),
        ("POST", "/api/alarms/a-1/close", {"by": ""}, ["body", "by"]),
        ("POST", "/api/alarms/a-1/close", {"by": "a\0b"}, ["body", "by"]),
        ("POST", "/api/alarms/a-1/close", {"by": "desk", "reason": "bored"}, ["body", "reason"]),
        ("POST", "/api/alarms/a-1/close", {"by": "desk", "alarm": "a-2"}, ["body", "alarm"]),
        ("GET", "/api/alarms?state=some", None, ["query", "state"]),
        ("GET", "/api/visits?limit=0", None, ["query", "limit"]),
        ("GET", "/api/alarms?drill=yes", None, ["query", "drill"]),
        ("GET", "/api/stream?drill=yes", None, ["query", "drill"]),
        ("GET", "/api/dead-letters?limit=1001", None, ["query", "limit"]),
        ("GET", f"/api/devices?facility={'x' * 65}", None, ["query", "facility"]),
    ],
)
def test_what_cannot_be_is_422_and_says_where(
    cloud: Office, home: Facility, method: str, path: str, body: Any, where: list[str]
) -> None:
    answer = ask(cloud, method, path, json=body)
    assert answer.status_code == 422
    assert [wrong["loc"] for wrong in answer.json()["detail"]] == [where]
    assert cloud.count(t.command) == 0


def test_text_that_the_database_cannot_hold_is_no_crash(cloud: Office) -> None:
    answer = ask(cloud, "GET", "/api/devices?facility=%00")
    if cloud.engine.dialect.name == "sqlite":
        assert (answer.status_code, answer.json()) == (200, [])
    else:
        assert answer.status_code == 422
        assert "the records refuse it" in answer.json()["detail"]


def test_hostile_text_comes_out_as_it_went_in_and_as_json(cloud: Office, home: Facility) -> None:
    assert get(cloud, "/api/alarms")[0]["location"] == HOSTILE


def test_database_that_is_down_is_503_with_a_clear_text() -> None:
    with servers.postgres() as server, office(server.url) as cloud:
        server.kill()
        for path in ("/api/alarms", "/api/health", "/api/stream"):
            answer = ask(cloud, "GET", path)
            assert answer.status_code == 503
            assert answer.json()["detail"].startswith("records: ")
            assert answer.json()["detail"].endswith("; try again in a moment")
        server.start()
        assert get(cloud, "/api/alarms") == []


# the stream


@contextmanager
def served(cloud: Office) -> Iterator[str]:
    config = uvicorn.Config(app(cloud.engine), port=0, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def events_of(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in response.iter_lines():
        kind, _, value = line.partition(": ")
        if kind == "event":
            name = value
        elif kind == "data":
            yield name, json.loads(value)


def eventually(what: str, ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not ready():
        assert time.monotonic() < until, what
        time.sleep(0.02)


def test_stream_gives_an_alarm_within_a_second_of_its_commit(cloud: Office) -> None:
    facility = Facility()
    with served(cloud) as address, httpx.stream("GET", f"{address}/api/stream", timeout=5) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = events_of(response)
        assert next(events) == ("beat", {})
        cloud.take(facility.event(call(location=HOSTILE)), facility.event(check_in()))
        committed = time.monotonic()
        (alarm, row), (visit, guest) = next(events), next(events)
        assert time.monotonic() - committed < 1
        assert (alarm, row["id"], row["state"], row["location"]) == ("alarm", "a-1", "raised", HOSTILE)
        assert (visit, guest["id"], "token" in guest) == ("visit", "v-1", False)


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [("exclude", ["d-1", "a-1"]), ("only", ["d-1", "a-2"]), ("include", ["d-1", "a-1", "a-2"])],
)
def test_stream_leaves_out_what_drills_pretend_unless_asked(cloud: Office, wanted: str, seen: list[str]) -> None:
    facility = Facility()
    options: Any = {"params": {"drill": wanted}, "timeout": 5}
    with served(cloud) as address, httpx.stream("GET", f"{address}/api/stream", **options) as response:
        events = events_of(response)
        assert next(events) == ("beat", {})
        cloud.take(
            facility.event(drill_started()), facility.event(call("a-1")), facility.event(call("a-2", drill="d-1"))
        )
        cloud.take(*facility.born())
        rows: list[str] = []
        for kind, row in events:
            if kind == "facility":
                break
            rows.append(row["id"])
    assert rows == seen


def test_stream_ends_when_its_client_goes(cloud: Office) -> None:
    asked: list[str] = []

    def note(_db: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with served(cloud) as address:
        with httpx.stream("GET", f"{address}/api/stream", timeout=5) as response:
            events = events_of(response)
            next(events)
            event.listen(cloud.engine, "before_cursor_execute", note)
            eventually("the database is asked for this client", lambda: len(asked) > 1)
        time.sleep(0.3)
        asked.clear()
        time.sleep(0.3)
        event.remove(cloud.engine, "before_cursor_execute", note)
        assert asked == []
