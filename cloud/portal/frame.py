"""What every page of the public stands in: its language, its forms' own secret, who asks from where."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request, Response

from cloud.portal.words import WORDS
from cloud.web.page import LANGUAGE, Pages, language_of
from cloud.web.words import FRAME

_FORM = "onetrip_form"  # cookie
_MOST_FORM, _MOST_FIELDS = 16 * 1024, 40


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


class Frame:
    """`clock`: UTC milliseconds. `words`: more of them, of what others call things."""

    def __init__(self, clock: Callable[[], int], words: Mapping[str, Any]) -> None:
        self.clock = clock
        self._pages = Pages("cloud.portal", {**FRAME, **words, **WORDS})

    def show(self, request: Request, template: str, status: int = 200, **about: Any) -> Response:
        """A language that was chosen stays; a form gets its secret, which another site's form does not have."""
        secret = request.cookies.get(_FORM) or secrets.token_urlsafe(24)
        answer: Response = self._pages.show(request, template, status, csrf=secret, **about)
        if "lang" in request.query_params:
            answer.set_cookie(LANGUAGE, language_of(request), samesite="lax", path="/city")
        if request.cookies.get(_FORM) != secret:
            answer.set_cookie(_FORM, secret, httponly=True, samesite="lax", path="/city")
        return answer


def is_own(request: Request, typed: Mapping[str, str]) -> bool:
    """Whether the form is of a page that this browser was shown."""
    kept = request.cookies.get(_FORM, "")
    return bool(kept) and hmac.compare_digest(kept.encode(), typed.get("csrf", "").encode())


def address_of(request: Request) -> str:
    """From where it is asked, for limits alone; it is kept nowhere. Behind a proxy: as uvicorn is told to trust it."""
    return request.client.host if request.client else ""
