"""The naming form of the web (地名申报), as a kiosk's pages would have asked it. Pure.

What it holds is what edge.domain.visits.matters.place_names asks before the card; a test walks that with this.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from contract.identifiers.area import AREAS
from contract.reference_rows import PlaceKind

COUNTIES = tuple(code for code in AREAS if code != "330800")
KINDS: tuple[str, ...] = get_args(PlaceKind)
REASONS: Mapping[str, tuple[str, ...]] = {
    "naming": ("new", "unnamed", "wanted", "other"),
    "renaming": ("twin", "unclear", "changed", "wanted", "other"),
}
SHORTEST, LONGEST = 2, 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the page. `choices` empty: it is written."""

    name: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """`forms`: what a kiosk takes, where nothing is `wrong` (field -> key of the words)."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


def asked(act: str) -> list[Asked]:
    """The fields for what somebody wants. Raises KeyError for an act that is none."""
    return [
        Asked("county", COUNTIES),
        Asked("kind", KINDS),
        *([Asked("old")] if act == "renaming" else []),
        Asked("name"),
        Asked("reason", REASONS[act]),
    ]


def read(act: str, typed: Mapping[str, str]) -> Read:
    """Raises KeyError for an act that is none."""
    wrong: dict[str, str] = {}
    said: dict[str, str] = {}
    for one in asked(act):
        text = typed.get(one.name, "").strip() if one.choices else written(typed.get(one.name, ""))
        said[one.name] = text
        if one.choices and text not in one.choices:
            wrong[one.name] = "apply.wrong.choice"
        elif not one.choices and not SHORTEST <= len(text) <= LONGEST:
            wrong[one.name] = "apply.wrong.name"
    if act == "renaming" and "name" not in wrong and said["name"] == said["old"]:
        wrong["name"] = "apply.wrong.same"
    if wrong:
        return Read(wrong=wrong)
    forms = {
        "act": _chosen(act),
        "county": _chosen(said["county"]),
        "kind": _chosen(said["kind"]),
        **({"old": _typed(said["old"])} if act == "renaming" else {}),
        "name.1": _typed(said["name"]),
        f"reason.{act}": _chosen(said["reason"]),
    }
    return Read(forms=forms)


def written(text: str) -> str:
    """Without what nobody sees on a page or slip: control characters, marks that turn the direction of writing."""
    plain = "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
    return " ".join(plain.split()).upper()


def _chosen(key: str) -> dict[str, tuple[str, ...]]:
    return {"chosen": (key,)}


def _typed(text: str) -> dict[str, tuple[str, ...]]:
    return {"typed": (text,)}
