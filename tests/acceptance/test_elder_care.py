"""A care home is chosen, a bed booked, paid for, reviewed; by whichever channel."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from cloud.adapters.sandbox import SandboxPayments
from cloud.domain.actor import CITY, Actor
from cloud.matters.elder_care import bed_payments_of
from cloud.matters.elder_care.beds import BOOKING
from cloud.services.casework import NotAllowed, Refused
from contract.events.visits import CaseMoved, CaseSubmitted
from simulators.people import Person
from tests.acceptance.conftest import HOUR_MS, Town
from tests.acceptance.elder_care import AREA, ELSEWHERE, book, booking, day, elder, enter, found, free, home, same_again
from tests.acceptance.people import applicant, ok, refused
from tests.unit.cloud.facility import Facility
from tests.unit.cloud.office import Office


@pytest.mark.commitment("C25")
def test_homes_are_found_by_area_price_beds_free_now_care_level_and_dementia_unit(
    town: Town, persons: Iterator[Person]
) -> None:
    home(town, "home-1", beds=1)
    home(town, "home-2", price_from_fen=100_000, care_levels=["full"])
    home(town, "home-3", area=ELSEWHERE, dementia_unit=True)
    home(town, "home-4", beds=3, out_of_service=3)
    assert found(town) == ["home-1", "home-2", "home-3", "home-4"]
    assert found(town, area="330881") == ["home-3"]
    assert found(town, area="330802", most_fen=150_000) == ["home-2"]
    assert found(town, care_level="full") == ["home-2"]
    assert found(town, dementia=True) == ["home-3"]
    assert found(town, free=True) == ["home-1", "home-2", "home-3"]
    assert found(town, free=True, area="330802", care_level="self", most_fen=200_000) == ["home-1"]
    case = ok(book(town, booking(town, next(persons), next(persons))), 201)["case"]
    assert (free(town), found(town, free=True)) == (0, ["home-2", "home-3"])
    ok(town.as_("operator", CITY).post(f"/api/care-bed-booking/{case}/cancel", json={}))
    assert (free(town), found(town, free=True)) == (1, ["home-1", "home-2", "home-3"])
    stay = {**elder(next(persons)), "stay": "S-1", "home": "home-1", "since": day(town, -5), "care_level": "self"}
    ok(enter(town, "care_home_stay", **stay, until="长期"))
    assert free(town) == 0
    refused(enter(town, "care_home_stay", **{**stay, **elder(next(persons)), "stay": "S-2"}), 409, "no bed is free")
    ok(enter(town, "care_home_stay", **stay, until=day(town)))
    assert free(town) == 1
    refused(httpx.get(f"{town.url}/api/public/care-homes?care_level=none", trust_env=False), 422, "care_level")
    told = ok(town.as_("operator").get("/api/figures/elder-care"))
    assert [(one["county"], one["homes"], one["beds"], one["free"]) for one in told["counties"]] == [
        ("330802", 3, 6, 3), ("330881", 1, 2, 2),
    ]  # fmt: skip
    assert told["bookings"] == {"cancelled": 1}
    same_again(town)


@pytest.mark.commitment("C25")
def test_fifty_at_once_want_the_last_bed_and_one_has_it(town: Town, persons: Iterator[Person]) -> None:
    home(town, "home-1", beds=1)
    forms = [booking(town, next(persons), next(persons)) for _ in range(50)]
    town.as_("operator", CITY)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda form: book(town, form, "web"), forms))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert {"no bed is free" in answer.text for answer in answers if answer.status_code == 409} == {True}
    assert town.sql("SELECT beds, occupied, reserved FROM care_home") == [(1, 0, 1)]
    with pytest.raises(Exception, match="care_home_has_room"), town.engine.begin() as db:
        db.exec_driver_sql("UPDATE care_home SET reserved = 2")
    same_again(town)


@pytest.mark.commitment("C25")
def test_a_bed_that_was_booked_at_a_kiosk_is_booked_for_the_web_too(town: Town, persons: Iterator[Person]) -> None:
    office, box = Office(town.engine), Facility("home-1", "330802")
    home(town, "home-1", beds=1)
    cases = [str(uuid.UUID(int=number)) for number in range(1, 4)]
    asked = {"what": "bed", "home": "home-1", "paid": "paid"}

    def at_the_kiosk(case: str, **answers: str) -> None:
        office.take(box.event(CaseSubmitted(
            case=case, number=case[-4:], matter="care_home", state="submitted", channel="kiosk", place="kiosk-1",
            act=uuid.UUID(case).hex * 2, answers={**asked, **answers},
        )))  # fmt: skip

    office.take(*box.born({}))
    at_the_kiosk(cases[0], paid="")  # on the waiting list
    assert free(town) == 1
    at_the_kiosk(cases[1])
    at_the_kiosk(cases[2])  # a box that was off line did not know
    assert (free(town), town.sql("SELECT count(*) FROM care_bed WHERE holds")) == (0, [(1,)])
    refused(book(town, booking(town, next(persons), next(persons))), 409, "no bed is free")
    stay = {**elder(next(persons)), "stay": "S-1", "home": "home-1", "since": day(town), "care_level": "self"}
    refused(enter(town, "care_home_stay", **stay, booking=cases[2]), 409, "no bed is free")
    ok(enter(town, "care_home_stay", **stay, booking=cases[1]))
    assert town.sql("SELECT occupied, reserved FROM care_home") == [(1, 0)]
    ok(enter(town, "care_home_stay", **stay, booking=cases[1], until=day(town)))
    at_the_kiosk(str(uuid.UUID(int=9)))
    assert free(town) == 0
    off = CaseMoved(case=str(uuid.UUID(int=9)), from_state="submitted", state="withdrawn", by="7")
    office.take(box.event(off))
    assert (free(town), office.reasons()) == (1, [])
    same_again(town)


def called_back(town: Town, reference: str, times: int) -> list[int]:
    assert isinstance(town.city.provider, SandboxPayments)
    body, signature = town.city.provider.call_back(reference, "paid")

    def call_back(_time: int) -> int:
        url, headers = f"{town.url}/api/payments/callback", {"X-Signature": signature}
        return httpx.post(url, content=body, headers=headers, trust_env=False).status_code

    with ThreadPoolExecutor(5) as pool:
        return list(pool.map(call_back, range(times)))


def steps(town: Town, case: str) -> list[str]:
    return [row[0] for row in town.sql('SELECT step FROM case_step WHERE "case" = :case ORDER BY n', case=case)]


@pytest.mark.commitment("C25")
def test_a_call_back_that_is_delivered_five_times_has_one_effect(town: Town, persons: Iterator[Person]) -> None:
    home(town, "home-1", deposit_fen=100_014)  # the sandbox waits for the call-back
    operator, payments = town.as_("operator", CITY), bed_payments_of(town.city)
    case = ok(book(town, booking(town, next(persons), next(persons))), 201)["case"]
    orders = [ok(operator.post(f"/api/care-bed-booking/{case}/payment")) for _ in range(3)]
    opened = {(one["order"], one["amount_fen"], one["state"]) for one in orders}
    assert opened == {(f"{case}.1", 100_014, "created")}
    assert payments.step() == 0
    forged = httpx.post(
        f"{town.url}/api/payments/callback", content=b"{}", headers={"X-Signature": "00"}, trust_env=False
    )
    assert forged.status_code == 401
    assert called_back(town, orders[0]["reference"], 5) == [204] * 5
    assert [payments.step() for _ in range(3)] == [1, 0, 0]
    assert called_back(town, orders[0]["reference"], 5) == [204] * 5
    assert payments.step() == 0
    assert steps(town, case) == ["open", "pay"]
    assert town.sql("SELECT state, count(*) FROM payment GROUP BY state") == [("paid", 1)]
    town.now_ms += HOUR_MS
    assert payments.step() == 0  # what is paid for does not lapse
    assert free(town) == 1
    same_again(town)


@pytest.mark.commitment("C25")
def test_what_is_not_paid_in_time_gives_the_bed_back_and_late_money_goes_back_once(
    town: Town, persons: Iterator[Person]
) -> None:
    home(town, "home-1", beds=1, deposit_fen=100_014)
    operator, payments = town.as_("operator", CITY), bed_payments_of(town.city)
    old, asks = next(persons), next(persons)
    case = ok(book(town, booking(town, old, asks)), 201)["case"]
    reference = ok(operator.post(f"/api/care-bed-booking/{case}/payment"))["reference"]
    again = ok(book(town, booking(town, old, asks)))
    assert (again["case"], again["is_new"]) == (case, False)
    town.now_ms += HOUR_MS // 2
    assert (payments.step(), free(town)) == (0, 0)
    town.now_ms += 1
    assert (payments.step(), free(town)) == (1, 1)
    refused(operator.post(f"/api/care-bed-booking/{case}/payment"), 409, "lapsed: there is nothing to pay")
    refused(operator.post(f"/api/care-bed-booking/{case}/cancel", json={}), 409, "no step 'cancel'")
    assert called_back(town, reference, 1) == [204]
    assert [payments.step() for _ in range(3)] == [1, 0, 0]
    assert town.sql("SELECT state, amount_fen FROM payment_refund") == [("refunded", 100_014)]
    second = ok(book(town, booking(town, old, asks)), 201)["case"]  # the same people, on the same day
    assert second != case
    ok(operator.post(f"/api/care-bed-booking/{second}/cancel", json={}))
    home(town, "home-1", beds=1, deposit_fen=100_013)  # the sandbox lets it fail
    third = ok(book(town, booking(town, old, asks)), 201)["case"]
    tried = [ok(operator.post(f"/api/care-bed-booking/{third}/payment")) for _ in range(2)]
    assert [(one["order"], one["state"]) for one in tried] == [(f"{third}.1", "failed"), (f"{third}.2", "failed")]
    assert steps(town, third) == ["open"]
    same_again(town)


@pytest.mark.commitment("C25")
def test_only_who_has_moved_in_may_review_and_once(town: Town, persons: Iterator[Person]) -> None:
    home(town, "home-1")
    operator, attendant = town.as_("operator", CITY), town.as_("attendant")
    mother, daughter, stranger = next(persons), next(persons), next(persons)
    case = ok(book(town, booking(town, mother, daughter), "web"), 201)["case"]
    path = f"/api/care-bed-booking/{case}"

    def review(person: Person, **other: Any) -> httpx.Response:
        form = {"booking": case, "home": "home-1", "area": AREA, "score": 4, "applicants": [applicant(person)], **other}
        return operator.post("/api/care-home-review", json={"form": form, "channel": "web"})

    admission = {**elder(mother), "assessed": day(town), "since": day(town), "care_level": "assisted"}
    refused(attendant.post(f"{path}/admit", json={"form": admission}), 409, "no step 'admit'")
    refused(review(daughter), 409, "only who has moved in")
    assert ok(operator.post(f"{path}/payment"))["state"] == "paid"  # the sandbox pays at once
    assert steps(town, case) == ["open", "pay"]
    refused(review(daughter), 409, "only who has moved in")
    wrong = {**admission, **elder(stranger)}
    refused(attendant.post(f"{path}/admit", json={"form": wrong}), 409, "for another person")
    late = {**admission, "assessed": day(town, 1), "since": day(town, 1)}
    refused(attendant.post(f"{path}/admit", json={"form": late}), 409, "the assessment first")
    elsewhere = town.as_("attendant", "330881")
    refused(elsewhere.post(f"{path}/admit", json={"form": admission}), 403, "not in 330881")
    ok(attendant.post(f"{path}/admit", json={"form": admission}))
    assert town.sql("SELECT occupied, reserved FROM care_home") == [(1, 0)]
    refused(review(stranger), 409, "no booking of this person")
    refused(review(daughter, area=ELSEWHERE), 409, f"home-1, {AREA}")
    refused(review(daughter, score=6), 422, "score")
    ok(review(daughter, text="护理员很耐心"), 201)
    refused(review(mother), 409, "reviewed before")
    assert town.sql("SELECT facility, booking, score FROM care_review") == [("home-1", case, 4)]
    assert "护理员很耐心" not in b"".join(bytes(body) for (body,) in town.sql("SELECT body FROM event")).decode()
    (shown,) = ok(httpx.get(f"{town.url}/api/public/care-homes", trust_env=False))
    assert (shown["reviews"], shown["mean"]) == (None, None)  # one review is not told: it would say who said what
    same_again(town)


@pytest.mark.commitment("C25")
def test_a_booking_says_clearly_what_it_cannot_be(town: Town, persons: Iterator[Person]) -> None:
    home(town, "home-1", deposit_fen=0)
    mother, asks = next(persons), next(persons)
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"home": "none"}, 409, "no home none"),
        ({"area": ELSEWHERE}, 409, f"the home's is {AREA}"),
        ({"area": "330999"}, 422, "area code"),
        ({"care_level": "full"}, 409, "does not offer it"),
        ({"dementia": True}, 409, "no unit"),
        ({"since": day(town, -1)}, 409, "within 31 days"),
        ({"since": day(town, 32)}, 409, "within 31 days"),
        ({"since": "2027-02-29"}, 422, "since"),
        ({"elder_number": mother.id_number[:-1] + "?"}, 422, "elder_number"),
        ({"elder_name": ""}, 422, "elder_name"),
        ({"elder_name": "王\x00"}, 422, "elder_name"),
        ({"applicants": []}, 422, "applicants"),
    ]
    for other, status, word in cases:
        answer = book(town, booking(town, mother, asks, **other))
        refused(answer, status, word)
        assert mother.id_number not in answer.text
    name = "O'𠮷\u202e" + "长" * 26
    case = ok(book(town, booking(town, mother, asks, elder_name=name)), 201)["case"]
    assert steps(town, case) == ["open", "pay"]  # without a deposit there is nothing to pay
    refused(town.as_("operator", CITY).post(f"/api/care-bed-booking/{case}/payment"), 409, "nothing to pay")
    refused(book(town, booking(town, mother, next(persons))), 409, "held for this person")
    refused(enter(town, "care_home_profile", home="home-1", name="x", area=AREA, address="x", phone="0570-1", beds=0,
                  price_from_fen=1, price_to_fen=1, care_levels=["self"]), 409, "lived in or reserved")  # fmt: skip
    taken_over = {"home": "home-1", "name": "x", "address": "x", "phone": "0570-1", "beds": 9, "price_from_fen": 1,
                  "price_to_fen": 1, "care_levels": ["self"]}  # fmt: skip
    for area in (AREA, ELSEWHERE):
        answer = enter(town, "care_home_profile", ("manager", "330881"), **taken_over, area=area)
        refused(answer, 403, "not in 330881")


def web(town: Town, form: dict[str, Any], asks: Person) -> str:
    """As the public pages do it: somebody who has logged in, for themselves."""
    who = Actor(town.city.tokens.of(asks.id_number), "applicant", CITY)
    return town.city.casework.open(BOOKING, form, who, "web").case.case


@pytest.mark.commitment("C26")
def test_the_same_request_by_web_and_by_hotline_is_the_same_record_but_for_the_channel(
    town: Town, persons: Iterator[Person]
) -> None:
    home(town, "home-1")
    mother, asks = next(persons), next(persons)
    form = booking(town, mother, asks)

    def record(case: str) -> dict[str, Any]:
        with town.engine.connect() as db:
            row = db.exec_driver_sql('SELECT * FROM case_file WHERE "case" = %s', (case,)).mappings().one()
        told = {name: value for name, value in row.items() if name not in ("case", "number", "sealed", "act")}
        opened = town.city.opener(f"case/{case}", row["sealed"])
        whose = town.sql('SELECT token, role FROM case_person WHERE "case" = :case ORDER BY token', case=case)
        bed = town.sql('SELECT home, token, deposit_fen, holds FROM care_bed WHERE "case" = :case', case=case)
        return {**told, "opened": opened, "whose": whose, "bed": bed}

    by_web = web(town, form, asks)
    first = record(by_web)
    again = ok(book(town, form))  # who then calls as well has one bed, and is told its number
    assert (again["case"], again["is_new"]) == (by_web, False)
    ok(town.as_("operator", CITY).post(f"/api/care-bed-booking/{by_web}/cancel", json={"channel": "hotline"}))
    by_hotline = ok(book(town, form), 201)["case"]
    second = record(by_hotline)
    assert (first["channel"], second["channel"]) == ("web", "hotline")
    assert {name for name in first if first[name] != second[name]} == {"channel"}
    assert town.sql('SELECT step, channel FROM case_step WHERE "case" = :case ORDER BY n', case=by_web) == [
        ("open", "web"), ("cancel", "hotline"),
    ]  # fmt: skip
    same_again(town)


@pytest.mark.commitment("C26")
def test_who_logs_in_asks_pays_and_reviews_for_themselves_alone(town: Town, persons: Iterator[Person]) -> None:
    home(town, "home-1")
    mother, asks, stranger = next(persons), next(persons), next(persons)
    with pytest.raises(NotAllowed, match="not among the applicants"):
        web(town, booking(town, mother, asks), stranger)
    case = web(town, booking(town, mother, asks), asks)
    payments = bed_payments_of(town.city)
    nobody = Actor(town.city.tokens.of(stranger.id_number), "applicant", CITY)
    with pytest.raises(NotAllowed, match="not yours"):
        payments.order(case, nobody)
    with pytest.raises(NotAllowed, match="somebody else"):
        town.city.casework.step(case, "cancel", {}, nobody)
    refused(town.as_("operator", "330881").post(f"/api/care-bed-booking/{case}/payment"), 403, "not yours")
    refused(town.as_("auditor", CITY).post(f"/api/care-bed-booking/{case}/payment"), 403, "pays for no booking")
    themselves = Actor(town.city.tokens.of(asks.id_number), "applicant", CITY)
    assert payments.order(case, themselves)["state"] == "paid"
    review = {"booking": case, "home": "home-1", "area": AREA, "score": 5, "applicants": [applicant(stranger)]}
    with pytest.raises(Refused, match="no booking of this person") as no:
        town.city.casework.open("care_home_review", review, nobody, "web")
    assert no.value.zh
    town.city.casework.step(case, "cancel", {}, themselves, channel="web")
    assert [payments.step() for _ in range(2)] == [1, 0]  # what was paid goes back
    assert town.sql("SELECT state FROM payment_refund") == [("refunded",)]
