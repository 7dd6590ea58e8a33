"""Payments: what boxes ask, and what the provider tells. And the word by which a box finds out that it may ask."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool

from cloud.services.payments import OtherOrder, Payments
from contract.lookups import PaymentAsked, PaymentState

_MOST_CALLBACK = 4096


def router(payments: Payments) -> APIRouter:
    routes = APIRouter(prefix="/api")

    @routes.get("/edge/ping")
    def ping() -> dict[str, bool]:
        """The cloud is there and takes this box's token."""
        return {"ok": True}

    @routes.post("/edge/payments")
    def pay(asked: PaymentAsked) -> PaymentState:
        """Opens the order, or tells how the same one stands."""
        try:
            return payments.ask(asked)
        except OtherOrder as wrong:
            raise HTTPException(409, str(wrong)) from None

    @routes.get("/edge/payments/{order}")
    def look(order: str, facility: Annotated[str, Query(max_length=64)]) -> PaymentState:
        found = payments.look(facility, order)
        if found is None:
            raise HTTPException(404, f"no order {order} of {facility}")
        return found

    return routes


def callbacks(payments: Payments) -> APIRouter:
    """Behind no login: who calls proves who they are by the signature."""
    routes = APIRouter(prefix="/api")

    @routes.post("/payments/callback", status_code=204)
    async def called_back(request: Request, x_signature: Annotated[str, Header(max_length=256)] = "") -> None:
        """The provider's call-back: the signature is the provider's own. Told many times, it counts once."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_CALLBACK:
                raise HTTPException(413, f"more than {_MOST_CALLBACK} bytes")
        if not await run_in_threadpool(payments.called_back, body, x_signature):
            raise HTTPException(401, "not the provider's signature")

    return routes
