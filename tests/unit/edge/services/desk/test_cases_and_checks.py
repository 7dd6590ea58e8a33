"""Domain brief 4.1, S1-S6, and section 3: the ladder, the decision, and what nobody may override."""

from collections.abc import Callable
from functools import partial

import pytest

from contract.lookups import MOST_TURNS
from edge.domain.visits.case import Case
from edge.domain.visits.staff import Staff
from edge.services.desk.cases import DeskCases
from edge.services.desk.checks import Checks
from edge.services.desk.deeds import NotNow
from edge.services.desk.standing import subjects, waits
from tests.unit.edge.services.desk.desk_hall import CLERK, FIRST, MANAGER, REGISTRAR, SECOND, SIGNED, DeskHall
from tests.unit.edge.services.visits.counter_hall import CARD


class Desk:
    def __init__(self, hall: DeskHall) -> None:
        self.cases = DeskCases(hall.store, hall.endings, hall.clock)
        self.deleted: list[str] = []
        self.checks = Checks("desk-1", hall.store, hall.clock, self._number, self._delete)

    def _delete(self, token: str) -> int:
        self.deleted.append(token)
        return 2

    def _number(self, typed: str) -> tuple[str, str]:
        if typed != CARD["id_number"]:
            raise ValueError
        return FIRST.token, FIRST.id_masked

    def check_both(self, case: Case) -> None:
        for one in subjects(case):
            self.checks.identity(case.id, one.key, "card_and_registrar", REGISTRAR, "照片与本人一致", confirmed=True)


@pytest.fixture
def desk(hall: DeskHall) -> Desk:
    return Desk(hall)


def why(deed: Callable[[], object]) -> str:
    with pytest.raises(NotNow) as refused:
        deed()
    return refused.value.why


