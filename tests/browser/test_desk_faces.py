"""A care home's gallery at its desk in Chromium, with real weights: agree, capture, who is this, take back.

Before the desk's camera stands a photograph, in a file that the test puts there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from edge.domain.face.gallery import FILE
from simulators.facilities import CARE_HOME, MARRIAGE_OFFICE
from simulators.people import Person
from tests.browser.face_box import _jpeg, shared
from tests.browser.test_desk import Clerk, DeskBox, at_desk, desk_box
from tests.unit.edge.adapters.face.heads import somebody_else
from tests.unit.edge.adapters.face.pictures import read

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]
ROOM = "201"


@dataclass
class Home:
    desk: DeskBox
    camera: Path
    resident: bytes
    stranger: bytes

    def shows(self, picture: bytes) -> None:
        new = self.camera.with_name("new")
        new.write_bytes(picture)
        new.replace(self.camera)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    models, photograph = shared("models"), read(shared("faces/astronaut.png"))
    directory = tmp_path_factory.mktemp("gallery")
    camera = directory / "camera.jpg"
    resident = _jpeg(photograph)
    camera.write_bytes(resident)
    settings = f'camera = "file:{camera}"\n\n[face]\nmodels = "{models}"\n'
    with desk_box(CARE_HOME, directory, settings) as desk:
        yield Home(desk, camera, resident, _jpeg(somebody_else(photograph)))


def agrees(nurse: Clerk, person: Person) -> None:
    page = nurse.page
    page.select_option("#face-who", "resident")
    page.fill("#face-name", f"{person.name} {ROOM}")
    page.fill("#face-number", person.id_number)
    page.select_option("#face-basis", "guardian")
    page.fill("#face-given", "测试丙，女儿")
    page.fill("#face-why", "说不清自己是谁")
    nurse.presses("已经读过，记下同意")


def test_a_resident_is_agreed_to_captured_found_confirmed_and_taken_out(browser: Browser, home: Home) -> None:
    person = home.desk.box.person()
    with at_desk(browser, home.desk, "3001") as nurse:
        main = nurse.page.locator("main")
        nurse.goes("/faces")
        agrees(nurse, person)
        expect(main).to_contain_text("未采集")
        expect(main).to_contain_text("测试丙，女儿")
        nurse.is_fit()
        nurse.presses("看摄像头，采集")
        expect(nurse.page.locator("#kept")).to_contain_text("已采集")
        nurse.presses("看摄像头，找一找")
        expect(nurse.page.locator("#who")).to_contain_text(f"{person.name} {ROOM}")
        nurse.is_fit()
        nurse.presses("就是这位")
        expect(nurse.page.locator("body")).to_contain_text(f"已确认：{person.name} {ROOM}")
        home.shows(home.stranger)
        nurse.presses("看摄像头，找一找")
        expect(main).to_contain_text("没有找到相像的人")
        home.shows(home.resident)
        nurse.goes("/faces")
        sealed = (home.desk.box.store / FILE).read_bytes()
        nurse.presses("撤回并删除")
        expect(nurse.page.locator("body")).to_contain_text("删除了 1 份面部特征")
        expect(main).to_contain_text("名单上还没有人")
        nurse.presses("看摄像头，找一找")
        expect(main).to_contain_text("没有找到相像的人")
    told = home.desk.hall.events("consent.given", "face.enrolled", "face.identified", "consent.withdrawn")
    assert [(one["type"], one.get("result")) for one in told] == [
        ("consent.given", None),
        ("face.enrolled", None),
        ("face.identified", "candidates"),
        ("face.identified", "confirmed"),
        ("face.identified", "nobody"),
        ("consent.withdrawn", None),
        ("face.identified", "nobody"),
    ]
    assert len((home.desk.box.store / FILE).read_bytes()) < len(sealed)
    written = home.desk.box.written()
    assert person.name.encode() not in written
    assert person.id_number.encode() not in written


def test_before_the_camera_with_nobody_the_page_says_what_helps(browser: Browser, home: Home) -> None:
    home.camera.unlink()
    try:
        with at_desk(browser, home.desk, "3001") as nurse:
            nurse.page.set_default_timeout(40_000)
            nurse.goes("/faces")
            nurse.presses("看摄像头，找一找")
            expect(nurse.page.locator("body")).to_contain_text("摄像头现在不能用，请用别的办法核对")
    finally:
        home.shows(home.resident)


def test_a_marriage_office_has_no_such_page(browser: Browser, tmp_path: Path) -> None:
    with desk_box(MARRIAGE_OFFICE, tmp_path) as desk, at_desk(browser, desk, "9001") as clerk:
        assert clerk.page.locator("a[href='/faces']").count() == 0
        answer = clerk.page.request.get(f"{desk.url}/faces")
        assert answer.status == 404
