"""The people of one office (办事人), day by day: who they are, what they bring and refuse. One seed, one crowd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from simulators.people import Person, make_person
from simulators.visitors.errands import ERRANDS, HOURS, Drawn, Errand, Wishes

_BUSY: Mapping[int, float] = {
    6: 0.7,
    7: 1,
    8: 1.6,
    9: 2.2,
    10: 2.0,
    11: 1.2,
    12: 0.6,
    13: 0.9,
    14: 1.6,
    15: 1.5,
    16: 0.9,
}
"""How busy an hour is, against the others; 0.4 for one that does not stand here."""
_QUIET = 0.4
Booked = tuple[tuple[Person, ...], str, str, float]
"""A booking of the day: its people, its code, its matter and its time of day, in seconds."""


@dataclass(slots=True)
class Visitor:
    """One person, couple or family with one errand. `days`: on which they came. `at_s`: when they come, of the day.

    `cards`: how each one's card reads: good, forgotten, unreadable. `face`: whether they want the face check.
    `patience_s`: how long they wait in a line; `walks_off`: the page from which they go without a word, -1 for none.
    `survives_cut`: after a power cut they go on, else they leave. `score`: the rating they give, 0 for none.
    `outcome`: how it ended for them, "" while it goes on; `why`: for what they had to come again.
    """

    name: str
    errand: Errand
    people: tuple[Person, ...]
    cards: list[str]
    at_s: float
    face: bool
    patience_s: float
    walks_off: int
    survives_cut: bool
    score: int
    english: bool
    phone: str
    certificate: str
    code: str = ""
    takes_back: bool = False
    days: set[int] = field(default_factory=set)
    outcome: str = ""
    why: list[str] = field(default_factory=list)

    def wish(self, question: str, rng: Random) -> str | None:
        """What they say to a question, None where they have no wish; a second visit is better prepared."""
        wishes: Wishes = {**self.errand.wishes, **(self.errand.second if len(self.days) > 1 else {})}
        wish = wishes.get(question)
        return _draw(wish, rng) if wish is not None and not isinstance(wish, str) else wish

    def prepare(self) -> None:
        """For another day: what was forgotten is brought, and nobody walks off twice."""
        self.cards = ["good"] * len(self.people)
        self.walks_off, self.patience_s = -1, self.patience_s * 2


class Crowd:
    def __init__(self, seed: int, kind: str, per_day: int) -> None:
        self._seed, self._kind, self._per_day = seed, kind, per_day

    def of_day(self, day: int, booked: Sequence[Booked] = ()) -> list[Visitor]:
        """In the order of their coming."""
        rng = Random(f"{self._seed}/{self._kind}/{day}")
        errands, waiting = ERRANDS[self._kind], list(booked)
        rng.shuffle(waiting)
        found = []
        for number in range(self._per_day):
            errand = rng.choices(errands, [one.weight for one in errands])[0]
            visitor = self._visitor(rng, f"{self._kind}/{day}/{number}", errand)
            if rng.random() < errand.booked:
                self._let_book(visitor, waiting, rng)
            found.append(visitor)
        return sorted(found, key=lambda one: one.at_s)

    def _visitor(self, rng: Random, name: str, errand: Errand) -> Visitor:
        sexes = errand.sexes or "".join(rng.choice("12") for _ in range(errand.people))
        return Visitor(
            name=name,
            errand=errand,
            people=tuple(make_person(rng, sex=sex, born=errand.born) for sex in sexes),
            cards=[_draw(((0.95, "good"), (0.03, "forgotten"), (0.02, "unreadable")), rng) for _ in sexes],
            at_s=self._comes_at(rng),
            face=rng.random() < 0.6,
            patience_s=rng.choice((1800.0, 3600.0, 5400.0, 14_400.0)),
            walks_off=rng.randrange(12) if rng.random() < 0.03 else -1,
            survives_cut=rng.random() < 0.8,
            score=rng.choices((0, 5, 4, 3, 2, 1), (50, 30, 12, 4, 2, 2))[0],
            english=rng.random() < 0.03,
            phone=f"000-{rng.randrange(10**8):08d}" if rng.random() < 0.85 else "",
            certificate=f"SIM{rng.randrange(10**9):09d}" if rng.random() < 0.93 else "",
            takes_back=rng.random() < 0.01,
        )

    def _comes_at(self, rng: Random) -> float:
        opens, closes = HOURS[self._kind]
        hours = range(opens, closes)
        hour = rng.choices(hours, [_BUSY.get(one, _QUIET) for one in hours])[0]
        return (hour + rng.random()) * 3600

    @staticmethod
    def _let_book(visitor: Visitor, waiting: list[Booked], rng: Random) -> None:
        """Those who booked come a little before their time."""
        mine = next((one for one in waiting if one[2] == visitor.errand.booking), None)
        if mine is not None:
            waiting.remove(mine)
            visitor.people, visitor.code = mine[0], mine[1]
            visitor.cards = visitor.cards[: len(mine[0])]
            visitor.at_s = max(0.0, mine[3] - rng.uniform(0, 900))


def _draw(pairs: Drawn, rng: Random) -> str:
    return rng.choices([key for _, key in pairs], [weight for weight, _ in pairs])[0]
