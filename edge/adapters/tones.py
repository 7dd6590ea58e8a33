"""The tones (提示音) of a kiosk, of the call display and of the alarm board."""

from array import array
from collections.abc import Sequence
from math import pi, sin

from edge.adapters.wav import RATE, wav

_LOUDNESS = 0.35
_EDGE_S = 0.008  # a tone that begins at once clicks


def done() -> bytes:
    """读到了: one high tone."""
    return _tones([(880, 0.12)])


def failed() -> bytes:
    """没有成功: two low ones."""
    return _tones([(330, 0.15), (0, 0.08), (330, 0.15)])


def chime() -> bytes:
    """叫号: before a number is called."""
    return _tones([(784, 0.22), (0, 0.03), (523, 0.38)])


def alarm() -> bytes:
    """报警: three rising tones, twice. Nothing else in the house sounds so."""
    rising = [(659, 0.14), (0, 0.04), (880, 0.14), (0, 0.04), (1175, 0.22)]
    return _tones([*rising, (0, 0.25), *rising])


def _tones(parts: Sequence[tuple[float, float]]) -> bytes:
    """`parts`: (Hz, s); 0 Hz is a pause."""
    samples = array("h")
    for frequency, lasts_s in parts:
        count = round(lasts_s * RATE)
        edge = _EDGE_S * RATE
        samples.extend(
            round(32767 * _LOUDNESS * min(1, n / edge, (count - n) / edge) * sin(2 * pi * frequency * n / RATE))
            for n in range(count)
        )
    return wav(samples)
