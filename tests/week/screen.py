"""One visitor before one screen: reads a page, answers it as they are, and goes on by the code after a power cut."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from edge.domain.visits.matters import relief_intake
from edge.domain.visits.questions import (
    Card,
    Choice,
    Consent,
    Counted,
    Face,
    Lookup,
    NotAnAnswer,
    Notice,
    Pad,
    Pay,
    Question,
    Review,
    Scan,
    Sign,
)
from edge.ports import CloudUnreachable
from edge.services.visits import Look, NoSession, NotFound, Result, View, Visits
from simulators.people import Person
from simulators.visitors import Process, Visitor
from tests.week.journal import InHall, Journal
from tests.week.office import Office, PowerCut

DECEASED = "测试样"
STROKES = " ".join(f"{n},{n},{n}" for n in range(30))
ATTENDANT = "5001"  # fills in what the relief station asks
_MOST_TRIES = 6  # at one page; nobody needs more
_SECONDS: Mapping[type[Question], tuple[float, float]] = {
    Card: (4, 12), Face: (3, 9), Sign: (15, 40), Pad: (6, 20), Notice: (4, 20), Review: (8, 25), Counted: (10, 40),
}  # fmt: skip


class Screen:
    """`end`: what the visitor was told at last, None for nothing; `case`: of which case, "" for none."""

    def __init__(
        self, office: Office, kiosk: int, visitor: Visitor, journal: Journal, rng: Random, hall: dict[str, InHall]
    ) -> None:
        self._office, self._kiosk, self._visitor, self._journal, self._rng = office, kiosk, visitor, journal, rng
        self._hall, self._matter = hall, visitor.errand.matter
        self._session = self._code = ""
        self._said: Mapping[str, Any] = {}  # answers that the box has taken
        self.end: Result | None = None
        self.case, self.has_number = "", False

    @property
    def _visits(self) -> Visits:
        return self._office.kiosk[self._kiosk]

    def conversation(self) -> Process:
        office, pages, tries, last = self._office, 0, 0, ""
        yield from office.with_power()
        boot = office.boot
        self._session = self._begin(Look(lang="en" if self._visitor.english else "zh"))
        while True:
            if office.boot != boot:
                yield from office.with_power()
                yield 20.0
                if not office.has_power or not self._goes_on():
                    if office.has_power:
                        return
                    continue
                boot = office.boot
            try:
                view = self._visits.view(self._session)
            except NoSession:
                self._journal.broken.append(f"{self._visitor.name}: the session was gone")
                return
            self._said, self._code = dict(view.answers), view.code or self._code
            if isinstance(view.page, Result):
                yield from self._at_the_end(view)
                return
            tries = tries + 1 if view.page.name == last else 0
            last, pages = view.page.name, pages + 1
            if tries > _MOST_TRIES:
                self._journal.broken.append(f"{self._visitor.name}: no way on from {self._matter}.{last}")
                self._visits.leave(self._session)
                return
            if pages == self._visitor.walks_off:
                yield from self._walk_off(view)
                return
            yield self._rng.uniform(*_SECONDS.get(type(view.page), (3.0, 12.0)))
            if office.boot == boot:
                self._attempt(lambda view=view, page=view.page, tries=tries: self._answer(view, page, tries))  # type: ignore[misc]

    def _begin(self, look: Look) -> str:
        if self._matter == relief_intake.NAME:
            return self._visits.begin_by_staff(self._matter, look, ATTENDANT, f"{self._office.facility.id}-desk")
        return self._visits.begin(self._matter, look)

    def _resume(self, look: Look) -> str:
        case = self._office.store.by_code(self._code) if self._matter == relief_intake.NAME else None
        return self._visits.resume_by_staff(case.id, look, ATTENDANT) if case else self._visits.resume(self._code, look)

    def _attempt(self, do: Callable[[], None]) -> None:
        try:
            do()
        except PowerCut:
            self._office.cut()

    def _goes_on(self) -> bool:
        """After a power cut: by the code that stood on the screen; where nothing was kept yet, from the beginning."""
        counts = self._journal.counts
        if not self._visitor.survives_cut:
            counts["left after a power cut"] += 1
            self._journal.end(self._visitor, "left after a power cut")
            return False
        look = Look(lang="en" if self._visitor.english else "zh")
        if not self._code:
            counts["begun anew after a power cut"] += 1
            self._session = self._begin(look)
            return True
        try:
            self._session = self._resume(look)
        except NotFound as why:
            self._journal.broken.append(f"{self._visitor.name}: {self._matter} could not be gone on with: {why.why}")
            return False
        counts["gone on by the code"] += 1
        view = self._visits.view(self._session)
        if lost := self._said.keys() - view.answers.keys():
            self._journal.broken.append(f"{self._visitor.name}: answers were lost: {sorted(lost)}")
        return True

    def _walk_off(self, view: View) -> Process:
        self._journal.counts["walked off"] += 1
        boot = self._office.boot
        yield view.idle.left_s + 1
        if self._office.boot == boot:
            self._attempt(self._visits.tick)
            try:
                self._visits.view(self._session)
            except NoSession:
                pass
            else:
                self._journal.broken.append(f"{self._visitor.name}: the screen was not wiped")
        case = self._office.store.by_code(self._code) if self._code else None
        if case is not None and case.state != "draft":
            self.case = case.id

    def _at_the_end(self, view: View) -> Process:
        assert isinstance(view.page, Result)
        self.end = view.page
        office, visitor = self._office, self._visitor
        if self.end.number:
            case = office.store.by_code(view.code)
            assert case is not None
            self.case = case.id
            self._journal.told[case.id] = self.end.number
            self.has_number = bool(self.end.ticket) and (not self.end.is_first_again or office.waits_today(case.id))
            if self.has_number:
                self._hall[case.id] = InHall(visitor, office.timeline.now_s)
        yield self._rng.uniform(4, 15)
        if not office.has_power:
            return
        try:
            if self.end.may_rate and visitor.score and self._rng.random() < 0.9:
                self._visits.rate(self._session, visitor.score)
            is_still_here = not self.end.ticket or self.case in self._hall
            if visitor.takes_back and is_still_here and self.end.undo_left_s > 0:
                self._visits.undo(self._session)
                self._hall.pop(self.case, None)
            self._visits.leave(self._session)
        except PowerCut:
            office.cut()
        except NoSession:
            self._journal.counts["power cut at the receipt"] += 1

    # one page

    def _answer(self, view: View, page: Question, tries: int) -> None:
        if isinstance(page, Card):
            self._lay_card(view, page, tries)
        elif isinstance(page, Face | Lookup | Pay):
            self._wait_for_machine(view, page)
        elif isinstance(page, Review):
            self._look_over(view, page, tries)
        elif isinstance(page, Scan):
            self._scan(view, page)
        else:
            self._say(view, page, **self._in_their_words(page))

    def _say(self, view: View, page: Question, **form: str | Sequence[str]) -> None:
        sent = {name: [value] if isinstance(value, str) else list(value) for name, value in form.items()}
        try:
            self._visits.answer(self._session, page.name, view.rev, sent)
        except NotAnAnswer as wrong:
            self._journal.counts[f"not an answer: {wrong.why}"] += 1

    def _in_their_words(self, page: Question) -> dict[str, str | Sequence[str]]:
        match page:
            case Choice():
                return {"chosen": self._choose(page)}
            case Consent():
                wants = self._visitor.face if page.scope == "face_compare" else self._wish(page.name) != "no"
                return {"way": "yes" if wants else "no"}
            case Sign():
                return {"instead": "window"} if self._rng.random() < 0.03 else {"strokes": STROKES}
            case Pad():
                typed = self._typed(page)
                return {"typed": typed} if typed else {"skip": "1"}
            case Counted():
                return {f"n_{one.key}": "1" for one in page.items if self._rng.random() < 0.15}
        return {"seen": "1"}

    def _look_over(self, view: View, page: Review, tries: int) -> None:
        """Now and then somebody changes a line."""
        change = [line.change for line in page.lines if line.change and line.change in view.answers]
        if change and tries == 0 and self._rng.random() < 0.03:
            self._journal.counts["a line was changed"] += 1
            self._visits.change(self._session, self._rng.choice(change), view.rev)
        else:
            self._say(view, page, right="1")

    def _wait_for_machine(self, view: View, page: Face | Lookup | Pay) -> None:
        if isinstance(page, Face):
            is_match = self._rng.random() < 0.95
            answer: dict[str, Any] = {"result": "match", "attempts": 1}
            if not is_match:
                answer = {"result": "window", "attempts": 3, "why": "no_match"}
            self._visits.give(self._session, page.name, answer)
            return
        city = self._office.city
        try:
            if isinstance(page, Lookup):
                found = city.certificates("", page.about["person"])
                if not self._visits.give(self._session, page.name, {"found": found}):
                    self._say(view, page, instead="later")
                return
            paid = city.pay(page.order, page.amount_fen, "")
        except CloudUnreachable:
            self._say(view, page, instead="later" if isinstance(page, Lookup) else "at_counter")
            return
        if paid["state"] == "paid":
            self._visits.give(self._session, page.name, dict(paid))
        else:
            self._say(view, page, instead="at_counter")

    def _wish(self, question: str) -> str | None:
        return self._visitor.wish(question, self._rng)

    def _choose(self, page: Choice) -> Sequence[str]:
        open_ones = [one.key for one in page.options if one.off is None]
        wish = self._wish(page.name)
        if page.many:
            if wish is not None:
                return [wish] if wish in open_ones else []
            fewest = 0 if page.may_be_none else 1
            return self._rng.sample(open_ones, min(len(open_ones), self._rng.randint(fewest, 2)))
        return [wish] if wish in open_ones else [self._rng.choice(open_ones)]

    def _lay_card(self, view: View, page: Card, tries: int) -> None:
        people, cards = self._visitor.people, self._visitor.cards
        place = sum(isinstance(one, Card) for one in view.asked)
        state = cards[place] if place < len(people) else "forgotten"
        if page.name == "deceased_card" and not self._visitor.certificate:
            state = "forgotten"
        if state == "good" and tries < 2:
            self._visits.on_card(card_of(people[place]))
        elif state == "unreadable":
            self._visits.on_bad_card("unreadable")
        else:
            self._say(view, page, instead="no_card")

    def _scan(self, view: View, page: Scan) -> None:
        """The code of a death certificate; who had none yet has it on the second day."""
        visitor = self._visitor
        if not visitor.certificate and len(visitor.days) < 2:
            self._say(view, page, instead="no_code")
            return
        visitor.certificate = visitor.certificate or f"SIM{self._rng.randrange(10**9):09d}"
        self._visits.on_code(f"{visitor.certificate}|{DECEASED}|1|2026-11-20")

    def _typed(self, page: Pad) -> str:
        """ "" for what they have nothing to say to."""
        rng, visitor = self._rng, self._visitor
        match page.kind:
            case "phone":
                return visitor.phone or ("" if page.may_skip else "000-00000000")
            case "code":
                return visitor.code or ("" if page.may_skip else "000000")
            case "credit_code":
                snapshot = self._office.city.snapshot("social_organisations")
                return str(getattr(rng.choice(snapshot.rows), "credit_code", "")) if snapshot else ""
            case "place_name":
                return visitor.people[0].name if page.name == "name.typed" else f"新试{rng.randrange(10**6)}路"
            case "number":
                return "170" if page.name == "height" else "17"
            case "room":
                return f"{rng.randint(1, 3)}{rng.randint(1, 6):02d}"
            case "plate":
                return "H12345"
        return rng.choice(("GJ", "CY", "ZX", "QQQ"))


def card_of(person: Person) -> dict[str, str]:
    """What a reader tells of a card."""
    return {
        "name": person.name, "sex": person.sex, "birth": person.birth, "id_number": person.id_number,
        "address": person.address, "valid_to": person.valid_to,
    }  # fmt: skip
