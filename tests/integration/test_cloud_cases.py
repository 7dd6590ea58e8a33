"""What facilities say of cases, counted; and their text messages, sent: once on SQLite and once on PostgreSQL."""

import asyncio
import threading
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from cloud.adapters import tables as t
from cloud.adapters.sandbox import SandboxSms
from cloud.adapters.sql_sms import SqlSms
from cloud.compose import app
from cloud.ports import SmsGatewayDown
from cloud.services.sms_sender import SmsSender
from contract.events.visits import CaseChanged, CaseMoved, CaseSubmitted, QueueTicket, SmsQueued, VisitCheckin
from tests.city import City
from tests.unit.cloud.facility import NOW_MS, TOKEN, Facility, check_in
from tests.unit.cloud.office import Office

DAY_MS = 24 * 3600_000
PHONE = "000-12345678"


def case_id(number: int) -> str:
    return str(uuid.UUID(int=number))


def submitted(number: int = 1, **changed: Any) -> CaseSubmitted:
    about = {
        "case": case_id(number), "number": f"f-1-20260921-{number:04d}", "matter": "marriage", "state": "submitted",
        "channel": "kiosk", "place": "f-1-kiosk", "act": TOKEN, "sealed": "AAAA",
    }  # fmt: skip
    return CaseSubmitted.model_validate(about | changed)


def moved(number: int, state: str, **changed: Any) -> CaseMoved:
    about = {"case": case_id(number), "from_state": "submitted", "state": state, "by": "system"}
    return CaseMoved.model_validate(about | changed)


def ticket(number: int | None, name: str = "A001") -> QueueTicket:
    case = None if number is None else case_id(number)
    return QueueTicket(ticket=name, queue="marriage", number=name, case=case, ahead=0, estimate_min=0)


def came(number: int, person: int = 1) -> VisitCheckin:
    return check_in(f"{case_id(number)}-{person}")


def get(cloud: Office, path: str, **query: Any) -> Any:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app(cloud.engine))
        async with httpx.AsyncClient(transport=transport, base_url="http://cloud") as client:
            return await client.get(path, params=query)

    answer = asyncio.run(asked())
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def home() -> Facility:
    return Facility()


# cases


def test_case_is_counted_where_it_stands_now(cloud: Office, home: Facility) -> None:
    cloud.take(
        home.event(submitted(1)), home.event(submitted(2, state="awaiting_online_check", offline=True)),
        home.event(submitted(3, matter="cremation")),
        home.event(moved(2, "accepted", trip_reason="outage"), at_ms=NOW_MS + 5),
        home.event(CaseChanged(case=case_id(1), what="phone"), at_ms=NOW_MS + 7),
    )  # fmt: skip
    assert get(cloud, "/api/cases")["counts"] == [
        {"matter": "cremation", "state": "submitted", "cases": 1},
        {"matter": "marriage", "state": "accepted", "cases": 1},
        {"matter": "marriage", "state": "submitted", "cases": 1},
    ]
    assert cloud.rows(t.case_file, "case", "state", "trip_reason", "changed_at_ms") == [
        (case_id(1), "submitted", "normal", NOW_MS + 7),
        (case_id(2), "accepted", "outage", NOW_MS + 5),
        (case_id(3), "submitted", "normal", NOW_MS),
    ]
    assert get(cloud, "/api/cases", facility="nowhere") == {"counts": [], "trips": []}


def test_trips_are_days_in_shanghai_on_which_somebody_came(cloud: Office, home: Facility) -> None:
    """Two people and a ticket on one day are one trip; the evening and the next morning are two."""
    evening = NOW_MS - NOW_MS % DAY_MS + 15 * 3600_000 + 1800_000  # 23:30 in Shanghai
    cloud.take(
        home.event(submitted(1), at_ms=evening), home.event(came(1, 1), at_ms=evening),
        home.event(came(1, 2), at_ms=evening), home.event(ticket(1), at_ms=evening),
        home.event(ticket(1, "A002"), at_ms=evening + 3600_000),
        home.event(submitted(2), at_ms=evening), home.event(submitted(3, channel="web"), at_ms=evening),
        home.event(submitted(4, state="submitted"), at_ms=evening), home.event(moved(4, "withdrawn")),
        home.event(ticket(None, "B001")), home.event(check_in("v-9")),
    )  # fmt: skip
    assert cloud.reasons() == []
    assert get(cloud, "/api/cases")["trips"] == [{"matter": "marriage", "cases": 3, "average": 1.0}]
    assert len(cloud.rows(t.case_trip, "day")) == 4


