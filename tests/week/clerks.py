"""The staff (工作人员): windows that call, serve and decide; somebody who comes when called; the work of the evening.

They go only by the desk's services, so a step that is not lawful is refused by the box, not by them.
"""

from collections.abc import Callable
from random import Random

from edge.domain.visits.case import OPEN, Case
from edge.domain.visits.queue import Place
from edge.domain.visits.staff import Staff
from edge.services.desk.deeds import NotNow
from edge.services.desk.standing import SIGNATURES, subjects, waits
from simulators.visitors import Process, Visitor
from simulators.visitors.outages import DAY_S
from tests.week.journal import InHall, Journal
from tests.week.office import Office

_EMPTY_S, _CALL_S = 15.0, 20.0
_NO_SHOW = 0.01
_PATIENT_FOR_CHECK_S = 240.0
_WAITS_FOR_APPLICANT_DAYS = 3
_MOST = 20_000
_SLOW = ("place_names", "social_assistance", "certificates")  # reviewed behind the counter, some days


class Clerks:
    """`hall`: who waits, by case. `come_again`: what becomes of who must come again: (visitor, why, case or "")."""

    def __init__(
        self, office: Office, journal: Journal, rng: Random, come_again: Callable[[Visitor, str, str], None]
    ) -> None:
        self._office, self._journal, self._rng, self._come_again = office, journal, rng, come_again
        self.hall: dict[str, InHall] = {}
        self.are_doors_open = False

    # the windows

    def window(self, staff: Staff, is_quiet: Callable[[], bool]) -> Process:
        """Until the doors are closed and nobody waits."""
        office, name = self._office, f"{int(staff.number[1:])}号窗口"
        yield from office.firmly(lambda: office.queueing.open_window(name, office.queueing.queues, staff.number))
        while True:
            place = None
            if self.hall:
                place = yield from office.firmly(lambda: office.queueing.call_next(name, staff.number))
            if place is not None:
                yield from self._serve(place, staff)
            elif not self.are_doors_open and is_quiet():
                return
            else:
                yield _EMPTY_S

    def _serve(self, place: Place, staff: Staff) -> Process:
        office = self._office
        here = self.hall.pop(place.case, None)
        if here is None:
            self._journal.broken.append(f"{office.facility.id}: {place.number} was called and nobody holds it")
            return
        visitor = here.visitor
        yield _CALL_S
        waited_s = office.timeline.now_s - here.since_s
        if waited_s > visitor.patience_s or self._rng.random() < _NO_SHOW:
            yield from office.firmly(lambda: office.queueing.recall(place.id, staff.number))
            yield _CALL_S
            yield from office.firmly(lambda: office.queueing.no_show(place.id, staff.number))
            self._come_again(visitor, "no show", "")
            return
        yield from office.firmly(lambda: office.queueing.serve(place.id, staff.number))
        yield visitor.errand.handled_s * self._rng.uniform(0.5, 1.6)
        yield from self._decide(place.case, visitor, staff)
        yield from office.firmly(lambda: office.queueing.done(place.id, staff.number))

    # what becomes of a case at the window

    def _decide(self, case_id: str, visitor: Visitor, staff: Staff) -> Process:
        office = self._office
        case = office.cases.case(case_id)
        if case.state not in OPEN:
            self._journal.end(visitor, case.state)
            return
        if case.state == "awaiting_applicant":  # they came again, with what was missing
            yield from self._move(case, "in_review", staff)
            case = office.cases.case(case_id)
        elif why := _lacks(case):
            yield from self._move(case, "awaiting_applicant", staff, why)
            self._come_again(visitor, why, "")
            return
        if case.matter == "marriage":
            yield from self._register(case, visitor, staff)
            return
        yield from self._settle_by_hand(case, staff)
        if case.matter == "certificates" and case.desk.get("wants") and "certificates" not in case.checks:
            self._journal.end(visitor, "told by message")  # looked up when the network is back, and sent
            return
        yield from self._approve(case.id, staff)
        self._journal.end(visitor, "done")

    def _register(self, case: Case, visitor: Visitor, staff: Staff) -> Process:
        office, answers = self._office, case.desk["answers"]
        if answers.get("kind") == "other":
            yield from self._move(case, "closed", staff, "advice")
            self._journal.end(visitor, "done")
            return
        if answers.get("both") == "one":
            yield from self._move(case, "closed", staff, "both must come")
            self._come_again(visitor, "alone", "")
            return
        waited_s = 0.0
        while case.checks.get("online_check") is None and office.is_online and waited_s < _PATIENT_FOR_CHECK_S:
            yield 30.0
            waited_s += 30
            case = office.cases.case(case.id)
        match case.checks.get("online_check"):
            case "clear":
                yield from self._settle_by_hand(case, staff)
                yield from self._approve(case.id, staff)
                self._journal.end(visitor, "done")
            case "conflict":
                if case.state != "in_review":
                    yield from self._move(case, "in_review", staff)
                yield from self._move(case, "refused", staff, "the check on line found a conflict")
                self._journal.end(visitor, "refused")
            case _:
                self._try_to_approve(case, staff)
                self._come_again(visitor, "outage", case.id)

    def _try_to_approve(self, case: Case, staff: Staff) -> None:
        """A registrar who is in a hurry: the box must not let them."""
        try:
            self._office.cases.move(case.id, "approved", staff)
        except NotNow:
            self._journal.counts["approvals that the box refused"] += 1
        else:
            self._journal.broken.append(f"{case.number} was approved off line")

    def _settle_by_hand(self, case: Case, staff: Staff) -> Process:
        """Whose face was not compared is compared by a person; what was not signed is signed here."""
        office = self._office
        for subject in subjects(case):
            if not subject.settled:
                yield from office.firmly(
                    lambda key=subject.key: office.checks.identity(  # type: ignore[misc]
                        case.id, key, "card_and_registrar", staff, "seen at the window", confirmed=True
                    )
                )
        if SIGNATURES in waits(office.cases.case(case.id)):
            yield from office.firmly(lambda: office.checks.signed(case.id, staff))

    def _approve(self, case_id: str, staff: Staff) -> Process:
        office = self._office
        case = office.cases.case(case_id)
        if case.state not in OPEN or case.state == "awaiting_online_check":
            return
        if case.state == "approved":
            yield from self._move(case, "closed", staff)
            return
        if case.matter == "outbound_transfer":
            yield from office.firmly(lambda: office.permits.issue(case.id, "样例市殡仪馆", "浙H12345", "测试样", staff))
            return  # closed by the receipt of the receiving home
        yield from self._move(case, "approved", staff)
        yield from self._move(case, "closed", staff)

    def _move(self, case: Case, to: str, staff: Staff, reason: str = "") -> Process:
        """By way of `accepted` where the step needs it."""
        office = self._office
        if to == "awaiting_applicant" and office.cases.case(case.id).state == "awaiting_online_check":
            to = "in_review"  # what waits for the network is looked into first
        if to == "awaiting_applicant" and office.cases.case(case.id).state == "submitted":
            yield from office.firmly(lambda: office.cases.move(case.id, "accepted", staff))
        yield from office.firmly(lambda: office.cases.move(case.id, to, staff, reason))

    # who comes when called

    def attendant(self, is_over: Callable[[], bool]) -> Process:
        office, staff = self._office, self._office.staff[-1]
        while not is_over():
            yield self._rng.uniform(30, 90)
            if office.has_power:
                for call, _waited_s in office.calls.open():
                    yield from office.firmly(lambda call=call: self._come(call.id, staff))  # type: ignore[misc]

    def _come(self, call: str, staff: Staff) -> None:
        try:
            self._office.calls.take(call, staff)
        except NotNow:
            self._journal.counts["a colleague came before"] += 1

    # the evening

    def evening(self) -> Process:
        """Each open case that nobody waits for at a window takes its next lawful step."""
        office, staff = self._office, self._office.staff[0]
        for state in OPEN:
            for case in office.store.in_state((state,), limit=_MOST):
                yield from self._next_step(office.cases.case(case.id), staff)

    def _next_step(self, case: Case, staff: Staff) -> Process:
        office = self._office
        days = (office.now().wall_ms - case.changed_ms) / 1000 / DAY_S
        if case.state == "awaiting_online_check" or (case.state in ("submitted", "accepted") and _wants(case)):
            return  # lawfully waits for the network
        if case.matter == "care_visit":
            yield from office.firmly(lambda: office.inside.left(case.id, staff))
        elif case.state == "awaiting_applicant":
            if days >= _WAITS_FOR_APPLICANT_DAYS:
                yield from self._move(case, "closed", staff, "nobody came again")
        elif case.state == "approved":
            if case.matter == "outbound_transfer":
                yield from office.firmly(lambda: office.permits.departed(case.id, staff))
                yield from office.firmly(lambda: office.permits.received(case.id, "sim-receipt", staff))
            else:
                yield from self._move(case, "closed", staff)
        elif case.state == "submitted":
            yield from self._move(case, "accepted", staff)
        elif case.matter == "marriage":
            yield from self._of_a_couple(case, staff, days)
        elif case.state == "accepted":
            yield from self._move(case, "in_review" if case.matter in _SLOW else "closed", staff)
        else:
            yield from self._review(case, staff)

    def _of_a_couple(self, case: Case, staff: Staff, days: float) -> Process:
        if case.state == "in_review":
            yield from self._move(case, "refused", staff, "the check on line found a conflict")
        elif not case.desk.get("invited"):
            yield from self._move(case, "awaiting_applicant", staff, "nobody came to the window")
        elif days >= _WAITS_FOR_APPLICANT_DAYS:
            yield from self._move(case, "awaiting_applicant", staff, "invited, and nobody came")

    def _review(self, case: Case, staff: Staff) -> Process:
        if self._rng.random() < 0.1:
            yield from self._move(case, "refused", staff, "not entitled")
            return
        yield from self._settle_by_hand(case, staff)
        yield from self._approve(case.id, staff)


def _wants(case: Case) -> bool:
    wants = case.desk.get("wants")
    return bool(wants) and wants not in case.checks


def _lacks(case: Case) -> str:
    """For what somebody must come again, as the window sees it; "" for nothing."""
    answers = case.desk.get("answers", {})
    persons = len(case.desk.get("sealed", {}).get("persons", ()))
    if case.matter == "marriage" and answers.get("both") != "one" and answers.get("kind") != "other":
        if persons < 2:
            return "card"
        if answers.get("papers") == "lacking" and answers.get("instead") != "sent":
            return "papers"
    if case.matter in ("cremation", "outbound_transfer") and answers.get("role") != "together":
        if persons < 1:
            return "card"
        if answers.get("certificate") == "none" or answers.get("missing") or answers.get("relation") == "later":
            return "papers"
    if case.matter in ("certificates", "social_assistance", "place_names") and not persons and "handler" not in answers:
        return "card" if answers.get("want") != "mandate" and answers.get("kind") not in ("other", "cremation") else ""
    return ""
