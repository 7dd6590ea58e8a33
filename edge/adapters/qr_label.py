"""A label to print and stick on a device: a QR code (ISO/IEC 18004) that says which device of which facility it is.

The code holds a name, `urn:onetrip:device:<facility>:<device>`, no address: it stays right when servers move, and a
stranger who scans it is led nowhere. Below it stand the place and the id, for people without a scanner.
"""

import unicodedata
from collections.abc import Iterator
from xml.sax.saxutils import escape

import segno

from edge.domain.identities import urn

_WIDTH_MM = 40.0
_QUIET = 4  # modules of white around the code, as the standard asks
_PLACE_MM, _ID_MM = 3.6, 2.6  # size of the letters
_LINE = 1.35
_MARGIN_MM = 2.0


def label_svg(facility: str, device: str, location: str) -> str:
    """40 mm wide, as high as it needs to be."""
    code = segno.make(urn(facility, device), error="m", micro=False)
    modules = code.symbol_size(border=_QUIET)[0]
    lines = [(text, _PLACE_MM) for text in _wrapped(location, _PLACE_MM)]
    lines += [(text, _ID_MM) for text in _wrapped(device, _ID_MM)]
    height = _WIDTH_MM + sum(size * _LINE for _, size in lines) + _MARGIN_MM
    size = f'width="{_WIDTH_MM:g}mm" height="{height:.2f}mm" viewBox="0 0 {_WIDTH_MM:g} {height:.2f}"'
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f"<title>{escape(urn(facility, device))}</title>",
            f'<rect width="{_WIDTH_MM:g}" height="{height:.2f}" fill="#fff"/>',
            f'<path transform="scale({_WIDTH_MM / modules:.5f})" fill="#000" d="{"".join(_squares(code))}"/>',
            '<g font-family="Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif" text-anchor="middle">',
            *_texts(lines),
            "</g>",
            "</svg>",
            "",
        )
    )


def _squares(code: segno.QRCode) -> Iterator[str]:
    """One rectangle for each run of black modules in a row."""
    for y, row in enumerate(code.matrix_iter(border=_QUIET)):
        black = [x for x, module in enumerate(row) if module]
        begins = [x for x in black if x - 1 not in black]
        for x in begins:
            run = next(n for n in range(1, len(black) + 1) if x + n not in black)
            yield f"M{x} {y}h{run}v1h-{run}z"


def _texts(lines: list[tuple[str, float]]) -> Iterator[str]:
    y = _WIDTH_MM
    for text, size in lines:
        y += size * _LINE
        yield f'<text x="{_WIDTH_MM / 2:g}" y="{y:.2f}" font-size="{size:g}">{escape(text)}</text>'


def _wrapped(text: str, size: float) -> list[str]:
    """Chinese has no spaces to break at; a wide character takes a whole em, another at most 0.6 of it."""
    room = round((_WIDTH_MM - 2 * _MARGIN_MM) / size * 10)  # in tenths of an em
    lines, taken = [""], 0
    for character in text:
        wide = 10 if unicodedata.east_asian_width(character) in "WF" else 6
        if taken + wide > room:
            lines, taken = [*lines, ""], 0
        lines[-1] += character if character.isprintable() else " "
        taken += wide
    return [line.strip() for line in lines if line.strip()]
