"""Funerals: one attendant for each family, one chain of custody, a message with four items, permits that come back."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.adapters.sandbox import Conduct, SandboxSms
from cloud.adapters.sql_sms import SqlSms
from cloud.domain.actor import Actor
from cloud.matters.funeral.alerts import Alerts
from cloud.matters.funeral.bookings import Bookings
from cloud.matters.funeral.furnace import Cremations
from cloud.services.sms_sender import SmsSender
from contract.cremation_notice import text
from contract.events.types import TagRead
from contract.events.visits import CaseMoved
from edge.adapters.box_key import is_signed_by, public_bytes
from edge.domain.visits.matters.cremation import BOOKING
from edge.domain.visits.permit import digest, read
from edge.services.desk.permits import Permits, StationKey
from simulators.people import Person
from tests.acceptance import test_burial as burial
from tests.acceptance.conftest import HOUR_MS, Town
from tests.acceptance.funeral_home import EPC, FURNACE, MINUTE_MS, PLACES, SERVICES, FuneralHome, Kiosk
from tests.acceptance.people import applicant, ok, refused
from tests.unit.edge.domain.visits.matters.mourners import price_list
from tests.unit.edge.domain.visits.matters.test_cremation import at_telling, told
from tests.unit.edge.services.desk.desk_hall import CLERK, FIRST

OTHER_EPC = "E2801105200C0FFEE0"[:16]
BASIS = "政务数据共享条例"


def same(town: Town) -> None:
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


def jobs(town: Town) -> tuple[Bookings, Cremations, Alerts]:
    city = town.city
    return (
        Bookings(city.log, city.casework, city.opener, city.tokens),
        Cremations(city.log, city.casework, city.ledgers, city.opener),
        Alerts(city.log, city.casework),
    )


def figures(town: Town) -> Any:
    return ok(town.as_("manager", "330800").get("/api/figures/funeral"))


def assign(home: FuneralHome, case: str, staff: str, by: Any = None, why: str = "") -> Any:
    row = {"case": case, "staff": staff, **({"why": why} if why else {})}
    return (by or home.manager).put("/api/ledgers/accompaniment", json={"row": row})


# C28


@pytest.mark.commitment("C28")
def test_no_step_is_closed_without_an_attendant_and_each_hand_over_is_written_down(
    town: Town, persons: Iterator[Person]
) -> None:
    home = FuneralHome(town)
    home.publish()
    first, second = home.attendant("attendant-1"), home.attendant("attendant-2")
    clerk, family, dead = town.as_("clerk"), next(persons), next(persons)
    case = home.opened(clerk, family)
    for step, form in (("pick_up", {"vehicle": "浙H12345"}), ("book", {"price_list": "2026-1", "services": SERVICES})):
        for anybody in (first, home.manager):
            refused(home.takes(anybody, case, step, **form), 409, "assign an attendant first")
    home.scans("reception")
    refused(home.receives(first, case, dead), 409, "assign an attendant first")
    assert [one["case"] for one in ok(second.get("/api/funeral/inbox"))["unattended"]] == [case]
    refused(assign(home, case, "attendant-2", first), 403, "takes a case for themselves")
    refused(assign(home, case, "nobody"), 409, "nobody is no attendant here")
    town.as_("attendant", "330881", number="of-jiangshan")
    refused(assign(home, case, "of-jiangshan"), 409, "no attendant here")
    refused(assign(home, case, "of-jiangshan", town.as_("manager", "330881")), 403, "not in 330881")
    ok(assign(home, case, "attendant-1", first))
    begun_ms = town.now_ms
    ok(home.takes(first, case, "pick_up", vehicle="浙H12345"))
    town.now_ms += HOUR_MS
    refused(assign(home, case, "attendant-2", second, "换班"), 403, "attendant-1 attends to this family")
    refused(assign(home, case, "attendant-2", first), 409, "why it is handed over")
    ok(assign(home, case, "attendant-2", first, "夜班交接"))
    ok(home.books(second, case))
    assert ok(second.get(f"/api/funeral/{case}/accompaniment")) == [
        {"staff": "attendant-1", "from_ms": begun_ms, "to_ms": town.now_ms, "by": "attendant-1", "why": ""},
        {"staff": "attendant-2", "from_ms": town.now_ms, "to_ms": None, "by": "attendant-1", "why": "夜班交接"},
    ]
    refused(town.as_("attendant", "330881").get(f"/api/funeral/{case}/accompaniment"), 404, "no funeral case")
    ok(home.takes(clerk, home.opened(clerk, next(persons)), "withdraw", reason="家属撤回"))  # nobody needed to attend
    same(town)


@pytest.mark.commitment("C28")
def test_of_many_cases_all_steps_were_attended_which_anybody_can_count_again(
    town: Town, persons: Iterator[Person]
) -> None:
    home, chance = FuneralHome(town), Random(28)
    home.publish()
    staff = [home.attendant(f"attendant-{n}") for n in range(3)]
    cases = []
    for n in range(6):
        by = chance.choice(staff)
        case = home.opened(by, next(persons))
        cases.append(case)
        if chance.random() < 0.5:
            ok(home.books(by, case))
        if chance.random() < 0.5:
            ok(assign(home, case, f"attendant-{n % 3}", why="排班"))
        town.now_ms += MINUTE_MS
        ok(home.takes(by, case, "pick_up", vehicle="浙H12345"))
    cases.append(home.opened(town.as_("clerk"), next(persons)))
    taken = attended = 0
    for case in cases:
        there = ok(home.manager.get(f"/api/funeral/{case}/accompaniment"))
        history = ok(home.manager.get(f"/api/city-cases/{case}"))["steps"]
        for step in history[1:]:
            taken += 1
            attended += any(
                one["from_ms"] <= step["at_ms"] and (one["to_ms"] is None or step["at_ms"] <= one["to_ms"])
                for one in there
            )
    assert taken > 6
    told = figures(town)["accompaniment"]
    assert (told["steps"], told["attended"], told["coverage"]) == (taken, attended, 1.0)
    assert (told["open_cases"], told["unattended"]) == (7, 1)


# C29


@pytest.mark.commitment("C29")
def test_from_pick_up_to_ashes_each_move_is_proven_by_the_wristband_and_the_cremation_is_a_fact_for_others(
    town: Town, persons: Iterator[Person]
) -> None:
    home = FuneralHome(town)
    home.publish()
    attendant, family, dead = home.attendant(), next(persons), next(persons)
    _, cremations, _ = jobs(town)
    case = home.released(attendant, family, dead)
    home.furnace("started")
    refused(home.takes(attendant, case, "store"), 409, "the furnace was started")
    assert cremations.step() == 0
    home.furnace("ended")
    assert (cremations.step(), cremations.step()) == (2, 0)
    home.scans("ashes")
    ok(home.hands_over(attendant, case, family))
    chain = ok(attendant.get(f"/api/funeral/{case}/custody"))
    assert (chain["unbroken"], chain["breaks"]) == (True, [])
    assert [(one["move"], one["device"], one["epc"]) for one in chain["moves"]] == [
        ("receive", "rfid-1", EPC), ("store", "rfid-2", EPC), ("farewell", "rfid-3", EPC), ("cremate", "rfid-4", EPC),
        ("hand_over", "rfid-5", EPC),
    ]  # fmt: skip
    scanned = {one for (one,) in town.sql("SELECT id FROM event WHERE type = 'onetrip.tag.read.v1'")}
    assert {one["read"] for one in chain["moves"]} == scanned

    (entry,) = ok(attendant.get("/api/ledgers/cremation"))
    assert (entry["row"]["home"], entry["row"]["batch"], bool(entry["seal"])) == (home.id, 7, True)
    assert dead.id_number not in str(town.sql("SELECT row FROM ledger_entry"))
    _is_shared(town, dead, next(persons))

    burial.facility(town, "tree-1")
    clerk = town.as_("clerk", "330800")
    wanted = burial.reservation(dead, "tree-1", family, proof="cremation")
    place = ok(clerk.post("/api/burial", json=wanted), 201)["case"]
    ok(clerk.post(f"/api/burial/{place}/bury", json={"form": {"place": "A-1", "day": burial.today(town)}}))
    reward = {"form": {**burial.deceased(dead), "area": "330802", "applicants": [applicant(family)]}}
    ok(clerk.post("/api/eco-burial-reward", json=reward), 201)
    assert figures(town)["custody"] == {"cases": 1, "moves": 5, "broken": []}
    assert figures(town)["incidents"] == {}
    same(town)


def _is_shared(town: Town, dead: Person, alive: Person) -> None:
    """To whoever keeps the population, pays pensions and pays assistance: by the catalogue, written down, no more."""
    manager, fields = town.as_("manager", "330800"), ["cremated", "day", "home"]
    ask = {"fields": fields, "person": dead.id_number, "purpose": "死亡人员核对", "basis": BASIS}
    for unit in ("公安", "人社", "医保"):
        refused(town.as_("department", "330800", unit).post("/api/share/cremation", json=ask), 403, "shares no")
    row = {"dataset": "cremation", "fields": fields, "attribute": "conditional", "basis": BASIS}
    ok(manager.put("/api/ledgers/share-catalog", json={"row": row}))
    for unit in ("公安", "人社", "医保"):
        department = town.as_("department", "330800", unit)
        refused(department.post("/api/share/cremation", json=ask), 403, "needs an approved request")
        purpose = {"purpose": f"{unit}核对死亡人员", "basis": BASIS, "until": "2027-12-31"}
        form = {"dataset": "cremation", "fields": fields, **purpose}
        request = ok(department.post("/api/share-request", json={"form": form}), 201)["case"]
        ok(manager.post(f"/api/share-request/{request}/approve", json={}))
        given = ok(department.post("/api/share/cremation", json={**ask, "request": request}))["rows"]
        assert given == [{"cremated": True, "day": burial.today(town), "home": "funeral-1"}]
        nobody = {**ask, "person": alive.id_number, "request": request}
        assert ok(department.post("/api/share/cremation", json=nobody)) == {"rows": []}
        refused(department.get("/api/funeral/inbox"), 403, "who work at a funeral home")
    assert {one["unit"] for one in ok(manager.get("/api/share-deliveries"))} == {"公安", "人社", "医保"}


@pytest.mark.commitment("C29")
def test_a_furnace_that_starts_for_no_case_is_alarmed_at_once(town: Town, persons: Iterator[Person]) -> None:
    home = FuneralHome(town)
    home.publish()
    _, _, alerts = jobs(town)
    home.furnace("started", 1)  # nobody was released
    assert (alerts.step(), alerts.step()) == (1, 0)
    case = home.released(home.attendant(), next(persons), next(persons))
    town.now_ms += 31 * MINUTE_MS  # released, and then forgotten
    home.furnace("started", 2)
    assert alerts.step() == 1
    home.scans("furnace")
    ok(home.takes(home.attendant(), case, "cremate", furnace=FURNACE))
    other = home.opened(home.attendant(), next(persons))
    home.scans("reception", OTHER_EPC)
    ok(home.receives(home.attendant(), other, next(persons), OTHER_EPC))
    ok(home.books(home.attendant(), other))
    home.scans("furnace", OTHER_EPC)
    refused(home.takes(home.attendant(), other, "cremate", furnace=FURNACE), 409, "cremator-1 is released for ZS-")
    home.furnace("started", 3)
    home.furnace("started", 4)  # a second one for the same release
    assert (alerts.step(), figures(town)["incidents"]) == (1, {"cremation_unmatched": 3})
    waiting = ok(home.attendant().get("/api/funeral/inbox"))["alerts"]
    assert [(one["why"], one["home"], one["state"]) for one in waiting] == [
        ("cremation_unmatched", home.id, "raised")
    ] * 3
    assert ok(town.as_("attendant", "330881").get("/api/funeral/inbox"))["alerts"] == []
    alert = waiting[0]["case"]
    ok(home.attendant().post(f"/api/funeral-alert/{alert}/acknowledge", json={}))
    refused(home.manager.post(f"/api/funeral-alert/{alert}/close", json={"form": {"found": ""}}), 422, "found")
    ok(home.manager.post(f"/api/funeral-alert/{alert}/close", json={"form": {"found": "空炉预热，已核实"}}))
    assert len(ok(home.attendant().get("/api/funeral/inbox"))["alerts"]) == 2
    same(town)


@pytest.mark.commitment("C29")
def test_the_furnace_is_refused_to_another_s_wristband_and_that_is_alarmed(
    town: Town, persons: Iterator[Person]
) -> None:
    home = FuneralHome(town)
    home.publish()
    _, _, alerts = jobs(town)
    attendant, dead = home.attendant(), next(persons)
    case = home.opened(attendant, next(persons))
    refused(home.receives(attendant, case, dead), 409, "scan the wristband at the reception")
    home.scans("reception")
    refused(home.receives(attendant, case, dead, OTHER_EPC), 409, "scan the wristband at the reception")
    ok(home.receives(attendant, case, dead))
    refused(home.takes(attendant, case, "store"), 409, "scan the wristband at the cold_room")
    home.scans("reception")
    refused(home.takes(attendant, case, "store"), 409, "cold_room")  # at another reader
    home.scans("cold_room")
    ok(home.takes(attendant, case, "store"))
    other = home.opened(attendant, next(persons))
    home.scans("reception")
    refused(home.receives(attendant, other, next(persons)), 409, "this wristband is worn in ZS-")
    refused(home.receives(attendant, other, dead, OTHER_EPC), 409, "there is a case for this person")
    refused(home.takes(attendant, case, "cremate", furnace=FURNACE), 409, "nothing is booked")
    ok(home.books(attendant, case))
    refused(home.takes(attendant, case, "cremate", furnace=FURNACE), 409, "scan the wristband at the furnace")
    assert alerts.step() == 0
    home.scans("furnace", OTHER_EPC)
    refused(home.takes(attendant, case, "cremate", furnace=FURNACE), 409, "wristband mismatch")
    assert (alerts.step(), figures(town)["incidents"]) == (1, {"wristband_mismatch": 1})
    home.furnace("started")
    assert alerts.step() == 1  # the PLC cannot be stopped: it started all the same
    home.scans("furnace")
    town.now_ms += 11 * MINUTE_MS
    refused(home.takes(attendant, case, "cremate", furnace=FURNACE), 409, "scan the wristband")  # too long ago
    home.scans("furnace")
    ok(home.takes(attendant, case, "cremate", furnace=FURNACE))
    refused(home.takes(attendant, case, "cremate", furnace=FURNACE), 409, "scan the wristband")  # one scan, one move
    assert ok(attendant.get(f"/api/funeral/{case}/custody"))["unbroken"]
    refused(home.takes(attendant, case, "cremated", reason="x"), 403, "not for a attendant")
    refused(home.takes(home.manager, case, "cremated", reason="x"), 409, "no furnace was started for this case")
    drill = TagRead(device=PLACES["ashes"], epc=EPC, antenna=1, rssi_dbm=-50.0, drill="d-1")
    home.tells(drill)
    assert town.sql("SELECT count(*) FROM wristband_read WHERE device = 'rfid-5'") == [(0,)]
    same(town)


@pytest.mark.commitment("C29")
def test_a_kiosk_s_booking_becomes_one_case_and_a_second_relative_s_joins_it(
    town: Town, persons: Iterator[Person], tmp_path: Path
) -> None:
    home, elsewhere = FuneralHome(town), FuneralHome(town, "funeral-2", "330803")
    bookings, _, _ = jobs(town)
    first, second = Kiosk(home, tmp_path / "a"), Kiosk(elsewhere, tmp_path / "b")
    for kiosk in (first, second):
        kiosk.home.publish()
        _books(kiosk)
        kiosk.sends()
    assert (bookings.step(), bookings.step()) == (2, 0)
    (case,) = ok(home.manager.get("/api/city-cases", params={"kind": "funeral_case"}))["cases"]
    assert (case["owner"], case["area"], case["state"]) == (home.id, "330802", "opened")
    assert case["form"]["services"] == SERVICES
    linked = town.sql("SELECT facility, funeral_case FROM funeral_booking ORDER BY facility")
    assert linked == [("funeral-1", case["case"]), ("funeral-2", case["case"])]
    history = ok(home.manager.get(f"/api/city-cases/{case['case']}"))["steps"]
    assert [one["step"] for one in history] == ["open", "contact"]
    assert ok(assign(home, case["case"], "attendant-1", home.attendant()))
    bill = ok(home.manager.get(f"/api/funeral/{case['case']}/bill"))
    assert (bill["price_list"], bill["to_pay_fen"]) == ("2026-1", 30_000)
    withdrawn = CaseMoved(case=_booking(town, home), from_state="submitted", state="withdrawn", by="visitor")
    home.tells(withdrawn)
    assert bookings.step() == 0  # the second relative's stands
    elsewhere.tells(withdrawn.model_copy(update={"case": _booking(town, elsewhere)}))
    assert (bookings.step(), bookings.step()) == (1, 0)
    assert ok(home.manager.get(f"/api/city-cases/{case['case']}"))["state"] == "withdrawn"
    third = Kiosk(home, tmp_path / "c")  # the family thinks again on the same day
    _books(third)
    third.sends()
    assert (bookings.step(), bookings.step()) == (1, 0)
    states = [one["state"] for one in ok(home.manager.get("/api/city-cases?kind=funeral_case"))["cases"]]
    assert sorted(states) == ["opened", "withdrawn"]
    for kiosk in (first, second, third):
        kiosk.close()
    same(town)


def _books(kiosk: Kiosk) -> None:
    """A real conversation to its end, as the kiosk stores it."""
    talk, hall = told(at_telling()), kiosk.hall
    now = hall.clock.now()
    case = hall.submit("care_visit")  # an id of this store's own
    case.id = hall.new_id(now.wall_ms)
    case.state, case.matter, case.number = "draft", "cremation", ""
    kiosk.hall.endings.end(case, BOOKING, talk.ending, talk.visit, (), now)


def _booking(town: Town, home: FuneralHome) -> str:
    return str(town.sql('SELECT "case" FROM funeral_booking WHERE facility = :home', home=home.id)[0][0])


# C30


def sandbox_of(town: Town, conduct: Path | None = None) -> SandboxSms:
    return SandboxSms(town.engine, Conduct(conduct), lambda: town.now_ms)


def sender_of(town: Town, gateway: SandboxSms) -> SmsSender:
    return SmsSender(SqlSms(town.engine), town.keys.open, gateway, lambda: town.now_ms)


@pytest.mark.commitment("C30")
def test_who_books_at_the_office_is_told_the_four_items_with_the_prices_of_the_list_of_that_moment(
    town: Town, persons: Iterator[Person]
) -> None:
    home = FuneralHome(town)
    attendant, family = home.attendant(), next(persons)
    case = home.opened(attendant, family, deceased_name="测试逝者")
    refused(home.books(attendant, case), 409, "no published price list")
    home.publish()
    refused(home.books(attendant, case, price_list="2025-9"), 409, "the list is 2026-1 now")
    refused(home.books(attendant, case, services={"花圈": 1}), 409, "not on the list 2026-1: 花圈")
    refused(home.books(attendant, case, services={"pick-up": 0}), 409, "nothing was chosen")
    refused(home.books(attendant, case, services={"pick-up": -1}), 422, "services")
    refused(home.books(attendant, case, cause_of_death="病故"), 422, "cause_of_death")
    booked_ms = town.now_ms
    ok(home.books(attendant, case, day="2028-02-29", time="09:00"))
    (queued_ms,) = town.sql("SELECT queued_at_ms FROM sms")[0]
    assert 0 <= queued_ms - booked_ms <= 5_000
    dearer = price_list().model_copy(update={"list_version": "2026-2", "items": tuple(
        item.model_copy(update={"price_fen": item.price_fen + 100}) for item in price_list().items
    )})  # fmt: skip
    home.publish(dearer, 2)  # before it is sent: what was booked stands
    assert sender_of(town, sandbox_of(town)).send_due() == 1
    ((phone, said),) = town.sql("SELECT phone, text FROM sms_sandbox")
    assert (phone, said) == ("000-12345678", text("2月29日09:00", "2026-1", 4, 30_000, "000-96000000", "服务单"))
    for item in ("服务项目", "服务流程", "价格标准", "监督电话", "300.00元", "000-96000000"):
        assert item in said
    for no in ("测试逝者", family.name, "病", "死因"):
        assert no not in said
    ((named,),) = town.sql("SELECT body FROM event WHERE type = 'onetrip.sms.queued.v1'")
    assert json.loads(bytes(named))["data"]["items"] == ["services", "process", "prices", "supervision_phone"]
    assert ok(attendant.get(f"/api/funeral/{case}/bill"))["to_pay_fen"] == 30_000
    refused(home.books(attendant, case), 409, "the list is 2026-2 now")
    ok(home.books(attendant, case, price_list="2026-2"))
    assert ok(attendant.get(f"/api/funeral/{case}/bill"))["to_pay_fen"] == 30_000 + 5 * 100
    same(town)


@pytest.mark.commitment("C30")
def test_a_kiosk_s_message_has_the_same_words_and_is_queued_with_the_booking(town: Town, tmp_path: Path) -> None:
    home = FuneralHome(town)
    home.publish()
    kiosk = Kiosk(home, tmp_path / "a")
    _books(kiosk)
    kinds = [event.type_name for event in kiosk.sends()]
    assert kinds.count("onetrip.sms.queued.v1") == 1
    assert sender_of(town, sandbox_of(town)).send_due() == 1
    ((said,),) = town.sql("SELECT text FROM sms_sandbox")
    assert said == text("11月26日09:00", "2026-1", 4, 30_000, "000-96000000")
    kiosk.close()


@pytest.mark.commitment("C30")
def test_a_message_that_fails_is_tried_three_times_more_and_then_shown_to_the_attendant(
    town: Town, persons: Iterator[Person], tmp_path: Path
) -> None:
    home, conduct = FuneralHome(town), tmp_path / "conduct.json"
    home.publish()
    conduct.write_text(json.dumps({"sms": {"state": "failing"}}))
    sender = sender_of(town, sandbox_of(town, conduct))
    attendant, colleague = home.attendant(), home.attendant("attendant-2")
    case = home.opened(attendant, next(persons))
    ok(home.books(attendant, case))
    for _ in range(4):
        assert ok(attendant.get("/api/funeral/inbox"))["untold"] == []
        assert sender.send_due() == 0
        town.now_ms += 2 * MINUTE_MS
    (untold,) = ok(attendant.get("/api/funeral/inbox"))["untold"]
    assert (untold["case"], untold["state"], untold["tries"]) == (case, "failed", 4)
    assert (len(ok(home.manager.get("/api/funeral/inbox"))["untold"]), figures(town)["messages"]["failed"]) == (1, 1)
    assert ok(colleague.get("/api/funeral/inbox"))["untold"] == []  # not their family
    row = {"facility": "city", "sms": untold["sms"], "how": "leaflet"}
    refused(attendant.put("/api/ledgers/notice-by-hand", json={"row": {**row, "sms": "x"}}), 409, "no message x")
    ok(attendant.put("/api/ledgers/notice-by-hand", json={"row": row}))
    assert ok(attendant.get("/api/funeral/inbox"))["untold"] == []
    silent = home.opened(attendant, next(persons))
    ok(home.books(attendant, silent, phone=None))
    (untold,) = ok(attendant.get("/api/funeral/inbox"))["untold"]
    assert (untold["case"], untold["state"]) == (silent, "no_phone")
    row = {"facility": untold["facility"], "sms": untold["sms"], "how": "leaflet"}
    refused(town.as_("manager", "330881").put("/api/ledgers/notice-by-hand", json={"row": row}), 403, "not in 330881")
    ok(attendant.put("/api/ledgers/notice-by-hand", json={"row": row}))
    assert ok(attendant.get("/api/funeral/inbox"))["untold"] == []
    same(town)


@pytest.mark.commitment("C30")
def test_of_a_hundred_bookings_the_ninety_ninth_message_is_sent_within_a_minute(
    town: Town, persons: Iterator[Person]
) -> None:
    """By the town's clock: the sender looks every half second, the gateway needs a quarter for each message."""
    home = FuneralHome(town)
    home.publish()

    class Slow(SandboxSms):
        def send(self, sms: str, phone: str, text: str) -> None:
            town.now_ms += 250
            super().send(sms, phone, text)

    sender = sender_of(town, Slow(town.engine, Conduct(None), lambda: town.now_ms))
    attendant, sent = home.attendant(), 0
    cases = [home.opened(attendant, next(persons)) for _ in range(5)]
    actor = Actor("attendant-1", "attendant", home.area)
    order = {"price_list": "2026-1", "services": SERVICES, "phone": "000-12345678"}
    for n in range(100):
        town.city.casework.step(cases[n % 5], "book", order, actor)
        if n % 10 == 9:
            town.now_ms += 500
            sent += sender.send_due()
    assert sent == 100
    messages = figures(town)["messages"]
    assert (messages["sent"], messages["queued"], messages["failed"]) == (100, 0, 0)
    took = sorted(ms for (ms,) in town.sql("SELECT sent_at_ms - queued_at_ms FROM sms"))
    assert messages["p99_ms"] == took[98] <= 60_000


