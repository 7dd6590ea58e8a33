"""What was refused, or closed without having been approved, may be begun again: its act and its places are free."""

from dataclasses import dataclass

import pytest

from contract.events.visits import ReviewGiven
from edge.domain.visits.case import OVER, Case
from edge.domain.visits.relief_notices import Station
from edge.services.desk.cases import DeskCases
from edge.services.desk.deeds import NotNow
from edge.services.desk.papers import Papers
from tests.unit.edge.services.desk.desk_hall import FIRST, MANAGER, DeskHall

ABOUT = "a" * 64


@dataclass(frozen=True)
class Way:
    """How a case comes to its end, and whether that is a success."""

    steps: tuple[str, ...]
    succeeds: bool

    def __str__(self) -> str:
        return "-".join(self.steps)


WAYS = [
    Way(("refused",), succeeds=False),
    Way(("closed",), succeeds=False),
    Way(("accepted", "refused"), succeeds=False),
    Way(("accepted", "closed"), succeeds=False),
    Way(("accepted", "in_review", "refused"), succeeds=False),
    Way(("accepted", "in_review", "awaiting_applicant", "closed"), succeeds=False),
    Way(("withdraw",), succeeds=False),
    Way(("accepted", "withdraw"), succeeds=False),
    Way(("refused", "closed"), succeeds=False),
    Way(("accepted", "approved", "closed"), succeeds=True),
    Way(("accepted", "approved"), succeeds=True),
]


def submit(hall: DeskHall) -> Case:
    return hall.submit(
        "cremation", persons=(), answers={}, once=ABOUT, slots=(f"deceased/{ABOUT}", "cremation/2025-11-26/09:00")
    )


def go(hall: DeskHall, case: Case, steps: tuple[str, ...]) -> None:
    desk = DeskCases(hall.store, hall.endings, hall.clock)
    for step in steps:
        if step == "withdraw":
            desk.withdraw(case.id, MANAGER, "家属要求")
        else:
            desk.move(case.id, step, MANAGER, "家属改变了主意")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_family_that_comes_again_is_taken_in_anew_unless_it_was_done(hall: DeskHall, way: Way) -> None:
    case = submit(hall)
    go(hall, case, way.steps)
    booked = hall.store.booked(f"deceased/{ABOUT}"), hall.store.booked("cremation/2025-11-26/09:00")
    assert booked == ((1, 1) if way.succeeds else (0, 0))
    again = hall.submit("cremation", persons=(), answers={}, once=ABOUT)
    assert len(hall.events("case.submitted")) == (1 if way.succeeds else 2)
    assert (again.number == case.number) == way.succeeds


def test_a_case_that_is_over_says_whether_it_came_to_nothing(hall: DeskHall) -> None:
    for way in WAYS:
        case = submit(hall)
        assert not case.came_to_nothing
        go(hall, case, way.steps)
        ended = hall.case(case.id)
        assert ended.came_to_nothing == (ended.state in OVER and not way.succeeds)
        with hall.store.transaction() as writing:  # the next one begins from nothing
            ended.act = ""
            writing.keep(ended)


def test_what_is_done_as_soon_as_it_is_said_is_not_said_twice_because_its_case_was_closed(hall: DeskHall) -> None:
    event = ReviewGiven(case="019b0000-0000-7000-8000-000000000000", target="f-1", score=5)
    case = hall.submit(
        "care_review", persons=(), answers={}, once="care_review/b-1", slots=("care_review/b-1",), events=(event,),
        undo=False, stands=True,
    )  # fmt: skip
    go(hall, case, ("closed",))
    assert hall.store.booked("care_review/b-1") == 1
    assert hall.case(case.id).act


def test_a_refusal_of_relief_frees_the_bed(hall: DeskHall) -> None:
    told = {"age": "adult", "ability": "full", "identity": "card"}
    case = hall.submit("relief_intake", (FIRST,), answers={}, told=told, slots=("bed/1",))
    station = Station("救助站", "000-87654321", "民政局", "000-87654322")
    Papers(hall.store, hall.clock).refuse(case.id, ["has_kin"], "有住处", station, MANAGER)
    assert hall.store.booked("bed/1") == 0


def test_a_step_that_the_case_may_not_take_frees_nothing(hall: DeskHall) -> None:
    case = submit(hall)
    with pytest.raises(NotNow):
        go(hall, case, ("awaiting_applicant",))
    assert hall.store.booked(f"deceased/{ABOUT}") == 1
