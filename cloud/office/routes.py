"""The office's addresses. Every form is a plain POST; it ends in a redirect, or in the same page with what is wrong."""

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, Protocol
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from cloud.adapters.sql_people import LoggedIn, MustWait
from cloud.domain.actor import Actor
from cloud.domain.happened import IllegalStep
from cloud.office.inputs import APPLICANT, NotJson, filled, inputs_of
from cloud.services.casework import BadForm, Casework, Kind, NoSuchCase, NotAllowed, Refused
from cloud.web.door import SESSION
from cloud.web.page import LANGUAGE, Pages, language_of
from cloud.web.staff import Staff, is_own
from contract.events.city import Channel

_MOST_FORM = 128 * 1024
_MOST_FIELDS = 300
_LISTED = 100
_WRONG = (BadForm, IllegalStep, NotAllowed, Refused, NotJson)
_SAYS = (
    (BadForm, "form"), (NotJson, "form"), (IllegalStep, "step"), (NotAllowed, "power"), (Refused, "rule"),
)  # fmt: skip


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM:
            raise HTTPException(413, f"a form has at most {_MOST_FORM} bytes")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(413, f"a form has at most {_MOST_FIELDS} fields") from None
    return {name: values[-1] for name, values in fields.items()}


Typed = Annotated[dict[str, str], Depends(_form)]
"""What was filled in. A route that takes it may wait for the records: it runs on a thread of its own."""


class People(Protocol):
    def log_in(self, number: str, password: str) -> str | None: ...
    def find(self, token: str) -> LoggedIn | None: ...
    def log_out(self, token: str) -> None: ...


class Reader(Protocol):
    def seen_by(self, actor: Actor) -> "Reader": ...
    def waiting(
        self, states: Mapping[str, Collection[str]], wanted: Mapping[str, str], now_ms: int, limit: int
    ) -> tuple[int, list[dict[str, Any]]]: ...
    def case(self, case: str, now_ms: int) -> dict[str, Any] | None: ...


