"""`onetrip watch`: live frames, decoded beside their bytes, errors marked."""

import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.adapters.control_client import NoFieldProcess, Refused
from edge.adapters.control_socket import STARTING
from onetrip.technician.agent import client_of

_MARKS = {"frame": "←RX", "sent": "→TX", "crc_error": "▲ 校验错 bad checksum", "skipped": "▲ 跳过 skipped",
          "lost": "▬ 断开 lost", "opened": "● 打开 opened"}  # fmt: skip
_AGAIN_S = 0.3
_ERRORS = ("crc_error", "skipped", "lost")


def watch(
    config: Path, where: str, *, only_errors: bool, as_json: bool, seconds: int | None, stopping: threading.Event
) -> int:
    """Goes on when the field process begins afresh, as it does for a recording."""
    client, until = client_of(config), float("inf") if seconds is None else time.monotonic() + seconds
    client.ask({"do": "status"})  # say at once that nobody is there
    while not stopping.is_set() and time.monotonic() < until:
        try:
            for line in client.follow({"do": "watch", "where": where}):
                if stopping.is_set() or time.monotonic() >= until:
                    return 0
                if line and (is_error(line) or not only_errors):
                    print(json.dumps(line, ensure_ascii=False) if as_json else as_text(line), flush=True)
        except (NoFieldProcess, TimeoutError):
            pass
        except Refused as refused:
            if STARTING not in str(refused):
                raise
        stopping.wait(_AGAIN_S)
    return 0


def is_error(line: Mapping[str, Any]) -> bool:
    return line["what"] in _ERRORS or any(news["kind"] == "faulted" for news in line.get("news", ()))


def as_text(line: Mapping[str, Any]) -> str:
    if line["what"] == "missed":
        return f"… {line['count']} 行未显示 lines not shown: they came faster than they were read"
    at = time.strftime("%H:%M:%S", time.localtime(line["at_ms"] / 1000)) + f".{line['at_ms'] % 1000:03}"
    head = f"{at} [{line['port']}]"
    if line["what"] == "news":
        return "\n".join(f"{head}   = {_news(news)}" for news in line["news"])
    if line["what"] in ("lost", "opened"):
        return f"{head} {_MARKS[line['what']]} {line['reason']}".rstrip()
    data = line["hex"] if line["hex"] is not None else f"({line['length']} bytes, 不显示 hidden)"
    text = f"{head} {_MARKS[line['what']]} {data}"
    parts = [f"{name}={said}" for _, _, name, said in line.get("parts", ())]
    return f"{text}\n{' ' * len(head)}     {' | '.join(parts)}" if parts else text


def _news(news: Mapping[str, Any]) -> str:
    drill = "[演练 drill] " if news["drill"] else ""
    if news["kind"] == "port":
        return f"{drill}port {'open' if news['is_open'] else 'lost: ' + news['reason']}"
    values = "  ".join(f"{name} {value}" for name, value in news["values"].items())
    return f"{drill}{news['device']} {news['kind']} {news['what']} {values}".rstrip()