# C31


@pytest.mark.commitment("C31")
def test_a_permit_is_issued_in_one_visit_checked_without_a_network_and_closed_by_the_receipt(
    town: Town, persons: Iterator[Person], tmp_path: Path
) -> None:
    home, key = FuneralHome(town), Ed25519PrivateKey.generate()
    kiosk = Kiosk(home, tmp_path / "a")
    hall, (_, _, alerts) = kiosk.hall, jobs(town)
    permits = Permits(hall.store, hall.clock, lambda: StationKey(key.sign, "k1"))
    cases = [_transfer(kiosk) for _ in range(2)]
    for case in cases:
        permits.issue(case, "", "", "", CLERK)
    kiosk.sends()
    _leaves_by(home, persons, hall.case(cases[0]).number)
    text_of_code = hall.case(cases[0]).desk["permit"]["text"]
    permit = read(text_of_code, partial(is_signed_by, public_bytes(key)))  # the key and the code, and nothing else
    assert permit.plate == "浙H12345"
    city, auditor = town.as_("manager", "330800"), town.as_("auditor", "330800")
    for stranger in (home.manager, home.attendant(), town.as_("department", "330800", "公安")):
        refused(stranger.get("/api/funeral-permits"), 403, "the city bureau audits permits")
    approver = {"row": {"home": home.id, "staff": CLERK.number}}
    refused(home.manager.put("/api/ledgers/permit-approver", json=approver), 409, "the city bureau says who")
    assert {one["authorised"] for one in ok(auditor.get("/api/funeral-permits"))} == {False}
    ok(city.put("/api/ledgers/permit-approver", json=approver))
    listed = {one["case"]: one for one in ok(auditor.get("/api/funeral-permits"))}
    assert {(one["approver"], one["authorised"], one["home_kind"], one["trips"]) for one in listed.values()} == {
        (CLERK.number, True, "funeral_home", 1)
    }
    assert listed[cases[0]]["qr_sha256"] == digest(text_of_code)

    for case in cases:
        permits.departed(case, CLERK)
    town.now_ms += HOUR_MS
    kiosk.sends()
    departed_ms = town.now_ms
    town.now_ms = departed_ms + 72 * HOUR_MS
    assert alerts.step() == 0
    permits.received(cases[0], "R-1", CLERK)
    kiosk.sends()
    town.now_ms += 1
    assert (alerts.step(), alerts.step()) == (1, 0)
    listed = {one["case"]: one for one in ok(auditor.get("/api/funeral-permits"))}
    told = [(listed[case]["state"], listed[case]["receipt"], listed[case]["overdue"]) for case in cases]
    assert told == [("closed", "R-1", False), ("approved", "", True)]
    (alert,) = ok(home.attendant().get("/api/funeral/inbox"))["alerts"]
    assert (alert["why"], alert["about"], alert["case"]) == ("receipt_overdue", cases[1], listed[cases[1]]["alert"])
    assert figures(town)["permits"] == {"issued": 2, "received": 1, "overdue": 1}
    kiosk.close()
    same(town)


