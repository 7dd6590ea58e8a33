"""What boxes ask the archives."""

from fastapi import APIRouter, HTTPException
from pydantic import ValidationError

from cloud.matters.archives.records import Certificates
from cloud.ports import Opener, Tokens
from contract.events.envelope import explain
from contract.lookups import Asked, CertificateEntry, Sealing, certificates_about
from contract.sealing import CannotOpen


def router(certificates: Certificates, opener: Opener, tokens: Tokens) -> APIRouter:
    routes = APIRouter(prefix="/api/edge")

    @routes.post("/certificates")
    def look_up(asked: Sealing) -> list[CertificateEntry]:
        """A person's own certificates, the newest first."""
        try:
            person = Asked.model_validate(opener(certificates_about(asked.case), asked.sealed))
        except CannotOpen as wrong:
            raise HTTPException(422, f"sealed: {wrong}") from None
        except ValidationError as wrong:
            raise HTTPException(422, f"sealed: {explain(wrong)}") from None
        return certificates.of(tokens.of(person.number))

    return routes
