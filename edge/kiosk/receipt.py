"""The slip that a visitor takes along (小票), as a ticket's marks (firmware_bridge.ticket).

A printer takes a ticket only whole, and of a bounded length: a price list that is longer goes on a second slip.
"""

from collections.abc import Sequence

from edge.domain.moment import Moment
from edge.domain.visits.questions import Said
from edge.kiosk.wording import Wording, local_minute
from edge.services.visits import Result, Session
from firmware_bridge.ticket import MOST_BYTES, MOST_LINES

_MARKS_BYTES = 512  # what a printer is sent besides the text: sizes, the frame of the QR code


def receipt(session: Session, office: Said, now: Moment, portal: str = "") -> list[str]:
    """No name stands on it, no number of a person. What the visitor may lose in the street tells a stranger little.

    Its tickets in their order, mostly one. `portal`: where the public's pages stand; then the square code leads to how
    far the case is, but for the progress code, which is printed beside it.
    """
    say, result = Wording(session.look.lang), session.result(now)
    head = [f"[centre]{_plain(say.of(office))}", f"[centre]{local_minute(now.wall_ms)}", ""]
    title = say(f"{session.matter.name}.end.{result.key}", result.values)
    lines = [*head, *(f"[centre]{_plain(part)}" for part in title.split("\n"))]
    if result.ticket:
        lines += ["", f"[centre][double]{result.ticket}", f"[centre]{waiting(result, say)}", ""]
    if result.number:
        lines.append(f"{say('result.number')} {result.number}")
    if session.kept:
        lines.append(f"{say('result.code')} {session.case.code}")
    lines += [line for told in result.lines for line in _lines(*told, say)]
    slip = [line for told in result.slip for line in _lines(*told, say)]
    code = result.qr or (f"{portal}/city/track/{result.number}" if portal and result.number else result.number)
    foot = [*([f"[centre][qr]{code}"] if code else []), f"[centre]{say('receipt.keep')}"]
    return _tickets(lines, slip, foot, [*head, f"{say('result.number')} {result.number}"], say)


def _tickets(
    first: Sequence[str], slip: Sequence[str], foot: Sequence[str], again: Sequence[str], say: Wording
) -> list[str]:
    """All on one, or as much of the slip as fits, and the rest on more, which begin with `again`."""
    rest, parts = list(slip), list[list[str]]()
    while rest or not parts:
        begun, end = (again, ()) if parts else (first, foot)
        lines = [*begun]
        while rest and (_fits([*lines, rest[0], *end]) or (parts and len(lines) == len(begun))):
            lines.append(rest.pop(0))
        parts.append([*lines, *end])
    if len(parts) > 1:
        parts = [[*part, f"[centre]{say('receipt.part', n=n, of=len(parts))}"] for n, part in enumerate(parts, 1)]
    return ["\n".join(part) for part in parts]


def _fits(lines: Sequence[str]) -> bool:
    room = sum(len(line.encode("gb18030")) + 1 for line in lines)
    return len(lines) < MOST_LINES and room < MOST_BYTES - _MARKS_BYTES


def _lines(label: str | Said, value: str | Said, say: Wording) -> list[str]:
    return [_plain(line) for line in f"{say.of(label)} {say.of(value)}".split("\n")]


def waiting(result: Result, say: Wording) -> str:
    if not result.ahead:
        return say("result.next")
    return say("result.ahead", n=result.ahead, min=result.estimate_min)


def _plain(text: str) -> str:
    """A text that begins with a bracket is a mark to the printer."""
    return f"[]{text}" if text.startswith("[") else text
