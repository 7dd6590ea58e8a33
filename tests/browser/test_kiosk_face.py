"""The face way at the kiosk: chosen freely, left at any moment, and nothing of a face leaves the box or stays in it.

Chromium, `onetrip field`, `counter` and `uplink` as processes, Mosquitto, real weights. The visitor is a
photograph, or a head that turns as the page asks.
"""

import contextlib
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from edge.adapters.face.engine import FaceEngine
from edge.adapters.face.weights import MOBILEFACENET
from edge.domain.face.decision import Thresholds
from edge.domain.face.liveness import Rules
from edge.kiosk.words import WORDS
from tests.browser.face_box import FaceBox, face_box
from tests.browser.face_traces import found, found_in_files, traces_of
from tests.browser.kiosk_box import Visitor, opens
from tests.browser.kiosk_pages import SCREEN, breaches
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(240)

WALL = np.full((480, 640, 3), 180, np.uint8)
BLAME = re.compile("失败|错误|无效|不匹配|不通过|拒绝|冒用|不是本人")
STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie, (await caches.keys()).length,
  (await indexedDB.databases()).length, (await navigator.serviceWorker.getRegistrations()).length]"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceBox]:
    with face_box(tmp_path_factory.mktemp("face")) as one:
        yield one


@pytest.fixture
def page(browser: Browser, box: FaceBox) -> Iterator[Page]:
    box.shows(box.photograph)
    box.cards_carry(box.card)
    context = browser.new_context(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    one = context.new_page()
    one.set_default_timeout(15_000)
    yield one
    opens(one, "about:blank")  # a context that closes while its page goes home may hang
    one.request.post(box.url + "/visit/leave", headers={"origin": box.url})
    eventually("the camera is off", lambda: is_camera_off(one, box), 10)
    context.close()


def asks_how(page: Page, box: FaceBox) -> Visitor:
    """A visitor whose card was read, and who is asked how it shall be checked."""
    visitor = Visitor(page, box)
    visitor.taps("婚姻登记")
    visitor.goes_on(until="first.card")
    visitor.lays(box.person())
    assert visitor.asked == "first.way"
    return visitor


def before_the_camera(page: Page, box: FaceBox) -> Visitor:
    visitor = asks_how(page, box)
    visitor.taps("刷脸核对")
    assert visitor.asked == "first.face"
    return visitor


def goes_to(visitor: Visitor, question: str, within_s: float) -> None:
    """The page does, by itself."""
    expect(visitor.page.locator(f"form.act input[name=question][value='{question}']")).to_be_attached(
        timeout=within_s * 1000
    )


def turns_as_asked(visitor: Visitor, box: FaceBox, within_s: float = 120) -> None:
    """Whoever stands before the camera does what the page says, until the page is another."""
    asked = visitor.asked
    sides = {WORDS["face.turn_left"].zh: box.to_their_left, WORDS["face.turn_right"].zh: box.to_their_right}
    shown, ends = box.photograph, time.monotonic() + within_s
    while True:
        with contextlib.suppress(PlaywrightError):  # another hint came just now
            if visitor.asked != asked:
                return
            text = visitor.page.locator("main").inner_text()
            assert not BLAME.search(text)
            wanted = next((side for said, side in sides.items() if said in text), box.photograph)
            if wanted is not shown:
                box.shows(wanted)
                shown = wanted
        assert time.monotonic() < ends, text
        visitor.page.wait_for_timeout(100)


def told(box: FaceBox, before: int) -> list[str]:
    return [one for one in box.events()[before:] if one.split(".")[0] in ("consent", "identity")]


def picture_stands(page: Page) -> None:
    """In the circle."""

    def is_seen() -> bool:
        with contextlib.suppress(PlaywrightError):  # another hint came just now
            return bool(page.evaluate("document.getElementById('preview').naturalWidth"))
        return False

    eventually("the preview", is_seen, 5)


def breaches_at_rest(page: Page) -> list[str]:
    """Of a page that another hint may replace while it is looked at."""
    for _ in range(3):
        with contextlib.suppress(PlaywrightError):
            return breaches(page)
        page.wait_for_load_state("load")
    return breaches(page)


def is_camera_off(page: Page, box: FaceBox) -> bool:
    """Whoever asks gets no picture."""
    return page.request.get(box.url + "/visit/preview").status == 204


@pytest.mark.commitment("C14")
def test_the_two_ways_are_of_one_size_and_none_is_chosen_for_anybody(box: FaceBox, page: Page, tmp_path: Path) -> None:
    before, visitor = len(box.events()), asks_how(page, box)
    face, other = visitor.button("刷脸核对"), visitor.button("不刷脸")
    boxes = face.bounding_box(), other.bounding_box()
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["width"], boxes[0]["height"]) == (boxes[1]["width"], boxes[1]["height"])
    looks = [
        one.evaluate(
            "e => ['fontSize','fontWeight','color','backgroundColor','borderColor','borderWidth']"
            ".map(k => getComputedStyle(e)[k])"
        )
        for one in (face, other)
    ]
    assert looks[0] == looks[1]
    assert page.locator("main :checked, main [aria-pressed=true], main [autofocus], main button:focus").count() == 0
    day = datetime.now(ZoneInfo("Asia/Shanghai")).toordinal()
    first = page.locator("form.act button").first.get_attribute("value")
    assert first == ("yes" if day % 2 == 0 else "no")
    for line in WORDS["identity.way.text"].zh.split("\n"):
        expect(page.get_by_text(line)).to_be_in_viewport()
    assert breaches(page) == []
    page.screenshot(path=str(tmp_path / "consent.png"))
    visitor.taps("不刷脸")
    assert visitor.asked == "second.card"
    assert told(box, before) == ["identity.read", "consent.declined"]
    assert is_camera_off(page, box)


