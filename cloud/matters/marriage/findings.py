"""What a screening finds (筛查结果): at which stage, by which rule, how grave, and who has to see to it. Pure.

`legal`: whether the registration is valid is in doubt; `error`: what is written is wrong. What touches another county
or the validity is the city's (市级), everything else the county's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Stage = Literal[1, 2, 3]
Severity = Literal["legal", "error"]
OwnerLevel = Literal["county", "city"]
Rule = Literal[
    "citizen_number", "birth_differs", "sex_differs", "same_person", "no_such_day", "under_age", "certificate_form",
    "duplicate_certificate", "not_in_population", "deceased_before", "annulled_by_court", "already_married",
    "differs_from_archive",
]  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`about`: husband, wife, a field, or another record's key; "" for the whole."""

    stage: int
    rule: Rule
    about: str
    severity: Severity
    owner_level: OwnerLevel


RULES: Mapping[Rule, tuple[Stage, Severity, OwnerLevel]] = {
    "citizen_number": (1, "error", "county"),
    "birth_differs": (1, "error", "county"),
    "sex_differs": (1, "error", "county"),
    "same_person": (1, "error", "county"),
    "no_such_day": (1, "error", "county"),
    "under_age": (1, "legal", "city"),
    "certificate_form": (1, "error", "county"),
    "duplicate_certificate": (1, "error", "county"),
    "not_in_population": (2, "error", "county"),
    "deceased_before": (2, "legal", "city"),
    "annulled_by_court": (2, "legal", "city"),
    "already_married": (2, "legal", "city"),
    "differs_from_archive": (3, "error", "county"),
}
"""The first twelve are the kinds of defect that the domain brief (C11) leaves to be chosen."""


def found(rule: Rule, about: str = "", *, owner_level: OwnerLevel | None = None) -> Finding:
    stage, severity, owner = RULES[rule]
    return Finding(stage, rule, about, severity, owner_level or owner)
