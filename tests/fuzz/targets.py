"""All targets by name: a driver as soon as there is its file. `module:ATTRIBUTE` names one from elsewhere."""

import importlib

from firmware_bridge import registry
from tests.fuzz import sessions
from tests.fuzz.target import Target

OTHERS = "tests.fuzz.codecs"  # imports much: only when one of its targets is wanted


def names() -> list[str]:
    return sorted([*registry.known(), *_others()])


def find(name: str) -> Target:
    """Loads only what this target needs."""
    module, _, attribute = name.partition(":")
    if attribute:
        found = getattr(importlib.import_module(module), attribute)
    elif name in registry.known():
        found = sessions.target(name)
    else:
        found = _others().get(name)
    if not isinstance(found, Target):
        raise LookupError(f"no target {name!r}; there are: {', '.join(names())}")
    return found


def _others() -> dict[str, Target]:
    found: list[Target] = importlib.import_module(OTHERS).targets()
    return {target.name: target for target in found}
