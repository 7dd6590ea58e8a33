"""The drawings of icons.svg, each to stand in a page itself.

A page that points into another SVG file waits for it, and Chromium builds a document of its own for that file: on a
slow machine that alone is nearly a tenth of a second before the first paint.
"""

import re
from pathlib import Path

from markupsafe import Markup

_FILE = Path(__file__).parent / "static" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
_SYMBOLS = {name: (box, drawing) for name, box, drawing in _SYMBOL.findall(_FILE.read_text(encoding="utf-8"))}


def drawn(name: str, style: str = "icon") -> Markup:
    """An <svg> of the class `style`, not read out to anybody. Raises KeyError for a name that is not in the file."""
    box, drawing = _SYMBOLS[name]
    return Markup(f'<svg class="{style}" viewBox="{box}" aria-hidden="true">{drawing}</svg>')  # noqa: S704 - our own file