def _leaves_by(home: FuneralHome, persons: Iterator[Person], permit: str) -> None:
    """One permit, one way out, and the wristband is scanned for it."""
    attendant = home.attendant()
    for epc in (EPC, OTHER_EPC):
        case = home.opened(attendant, next(persons))
        home.scans("reception", epc)
        ok(home.receives(attendant, case, next(persons), epc))
        refused(home.takes(attendant, case, "send_out", permit="F-0"), 409, "has issued no permit F-0")
        if epc == EPC:
            refused(home.takes(attendant, case, "send_out", permit=permit), 409, "scan the wristband at any reader")
            home.scans("reception", epc)
            ok(home.takes(attendant, case, "send_out", permit=permit))
            assert ok(attendant.get(f"/api/funeral/{case}/custody"))["unbroken"]
        else:
            refused(home.takes(attendant, case, "send_out", permit=permit), 409, "was used for another case")


def _transfer(kiosk: Kiosk) -> str:
    known = {"deceased": {"name": "测试逝"}, "home": "示例殡仪馆", "plate": "浙H12345"}
    case = kiosk.hall.submit("outbound_transfer", (FIRST,), answers={}, sealed=known)
    case.desk["checks"] = {FIRST.token: {"rung": "card_and_registrar", "result": "confirmed"}}
    with kiosk.hall.store.transaction() as writing:
        writing.keep(case)
    return case.id


