"""Homes, bookings and people of elder care, as the acceptance tests enter them."""

from datetime import timedelta
from typing import Any

import httpx

from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from simulators.people import Person
from tests.acceptance.conftest import Town
from tests.acceptance.people import applicant, ok

AREA, ELSEWHERE = "330802100", "330881001"
LAW = {"purpose": "养老服务需求评估", "basis": "浙江省社会养老服务促进条例"}


def enter(town: Town, ledger: str, by: tuple[str, str] = ("manager", CITY), **row: Any) -> httpx.Response:
    return town.as_(*by).put(f"/api/ledgers/{ledger.replace('_', '-')}", json={"row": row})


def home(town: Town, name: str, **other: Any) -> None:
    row = {
        "home": name, "name": f"样例养老院{name}", "area": AREA, "address": "样例路1号", "phone": "0570-0000000",
        "price_from_fen": 200_000, "price_to_fen": 400_000, "deposit_fen": 100_000, "beds": 2,
        "care_levels": ["self", "assisted"], **other,
    }  # fmt: skip
    ok(enter(town, "care_home_profile", **row))


def day(town: Town, days: int = 0) -> str:
    return (day_of(town.now_ms) + timedelta(days=days)).isoformat()


def elder(person: Person) -> dict[str, str]:
    return {"elder_name": person.name, "elder_number": person.id_number}


def booking(town: Town, person: Person, asks: Person, at: str = "home-1", **other: Any) -> dict[str, Any]:
    return {
        **elder(person), "home": at, "area": AREA, "care_level": "self", "since": day(town),
        "applicants": [applicant(asks)], **other,
    }  # fmt: skip


def book(town: Town, form: dict[str, Any], channel: str = "hotline") -> httpx.Response:
    return town.as_("operator", CITY).post("/api/care-bed-booking", json={"form": form, "channel": channel})


def found(town: Town, **wanted: Any) -> list[str]:
    answer = httpx.get(f"{town.url}/api/public/care-homes", params=wanted, trust_env=False)
    return sorted(one["home"] for one in ok(answer))


def free(town: Town, name: str = "home-1") -> int:
    homes = ok(httpx.get(f"{town.url}/api/public/care-homes", trust_env=False))
    return next(int(one["free"]) for one in homes if one["home"] == name)


def same_again(town: Town) -> None:
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []
