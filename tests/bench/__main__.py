"""`make bench`: one table of what a visitor waits for. It tells, it does not judge: no exit code depends on a time."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from simulators.facilities import MARRIAGE_OFFICE
from tests import servers
from tests.bench.face_bench import NotMeasured, face_times
from tests.bench.figures import Figure, percentile, table
from tests.bench.kiosk_bench import BARE, PAGES, KioskBench
from tests.browser.kiosk_box import kiosk_box
from tests.conftest import CHROMIUM_FLAGS

SLOWDOWN = 4
MOST_PAINT_MS, MOST_TOUCH_MS, MOST_BYTES = 300, 300, 100_000
MOST_FACE = 1.3  # times the bare inference


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--walks", type=int, default=12, help="how often through the matter (default %(default)s)")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="weights of the face check")
    parser.add_argument("--raw", type=Path, metavar="FILE", help="also write every single value there, JSON")
    arguments = parser.parse_args()
    if arguments.walks < 2:
        parser.error("a percentile needs two walks")
    with tempfile.TemporaryDirectory(prefix="onetrip-bench-") as directory:
        bench, browser = _walked(Path(directory), arguments.walks)
    figures, notes = [*_figures(bench)], [browser, _load()]
    try:
        face = face_times(arguments.models)
        figures.append(Figure("face check, ms", face.whole, MOST_FACE * face.bare, face.bare))
        notes.append(f"Face check: {face.whole / face.bare:.2f} times the bare inference, {MOST_FACE} is the limit.")
    except NotMeasured as why:
        notes.append(f"Face check: not measured. {why}")
    sys.stdout.write("\n".join((table(figures), *notes, "")))
    if arguments.raw:
        loads = {page: [(one.painted_ms, one.bytes) for one in loads] for page, loads in bench.loads.items()}
        arguments.raw.write_text(json.dumps({"loads": loads, "touches": bench.touches}), encoding="utf-8")


def _walked(directory: Path, walks: int) -> tuple[KioskBench, str]:
    with kiosk_box(MARRIAGE_OFFICE, directory) as box, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=servers.binary("chromium"), args=CHROMIUM_FLAGS)
        bench = KioskBench(chromium, box, SLOWDOWN)
        for walk in range(walks):
            bench.walk()
            sys.stderr.write(f"\rwalk {walk + 1} of {walks}{chr(10) * (walk + 1 == walks)}")
        browser = f"Chromium {chromium.version}, told to be {SLOWDOWN} times slower; found {bench.slowed():.1f} times."
        chromium.close()
    return bench, browser


def _load() -> str:
    return f"The machine's load over the last 5 minutes: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores."


def _figures(bench: KioskBench) -> Iterator[Figure]:
    bare = bench.loads[BARE]
    painted, transferred = median(one.painted_ms for one in bare), median(one.bytes for one in bare)
    for page in PAGES:
        yield Figure(
            f"{page}: first paint, ms", median(one.painted_ms for one in bench.loads[page]), MOST_PAINT_MS, painted
        )
    for page in PAGES:
        yield Figure(f"{page}: bytes", median(one.bytes for one in bench.loads[page]), MOST_BYTES, transferred)
    for share in (50, 95):
        floor = percentile(bench.touches[BARE], share)
        for page in PAGES:
            took = percentile(bench.touches[page], share)
            yield Figure(f"touch to {page}: P{share}, ms", took, MOST_TOUCH_MS, floor)


if __name__ == "__main__":
    main()
