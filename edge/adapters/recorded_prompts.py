"""Prompts that a person has spoken (真人录音): a directory with `{lang}/{id}.opus` or `.wav`, and `manifest.toml`.

    [[prompt]]
    lang = "zh"
    id = "card.take"
    text = "请取回身份证。"

A recording is played only while its text is the page's own: who changes a text is never contradicted by an old voice.
"""

import logging
import re
import tomllib
from pathlib import Path

_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_ENDINGS = {"opus": b"OggS", "wav": b"RIFF"}
_LONGEST = 2 * 1024 * 1024
log = logging.getLogger(__name__)


class RecordedPrompts:
    """`directory`: None where nobody has spoken any. What is wrong in it is logged, and that prompt is not used."""

    def __init__(self, directory: Path | None) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        self._directory = directory or Path()
        if directory is not None:
            self._read(directory)

    def find(self, lang: str, prompt: str, text: str) -> bytes | None:
        """The file as it stands; None when there is none for this text."""
        if self._texts.get((lang, prompt)) != text:
            return None
        for ending, begins in _ENDINGS.items():
            path = self._directory / lang / f"{prompt}.{ending}"
            try:
                with path.open("rb") as file:
                    sound = file.read(_LONGEST + 1)
            except OSError:
                continue
            if sound.startswith(begins) and len(sound) <= _LONGEST:
                return sound
            log.warning("%s is not used: not a sound of at most %d bytes", path, _LONGEST)
        return None

    def _read(self, directory: Path) -> None:
        manifest = directory / "manifest.toml"
        try:
            told = tomllib.loads(manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            log.warning("no recorded prompts: %s: %s", manifest, error)
            return
        prompts = told.get("prompt")
        for entry in prompts if isinstance(prompts, list) else ():
            match entry:
                case {"lang": "zh" | "en" as lang, "id": str(name), "text": str(text)} if _ID.fullmatch(name):
                    self._texts[lang, name] = text
                case _:
                    log.warning("%s: not a prompt with lang, id and text: %s", manifest, entry)
