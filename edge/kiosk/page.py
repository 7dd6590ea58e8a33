"""A page as its template needs it, from what the services tell (View): texts in one language, what fits at once.

Nothing here knows HTML. Limits follow the ux brief 2.4: everything to touch stands below y 640, nothing scrolls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edge.domain.visits.questions import (
    Card,
    Choice,
    Consent,
    Counted,
    Face,
    Line,
    Lookup,
    Notice,
    Option,
    Pad,
    Pay,
    Question,
    Review,
    Scan,
    Sign,
)
from edge.kiosk.editing import counted, first
from edge.kiosk.fitting import GAP, LEAF, WIDTH, act_room, leafed, lines_of, show_room, type_of
from edge.kiosk.ime import characters
from edge.kiosk.wording import Wording, local_minute, yuan
from edge.services.visits import Result, View

_MOST: Mapping[str, int] = {"cards": 4, "pictures": 4, "list": 5, "pairs": 8, "dates": 8, "slots": 12, "consent": 2}
_COLUMNS = {"pictures": 2, "pairs": 2, "dates": 2, "slots": 3}
_LEAST = {"cards": 176, "list": 132, "pairs": 132, "consent": 220, "pictures": 330, "dates": 140, "slots": 140}
_CANDIDATES = 6
_KINDS: Mapping[type, str] = {
    Choice: "choice", Notice: "notice", Card: "card", Face: "face", Consent: "consent", Pad: "pad", Review: "review",
    Counted: "counted", Sign: "sign", Lookup: "lookup", Pay: "pay", Scan: "scan", Result: "result",
}  # fmt: skip
_DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "-", "0")
_LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class Shown:
    """An option, or a line. `value` is what its button sends; `count` of things that are counted."""

    value: str
    label: str
    note: str = ""
    icon: str = ""
    off: bool = False
    on: bool = False
    count: int = 0
    change: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """`kind`: the template. `part`, `parts`: how far it is leafed. `keys`: of a pad. `spoken`: what is read out."""

    kind: str
    name: str
    heading: str
    say: str = ""
    text: Sequence[str] = ()
    options: Sequence[Shown] = ()
    lines: Sequence[Shown] = ()
    go: str = ""
    style: str = ""
    part: int = 1
    parts: int = 1
    typed: str = ""
    spell: str = ""
    keys: Sequence[str] = ()
    total: str = ""
    hint: str = ""
    options_of: Mapping[str, Any] = field(default_factory=dict)
    spoken: Sequence[str] = ()


def compose(view: View, say: Wording) -> Page:
    """Raises KeyError for a word that the catalogue does not have."""
    if isinstance(view.page, Result):
        return _result(view, view.page, say)
    return _asked(view, view.page, say)


def words_of(matter: str, question: Question) -> str:
    """The beginning of a question's keys."""
    return question.words or f"{matter}.{question.name}"


def statement(matter: str, question: Question, say: Wording) -> str:
    """The very words of a statement as the page shows them: what is hashed when it is signed."""
    prefix = words_of(matter, question)
    lines = [f"{say.of(line.label)} {say.of(line.value, line.values)}" for line in getattr(question, "lines", ())]
    return "\n".join(filter(None, (say(prefix, question.values), say.maybe(f"{prefix}.text", question.values), *lines)))


def _asked(view: View, question: Question, say: Wording) -> Page:
    prefix = words_of(view.matter.name, question)
    heading, hint = say(prefix, question.values), str(view.machine.get("hint", ""))
    said = say.maybe(f"{prefix}.say", question.values)
    text = _wrapped(say.maybe(f"{prefix}.text", question.values))
    about: dict[str, Any] = {
        "kind": _KINDS[type(question)],
        "name": question.name,
        "heading": heading,
        "say": said,
        "go": say.maybe(f"{prefix}.go") or say("go"),
        "hint": say(hint) if hint else "",
    }
    part = int(first(view.unsent, "page") or 1)
    match question:
        case Choice():
            about |= _choice(view, question, prefix, say, part)
        case Consent():
            order = ("yes", "no") if question.first == "face" else ("no", "yes")
            options = [option_shown(Option(key=key, icon=_WAY_ICONS[key]), prefix, say) for key in order]
            about |= {"options": options, "style": "consent"}
        case Card():
            about |= {"options": [option_shown(Option(key="no_card"), prefix, say)] if question.may_decline else []}
        case Face():
            about |= {"options": [option_shown(Option(key="window"), prefix, say)], "style": question.reader}
        case Pad():
            about |= _pad(view, question, part)
        case Review():
            about |= _review(view, question, say, part)
        case Sign() | Notice():
            about |= _reading(view, question, about, text, say, part)
        case Counted():
            about |= _counted(view, question, prefix, say, part)
        case Pay():
            about["total"] = say("yuan", n=yuan(question.amount_fen))
    about.setdefault("text", text)
    return _spoken(Page(**about), question, text)


