"""What is wrong in a facility file, for the person who wrote it: the line, the place, and what to write instead.

What may stand at a key is taken from the same JSON Schema that editors use.
"""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError

from edge.settings.model import AREA_PATTERN, ID_PATTERN, Mistake, Profile
from edge.settings.toml_lines import Key, Source

_PATTERNS = {
    ID_PATTERN: "letters, digits and hyphens in quotes, at most 64, the first no hyphen",
    AREA_PATTERN: 'six digits in quotes that begin with 3308, such as "330803"',
}
_TYPES = {
    "string": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "tables in double brackets, as [[port]]",
    "object": "a table",
}
_SHOWN_MAX = 60


class BadFacilityFile(ValueError):
    """The file cannot be used; each line of the text names a line of the file and says what to write instead."""


@cache
def file_schema() -> Mapping[str, Any]:
    return Profile.model_json_schema()


def located(profile: Profile, key_path: Sequence[Key], wrong: str) -> str:
    """`wrong` with the line and the place before it: facility.toml:17: port 2 (tcp://…), device "fridge-1": …

    A profile that was read from no file has places, but no lines.
    """
    source = profile.source
    if source is None:
        return _at(_place(profile.model_dump(include={"port"}), key_path), wrong)
    return _in_file(source, key_path, wrong)


def explained(source: Source, wrong: ValidationError) -> str:
    """One line for each mistake, in the order of the file."""
    found = [_mistake(error["loc"], error) for error in wrong.errors(include_url=False)]
    lines = {_in_file(source, path, text): source.line(path) for path, text in found}
    return "\n".join(sorted(lines, key=lambda text: lines[text]))


def _in_file(source: Source, key_path: Sequence[Key], wrong: str) -> str:
    return f"{source.path}:{source.line(key_path)}: {_at(_place(source.values, key_path), wrong)}"


def _at(place: str, wrong: str) -> str:
    return f"{place}: {wrong}" if place else wrong


def _mistake(loc: tuple[Key, ...], error: Mapping[str, Any]) -> tuple[tuple[Key, ...], str]:
    """Where it is, and what is wrong there."""
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Mistake):
        return (*loc, *cause.at), str(cause)
    path, table, allowed = _walk(loc)
    name = _name(path)
    if error["type"] == "value_error":
        return path, f"{name}: {cause}"
    if error["type"] == "extra_forbidden":
        return loc, _unknown(loc)
    if error["type"] == "missing" and table.get("type") == "object":
        return path, _missing(path, allowed)
    if table.get("type") == "array" and error["type"] == "missing":  # a number of a pair is not there
        path, _, allowed = _walk(loc[:-1])
        return path, f"{_name(path)} is too short; write {_words(allowed)}"
    return path, f"{name} is {_shown(error['input'])}; write {_words(allowed)}"


def _walk(loc: Iterable[Key]) -> tuple[tuple[Key, ...], Mapping[str, Any], Mapping[str, Any]]:
    """(the part of `loc` that is a place in the file, the schema it stands in, its own schema).

    What follows in `loc` is the name of an alternative that did not fit either.
    """
    path: tuple[Key, ...] = ()
    outer: Mapping[str, Any] = {}
    here = _resolved(file_schema())
    for key in loc:
        inner = _inner(here, key)
        if inner is None:
            break
        path, outer, here = (*path, key), here, _resolved(inner)
    return path, outer, here