class Office:
    def __init__(
        self, casework: Casework, reader: Reader, people: People, pages: Pages, clock: Callable[[], int]
    ) -> None:
        self._casework, self._reader, self._people = casework, reader, people
        self._staff = Staff(people)
        self._pages, self._clock = pages, clock

    def router(self) -> APIRouter:
        routes = APIRouter(include_in_schema=False)
        routes.get("/login")(self.login)
        routes.post("/login")(self.log_in)
        routes.post("/logout")(self.log_out)
        routes.get("/office")(self.inbox)
        routes.get("/office/new")(self.kinds)
        routes.get("/office/new/{kind}")(self.blank)
        routes.post("/office/new/{kind}")(self.open)
        routes.get("/office/cases/{case}")(self.case)
        routes.post("/office/cases/{case}/{step}")(self.step)
        return routes

    # who

    def login(self, request: Request) -> Response:
        return self._pages.show(request, "login.html", error="")

    def log_in(self, request: Request, form: Typed) -> Response:
        try:
            token = self._people.log_in(form.get("number", "").strip(), form.get("password", ""))
        except MustWait as wait:
            return self._pages.show(request, "login.html", 429, error="login.wait", seconds=-(-wait.ms // 1000))
        if token is None:
            return self._pages.show(request, "login.html", 403, error="login.wrong")
        answer = RedirectResponse("/office", 303)
        answer.set_cookie(SESSION, token, httponly=True, samesite="strict", path="/")
        answer.set_cookie(LANGUAGE, language_of(request), samesite="strict", path="/")
        return answer

    def log_out(self, request: Request, typed: Typed) -> Response:
        staff = self._staff.of(request)
        is_own(staff, typed)
        self._people.log_out(request.cookies.get(SESSION, ""))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION, path="/")
        return answer

    # cases

    def inbox(self, request: Request, kind: str = "", overdue: bool = False) -> Response:  # noqa: FBT001, FBT002
        """Cases that wait for a step which this person may take, those that are due first."""
        staff = self._staff.of(request)
        wanted = {"kind": kind, "area": staff.actor.area, "overdue": "1" if overdue else ""}
        states = {
            of.name: [state for state in of.workflow.states if self._steps(staff, of, state)]
            for of in self._casework.kinds.values()
        }
        whole, cases = self._reader.seen_by(staff.actor).waiting(states, wanted, self._clock(), _LISTED)
        return self._pages.show(
            request, "inbox.html", staff=staff, csrf=staff.csrf, cases=cases, kind=kind, overdue=overdue,
            kinds=sorted(name for name, of in states.items() if of), more=whole - len(cases),
        )  # fmt: skip

    def case(self, request: Request, case: str) -> Response:
        staff = self._staff.of(request)
        return self._case(request, staff, case)

    def step(self, request: Request, case: str, step: str, typed: Typed) -> Response:
        staff = self._staff.of(request)
        is_own(staff, typed)
        found = self._reader.seen_by(staff.actor).case(case, self._clock())
        if found is None or found["kind"] not in self._casework.kinds:
            raise HTTPException(404)
        kind = self._casework.kinds[found["kind"]]
        try:
            told = filled(kind.form_of(step), typed)
            about = {"reason": typed.get("reason", ""), "delegated_by": typed.get("delegated_by", "").strip()}
            self._casework.step(case, step, told, staff.actor, channel=_channel(request, staff), **about)
        except NoSuchCase:
            raise HTTPException(404) from None
        except _WRONG as wrong:
            return self._case(request, staff, case, status=_status(wrong), wrong=wrong, step=step, typed=typed)
        return RedirectResponse(f"/office/cases/{case}?done={step}", 303)

    def _case(
        self,
        request: Request,
        staff: LoggedIn,
        case: str,
        status: int = 200,
        wrong: Exception | None = None,
        step: str = "",
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        found = self._reader.seen_by(staff.actor).case(case, self._clock())
        if found is None or found["kind"] not in self._casework.kinds:
            raise HTTPException(404)
        kind = self._casework.kinds[found["kind"]]
        steps = [
            {
                "name": one.name,
                "reason": one.reason,
                "inputs": inputs_of(kind.form_of(one.name), typed if one.name == step else None),
                "open": one.name == step,
            }
            for one in self._steps(staff, kind, found["state"])
        ]
        return self._pages.show(
            request, "case.html", status, staff=staff, csrf=staff.csrf, case=found, steps=steps, wrong=_said(wrong),
            typed=typed or {}, done=request.query_params.get("done", "") if not wrong else "",
            final=found["state"] in kind.workflow.final, fields=list(kind.opening.model_fields),
        )  # fmt: skip

    # a new one

    def kinds(self, request: Request) -> Response:
        staff = self._staff.of(request)
        kinds = [kind.name for kind in self._casework.kinds.values() if staff.actor.role in kind.opens]
        return self._pages.show(request, "kinds.html", staff=staff, csrf=staff.csrf, kinds=kinds)

    def blank(self, request: Request, kind: str) -> Response:
        return self._new(request, self._staff.of(request), kind)

    def open(self, request: Request, kind: str, typed: Typed) -> Response:
        staff = self._staff.of(request)
        is_own(staff, typed)
        if kind not in self._casework.kinds:
            raise HTTPException(404)
        try:
            told = filled(self._casework.kinds[kind].opening, typed)
            opened = self._casework.open(kind, told, staff.actor, _channel(request, staff))
        except _WRONG as wrong:
            return self._new(request, staff, kind, status=_status(wrong), wrong=wrong, typed=typed)
        return RedirectResponse(f"/office/cases/{opened.case.case}?done=open", 303)

    def _new(
        self,
        request: Request,
        staff: LoggedIn,
        kind: str,
        status: int = 200,
        wrong: Exception | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        if kind not in self._casework.kinds:
            raise HTTPException(404)
        return self._pages.show(
            request, "new.html", status, staff=staff, csrf=staff.csrf, kind=kind, wrong=_said(wrong), typed=typed or {},
            inputs=inputs_of(self._casework.kinds[kind].opening, typed), applicant=APPLICANT,
        )  # fmt: skip

    def _steps(self, staff: LoggedIn, kind: Kind, state: str) -> list[Any]:
        return [
            one
            for one in kind.workflow.steps
            if state in one.sources
            and staff.actor.role in one.roles
            and (one.level is None or one.level == staff.actor.level)
        ]


def _said(wrong: Exception | None) -> dict[str, str] | None:
    """`key`: of the page's words for this kind of no; `zh`, `en`: what it is about."""
    if wrong is None:
        return None
    kind = next(name for of, name in _SAYS if isinstance(wrong, of))
    return {"key": f"office.wrong.{kind}", "zh": getattr(wrong, "zh", "") or str(wrong), "en": str(wrong)}


def _status(wrong: Exception) -> int:
    if isinstance(wrong, BadForm | NotJson):
        return 422
    return 403 if isinstance(wrong, NotAllowed) else 409


def _channel(request: Request, staff: LoggedIn) -> Channel:
    """Approved from a telephone or at a desk: the history says which. An operator files for somebody who calls."""
    if staff.actor.role == "operator":
        return "hotline"
    hint = request.headers.get("sec-ch-ua-mobile", "")
    return "mobile" if hint == "?1" or "Mobile" in request.headers.get("user-agent", "") else "desk"
