"""What staff ask of certificates and campaigns. None of it is public, and only two routes name anybody."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.matters.archives import issued
from cloud.matters.marriage import outreach, outreach_figures
from cloud.matters.marriage.personal_records import PersonalRecords
from cloud.services.casework import NoSuchCase, NotAllowed, Refused
from cloud.web.door import Door, actor_of

AreaCode = Annotated[str, Query(pattern=r"^3308[0-9]{2}([0-9]{3}([0-9]{3})?)?$")]
_KNOW = frozenset({"registrar", "clerk", "manager"})


def router(engine: Engine, door: Door, clock: Callable[[], int], personal: PersonalRecords) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])

    @routes.get("/marriage/certificates")
    def certificate(number: Annotated[str, Query(min_length=4, max_length=64)], request: Request) -> dict[str, Any]:
        """Whether a certificate is valid; nobody is named. 410: it is void."""
        if actor_of(request).role not in _KNOW:
            raise HTTPException(403, "certificates are looked up by the registrars' office")
        with available(), engine.connect() as db:
            found = list(issued.of_number(db, number).values())
        if not found:
            raise HTTPException(404, "no certificate of this number")
        valid = [one for one in found if one["status"] == "valid"]
        if not valid:
            raise HTTPException(410, f"certificate {number} is void")
        return {**valid[0], "holders": len(found), "void_for": len(found) - len(valid)}

    @routes.post("/certificate-reissue/{case}/records/read")
    def records(case: str, request: Request) -> list[dict[str, Any]]:
        """The applicant's own certificates, after the identity check; that they were read is written down."""
        with _answered():
            return personal.certificates(case, actor_of(request))

    @routes.post("/outreach-task/{case}/targets/read")
    def targets(case: str, request: Request) -> list[dict[str, Any]]:
        """Who is to be reached in the village, for its worker; that they were read is written down."""
        with _answered():
            return personal.targets(case, actor_of(request))

    @routes.get("/outreach/campaigns")
    def campaigns(area: AreaCode = CITY) -> list[dict[str, Any]]:
        """With their time nodes and lights."""
        with available(), engine.connect() as db:
            return outreach_figures.campaigns(db, area, day_of(clock()))

    @routes.get("/figures/outreach")
    def numbers(campaign: Annotated[str, Query(max_length=64)]) -> dict[str, Any]:
        """How far a campaign is, by township."""
        with available(), engine.connect() as db:
            if outreach.campaign_of(db, campaign) is None:
                raise HTTPException(404, f"no campaign {campaign}")
            return {"campaign": campaign, "townships": outreach_figures.by_township(db, campaign)}

    return routes


class _answered:  # noqa: N801 - reads as what it does
    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case NotAllowed():
                raise HTTPException(403, str(error)) from None
            case Refused():
                raise HTTPException(409, str(error)) from None
            case NoSuchCase():
                raise HTTPException(404, str(error)) from None
