"""人脸识别仪: whatever the camera says, a registration ends in a pass or with a named registrar."""

from collections.abc import Mapping
from typing import Any

import pytest

from edge.domain.visits.questions import Answer
from edge.services.desk.cases import DeskCases
from edge.services.desk.checks import Checks
from edge.services.desk.deeds import NotNow
from edge.services.desk.standing import subjects, waits
from tests.unit.edge.services.desk.desk_hall import FIRST, REGISTRAR, SECOND, SIGNED, DeskHall

PAIR = {"first": FIRST, "second": SECOND}
BY_HAND: Mapping[str, Answer] = {
    "borderline": {"result": "window", "attempts": 1, "why": "borderline"},
    "fail": {"result": "window", "attempts": 3, "why": "mismatch"},
    "not alive": {"result": "window", "attempts": 3, "why": "not_live"},
    "device down": {"result": "window", "attempts": 1, "why": "no_camera"},
    "refused": {},
}


def answers(told: Mapping[str, Answer]) -> dict[str, Answer]:
    """`told`: what the camera said of each, {} for who did not want it."""
    cards = {f"{name}.card": {"person": person.as_json()} for name, person in PAIR.items()}
    faces = {f"{name}.face": told[name] for name in PAIR if told[name]}
    ways: dict[str, Any] = {f"{name}.way": {"chosen": "yes" if told[name] else "no"} for name in PAIR}
    return {**SIGNED, **cards, **ways, **faces}


def match(name: str) -> Answer:
    return {"result": "match", "attempts": 1, "of": PAIR[name].token}


@pytest.fixture
def desk(hall: DeskHall) -> tuple[DeskCases, Checks]:
    return (
        DeskCases(hall.store, hall.endings, hall.clock),
        Checks("desk-1", hall.store, hall.clock, lambda _typed: ("", ""), lambda _token: 0),
    )


@pytest.mark.commitment("C14")
def test_who_passes_is_registered_and_the_registrar_who_decides_is_named(
    hall: DeskHall, desk: tuple[DeskCases, Checks]
) -> None:
    cases, _ = desk
    case = hall.submit(answers=answers({name: match(name) for name in PAIR}), online="clear")
    assert [one.settled for one in subjects(case)] == ["card_and_face"] * 2
    assert waits(case) == []
    cases.move(case.id, "approved", REGISTRAR)
    assert [one["by"] for one in hall.events("case.moved")] == [REGISTRAR.number] * 2
    assert [(one["rung"], one["result"]) for one in hall.events("identity.checked")] == [
        ("card_and_face", "confirmed")
    ] * 2


@pytest.mark.commitment("C14")
@pytest.mark.parametrize("path", BY_HAND)
def test_whom_the_camera_does_not_settle_a_named_registrar_checks_and_only_then_they_are_registered(
    hall: DeskHall, desk: tuple[DeskCases, Checks], path: str
) -> None:
    cases, checks = desk
    case = hall.submit(answers=answers({"first": match("first"), "second": BY_HAND[path]}), online="clear")
    assert waits(case) == ["identity"]
    with pytest.raises(NotNow):
        cases.move(case.id, "approved", REGISTRAR)
    checks.identity(case.id, SECOND.token, "card_and_registrar", REGISTRAR, "照片与本人一致", confirmed=True)
    assert waits(hall.case(case.id)) == []
    cases.move(case.id, "approved", REGISTRAR)
    by_eye = hall.events("identity.checked")[-1]
    assert (by_eye["token"], by_eye["rung"], by_eye["result"], by_eye["by"]) == (
        SECOND.token, "card_and_registrar", "confirmed", REGISTRAR.number,
    )  # fmt: skip


@pytest.mark.commitment("C14")
@pytest.mark.parametrize("path", BY_HAND)
def test_whom_the_registrar_does_not_know_either_is_told_why_and_nothing_is_registered(
    hall: DeskHall, desk: tuple[DeskCases, Checks], path: str
) -> None:
    cases, checks = desk
    case = hall.submit(answers=answers({"first": match("first"), "second": BY_HAND[path]}), online="clear")
    checks.identity(case.id, SECOND.token, "card_and_registrar", REGISTRAR, "照片与本人不一致", confirmed=False)
    with pytest.raises(NotNow):
        cases.move(case.id, "approved", REGISTRAR)
    with pytest.raises(NotNow):
        cases.move(case.id, "refused", REGISTRAR)
    cases.move(case.id, "refused", REGISTRAR, reason="人证不符，请带其他身份证明")
    assert hall.case(case.id).state == "refused"
    assert hall.events("case.moved")[-1]["reason"]