def _inner(schema: Mapping[str, Any], key: Key) -> Mapping[str, Any] | None:
    inner: Mapping[str, Any] | None
    if isinstance(key, int):
        items = schema.get("prefixItems", [])
        inner = items[key] if key < len(items) else schema.get("items")
    else:
        more = schema.get("additionalProperties")
        inner = schema.get("properties", {}).get(key, more if isinstance(more, dict) else None)
    return inner


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follows a reference, and takes the one alternative that TOML can write (it has no null)."""
    if "$ref" in schema:
        schema = {**file_schema()["$defs"][schema["$ref"].rpartition("/")[2]], **schema}
    others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(others) != 1:
        return schema
    return {**{name: about for name, about in schema.items() if name != "anyOf"}, **others[0]}


def _unknown(loc: tuple[Key, ...]) -> str:
    key = str(loc[-1])
    _, _, table = _walk(loc[:-1])
    known = list(table["properties"])
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    instead = f"write {near[0]!r} or remove it" if near else f"remove it (known here: {', '.join(known)})"
    return f"there is no key {key!r}; {instead}"


def _missing(path: tuple[Key, ...], allowed: Mapping[str, Any]) -> str:
    key = path[-1]
    if allowed.get("type") == "object":
        needed = ", ".join(allowed.get("required", ()))
        return f"the table [{key}] is missing; add it with the keys: {needed}"
    if allowed.get("type") == "array":
        return f"{key} is missing; add a table [[{'.'.join(k for k in path if isinstance(k, str))}]]"
    return f"{key} is missing; add a line such as: {key} = {_shown(allowed.get('examples', ['…'])[0])}"


def _words(allowed: Mapping[str, Any]) -> str:
    """What may stand there."""
    if "enum" in allowed:
        return "one of " + ", ".join(_shown(value) for value in allowed["enum"])
    if "pattern" in allowed:
        return _PATTERNS[allowed["pattern"]]
    if "anyOf" in allowed:
        types = {one.get("type") for one in allowed["anyOf"]} - {"integer"}  # a whole number is a number
        return ", ".join(words for kind, words in _TYPES.items() if kind in types)
    kind = allowed.get("type", "")
    if kind == "array" and "prefixItems" in allowed:
        items = allowed["prefixItems"]
        each = _words(items[0]).removeprefix("a ")
        return f"{len(items)} values in brackets, each a {each}"
    if kind == "string":
        return _TYPES[kind] + _length(allowed)
    return _TYPES[kind] + _range(allowed)


def _length(allowed: Mapping[str, Any]) -> str:
    low, high = allowed.get("minLength", 0), allowed.get("maxLength")
    if high is None:
        return ""
    return f", {low} to {high} characters" if low else f", at most {high} characters"


def _range(allowed: Mapping[str, Any]) -> str:
    if "minimum" in allowed and "maximum" in allowed:
        return f" from {allowed['minimum']} to {allowed['maximum']}"
    return f" above {allowed['exclusiveMinimum']:g}" if "exclusiveMinimum" in allowed else ""


def _place(values: Mapping[str, Any], path: Sequence[Key]) -> str:
    """The table, as people call it."""
    match list(path):
        case ["port", int(port), "device", int(device), *_]:
            return f"{_port(values, port)}, {_device(values, port, device)}"
        case ["port", int(port), *_]:
            return _port(values, port)
        case [str(table), _, *_]:
            return f"[{table}]"
    return ""


def _port(values: Mapping[str, Any], port: int) -> str:
    link = _value(values, ("port", port, "link"))
    return f"port {port + 1} ({link})" if isinstance(link, str) else f"port {port + 1}"


def _device(values: Mapping[str, Any], port: int, device: int) -> str:
    name = _value(values, ("port", port, "device", device, "id"))
    return f'device "{name}"' if isinstance(name, str) else f"device {device + 1}"


def _value(values: Mapping[str, Any], path: Sequence[Key]) -> Any:
    here: Any = values
    for key in path:
        try:
            here = here[key]
        except (KeyError, IndexError, TypeError):
            return None
    return here


def _name(path: Sequence[Key]) -> str:
    """The key within its table: options.unit, bed_exit_hours[2] (people count from 1)."""
    match list(path):
        case ["port", int(), "device", int(), *inner] | ["port", int(), *inner]:
            rest = inner
        case [_, *inner] if inner:
            rest = inner
        case whole:
            rest = whole
    name = ""
    for key in rest:
        name += f"[{key + 1}]" if isinstance(key, int) else f".{_quoted(key)}" if name else _quoted(key)
    return name or "it"


def _quoted(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else f'"{key}"'


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"
