"""The newest frames and news of all ports, numbered, and how a line of them is told to the page."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from edge.console.words import WORDS, Words, word

KEPT = 5000
MOST_AT_ONCE = 500
_SUMMARY_MAX = 160
_HEX_MAX = 32  # bytes of a summary
_FRAME_NAMES = ("帧头", "帧尾", "长度", "校验", "字节数", "header", "length", "checksum", "CRC")
_MARKS = {"frame": "rx", "crc_error": "rx", "skipped": "rx", "sent": "tx", "lost": "line", "opened": "line"}
Language = Literal["zh", "en"]


class FrameLog:
    """Written by one thread, read by many."""

    def __init__(self) -> None:
        self._lines: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self.last = 0

    def add(self, line: Mapping[str, Any]) -> None:
        with self._lock:
            self.last += 1
            self._lines.append({**line, "n": self.last})

    def after(self, number: int) -> tuple[list[dict[str, Any]], int]:
        """The lines after this number, at most `MOST_AT_ONCE`, and how many before them are gone already."""
        with self._lock:
            fresh = self.last - number
            if fresh <= 0:
                return [], 0
            kept = min(fresh, len(self._lines))
            begin = len(self._lines) - kept
            found = [self._lines[i] for i in range(begin, min(begin + MOST_AT_ONCE, len(self._lines)))]
            return found, fresh - kept


def taken_apart(line: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One line for each thing that was concluded; what only proves that a device lives is not shown."""
    if line["what"] != "news":
        yield dict(line)
        return
    for news in line["news"]:
        if news["kind"] not in ("heard", "port"):
            yield {**line, "news": news}


def heard_of(line: Mapping[str, Any], devices: Mapping[int, tuple[str, ...]]) -> list[str]:
    """The devices that this line of the field process shows alive."""
    if line["what"] == "news":
        alive = (news for news in line["news"] if news["kind"] not in ("port", "faulted") and not news["drill"])
        return [news["device"] for news in alive]
    own = devices.get(line.get("port", 0), ())
    return list(own) if line["what"] == "frame" and len(own) == 1 else []


def told(line: Mapping[str, Any], devices: Mapping[int, tuple[str, ...]], language: Language) -> dict[str, Any]:
    """As the page takes it: n number, t UTC ms, u monotonic µs, d direction, v device, s summary, l length, c check."""
    what = line["what"]
    if what == "missed":
        text = _say("frames.missed", language).format(n=line["count"])
        return {"n": line["n"], "d": "line", "s": text, "c": "", "e": 1}
    port = line["port"]
    own = devices.get(port, ())
    row: dict[str, Any] = {"n": line["n"], "t": line["at_ms"], "u": line["monotonic_us"], "p": port}
    row["v"] = own[0] if len(own) == 1 else f"{_say('port', language)} {port}"
    if what == "news":
        return row | _news(line["news"], language)
    if what in ("lost", "opened"):
        text = f"{_say(f'line.{what}', language)} {line['reason']}".rstrip()
        return row | {"d": "line", "s": text, "c": "", "e": int(what == "lost")}
    is_error = what in ("crc_error", "skipped")
    row |= {"d": _MARKS.get(what, "line"), "l": line["length"], "h": line["hex"], "e": int(is_error)}
    row["c"] = "" if what == "sent" else _say("check.ok" if what == "frame" else f"check.{what}", language)
    if parts := line.get("parts"):
        row["x"] = parts
    return row | {"s": _summary(line, language)}


def _news(news: Mapping[str, Any], language: Language) -> dict[str, Any]:
    said = [_say_word("news", news["kind"], language), news["what"]]
    said += [f"{name} {value}" for name, value in news["values"].items()]
    if news["drill"]:
        said.insert(0, f"[{_say('drill', language)}]")
    faulted = news["kind"] == "faulted"
    return {"d": "news", "v": news["device"], "s": " ".join(filter(None, said))[:_SUMMARY_MAX],
            "c": _say("check.fault", language) if faulted else "", "e": int(faulted)}  # fmt: skip


def _summary(line: Mapping[str, Any], language: Language) -> str:
    if line["hex"] is None and not line.get("parts"):
        return _say("line.hidden", language)
    named = [(_name(name, language), text) for _, _, name, text in line.get("parts", ()) if not _is_frame(name)]
    if named:
        return " · ".join(f"{name} {text}" for name, text in named)[:_SUMMARY_MAX]
    text = str(line["hex"] or "").upper()
    return text[: 3 * _HEX_MAX - 1] + (" …" if line["length"] > _HEX_MAX else "")


def _is_frame(name: str) -> bool:
    return any(word_of_frame in name for word_of_frame in _FRAME_NAMES)


def _name(name: str, language: Language) -> str:
    """Names of parts are "中文 English"."""
    zh, _, en = name.partition(" ")
    return zh if language == "zh" or not en else en


def _say(key: str, language: Language) -> str:
    said: Words = WORDS[key]
    return said.zh if language == "zh" else said.en


def _say_word(group: str, value: str, language: Language) -> str:
    said = word(group, value)
    return said.zh if language == "zh" else said.en