def test_in_english_and_large_type_the_two_ways_stay_of_one_size(box: FaceBox, page: Page, tmp_path: Path) -> None:
    visitor = asks_how(page, box)
    visitor.taps("大字")
    visitor.taps("English")
    boxes = [visitor.button(text).bounding_box() for text in ("By face", "Not by face")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["width"], boxes[0]["height"]) == (boxes[1]["width"], boxes[1]["height"])
    assert breaches(page) == []
    page.screenshot(path=str(tmp_path / "consent-en.png"))
    box.shows(WALL)
    visitor.taps("By face")
    visitor.sees("look at the camera")
    picture_stands(page)
    assert breaches_at_rest(page) == []
    page.screenshot(path=str(tmp_path / "face-en.png"))
    visitor.taps("Not by face")


@pytest.mark.commitment("C14")
def test_the_camera_stays_shut_until_the_consent_is_written_down(box: FaceBox, page: Page) -> None:
    before, visitor = len(box.events()), asks_how(page, box)
    with box.watched() as camera:
        with closing(sqlite3.connect(box.store / "store.db", isolation_level=None)) as holding:
            holding.execute("BEGIN IMMEDIATE")  # nobody else can write now
            visitor.button("刷脸核对").tap(no_wait_after=True)
            for _ in range(75):
                assert not camera.is_opened()
                time.sleep(0.02)
            holding.execute("ROLLBACK")
        eventually("the camera", camera.is_opened, 10)
        assert told(box, before) == ["identity.read", "consent.given"]
    goes_to(visitor, "first.face", 10)
    visitor.taps("不刷脸，到窗口核对")
    assert visitor.asked == "second.card"


def test_who_is_looked_at_sees_it_and_what_helps_and_leaves_with_one_tap(
    box: FaceBox, page: Page, tmp_path: Path
) -> None:
    box.shows(WALL)
    before, visitor = len(box.events()), before_the_camera(page, box)
    visitor.sees("请正对圆圈，看着镜头。")
    picture_stands(page)
    picture = page.request.get(box.url + "/visit/preview")
    assert picture.headers["cache-control"] == "no-store"
    assert breaches_at_rest(page) == []
    box.shows(box.photograph)
    visitor.sees("转头")
    picture_stands(page)
    assert breaches_at_rest(page) == []
    page.screenshot(path=str(tmp_path / "face.png"))
    assert page.evaluate(STORED) == [0, 0, "", 0, 0, 0]
    began = time.monotonic()
    visitor.taps("不刷脸，到窗口核对")
    assert visitor.asked == "second.card"
    assert time.monotonic() - began < 2
    eventually("the camera is off", lambda: is_camera_off(page, box), 2)
    eventually("it is written down", lambda: "identity.compare" in told(box, before), 5)
    assert told(box, before) == ["identity.read", "consent.given", "identity.compare"]


