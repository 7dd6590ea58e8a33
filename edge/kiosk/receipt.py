"""The slip that a visitor takes along (小票), as a ticket's marks (firmware_bridge.ticket)."""

from edge.domain.moment import Moment
from edge.domain.visits.questions import Said
from edge.kiosk.wording import Wording, local_minute
from edge.services.visits import Result, Session


def receipt(session: Session, office: Said, now: Moment) -> str:
    """No name stands on it, no number of a person. What the visitor may lose in the street tells a stranger little."""
    say, result = Wording(session.look.lang), session.result(now)
    lines = [f"[centre]{_plain(say.of(office))}", f"[centre]{local_minute(now.wall_ms)}", ""]
    lines.append(f"[centre]{_plain(say(f'{session.matter.name}.end.{result.key}', result.values))}")
    if result.ticket:
        lines += ["", f"[centre][double]{result.ticket}", f"[centre]{waiting(result, say)}", ""]
    if result.number:
        lines.append(f"{say('result.number')} {result.number}")
    if session.kept:
        lines.append(f"{say('result.code')} {session.case.code}")
    lines += [f"{_plain(say.of(label))} {_plain(say.of(value))}" for label, value in (*result.lines, *result.slip)]
    if code := result.qr or result.number:
        lines += [f"[centre][qr]{code}"]
    return "\n".join([*lines, f"[centre]{say('receipt.keep')}"])


def waiting(result: Result, say: Wording) -> str:
    if not result.ahead:
        return say("result.next")
    return say("result.ahead", n=result.ahead, min=result.estimate_min)


def _plain(text: str) -> str:
    """A text that begins with a bracket is a mark to the printer."""
    return f"[]{text}" if text.startswith("[") else text