def test_events_that_come_twice_count_once(cloud: Office, home: Facility) -> None:
    events = [home.event(submitted(1)), home.event(came(1)), home.event(moved(1, "accepted"))]
    cloud.take(*events, *events)
    cloud.restart()
    cloud.take(*events)
    assert [cloud.count(table) for table in (t.case_file, t.case_trip, t.dead_letter)] == [1, 1, 0]


def test_cases_of_drills_are_in_no_count(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(submitted(1, drill="d-1")))
    assert get(cloud, "/api/cases") == {"counts": [], "trips": []}


def test_case_that_nobody_submitted_and_one_submitted_again_are_dead_letters(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(moved(7, "accepted")), home.event(submitted(1)), home.event(submitted(1, matter="other")))
    assert cloud.reasons() == [f"no case {case_id(7)} was submitted", f"case {case_id(1)} was submitted before"]
    assert cloud.rows(t.case_file, "matter") == ["marriage"]
    assert cloud.count(t.event) == 3


def test_what_the_api_says_of_cases_names_nobody(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(submitted(1, sealed="c2VhbGVk")), home.event(came(1)))
    told = str(get(cloud, "/api/cases")) + str(get(cloud, "/api/sms"))
    assert [part for part in ("c2VhbGVk", TOKEN, case_id(1), "330802") if part in told] == []


# text messages


class Post:
    """A sender of the city's messages, and a clock that the test moves."""

    def __init__(self, cloud: Office, city: City) -> None:
        self.cloud, self.city, self.now_ms = cloud, city, NOW_MS
        gateway = SandboxSms(cloud.engine, city.conduct, lambda: self.now_ms)
        self._sender = SmsSender(SqlSms(cloud.engine), city.city_key, gateway, lambda: self.now_ms)

    def goes(self, passed_s: float = 0) -> int:
        self.now_ms += round(passed_s * 1000)
        return self._sender.send_due()

    def states(self) -> list[Any]:
        return self.cloud.rows(t.sms, "id", "state", "tries")

    def texts(self) -> list[Any]:
        return self.cloud.rows(t.sms_sandbox, "phone", "text")


@pytest.fixture
def post(cloud: Office, tmp_path: Path) -> Post:
    return Post(cloud, City(cloud.engine, tmp_path / "city"))


def queued(post: Post, sms: str = "m-1", phone: str = PHONE, text: str = "您的预约已受理", **changed: Any) -> SmsQueued:
    sealed = post.city.sealed(f"sms/{sms}", {"phone": phone, "text": text})
    about = {"case": case_id(1), "sms": sms, "template": "marriage.booked", "sealed": sealed}
    return SmsQueued.model_validate(about | changed)


def test_message_is_sent_once_and_then_its_words_are_gone(post: Post, home: Facility, cloud: Office) -> None:
    event = home.event(queued(post))
    cloud.take(event, event)
    assert post.goes(1.5) == 1
    cloud.take(event)
    assert post.goes(100) == 0
    assert post.texts() == [(PHONE, "您的预约已受理")]
    assert cloud.rows(t.sms, "state", "phone_masked", "sealed") == [("sent", "000-****5678", None)]


def test_list_of_messages_has_states_and_waits_and_no_text_or_number(post: Post, home: Facility, cloud: Office) -> None:
    cloud.take(home.event(queued(post), at_ms=NOW_MS - 60_000))
    post.goes(2)
    cloud.take(home.event(queued(post, "m-2")))
    told = get(cloud, "/api/sms")
    assert (told["queued"], told["sent"], told["failed"], told["p99_ms"]) == (1, 1, 0, 2000)
    assert told["oldest_wait_ms"] > 0
    assert {(one["id"], one["state"], one["phone_masked"], one["queued_at_ms"]) for one in told["messages"]} == {
        ("m-1", "sent", "000-****5678", NOW_MS - 60_000),
        ("m-2", "queued", "", NOW_MS),
    }
    assert PHONE not in str(told)
    assert "受理" not in str(told)


def test_gateway_that_is_down_costs_time_and_no_message(post: Post, home: Facility, cloud: Office) -> None:
    post.city.behaves(sms={"state": "down"})
    cloud.take(home.event(queued(post)), home.event(queued(post, "m-2")))
    for _ in range(20):
        post.now_ms += 6_000
        with pytest.raises(SmsGatewayDown):
            post.goes()
    post.city.behaves()
    assert post.goes(6) == 2
    assert post.states() == [("m-1", "sent", 0), ("m-2", "sent", 0)]


