"""The console over HTTP, before a real field core with simulated devices."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.bench_control import BenchControl
from tests.unit.edge.console.boxes import Browser, House, eventually, house, logged_in, served

pytestmark = pytest.mark.loopback


def told(address: str, cookies: httpx.Cookies, wanted: str, lang: str = "zh") -> Iterator[Any]:
    """The data of the stream's events of one name."""
    with httpx.stream("GET", f"{address}/console/stream?lang={lang}", cookies=cookies, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data" and name == wanted:
                yield json.loads(value)


# the page


@pytest.mark.parametrize(("lang", "says"), [("zh", "只看所选设备"), ("en", "This device only")])
def test_the_page_shows_every_device_in_the_language_that_was_asked_for(browser: Browser, lang: str, says: str) -> None:
    text = browser.http.get(f"/console?lang={lang}").text
    for device in ("bed-101-1", "fall-102", "call-102-2", "fridge-1"):
        assert f'data-device="{device}"' in text
    assert text.count('class="sim"') == 12
    assert says in text


def test_a_devices_tools_know_its_faults_actions_and_simulator(browser: Browser) -> None:
    panels = {panel["id"]: panel["html"] for panel in browser.http.get("/console/tools?device=fall-101").json()}
    assert set(panels) == {"tool-device", "tool-drill", "tool-simulator", "tool-commission"}
    assert 'value="bit_flips"' in panels["tool-drill"]
    assert 'value="test"' in panels["tool-drill"]  # a fall radar is proven by a fall
    assert 'value="stand_up"' in panels["tool-simulator"]
    assert 'name="confirm"' not in panels["tool-drill"]  # it is simulated


def test_a_device_that_is_not_there_is_as_none_chosen(browser: Browser) -> None:
    text = browser.http.get("/console?device=<script>alert(1)</script>").text
    assert "<script>alert" not in text
    assert "先在左侧选择一台设备" in text


# the stream


def test_frames_come_decoded(browser: Browser, address: str) -> None:
    rows = (row for rows in told(address, browser.http.cookies, "frames") for row in rows)
    answer = next(row for row in rows if row.get("v") == "fridge-1" and row["d"] == "rx")
    assert answer["h"].startswith("01 04 04")
    assert [answer["x"][0][0], answer["x"][-1][1]] == [0, answer["l"]]
    assert "寄存器" in answer["s"]


def test_a_page_that_comes_back_gets_what_it_missed(browser: Browser, address: str) -> None:
    first = next(told(address, browser.http.cookies, "frames"))
    last = first[-1]["n"]
    browser.http.headers["last-event-id"] = str(last)
    with browser.http.stream("GET", "/console/stream") as answer:
        data = next(line for line in answer.iter_lines() if line.startswith('data: [{"n":'))
    del browser.http.headers["last-event-id"]
    assert json.loads(data.removeprefix("data: "))[0]["n"] == last + 1


def test_counters_and_ages_come_as_cells(browser: Browser, address: str) -> None:
    cells: dict[str, str] = {}
    for fresh in told(address, browser.http.cookies, "cells"):
        cells |= fresh
        if "seen.fall-101" in cells and int(cells["count.5.Frames"]) > 0:
            break
    assert cells["count.5.CRC Errors"] == "0"
    assert int(cells["seen.fall-101"]) > 1_600_000_000_000


# deeds


def test_an_action_is_sent(browser: Browser) -> None:
    assert browser.do("act", device="call-101-1", action="sniff_off") == {"done": True, "text": "Sent"}


def test_an_action_the_driver_lacks_is_refused_with_what_there_is(browser: Browser) -> None:
    said = browser.do("act", device="fall-101", action="jump")
    assert not said["done"]
    assert "no action 'jump'" in said["text"]


def test_a_drill_begins_shows_and_ends(browser: Browser, home: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge.console.deeds")
    begun = browser.do("drill", kind="fault", device="fall-101", fault="loss", seconds="60", **{"loss.p": "0.5"})
    assert begun["done"], begun
    (drill,) = home.status()["drills"]
    assert (drill["device"], drill["what"], drill["by"]) == ("fall-101", "loss", "technician")
    page = browser.http.get("/console").text
    assert drill["id"] in page
    assert "演练进行中" in page
    assert browser.do("end-drill", drill=drill["id"])["done"]
    assert home.status()["drills"] == []
    assert any("drill by technician" in record.message for record in caplog.records)


def test_a_frame_is_put_in(browser: Browser, home: House) -> None:
    said = browser.do("drill", kind="bytes", device="fall-102", bytes="53 59 83 01 00 01 01 32 54 43", seconds="5")
    assert said["done"], said
    assert home.status()["drills"][0]["kind"] == "bytes"
    assert "hexadecimal" in browser.do("drill", kind="bytes", device="fall-102", bytes="zz")["text"]


def test_a_button_is_proven_by_a_press(browser: Browser, home: House) -> None:
    assert browser.do("drill", kind="test", device="call-102-1", seconds="60")["done"]
    assert browser.do("simulator-act", device="call-102-1", verb="press")["done"]

    def proven() -> bool:
        (found,) = (d for p in home.status()["ports"] for d in p["devices"] if d["id"] == "call-102-1")
        return bool(found["proven_at_ms"])

    eventually("proven", proven)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"kind": "fault", "fault": "no-such"}, "no fault 'no-such'"),
        ({"kind": "fault", "fault": "loss", "loss.p": "7"}, "write a number from 0 to 1"),
        ({"kind": "fault", "fault": "loss", "loss.p": "x"}, "p is 'x'; write a number"),
        ({"kind": "bytes", "bytes": "00", "seconds": "601"}, "from 1 to 600"),
        ({"kind": "bytes", "bytes": "00", "seconds": "-1"}, "from 1 to 600"),
        ({"kind": "test", "device": "no-such"}, "known devices"),
    ],
)
def test_a_drill_that_cannot_be_says_why(browser: Browser, home: House, form: dict[str, str], says: str) -> None:
    said = browser.do("drill", **{"device": "fall-101", **form})
    assert not said["done"]
    assert says in said["text"]
    assert home.status()["drills"] == []


