"""Reads out on the box itself (本机朗读): recordings first, else the program espeak-ng.

espeak-ng is GPL-3: it is run, never linked. Its voice `cmn` reads tone numbers as English words in version 1.51
(espeak-ng issue 1028), `cmn-latn-pinyin` reads pinyin rightly; so Chinese is given as pinyin.
"""

import logging
import re
import shutil
import subprocess
import threading
from collections import OrderedDict
from pathlib import Path

from edge.adapters.recorded_prompts import RecordedPrompts
from edge.adapters.spoken_chinese import pinyin
from edge.adapters.wav import samples_of, trimmed, wav

MOST_TEXT = 400  # characters; about two minutes
MOST_KEPT = 16 * 1024 * 1024  # bytes of sound in memory
_SPEEDS = {"zh": ("cmn-latn-pinyin", "140"), "en": ("en", "150")}  # voice, words a minute
_NUMBER = re.compile(r"\b([A-Z])(\d+)\b")
log = logging.getLogger(__name__)


class Voice:
    """`reason`: why texts without a recording stay silent; "" while they are spoken."""

    def __init__(
        self,
        recordings: Path | None = None,
        *,
        program: str = "espeak-ng",
        limit_s: float = 5,
        most_kept: int = MOST_KEPT,
    ) -> None:
        self._recorded = RecordedPrompts(recordings)
        self._program = shutil.which(program)
        self._limit_s, self._most_kept = limit_s, most_kept
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._one_at_a_time = threading.Lock()
        self.reason = "" if self._program else f"{program} is not installed; install the package espeak-ng"

    def say(self, lang: str, text: str, prompt: str = "") -> bytes | None:
        """The text, in "zh" or "en", as sound (`media_type` tells which); None when it cannot be said, see `reason`.

        `prompt`: the text's id in the catalogue, for which there may be a recording. What is longer than MOST_TEXT is
        said up to the last sentence that is whole.
        """
        if prompt and (recorded := self._recorded.find(lang, prompt, text)):
            return recorded
        text = _shortened(text)
        with self._one_at_a_time:
            if (kept := self._kept.get((lang, text))) is not None:
                self._kept.move_to_end((lang, text))
                return kept
            sound = self._speak(lang, text)
            if sound is not None:
                self._keep((lang, text), sound)
            return sound

    def _speak(self, lang: str, text: str) -> bytes | None:
        said = pinyin(text) if lang == "zh" else plain_english(text)
        if self._program is None or not any(sign.isalnum() for sign in said):
            return None
        voice, speed = _SPEEDS[lang]
        command = [self._program, "-v", voice, "-s", speed, "-b", "1", "--stdin", "--stdout"]
        try:
            done = subprocess.run(command, input=said.encode(), capture_output=True, timeout=self._limit_s, check=True)  # noqa: S603
            samples = trimmed(samples_of(done.stdout))
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            if not self.reason:
                log.warning("nothing can be read out: %s", error)
            self.reason = f"espeak-ng does not speak: {error}"
            return None
        self.reason = ""
        return wav(samples) if samples else None

    def _keep(self, key: tuple[str, str], sound: bytes) -> None:
        self._kept[key] = sound
        size = sum(len(one) for one in self._kept.values())
        while size > self._most_kept and self._kept:
            size -= len(self._kept.popitem(last=False)[1])


def media_type(sound: bytes) -> str:
    return "audio/ogg" if sound.startswith(b"OggS") else "audio/wav"


def plain_english(text: str) -> str:
    """A queue's number sign by sign; Chinese characters, which an English voice can only name, left out."""
    text = _NUMBER.sub(lambda found: f"{found[1]}, {' '.join(found[2])}", text)
    return re.sub(r"[\u3000-\U000323af]+", " ", text)


def _shortened(text: str) -> str:
    text = text.strip()
    if len(text) <= MOST_TEXT:
        return text
    whole = re.match(r".*[。！？.!?\n]", text[:MOST_TEXT], re.DOTALL)
    return whole[0].strip() if whole else text[:MOST_TEXT]
