"""Sound files made in code, read back with the standard library's own reader."""

import io
import wave
from array import array
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.adapters import tones
from edge.adapters.wav import RATE, joined, samples_of, trimmed, wav

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=200).map(lambda values: array("h", values))


def seconds(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return file.getnframes() / file.getframerate()


def crossings(samples: "array[int]") -> int:
    """How often the sound goes through zero upwards: once in each of its waves."""
    return sum(before < 0 <= after for before, after in pairwise(samples))


@given(SAMPLES)
def test_what_is_written_is_read_again(samples: "array[int]") -> None:
    assert samples_of(wav(samples)) == samples


def test_a_stream_that_does_not_know_its_length_is_read_to_its_end() -> None:
    sound = bytearray(wav(array("h", [1, 2, 3])))
    sound[40:44] = (0x7FFFF000).to_bytes(4, "little")  # as espeak-ng 1.51 writes to a pipe
    assert samples_of(bytes(sound)) == array("h", [1, 2, 3])


@pytest.mark.parametrize(
    "sound", [b"", b"RIFF", b"OggS" + bytes(60), wav(array("h", [1]), rate=8000), wav(array("h", [1]))[:36]]
)
def test_another_sound_is_refused(sound: bytes) -> None:
    with pytest.raises(ValueError, match=r"WAV|PCM"):
        samples_of(sound)


def test_silence_before_and_after_is_cut_off() -> None:
    spoken = array("h", [0] * 5000 + [9000, 0, 0, 9000] + [3] * 5000)
    assert trimmed(spoken)[:4] == array("h", [9000, 0, 0, 9000])
    assert len(trimmed(spoken)) < 2000
    assert trimmed(array("h", [0, 1, -1])) == array("h")


def test_sounds_are_joined_with_a_pause_between() -> None:
    one = wav(array("h", [5] * RATE))
    assert seconds(joined([one, one], pause_s=0.5)) == 2.5
    assert joined([one]) == one


def test_what_was_read_is_told_by_880_hz_for_120_ms() -> None:
    tone = samples_of(tones.done())
    assert len(tone) / RATE == pytest.approx(0.12, abs=0.001)
    assert crossings(tone) == pytest.approx(880 * 0.12, abs=1)


def test_a_failure_is_told_by_330_hz_twice_for_150_ms() -> None:
    tone = samples_of(tones.failed())
    first, pause, second = tone[:3307], tone[3320:5050], tone[5080:]
    assert crossings(first) == crossings(second) == pytest.approx(330 * 0.15, abs=1)
    assert set(pause) == {0}


def test_an_alarm_rises_twice() -> None:
    tone = samples_of(tones.alarm())
    parts = [round(RATE * second) for second in (0, 0.14, 0.18, 0.32, 0.36, 0.58)]
    first = [crossings(tone[begin:end]) for begin, end in zip(parts[::2], parts[1::2], strict=True)]
    assert first == [pytest.approx(hertz * s, abs=2) for hertz, s in ((659, 0.14), (880, 0.14), (1175, 0.22))]
    assert len(tone) / RATE == pytest.approx(1.41, abs=0.01)


def test_no_tone_is_loud_or_begins_with_a_click() -> None:
    for sound in (tones.done(), tones.failed(), tones.chime(), tones.alarm()):
        samples = samples_of(sound)
        assert max(map(abs, samples)) < 12_000
        assert max(map(abs, samples[:10])) < 1_000
        assert sqrt(sum(value * value for value in samples) / len(samples)) > 3_000
