"""One run of the demo, from the first process to the report."""

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulators.bench import Bench
from simulators.demo import narration
from simulators.demo.cards import Cards
from simulators.demo.city import City
from simulators.demo.ledger import all_written, compare, everything_arrived, is_good
from simulators.demo.nurse import Nurse
from simulators.demo.watchers import Watch
from simulators.scenario import Action, Story

_EPISODE_S = 30.0  # an endless demo tells stories of this length, one after the other
_SETTLE_S = 45.0
_WRONG = 1


def run(
    *, seconds: float | None, report: Path | None, seed: int, directory: Path | None, stopping: threading.Event
) -> int:
    """0, or 1 when anything was lost or doubled. Without `seconds` it goes on until `stopping`."""
    if directory is None:
        with tempfile.TemporaryDirectory(prefix="onetrip-demo-") as name:
            return _run(seconds, report, seed, Path(name), stopping)
    directory.mkdir(parents=True, exist_ok=True)
    return _run(seconds, report, seed, directory.resolve(), stopping)


def _run(seconds: float | None, report: Path | None, seed: int, directory: Path, stopping: threading.Event) -> int:
    if report:
        report.touch()  # a report that cannot be written is said now, not at the end
    narration.starting()
    city = City(directory, seed)
    with Bench(city.ports) as bench:
        try:
            city.start(stopping)
            narration.addresses(city.url, city.kiosks, city.office.password, directory)
            cards = Cards(bench, seed)
            cards.start()
            watch = Watch(city.url)
            nurse = Nurse(city.url, watch)
            watch.start()
            nurse.start()
            _tell_story(city, bench, seed, seconds, stopping)
            nurse.stop()
            cards.stop()
            books = _settled_books(city, watch, bench)
            watch.stop()
            books["restarts"] = dict(city.supervisor.restarts)
        finally:
            city.stop()
    narration.result(books, good=is_good(books))
    if report:
        report.write_text(json.dumps(books, indent=2, ensure_ascii=False) + "\n")
    return 0 if is_good(books) else _WRONG


def _tell_story(city: City, bench: Bench, seed: int, seconds: float | None, stopping: threading.Event) -> None:
    narrator, begun = narration.Narrator(), time.monotonic()
    for action in _actions(seed, seconds):
        while (wait := begun + action.at_s - time.monotonic()) > 0 and not stopping.is_set():
            stopping.wait(min(wait, 0.1))
            city.check()
            narrator.tell(bench.incidents())
        if stopping.is_set():
            break
        bench.perform(action)
    while seconds is not None and time.monotonic() - begun < seconds and not stopping.is_set():
        stopping.wait(0.1)
        city.check()
    narrator.tell(bench.incidents())


def _actions(seed: int, seconds: float | None) -> Iterator[Action]:
    if seconds is not None:
        yield from Story(seed, seconds).actions()
        return
    number = 0
    while True:
        for action in Story(seed + number, _EPISODE_S).actions():
            begin = number * _EPISODE_S
            yield Action(begin + action.at_s, action.facility, action.device, action.verb, action.args)
        number += 1


def _settled_books(city: City, watch: Watch, bench: Bench) -> dict[str, Any]:
    """The devices still report: wait for a moment in which all that is written has arrived and nothing was added."""
    until = time.monotonic() + _SETTLE_S
    while True:
        sent = all_written(city)
        late = time.monotonic() > until
        if late or everything_arrived(city, sent):
            visits_seen = {visit: at_ms for visit, (at_ms, _row) in watch.visits.items()}
            books = compare(city.records, city.telemetry, sent, dict(watch.on_wall), visits_seen, bench.incidents())
            if late or sent == all_written(city):
                return books
        time.sleep(0.05)
        city.check()
