"""Addresses as they are to be written (地址标准化). Pure.

The structure of GB/T 23705 and of Zhejiang's rules, as the domain brief names it: province, city, county, township,
village or community, road, plate (号), building (幢), unit (单元), floor (层), room (室). Full-width characters become
half-width, Chinese numerals of a plate or below become digits, and other words for the same thing become one word.
"""

import re
import unicodedata
from dataclasses import dataclass, fields

from contract.identifiers.area import AREAS
from contract.identifiers.townships import TOWNSHIPS

LONGEST = 128
_PROVINCE, _CITY = "浙江省", "衢州市"
_CHINESE = "零〇○一二三四五六七八九十百千两廿"
_DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = rf"[0-9A-Z]+(?:-[0-9A-Z]+)*|[{_CHINESE}]+"
_DASHES = str.maketrans(dict.fromkeys("－—–―‐‑‒−﹣ー~～", "-"))
_ROAD_ENDS = r"(?:[东南西北中前后上下新老]|[0-9]+)?(?:路|街(?!道)|大道|巷|弄|桥)"
_VILLAGE = re.compile(
    rf"([^0-9]{{1,12}}?)(社区居委会|居委会|村委会|村民委员会|行政村|社区|村)(?!{_ROAD_ENDS}|[0-9]|庄)"
)
# From the end backwards: what, its own word, other words for it.
_TAILS = (
    ("room", "室", "室|房间|房|户"),
    ("floor", "层", "层|(?<!号)楼"),
    ("unit", "单元", "单元|门栋|梯"),
    ("building", "幢", "号楼|号幢|号栋|幢|栋|座"),
)
_PLATE = re.compile(rf"(?P<head>.*?)(?<![0-9A-Z-])(?P<n>{_NUMBER})(?:号院|号)(?:(?:之|附|-)(?P<sub>{_NUMBER})(?:号)?)?")


class BadAddress(ValueError):
    """It cannot be written as a standard address; the text says why. `zh`: the same."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True, slots=True)
class Address:
    """Parts with their own words (花园街道, 12号); "" for what it has not."""

    province: str
    city: str
    county: str
    township: str
    village: str
    road: str
    plate: str
    building: str
    unit: str
    floor: str
    room: str

    @property
    def text(self) -> str:
        return "".join(getattr(self, one.name) for one in fields(self))

    @property
    def missing(self) -> tuple[str, ...]:
        """What a doorplate's address cannot do without."""
        lacks = {
            "村、社区或道路 village or road": not (self.village or self.road),
            "门牌或楼幢号 plate or building": not (self.plate or self.building),
        }
        return tuple(name for name, is_missing in lacks.items() if is_missing)


PARTS = tuple(one.name for one in fields(Address))


def parse(text: str, area: str) -> Address:
    """`area`: 9 or 12 digits, which name county and township. Raises BadAddress."""
    now = _once(text, area)
    for _ in range(8):  # a rule may uncover what another one reads; then it is read once more
        again = _once(now.text, area)
        if again == now:
            return _fitting(now)
        now = again
    raise BadAddress(
        "地址无法识别，请按省、市、县、乡镇、村、路、号、幢、单元、室填写",
        "it reads differently each time: write it part by part",
    )


def standard(text: str, area: str) -> str:
    """The address as it is to be written. Raises BadAddress."""
    return parse(text, area).text


def number_of(chinese: str) -> str:
    """一百零五 -> 105, 二〇三 -> 203; digits as they are, without zeros before them."""
    if not set(chinese) <= set(_CHINESE):
        return "-".join(part.lstrip("0") or "0" if part.isdecimal() else part for part in chinese.split("-"))
    chinese = chinese.replace("廿", "二十")
    if not set(chinese) & set(_UNITS):
        return "".join(str(_DIGITS[one]) for one in chinese).lstrip("0") or "0"
    total, digit = 0, 0
    for one in chinese:
        if one in _UNITS:
            total += (digit or (1 if total == 0 else 0)) * _UNITS[one]
            digit = 0
        else:
            digit = _DIGITS[one]
    return str(total + digit)


def plain(text: str) -> str:
    """Full-width as half-width, no spaces, one kind of dash, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_DASHES).upper()


def _once(text: str, area: str) -> Address:
    rest = plain(text)
    if any(unicodedata.category(one)[0] == "C" for one in rest):
        raise BadAddress("地址中有看不见的字符", "it holds characters that cannot be seen")
    county = AREAS.get(area[:6])
    if county is None or len(area) < 9:
        raise BadAddress("区划代码不属于本市", f"area {area}: no township or village of the city")
    rest = _without_county(rest, county.zh)
    township, rest = _township(rest, area)
    tails: dict[str, str] = {}
    village, rest = _village(rest)
    if found := re.fullmatch(rf"(?P<head>.*?(?:单元|幢|栋|座|楼|层))(?P<n>{_NUMBER})", rest):
        rest = f"{rest}室" if found["n"] else rest
    for name, word, others in _TAILS:
        if found := re.fullmatch(rf"(?P<head>.*?)(?<![0-9A-Z-])(?P<n>{_NUMBER})(?:{others})", rest):
            rest, tails[name] = found["head"], number_of(found["n"]) + word
    plate = ""
    if found := _PLATE.fullmatch(rest):
        sub = f"-{number_of(found['sub'])}" if found["sub"] else ""
        rest, plate = found["head"], f"{number_of(found['n'])}{sub}号"
    return Address(
        _PROVINCE, _CITY, county.zh, township, village, rest, plate, tails.get("building", ""), tails.get("unit", ""),
        tails.get("floor", ""), tails.get("room", ""),
    )  # fmt: skip


def _without_county(rest: str, county: str) -> str:
    """An address of another county is no address of this one."""
    rest = rest.removeprefix(_PROVINCE)
    if re.match(r"浙江(?=衢州)", rest):
        rest = rest[2:]
    rest = rest.removeprefix(_CITY)
    for other in AREAS.values():
        if other.zh != _CITY and rest.startswith(other.zh):
            if other.zh != county:
                raise BadAddress(f"地址写的是{other.zh}，区划代码是{county}", f"it says {other.zh}, the code {county}")
            return rest[len(other.zh) :]
    return rest


def _township(rest: str, area: str) -> tuple[str, str]:
    """By its code; where the code is of none that is known, as the text has it."""
    named = TOWNSHIPS.get(area[:9])
    if named is None:
        found = re.match(rf"([^0-9]{{1,8}}?(?:街道|镇|乡))(?:办事处)?(?!{_ROAD_ENDS})", rest)
        return (found[1], rest[found.end() :]) if found else ("", rest)
    for other in TOWNSHIPS.values():
        if (
            other.county == named.county
            and rest.startswith(other.zh)
            and not re.match(_ROAD_ENDS, rest[len(other.zh) :])
        ):
            if other != named:
                raise BadAddress(
                    f"地址写的是{other.zh}，区划代码是{named.zh}", f"it says {other.zh}, the code {named.zh}"
                )
            return named.zh, rest[len(other.zh) :].removeprefix("办事处")
    return named.zh, rest


def _village(rest: str) -> tuple[str, str]:
    found = _VILLAGE.match(rest)
    if found is None:
        return "", rest
    word = "社区" if found[2] in ("社区居委会", "居委会", "社区") else "村"
    return found[1] + word, rest[found.end() :]


def _fitting(address: Address) -> Address:
    if len(address.text) > LONGEST:
        raise BadAddress("地址太长", f"it is longer than {LONGEST} characters")
    return address
