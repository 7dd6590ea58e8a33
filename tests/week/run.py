"""One office through a week: who comes when, who comes again, what the network and the power do meanwhile."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

from edge.services.visits import Look, Result
from simulators.facilities import FACILITIES, Facility
from simulators.visitors import HOURS, Crowd, Outages, Process, Timeline, Visitor
from simulators.visitors.outages import DAY_S
from tests.week.city import City
from tests.week.clerks import Clerks
from tests.week.journal import InHall, Journal
from tests.week.office import SITE_KEY, Office
from tests.week.records import ENDED
from tests.week.screen import Screen

START_MS = round(datetime(2026, 11, 30, tzinfo=timezone(timedelta(hours=8))).timestamp() * 1000)  # a Monday
DAYS_AFTER = 8  # in which only those come who were told to, and what is open is ended
_TICKET_S: Mapping[str, float] = {  # of a window, a day and a visitor: how much there is to do
    "marriage_office": 430, "care_home": 40, "funeral_home": 280, "relief_station": 10,
}  # fmt: skip
_SCREEN_S = 300.0  # a conversation with its beginning and end, generously
_BUSY_S = 6 * 3600.0  # of a day's hours, those in which most come
_WINDOWS_S = 7.5 * 3600.0  # that a window serves: few enough that people wait
_LINE_S = 10.0
_LATEST_S = 5 * 3600.0  # after the doors have closed, the last one is served


class Week:
    """`days` of `per_day` visitors; then DAYS_AFTER days for those who must come again."""

    def __init__(self, facility: Facility, directory: Path, *, days: int, per_day: int, seed: int) -> None:
        self.facility, self.days, self.per_day = facility, days, per_day
        self.journal, self._rng = Journal(), Random(f"{seed}/{facility.id}")
        self.hours = HOURS[facility.kind]
        self.timeline = Timeline()
        self.outages = Outages(Random(f"{seed}/{facility.id}/outages"), days, self.hours)
        slots_times = max(1, per_day // 40)
        city = City(seed, facility, self.timeline, self.outages, START_MS, SITE_KEY, slots_times)
        self.office = Office(
            directory, facility, self.timeline, self.outages, city, START_MS,
            kiosks=max(2, round(per_day * _SCREEN_S / _BUSY_S)),
            windows=max(2, round(per_day * _TICKET_S[facility.kind] / _WINDOWS_S)),
        )  # fmt: skip
        self._crowd = Crowd(seed, facility.kind, per_day)
        self.clerks = Clerks(self.office, self.journal, self._rng, self._come_again)
        self._again: dict[int, list[tuple[Visitor, str]]] = defaultdict(list)  # by day, with the case they come for
        self._free = list(range(self.office.kiosks))
        self._before_screens = 0  # people at a screen, or in line for one

    def run(self) -> None:
        self.timeline.start(self._week())
        for at_s in self.outages.cuts:
            self.timeline.start(self._power_cut(), at_s)
        self.timeline.run()
        self.office.store.close()

    # the days

    @property
    def _day(self) -> int:
        return int(self.timeline.now_s // DAY_S)

    def _date(self, day: int) -> str:
        at = datetime.fromtimestamp(START_MS / 1000, UTC) + timedelta(hours=8, days=day)
        return at.date().isoformat()

    def _week(self) -> Process:
        self.timeline.start(self._reconcile())
        for day in range(self.days + DAYS_AFTER):
            opens_s, closes_s = (day * DAY_S + hour * 3600 for hour in self.hours)
            yield max(0.0, opens_s - self.timeline.now_s)
            self._open(day)
            yield max(0.0, closes_s - self.timeline.now_s)
            self.clerks.are_doors_open = False
            latest_s = closes_s + _LATEST_S
            while not self._is_quiet() and self.hours != (0, 24) and self.timeline.now_s < latest_s:
                yield 60.0
            if self.clerks.hall:
                self.journal.broken += [f"{one} still waited at night" for one in self.clerks.hall]
                self.clerks.hall.clear()
            yield 0 if self.hours == (0, 24) else 1800.0
            yield from self.clerks.evening()

    def _open(self, day: int) -> None:
        self.clerks.are_doors_open = True
        booked = self.office.city.bookings(self._date(day))
        for visitor in self._crowd.of_day(day, booked) if day < self.days else ():
            self.journal.visitors.append(visitor)
            self.timeline.start(self._visit(visitor), day * DAY_S + visitor.at_s)
        for visitor, case in self._again.pop(day, ()):
            self.timeline.start(self._visit(visitor, case), day * DAY_S + visitor.at_s)
        for staff in self.office.staff:
            self.timeline.start(self.clerks.window(staff, self._is_quiet))
        ends_s = (day + 1) * DAY_S - 60
        self.timeline.start(self.clerks.attendant(lambda: self.timeline.now_s > ends_s))

    def _is_quiet(self) -> bool:
        return not self.clerks.hall and not self._before_screens

    def _reconcile(self) -> Process:
        office, ends_s = self.office, (self.days + DAYS_AFTER) * DAY_S
        while self.timeline.now_s < ends_s:
            if office.is_online:
                while (yield from office.firmly(lambda: office.reconciling.step(office.now()))):
                    yield 2.0
            for number in range(office.kiosks):
                yield from office.firmly(lambda number=number: office.kiosk[number].tick())  # type: ignore[misc]
            yield 60.0 if self.clerks.are_doors_open else 900.0

    def _power_cut(self) -> Process:
        self.journal.counts["power cuts"] += 1
        self.office.store.cut_next = True
        yield from ()

    # a visitor

    def _come_again(self, visitor: Visitor, why: str, case: str) -> None:
        """Tomorrow; who comes a fourth time in vain gives it up, and so does one in twenty each time."""
        if len(visitor.days) >= 4 or self._rng.random() < 0.05:
            self.journal.end(visitor, f"given up: {why}")
            return
        self.journal.again(visitor, why)
        visitor.prepare()
        visitor.at_s = (self._rng.uniform(self.hours[0] + 0.5, self.hours[1] - 2)) * 3600
        self._again[self._day + 1].append((visitor, case))

    def _visit(self, visitor: Visitor, case: str = "") -> Process:
        self._before_screens += 1
        try:
            visitor.days.add(self._day)
            if case:
                yield from self._come_for(visitor, case)
                return
            arrived_s = self.timeline.now_s
            while not self._free:
                yield _LINE_S
                if self.timeline.now_s - arrived_s > visitor.patience_s:
                    self._come_again(visitor, "line at the screens", "")
                    return
            kiosk = self._free.pop()
            screen = Screen(self.office, kiosk, visitor, self.journal, self._rng, self.clerks.hall)
            yield from screen.conversation()
            self._free.append(kiosk)
            self._after(visitor, screen)
        finally:
            self._before_screens -= 1

    def _after(self, visitor: Visitor, screen: Screen) -> None:
        """From the screen to the hall, home, or to a member of staff."""
        end = screen.end
        if end is None:
            if not visitor.outcome:
                self.journal.end(visitor, "walked off")
            return
        if not screen.case:
            self.journal.end(visitor, "told at once")
            return
        case = self.office.cases.case(screen.case)
        if case.state == "withdrawn":
            self.journal.end(visitor, "taken back")
            return
        if end.is_first_again:
            self.journal.counts["the first receipt again"] += 1
            if case.state in ENDED:
                self.journal.end(visitor, f"came again to a case that was {case.state}")
                return
        if screen.has_number:
            return  # a window has the next word
        if case.matter == "marriage" and case.desk["answers"].get("instead") == "later":
            self._come_again(visitor, "papers", "")
        else:
            self.journal.end(visitor, "done")

    def _come_for(self, visitor: Visitor, case_id: str) -> Process:
        """Who was invited after an outage types the code of the receipt, and has a number with priority."""
        office = self.office
        yield from office.with_power()
        case = office.cases.case(case_id)
        if case.state == "awaiting_online_check":  # still no network: nobody has invited them
            visitor.days.discard(self._day)
            self._again[self._day + 1].append((visitor, case_id))
            return
        if case.state in ENDED:
            self.journal.end(visitor, f"came again to a case that was {case.state}")
            return
        session = yield from office.firmly(lambda: office.kiosk[0].resume(case.code, Look()))
        page = office.kiosk[0].view(session).page
        assert isinstance(page, Result)
        self.clerks.hall[case_id] = InHall(visitor, self.timeline.now_s)
        self.journal.counts["numbers for who came again"] += 1
        if not page.ticket or not office.waits_today(case_id):
            self.journal.broken.append(f"{case.number}: no number for who came again")
        office.kiosk[0].leave(session)


def run_week(directory: Path, facility: Facility, *, days: int, per_day: int, seed: int) -> Week:
    week = Week(facility, directory, days=days, per_day=per_day, seed=seed)
    week.run()
    return week


BY_KIND: Mapping[str, Facility] = {one.kind: one for one in FACILITIES}
