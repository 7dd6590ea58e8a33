"""Cases (办件): the list, and one case with its checks, its steps, its override and its permit.

Names and numbers stand masked until somebody asks to see them; who looked is kept with the case.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import segno
from fastapi import FastAPI, HTTPException, Request, Response
from markupsafe import Markup

from edge.desk.given import Given
from edge.desk.staffed import Here, Locked, Staffed, Tab
from edge.domain.visits.case import Case
from edge.domain.visits.person import mask_phone
from edge.domain.visits.questions import Said
from edge.domain.visits.refund import owed
from edge.ports import Clock, StoreUnavailable
from edge.services.desk import permits
from edge.services.desk.cases import DeskCases
from edge.services.desk.checks import BY_HAND, SCOPES, Checks
from edge.services.desk.deeds import NotNow
from edge.services.desk.intakes import RECEPTION, Intakes
from edge.services.desk.permits import Permits
from edge.services.desk.standing import OVERRIDABLE, signatures, subjects, waits

TAB = Tab("/cases", "desk.tab.cases")


class CasePage:
    """`intakes`: of a relief station, where a reception has its intake."""

    def __init__(
        self,
        staffed: Staffed,
        cases: DeskCases,
        checks: Checks,
        permits: Permits,
        clock: Clock,
        intakes: Intakes | None = None,
    ) -> None:
        self._staffed, self._cases, self._checks, self._permits = staffed, cases, checks, permits
        self._clock, self._intakes = clock, intakes

    def add_to(self, app: FastAPI) -> None:
        app.get("/cases")(self.list)
        app.get("/cases/{case_id}")(self.page)
        app.get("/cases/{case_id}/paper")(self.paper)
        app.post("/cases/{case_id}/show")(self.show)
        app.post("/cases/{case_id}/override")(self.override)
        app.post("/cases/{case_id}/{deed}")(self.act)

    async def list(self, request: Request, number: str = "") -> Response:
        here = await self._staffed.here(request)
        ending = number.strip()[-64:]
        cases = await asyncio.to_thread(self._cases.open, ending=ending)
        rows = [(case, [one.name_masked for one in subjects(case) if one.name_masked], waits(case)) for case in cases]
        now_ms = self._clock.now().wall_ms
        return self._staffed.page("cases.html", here, rows=rows, number=ending, now_ms=now_ms)

    async def page(self, request: Request, case_id: str) -> Response:
        return await self._page(await self._staffed.here(request), case_id)

    async def show(self, request: Request, case_id: str) -> Response:
        """With names and numbers, this once."""
        here, _ = await self._staffed.posted(request)
        return await self._page(here, case_id, shown=True)

    async def _page(
        self, here: Here, case_id: str, code: int = 200, *, shown: bool = False, given: Given | None = None
    ) -> Response:
        read = partial(self._cases.reveal, case_id, here.staff) if shown else partial(self._cases.case, case_id)
        try:
            case = await asyncio.to_thread(read)
        except NotNow as no:
            raise HTTPException(404, here.say(no.why)) from None
        intake = None
        if self._intakes and case.matter == RECEPTION:
            intake = await asyncio.to_thread(self._intakes.of, case_id)
        return self._staffed.page(
            "case.html", here, code, path=f"/cases/{case_id}", case=case, shown=shown, given=given or Given(),
            subjects=subjects(case), signatures=signatures(case), waits=waits(case), owed=owed(case),
            by_hand=BY_HAND, scopes=SCOPES,
            overridable=[what for what in waits(case) if what in OVERRIDABLE], sealed=case.desk.get("sealed", {}),
            answers=case.desk.get("answers", {}), lines=lines_of(case), mask_phone=mask_phone,
            is_transfer=case.matter == permits.MATTER, is_relief=case.matter == "relief_intake",
            intake=intake, is_reception=case.matter == RECEPTION,
        )  # fmt: skip

    async def act(self, request: Request, case_id: str, deed: str) -> Response:
        here, fields = await self._staffed.posted(request)
        deeds: Mapping[str, Callable[[], object]] = {
            "identity": lambda: self._checks.identity(
                case_id, fields.get("key", ""), fields.get("rung", ""), here.staff, fields.get("reason", ""),
                confirmed=fields.get("result") == "confirmed", number=fields.get("number", ""),
            ),
            "again": lambda: self._checks.ask_again(case_id, fields.get("reason", ""), here.staff),
            "signed": lambda: self._checks.signed(case_id, here.staff),
            "consent": lambda: self._checks.withdraw_consent(
                case_id, fields.get("key", ""), fields.get("scope", ""), here.say.lang, here.staff
            ),
            "step": lambda: self._cases.move(case_id, fields.get("to", ""), here.staff, fields.get("reason", "")),
            "withdraw": lambda: self._cases.withdraw(case_id, here.staff, fields.get("reason", "")),
            "issue": lambda: self._permits.issue(
                case_id, fields.get("home", ""), fields.get("plate", ""), fields.get("deceased", ""), here.staff
            ),
            "departed": lambda: self._permits.departed(case_id, here.staff),
            "received": lambda: self._permits.received(case_id, fields.get("receipt", ""), here.staff),
        }  # fmt: skip
        if deed not in deeds:
            raise HTTPException(404)
        return await self._done(here, case_id, deeds[deed], deed, fields)

    async def override(self, request: Request, case_id: str) -> Response:
        here, fields = await self._staffed.posted(request)
        try:
            second = await self._staffed.second(fields.get("second", "").strip(), fields.get("second_password", ""))
        except Locked as locked:
            here.session.said = (False, here.say("desk.login.locked", None, seconds=round(locked.wait_s + 0.5)))
            return await self._page(here, case_id, 429, given=Given("override", fields))
        what, reason = fields.get("what", ""), fields.get("reason", "")
        do = partial(self._checks.override, case_id, what, reason, here.staff, second)
        return await self._done(here, case_id, do, "override", fields)

    async def _done(
        self, here: Here, case_id: str, do: Callable[[], object], deed: str, fields: Mapping[str, str]
    ) -> Response:
        return await self._staffed.deed(
            here,
            do,
            lambda _none: self._staffed.back(f"/cases/{case_id}", here, f"desk.done.{deed}"),
            lambda code: self._page(here, case_id, code, given=Given(deed, fields)),
        )

    async def paper(self, request: Request, case_id: str) -> Response:
        """What is printed for the visitor: the permit, or the reason of a refusal."""
        here = await self._staffed.here(request)
        try:
            case = await asyncio.to_thread(self._cases.reveal, case_id, here.staff)
        except (NotNow, StoreUnavailable):
            raise HTTPException(404) from None
        permit, refusal = case.desk.get("permit"), case.desk.get("refusal")
        if not permit and not refusal:
            raise HTTPException(404)
        code = qr_svg(permit["text"]) if permit else ""
        return self._staffed.page("case_paper.html", here, case=case, permit=permit, refusal=refusal, qr=code)


def qr_svg(text: str) -> Markup:
    svg = segno.make(text, error="m", micro=False).svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made of squares by segno; the text is not in it


def lines_of(case: Case) -> list[tuple[str | Said, str | Said]]:
    """What the visitor was told, line by line; a list is a text in both languages."""
    told: Mapping[str, Any] = case.result or {}
    return [(_said(label), _said(value)) for part in ("lines", "slip") for label, value in told.get(part, ())]


def _said(value: Any) -> str | Said:
    return Said(*value) if isinstance(value, list) else str(value)
