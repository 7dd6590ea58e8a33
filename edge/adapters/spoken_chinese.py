"""Chinese text as pinyin with tone numbers (拼音), for a speaker that reads pinyin.

Readings of characters with several come from pypinyin's phrases, and from a few of our own that stand here.
Tones that change by their neighbours: 一 and 不 here; two third tones are the speaker's own work.
"""

import re
from collections.abc import Sequence

from pypinyin import Style, lazy_pinyin

from edge.adapters.spoken_numbers import in_words

READINGS = {
    "数一数": "shu3 yi5 shu3",
    "地方": "di4 fang5",
    "空床": "kong4 chuang2",
    "重办": "chong2 ban4",
    "重签": "chong2 qian1",
    "重按": "chong2 an4",
}
"""Phrases that are read as they stand here."""

_NUMERALS = "零一二三四五六七八九十百千"
_ORDINAL_AFTER = "号月日楼"
_PAUSES = {"，": ",", "、": ",", "：": ",", "；": ",", "。": ".", "？": "?", "！": "!", "\n": "."}
_PIECES = re.compile(
    "|".join([*sorted(map(re.escape, READINGS), key=len, reverse=True), r"(?P<letters>[A-Za-z]+)", r"(?P<other>.)"]),
    re.DOTALL,
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")


def pinyin(text: str) -> str:
    """ "请到 3 号窗口。" becomes "qing3 dao4 san1 hao4 chuang1 kou3 ." Letters are said one by one."""
    said: list[str] = []
    run = ""
    for piece in _PIECES.finditer(in_words(text)):
        if _HAN.match(piece[0]) and piece.lastgroup == "other":
            run += piece[0]
            continue
        said += _read(run)
        run = ""
        if piece[0] in READINGS:
            said.append(READINGS[piece[0]])
        elif piece.lastgroup == "letters":
            said += list(piece[0].upper())
        elif piece[0] in _PAUSES or piece[0] in _PAUSES.values():
            said.append(_PAUSES.get(piece[0], piece[0]))
    return " ".join([*said, *_read(run)])


def _read(run: str) -> Sequence[str]:
    if not run:
        return ()
    syllables = lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    if len(syllables) != len(run):  # what nobody can read is left out; its neighbours' tones stay as they are
        return syllables
    return [_in_its_place(run, syllables, n) for n in range(len(run))]


def _in_its_place(run: str, syllables: Sequence[str], n: int) -> str:
    after = syllables[n + 1][-1:] if n + 1 < len(run) else ""
    match run[n]:
        case "不" if after == "4":
            return "bu2"
        case "一" if after:
            before, follows = run[n - 1 : n], run[n + 1]
            if before == "第" or (before and before in _NUMERALS) or follows in _NUMERALS + _ORDINAL_AFTER:
                return "yi1"
            return "yi2" if after in "45" else "yi4"
    return syllables[n]
