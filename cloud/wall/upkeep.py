"""What a technician must look after though nothing is off line: proofs that are due, clocks that are wrong. Pure."""

from cloud.domain.picture import FacilityPicture
from cloud.wall.parts import Note, Tone
from cloud.wall.wording import filled, joined, span
from contract.words import WORDS, Words

CLOCK_WARN_MS = 5_000
CLOCK_CRITICAL_MS = 120_000
_DAY_MS = 86_400_000
_KNOWN_QUALITIES = ("", "good", "uncertain", "bad")


def proof_note(facility: FacilityPicture, now_ms: int) -> Note | None:
    """Life-safety devices that did not do what they are for within their schedule: how many, and the worst of them."""
    late = [
        (due_ms, device)
        for device in facility.devices
        if device.life_safety and device.prove_every_days
        if now_ms > (due_ms := (device.proven_at_ms or 0) + device.prove_every_days * _DAY_MS)
    ]
    if not late:
        return None
    due_ms, worst = min(late, key=lambda one: (one[0], one[1].id))
    days = max(1, (now_ms - due_ms) // _DAY_MS)
    since = filled("proof.days", days) if worst.proven_at_ms else WORDS["proof.never"]
    where = worst.location or worst.id
    return Note("warn", joined(filled("proof.overdue", len(late)), since, Words(where, where)))


def clock_note(facility: FacilityPicture) -> Note | None:
    """A clock that is wrong, by what the facility says or by what we see, whichever is worse."""
    if facility.link != "online":
        return None
    known = [ms for ms in (facility.clock_offset_ms, facility.clock_seen_ms) if ms is not None]
    offset_ms = max(known, key=abs, default=0)
    if abs(offset_ms) > CLOCK_WARN_MS:
        tone: Tone = "critical" if abs(offset_ms) > CLOCK_CRITICAL_MS else "warn"
        return Note(tone, filled("clock.fast" if offset_ms > 0 else "clock.slow", span(abs(offset_ms))))
    if facility.clock_quality == "bad":
        return Note("critical", WORDS["clock.bad"])
    if facility.clock_quality not in _KNOWN_QUALITIES:
        return Note("warn", WORDS["clock.unknown"])
    if facility.clock_quality == "uncertain" and not known:
        return Note("warn", WORDS["clock.uncertain"])
    return None