def test_message_that_the_gateway_does_not_take_is_tried_three_times_more_each_later(
    post: Post, home: Facility, cloud: Office
) -> None:
    post.city.behaves(sms={"state": "failing"})
    cloud.take(home.event(queued(post)))
    tries = []
    for _ in range(100):
        post.goes(1)
        tries.append(post.states()[0][2])
    assert [tries.index(n) for n in (1, 2, 3, 4)] == [0, 5, 20, 80]
    assert cloud.rows(t.sms, "state", "reason") == [("failed", "the gateway is busy (sandbox)")]


def test_gateway_that_recovers_between_tries_sends_it(post: Post, home: Facility, cloud: Office) -> None:
    post.city.behaves(sms={"state": "failing"})
    cloud.take(home.event(queued(post)))
    assert post.goes() == 0
    post.city.behaves()
    assert [post.goes(4), post.goes(1)] == [0, 1]
    assert post.states() == [("m-1", "sent", 1)]


def test_after_a_day_it_would_be_no_help_any_more(post: Post, home: Facility, cloud: Office) -> None:
    cloud.take(home.event(queued(post)))
    assert post.goes(24 * 3600 + 1) == 0
    assert cloud.rows(t.sms, "state", "reason") == [("failed", "the gateway took no message for a day")]


def test_number_of_a_real_person_is_refused_by_the_sandbox(post: Post, home: Facility, cloud: Office) -> None:
    cloud.take(home.event(queued(post, phone="138" + "0" * 8)))
    assert post.goes() == 0
    assert post.texts() == []
    assert post.states() == [("m-1", "failed", 1)]


def test_what_cannot_be_opened_or_used_fails_alone(post: Post, home: Facility, cloud: Office) -> None:
    sealed = post.city.sealed
    cloud.take(
        home.event(queued(post, "m-0", sealed=None)),
        home.event(queued(post, "m-1", sealed="AAAA")),
        home.event(queued(post, "m-2", sealed=sealed("sms/m-1", {"phone": PHONE, "text": "x"}))),
        home.event(queued(post, "m-3", sealed=sealed("sms/m-3", {"text": "x"}))),
        home.event(queued(post, "m-4", phone="000-'; DROP")),
        home.event(queued(post, "m-5", text="")),
        home.event(queued(post, "m-6", text="好")),
    )
    assert post.goes() == 1
    assert [(sms, state) for sms, state, _ in post.states()] == [(f"m-{n}", "failed") for n in range(6)] + [
        ("m-6", "sent")
    ]
    reasons = cloud.rows(t.sms, "reason")
    assert "no city key" in reasons[0]
    assert "cannot be opened" in reasons[1]
    assert "cannot be opened" in reasons[2]
    assert reasons[3:6] == ["it has no text, or no phone number"] * 3


def test_text_that_the_database_cannot_hold_does_not_stop_the_others(post: Post, home: Facility, cloud: Office) -> None:
    cloud.take(home.event(queued(post, text="a\0b")), home.event(queued(post, "m-2")))
    post.goes()
    assert post.states()[1] == ("m-2", "sent", 0)


def test_nobody_gets_a_message_because_of_a_drill(post: Post, home: Facility, cloud: Office) -> None:
    cloud.take(home.event(queued(post, drill="d-1")))
    assert (post.goes(), cloud.count(t.sms)) == (0, 0)


def test_another_message_of_the_same_id_is_a_dead_letter(post: Post, home: Facility, cloud: Office) -> None:
    cloud.take(home.event(queued(post)), home.event(queued(post, text="another")))
    assert cloud.reasons() == ["message m-1 was queued before"]
    post.goes()
    assert post.texts() == [(PHONE, "您的预约已受理")]


def test_two_senders_at_once_send_each_message_once(post: Post, home: Facility, cloud: Office) -> None:
    cloud.take(*(home.event(queued(post, f"m-{n}")) for n in range(30)))
    other = Post(cloud, post.city)
    sent: list[int] = []
    senders = [threading.Thread(target=lambda one=one: sent.append(one.goes())) for one in (post, other)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    post.goes(31)
    assert sum(sent) == 30
    assert cloud.count(t.sms_sandbox) == 30
    assert {state for _, state, _ in post.states()} == {"sent"}


def test_sender_that_died_after_the_gateway_took_it_leaves_it_to_the_next_who_doubles_nothing(
    post: Post, home: Facility, cloud: Office
) -> None:
    cloud.take(home.event(queued(post)))
    box = SqlSms(cloud.engine)
    assert [waiting.id for waiting in box.take(post.now_ms, post.now_ms + 30_000)] == ["m-1"]
    SandboxSms(cloud.engine, post.city.conduct, lambda: NOW_MS).send(f"{home.id}/m-1", PHONE, "您的预约已受理")
    assert post.goes() == 0
    assert post.goes(30) == 1
    assert len(post.texts()) == 1
