"""What waited for the network is done when it is back: against the cloud's own app, over loopback."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cloud.adapters.sql_database import open_database
from contract.lookups import CertificateEntry, Clear, Conflict, PaymentState
from edge.adapters.case_seal import CaseSeal
from edge.adapters.cloud_lookups import CloudLookups
from edge.adapters.sqlite_cases import SqliteCases
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.moment import Moment
from edge.domain.seeded_ids import SeededIds
from edge.domain.visits.case import Case
from edge.ports import CloudLookups as CloudPort
from edge.services.reconciling import Reconciling
from tests.city import TOKEN, City

pytestmark = pytest.mark.loopback

HER = {"name": "测试甲", "number": "330899199003070016", "sex": "female", "birth": "1990-03-07", "address": "x"}
HIM = {"name": "测试乙", "number": "330899199305120023", "sex": "male", "birth": "1993-05-12", "address": "x"}
PHONE = "000-12345678"
MORNING_MS = 1_764_036_000_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    directory = tmp_path_factory.mktemp("city")
    engine = open_database(f"sqlite:///{directory}/records.db")
    with City(engine, directory / "keys").served() as city:
        yield city
    engine.dispose()


@pytest.fixture
def city(served: City) -> City:
    served.behaves()
    return served


class Box:
    """A box with cases that wait. Its network is `online`; `through` what it asks the cloud."""

    def __init__(self, directory: Path, city: City) -> None:
        self.directory, self.city = directory, city
        self.store = SqliteCases(directory, "f-1", CaseSeal(b"k" * 32), SeededIds(b"box"))
        self.online, self.clock_s, self.made = True, 0.0, 0
        self.reconciling = self.through(city.box())

    def through(self, cloud: CloudPort) -> Reconciling:
        return Reconciling(
            self.store, cloud, lambda: self.online, self.city.sealed, lambda template, case: f"{template} {case.number}"
        )

    def has(self, state: str = "awaiting_online_check", wants: str = "online_check", **sealed: Any) -> str:
        """A case that was taken in off line; the phone is known unless it is said otherwise."""
        self.made += 1
        number = self.made
        at_ms = MORNING_MS + number
        desk = {"wants": wants, "sealed": {"persons": [HER, HIM], "phone": PHONE, **sealed}}
        case = Case(
            str(uuid.uuid4()), "marriage", f"c{number}", "k", at_ms, at_ms, state, number=f"n-{number}", desk=desk,  # type: ignore[arg-type]
        )  # fmt: skip
        with self.store.transaction() as writing:
            writing.keep(case)
        return case.id

    def case(self, case: str) -> Case:
        found = self.store.case(case)
        assert found is not None
        return found

    def steps(self, times: int = 1) -> int:
        """Two seconds each."""
        done = 0
        for _ in range(times):
            self.clock_s += 2
            done += self.reconciling.step(Moment(MORNING_MS + round(self.clock_s * 1000), self.clock_s))
        return done

    def events(self, name: str = "") -> list[Mapping[str, Any]]:
        """The data of the events of a type, or of all."""
        with closing(SqliteOutbox(self.directory)) as outbox:
            return [json.loads(one.body)["data"] for one in outbox.events_after(0, 1000) if name in one.type]


@pytest.fixture
def box(tmp_path: Path, city: City) -> Iterator[Box]:
    box = Box(tmp_path, city)
    yield box
    box.store.close()


def test_couple_that_came_in_an_outage_is_checked_moved_and_invited_in_one_transaction(box: Box) -> None:
    case = box.has()
    assert box.steps() == 1
    after = box.case(case)
    assert (after.state, after.checks, after.desk["invited"]) == (
        "accepted",
        {"online_check": "clear"},
        True,
    )
    (result,), (moved,), (sms,) = (box.events(name) for name in ("online_check.result", "case.moved", "sms.queued"))
    assert result["result"] == "clear"
    assert (moved["from_state"], moved["state"], moved["trip_reason"]) == (
        "awaiting_online_check",
        "accepted",
        "outage",
    )
    opened = box.city.city_key(f"sms/{sms['sms']}", sms["sealed"])
    assert opened == {"phone": PHONE, "text": f"marriage.invited {after.number}"}
    assert [waiting.id for waiting in box.store.messages_waiting()] == [sms["sms"]]


def test_what_was_answered_is_asked_no_more(box: Box) -> None:
    box.has()
    assert box.steps(5) == 1
    assert len(box.events()) == 3


def test_conflict_goes_to_a_registrar_and_its_kind_leaves_the_box_in_no_event(box: Box) -> None:
    box.city.behaves(national_check={"conflicts": {HIM["number"]: "already_married"}})
    case = box.has()
    box.steps()
    after = box.case(case)
    assert (after.state, after.checks["online_check"], after.desk["conflict"]) == (
        "in_review",
        "conflict",
        "already_married",
    )
    assert "already_married" not in str(box.events())


def asks_again(box: Box, case: str) -> None:
    """As the desk does it (edge.services.desk.checks)."""
    fresh = box.case(case)
    fresh.desk["asked_again"] = [*fresh.desk.get("asked_again", ()), {"by": "2001", "reason": "x", "at_ms": 0}]
    del fresh.checks["online_check"]
    with box.store.transaction() as writing:
        writing.keep(fresh)


def test_what_a_registrar_has_checked_again_is_asked_anew_and_a_corrected_record_clears_it(box: Box) -> None:
    box.city.behaves(national_check={"conflicts": {HIM["number"]: "already_married"}})
    case = box.has()
    box.steps()
    box.city.behaves()
    assert box.steps(3) == 0, "an answer stands until somebody asks"
    asks_again(box, case)
    assert box.case(case).state == "in_review"
    assert box.steps() == 1
    assert (box.case(case).state, box.case(case).checks) == ("in_review", {"online_check": "clear"})
    first, second = box.events("online_check.result")
    assert (first["result"], second["result"]) == ("conflict", "clear")
    assert first["request_id"] != second["request_id"]


def test_a_conflict_that_is_still_there_stays_one(box: Box) -> None:
    box.city.behaves(national_check={"conflicts": {HIM["number"]: "already_married"}})
    case = box.has()
    box.steps()
    asks_again(box, case)
    box.steps()
    assert (box.case(case).checks, box.case(case).desk["conflict"]) == ({"online_check": "conflict"}, "already_married")


def test_the_late_answer_of_an_earlier_turn_says_nothing_of_the_next(box: Box) -> None:
    case = box.has()

    def meanwhile() -> None:
        fresh = box.case(case)
        fresh.checks["online_check"] = "conflict"
        with box.store.transaction() as writing:
            writing.keep(fresh)
        asks_again(box, case)

    box.reconciling = box.through(Between(box.city, meanwhile=meanwhile))
    box.steps()
    assert (box.case(case).checks, box.events()) == ({}, [])


@pytest.mark.parametrize("state", ["in_review", "awaiting_applicant", "accepted"])
def test_whatever_staff_do_meanwhile_what_is_wanted_is_asked(box: Box, state: str) -> None:
    case = box.has(state=state)
    box.steps()
    assert (box.case(case).state, box.case(case).checks) == (state, {"online_check": "clear"})


def test_nothing_is_asked_while_the_network_is_out(box: Box) -> None:
    box.has()
    box.online = False
    assert box.steps(3) == 0
    box.online = True
    assert box.steps() == 1


def test_national_service_that_is_down_makes_cases_wait_and_then_all_are_done(box: Box) -> None:
    box.city.behaves(national_check={"down": True})
    cases = [box.has() for _ in range(3)]
    assert box.steps(5) == 0
    assert {box.case(case).state for case in cases} == {"awaiting_online_check"}
    assert box.events() == []
    box.city.behaves()
    assert box.steps(10) == 3
    assert {box.case(case).state for case in cases} == {"accepted"}


class Between:
    """Stands between a box and the cloud: `sealed_wrongly` is sealed for nobody; `meanwhile` happens on the way."""

    def __init__(self, city: City, sealed_wrongly: str = "", meanwhile: Callable[[], None] = lambda: None) -> None:
        self._cloud = city.box()
        self._wrong = CloudLookups(city.address, TOKEN, bytes([9]) + bytes(31), "f-1")
        self._sealed_wrongly, self._meanwhile = sealed_wrongly, meanwhile

    def online_check(self, case: str, persons: Sequence[Mapping[str, Any]], turn: int = 1) -> Clear | Conflict:
        found = (self._wrong if case == self._sealed_wrongly else self._cloud).online_check(case, persons, turn)
        self._meanwhile()
        return found

    def certificates(self, case: str, person: Mapping[str, Any]) -> list[CertificateEntry]:
        return self._cloud.certificates(case, person)

    def pay(self, order: str, amount_fen: int, case: str) -> PaymentState:
        return self._cloud.pay(order, amount_fen, case)

    def payment(self, order: str) -> PaymentState | None:
        return self._cloud.payment(order)

    def reachable(self) -> bool:
        return self._cloud.reachable()


def test_case_that_the_cloud_does_not_take_holds_nobody_else_up(box: Box) -> None:
    wrong, *others = (box.has() for _ in range(4))
    box.reconciling = box.through(Between(box.city, sealed_wrongly=wrong))
    assert box.steps(3) == 3
    assert box.case(wrong).state == "awaiting_online_check"
    assert {box.case(case).state for case in others} == {"accepted"}
    box.reconciling = box.through(box.city.box())
    assert box.steps() == 1


@pytest.mark.parametrize("persons", [[], [HER], [HER] * 9, [{"name": "测试甲", "number": "?"}]])
def test_persons_that_cannot_be_asked_about_are_for_the_registrar_and_hold_nobody_up(
    box: Box, persons: list[dict[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    wrong, other = box.has(persons=persons), box.has()
    assert box.steps() == 2
    assert (box.case(wrong).state, box.case(other).state) == ("in_review", "accepted")
    assert "测试" not in caplog.text


def test_case_that_was_withdrawn_while_it_was_asked_about_stays_withdrawn(box: Box) -> None:
    case = box.has()

    def withdraw() -> None:
        mine = box.case(case)
        mine.step("withdrawn")
        with box.store.transaction() as writing:
            writing.keep(mine)

    box.reconciling = box.through(Between(box.city, meanwhile=withdraw))
    box.steps(2)
    assert box.case(case).state == "withdrawn"
    assert box.events() == []


def test_who_gave_no_phone_gets_no_message_and_the_case_moves_all_the_same(box: Box) -> None:
    case = box.has(phone="")
    box.steps()
    assert box.case(case).state == "accepted"
    assert box.events("sms") == []


def test_visitor_who_is_still_here_is_checked_without_a_message(box: Box) -> None:
    case = box.has(state="submitted")
    box.steps()
    after = box.case(case)
    assert (after.state, after.checks["online_check"], "invited" in after.desk) == ("submitted", "clear", False)
    assert len(box.events()) == 1


def test_power_cut_between_the_answer_and_its_writing_asks_again_and_gets_the_same(box: Box) -> None:
    case = box.has()
    first = box.city.box().online_check(case, [HER, HIM])
    box.steps()
    (event,) = box.events("online_check")
    assert event["request_id"] == first["request_id"]


def test_certificates_that_were_found_wait_for_the_desk(box: Box) -> None:
    person = box.city.person_key.of(HER["number"])
    box.city.certificates.load([{
        "id": "C-1", "person": person, "kind": "marriage", "year": 2015, "county": "330802", "office": "x",
        "status": "valid",
    }])  # fmt: skip
    case, nobody = box.has(wants="certificates", persons=[HER]), box.has(wants="certificates", persons=[HIM])
    assert box.steps() == 2
    assert (box.case(case).checks, [one["id"] for one in box.case(case).desk["found"]]) == (
        {"certificates": "found"},
        ["C-1"],
    )
    assert (box.case(nobody).checks, box.case(nobody).desk["found"]) == ({"certificates": "none"}, [])
    assert len(box.events("sms.queued")) == 2


def test_more_than_a_step_takes_is_done_in_the_next_ones_the_oldest_first(box: Box) -> None:
    cases = [box.has() for _ in range(25)]
    assert box.steps() == 20
    assert [box.case(case).state for case in cases] == ["accepted"] * 20 + ["awaiting_online_check"] * 5
    assert box.steps() == 5


def test_a_step_with_nothing_to_do_opens_no_case(box: Box, caplog: pytest.LogCaptureFixture) -> None:
    with box.store.transaction() as writing:
        for number in range(50):
            writing.keep(Case(str(uuid.uuid4()), "errand", f"o{number}", "k", 1, 1, "submitted"))
        writing.db.execute("UPDATE matter_case SET body = x'00'")  # whoever opened one would stumble over it
    assert box.steps(3) == 0
    assert caplog.text == ""


def test_what_an_older_store_did_not_say_is_looked_at_once(box: Box) -> None:
    nothing, something = box.has(wants=""), box.has()
    with box.store.transaction() as writing:
        writing.db.execute("UPDATE matter_case SET wants = 'unknown'")
    assert box.steps() == 1
    assert (box.store.wanting(), box.case(nothing).checks) == ([], {})
    assert box.case(something).state == "accepted"


def test_a_damaged_case_that_wants_something_is_named_once_and_holds_nobody_up(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    damaged, whole = box.has(), box.has()
    with box.store.transaction() as writing:
        writing.db.execute("UPDATE matter_case SET body = x'00' WHERE id = ?", (damaged,))
    assert box.steps(5) == 1
    assert box.case(whole).state == "accepted"
    assert caplog.text.count(damaged) == 1


def test_cases_that_wait_are_not_behind_a_thousand_that_want_nothing(box: Box) -> None:
    with box.store.transaction() as writing:
        for number in range(1000):
            writing.keep(Case(str(uuid.uuid4()), "errand", f"o{number}", "k", 1, 1, "submitted"))
    waiting, here = box.has(), box.has(state="submitted")
    box.steps()
    assert (box.case(waiting).state, box.case(here).checks["online_check"]) == ("accepted", "clear")
