"""Characters by their pinyin (拼音选字), for the one thing that must be written freely: the name of a place.

The characters of GB 2312 level 1 (3,755 of them), by the readings of pypinyin, the commonest first as the standard
orders them within a reading.
"""

from functools import cache

from pypinyin import Style, pinyin

_FIRST, _LAST = 0xB0A1, 0xD7F9  # GB 2312, rows 16 to 55


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in range(_FIRST >> 8, (_LAST >> 8) + 1):
        for cell in range(0xA1, 0xFF):
            if (row << 8 | cell) > _LAST:
                break
            character = bytes((row, cell)).decode("gb2312")
            for reading in pinyin(character, style=Style.NORMAL, heteronym=True)[0]:
                found.setdefault(reading.replace("ü", "v"), []).append(character)
    return {reading: tuple(characters) for reading, characters in found.items()}


def characters(spelled: str) -> list[str]:
    """Those whose reading is, or begins with, what was spelled; whole readings first."""
    if not spelled:
        return []
    readings = _readings()
    whole = readings.get(spelled, ())
    begun = (one for reading in sorted(readings) if reading.startswith(spelled) for one in readings[reading])
    return list(dict.fromkeys((*whole, *begun)))[:200]
