"""Numbers as they are said in Chinese (数字读法).

A number of a queue, a telephone or a year is said digit by digit; a window, a count or a time is said as a number.
"""

import re

_DIGITS = "零一二三四五六七八九"
_TENS = ("", "十", "百", "千")
_MOST = 4  # digits of what is said as a number
_COUNTED = "位对人件份张次个元天分小"  # two of these are 两
_PATTERN = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"
    r"|(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?!\d)"
    r"|(?P<whole>\d+)\.(?P<part>\d+)"
    r"|(?P<apart>(?<=[A-Za-z])\d+|(?<=尾号)\d+|(?<=尾号 )\d+|0\d+|\d{5,}|\d{4}(?=\s*年))"
    r"|(?P<number>\d+)"
)


def in_words(text: str) -> str:
    """The text with every number in characters: "A012" becomes "A零一二", "12 对" becomes "十二 对"."""
    return _PATTERN.sub(lambda found: _say(found, text), text)


def digit_by_digit(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def cardinal(number: int) -> str:
    """0 to 9999."""
    if number < 10:
        return _DIGITS[number]
    said, digits = "", str(number)
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit != "0":
            said += _DIGITS[int(digit)] + _TENS[place]
        elif said[-1] != "零":
            said += "零"
    said = said.rstrip("零")
    return said.removeprefix("一") if 10 <= number < 20 else said


def _say(found: re.Match[str], text: str) -> str:
    part = found.groupdict()
    if part["year"]:
        return f"{digit_by_digit(part['year'])}年{cardinal(int(part['month']))}月{cardinal(int(part['day']))}日"
    if part["hour"]:
        minute = int(part["minute"])
        past = "" if not minute else f"{'零' if minute < 10 else ''}{cardinal(minute)}分"
        return f"{_counted(int(part['hour']))}点{past}"
    if part["whole"]:
        return f"{_plain(part['whole'])}点{digit_by_digit(part['part'])}"
    if part["apart"]:
        return digit_by_digit(part["apart"])
    follows = text[found.end() :].lstrip()[:1]
    number = int(part["number"])
    return _counted(number) if follows and follows in _COUNTED else cardinal(number)


def _counted(number: int) -> str:
    return "两" if number == 2 else cardinal(number)


def _plain(digits: str) -> str:
    return cardinal(int(digits)) if len(digits) <= _MOST else digit_by_digit(digits)