_STEPS = 60  # the line above the question
_WAY_ICONS = {"yes": "face", "no": "users"}


def _spoken(page: Page, question: Question, text: Sequence[str]) -> Page:
    """Heading, instruction, options. Lines are personal, and so is a page with private values: not read out."""
    told = [page.hint] if question.private else [page.heading, page.hint or page.say, *text]
    told += [option.label for option in page.options if not option.off]
    return replace(page, spoken=[*filter(None, told)])


def _choice(view: View, question: Choice, prefix: str, say: Wording, part: int) -> dict[str, Any]:
    chosen, letters = view.unsent.get("chosen", ()), type_of(view.look)
    all_shown = [option_shown(option, prefix, say, on=option.key in chosen) for option in question.options]
    columns = _COLUMNS.get(question.style, 1)
    beside = 120 if columns == 1 and any(one.icon for one in all_shown) else 88 if question.style == "pairs" else 0
    width = WIDTH // columns - 72 - beside
    heights = [letters.option_box(one.label, one.note, width, _LEAST[question.style]) for one in all_shown]
    room: float = act_room(online=view.online) - (letters.button + GAP if question.many else 0)
    if columns > 1:  # rows of the same height
        heights = [max(heights, default=1)] * len(heights)
    leaving = [one for one in zip(all_shown, heights, strict=True) if one[0].value not in question.stays]
    staying = [one for one in zip(all_shown, heights, strict=True) if one[0].value in question.stays]
    room -= sum(height + GAP for _, height in staying[::columns])
    shown, part, parts = _leafed_rows(leaving, room, part, columns, _MOST[question.style] - len(staying))
    about: dict[str, Any] = {
        "options": [*shown, *(one for one, _ in staying)], "style": question.style, "part": part, "parts": parts,
        "options_of": {"many": question.many, "chosen": list(chosen)},
    }  # fmt: skip
    if question.many:
        about["go"] = say("choose.none" if question.may_be_none and not chosen else "choose.done")
    return about


