"""Forms of a kind of case as fields of a page, and back. Pure.

A field of a simple type is an input of its own; what is nested is written as JSON, except the applicant.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from cloud.domain.forms import Application, Form

How = Literal["text", "long", "number", "date", "choice", "yes", "json"]
APPLICANT = ("name", "number", "phone")
_LONG = 256


class NotJson(ValueError):
    """What was typed into a field of nested values is no JSON; the text names the field."""


@dataclass(frozen=True, slots=True)
class Input:
    """`choices`: of a choice; `value`: as it was typed."""

    name: str
    how: How
    required: bool
    choices: tuple[str, ...] = ()
    value: str = ""


def inputs_of(form: type[Form], typed: Mapping[str, str] | None = None) -> list[Input]:
    typed = typed or {}
    return [
        Input(name, how, field.is_required(), choices, typed.get(name, ""))
        for name, field in form.model_fields.items()
        if name != "applicants" and not _is_read_only(field)
        for how, choices in [_how(field)]
    ]


def filled(form: type[Form], typed: Mapping[str, str]) -> dict[str, Any]:
    """What the model is to check. What was left empty is left out. Raises NotJson."""
    told: dict[str, Any] = {}
    for one in inputs_of(form):
        text = typed.get(one.name, "").strip()
        if one.how == "yes":
            told[one.name] = bool(text)
        elif text:
            told[one.name] = _parsed(one.name, text) if one.how == "json" else text
    if issubclass(form, Application) and (asks := _applicant(typed)):
        told["applicants"] = [asks]
    return told


def _applicant(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name in APPLICANT if (text := typed.get(f"applicant.{name}", "").strip())}


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NotJson(f"{name}: not JSON") from None


def _how(field: FieldInfo) -> tuple[How, tuple[str, ...]]:
    kind = _bare(field.annotation)
    if get_origin(kind) is Literal:
        return "choice", tuple(str(one) for one in get_args(kind))
    if kind is bool:
        return "yes", ()
    if kind in (int, float):
        return "number", ()
    if kind is date:
        return "date", ()
    if kind is str:
        longest = max((getattr(one, "max_length", 0) or 0 for one in field.metadata), default=0)
        return ("long" if longest > _LONG else "text"), ()
    return "json", ()


def _is_read_only(field: FieldInfo) -> bool:
    """What the city itself fills in (JSON Schema's `readOnly`)."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("readOnly"))


def _bare(kind: Any) -> Any:
    """Without None, and without what Annotated adds."""
    if get_origin(kind) in (Union, UnionType):
        others = [one for one in get_args(kind) if one is not NoneType]
        kind = others[0] if len(others) == 1 else kind
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
