"""The face way by a terminal beside the kiosk: a simulated terminal pushes over HTTP to a real field process.

Chromium, `onetrip field` and `counter` as processes. The consent comes first, only the card's own person passes, a
terminal that is gone is said within five seconds, and no picture gets past its driver.
"""

import contextlib
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from contract.events.envelope import decode
from contract.events.visits import IdentityCompare
from edge.adapters.sqlite_outbox import SqliteOutbox
from simulators.devices.face_terminal_isapi import PICTURE, FaceTerminal
from simulators.facilities import MARRIAGE_OFFICE
from simulators.facilities.facility import Device, Port
from simulators.people import Person
from tests.browser.kiosk_box import KioskBox, Visitor, kiosk_box, opens
from tests.browser.kiosk_pages import SCREEN, breaches
from tests.system.installation import eventually

pytestmark = pytest.mark.timeout(240)

TERMINAL = "kiosk-terminal"
BEATS_S = 1
SAID_WITHIN_S = 5.0
OFFICE = replace(
    MARRIAGE_OFFICE,
    ports=(
        *MARRIAGE_OFFICE.ports,
        Port(
            "MARRIAGE-TERMINAL",
            "face_terminal_isapi",
            (Device(TERMINAL, "大厅自助机", options={"heartbeat_s": BEATS_S}),),
            lambda rng: FaceTerminal(rng, pictures=True, heartbeat_s=BEATS_S),
            wire="listen",
        ),
    ),
)
TABLE = f'\n[face]\nreader = "terminal"\nterminal = "{TERMINAL}"\n'


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskBox]:
    with kiosk_box(OFFICE, tmp_path_factory.mktemp("terminal"), TABLE) as one:
        yield one


@pytest.fixture
def page(browser: Browser, box: KioskBox) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    one = context.new_page()
    one.set_default_timeout(15_000)
    yield one
    opens(one, "about:blank")  # a context that closes while its page goes home may hang
    one.request.post(box.url + "/visit/leave", headers={"origin": box.url})
    context.close()


def compares(box: KioskBox, person: Person, *, is_theirs: bool = True) -> None:
    port = box.bench.find(OFFICE.id, TERMINAL)
    box.bench.do(lambda: port.model.compares(person, is_theirs=is_theirs))


def comparisons(box: KioskBox) -> list[IdentityCompare]:
    with closing(SqliteOutbox(box.store)) as outbox:
        told = [decode(event.body) for event in outbox.events_after(0, 5000)]
    return [IdentityCompare(**one.data) for one in told if one.type == IdentityCompare.type_name]


def asks_how(page: Page, box: KioskBox) -> tuple[Visitor, Person]:
    """A visitor whose card was read, and who is asked how it shall be checked; as soon as the terminal is there."""
    for _ in range(20):
        visitor, person = Visitor(page, box), box.person()
        visitor.taps("婚姻登记")
        visitor.goes_on(until="first.card")
        for _ in range(6):  # a reader of 2011 misses one now and then
            box.lay_card(person)
            with contextlib.suppress(AssertionError):
                expect(page.locator("form.act input[name=question]")).not_to_have_value("first.card", timeout=5000)
                break
        page.wait_for_load_state("load")
        if visitor.asked == "first.way":
            return visitor, person
        page.request.post(box.url + "/visit/leave", headers={"origin": box.url})
    raise AssertionError("no terminal")


def test_the_two_ways_are_of_one_size_and_the_person_of_the_card_goes_on(page: Page, box: KioskBox) -> None:
    visitor, person = asks_how(page, box)
    ways = [page.locator(f"button[name=way][value={way}]").bounding_box() for way in ("yes", "no")]
    assert ways[0] is not None
    assert ways[1] is not None
    assert (ways[0]["width"], ways[0]["height"]) == (ways[1]["width"], ways[1]["height"])
    visitor.sees("屏幕旁边的终端")
    assert breaches(page) == []
    compares(box, person)  # before the consent: nothing
    before = len(comparisons(box))
    visitor.taps("刷脸核对")
    visitor.sees("请看屏幕旁边的终端")
    assert breaches(page) == []
    assert page.locator("#preview").count() == 0
    expect(visitor.button("不刷脸，到窗口核对")).to_be_visible()
    compares(box, person, is_theirs=False)
    visitor.sees("请再试一次", 30)
    compares(box, box.person())
    eventually("the second attempt is written down", lambda: len(comparisons(box)) == before + 2, 30)
    compares(box, person)
    visitor.sees("核对好了", 30)
    told = comparisons(box)[before:]
    assert [one.result for one in told] == ["mismatch", "no_reference", "match"]
    assert {one.reader for one in told} == {"face_terminal"}
    assert told[-1].model.startswith(f"{TERMINAL}@02:")
    events = box.events()
    assert events.index("consent.given") < events.index("identity.compare")
    assert "device.fault" not in events
    written = box.written()
    assert PICTURE not in written
    assert person.id_number.encode() not in written


def test_a_terminal_that_is_gone_is_said_and_the_window_helps(page: Page, box: KioskBox) -> None:
    visitor, _ = asks_how(page, box)
    visitor.taps("刷脸核对")
    visitor.sees("请看屏幕旁边的终端")
    began = time.monotonic()
    box.unplug(TERMINAL)
    try:
        expect(page.locator("main")).to_contain_text("终端暂时不能用", timeout=30_000)
        took = time.monotonic() - began
        assert comparisons(box)[-1].result == "no_camera"
        visitor.goes_on()
        assert visitor.kind == "result"
    finally:
        box.plug(TERMINAL)
    assert took < 3 * SAID_WITHIN_S  # 2 heartbeats and a moment; on a machine under load more


def test_the_other_way_asks_no_terminal(page: Page, box: KioskBox) -> None:
    visitor, person = asks_how(page, box)
    before = len(comparisons(box))
    visitor.taps("不刷脸")
    compares(box, person)
    assert visitor.asked not in ("first.face", "first.way")
    visitor.goes_on()
    assert len(comparisons(box)) == before
