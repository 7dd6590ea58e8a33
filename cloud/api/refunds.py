"""Refunds: what a box asks for when a booking that was paid for is taken back, by the visitor or by the home."""

from fastapi import APIRouter, HTTPException

from cloud.services.refunds import NoOrder, NotPaid, Refunds
from contract.lookups import RefundAsked, RefundState


def router(refunds: Refunds) -> APIRouter:
    routes = APIRouter(prefix="/api/edge")

    @routes.post("/refunds")
    def refund(asked: RefundAsked) -> RefundState:
        """Gives the order's money back, or says that it has been given back."""
        try:
            return refunds.ask(asked)
        except NoOrder as unknown:
            raise HTTPException(404, str(unknown)) from None
        except NotPaid as wrong:
            raise HTTPException(409, str(wrong)) from None

    return routes