def test_a_photograph_before_the_camera_never_passes_and_nobody_is_blamed(
    box: FaceBox, page: Page, tmp_path: Path
) -> None:
    before, visitor = len(box.events()), before_the_camera(page, box)
    ends, seen = time.monotonic() + 90, set()
    while visitor.asked == "first.face":
        assert time.monotonic() < ends
        text = page.locator("main").inner_text()
        seen.add(text)
        assert not BLAME.search(text)
        page.wait_for_timeout(300)
    assert any("请慢慢向" in text for text in seen)
    assert any("再看一次镜头" in text for text in seen)
    assert visitor.asked == "second.card"
    visitor.sees("没关系，由工作人员核对，排队一样快。")
    assert breaches(page) == []
    page.screenshot(path=str(tmp_path / "window.png"))
    assert told(box, before) == ["identity.read", "consent.given", *["identity.compare"] * 3]
    visitor.goes_on(until="check", phone="00012345678")
    assert "到窗口核对" in page.locator("main").inner_text()
    visitor.goes_on()
    visitor.sees("受理号")


@pytest.mark.commitment("C14")
def test_who_turns_as_the_page_asks_and_is_the_person_of_the_card_is_checked_by_face(
    box: FaceBox, page: Page, tmp_path: Path
) -> None:
    before, compared = len(box.events()), len(box.comparisons())
    visitor = before_the_camera(page, box)
    turns_as_asked(visitor, box)
    assert visitor.asked == "second.card"
    visitor.sees("核对好了。")
    assert breaches(page) == []
    page.screenshot(path=str(tmp_path / "match.png"))
    attempt = box.comparisons()[compared:][-1]
    assert (attempt.result, attempt.reference, attempt.reader) == ("match", "card_photo", "camera")
    assert attempt.model == f"{MOBILEFACENET.model}@{MOBILEFACENET.version}"
    assert attempt.threshold == Thresholds().match_from
    assert attempt.score is not None
    assert attempt.score > attempt.threshold
    assert attempt.liveness is not None
    assert attempt.liveness >= Rules().passive_from
    assert told(box, before)[:2] == ["identity.read", "consent.given"]
    eventually("the camera is off", lambda: is_camera_off(page, box), 5)
    visitor.goes_on(until="check", phone="00012345678")
    assert "核对好了" in page.locator("main").inner_text()
    visitor.goes_on()
    visitor.sees("受理号")
    assert "identity.checked" in told(box, before)  # of the one who was compared, without a clerk
    pictures = {
        "the photograph": box.photograph,
        "the face from their left": box.to_their_left,
        "the face from their right": box.to_their_right,
        "the card's photo": box.card,
    }
    traces = traces_of(FaceEngine.of(box.models), pictures)
    eventually("the wire", lambda: b'"result":"match"' in box.tap.sent(), 30)
    assert found(traces, box.tap.sent()) == []
    assert found_in_files(traces, [box.directory]) == []


@pytest.mark.commitment("C14")
def test_who_turns_as_asked_with_somebody_elses_card_goes_to_the_window_and_is_not_blamed(
    box: FaceBox, page: Page
) -> None:
    compared = len(box.comparisons())
    box.cards_carry(box.card_of_somebody_else)
    visitor = before_the_camera(page, box)
    turns_as_asked(visitor, box, within_s=180)
    assert visitor.asked == "second.card"
    visitor.sees("没关系，由工作人员核对，排队一样快。")
    attempts = box.comparisons()[compared:]
    assert len(attempts) == 3
    assert "match" not in {one.result for one in attempts}
    scores = [one.score for one in attempts if one.result == "mismatch"]
    assert scores
    assert max(score or 1 for score in scores) < Thresholds().mismatch_below
    visitor.goes_on(until="check", phone="00012345678")
    assert "到窗口核对" in page.locator("main").inner_text()
    visitor.goes_on()
    visitor.sees("受理号")


