"""The alarm board over HTTP: who may take a step, and what is said when it cannot be taken."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from edge.adapters.staff_accounts import StaffAccounts
from edge.compose.serving import listen, serve
from edge.desk.alarm_page import TAB, AlarmPage
from edge.desk.staffed import Staffed
from edge.desk.words import WORDS
from edge.domain.visits.questions import Said
from edge.kiosk.wording import Wording
from edge.services.alarm_board import AlarmBoard
from tests.unit.edge.services.test_alarm_board import HomeControl
from tests.unit.edge.services.test_field import Home

pytestmark = pytest.mark.loopback

NURSE, PASSWORD = "n-1023", "correct horse 马"
SCRIPT = {"accept": "application/json"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    made.occurred(1, "call-1", "call_pressed")
    made.field.save()
    yield made
    made.close()


@pytest.fixture
def control(home: Home) -> HomeControl:
    return HomeControl(home)


@pytest.fixture
def stranger(tmp_path: Path, control: HomeControl) -> Iterator[httpx.Client]:
    accounts, app = StaffAccounts(tmp_path), FastAPI()
    accounts.add(NURSE, "护理员甲", "nurse", PASSWORD)
    says = {lang: Wording(lang, WORDS) for lang in ("zh", "en")}
    staffed = Staffed(accounts, says, Said("样例养老院", "Sample home"), "care", lambda: 0.0, simulated=True)
    staffed.tabs.append(TAB)
    staffed.add_to(app)
    stopping = threading.Event()
    AlarmPage(staffed, AlarmBoard(control), stopping, silent=False).add_to(app)
    with listen("127.0.0.1:0") as listening:
        server = threading.Thread(target=serve, args=(app, listening, stopping))
        server.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
                yield client
        finally:
            stopping.set()
            server.join()


@pytest.fixture
def nurse(stranger: httpx.Client) -> httpx.Client:
    page = stranger.get("/login").text
    form = {"number": NURSE, "password": PASSWORD, "csrf": csrf_of(page)}
    assert stranger.post("/login", data=form).headers["location"] == "/"
    return stranger


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def step(nurse: httpx.Client, do: str, alarms: str = "alarm-1", **headers: str) -> httpx.Response:
    csrf = csrf_of(nurse.get("/alarms").text)
    return nurse.post("/alarms/step", data={"do": do, "alarms": alarms, "csrf": csrf}, headers=headers)


def test_a_step_is_the_nurses_and_the_page_says_that_it_is_noted(nurse: httpx.Client, control: HomeControl) -> None:
    assert step(nurse, "acknowledge").headers["location"] == "/alarms"
    assert "记下了：收到，我去" in nurse.get("/alarms").text
    assert [getattr(event, "by", "") for event in control.events] == ["", NURSE]


def test_a_script_is_told_the_new_board(nurse: httpx.Client) -> None:
    answer = step(nurse, "attend", **SCRIPT).json()
    assert (answer["done"], answer["text"]) == (True, "记下了：我到了")
    assert 'value="false_alarm"' in answer["html"]


@pytest.mark.parametrize(
    ("before", "do", "says"),
    [
        ([], "done", "请先按「收到，我去」或「我到了」"),
        (["acknowledge"], "acknowledge", "同事已经在去的路上"),
        (["attend"], "attend", "同事已经到场"),
        (["attend", "done"], "recovered", "这条报警已经关闭了"),
    ],
)
def test_what_cannot_be_is_said_with_its_reason(
    nurse: httpx.Client, control: HomeControl, before: list[str], do: str, says: str
) -> None:
    for one in before:
        step(nurse, one)
    told = control.told
    answer = step(nurse, do, **SCRIPT)
    assert (answer.status_code, answer.json()["done"], answer.json()["text"]) == (409, False, says)
    assert says in step(nurse, do).text
    assert control.told == told


def test_of_several_alarms_those_that_nobody_answered_yet_are_answered(home: Home, nurse: httpx.Client) -> None:
    home.occurred(2, "fridge-1", "call_pressed")
    step(nurse, "acknowledge", "alarm-1")
    assert step(nurse, "acknowledge", "alarm-1 alarm-2", **SCRIPT).status_code == 200
    assert [alarm.state for alarm in home.field.open_alarms] == ["acknowledged", "acknowledged"]


def test_a_step_that_nobody_can_note_is_not_said_to_be_noted(nurse: httpx.Client, control: HomeControl) -> None:
    csrf = csrf_of(nurse.get("/alarms").text)
    control.is_gone = True
    form = {"do": "attend", "alarms": "alarm-1", "csrf": csrf}
    answer = nurse.post("/alarms/step", data=form, headers=SCRIPT)
    assert (answer.status_code, answer.json()["done"]) == (503, False)
    assert "请马上到现场看一看" in answer.json()["text"]
    page = nurse.get("/alarms").text
    assert "现在看不到报警" in page
    assert "现在没有报警" not in page


@pytest.mark.parametrize(
    ("do", "alarms"), [("explode", "alarm-1"), ("", "alarm-1"), ("attend", ""), ("attend", "a " * 101)]
)
def test_another_form_than_ours_is_refused(nurse: httpx.Client, control: HomeControl, do: str, alarms: str) -> None:
    assert step(nurse, do, alarms).status_code == 400
    assert control.told == ["alarm.raised"]


def test_a_form_of_another_session_is_refused(nurse: httpx.Client, control: HomeControl) -> None:
    form = {"do": "attend", "alarms": "alarm-1", "csrf": "x"}
    assert nurse.post("/alarms/step", data=form).status_code == 403
    assert control.told == ["alarm.raised"]


def test_who_is_not_logged_in_sees_nothing_and_does_nothing(stranger: httpx.Client, control: HomeControl) -> None:
    assert stranger.get("/alarms").headers["location"] == "/login"
    assert stranger.post("/alarms/step", data={"do": "attend", "alarms": "alarm-1"}).headers["location"] == "/login"
    assert stranger.get("/alarms/stream", headers={"accept": "text/event-stream"}).status_code == 401
    assert control.told == ["alarm.raised"]


def test_a_new_alarm_comes_by_the_stream_while_the_page_is_open(home: Home, nurse: httpx.Client) -> None:
    with nurse.stream("GET", "/alarms/stream", headers={"accept": "text/event-stream"}, timeout=10) as answer:
        boards = (line for line in answer.iter_lines() if line.startswith("data: ") and "html" in line)
        assert "call-1" in next(boards)
        home.occurred(5, "fridge-1", "call_pressed")
        assert "fridge-1" in next(boards)


def test_every_other_page_is_told_how_many_wait(home: Home, nurse: httpx.Client) -> None:
    with nurse.stream("GET", "/alarms/aside", headers={"accept": "text/event-stream"}, timeout=10) as answer:
        beats = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))
        assert next(beats)["unanswered"] == 1
        home.occurred(5, "fridge-1", "call_pressed")
        assert 2 in (next(beats)["unanswered"] for _ in range(4))


@pytest.mark.parametrize(("lang", "says"), [("zh", "呼叫"), ("en", "Call for help")])
def test_the_board_speaks_both_languages(nurse: httpx.Client, lang: str, says: str) -> None:
    nurse.post("/lang", data={"lang": lang, "to": "/alarms"})
    assert f'<strong class="rule">{says}</strong>' in nurse.get("/alarms").text


def test_a_hostile_place_is_only_text(nurse: httpx.Client, control: HomeControl) -> None:
    (about,) = control.bench.alarms()["alarms"]
    assert about["location"] == ""  # so the page shows the device's id
    answer = step(nurse, "attend", "<script>alert(1)</script>")
    assert answer.status_code == 409
    assert "<script>alert(1)" not in answer.text
