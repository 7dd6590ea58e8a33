"""From bytes at a serial port to a record, a measurement and a picture, on the servers a city would run."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, expect

from tests.system.installation import Installation, eventually, installation

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("city")) as whole:
        yield whole


def open_alarm(city: Installation, device: str, rule: str) -> list[tuple[str, ...]]:
    return city.sql(
        f"SELECT id, state, location FROM alarm WHERE device = '{device}' AND rule = '{rule}' AND state <> 'closed'"
    )


def test_a_fall_frame_becomes_an_alarm_row_a_point_and_a_sight_on_the_wall(
    city: Installation, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(f"{city.web}/wall")
    expect(page.get_by_text("衢江区样例养老院").first).to_be_visible()
    port = city.bench.find(city.facility, "fall-101").port
    begun = int(time.time() * 1000)

    city.bench.act(city.facility, "fall-101", "fall")  # 53 59 83 01 00 01 01 32 54 43 at the radar's port

    expect(page.locator("#alarms [data-alarm]").filter(has_text="跌倒").first).to_be_visible(timeout=3000)
    page.close()
    (alarm,) = eventually("an open alarm in PostgreSQL", lambda: open_alarm(city, "fall-101", "fall"), 5)
    assert alarm[1] == "raised"
    assert alarm[2] == next(device.location for device in port.devices if device.id == "fall-101")
    (event,) = city.sql(f"SELECT time_ms, late FROM event WHERE subject = 'alarm/{alarm[0]}'")
    assert 0 <= event[0] - begun < 2000
    assert event[1] is False
    series = f'fall_detected{{facility="{city.facility}",device="fall-101"}}'
    eventually("a point in the time-series database", lambda: city.promql(f"{series} == 1"), 10)
    city.bench.act(city.facility, "fall-101", "stand_up")


def test_a_step_asked_of_the_facility_is_answered_by_its_event(city: Installation) -> None:
    city.bench.act(city.facility, "call-101-1", "press")
    (alarm,) = eventually("the call is an alarm", lambda: open_alarm(city, "call-101-1", "call"), 5)
    for action, state in (("acknowledge", "acknowledged"), ("attend", "attended"), ("close", "closed")):
        request = urllib.request.Request(
            f"{city.web}/api/alarms/{alarm[0]}/{action}",
            data=json.dumps({"by": "nurse-7"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            command = json.load(answer)
        done = eventually(f"{action} is answered", lambda c=command: city.api(f"/api/commands/{c['id']}")["answer"], 10)
        assert done == f"done: {state}"
    ((event_count,),) = city.sql(f"SELECT count(*) FROM event WHERE subject = 'alarm/{alarm[0]}'")
    assert event_count == 4


@pytest.mark.commitment("C09")
def test_unplugged_is_off_line_within_a_minute_and_plugged_in_is_on_line_within_half_of_one(
    city: Installation,
) -> None:
    """Bed and fall radars, the bridge of the call buttons and the Modbus line: every port of the care home."""

    def states() -> set[tuple[bool, str]]:
        return set(city.sql("SELECT online, cause FROM device"))

    for port in city.bench.ports:
        city.bench.do(port.terminal.unplug)
    eventually("all off line, because of their ports", lambda: states() == {(False, "port")}, 60)
    eventually("silence of a life-safety device is an alarm", lambda: open_alarm(city, "bed-101-1", "device_silent"), 5)
    for port in city.bench.ports:
        city.bench.do(port.terminal.plug)
    eventually("all on line", lambda: states() == {(True, "")}, 30)
    eventually("and the alarm is over", lambda: not open_alarm(city, "bed-101-1", "device_silent"), 5)


def test_what_cannot_be_used_is_kept_with_its_reason_and_stops_nothing(city: Installation) -> None:
    before = city.api("/api/health")["dead_letters"]
    host, port = city.broker.url.removeprefix("mqtt://").split(":")
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "stranger")
    client.connect(host, int(port))
    client.loop_start()
    eventually("the stranger is connected", client.is_connected, 5)
    event = b'{"specversion":"1.0","type":"onetrip.alarm.raised.v1"}'
    for topic, payload in (
        ("spBv1.0/330803/NDATA/stranger", b"\xff\xff\xff"),
        ("spBv1.0/330803/NONSENSE/stranger", b""),
        ("onetrip/v1/events/330803-care-01/onetrip.alarm.raised.v1", event),
        ("onetrip/v1/events/330803-care-01/onetrip.alarm.raised.v1", b"x" * 200_000),
        ("onetrip/v1/events/one/level/too/many", b"{}"),
    ):
        client.publish(topic, payload, qos=1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()
    eventually("five dead letters", lambda: city.api("/api/health")["dead_letters"] == before + 5, 10)

    command = [sys.executable, "-m", "onetrip", "dead-letters", "--records", city.records_url]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for topic, reason in (
        ("NDATA/stranger", ""),
        ("NONSENSE", ""),
        ("onetrip.alarm.raised.v1", "Field required"),
        ("onetrip.alarm.raised.v1", "200000 bytes"),
        ("level/too/many", "unknown topic"),
    ):
        assert any(topic in line and reason in line for line in listing.splitlines()), (topic, reason, listing)

    city.bench.act(city.facility, "call-102-1", "press")
    eventually("ingest goes on", lambda: open_alarm(city, "call-102-1", "call"), 5)


@pytest.mark.commitment("C27")
def test_alarms_are_raised_locally_while_the_broker_is_away_and_arrive_once_it_is_back(city: Installation) -> None:
    city.broker.kill()
    city.bench.act(city.facility, "fall-102", "fall")
    eventually(
        "the facility has its alarm at once",
        lambda: city.store_row("SELECT count(*) FROM alarm WHERE device = 'fall-102' AND rule = 'fall'")[0],
        2,
    )
    assert not open_alarm(city, "fall-102", "fall")
    city.broker.start()
    eventually("the records get it afterwards", lambda: open_alarm(city, "fall-102", "fall"), 30)
    city.bench.act(city.facility, "fall-102", "stand_up")


def test_kill_9_of_every_server_and_process_loses_and_doubles_nothing(city: Installation, tmp_path: Path) -> None:
    """In turn, under readings that never stop: broker, database, time-series store, cloud, edge."""
    for server in (city.broker, city.database, city.telemetry):
        server.kill()
        time.sleep(2)
        server.start()
        time.sleep(3)
    city.kill("cloud")
    city.start_cloud()
    city.kill("edge")
    city.start_edge()
    time.sleep(3)
    city.bench.act(city.facility, "call-102-2", "press")
    eventually("the call is an alarm", lambda: open_alarm(city, "call-102-2", "call"), 30)

    books: dict[str, tuple[int, int]] = {}

    def settled() -> bool:
        """A standstill in which nothing waits: what was written, and what is stored."""
        values = city.meta("values_written")
        ((events,),) = city.sql(f"SELECT count(*) FROM event WHERE epoch = '{city.meta('epoch')}'")
        points = sum(
            int(float(series["value"][1]))
            for series in city.promql(
                f'count_over_time({{facility="{city.facility}",device!=""}}[1h]) keep_metric_names'
            )
        )
        books.update(events=(city.meta("last_seq"), events), values=(values, points))
        still = values == city.meta("values_written") and city.everything_acknowledged()
        return still and all(written == stored for written, stored in books.values())

    try:
        eventually("everything written is stored once", settled, 60)
    except AssertionError:
        pytest.fail(f"written and stored differ: {books}, acknowledged: {city.everything_acknowledged()}")
    assert city.sql("SELECT count(*) FROM chain_break") == [(0,)]
    ((alarms, raised),) = city.sql(
        "SELECT (SELECT count(*) FROM alarm), (SELECT count(*) FROM event WHERE type = 'onetrip.alarm.raised.v1')"
    )
    assert alarms == raised