def test_a_registration_is_approved_after_identity_signatures_and_the_check_on_line(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(online="clear")
    assert waits(case) == ["identity"]
    desk.check_both(case)
    assert waits(hall.case(case.id)) == []
    desk.cases.move(case.id, "approved", REGISTRAR)
    steps = [(one["from_state"], one["state"], one["by"]) for one in hall.events("case.moved")]
    assert steps == [("submitted", "accepted", "2001"), ("accepted", "approved", "2001")]
    checked = hall.events("identity.checked")
    assert [(one["rung"], one["result"], one["by"]) for one in checked] == [
        ("card_and_registrar", "confirmed", "2001")
    ] * 2


@pytest.mark.parametrize(("online", "said"), [("", "desk.waits.online"), ("conflict", "desk.waits.conflict")])
def test_while_the_check_on_line_is_not_clear_nothing_is_registered(
    hall: DeskHall, desk: Desk, online: str, said: str
) -> None:
    case = hall.submit(online=online)
    desk.check_both(case)
    assert why(partial(desk.cases.move, case.id, "approved", REGISTRAR)) == said
    assert hall.case(case.id).state == "submitted"
    assert hall.events("case.moved") == []


def test_a_registrar_has_a_conflict_checked_again_and_until_it_is_clear_nothing_is_registered(
    hall: DeskHall, desk: Desk
) -> None:
    case = hall.submit(online="conflict", wants="online_check")
    desk.check_both(case)
    again = partial(desk.checks.ask_again, case.id, "柯城已更正记录")
    assert why(partial(again, CLERK)) == "desk.why.registrar"
    assert why(partial(desk.checks.ask_again, case.id, " ", REGISTRAR)) == "desk.why.reason"
    assert hall.store.wanting() == []
    again(REGISTRAR)
    assert hall.store.wanting() == [case.id]
    assert waits(hall.case(case.id)) == ["online"]
    assert why(partial(desk.cases.move, case.id, "approved", REGISTRAR)) == "desk.waits.online"
    [told] = hall.events("online_check.asked")
    assert (told["turn"], told["by"], told["reason"]) == (2, "2001", "柯城已更正记录")
    assert why(partial(again, REGISTRAR)) == "desk.why.no_conflict", "it is being asked"
    hall.check(case.id, "clear")
    desk.cases.move(case.id, "approved", REGISTRAR)


def test_what_was_clear_or_is_over_is_not_checked_again(hall: DeskHall, desk: Desk) -> None:
    clear = hall.submit(online="clear")
    assert why(partial(desk.checks.ask_again, clear.id, "x", REGISTRAR)) == "desk.why.no_conflict"
    refused = hall.submit(online="conflict")
    desk.cases.move(refused.id, "refused", REGISTRAR, "已有登记")
    assert why(partial(desk.checks.ask_again, refused.id, "x", REGISTRAR)) == "desk.why.over"


def test_a_check_is_not_made_again_without_an_end(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(online="conflict")
    for _ in range(MOST_TURNS - 1):
        desk.checks.ask_again(case.id, "再看", REGISTRAR)
        hall.check(case.id, "conflict")
    assert why(partial(desk.checks.ask_again, case.id, "再看", REGISTRAR)) == "desk.why.often"


@pytest.mark.parametrize("what", ["online", "conflict", "", "anything"])
def test_nobody_overrides_the_check_on_line(hall: DeskHall, desk: Desk, what: str) -> None:
    case = hall.submit()
    assert why(partial(desk.checks.override, case.id, what, "急", REGISTRAR, MANAGER)) == "desk.why.never"
    assert hall.events("check.overridden") == []


def test_an_override_takes_two_different_members_of_staff_and_a_reason(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(online="clear")
    override = partial(desk.checks.override, case.id, "identity")
    assert why(partial(override, "两人都认识", REGISTRAR, None)) == "desk.why.second"
    again = Staff(REGISTRAR.number, "别名", "manager", "other")
    assert why(partial(override, "两人都认识", REGISTRAR, again)) == "desk.why.same"
    assert why(partial(override, "  ", REGISTRAR, MANAGER)) == "desk.why.reason"
    override("两人都认识", REGISTRAR, MANAGER)
    [told] = hall.events("check.overridden")
    assert (told["what"], told["by"], told["second"], told["reason"]) == ("identity", "2001", "9001", "两人都认识")
    assert waits(hall.case(case.id)) == []
    assert why(partial(override, "再来", REGISTRAR, MANAGER)) == "desk.why.nothing"


def test_a_clerk_does_not_decide_a_registration_but_other_matters(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(online="clear")
    assert why(partial(desk.cases.move, case.id, "refused", CLERK, "缺材料")) == "desk.why.registrar"
    other = hall.submit("place_names", persons=(), answers={})
    desk.cases.move(other.id, "approved", CLERK)
    assert hall.case(other.id).state == "approved"


def test_nothing_is_re_issued_before_the_archives_were_asked(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit("certificates", (FIRST,), answers={}, wants="certificates")
    desk.check_both(case)
    assert why(partial(desk.cases.move, case.id, "approved", CLERK)) == "desk.waits.archives"


def test_a_refusal_is_never_without_its_reason(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(online="clear")
    assert why(partial(desk.cases.move, case.id, "refused", REGISTRAR, " ")) == "desk.why.reason"
    desk.cases.move(case.id, "refused", REGISTRAR, "一方未到法定年龄")
    assert hall.case(case.id).desk["refusal"]["reason"] == "一方未到法定年龄"
    assert hall.events("case.moved")[-1]["reason"] == "一方未到法定年龄"


def test_a_step_that_the_case_may_not_take_is_said_with_both_states(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit("place_names", persons=(), answers={})
    with pytest.raises(NotNow) as refused:
        desk.cases.move(case.id, "awaiting_applicant", CLERK, "补图")
    assert refused.value.values == {"state": "desk.state.submitted", "to": "desk.state.awaiting_applicant"}


def test_who_had_no_card_is_checked_by_the_number_that_staff_typed(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(persons=(SECOND,), online="clear")
    open_one = subjects(case)[1]
    assert (open_one.key, open_one.token) == ("2", None)
    check = partial(desk.checks.identity, case.id, "2", "card_and_registrar", REGISTRAR, "读卡器没读出", confirmed=True)
    assert why(check) == "desk.why.card"
    assert why(partial(check, number="330899199003070017")) == "desk.why.number"
    check(number=CARD["id_number"])
    [told] = hall.events("identity.checked")
    assert (told["token"], told["id_masked"]) == (FIRST.token, FIRST.id_masked)
    assert CARD["id_number"].encode() not in hall.written()
    assert [one.settled for one in subjects(hall.case(case.id))] == ["", "card_and_registrar"]


def test_not_certain_leaves_the_identity_open_and_is_recorded(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(persons=(FIRST,), matter="certificates", answers={})
    desk.checks.identity(case.id, FIRST.token, "police_query", CLERK, "照片模糊", confirmed=False)
    assert hall.events("identity.checked")[0]["result"] == "not_confirmed"
    assert waits(hall.case(case.id)) == ["identity"]


def test_the_machine_s_face_rung_is_not_given_by_hand(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit()
    face = partial(desk.checks.identity, case.id, FIRST.token, "card_and_face", CLERK, "看过", confirmed=True)
    assert why(face) == "desk.why.rung"


def test_who_is_as_pictured_in_a_document_is_still_to_be_checked_and_staff_are_told_to_look_at_it(
    hall: DeskHall, desk: Desk
) -> None:
    shown: dict[str, dict[str, object]] = {
        "first.card": {"person": FIRST.as_json()},
        "first.face": {"result": "window", "attempts": 1, "why": "no_reference"},
        "first.document": {"result": "match", "attempts": 1, "of": FIRST.token},
    }
    case = hall.submit(online="clear", answers={**SIGNED, **shown})
    assert [(one.settled, one.is_as_pictured) for one in subjects(case)] == [("", True), ("", False)]
    assert "identity" in waits(hall.case(case.id))
    assert hall.events("identity.checked") == []


def test_who_signs_at_the_window_signs_before_the_registrar(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(online="clear", answers={"first.statement": {"how": "window"}})
    desk.check_both(case)
    assert waits(hall.case(case.id)) == ["signatures"]
    assert why(partial(desk.checks.signed, case.id, CLERK)) == "desk.why.registrar"
    desk.checks.signed(case.id, REGISTRAR)
    assert waits(hall.case(case.id)) == []
    assert hall.events("case.changed")[0]["answers"] == {"witness": "2001"}


def test_a_consent_that_is_taken_back_deletes_the_templates_at_once(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit()
    assert desk.checks.withdraw_consent(case.id, FIRST.token, "face_compare", "zh", CLERK) == 2
    assert desk.checks.withdraw_consent(case.id, FIRST.token, "contact", "zh", CLERK) == 0
    assert desk.deleted == [FIRST.token]
    assert [(one["scope"], one.get("deleted", 0)) for one in hall.events("consent.withdrawn")] == [
        ("face_compare", 2),
        ("contact", 0),
    ]
    assert hall.case(case.id).state == "submitted"


def test_looking_at_names_is_kept_with_the_case(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit()
    desk.cases.reveal(case.id, CLERK)
    assert [one["by"] for one in hall.case(case.id).desk["looks"]] == ["1001"]


def test_a_case_is_taken_back_for_the_applicant_with_its_place_in_line(hall: DeskHall, desk: Desk) -> None:
    case = hall.submit(queue="marriage")
    desk.cases.withdraw(case.id, CLERK, "申请人改天再来")
    assert hall.case(case.id).state == "withdrawn"
    assert [one["outcome"] for one in hall.events("queue.done")] == ["left"]
    assert why(partial(desk.cases.withdraw, case.id, CLERK, "再撤")) == "desk.why.step"


def test_a_draft_is_nobody_s_at_the_desk(hall: DeskHall, desk: Desk) -> None:
    draft = Case("0" * 32, "marriage", "ABCDEFGH", "kiosk-1", 0, 0)
    with hall.store.transaction() as writing:
        writing.keep(draft)
    assert why(partial(desk.cases.case, draft.id)) == "desk.why.no_case"
    assert desk.cases.open() == []


def test_a_case_is_found_by_the_end_of_its_number(hall: DeskHall, desk: Desk) -> None:
    first = hall.submit()
    hall.clock.passed_s += 1
    second = hall.submit("place_names", persons=(), answers={})
    assert [case.id for case in desk.cases.open()] == [first.id, second.id]
    assert [case.id for case in desk.cases.open(ending="0002")] == [second.id]
