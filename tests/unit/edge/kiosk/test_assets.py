"""What a kiosk loads for its first page is small, and every icon that is named is drawn."""

import re

from edge.domain.visits.offered import OFFERED
from edge.kiosk.visit_pages import STATIC

MOST_BYTES = 80_000  # with the page itself below the 100 KB of the first load


def test_the_first_load_is_small() -> None:
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < MOST_BYTES


def test_every_matters_icon_is_drawn() -> None:
    drawn = set(re.findall(r'symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    wanted = {matter.icon for matters in OFFERED.values() for matter in matters}
    assert wanted <= drawn
