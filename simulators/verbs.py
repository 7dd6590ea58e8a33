"""The verbs of a model: what somebody can do to a device, and which arguments each verb takes.

A verb is a public method that returns nothing. Its annotations say what may be written for it in JSON.
"""

import inspect
import math
import types
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Union, get_args, get_origin, get_type_hints

from simulators.people import Person, make_person

_NO_VERBS = frozenset({"step", "receive", "take_reports", "set_fault"})
_EXAMPLES = {
    bool: "true or false",
    int: "a whole number, such as 1",
    float: "a number, such as 4.5",
    str: 'text, such as "1001"',
    Person: '{"person": 7}',
    types.NoneType: "null",
}
_LARGEST = 10**9  # beyond anything that a device measures


class BadVerb(ValueError):
    """The device cannot do this; the text says what it can."""


def verbs(model: type) -> dict[str, list[str]]:
    """Each verb's name and its arguments, a key first where the port has several devices."""
    return {
        name: list(inspect.signature(method).parameters)[1:]
        for name, method in inspect.getmembers(model, inspect.isfunction)
        if not name.startswith("_") and name not in _NO_VERBS
        if get_type_hints(method).get("return") is types.NoneType
    }


def written(
    method: Callable[..., object], values: Sequence[object], *, keys: int
) -> tuple[list[object], dict[str, object]]:
    """What JSON values mean to a verb that is told `keys` first: positional and named arguments. Raises BadVerb."""
    parameters, hints = list(inspect.signature(method).parameters.values())[keys:], get_type_hints(method)
    wanted = ", ".join(f"{one.name}: {_words(hints[one.name])}" for one in parameters) or "none"
    if len(values) > len(parameters):
        raise BadVerb(f"too many arguments; write {wanted}")
    args: list[object] = []
    options: dict[str, object] = {}
    for parameter, value in zip(parameters, values, strict=False):
        try:
            meant = _meant(hints[parameter.name], value)
        except ValueError:
            raise BadVerb(f"{parameter.name} is {value!r}; write {_words(hints[parameter.name])}") from None
        if parameter.kind is parameter.KEYWORD_ONLY:
            options[parameter.name] = meant
        else:
            args.append(meant)
    missing = [one.name for one in parameters[len(values) :] if one.default is one.empty]
    if missing:
        raise BadVerb(f"missing: {', '.join(missing)}; write {wanted}")
    return args, options


def _meant(hint: Any, value: object) -> object:
    """Raises ValueError."""
    kinds = _kinds(hint)
    if isinstance(value, dict) and set(value) == {"person"}:
        if Person in kinds:
            return make_person(Random(str(value["person"])))
    elif value is None or isinstance(value, bool):
        if type(value) in kinds:
            return value
    elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= _LARGEST:
        if float in kinds or (int in kinds and isinstance(value, int)):
            return value
        if str in kinds and isinstance(value, int):  # an employee number, a barcode
            return str(value)
    elif isinstance(value, str) and str in kinds:
        value.encode()  # refuses half a surrogate pair
        return value
    raise ValueError(value)


def _kinds(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (types.UnionType, Union) else (hint,)


def _words(hint: Any) -> str:
    return " or ".join(_EXAMPLES[kind] for kind in _kinds(hint) if kind in _EXAMPLES)
