"""How far the box's wall clock can be trusted (domain brief 4.0, "clock wrong")."""

from contract.events.envelope import TimeQuality


def judge(
    offset_ms: int | None, *, synchronised: bool | None, warn_after_s: float = 5, bad_after_s: float = 120
) -> TimeQuality:
    """`offset_ms`: our clock minus the cloud's, None when they were not compared lately. `synchronised`: whether the
    operating system follows a time server, None when it does not say."""
    if offset_ms is not None and abs(offset_ms) > bad_after_s * 1000:
        return "bad"
    if offset_ms is not None and abs(offset_ms) > warn_after_s * 1000:
        return "uncertain"
    return "good" if synchronised or offset_ms is not None else "uncertain"
