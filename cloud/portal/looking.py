"""What anybody may look up: organisations, care homes, burial places, inspections, publications, where help is."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import Engine, select

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.matters.burial import figures as burial
from cloud.matters.elder_care import finder
from cloud.matters.inspection import pools
from cloud.matters.inspection import records as inspections
from cloud.matters.plan import publications
from cloud.matters.relief import stations
from cloud.matters.relief.nearest import is_open
from cloud.matters.social_organisations.records import Register
from cloud.portal.frame import Frame
from cloud.portal.words import MENU
from contract.identifiers import credit_code
from contract.identifiers.area import AREAS

_MOST, _DRAWS = 20, 50
_LONGEST = 64
_CODE_LENGTH = 18
LEVELS = ("self", "assisted", "full")
_d, _v, _f = inspections.inspection_draw.c, inspections.inspection_visit.c, inspections.inspection_finding.c
Text = Annotated[str, Query()]


class Looking:
    def __init__(self, frame: Frame, engine: Engine) -> None:
        self._frame, self._engine, self._register = frame, engine, Register(engine)

    def add_to(self, routes: APIRouter) -> None:
        routes.get("")(self.home)
        routes.get("/organisations")(self.organisations)
        routes.get("/organisations/{code}")(self.organisation)
        routes.get("/care-homes")(self.care_homes)
        routes.get("/burial")(self.burial)
        routes.get("/inspections")(self.draws)
        routes.get("/inspections/{number}")(self.draw)
        routes.get("/publications")(self.publications)
        routes.get("/publications/{key}")(self.publication)
        routes.get("/relief")(self.relief)

    @property
    def _today(self) -> str:
        return day_of(self._frame.clock()).isoformat()

    def home(self, request: Request) -> Response:
        return self._frame.show(request, "home.html", menu=MENU)

    # social organisations (一网通查)

    def organisations(self, request: Request, q: Text = "") -> Response:
        asked = "".join(q.split()) if _looks_like_a_code(q) else q.strip()[:_LONGEST]
        wrong, found = "", []
        if _looks_like_a_code(q):
            try:
                code = credit_code.parse(asked.upper()).code
            except credit_code.BadCreditCode:
                wrong = "organisations.check"
            else:
                one = self._register.of_code(code, self._today)
                if one is not None:
                    return self._frame.show(request, "organisation.html", found=one)
                wrong = "organisations.unknown"
        elif asked and len(asked) < 2:
            wrong = "organisations.short"
        elif asked:
            found = self._register.of_name(asked, self._today, _MOST)
            wrong = "" if found else "organisations.unknown"
        return self._frame.show(
            request, "organisations.html", 404 if wrong == "organisations.unknown" else 422 if wrong else 200,
            asked=asked, wrong=wrong, found=found,
        )  # fmt: skip

    def organisation(self, request: Request, code: str) -> Response:
        return self.organisations(request, code if _looks_like_a_code(code) else "0" * _CODE_LENGTH)

    # care homes (机构筛选)

    def care_homes(
        self, request: Request, area: Text = "", most: Text = "", level: Text = "", free: Text = "", dementia: Text = ""
    ) -> Response:
        most = most.strip()
        wrong = "" if not most or (most.isascii() and most.isdecimal() and len(most) < 7) else "care.price.wrong"
        wanted = finder.Wanted(
            area=area if area in AREAS else CITY,
            most_fen=int(most) * 100 if most and not wrong else None,
            free=bool(free),
            care_level=level if level in LEVELS else "",
            dementia=bool(dementia),
        )
        with available(), self._engine.connect() as db:
            found = [] if wrong else finder.homes(db, wanted)
        return self._frame.show(
            request, "care-homes.html", 422 if wrong else 200, found=found, wanted=wanted, most=most[:20], wrong=wrong,
            areas=tuple(AREAS), levels=LEVELS,
        )  # fmt: skip

    # burial places (节地安葬)

    def burial(self, request: Request, area: Text = "") -> Response:
        area = area if area in AREAS else CITY
        with available(), self._engine.connect() as db:
            found = burial.listed(db, area, day_of(self._frame.clock()))
        found.sort(key=lambda one: (one["free"] == 0, one["name"]))
        return self._frame.show(request, "burial.html", found=found, area=area, areas=tuple(AREAS))

    # inspections (双随机一公开)

    def draws(self, request: Request) -> Response:
        query = select(_d.number, _d.announced_at_ms, _d.drawn_at_ms).where(_d.state != "cancelled")
        with available(), self._engine.connect() as db:
            rows = db.execute(query.order_by(_d.number.desc()).limit(_DRAWS)).all()
        return self._frame.show(request, "inspections.html", draws=rows)

    def draw(self, request: Request, number: str) -> Response:
        with available(), self._engine.connect() as db:
            found = inspections.draw_of(db, number[:_LONGEST])
            if found is None or found["state"] == "cancelled":
                raise HTTPException(404)
            visits = db.execute(select(inspections.inspection_visit).where(_v.draw == number).order_by(_v.target)).all()
            told = [
                {
                    "name": target.name if (target := pools.target_row(db, visit.target)) else visit.target,
                    "published_at_ms": visit.published_at_ms,
                    "findings": inspections.findings(db, visit.case) if visit.published_at_ms is not None else (),
                }
                for visit in visits
            ]
        return self._frame.show(request, "inspection.html", draw=found, visits=told)

    # publications (宣传)

    def publications(self, request: Request) -> Response:
        with available(), self._engine.connect() as db:
            found = publications.publications(db)[:_DRAWS]
        return self._frame.show(request, "publications.html", found=found)

    def publication(self, request: Request, key: str) -> Response:
        """Counted each time it is read; a change of language is no reading more."""
        with available(), self._engine.begin() as db:
            if (found := publications.publication(db, key[:_LONGEST])) is None:
                raise HTTPException(404)
            if "lang" not in request.query_params:
                publications.count_read(db, found.publication, day_of(self._frame.clock()))
        return self._frame.show(request, "publication.html", one=found)

    # help (求助)

    def relief(self, request: Request, area: Text = "") -> Response:
        """Stations, which never close, and points; those that are open now first."""
        now_ms = self._frame.clock()
        with available(), self._engine.connect() as db:
            always, points = stations.stations(db), stations.points(db)
        near = "3308" if area not in AREAS or area == CITY else area
        shown: list[dict[str, Any]] = [
            {"point": one, "open": is_open(stations.place_of(one).openings, now_ms)}
            for one in points
            if one.area.startswith(near)
        ]
        shown.sort(key=lambda one: (not one["open"], one["point"].name))
        return self._frame.show(
            request, "relief.html", always=always, points=shown, area=area if area in AREAS else CITY,
            areas=tuple(AREAS),
        )  # fmt: skip


def _looks_like_a_code(text: str) -> bool:
    """18 signs of letters and digits, however they are spaced: a name is not written so."""
    plain = "".join(text.split())
    return len(plain) == _CODE_LENGTH and plain.isascii() and plain.isalnum()
