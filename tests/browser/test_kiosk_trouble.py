"""What must not end a visit: a store that takes nothing, and somebody who scribbles for minutes where they sign."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Said, Sign
from tests.browser.kiosk_pages import SCREEN, breaches, pages

SCRIBBLE = """points => {
  const canvas = document.getElementById("sign"), box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  const at = (what, x, y) => canvas.dispatchEvent(
    new PointerEvent(what, { clientX: box.left + x, clientY: box.top + y, pointerId: 1, bubbles: true }));
  at("pointerdown", 5, 5);
  for (let n = 0; n < points; n++) at("pointermove", n % 800, (n * 7) % 300);
  at("pointerup", 5, 5);
}"""


def signing(_visit: Visit) -> Flow:
    yield Sign(name="sign", document="signing.statement@1")
    return Ending(key="done")


MATTER = Matter(name="signing", theme="neutral", open=signing)
WORDS = {key: Said("签一个名", "Sign") for key in ("signing", "signing.sign", "signing.sign.text", "signing.end.done")}


def scribbles(page: Page, points: int) -> None:
    expect(page.locator("#sign")).to_be_visible()
    page.evaluate(SCRIBBLE, points)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN, has_touch=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_a_store_that_takes_nothing_is_said_and_when_it_takes_again_the_visit_goes_on(
    page: Page, tmp_path: Path
) -> None:
    with pages(tmp_path, (MATTER,), WORDS) as (url, hall):
        page.goto(url)
        page.get_by_role("button", name="签一个名").tap()
        scribbles(page, 40)
        hall.store._db.execute("PRAGMA query_only = 1")
        page.get_by_role("button", name="签好了").tap()
        expect(page.locator("h1")).to_have_text("刚才这一步没有记下来")
        assert breaches(page) == []
        hall.store._db.execute("PRAGMA query_only = 0")
        page.get_by_role("button", name="再试一次").tap()
        scribbles(page, 40)
        page.get_by_role("button", name="签好了").tap()
        expect(page.locator("body[data-kind=result]")).to_be_attached()
        assert hall.events().count("case.submitted") == 1


def test_a_signature_of_many_thousand_points_is_one(page: Page, tmp_path: Path) -> None:
    with pages(tmp_path, (MATTER,), WORDS) as (url, hall):
        page.goto(url)
        page.get_by_role("button", name="签一个名").tap()
        scribbles(page, 40_000)
        page.get_by_role("button", name="签好了").tap()
        expect(page.locator("body[data-kind=result]")).to_be_attached()
        assert hall.events().count("document.signed") == 1
