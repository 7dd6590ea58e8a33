"""How Chinese text is said: readings after 现代汉语词典, numbers as a hall's speaker says them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from edge.adapters.spoken_chinese import READINGS, pinyin
from edge.adapters.spoken_numbers import cardinal, digit_by_digit, in_words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("请 A012 号，到 3 号窗口。", "请 A零一二 号，到 三 号窗口。"),
        ("B120", "B一二零"),
        ("到 12 号窗口", "到 十二 号窗口"),
        ("前面 12 对，约 25 分钟", "前面 十二 对，约 二十五 分钟"),
        ("前面 2 对", "前面 两 对"),
        ("在 2 号区等候", "在 二 号区等候"),
        ("手机尾号 5678", "手机尾号 五六七八"),
        ("电话 000-87654321", "电话 零零零-八七六五四三二一"),
        ("010", "零一零"),
        ("预约 10:00", "预约 十点"),
        ("14:05 到 2:30", "十四点零五分 到 两点三十分"),
        ("12.50 元", "十二点五零 元"),
        ("2026-11-26", "二零二六年十一月二十六日"),
        ("2026 年", "二零二六 年"),
        ("共 1005 人", "共 一千零五 人"),
    ],
)
def test_numbers_are_said_as_people_say_them(text: str, said: str) -> None:
    assert in_words(text) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "零"), (7, "七"), (10, "十"), (17, "十七"), (20, "二十"), (100, "一百"), (110, "一百一十"), (203, "二百零三"),
     (1000, "一千"), (1010, "一千零一十"), (9999, "九千九百九十九")],
)  # fmt: skip
def test_counts(number: int, said: str) -> None:
    assert cardinal(number) == said


@given(st.integers(0, 9999))
def test_every_count_has_a_saying_of_its_own(number: int) -> None:
    said = cardinal(number)
    assert not said.endswith("零") or number == 0
    assert "零零" not in said
    assert _number(said) == number


def _number(said: str) -> int:
    total, digit = 0, 0
    for sign in said:
        if sign in "十百千":
            total += (digit or 1) * 10 ** ("十百千".index(sign) + 1)
            digit = 0
        else:
            digit = "零一二三四五六七八九".index(sign)
    return total + digit


@given(st.text(alphabet="0123456789", max_size=12))
def test_digit_by_digit_loses_none(digits: str) -> None:
    assert len(digit_by_digit(digits)) == len(digits)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("重庆", "chong2 qing4"),
        ("重签", "chong2 qian1"),
        ("重要", "zhong4 yao4"),
        ("银行", "yin2 hang2"),
        ("行政", "xing2 zheng4"),
        ("长期", "chang2 qi1"),
        ("家长", "jia1 zhang3"),
        ("号码", "hao4 ma3"),
        ("为了", "wei4 le5"),
        ("成为", "cheng2 wei2"),
        ("睡觉", "shui4 jiao4"),
        ("还给您", "huan2 gei3 nin2"),
        ("还有", "hai2 you3"),
        ("空床", "kong4 chuang2"),
        ("衢州", "qu2 zhou1"),
        ("绿灯亮的地方", "lv4 deng1 liang4 de5 di4 fang5"),
    ],
)
def test_characters_with_several_readings_are_read_by_their_word(text: str, said: str) -> None:
    assert pinyin(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("不用", "bu2 yong4"), ("不来", "bu4 lai2"), ("一张", "yi4 zhang1"), ("一个", "yi2 ge4"),
     ("第一位", "di4 yi1 wei4"), ("一号窗口", "yi1 hao4 chuang1 kou3"), ("二十一张", "er4 shi2 yi1 zhang1")],
)  # fmt: skip
def test_tones_that_change_by_their_neighbours(text: str, said: str) -> None:
    assert pinyin(text) == said


def test_a_call_as_the_speaker_gets_it() -> None:
    assert pinyin("请 A012 号，到 3 号窗口。") == "qing3 A ling2 yi1 er4 hao4 , dao4 san1 hao4 chuang1 kou3 ."


def test_our_own_readings_are_only_where_others_are_wrong() -> None:
    for phrase, reading in READINGS.items():
        assert " ".join(lazy_pinyin(phrase, style=Style.TONE3, neutral_tone_with_five=True)) != reading


@given(st.text(max_size=60))
def test_any_text_becomes_syllables_letters_and_pauses(text: str) -> None:
    for said in pinyin(text).split():
        assert re.fullmatch(r"[a-zêü]+\d?|[A-Z]|[,.?!:;]", said), said
