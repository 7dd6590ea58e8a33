"""Walks through the marriage matter of a real kiosk, as two people with their cards do, and measures each page.

Every page of PAGES is loaded once a walk in a browser that knows nothing but the visit's cookie, and every touch that
leads to such a page is timed. The bare page is a file of the same server that Chromium shows as plain text: no style,
no script, no Chinese.
"""

from collections import defaultdict
from collections.abc import Callable

from playwright.sync_api import Browser

from edge.kiosk.words import WORDS
from tests.bench.throttled import Load, Tab, cold
from tests.browser.kiosk_box import KioskBox, Visitor

PAGES = ("home", "choice", "card", "pad", "review", "sign", "result")
BARE = "bare"
_BARE_FILE = "/static/keys.js"
_LINK = """url => {
  const link = Object.assign(document.createElement("a"), { href: url, textContent: "next", id: "next" });
  link.style.cssText = "display:block;height:200px";
  document.body.append(link);
}"""


class KioskBench:
    """`loads`, `touches`: by page; touches in ms from the finger to the next page's first contentful paint."""

    def __init__(self, browser: Browser, box: KioskBox, slowdown: float) -> None:
        self._browser, self._box, self._slowdown = browser, box, slowdown
        self.loads: dict[str, list[Load]] = defaultdict(list)
        self.touches: dict[str, list[float]] = defaultdict(list)

    def walk(self) -> None:
        self._bare()
        with cold(self._browser, self._slowdown) as tab:
            _Walk(self, tab, self._box).go()

    def load(self, page: str, like: Tab) -> None:
        """Loads the address of `like` in a browser of its own."""
        cookies = [{**one} for one in like.page.context.cookies()]
        with cold(self._browser, self._slowdown, cookies) as tab:
            self.loads[page].append(tab.load(like.page.url))

    def slowed(self) -> float:
        """How many times as long the same work takes in a slowed page."""
        times = []
        for slowdown in (1, self._slowdown):
            with cold(self._browser, slowdown) as tab:
                tab.load(self._box.url + _BARE_FILE)
                tab.work_ms()
                times.append(min(tab.work_ms() for _ in range(5)))
        return times[1] / times[0]

    def _bare(self) -> None:
        url = self._box.url + _BARE_FILE
        with cold(self._browser, self._slowdown) as tab:
            self.loads[BARE].append(tab.load(url))
            tab.page.evaluate(_LINK, url + "?next")
            with tab.page.expect_navigation():
                tab.page.locator("#next").tap()
            self.touches[BARE].append(tab.touch_ms())


class _Walk:
    def __init__(self, bench: KioskBench, tab: Tab, box: KioskBox) -> None:
        self._bench, self._tab, self._box = bench, tab, box
        self._visitor = Visitor(tab.page, box)
        self._loaded: set[str] = set()

    def go(self) -> None:
        self._cold("home")
        self._touch("choice", "marriage")
        self._touch("choice", "marriage.kind.marriage")
        self._touch("card", "marriage.both.yes")
        for _ in range(2):
            self._visitor.lays(self._box.person())
        self._cold("pad")
        self._touch("pad", "skip")
        self._touch("review", "skip")
        self._touch("choice", "marriage.check.go")
        self._touch("sign", "marriage.papers.all")
        self._sign("sign")
        self._sign("result")
        self._touch("home", "result.done")

    def _touch(self, page: str, word: str) -> None:
        self._timed(page, lambda: self._visitor.taps(WORDS[word].zh))

    def _sign(self, page: str) -> None:
        while self._visitor.button(WORDS["page.next"].zh).count():
            self._visitor.taps(WORDS["page.next"].zh)
        self._timed(page, self._visitor.signs)

    def _timed(self, page: str, touch: Callable[[], None]) -> None:
        touch()
        self._bench.touches[page].append(self._tab.touch_ms())
        self._cold(page)

    def _cold(self, page: str) -> None:
        """Once a walk."""
        if page not in self._loaded:
            self._loaded.add(page)
            self._bench.load(page, self._tab)
