"""What fits on a page at once, in px of the style sheet: pages do not scroll, they are leafed (ux brief 2.4).

Heights are estimates from above; the browser tests look at every page for what they got wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from edge.services.visits import Look

T = TypeVar("T")

WIDTH, GAP = 940, 24
LEAF = 112 + GAP
_PARAGRAPH = 16


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of letters, and of the main button."""

    body: int
    option: int
    heading: int
    button: int

    def text(self, text: str, width: int = WIDTH) -> float:
        """Height of a paragraph."""
        return lines_of(text, self.body, width) * self.body * 1.5 + _PARAGRAPH

    def above(self, heading: str, say: str) -> float:
        """Height of the question and its one sentence."""
        height = lines_of(heading, self.heading) * self.heading * 1.25 + GAP
        return height + (self.text(say) if say else 0)

    def option_box(self, label: str, note: str, width: int, least: int) -> float:
        note_lines = lines_of(note, self.body, width) if note else 0
        inside = lines_of(label, self.option, width) * self.option * 1.25 + note_lines * self.body * 1.35
        return max(least, inside + 40)


_NORMAL, _LARGE = Type(36, 44, 64, 136), Type(46, 56, 80, 160)


def act_room(*, online: bool) -> int:
    """What may be touched stands below y 640, above the footer, which tells of a network that is out."""
    return 1920 - 640 - _footer(online=online) - 28


def show_room(*, online: bool) -> int:
    """Between header and footer."""
    return 1920 - 152 - _footer(online=online)


def _footer(*, online: bool) -> int:
    return 332 if online else 404


def type_of(look: Look) -> Type:
    return _LARGE if look.size == "xl" else _NORMAL


def lines_of(text: str, size: int, width: int = WIDTH) -> int:
    """How many lines a text fills. A Latin letter is about half as wide as a Han character, and words do not split."""
    wide = sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in text) * size
    return max(1, -(-round(wide) // width))


def leafed(
    things: Sequence[T], heights: Sequence[float], room: float, part: int, most: int = 99, gap: int = GAP
) -> tuple[Sequence[T], int, int]:
    """The things of one part, which part it is, and how many there are. Where all fit there is one, without buttons."""
    pages = _pages(things, heights, room, most, gap)
    if len(pages) > 1:
        pages = _pages(things, heights, room - LEAF, most, gap)
    part = max(1, min(part, len(pages)))
    return pages[part - 1], part, len(pages)


def _pages(things: Sequence[T], heights: Sequence[float], room: float, most: int, gap: int) -> list[list[T]]:
    pages, left = [list[T]()], room
    for thing, height in zip(things, heights, strict=True):
        if pages[-1] and (height > left or len(pages[-1]) == most):
            pages.append([])
            left = room
        pages[-1].append(thing)
        left -= height + gap
    return pages
