"""The catalogue: both languages, no system words, no blame, no festive word where somebody has died."""

import re

import pytest

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
