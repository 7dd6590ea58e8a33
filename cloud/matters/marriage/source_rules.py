"""Stage 2 of the screening (第二阶段: 跨部门、跨县比对): what others know of the two. Pure.

Who is meant is known by token. What others say counts by its day: a death after the registration is no defect of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cloud.matters.marriage.entered import Entered, day
from cloud.matters.marriage.findings import Finding, found


@dataclass(frozen=True, slots=True)
class Ruling:
    """法院裁判 that annuls a marriage (撤销、宣告无效) or ends it (判决离婚)."""

    couple: frozenset[str]
    effect: Literal["annulled", "divorced"]
    day: date


@dataclass(frozen=True, slots=True)
class Other:
    """Another record of one of the two, of whichever county."""

    key: str
    county: str
    kind: Literal["marriage", "divorce"]
    registered: str
    couple: frozenset[str]
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """`names`: token -> the name that the population register has; `deaths`: token -> the day, of all who are meant."""

    names: Mapping[str, str]
    deaths: Mapping[str, date]
    rulings: Sequence[Ruling]
    others: Sequence[Other]


def stage_2(row: Entered, key: str, tokens: tuple[str, str], known: Known) -> list[Finding]:
    """`tokens`: the husband's and the wife's. In order."""
    registered, findings, couple = day(row.registered), [], frozenset(tokens)
    for (name, party), token in zip(row.parties, tokens, strict=True):
        if party.document == "citizen" and _plain(known.names.get(token, "")) != _plain(party.name):
            findings.append(found("not_in_population", name))
        died = known.deaths.get(token)
        if registered and died and died < registered:
            findings.append(found("deceased_before", name))
    if row.kind == "marriage" and row.status == "valid":
        if any(one.effect == "annulled" and one.couple == couple and _since(one, registered) for one in known.rulings):
            findings.append(found("annulled_by_court"))
        if registered:
            findings += [found("already_married", one.key) for one in _standing(registered, key, couple, known)]
    return sorted(set(findings))


def _standing(registered: date, key: str, couple: frozenset[str], known: Known) -> list[Other]:
    """Marriages of one of the two that stood when they married; of two on one day, the record with the later key is
    the later one."""
    standing = []
    for one in known.others:
        since = day(one.registered)
        if one.kind != "marriage" or not one.is_valid or since is None or not couple & one.couple:
            continue
        if (since, one.key) < (registered, key) and not _had_ended(one, since, registered, known):
            standing.append(one)
    return standing


def _had_ended(marriage: Other, since: date, by: date, known: Known) -> bool:
    divorced = (day(one.registered) for one in known.others if one.kind == "divorce" and one.couple == marriage.couple)
    ruled = (one.day for one in known.rulings if one.couple == marriage.couple)
    died = (known.deaths.get(token) for token in marriage.couple)
    return any(ended is not None and since <= ended <= by for ended in (*divorced, *ruled, *died))


def _since(ruling: Ruling, registered: date | None) -> bool:
    return registered is None or ruling.day >= registered


def _plain(name: str) -> str:
    """The middle dot of a long name is written in several ways."""
    return "".join(name.replace("•", "·").replace("・", "·").split())
