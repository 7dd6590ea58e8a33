"""Applicants and cases as the forms want them."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx

from simulators.people import Person

_places = count()


def applicant(person: Person, phone: str = "000-12345678") -> dict[str, Any]:
    return {"name": person.name, "number": person.id_number, "phone": phone}


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, word: str) -> None:
    assert answer.status_code == status, answer.text
    assert word in answer.text


def naming(persons: Iterator[Person], **other: Any) -> dict[str, Any]:
    """A naming of a road in Kecheng."""
    form = {
        "action": "naming", "name": f"测试{next(_places)}路", "category": "road", "area": "330802100", "lon": 118.85,
        "lat": 28.95, "applicants": [applicant(next(persons))], **other,
    }  # fmt: skip
    return {"form": form, "channel": "web"}