def test_a_card_whose_photo_cannot_be_read_leaves_the_photo_of_another_document_to_be_compared_with(
    box: FaceBox, page: Page, tmp_path: Path
) -> None:
    box.cards_carry(b"")
    before, compared = len(box.events()), len(box.comparisons())
    visitor = asks_how(page, box)
    box.shows(WALL)
    visitor.taps("刷脸核对")
    goes_to(visitor, "first.document", 20)
    visitor.sees("等证件的照片对准圆圈。没带也没关系", 20)
    picture_stands(page)
    assert breaches_at_rest(page) == []
    assert page.locator("form.act button").count() == 1  # the other way, at every moment
    page.screenshot(path=str(tmp_path / "document.png"))
    box.shows(box.passport)
    expect(page.locator("main")).to_contain_text(re.compile("请放下证件，看着镜头|请慢慢向"), timeout=20_000)
    box.shows(box.photograph)
    turns_as_asked(visitor, box)
    assert visitor.asked == "second.card"
    visitor.sees("请把这本证件带到窗口看一下")
    none, *attempts = box.comparisons()[compared:]
    assert (none.result, none.reference) == ("no_reference", "none")
    assert (attempts[-1].result, attempts[-1].reference) == ("match", "document_photo")
    box.cards_carry(box.card)
    visitor.goes_on(until="check", phone="00012345678")
    assert page.locator("main").inner_text().count("到窗口核对") == 2
    visitor.goes_on()
    visitor.sees("受理号")
    assert "identity.checked" not in told(box, before)  # whose document it is, the window sees
    traces = traces_of(FaceEngine.of(box.models), {"the document": box.passport, "the photograph": box.photograph})
    eventually("the wire", lambda: b"document_photo" in box.tap.sent(), 30)
    assert found(traces, box.tap.sent()) == []
    assert found_in_files(traces, [box.directory]) == []


def test_who_has_no_other_document_goes_to_the_window_with_one_tap(box: FaceBox, page: Page) -> None:
    box.cards_carry(b"")
    visitor = asks_how(page, box)
    box.shows(WALL)
    visitor.taps("刷脸核对")
    goes_to(visitor, "first.document", 20)
    visitor.taps("不刷脸，到窗口核对")
    goes_to(visitor, "second.card", 20)
    eventually("the camera is off", lambda: is_camera_off(page, box), 5)


@pytest.mark.commitment("C14")
def test_a_camera_that_is_lost_is_said_within_five_seconds_and_the_other_way_goes_on(
    box: FaceBox, page: Page, tmp_path: Path
) -> None:
    before, visitor = len(box.events()), before_the_camera(page, box)
    visitor.sees("转头")
    box.is_unplugged()
    visitor.sees("摄像头暂时不能用", 5)
    assert visitor.asked == "second.card"
    assert breaches(page) == []
    page.screenshot(path=str(tmp_path / "lost.png"))
    assert told(box, before) == ["identity.read", "consent.given", "identity.compare"]
    visitor.lays(box.person())
    visitor.taps("刷脸核对")  # it is still gone
    visitor.sees("摄像头暂时不能用", 5)
    visitor.goes_on(until="check", phone="00012345678")
    assert page.locator("main").inner_text().count("到窗口核对") == 2
    visitor.goes_on()
    visitor.sees("受理号")


@pytest.mark.commitment("C14")
def test_nothing_of_a_face_is_on_the_wire_in_the_store_in_logs_or_in_temporary_files(box: FaceBox, page: Page) -> None:
    traces = traces_of(FaceEngine.of(box.models), {"the photograph": box.photograph, "the card's photo": box.card})
    visitor = before_the_camera(page, box)
    visitor.sees("转头")
    assert found(traces, page.request.get(box.url + "/visit/preview").body()) == ["JPEG"]  # the preview alone is one
    written = box.written_files()
    assert [file for file in written if not file.is_relative_to(box.directory)] == []
    visitor.taps("不刷脸，到窗口核对")
    visitor.goes_on(phone="00012345678")
    visitor.sees("受理号")
    number = box.events()
    eventually("the wire", lambda: box.tap.sent().count(b"identity.compare") >= number.count("identity.compare"), 30)
    assert b"consent.given" in box.tap.sent()
    assert found(traces, box.tap.sent()) == []
    assert found_in_files(traces, [box.directory]) == []
    assert page.evaluate(STORED) == [0, 0, "", 0, 0, 0]


def test_the_search_finds_a_face_where_there_is_one(box: FaceBox) -> None:
    traces = traces_of(FaceEngine.of(box.models), {"the photograph": box.photograph})
    assert found_in_files(traces, [box.world])
    for name, forms in traces.items():
        for form in forms:
            assert name in found(traces, b"{" + form + b"}")
