"""Cases and text messages: counted and listed, without a name, a number or a text."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from cloud.ports import Registers, Row


class CaseCount(BaseModel):
    matter: str
    state: str
    cases: int


class Trips(BaseModel):
    """`average`: days (Asia/Shanghai) on which somebody came, over the cases that were not withdrawn."""

    matter: str
    cases: int
    average: float


class CasesOut(BaseModel):
    """Cases of drills are not counted."""

    counts: list[CaseCount]
    trips: list[Trips]


class SmsOut(BaseModel):
    """`phone_masked` is empty until it was sent. `queued_at_ms` by the facility's clock, the others by the cloud's."""

    facility: str
    id: str
    case: str
    template: str
    phone_masked: str
    state: Literal["queued", "sent", "failed"]
    tries: Annotated[int, Field(description="that the gateway did not take")]
    reason: Annotated[str, Field(description="why it failed; empty: it did not")]
    queued_at_ms: int
    received_at_ms: int
    sent_at_ms: int | None


class MessagesOut(BaseModel):
    queued: int
    sent: int
    failed: int
    oldest_wait_ms: Annotated[int, Field(description="of those that wait now")]
    p99_ms: Annotated[int | None, Field(description="from receipt to sent, of the last 1000; null: none was sent")]
    messages: Annotated[list[SmsOut], Field(description="newest first")]


def router(registers: Registers, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api")

    @routes.get("/cases", response_model=CasesOut)
    def cases(facility: Annotated[str | None, Query(max_length=64)] = None) -> Row:
        """By matter and state; and how often people had to come."""
        return registers.cases(facility)

    @routes.get("/sms", response_model=MessagesOut)
    def sms(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Row:
        return registers.messages(limit, clock())

    return routes
