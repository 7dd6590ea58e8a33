"""What stands on the call display, as HTML."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.questions import Said
from edge.kiosk.display.words import WORDS
from edge.kiosk.wording import Wording
from edge.services.queueing import Called, Shown

FOLDER = Path(__file__).parent
_SOURCES = sorted(path for name in ("templates", "static") for path in (FOLDER / name).iterdir() if path.is_file())
BUILD = hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()[:12]
"""Of this page's files: a television that shows an older page loads itself again."""

ZH, EN = Wording("zh", WORDS), Wording("en", WORDS)


@dataclass(frozen=True, slots=True)
class Row:
    """A call on the board. `key`: another one for each time it is called. `sound`: the address of what is said."""

    key: str
    number: str
    window: Said
    again: bool
    sound: str


@dataclass(frozen=True, slots=True)
class Board:
    """`waiting`: (queue's name, how many). `silent`: calls have a chime only."""

    rows: Sequence[Row]
    waiting: Sequence[tuple[Said, int]]
    silent: bool


def board_of(shown: Shown, queues: Mapping[str, Said], *, silent: bool) -> Board:
    waiting = [(name, shown.waiting.get(queue, 0)) for queue, name in queues.items()]
    return Board([_row(call) for call in shown.calls], waiting, silent)


def key_of(call: Called) -> str:
    """With its time: the same number comes again tomorrow, on a page that stays open."""
    return f"{call.number}.{call.times}.{call.at_ms}"


def local_minute(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI).strftime("%H:%M")


def fragment(board: Board) -> str:
    return _ENVIRONMENT.get_template("_board.html").render(board=board)


def page(board: Board, office: Said, theme: str, now_ms: int, *, simulated: bool) -> str:
    return _ENVIRONMENT.get_template("display.html").render(
        board=board, office=office, theme=theme, now_ms=now_ms, simulated=simulated
    )


def _row(call: Called) -> Row:
    window = Said(ZH("call.window", window=call.window), EN("call.window", window=call.window))
    key = key_of(call)
    return Row(key, call.number, window, call.times > 1, f"/display/sound?{urlencode({'call': key})}")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("edge.kiosk.display"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(zh=ZH, en=EN, build=BUILD, local_minute=local_minute)
    return environment


_ENVIRONMENT = _environment()
