"""What cannot both be true of one person, or needs a look (一致性提醒). Pure.

A stay in a home (机构养老) and a visit at home (居家养老) on the same day; two claims of long-term care insurance
(长期护理保险) for the same days. First and last day count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

STAY, VISIT, CLAIM = "care_home_stay", "home_care_service", "ltc_insurance_claim"
Rule = Literal["stay_and_home_care", "overlapping_claims"]


@dataclass(frozen=True, slots=True)
class Fact:
    """`since`, `until`: ISO days; the last day of what has none yet is after all others."""

    ledger: str
    key: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - what it is called
    """`since`, `until`: the days on which both are said to be."""

    rule: Rule
    first: Fact
    second: Fact
    since: str
    until: str


def warnings(facts: Iterable[Fact]) -> list[Warning]:
    """Of the facts of one person; in the order of days."""
    known = sorted(facts, key=lambda fact: (fact.since, fact.until, fact.ledger, fact.key))
    stays, visits, claims = ([fact for fact in known if fact.ledger == name] for name in (STAY, VISIT, CLAIM))
    found = [*_met("stay_and_home_care", product(stays, visits)), *_met("overlapping_claims", combinations(claims, 2))]
    return sorted(found, key=lambda one: (one.since, one.rule, one.first.key, one.second.key))


def _met(rule: Rule, pairs: Iterable[tuple[Fact, Fact]]) -> Iterator[Warning]:
    for first, second in pairs:
        since, until = max(first.since, second.since), min(first.until, second.until)
        if since <= until:
            yield Warning(rule, first, second, since, until)
