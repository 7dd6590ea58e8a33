"""Cases and ledgers of the city: for each kind a typed way to open it and to take each of its steps.

A form that cannot be is answered with 422, a step that is not the state's with 409, one that is not yours with 403;
the last two leave a row in the records.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, create_model

from cloud.api.exports import Rows, as_csv, as_workbook
from cloud.domain.actor import Actor
from cloud.domain.forms import Form
from cloud.domain.happened import IllegalStep
from cloud.services.casework import BadForm, Casework, Kind, NoSuchCase, NotAllowed, Refused
from cloud.services.ledgers import Ledger, Ledgers
from cloud.web.door import Door, actor_of
from contract.events.city import Channel

_MOST = 1000
_COLUMNS = (
    "number", "kind", "state", "channel", "area", "owner", "opened_at_ms", "changed_at_ms", "due_at_ms", "overdue",
    "form",
)  # fmt: skip
_FILES: Mapping[str, tuple[str, Callable[[Sequence[str], Rows], Iterator[str] | Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
}
Text64 = Annotated[str, Query(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=_MOST)]


class Reader(Protocol):
    def seen_by(self, actor: Actor) -> "Reader": ...
    def cases(
        self, wanted: Mapping[str, str], now_ms: int, *, after: str = "", limit: int = 100
    ) -> list[dict[str, Any]]: ...
    def every(self, wanted: Mapping[str, str], now_ms: int) -> Iterator[dict[str, Any]]: ...
    def count(self, wanted: Mapping[str, str], now_ms: int) -> int: ...
    def by_state(self, wanted: Mapping[str, str], now_ms: int) -> list[dict[str, Any]]: ...
    def case(self, case: str, now_ms: int) -> dict[str, Any] | None: ...
    def ledger(self, ledger: str, *, after: str = "", limit: int = 100) -> list[dict[str, Any]]: ...
    def versions(self, ledger: str, key: str) -> list[dict[str, Any]]: ...


class OpenedOut(BaseModel):
    """`is_new` false: the same application was there already, and this is its number."""

    case: str
    number: str
    state: str
    is_new: bool


class SteppedOut(BaseModel):
    case: str
    state: str
    due_at_ms: int | None


class OpenIn(BaseModel):
    channel: Literal["web", "mobile", "hotline", "desk"] = "web"


class StepIn(BaseModel):
    """`reason`: where a step needs one. `delegated_by`: whose power is used."""

    channel: Literal["web", "mobile", "hotline", "desk"] = "web"
    reason: Annotated[str, Field(max_length=256)] = ""
    delegated_by: Annotated[str, Field(max_length=64)] = ""


class EntryIn(BaseModel):
    reason: Annotated[str, Field(max_length=256)] = ""


def router(casework: Casework, ledgers: Ledgers, reader: Reader, door: Door, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])
    _read(routes, reader, clock)
    for kind in casework.kinds.values():
        _add_kind(routes, casework, kind)
    for ledger in ledgers.ledgers.values():
        _add_ledger(routes, ledgers, ledger, reader)
    return routes


def _wanted(kind: str, state: str, area: str, owner: str, *, overdue: bool) -> dict[str, str]:
    return {"kind": kind, "state": state, "area": area, "owner": owner, "overdue": "1" if overdue else ""}


def _read(routes: APIRouter, reader: Reader, clock: Callable[[], int]) -> None:
    @routes.get("/city-cases")
    def cases(
        request: Request,
        kind: Text64 = "",
        state: Text64 = "",
        area: Text64 = "",
        owner: Text64 = "",
        overdue: bool = False,  # noqa: FBT001, FBT002
        after: Text64 = "",
        limit: Limit = 100,
    ) -> dict[str, Any]:
        """`count`: of all that fit, whatever `limit` is; the same number as rows of the export."""
        asked, now_ms = _wanted(kind, state, area, owner, overdue=overdue), clock()
        seen = reader.seen_by(actor_of(request))
        return {"count": seen.count(asked, now_ms), "cases": seen.cases(asked, now_ms, after=after, limit=limit)}

    @routes.get("/figures/cases")
    def by_state(request: Request, kind: Text64 = "", area: Text64 = "", owner: Text64 = "") -> list[dict[str, Any]]:
        """By kind and state: how many, and how many of these are overdue; what the page of figures shows."""
        wanted = _wanted(kind, "", area, owner, overdue=False)
        return reader.seen_by(actor_of(request)).by_state(wanted, clock())

    for ending, (media, write) in _FILES.items():
        _add_export(routes, ending, media, write, reader, clock)

    @routes.get("/city-cases/{case}")
    def one(case: str, request: Request) -> dict[str, Any]:
        """With its history, and what was tried in vain."""
        if (found := reader.seen_by(actor_of(request)).case(case, clock())) is None:
            raise HTTPException(404, f"no case {case}")
        return found


def _add_export(
    routes: APIRouter,
    ending: str,
    media: str,
    write: Callable[[Sequence[str], Rows], Iterator[str] | Iterator[bytes]],
    reader: Reader,
    clock: Callable[[], int],
) -> None:
    @routes.get(f"/city-cases.{ending}", name=f"export_{ending}", response_class=StreamingResponse)
    def export(
        request: Request,
        kind: Text64 = "",
        state: Text64 = "",
        area: Text64 = "",
        owner: Text64 = "",
        overdue: bool = False,  # noqa: FBT001, FBT002
    ) -> StreamingResponse:
        """All that fit, as a file for spreadsheets."""
        rows = reader.seen_by(actor_of(request)).every(_wanted(kind, state, area, owner, overdue=overdue), clock())
        headers = {"Content-Disposition": f'attachment; filename="cases.{ending}"'}
        return StreamingResponse(write(_COLUMNS, rows), media_type=media, headers=headers)


def _add_kind(routes: APIRouter, casework: Casework, kind: Kind) -> None:
    path = f"/{kind.name.replace('_', '-')}"
    opening = create_model(f"{_camel(kind.name)}In", __base__=OpenIn, form=(kind.opening, ...))

    def open_case(body: Any, request: Request, response: Response) -> OpenedOut:
        channel: Channel = body.channel
        with _answered():
            opened = casework.open(kind.name, body.form.model_dump(mode="json"), actor_of(request), channel)
        response.status_code = 201 if opened.is_new else 200
        case = opened.case
        return OpenedOut(case=case.case, number=case.number, state=case.state, is_new=opened.is_new)

    open_case.__annotations__["body"] = opening
    open_case.__doc__ = (kind.opening.__doc__ or kind.name).strip()
    routes.post(path, status_code=201, name=f"open_{kind.name}")(open_case)
    for name in dict.fromkeys(step.name for step in kind.workflow.steps):
        _add_step(routes, casework, kind, name, f"{path}/{{case}}/{name.replace('_', '-')}")


def _add_step(routes: APIRouter, casework: Casework, kind: Kind, name: str, path: str) -> None:
    form = kind.form_of(name)
    model = create_model(f"{_camel(kind.name)}{_camel(name)}In", __base__=StepIn, form=(form, _default(form)))

    def take_step(case: str, body: Any, request: Request) -> SteppedOut:
        with _answered():
            moved = casework.step(
                case,
                name,
                body.form.model_dump(mode="json"),
                actor_of(request),
                reason=body.reason,
                delegated_by=body.delegated_by,
                channel=body.channel,
            )
        return SteppedOut(case=case, state=moved.state, due_at_ms=moved.due_ms)

    take_step.__annotations__["body"] = model
    take_step.__doc__ = (form.__doc__ or name).strip()
    routes.post(path, name=f"{kind.name}_{name}")(take_step)


def _add_ledger(routes: APIRouter, ledgers: Ledgers, ledger: Ledger, reader: Reader) -> None:
    path = f"/ledgers/{ledger.name.replace('_', '-')}"
    model = create_model(f"{_camel(ledger.name)}EntryIn", __base__=EntryIn, row=(ledger.model, ...))

    def enter(body: Any, request: Request) -> dict[str, Any]:
        with _answered():
            entered = ledgers.enter(
                ledger.name, body.row.model_dump(mode="json"), actor_of(request), reason=body.reason
            )
        return {"key": entered.key, "version": entered.version}

    def _reads(request: Request) -> None:
        """Departments are told by the catalogue, and see what they enter themselves."""
        if actor_of(request).role == "department" and "department" not in ledger.enters:
            raise HTTPException(403, f"{ledger.name} is shared by the catalogue alone: POST /api/share/…")

    enter.__annotations__["body"] = model
    enter.__doc__ = (ledger.model.__doc__ or ledger.name).strip()
    routes.put(path, name=f"enter_{ledger.name}")(enter)
    if ledger.private:
        return

    @routes.get(path, name=f"list_{ledger.name}")
    def rows(
        request: Request, after: Annotated[str, Query(max_length=128)] = "", limit: Limit = 100
    ) -> list[dict[str, Any]]:
        _reads(request)
        return reader.ledger(ledger.name, after=after, limit=limit)

    @routes.get(f"{path}/versions", name=f"versions_{ledger.name}")
    def versions(request: Request, key: Annotated[str, Query(max_length=128)]) -> list[dict[str, Any]]:
        """Of one row, the first first."""
        _reads(request)
        return reader.versions(ledger.name, key)


class _answered:  # noqa: N801 - reads as what it does
    """What the services say no with, as HTTP says it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case BadForm():
                raise HTTPException(422, str(error)) from None
            case NoSuchCase():
                raise HTTPException(404, str(error)) from None
            case NotAllowed():
                raise HTTPException(403, str(error)) from None
            case IllegalStep() | Refused():
                raise HTTPException(409, str(error)) from None


def _default(form: type[Form]) -> Any:
    """A step whose form needs nothing may be taken with an empty body."""
    needed = any(field.is_required() for field in form.model_fields.values())
    return ... if needed else Field(default_factory=form)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
