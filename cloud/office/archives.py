"""The archives' workbench (档案工作台): a page's picture beside the fields to be read from it, decided, or compared.

The forms are those of the case; what they send goes to the case's own address.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fastapi import APIRouter, HTTPException, Request, Response

from cloud.domain.actor import Actor
from cloud.office.inputs import inputs_of
from cloud.services.casework import Kind, NoSuchCase, NotAllowed
from cloud.web.page import HEADERS, Pages
from cloud.web.staff import Staff

KIND = "archive_item"
_FORMS = {
    "scanned": ("enter_first",), "entered": ("enter_second",), "disputed": ("decide",), "sealed": ("compare", "amend"),
}  # fmt: skip


class Workbench(Protocol):
    """See cloud.matters.archives.workbench. Each method raises NoSuchCase, NotAllowed."""

    def item(self, item: str, actor: Actor) -> dict[str, Any]: ...
    def image(self, item: str, page: int, actor: Actor, why: str) -> tuple[bytes, str]: ...


def router(workbench: Workbench, kind: Kind, staff: Staff, pages: Pages) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/office/archives/{item}")
    def show(item: str, request: Request, page: int = 1) -> Response:
        who = staff.of(request)
        found = _found(lambda: workbench.item(item, who.actor))
        n = page if any(one["page"] == page for one in found["pages"]) else 1
        steps = [_form(kind, name, found) for name in _steps(kind, found, who.actor)]
        return pages.show(
            request, "archive.html", staff=who, csrf=who.csrf, kind=KIND, item=found, page=n, steps=steps,
            why=found["state"],
        )  # fmt: skip

    @routes.get("/office/archives/{item}/pages/{page}")
    def picture(item: str, page: int, request: Request) -> Response:
        """That somebody looked is written down."""
        who = staff.of(request)
        data, media = _found(lambda: workbench.image(item, page, who.actor, "workbench"))
        return Response(data, media_type=media, headers=HEADERS)

    return routes


def _found(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except NoSuchCase:
        raise HTTPException(404) from None
    except NotAllowed as wrong:
        raise HTTPException(403, str(wrong)) from None


def _steps(kind: Kind, found: Mapping[str, Any], actor: Actor) -> list[str]:
    """Those of the state that the actor may take; a third person decides, and nobody who has read it."""
    names = [
        name for name in _FORMS.get(found["state"], ()) if actor.role in kind.workflow.step(found["state"], name).roles
    ]
    return [name for name in names if name != "decide" or found["readings"]]


def _form(kind: Kind, name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """`inputs` with what is known: suggestions, what both read, what is sealed; `readings`: where they differ."""
    known: dict[str, str] = {}
    apart: dict[str, list[str]] = {}
    if name == "enter_first":
        known = dict(found["suggested"])
    elif name == "amend":
        known = dict(found["sealed"])
    elif name == "decide":
        for field in found["readings"][0]:
            both = [str(one.get(field, "")) for one in found["readings"]]
            if field in found["disputed"]:
                apart[field] = both
            else:
                known[field] = both[0]
    reason = kind.workflow.step(found["state"], name).reason
    return {"name": name, "inputs": inputs_of(kind.form_of(name), known), "apart": apart, "reason": reason}
