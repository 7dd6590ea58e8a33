"""Social organisations (社会组织一网通查): anybody asks for a name, a credit code, or a kind and a county.

Source: domain brief C38: one query returns the four groups (登记, 年检与评估, 异常与处罚, 党建与项目), each with its
own freshness; what is past its validity is not public any more; a code with a wrong check character is not looked up
(GB 32100-2015, in `Pad`). Nobody is asked who they are, and nothing is kept of what was asked. Not to find a name
says nothing about it.
"""

from collections.abc import Generator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from contract.identifiers.area import AREAS
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Answer, Choice, Line, Notice, Option, Pad, Question, Said

_NAME = "social_organisations"
_CITY = "330800"
MOST_SHOWN = 60
NEAREST = 3
KINDS: Mapping[str, Said] = {
    "association": Said("社会团体", "Association"),
    "service": Said("社会服务机构", "Service organisation"),
    "foundation": Said("基金会", "Foundation"),
}
STATES: Mapping[str, Said] = {  # a shape and a word: no state is told by its colour alone
    "normal": Said("● 正常", "● Normal"),
    "check_due": Said("◆ 年检未完成", "◆ Annual check open"),
    "listed_abnormal": Said("▲ 列入异常", "▲ Listed for a breach"),
    "cancelled": Said("▬ 已注销", "▬ Deregistered"),
}
PERIODS_DAYS: Mapping[str, int] = {"registration": 1, "annual": 90, "credit": 1, "party": 30}
"""How often each group comes anew. Twice that, and the page says that it is old."""
_DAY_MS = 86_400_000


def query(visit: Visit) -> Flow:
    by = yield Choice(
        name="by",
        personal=False,
        options=(
            Option(key="name", icon="search"),
            Option(key="code", icon="hold-code"),
            Option(key="kind", icon="list"),
        ),
    )
    snapshot = visit.snapshot(_NAME)
    if snapshot is None:
        return _end("unavailable")
    if by["chosen"] == "code":
        typed = yield Pad(name="code", personal=False, kind="credit_code", may_scan=visit.has_scanner)
        row = next((one for one in snapshot.rows if one.credit_code == typed["typed"]), None)
    else:
        row = yield from (_by_name(snapshot.rows) if by["chosen"] == "name" else _by_kind(snapshot.rows))
    if row is None:
        return _end("none")
    return (yield from _detail(visit, row))


def _by_name(rows: Sequence[Any]) -> Generator[Question, Answer, Any]:
    typed = yield Pad(name="letters", personal=False, kind="letters")
    return (yield from _choose(rows, typed["typed"]))


def _by_kind(rows: Sequence[Any]) -> Generator[Question, Answer, Any]:
    kind = yield Choice(name="kind", personal=False, options=tuple(Option(key=key) for key in KINDS))
    counties = tuple(Option(key=code, text=Said(area.zh, area.en)) for code, area in AREAS.items() if code != _CITY)
    county = yield Choice(
        name="county", personal=False, style="list", options=(Option(key=_CITY, icon="map"), *counties)
    )
    typed = yield Pad(name="narrow", personal=False, kind="letters", may_skip=True)
    there = [one for one in rows if one.kind == kind["chosen"] and county["chosen"] in (_CITY, one.county)]
    return (yield from _choose(there, typed["typed"]))


def _choose(rows: Sequence[Any], letters: str) -> Generator[Question, Answer, Any]:
    """One of those that were found; else one of the nearest. None where it is none of them."""
    found = matching(rows, letters)
    if not found:
        near = nearest(rows, letters)
        if not near:
            return None
        chosen = yield Choice(
            name="near", personal=False, style="list", options=(*map(_option, near), Option(key="none", icon="search"))
        )
        return next((one for one in near if one.credit_code == chosen["chosen"]), None)
    shown = found[:MOST_SHOWN]
    chosen = yield Choice(
        name="found",
        words=f"{_NAME}.found" if len(shown) == len(found) else f"{_NAME}.found_many",
        personal=False,
        style="list",
        values={"n": str(len(found)), "shown": str(len(shown))},
        options=tuple(map(_option, shown)),
    )
    return next(one for one in shown if one.credit_code == chosen["chosen"])


def matching(rows: Sequence[Any], letters: str) -> list[Any]:
    """Names with these initials in a row; those that begin with them first. No letters: all."""
    found = [one for one in rows if letters in one.initials]
    return sorted(found, key=lambda one: (not one.initials.startswith(letters), len(one.initials), one.name))


def nearest(rows: Sequence[Any], letters: str) -> list[Any]:
    """Names that differ in the fewest places from these initials, three at most; half of them must be right."""

    def alike(initials: str) -> int:
        starts = range(max(1, len(initials) - len(letters) + 1))
        return max(sum(a == b for a, b in zip(letters, initials[start:], strict=False)) for start in starts)

    scored = [(-alike(one.initials), len(one.initials), one.name, one.credit_code, one) for one in rows]
    return [one[-1] for one in sorted(scored, key=lambda one: one[:-1]) if -one[0] * 2 >= len(letters)][:NEAREST]


