"""Calls, visitors inside, messages on paper, relief papers, permits and the hand-over."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.events.visits import VisitorLeft
from edge.adapters.box_key import is_signed_by, public_bytes
from edge.adapters.shift_notes import ShiftNotes
from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Ending, Matter, Message
from edge.domain.visits.matters.care_visit import badge_of
from edge.domain.visits.permit import digest, read
from edge.domain.visits.relief_notices import Described, Station
from edge.services.desk.calls import DeskCalls
from edge.services.desk.deeds import NotNow
from edge.services.desk.handover import Handover
from edge.services.desk.inside import VisitorsInside
from edge.services.desk.messages import Messages
from edge.services.desk.papers import Papers
from edge.services.desk.permits import Permits, StationKey
from tests.unit.edge.services.desk.desk_hall import CLERK, FIRST, MANAGER, NURSE, REGISTRAR, DeskHall

STATION = Station("示例救助站", "000-11112222", "示例民政局", "000-33334444")


def why(deed: Callable[[], object]) -> str:
    with pytest.raises(NotNow) as refused:
        deed()
    return refused.value.why


# calls


def test_danger_is_answered_before_a_longer_wait(hall: DeskHall) -> None:
    calls = DeskCalls(hall.store, hall.clock)
    hall.calls.call("help")
    hall.clock.passed_s += 61
    hall.calls.call("danger")
    opened = calls.open()
    assert [(call.about, waited_s) for call, waited_s in opened] == [("danger", 0), ("help", 61)]
    assert [calls.level(call) for call, _ in opened] == [0, 1]


def test_of_two_colleagues_who_come_the_first_is_recorded(hall: DeskHall) -> None:
    calls = DeskCalls(hall.store, hall.clock)
    call = hall.calls.call("food")
    hall.clock.passed_s += 42
    assert calls.take(call.id, CLERK) == 42
    assert why(partial(calls.take, call.id, NURSE)) == "desk.calls.gone"
    assert [(one["by"], one["waited_s"]) for one in hall.events("staff.came")] == [("1001", 42)]
    assert hall.calls.open_s(call) is None


# visitors inside


def visiting(hall: DeskHall, *, badge: bool) -> Case:
    case = hall.submit(
        "care_visit", (FIRST,), answers={}, told={"persons": "2"}, sealed={"room": "301", "health": "well"}
    )
    if badge:
        VisitorsInside(hall.store, hall.clock).admit(case.id, CLERK)
    return hall.case(case.id)


def test_a_visitor_is_inside_from_the_badge_until_it_comes_back(hall: DeskHall) -> None:
    inside = VisitorsInside(hall.store, hall.clock)
    case = visiting(hall, badge=False)
    assert [(one.badge, one.room) for one in inside.all()] == [("", "301")]
    badge = inside.admit(case.id, NURSE)
    assert badge == badge_of(case.id)
    assert [(one.badge, one.persons, one.name_masked) for one in inside.all()] == [(badge, 2, "测**")]
    assert why(partial(inside.admit, case.id, NURSE)) == "desk.why.has_badge"

    leaving = Case(hall.new_id(0), "care_leaving", "QQQQQQQQ", "kiosk-1", 0, 0)
    ending = Ending(key="bye", state=None, events=(VisitorLeft(case=leaving.id, badge=badge),))
    matter: Any = Matter(name="care_leaving", theme="care", open=lambda _visit: iter(()))  # type: ignore[arg-type]
    hall.endings.end(leaving, matter, ending, None, (), hall.clock.now())  # type: ignore[arg-type]
    assert inside.all() == []
    assert hall.case(case.id).state == "closed"
    assert hall.events("case.moved")[-1]["by"] == "visitor"


def test_who_forgot_to_sign_out_is_closed_by_staff_with_their_number(hall: DeskHall) -> None:
    inside = VisitorsInside(hall.store, hall.clock)
    case = visiting(hall, badge=True)
    hall.clock.passed_s += 8 * 3600  # 18:00, the badge ended at 17:00
    assert inside.is_over(inside.all()[0])
    inside.left(case.id, NURSE)
    assert [(one["badge"], one["by"]) for one in hall.events("visitor.left")] == [(badge_of(case.id), "3001")]
    assert why(partial(inside.left, case.id, NURSE)) == "desk.why.not_inside"


def test_who_never_went_in_leaves_no_badge_behind(hall: DeskHall) -> None:
    case = visiting(hall, badge=False)
    VisitorsInside(hall.store, hall.clock).left(case.id, NURSE)
    assert hall.events("visitor.left", "visitor.entered") == []


# messages


def test_a_message_that_waited_ten_minutes_is_given_on_paper_once(hall: DeskHall) -> None:
    messages = Messages(hall.store, hall.clock)
    sms = Message(template="cremation.booked", phone="000-12345678", text="…")
    hall.submit("cremation", (FIRST,), answers={}, messages=(sms,))
    hall.clock.passed_s += 599
    assert [one.is_late for one in messages.waiting()] == [False]
    hall.clock.passed_s += 1
    [late] = messages.waiting()
    assert late.is_late
    messages.leaflet(late.id, "offline", CLERK)
    assert messages.waiting() == []
    assert why(partial(messages.leaflet, late.id, "offline", CLERK)) == "desk.why.message"
    [told] = hall.events("leaflet.given")
    assert (told["template"], told["reason"], told["by"]) == ("cremation.booked", "offline", "1001")


# relief


def unnamed(hall: DeskHall, **told: str) -> Case:
    about = Described(said_name="老李", sex="man", age=told.get("age", "adult"), accent="province", found="330802")
    answers = {"identity": "told", "age": "adult", "ability": "none", **told}
    sealed = {"name": "老李", "described": about.as_json()}
    return hall.submit("relief_intake", (), answers={}, told=answers, sealed=sealed)


def test_a_kin_search_notice_is_due_24_hours_after_the_arrival(hall: DeskHall) -> None:
    papers = Papers(hall.store, hall.clock)
    case = unnamed(hall)
    hall.clock.passed_s += 25 * 3600
    [due] = papers.due()
    assert due.left_s == -3600
    paper = papers.prepare(case.id, "kin_search", STATION, "", CLERK)
    assert papers.due()[0].prepared == ("kin_search",)
    assert papers.paper(case.id, "kin_search")[1] == paper.text
    [told] = hall.events("notice.prepared")
    assert (told["kind"], told["document_sha256"], told["by"]) == ("kin_search", paper.sha256, "1001")
    assert "老李".encode() not in hall.written()


def test_a_police_request_names_whom_it_asks(hall: DeskHall) -> None:
    papers, case = Papers(hall.store, hall.clock), unnamed(hall)
    assert why(partial(papers.prepare, case.id, "police_request", STATION, " ", CLERK)) == "desk.why.police"
    assert "示例派出所" in papers.prepare(case.id, "police_request", STATION, "示例派出所", CLERK).text


def test_nobody_who_is_helped_first_is_refused_and_nobody_without_ground_and_facts(hall: DeskHall) -> None:
    papers = Papers(hall.store, hall.clock)
    old, adult = unnamed(hall, age="old"), unnamed(hall)
    refuse = partial(papers.refuse, station=STATION, staff=CLERK)
    assert why(partial(refuse, old.id, ["can_pay"], "有钱")) == "desk.why.helped_first"
    assert why(partial(refuse, adult.id, [], "有钱")) == "desk.why.ground"
    assert why(partial(refuse, adult.id, ["made_up"], "有钱")) == "desk.why.ground"
    refuse(adult.id, ["can_pay"], "随身有足够现金并自愿离开")
    assert hall.case(adult.id).state == "refused"
    assert "自愿离开" in papers.paper(adult.id, "refusal")[1]


# permits


def transfer(hall: DeskHall, **sealed: object) -> Case:
    known = {"deceased": {"name": "测试逝"}, "home": "示例殡仪馆", "plate": "浙H12345", **sealed}
    case = hall.submit("outbound_transfer", (FIRST,), answers={}, sealed=known)
    case.desk["checks"] = {FIRST.token: {"rung": "card_and_registrar", "result": "confirmed"}}
    with hall.store.transaction() as writing:
        writing.keep(case)
    return case


def test_a_permit_is_signed_departed_and_received_in_this_order(hall: DeskHall) -> None:
    key = Ed25519PrivateKey.generate()
    permits = Permits(hall.store, hall.clock, lambda: StationKey(key.sign, "k1"))
    case = transfer(hall)
    assert why(partial(permits.issue, case.id, "", "", "", REGISTRAR)) == "desk.why.approver"
    assert why(partial(permits.departed, case.id, CLERK)) == "desk.why.depart"
    permits.issue(case.id, "", "", "", CLERK)
    text = hall.case(case.id).desk["permit"]["text"]
    permit = read(text, partial(is_signed_by, public_bytes(key)))
    assert (permit.number, permit.deceased, permit.plate) == (case.number, "测**", "浙H12345")
    assert hall.events("permit.issued")[0]["qr_sha256"] == digest(text)
    assert why(partial(permits.issue, case.id, "", "", "", CLERK)) == "desk.why.issued"
    assert why(partial(permits.received, case.id, "R-1", CLERK)) == "desk.why.receive"
    permits.departed(case.id, CLERK)
    permits.received(case.id, "R-1", CLERK)
    assert hall.case(case.id).state == "closed"
    kinds = [one["type"] for one in hall.events("permit.issued", "permit.departed", "permit.received")]
    assert kinds == ["permit.issued", "permit.departed", "permit.received"]


def test_what_a_permit_lacks_is_completed_at_the_desk(hall: DeskHall) -> None:
    key = Ed25519PrivateKey.generate()
    permits = Permits(hall.store, hall.clock, lambda: StationKey(key.sign, "k1"))
    case = transfer(hall, home="", plate="")
    assert why(partial(permits.issue, case.id, "示例殡仪馆", "", "", CLERK)) == "desk.why.permit"
    assert permits.issue(case.id, "示例殡仪馆", "浙H54321", "", CLERK).plate == "浙H54321"
    assert hall.case(case.id).desk["sealed"]["plate"] == "浙H54321"


# hand-over


def make_handover(hall: DeskHall, alarms: list[str] | None) -> Handover:
    notes = ShiftNotes(hall.directory, hall.seal)
    return Handover(
        hall.store, notes, hall.clock, hall.new_id, lambda: alarms, lambda: 3, lambda: 5, hall.queueing.pass_window
    )


def test_a_shift_is_handed_over_by_two_with_what_is_open(hall: DeskHall) -> None:
    handover = make_handover(hall, ["alarm-1"])
    hall.submit()
    hall.calls.call("help")
    standing = handover.standing()
    assert (standing.calls, standing.cases, standing.waiting, standing.inside) == (1, 1, 3, 5)
    assert why(partial(handover.hand_over, CLERK, None, "", ["alarm-1"])) == "desk.why.second"
    assert why(partial(handover.hand_over, CLERK, CLERK, "", ["alarm-1"])) == "desk.why.same"
    handover.hand_over(CLERK, MANAGER, "301 的老人睡得晚", ["alarm-1"])
    [told] = hall.events("shift.handed_over")
    assert (told["from_by"], told["to_by"], told["open_alarms"]) == ("1001", "9001", ["alarm-1"])
    assert (told["open_cases"], told["waiting"]) == (1, 3)
    assert handover.notes()[0]["note"] == "301 的老人睡得晚"
    assert "老人".encode() not in hall.written()


def test_the_window_goes_to_who_takes_over_and_only_with_the_hand_over(hall: DeskHall) -> None:
    hall.queueing.open_window("2", hall.queueing.queues, CLERK.number)
    assert why(partial(make_handover(hall, ["alarm-1"]).hand_over, CLERK, MANAGER, "", [])) == "desk.why.new_alarm"
    assert hall.queueing.window_of(MANAGER.number) is None
    make_handover(hall, []).hand_over(CLERK, MANAGER, "", [])
    window = hall.queueing.window_of(MANAGER.number)
    assert window is not None
    assert window.name == "2"
    assert hall.queueing.window_of(CLERK.number) is None


def test_an_alarm_that_came_meanwhile_is_seen_before_the_hand_over(hall: DeskHall) -> None:
    handover = make_handover(hall, ["alarm-1", "alarm-2"])
    assert why(partial(handover.hand_over, CLERK, MANAGER, "", ["alarm-1"])) == "desk.why.new_alarm"
    assert handover.notes() == []


def test_where_no_alarm_can_be_seen_a_shift_still_ends(hall: DeskHall) -> None:
    handover = make_handover(hall, None)
    assert handover.standing().alarms is None
    handover.hand_over(CLERK, MANAGER, "", [])
    assert "open_alarms" not in hall.events("shift.handed_over")[0]