# what people type


@pytest.mark.commitment("C29")
def test_names_and_numbers_of_all_kinds_are_taken_and_false_ones_are_refused(
    town: Town, persons: Iterator[Person]
) -> None:
    home = FuneralHome(town)
    attendant, person = home.attendant(), next(persons)
    wrong = person.id_number[:-1] + ("0" if person.id_number[-1] != "0" else "1")
    for bad, word in (
        ({"deceased_number": wrong}, "check character"), ({"certificate": "'; DROP"}, "certificate"),
        ({"deceased_name": "行\n二"}, "deceased_name"), ({"home": "no such"}, "home"), ({"area": "110000"}, "area"),
    ):  # fmt: skip
        answer = attendant.post("/api/funeral-case", json=home.form(**bad))
        refused(answer, 422, word)
        assert wrong not in answer.text
    refused(attendant.post("/api/funeral-case", json=home.form()), 409, "say whom it is about")
    refused(
        attendant.post("/api/funeral-case", json=home.form(home="funeral-9", certificate="SIM12345")),
        409,
        "no funeral home",
    )
    booking = home.form(booking="01a00000-0000-7000-8000-000000000000", certificate="SIM12345")
    refused(attendant.post("/api/funeral-case", json=booking), 409, "comes from a kiosk")
    elsewhere = town.as_("attendant", "330881")
    for n, name in enumerate(('"; DROP TABLE--', "\u202eمحمد", "𠮷野家", "长" * 30)):
        case = home.opened(attendant, person, deceased_name=name, certificate=f"SIM0000{n}X", token="ab" * 32)
        form = ok(attendant.get(f"/api/city-cases/{case}"))["form"]
        assert "token" not in form
        assert name not in json.dumps(form, ensure_ascii=False)
        refused(home.takes(elsewhere, case, "pick_up", vehicle="浙H12345"), 403, "not in 330881")
    again = home.form(certificate="SIM00000X", applicants=[applicant(next(persons))])
    refused(attendant.post("/api/funeral-case", json=again), 409, "add a contact there")
    ok(home.takes(attendant, case, "contact", name="测试侄", phone="000-87654321"))
    unknown = home.opened(attendant, next(persons))
    home.scans("reception")
    nobody = {"deceased_name": "无名氏", "deceased_number": "", "proof": "police", "epc": EPC}
    refused(home.takes(attendant, unknown, "receive", **nobody), 409, "or the number of the police")
    known = {**nobody, "police_case": "衢公柯〔2026〕1号", "epc": EPC.lower()}
    ok(home.takes(attendant, unknown, "receive", **known))
    same(town)
