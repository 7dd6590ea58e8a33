"""Applications that begin on the web (网上申报): a form, then a code by which a kiosk goes on with the same case."""

from collections.abc import Mapping

import segno
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from cloud.portal import naming
from cloud.portal.drafts import Drafts, Full
from cloud.portal.frame import Frame, Typed, address_of, is_own
from cloud.portal.limits import Limit

AN_HOUR, BY_ONE = 3_600_000, 30


class Applying:
    """`often`: how many applications may come from one address."""

    def __init__(self, frame: Frame, drafts: Drafts, often: Limit | None = None) -> None:
        self._frame, self._drafts = frame, drafts
        self._often = often or Limit(BY_ONE, AN_HOUR)

    def add_to(self, routes: APIRouter) -> None:
        routes.get("/apply/place-name")(self.begin)
        routes.get("/apply/place-name/{act}")(self.blank)
        routes.post("/apply/place-name/{act}")(self.apply)
        routes.get("/apply/done")(self.nothing_done)

    def begin(self, request: Request) -> Response:
        return self._frame.show(request, "apply.html", acts=tuple(naming.REASONS))

    def nothing_done(self) -> Response:
        """The page with the code is the answer to the form alone: an address would keep the code in a history."""
        return RedirectResponse("/city/apply/place-name", 303)

    def blank(self, request: Request, act: str) -> Response:
        return self._form(request, act, {}, {})

    def apply(self, request: Request, act: str, typed: Typed) -> Response:
        if act not in naming.REASONS:
            raise HTTPException(404)
        if not is_own(request, typed):
            return self._form(request, act, typed, {"": "portal.old"}, 403)
        read = naming.read(act, typed)
        if read.wrong:
            return self._form(request, act, typed, read.wrong, 422)
        if not self._often.takes(address_of(request), self._frame.clock()):
            return self._form(request, act, typed, {"": "portal.wait"}, 429)
        try:
            code = self._drafts.keep("place_names", read.forms)
        except Full:
            return self._form(request, act, typed, {"": "apply.full"}, 503)
        return self._frame.show(request, "apply-done.html", code=code, shown=spaced(code), qr=square(code))

    def _form(
        self, request: Request, act: str, typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
    ) -> Response:
        """`wrong`: field -> key of the words; "" for the whole."""
        if act not in naming.REASONS:
            raise HTTPException(404)
        values = {one.name: typed.get(one.name, "")[:200] for one in naming.asked(act)}
        return self._frame.show(
            request, "apply-form.html", status, act=act, fields=naming.asked(act), values=values, wrong=wrong,
            longest=naming.LONGEST,
        )  # fmt: skip


def spaced(code: str) -> str:
    """In threes, to read out and copy."""
    return " ".join(code[at : at + 3] for at in range(0, len(code), 3))


def square(text: str) -> Markup:
    svg = segno.make(text, error="m", micro=False).svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made of squares by segno; the text is not in it
