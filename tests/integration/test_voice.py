"""The real espeak-ng on this machine: what it says, and what happens when it does not."""

import io
import subprocess
import wave
from pathlib import Path

import pytest

from edge.adapters.spoken_chinese import pinyin
from edge.adapters.voice_espeak import MOST_TEXT, Voice
from edge.adapters.wav import samples_of

CALL = "请 A012 号，到 3 号窗口。"


def seconds(sound: bytes | None) -> float:
    assert sound is not None
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getnframes() / file.getframerate()


def phonemes(said: str) -> str:
    command = ["espeak-ng", "-v", "cmn-latn-pinyin", "-q", "-x", said]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def program(directory: Path, script: str) -> str:
    path = directory / "speaker"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(("lang", "text"), [("zh", CALL), ("en", "Number A012, please go to window 3.")])
def test_a_call_is_a_sound_of_a_few_seconds(lang: str, text: str) -> None:
    voice = Voice()
    assert 2 < seconds(voice.say(lang, text)) < 6
    assert voice.reason == ""


def test_a_longer_text_takes_longer() -> None:
    voice = Voice()
    assert seconds(voice.say("zh", CALL)) < seconds(voice.say("zh", CALL * 2)) < seconds(voice.say("zh", CALL * 3))


def test_no_silence_is_before_the_first_word() -> None:
    sound = Voice().say("zh", CALL)
    assert sound is not None
    assert max(map(abs, samples_of(sound)[:200])) > 200


def test_the_four_tones_are_spoken_as_four() -> None:
    assert len({phonemes(f"ma{tone}") for tone in range(1, 6)}) == 5


def test_a_tone_number_is_never_spoken_as_a_number() -> None:
    assert phonemes(pinyin("请三号")) == phonemes("qing3").replace("214", "21") + " " + phonemes("san1 hao4")


@pytest.mark.parametrize(
    ("text", "other"), [("银行", "银形"), ("长期", "掌期"), ("重庆", "众庆"), ("号码", "毫码"), ("为了", "围了")]
)
def test_the_right_reading_reaches_the_speaker(text: str, other: str) -> None:
    assert phonemes(pinyin(text)) != phonemes(pinyin(other))


def test_the_same_text_is_the_same_sound() -> None:
    voice = Voice()
    assert voice.say("zh", CALL) is voice.say("zh", CALL)


def test_sound_is_kept_only_up_to_a_bound() -> None:
    voice = Voice(most_kept=1)
    assert voice.say("zh", CALL) == voice.say("zh", CALL)
    assert voice.say("zh", CALL) is not voice.say("zh", CALL)


def test_a_long_text_ends_with_a_whole_sentence() -> None:
    voice = Voice()
    sentence = "请稍等一等。"
    fits = sentence * (MOST_TEXT // len(sentence))
    assert voice.say("zh", fits + sentence * 50) == voice.say("zh", fits)


@pytest.mark.parametrize("text", ["", " ", "。", "***", "\0"])
def test_a_text_without_words_is_silence(text: str) -> None:
    voice = Voice()
    assert voice.say("zh", text) is None
    assert voice.reason == ""


@pytest.mark.parametrize("text", ["-v de", "--help", "<speak>", "[[a]]", "$(true)"])
def test_a_text_is_never_an_option(text: str) -> None:
    assert 0 < seconds(Voice().say("en", text)) < 10


@pytest.mark.parametrize("script", ["sleep 60", "exit 1", "echo no sound", "cat >/dev/null; printf RIFF"])
def test_a_program_that_fails_is_silence_with_a_reason(tmp_path: Path, script: str) -> None:
    voice = Voice(program=program(tmp_path, f"exec {script}" if "sleep" in script else script), limit_s=0.5)
    assert voice.say("zh", CALL) is None
    assert voice.reason.startswith("espeak-ng does not speak: ")


def test_it_speaks_again_when_the_program_does(tmp_path: Path) -> None:
    path = program(tmp_path, "exit 1")
    voice = Voice(program=path)
    assert voice.say("zh", CALL) is None
    program(tmp_path, 'exec espeak-ng "$@"')
    assert voice.say("zh", CALL) is not None
    assert voice.reason == ""
