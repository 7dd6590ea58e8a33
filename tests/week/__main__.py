"""`python -m tests.week --days 7 --per-day 1000 --seed 2018`: prints a table; exit code 1 when a promise was broken."""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulators.visitors import Visitor
from tests.week.office import SITE_KEY
from tests.week.records import Findings, look
from tests.week.run import BY_KIND, Week, run_week

_MOST_SHOWN = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.week", description=__doc__)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--per-day", type=int, default=1000, help="visitors of each office")
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--office", choices=tuple(BY_KIND), action="append", help="default: all four")
    chosen = parser.parse_args()
    broken = 0
    for kind in chosen.office or BY_KIND:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="onetrip-week-") as directory:
            week = run_week(Path(directory), BY_KIND[kind], days=chosen.days, per_day=chosen.per_day, seed=chosen.seed)
            found = look(
                Path(directory),
                week.facility.id,
                SITE_KEY,
                week.journal,
                week.office.city.checked,
                week.office.now().wall_ms,
            )
        for line in report(week, found, time.monotonic() - began):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
        broken += len(found.broken)
    return 1 if broken else 0


def report(week: Week, found: Findings, took_s: float) -> Iterator[str]:
    counts, outages = week.journal.counts, week.outages
    yield f"\n{week.facility.kind}: {len(week.journal.visitors)} visitors in {week.days} days, {took_s:.0f} s"
    yield (
        f"  network down {outages.hours_down():.1f} h in {len(outages.network)} spells; "
        f"{counts['power cuts']} power cuts: "
        f"gone on by the code {counts['gone on by the code']}, begun anew {counts['begun anew after a power cut']}"
    )
    yield f"  {'matter':<22}{'matters':>8}{'visits':>8}{'in one':>8}{'two':>6}{'more':>6}  ended"
    for name, matter in sorted(found.matters.items()):
        count = len(matter.visits)
        states = ", ".join(f"{state} {number}" for state, number in matter.states.most_common())
        yield (
            f"  {name:<22}{count:>8}{sum(matter.visits) / count:>8.3f}{matter.in_one:>8.1%}"
            f"{matter.visits.count(2):>6}{sum(one > 2 for one in matter.visits):>6}  {states}"
        )
    yield f"  {'errand, as it was lived':<30}{'people':>8}{'visits':>8}{'in one':>8}"
    for errand, trips in trips_by_errand(week.journal.visitors).items():
        in_one = sum(one == 1 for one in trips) / len(trips)
        yield f"  {errand:<30}{len(trips):>8}{sum(trips) / len(trips):>8.3f}{in_one:>8.1%}"
    for queue, (used, other) in sorted(found.waits_s.items()):
        yield f"  wait, {queue}: {used / 60:.1f} min with a face, {other / 60:.1f} min without (medians)"
    again = ", ".join(
        f"{why.removeprefix('again.')} {n}" for why, n in counts.most_common() if why.startswith("again.")
    )
    ends = ", ".join(f"{why.removeprefix('end.')} {n}" for why, n in counts.most_common() if why.startswith("end."))
    yield f"  came again for: {again or 'nothing'}"
    yield f"  how it ended for the visitors: {ends}"
    yield (
        f"  {found.cases} cases, {found.tickets} tickets, {found.events} events, {found.drafts} drafts; "
        f"approvals refused by the box {counts['approvals that the box refused']}, "
        f"numbers for who came again {counts['numbers for who came again'] + counts['the first receipt again']}"
    )
    yield f"  broken promises: {len(found.broken)}"
    yield from (f"    {one}" for one in found.broken[:_MOST_SHOWN])


def trips_by_errand(visitors: Sequence[Visitor]) -> dict[str, list[int]]:
    """Days on which each came for it: also of those whom the records cannot recognise, for want of a card."""
    trips: dict[str, list[int]] = defaultdict(list)
    for visitor in visitors:
        trips[visitor.errand.name].append(len(visitor.days))
    return dict(sorted(trips.items()))


if __name__ == "__main__":
    sys.exit(main())
