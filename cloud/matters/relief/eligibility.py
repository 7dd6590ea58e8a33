"""Who is helped (救助对象), and who is helped before anything is asked (先救助后查询). Pure.

Sources: order 381 (2003) and its rules (ministry order 24): four conditions; the old, the young, the disabled and those
who cannot say who they are, are helped first. The desk at the station goes by the same rule
(edge.domain.visits.matters.relief_intake). A condition that is not known is looked into later; only people refuse.
"""

from collections.abc import Mapping
from typing import Literal

CONDITIONS: Mapping[str, str] = {"lodging": "no", "kin": "no", "support": "no", "living": "yes"}
"""No means for food and bed, no kin to turn to, no 低保 or 特困供养, and living so: who answers so is helped."""
Outcome = Literal["helped_first", "eligible", "check_later", "not_eligible"]
Condition = Literal["yes", "no", "unknown", "unwilling"]
Age = Literal["child", "adult", "old", "unknown", "unwilling"]
Ability = Literal["none", "walking", "hearing", "mind", "unknown", "unwilling"]
Identity = Literal["card", "told", "unwilling", "unknown"]
_DISABLED = ("walking", "hearing", "mind")


def is_helped_first(age: str, ability: str, identity: str) -> bool:
    return age in ("child", "old") or ability in _DISABLED or identity == "unknown"


def outcome(conditions: Mapping[str, str], *, helped_first: bool) -> Outcome:
    if helped_first:
        return "helped_first"
    answers = {name: conditions.get(name, "unknown") for name in CONDITIONS}
    known = {name: told for name, told in answers.items() if told in ("yes", "no")}
    if any(CONDITIONS[name] != told for name, told in known.items()):
        return "not_eligible"
    return "eligible" if len(known) == len(CONDITIONS) else "check_later"
