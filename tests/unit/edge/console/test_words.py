import re
from pathlib import Path

import edge.console
from edge.console.words import WORDS

FOLDER = Path(edge.console.__file__).parent
SOURCES = "\n".join(p.read_text(encoding="utf-8") for p in [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.html")])
GROUPS = ("column", "tab", "key", "kind", "cause", "count", "clock", "news", "step", "replay", "check", "line", "dir")


def test_every_word_that_a_page_says_is_in_the_catalogue() -> None:
    said = set(re.findall(r"\b[to]\('([\w.]+)'\)", SOURCES)) | set(re.findall(r"\b(?:f|both)\('([\w.]+)'", SOURCES))
    assert len(said) > 50
    assert said - set(WORDS) == set()


def test_no_word_is_left_over() -> None:
    catalogue = (FOLDER / "words.py").read_text(encoding="utf-8")
    used = SOURCES.replace(catalogue, "")
    unused = [key for key in WORDS if f"'{key}'" not in used and f'"{key}"' not in used]
    assert [key for key in unused if key.split(".")[0] not in GROUPS] == []


def test_both_languages_say_something_different_and_fill_the_same_gaps() -> None:
    for key, said in WORDS.items():
        assert said.zh, key
        assert said.en, key
        assert set(re.findall(r"{\w}", said.zh)) == set(re.findall(r"{\w}", said.en)), key
