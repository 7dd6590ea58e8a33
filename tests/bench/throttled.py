"""Debian's Chromium as a slow kiosk: its pages' main thread takes `slowdown` times as long (CDP Emulation).

The browser's other processes, the network and the server are not slowed.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page

_TRIES = 3

# The time of a touch goes to the page after it in window.name: storage is cleared at the end of a visit.
_WATCH = """
if (self === top) {
  const told = () => JSON.parse(window.name || "{}");
  addEventListener("pointerdown", (event) => {
    window.name = JSON.stringify({ touched: performance.timeOrigin + event.timeStamp });
  }, { capture: true });
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name !== "first-contentful-paint") continue;
      const { touched, took } = told(), painted = performance.timeOrigin + startTime;
      if (touched && !took) window.name = JSON.stringify({ touched, took: painted - touched });
    }
  }).observe({ type: "paint", buffered: true });
}
"""
_PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") resolve(startTime);
}).observe({ type: "paint", buffered: true }))"""
_WORK = """() => {
  const begun = performance.now();
  let sum = 0;
  for (let i = 0; i < 2e7; i++) sum = (sum + i * i) % 1000003;
  return [performance.now() - begun, sum];
}"""


@dataclass(frozen=True, slots=True)
class Load:
    """First contentful paint in ms since the navigation began; bytes over the wire with headers, without fonts."""

    painted_ms: float
    bytes: int


class Tab:
    """A page of a browser that has loaded nothing yet."""

    def __init__(self, context: BrowserContext, slowdown: float) -> None:
        self.page: Page = context.new_page()
        self._cdp: CDPSession = context.new_cdp_session(self.page)
        self._fonts: set[str] = set()
        self._bytes = 0
        self._cdp.on("Network.responseReceived", self._received)
        self._cdp.on("Network.loadingFinished", self._finished)
        self._cdp.send("Network.enable")
        self._cdp.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})

    def load(self, url: str) -> Load:
        self._bytes = 0
        self.page.goto(url)
        return Load(float(self._evaluate(_PAINTED)), self._bytes)

    def touch_ms(self) -> float:
        """From the last touch to the first contentful paint of the page that it led to."""
        self._evaluate(_PAINTED)
        return float(json.loads(self._evaluate("window.name"))["took"])

    def work_ms(self) -> float:
        """A loop of always the same work."""
        return float(self.page.evaluate(_WORK)[0])

    def _evaluate(self, script: str) -> Any:
        """Again, where the page follows its session and loads itself anew meanwhile: what is kept outlives that."""
        for _ in range(_TRIES):
            with contextlib.suppress(Error):
                return self.page.evaluate(script)
            self.page.wait_for_load_state("load")
        return self.page.evaluate(script)

    def _received(self, event: dict[str, Any]) -> None:
        if event["type"] == "Font":
            self._fonts.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._fonts:
            self._bytes += int(event["encodedDataLength"])


@contextlib.contextmanager
def cold(browser: Browser, slowdown: float, cookies: list[Any] | None = None) -> Iterator[Tab]:
    """A new browser context: no cache, no storage, only these cookies."""
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True, locale="zh-CN")
    context.add_init_script(_WATCH)
    if cookies:
        context.add_cookies(cookies)
    try:
        yield Tab(context, slowdown)
    finally:
        context.close()
