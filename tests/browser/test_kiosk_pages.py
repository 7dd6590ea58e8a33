"""Every page that every matter can show, in Chromium: accessible, within reach, nothing cut off, every word there.

A visitor who answers at random walks through each matter, in both languages, in both sizes, with and without a network.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from edge.domain.visits.conversation import Matter
from edge.domain.visits.offered import OFFERED
from edge.domain.visits.person import token_of
from edge.domain.visits.questions import (
    Card,
    Choice,
    Consent,
    Counted,
    Face,
    Lookup,
    Pad,
    Pay,
    Question,
    Scan,
    Sign,
)
from edge.services.visits import View
from simulators.city_reference.organisations import credit_code
from simulators.facilities import FACILITIES
from tests.browser.kiosk_pages import SCREEN, breaches, pages
from tests.browser.reference import snapshots_of
from tests.system.installation import eventually
from tests.unit.edge.services.visits.counter_hall import CARD, KEY, MORNING_MS, OTHER_CARD, STROKES, Hall

pytestmark = pytest.mark.timeout(180)

LOOKS = ("", "lang:en,size:xl", "size:xl,contrast:high", "lang:en")
MOST_PAGES = 45
THEMES = {"marriage_office": "neutral", "care_home": "care", "funeral_home": "funeral", "relief_station": "relief"}
WALKS = [
    pytest.param(kind, matter, look, id=f"{matter.name}-{number}")
    for kind, matters in OFFERED.items()
    for position, matter in enumerate(matters)
    for number, look in enumerate(LOOKS)
    if matter.name != "social_assistance" or kind == "marriage_office"
    if number == position % len(LOOKS)  # each matter in one look, each look in several matters
]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Its console must stay silent, and it must ask nobody else."""
    said: list[str] = []
    context = browser.new_context(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    one = context.new_page()
    one.on("console", lambda message: said.append(message.text))
    one.on("pageerror", lambda error: said.append(str(error)))
    one.on("request", lambda request: said.extend(_foreign(request.url)))
    yield one
    context.close()
    assert [text for text in said if "Clear-Site-Data" not in text and "ERR_" not in text] == []


def _foreign(url: str) -> list[str]:
    return [] if urlsplit(url).hostname == "127.0.0.1" else [url]


@pytest.mark.parametrize(("kind", "matter", "look"), WALKS)
def test_each_page_of_a_matter_can_be_read_and_reached(
    kind: str, matter: Matter, look: str, page: Page, tmp_path: Path
) -> None:
    rng = Random(f"{matter.name} {look}")
    facility = next(one for one in FACILITIES if one.kind == kind)
    with pages(tmp_path, [matter], {}, theme=THEMES[kind]) as (url, hall):
        snapshots = snapshots_of(facility, MORNING_MS, lambda _facility, number: token_of(number, KEY))
        hall.snapshot = snapshots.get
        hall.online = rng.random() < 0.5
        seen: set[str] = set()
        for _ in range(2):
            _walk(page, url, hall, look, rng, seen)
        assert len(seen) > 1


def _walk(page: Page, url: str, hall: Hall, look: str, rng: Random, seen: set[str]) -> None:
    page.goto(f"{url}/?look={look}")
    assert breaches(page) == [], "home"
    with page.expect_navigation():
        page.locator("main button.opt").first.tap()
    for _ in range(MOST_PAGES):
        session = next(iter(hall.visits._sessions)).id
        view = hall.visits.view(session)
        eventually("the page", partial(_shows, page, view), 10)
        name = getattr(view.page, "name", "the end")
        if name not in seen:
            seen.add(name)
            assert breaches(page) == [], f"{view.matter.name}.{name}"
        if not isinstance(view.page, Question):
            break
        _answer(hall, session, view, view.page, rng)
    else:
        pytest.fail("it does not end")
    with page.expect_navigation():  # the page follows its session home
        hall.visits.leave(session)
    eventually("home", lambda: page.url.rstrip("/") == url, 10)


def _shows(page: Page, view: View) -> bool:
    try:
        return page.evaluate("document.readyState + document.body.dataset.version") == f"complete{view.version}"
    except PlaywrightError:  # in the middle of a navigation
        return False


def _answer(  # noqa: C901 - one case for each kind of question
    hall: Hall, session: str, view: View, asked: Question, rng: Random
) -> None:
    """What a visitor may answer, at random."""
    match asked:
        case Card() if rng.random() < 0.8:
            card = CARD if asked.not_tokens == frozenset() else OTHER_CARD
            hall.visits.on_card(card)
            if hall.visits.view(session).rev != view.rev:
                return
            form = {"instead": ["no_card"]}
        case Card():
            form = {"instead": ["no_card"]}
        case Choice():
            keys = [option.key for option in asked.options if option.off is None]
            form = {"chosen": rng.sample(keys, min(2, len(keys))) if asked.many else [rng.choice(keys)]}
        case Consent():
            form = {"way": [rng.choice(["yes", "no"])]}
        case Face():
            form = {"instead": ["window"]}
        case Counted():
            form = {f"n_{asked.items[0].key}": ["1"]}
        case Pad(may_skip=True) if rng.random() < 0.5:
            form = {"skip": ["1"]}
        case Pad():
            form = {"typed": [TYPED[asked.kind]]}
        case Sign():
            form = {"strokes": [STROKES]} if rng.random() < 0.5 else {"instead": ["window"]}
        case Lookup():
            form = {"instead": ["later"]}
        case Pay():
            form = {"instead": ["at_counter"]}
        case Scan():
            form = {"instead": ["no_code"]}
        case _:
            form = {}
    hall.visits.answer(session, asked.name, view.rev, form)


TYPED = {
    "phone": "00012345678",
    "room": "301",
    "code": "123456",
    "number": "2",
    "credit_code": credit_code("association", 7),
    "letters": "QZ",
    "place_name": "莲花新街",
    "plate": "H12345",
}


def test_a_visitor_of_the_care_home_leaves_with_the_badge_they_came_with(page: Page, tmp_path: Path) -> None:
    matters = {matter.name: matter for matter in OFFERED["care_home"]}
    with pages(tmp_path, [matters["care_visit"], matters["care_leaving"]], {}, theme="care") as (url, hall):
        page.goto(url)
        _taps(page, "来看望")
        _taps(page, "放身份证")
        hall.visits.on_card(CARD)
        page.locator("button[value='key:3']").wait_for()
        for key in "301":
            page.locator(f"button[value='key:{key}']").tap()
        _taps(page, "下一步")
        while page.locator("body[data-kind=result]").count() == 0:
            with page.expect_navigation():
                page.locator("main button.opt, main .btn.pri").first.tap()
        entered = hall.events().count("visitor.entered")
        shown = [text.replace(" ", "") for text in page.locator(".receipt dd").all_inner_texts()]
        badge = next(text for text in shown if text.isdecimal() and len(text) == 8)
        _taps(page, "完成")
        _taps(page, "离开")
        for key in badge:
            page.locator(f"button[value='key:{key}']").tap()
        _taps(page, "下一步")
        assert hall.events().count("visitor.left") == entered == 1


def _taps(page: Page, label: str) -> None:
    with page.expect_navigation():
        page.locator("main button, footer button").filter(has_text=label).first.tap()


def test_who_does_not_answer_is_asked_and_then_everything_is_wiped(page: Page, tmp_path: Path) -> None:
    matter = OFFERED["marriage_office"][0]
    with pages(tmp_path, [matter], {}) as (url, hall):
        page.goto(url)
        _taps(page, "婚姻登记")
        hall.clock.passed_s += 50
        hall.visits.tick()
        page.locator("[role=alertdialog]").wait_for()
        assert breaches(page) == []
        with page.expect_navigation():
            page.locator("#stay").tap()
        assert page.locator("[role=alertdialog]").count() == 0
        hall.clock.passed_s += 61
        hall.visits.tick()
        page.locator("body[data-home]").wait_for()
        assert len(hall.visits._sessions) == 0
        assert page.context.cookies() == []
