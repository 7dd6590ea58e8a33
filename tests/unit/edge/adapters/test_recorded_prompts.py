"""What a person has spoken is played, but only for the text that was spoken."""

import logging
from pathlib import Path

import pytest

from edge.adapters.recorded_prompts import RecordedPrompts
from edge.adapters.voice_espeak import Voice, media_type

TEXT = "请取回身份证。"
OPUS = b"OggS and more"


def recorded(directory: Path, sound: bytes = OPUS, *, name: str = "card.take", ending: str = "opus") -> Path:
    (directory / "zh").mkdir(exist_ok=True)
    (directory / "zh" / f"{name}.{ending}").write_bytes(sound)
    entry = f'[[prompt]]\nlang = "zh"\nid = "{name}"\ntext = "{TEXT}"\n'
    (directory / "manifest.toml").write_text(entry, encoding="utf-8")
    return directory


def test_a_recording_wins_over_the_program(tmp_path: Path) -> None:
    voice = Voice(recorded(tmp_path), program="no-such-program")
    assert voice.say("zh", TEXT, "card.take") == OPUS
    assert media_type(OPUS) == "audio/ogg"


def test_a_recording_of_another_text_is_not_played(tmp_path: Path) -> None:
    assert RecordedPrompts(recorded(tmp_path)).find("zh", "card.take", "请取回您的身份证。") is None


def test_a_recording_in_another_language_is_not_played(tmp_path: Path) -> None:
    assert RecordedPrompts(recorded(tmp_path)).find("en", "card.take", TEXT) is None


def test_a_wav_is_as_good(tmp_path: Path) -> None:
    assert RecordedPrompts(recorded(tmp_path, b"RIFF", ending="wav")).find("zh", "card.take", TEXT) == b"RIFF"


@pytest.mark.parametrize("sound", [b"", b"<html>", b"OggS" + bytes(2 * 1024 * 1024)])
def test_a_file_that_is_no_short_sound_is_not_played(
    tmp_path: Path, sound: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert RecordedPrompts(recorded(tmp_path, sound)).find("zh", "card.take", TEXT) is None
    assert "card.take.opus" in caplog.text


def test_a_name_cannot_lead_out_of_the_directory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "card.opus").write_bytes(OPUS)
    (inside / "zh").mkdir()
    (inside / "manifest.toml").write_text(f'[[prompt]]\nlang = "zh"\nid = "../../card"\ntext = "{TEXT}"\n', "utf-8")
    assert RecordedPrompts(inside).find("zh", "../../card", TEXT) is None
    assert "../../card" in caplog.text


@pytest.mark.parametrize("manifest", ["prompt = 3", "[[prompt]]\nid = 4", "not toml", ""])
def test_a_damaged_manifest_only_means_no_recordings(tmp_path: Path, manifest: str) -> None:
    recorded(tmp_path)
    (tmp_path / "manifest.toml").write_text(manifest, "utf-8")
    assert RecordedPrompts(tmp_path).find("zh", "card.take", TEXT) is None


def test_a_missing_directory_only_means_no_recordings(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert RecordedPrompts(tmp_path / "none").find("zh", "card.take", TEXT) is None
    assert "manifest.toml" in caplog.text


def test_without_the_program_other_texts_are_silent_and_it_is_said_why(tmp_path: Path) -> None:
    voice = Voice(recorded(tmp_path), program="no-such-program")
    assert voice.say("zh", "请放身份证。") is None
    assert voice.reason == "no-such-program is not installed; install the package espeak-ng"