def test_a_fault_on_a_simulated_device_begins_and_is_cleared(browser: Browser) -> None:
    assert browser.do("simulator-fault", device="bed-101-1", fault="silence", seconds="60")["done"]
    assert "模拟器故障进行中" in browser.http.get("/console").text
    assert browser.do("simulator-clear", device="bed-101-1")["done"]
    assert "模拟器故障进行中" not in browser.http.get("/console").text
    assert "there are" in browser.do("simulator-act", device="bed-101-1", verb="sing")["text"]


def test_without_scripts_a_form_leads_back_to_the_page_that_says_what_came_of_it(browser: Browser) -> None:
    form = {"csrf": browser.csrf, "lang": "en", "device": "fall-101", "action": "jump"}
    answer = browser.http.post("/console/act", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console?lang=en&device=fall-101")
    assert "▲ Not possible: " in browser.http.get(answer.headers["location"]).text
    assert "Not possible" not in browser.http.get(answer.headers["location"]).text  # once


def test_a_recording_is_made_listed_downloaded_and_replays_the_same(browser: Browser, home: House) -> None:
    assert browser.do("record", name="night-1")["done"]
    eventually("entries", lambda: home.status()["recording"]["entries"] > 20)
    assert "on already" in browser.do("record", name="night-2")["text"]
    before = home.status()["outbox"]["last_event"]
    browser.do("simulator-act", device="call-101-1", verb="press")
    eventually("a call", lambda: home.status()["outbox"]["last_event"] > before)
    assert browser.do("stop-recording")["done"]
    path = home.store / "recordings" / "night-1.otrec"
    assert path.stat().st_mode & 0o077 == 0
    downloaded = browser.http.get("/console/recordings/night-1")
    assert downloaded.content == path.read_bytes()
    assert "attachment" in downloaded.headers["content-disposition"]
    assert browser.do("replay", name="night-1", speed="")["done"]
    page = eventually("an end", lambda: _verdict(browser.http.get("/console?lang=en").text), 40)
    assert "The events are the same, byte for byte" in page
    assert "alarm.raised" in page
    path.write_bytes(b"no recording at all")
    assert browser.do("replay", name="night-1")["done"]
    eventually("the failure", lambda: _with(browser.http.get("/console").text, "this is no recording"), 40)
    path.unlink()


def _with(text: str, what: str) -> str:
    return text if what in text else ""


def _verdict(text: str) -> str:
    """The replay's part of the page, once it has ended."""
    _, _, replay = text.partition('class="verdict ')
    return "" if replay.startswith("running") else replay


@pytest.mark.parametrize("name", ["../x", "a/b", "a b", "x" * 65, ".."])
def test_a_recordings_name_leads_nowhere_else(browser: Browser, home: House, name: str) -> None:
    assert not browser.do("record", name=name)["done"]
    assert not browser.do("replay", name=name)["done"]
    assert home.status()["recording"] is None


@pytest.mark.parametrize("name", ["..%2f..%2fsite.key", "%2e%2e", "site.key"])
def test_nothing_but_recordings_is_downloaded(browser: Browser, name: str) -> None:
    assert browser.http.get(f"/console/recordings/{name}").status_code == 404


def test_a_commissioning_shows_its_steps_and_can_be_stopped(browser: Browser) -> None:
    assert browser.do("commission", device="fridge-1", by="t-17")["done"]
    assert "has not ended" in browser.do("commission", device="fridge-1", by="t-17")["text"]
    eventually("a step", lambda: _with(browser.http.get("/console?lang=en").text, "Power and port: passed"))
    assert browser.do("stop-commission")["done"]
    eventually("the end", lambda: _with(browser.http.get("/console?lang=en").text, "stopped: there is no record"), 40)
    assert "known devices" in browser.do("commission", device="no-such", by="t-17")["text"]


# a box with real devices, and one where nobody answers


def test_a_fault_on_a_real_device_needs_its_id(tmp_path: Path) -> None:
    with house(tmp_path, simulated=False) as real, served(real.profile) as where, logged_in(where, real) as browser:
        page = browser.http.get("/console?device=fall-101").text
        assert 'class="sim"' not in page
        assert 'name="confirm" required' in page
        for typed in ("", "fall-102"):
            said = browser.do("drill", kind="fault", device="fall-101", fault="unplug", confirm=typed)
            assert not said["done"]
            assert "type the device's id fall-101" in said["text"]
        assert real.status()["drills"] == []
        assert browser.do("drill", kind="fault", device="fall-101", fault="loss", confirm="fall-101")["done"]
        assert "No simulator" in browser.do("simulator-fault", device="fall-101", fault="loss")["text"]


def test_the_page_says_when_no_field_process_answers(tmp_path: Path) -> None:
    with house(tmp_path) as gone:
        pass
    with served(gone.profile) as where, logged_in(where, gone) as browser:
        page = browser.http.get("/console").text
        assert "现场进程没有应答" in page
        assert "start it with: onetrip edge" in page
        assert "start it with" in browser.do("act", device="fall-101", action="x")["text"]
        assert "no simulator answers" in browser.do("simulator-act", device="x", verb="x")["text"]


def test_a_simulator_elsewhere_marks_only_its_own_devices(tmp_path: Path) -> None:
    with house(tmp_path, simulated=False) as real, BenchControl(real.bench, tmp_path / "other") as control:
        real.profile.write_text(
            real.profile.read_text(encoding="utf-8") + f'\n[console]\nsimulator = "{control.path}"\n', encoding="utf-8"
        )
        with served(real.profile) as where, logged_in(where, real) as browser:
            assert 'class="sim"' in browser.http.get("/console").text
            assert browser.do("drill", kind="fault", device="fall-101", fault="loss")["done"]