def _detail(visit: Visit, row: Any) -> Flow:
    for group, lines in groups_of(row, visit).items():
        yield Notice(
            name=f"detail.{group}",
            personal=False,
            slow=True,
            values={"name": Said(row.name, row.name)},
            lines=lines,
        )
    take = yield Choice(
        name="take",
        personal=False,
        values={"name": Said(row.name, row.name)},
        options=(
            Option(key="take", icon="phone"),
            Option(key="report", icon="pen"),
            Option(key="done", icon="check"),
        ),
    )
    if take["chosen"] == "done":
        return _end("done")
    if take["chosen"] == "report":
        return _end("report", staff="help")
    state = STATES[row.state]
    return _end(
        "take",
        receipt=(
            Line(f"{_NAME}.line.name", Said(row.name, row.name)),
            Line(f"{_NAME}.line.code", in_sixes(row.credit_code)),
            Line(f"{_NAME}.line.state", state),
            Line(f"{_NAME}.line.as_of", _as_of(row.registration)),
        ),
        qr="\n".join((row.name, row.credit_code, state.zh, _as_of(row.registration).zh)),
    )


def groups_of(row: Any, visit: Visit) -> dict[str, tuple[Line, ...]]:
    """The four groups as lines, each with its freshness; a group that nobody shares is missing."""
    groups = {
        "registration": _registration(row),
        "annual": _annual(row.annual),
        "credit": _credit(row.credit, visit.day),
    }
    if row.party is not None:
        groups["party"] = _party(row.party)
    return {name: (*lines, *_freshness(name, getattr(row, name), visit.now_ms)) for name, lines in groups.items()}


def _registration(row: Any) -> tuple[Line, ...]:
    about, area = row.registration, AREAS[row.county]
    told = (
        _line("state", STATES[row.state]),
        _line("code", in_sixes(row.credit_code)),
        _line("kind", KINDS[row.kind]),
        _line("county", Said(area.zh, area.en)),
        _line("legal_representative", row.legal_representative),
        _line("established", about.established),
        _line("registrar", about.registrar),
        _line("supervisor", about.supervisor),
        _line("address", about.address),
        _line("scope", about.scope),
    )
    return tuple(line for line in told if line.value)


def _annual(annual: Any) -> tuple[Line, ...]:
    checks = sorted(annual.checks, key=lambda one: one.year, reverse=True)
    years = tuple(Line(Said(f"{one.year} 年", f"{one.year}"), f"{_NAME}.check.{one.result}") for one in checks)
    return (*(years or (_line("checks", f"{_NAME}.nothing"),)), _line("rating", annual.rating or f"{_NAME}.nothing"))


def _credit(credit: Any, day: date) -> tuple[Line, ...]:
    public = [one for one in credit.entries if one.is_public(day.isoformat())]
    told = [
        line
        for one in sorted(public, key=lambda one: one.decided, reverse=True)
        for line in (
            Line(f"{_NAME}.credit.{one.kind}", Said(f"{one.decided} {one.reason}", f"{one.decided} {one.reason}")),
            _line("authority", one.authority),
        )
    ]
    return tuple(told) or (_line("entries", f"{_NAME}.nothing"),)


def _party(party: Any) -> tuple[Line, ...]:
    projects = tuple(_line("project", project) for project in party.projects)
    return (_line("branch", f"{_NAME}.{'yes' if party.has_party_branch else 'no'}"), *projects)


def _freshness(group: str, known: Any, now_ms: int) -> tuple[Line, ...]:
    told = (_line("as_of", _as_of(known)), _line("source", known.source))
    is_old = now_ms - known.as_of_ms > 2 * PERIODS_DAYS[group] * _DAY_MS
    return (*told, _line("old", f"{_NAME}.old")) if is_old else told


def _as_of(known: Any) -> Said:
    at = datetime.fromtimestamp(known.as_of_ms / 1000, SHANGHAI)
    return Said(f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}", f"{at:%Y-%m-%d %H:%M}")


def in_sixes(code: str) -> str:
    """A credit code as it is easy to compare: three groups of six."""
    return " ".join(code[start : start + 6] for start in range(0, len(code), 6))


def _option(row: Any) -> Option:
    facts = KINDS[row.kind], AREAS[row.county], STATES[row.state]
    note = Said(" · ".join(fact.zh for fact in facts), " · ".join(fact.en for fact in facts))
    return Option(key=row.credit_code, text=Said(row.name, row.name), note=note)


def _line(label: str, value: str | Said) -> Line:
    return Line(f"{_NAME}.line.{label}", value)


def _end(key: str, **more: Any) -> Ending:
    """Nothing is kept of a query."""
    return Ending(key=key, state=None, rating=False, undo=False, **more)


QUERY = Matter(name=_NAME, theme="neutral", open=query, icon="search", needs_people=False)
MATTERS = (QUERY,)
