"""What boxes ask for marriage registration."""

from fastapi import APIRouter, HTTPException
from pydantic import ValidationError

from cloud.matters.marriage.online_checks import OnlineChecks
from cloud.ports import Opener
from contract.events.envelope import explain
from contract.lookups import AskedPersons, CheckAsked, Clear, Conflict, check_about
from contract.sealing import CannotOpen


def router(checks: OnlineChecks, opener: Opener) -> APIRouter:
    routes = APIRouter(prefix="/api/edge")

    @routes.post("/online-checks")
    def online_check(asked: CheckAsked) -> Clear | Conflict:
        """The same case, persons and turn: the same answer. The kind of a conflict is for the registrar's eyes."""
        try:
            sealed = AskedPersons.model_validate(opener(check_about(asked.case), asked.sealed))
        except CannotOpen as wrong:
            raise HTTPException(422, f"sealed: {wrong}") from None
        except ValidationError as wrong:
            raise HTTPException(422, f"sealed: {explain(wrong)}") from None
        return checks.ask(asked.facility, asked.case, sealed.persons, asked.turn)

    return routes
