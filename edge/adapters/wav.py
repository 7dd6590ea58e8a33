"""Sound as WAV (RIFF, 16 bit PCM, one channel): what a browser's audio element plays without a codec."""

import io
import sys
import wave
from array import array
from collections.abc import Iterable

RATE = 22_050  # samples a second, as espeak-ng's own
_QUIET = 200  # of 32767
_TAIL_S = 0.06


def wav(samples: "array[int]", rate: int = RATE) -> bytes:
    """`samples`: array("h")."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(_little(samples).tobytes())
    return out.getvalue()


def samples_of(sound: bytes) -> "array[int]":
    """The samples, also of a stream whose length its writer did not know.

    Raises ValueError when it is not 16 bit PCM, one channel, at RATE.
    """
    if sound[:4] != b"RIFF" or sound[8:12] != b"WAVE":
        raise ValueError("not a WAV")
    at, is_ours = 12, False
    while at + 8 <= len(sound):
        name, size = sound[at : at + 4], int.from_bytes(sound[at + 4 : at + 8], "little")
        body = sound[at + 8 : at + 8 + size]  # cut off at the end, whatever `size` says
        if name == b"fmt ":
            coding, channels, rate = (int.from_bytes(body[a:b], "little") for a, b in ((0, 2), (2, 4), (4, 8)))
            is_ours = (coding, channels, rate, int.from_bytes(body[14:16], "little")) == (1, 1, RATE, 16)
        elif name == b"data" and is_ours:
            return _little(array("h", body[: len(body) // 2 * 2]))
        at += 8 + size + size % 2
    raise ValueError(f"not 16 bit PCM, one channel, {RATE} Hz")


def trimmed(samples: "array[int]") -> "array[int]":
    """Without the silence before and after; a breath of it stays at the end."""
    loud = (n for n, value in enumerate(samples) if abs(value) > _QUIET)
    first = next(loud, None)
    if first is None:
        return array("h")
    last = next(n for n in range(len(samples) - 1, -1, -1) if abs(samples[n]) > _QUIET)
    return samples[first : last + 1 + round(_TAIL_S * RATE)]


def joined(sounds: Iterable[bytes], pause_s: float = 0.25) -> bytes:
    """One after the other. Raises ValueError as `samples_of` does."""
    whole = array("h")
    for sound in sounds:
        if whole:
            whole.extend(array("h", bytes(2 * round(pause_s * RATE))))
        whole.extend(samples_of(sound))
    return wav(whole)


def _little(samples: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples
