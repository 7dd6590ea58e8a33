"""A kiosk's pages on a real store, and what must be true of every page (ux brief, sections 2.4 and 6)."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI
from playwright.sync_api import Error, Page

from edge.compose.serving import listen, serve
from edge.domain.visits.conversation import Matter
from edge.domain.visits.questions import Said
from edge.kiosk.routes import Kiosk
from edge.kiosk.words import WORDS
from edge.web.guard import LOOPBACK, Guard
from tests.unit.edge.services.visits.counter_hall import Hall

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES_OF_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREEN = {"width": 1080, "height": 1920}
_LOADS_ANEW = 3

# Targets of 96 px and more, below y 640, 16 px apart; no text under 30 px; nothing scrolls or is cut off.
_GEOMETRY = """() => {
  const wrong = [];
  const boxes = [...document.querySelectorAll("button, a[href], input, canvas, [role=button]")]
    .filter((e) => !e.closest("[inert]"))
    .map((e) => [e.textContent.trim().slice(0, 12) || e.id, e.getBoundingClientRect()])
    .filter(([, r]) => r.width && r.height);
  for (const [text, r] of boxes) {
    if (r.width < 96 || r.height < 96) wrong.push(`small ${text} ${r.width | 0}x${r.height | 0}`);
    if (r.top < 640) wrong.push(`high ${text} ${r.top | 0}`);
    if (r.bottom > 1920.5 || r.right > 1080.5) wrong.push(`outside ${text} ${r.bottom | 0}`);
  }
  for (let i = 0; i < boxes.length; i++)
    for (let j = i + 1; j < boxes.length; j++) {
      const a = boxes[i][1], b = boxes[j][1];
      const dx = Math.max(0, Math.max(a.left, b.left) - Math.min(a.right, b.right));
      const dy = Math.max(0, Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom));
      if (Math.hypot(dx, dy) < 16) wrong.push(`close ${boxes[i][0]} ${boxes[j][0]} ${Math.hypot(dx, dy) | 0}`);
    }
  for (const e of document.querySelectorAll("body *")) {
    const says = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!says || e.closest("svg, script, .visually")) continue;
    if (parseFloat(getComputedStyle(e).fontSize) < 30) wrong.push(`font ${e.textContent.trim().slice(0, 12)}`);
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
      wrong.push(`cut ${e.textContent.trim().slice(0, 12)}`);
  }
  const [show, act, foot] = [".show", ".act", "footer"].map((one) => document.querySelector(one));
  const top = (e) => e.getBoundingClientRect().top, bottom = (e) => e.getBoundingClientRect().bottom;
  if (show && act && bottom(show) > top(act) + 1) wrong.push("show over act");
  if (show && show.scrollHeight > show.clientHeight + 1) wrong.push("show overflows");
  if (act && bottom(act) > top(foot) + 1) wrong.push("act under footer");
  if (document.documentElement.scrollHeight > 1920) wrong.push("scrolls");
  return wrong;
}"""


def violations(page: Page) -> list[str]:
    """What of this page breaks axe's rules; of the page that comes, where it loads itself anew meanwhile."""
    for _ in range(_LOADS_ANEW):
        with contextlib.suppress(Error):
            return _violations(page)
        page.wait_for_load_state("load")
    return _violations(page)


def _violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("t => axe.run(document, {runOnly: {type: 'tag', values: t}})", RULES_OF_AXE)
    return [f"{one['id']} {[node['target'] for node in one['nodes']]}" for one in found["violations"]]


def breaches(page: Page) -> list[str]:
    """What of this page breaks the rules: axe's and ours."""
    return [*violations(page), *page.evaluate(_GEOMETRY)]


@contextlib.contextmanager
def pages(
    directory: Path, matters: Sequence[Matter], words: Mapping[str, Said], *, theme: str = "neutral"
) -> Iterator[tuple[str, Hall]]:
    """The address, and the hall behind it."""
    hall, stopping = Hall(directory, matters=matters), threading.Event()
    app = FastAPI(openapi_url=None)
    office = Said("衢州市示例办事大厅", "Sample hall of Quzhou")
    Kiosk(hall.visits, office, theme, stopping, simulated=True, words={**WORDS, **words}).add_to(app)
    with listen("127.0.0.1:0") as listening:
        server = threading.Thread(target=serve, args=(Guard(app, LOOPBACK), listening, stopping))
        server.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", hall
        finally:
            stopping.set()
            server.join()