def _leafed_rows(
    things: Sequence[tuple[Shown, float]], room: float, part: int, columns: int, most: int
) -> tuple[Sequence[Shown], int, int]:
    """`things`: each with its height."""
    rows = [things[at : at + columns] for at in range(0, len(things), columns)]
    shown, part, parts = leafed(rows, [row[0][1] for row in rows], room, part, most // columns)
    return [one for row in shown for one, _ in row], part, parts


def option_shown(option: Option, prefix: str, say: Wording, *, on: bool = False) -> Shown:
    label = say.of(option.text) if option.text else say(f"{prefix}.{option.key}", option.values)
    note = option.off or option.note
    return Shown(
        value=option.key,
        label=label,
        note=say.of(note) if note else say.maybe(f"{prefix}.{option.key}.note", option.values),
        icon=option.icon,
        off=option.off is not None,
        on=on,
    )


def _pad(view: View, question: Pad, part: int) -> dict[str, Any]:
    typed, spell = first(view.unsent, "typed"), first(view.unsent, "spell")
    keys: Sequence[str] = _DIGITS if question.kind == "room" else (*_DIGITS[:9], "", "0")
    if question.kind in ("letters", "place_name"):
        keys = _LETTERS
    elif question.kind == "credit_code":
        keys = (*"1234567890", *(letter for letter in _LETTERS if letter not in "IOSVZ"))
    elif question.kind == "plate":
        keys = (*"1234567890", *(letter for letter in _LETTERS if letter not in "IO"))
    about: dict[str, Any] = {
        "typed": typed, "spell": spell, "keys": keys, "style": question.kind,
        "options_of": {"may_skip": question.may_skip, "may_scan": question.may_scan, "big": len(keys) <= 12},
    }  # fmt: skip
    if question.kind == "place_name":
        found = characters(spell.lower())
        candidates, part, parts = leafed(found, [0.0] * len(found), 0, part, _CANDIDATES)
        about |= {"options": [Shown(one, one) for one in candidates], "part": part, "parts": parts}
    return about


def _review(view: View, question: Review, say: Wording, part: int) -> dict[str, Any]:
    letters, all_shown = type_of(view.look), [_line(line, say) for line in question.lines]
    heights = [max(97.0, letters.text(one.value, 420), letters.text(one.label, 300)) for one in all_shown]
    room = act_room(online=view.online) - letters.button - GAP - (96 + GAP if question.total_fen is not None else 0)
    shown, part, parts = leafed(all_shown, heights, room, part, gap=16)
    about: dict[str, Any] = {"lines": shown, "part": part, "parts": parts}
    if question.total_fen is not None:
        about["total"] = say("yuan", n=yuan(question.total_fen))
    return about


def _reading(
    view: View, question: Sign | Notice, about: Mapping[str, Any], text: Sequence[str], say: Wording, part: int
) -> dict[str, Any]:
    """A text, and lines below it. What is signed is read to its end before the frame comes."""
    letters = type_of(view.look)
    lines = [f"{say.of(line.label)} {say.of(line.value, line.values)}" for line in question.lines]
    told = [*text, *lines]
    heights = [letters.text(line) for line in told]
    room = show_room(online=view.online) - _STEPS - letters.above(about["heading"], about["say"]) - letters.button - GAP
    signing = 340 + 70 + 112 + 3 * GAP
    if isinstance(question, Sign) and sum(heights) > room - signing:
        pages = leafed(told, heights, room - LEAF, 1, gap=0)[2] + 1
        shown = [] if part >= pages else leafed(told, heights, room - LEAF, part, gap=0)[0]
        return {"text": shown, "part": min(part, pages), "parts": pages}
    shown, part, parts = leafed(told, heights, room, part, gap=0)
    return {"text": shown, "part": part, "parts": parts}


def _line(line: Line, say: Wording) -> Shown:
    return Shown(value=say.of(line.value, line.values), label=say.of(line.label), change=line.change)


def _counted(view: View, question: Counted, prefix: str, say: Wording, part: int) -> dict[str, Any]:
    counts = {item.key: counted(view.unsent, item.key) for item in question.items}
    all_shown = [_item(item, question, prefix, say, counts[item.key]) for item in question.items]
    letters = type_of(view.look)
    heights = [
        max(112.0, lines_of(one.label, letters.body, 560) * letters.body * 1.5 + _note(one.note, letters.body))
        for one in all_shown
    ]
    room = act_room(online=view.online) - letters.button - GAP - (96 + GAP if question.prices else 0)
    shown, part, parts = leafed(all_shown, heights, room, part)
    about: dict[str, Any] = {"lines": shown, "part": part, "parts": parts, "options_of": {"counts": counts}}
    if question.prices:
        total = sum(question.prices.get(key, 0) * count for key, count in counts.items())
        about["total"] = say("yuan", n=yuan(total))
    if not any(counts.values()):
        about["go"] = say("choose.none")
    return about


def _note(note: str, body: int) -> float:
    return lines_of(note, body, 560) * body * 1.35 if note else 0


def _item(item: Option, question: Counted, prefix: str, say: Wording, count: int) -> Shown:
    option = option_shown(item, prefix, say)
    price = say("yuan", n=yuan(question.prices[item.key])) if item.key in question.prices else ""
    note = " ".join(filter(None, (price, option.note)))
    return Shown(item.key, option.label, note, count=count, off=option.off)


def _result(view: View, result: Result, say: Wording) -> Page:
    if result.state == "withdrawn":
        heading = say("result.withdrawn")
        return Page(kind="result", name="", heading=heading, go=say("result.done"), spoken=[heading])
    prefix, letters = f"{view.matter.name}.end.{result.key}", type_of(view.look)
    heading = say(prefix, result.values)
    said = say("result.again") if result.is_first_again else say.maybe(f"{prefix}.say", result.values)
    text = _wrapped(say.maybe(f"{prefix}.text", result.values))
    lines = [Shown(say.of(value), say.of(label)) for label, value in result.lines]
    told = [
        Shown(result.number, say("result.number")) if result.number else None,
        Shown(view.code, say("result.code")) if view.code else None,
        *lines,
    ]
    all_shown = [one for one in told if one is not None]
    heights = [
        max(lines_of(one.value, letters.body, 360) * letters.body, lines_of(one.label, letters.body, 300) * 36) * 1.5
        for one in all_shown
    ]
    room = (
        show_room(online=view.online)
        - letters.above(heading, said)
        - sum(letters.text(line) for line in text)
        - letters.button
        - GAP
    )
    room -= 24 + (250 if result.ticket else 0)
    room -= 250 if result.may_rate else 0
    room -= letters.text(say("result.printed")) + 38 if result.printed != "none" else 0
    room -= letters.text(say("frame.staff")) + 54 if view.staff_called_s is not None else 0
    shown, part, parts = leafed(all_shown, heights, room - 48, int(first(view.unsent, "page") or 1), gap=8)
    return Page(
        kind="result", name="", heading=heading, say=said, text=text, lines=shown, part=part, parts=parts,
        go=say("result.done"), spoken=[*filter(None, (heading, said))],
    )  # fmt: skip


def _wrapped(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def age_line(view: View, say: Wording) -> str:
    """The age of the oldest data that this page may show."""
    return say("frame.age", at=local_minute(min(at for _, at in view.ages))) if view.ages else ""
