"""The catalogue: both languages, no system words, no blame, no festive word where somebody has died."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import edge.services.visits
from edge.domain.visits.questions import Pad
from edge.kiosk.words import WORDS

# 异常名录 is what the registry itself is called
NEVER = re.compile(
    "失败|(?<!列入)异常(?!名录|与处罚)|非法|校验|错误|超时|不符|无权限|系统|流浪乞讨|确定要离婚|恭喜|成功"
)
NAMES_WHAT_IS_CHINESE = ("tool.language", "social_organisations.letters.say")
HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.mark.parametrize("key", sorted(WORDS))
def test_a_text_stands_in_both_languages_and_keeps_the_tone(key: str) -> None:
    said = WORDS[key]
    assert said.zh.strip(), key
    assert said.en.strip(), key
    assert not NEVER.search(said.zh), said.zh
    assert not HAN.search(said.en) or key in NAMES_WHAT_IS_CHINESE, said.en
    assert set(re.findall(r"\{(\w+)\}", said.zh)) == set(re.findall(r"\{(\w+)\}", said.en)), key


def test_no_exclamation_mark_anywhere() -> None:
    assert [key for key, said in WORDS.items() if "！" in said.zh or "!" in said.en] == []


def test_english_is_not_much_longer_than_the_page_has_room_for() -> None:
    """A Latin letter is about half as wide as a Han character (ux brief 2.2)."""
    long = [key for key, said in WORDS.items() if key.endswith(".note") and len(said.en) > 2.2 * max(len(said.zh), 24)]
    assert long == []


def told_by_code() -> set[str]:
    """Keys that code gives to a page by name: why something is no answer, what a machine hints at."""
    given = re.compile(r'(?:NotUsable|NotAnAnswer|NotFound)\("([\w.]+)"\)|(?:hint|notice)(?:: str)? ?= ?"([\w.]+)"')
    domain, services = Path("edge/domain/visits"), Path("edge/services")
    root = Path(edge.services.visits.__file__).parents[3]
    texts = [
        path.read_text(encoding="utf-8") for folder in (domain, services) for path in (root / folder).rglob("*.py")
    ]
    return {key for text in texts for pair in given.findall(text) for key in pair if key and "." in key}


def test_whatever_code_can_say_to_a_visitor_stands_in_the_catalogue() -> None:
    pads = {f"pad.{kind}" for kind in get_args(get_type_hints(Pad)["kind"])}
    told = told_by_code()
    assert {"card.bad_number", "choose.one", "face.done"} & told
    assert (told | pads) - WORDS.keys() == {key for key in told if key.startswith("desk.")}
