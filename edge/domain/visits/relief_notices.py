"""Papers of the relief station: kin-search notice (寻亲公告), police request (公安协查), refusal (不予救助通知书).

Sources: 关于加强生活无着流浪乞讨人员身份查询和照料安置工作的意见 (民政部、公安部, 2015-08-20): a notice within 24 hours
of the arrival of somebody whom nobody can name; the police asked to help, at once where somebody seems lost, abandoned
or trafficked; DNA taken by the police within a month of the report. Order 381 (2003) and its rules (ministry order 24):
who is refused gets the reason in writing; the old, the young, the disabled and those who cannot say who they are, are
helped first. No photograph is made or carried here: a notice says what eyes and ears know. The texts are official
papers in Chinese; they stay on the box until staff send them by the paper's own channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from contract.identifiers.area import AREAS
from edge.domain.alarm_rules import SHANGHAI

DAY_MS = 24 * 3600_000
KIN_SEARCH_MS = DAY_MS
"""From the arrival to the notice."""

Kind = Literal["kin_search", "police_request", "refusal"]
Ground = Literal["can_pay", "has_kin", "has_support", "not_living_so", "untrue"]

_SEXES = {"man": "男", "woman": "女"}
_AGES = {"child": "未满18周岁", "adult": "18至59周岁", "old": "60周岁以上"}
_ACCENTS = {"local": "衢州口音", "province": "浙江口音(非衢州)", "elsewhere": "外省口音", "silent": "不说话或说不清"}
_HOMES = {"city": "衢州市内", "province": "浙江省内", "elsewhere": "浙江省外"}
_COMPANY = {"alone": "独自一人", "child": "带有孩子", "adult": "与成年人一起", "old": "与老人一起", "pet": "带有小动物"}
_CAME = {
    "self": "自行到站",
    "police": "由公安机关护送到站",
    "city_management": "由综合执法人员引导到站",
    "citizen": "由群众引导到站",
    "hospital": "由医院转来",
}
_THINGS = {
    "bag": "包",
    "phone": "手机",
    "papers": "证件或文书",
    "money": "装钱物的封袋",
    "medicine": "药品",
    "clothes": "衣物",
    "other": "其他物品",
}
_GROUNDS: Mapping[Ground, str] = {
    "can_pay": "自身有能力解决食宿",
    "has_kin": "有亲友可以投靠",
    "has_support": "已享受最低生活保障或者特困人员供养",
    "not_living_so": "不属于在城市流浪乞讨度日",
    "untrue": "经说明后，仍不愿如实提供救助所需的基本情况",
}


class NotRefusable(ValueError):
    """A refusal that may not be written: without a ground or its explanation, or for somebody who is helped first."""


@dataclass(frozen=True, slots=True)
class Station:
    """`supervisor`: the civil-affairs department that answers for the station."""

    name: str
    phone: str
    supervisor: str
    supervisor_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What is known of somebody (受助人员情况), as codes of the intake; "" and "unknown" alike where it is not known.

    `said_name`: as they call themselves, no identity. `found`: county code. `age`, `sex`: as eyes judge.
    """

    said_name: str = ""
    sex: str = ""
    age: str = ""
    height_cm: str = ""
    accent: str = ""
    home: str = ""
    company: str = ""
    found: str = ""
    came: str = ""
    is_harmed: bool = False
    belongings: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_urgent(self) -> bool:
        """Perhaps lost, abandoned or trafficked: the police are told at once (疑似走失、被遗弃、被拐卖)."""
        return self.is_harmed or (self.age == "child" and self.company not in ("adult", "old"))


def described(document: Mapping[str, Any]) -> Described:
    return Described(**document)


@dataclass(frozen=True, slots=True)
class Paper:
    """`due_ms`: wall ms, UTC; None without a deadline. `lines`: a paragraph each."""

    kind: Kind
    title: str
    lines: tuple[str, ...]
    due_ms: int | None = None

    @property
    def text(self) -> str:
        return "\n".join((self.title, *self.lines))

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def kin_search_notice(about: Described, station: Station, number: str, received_ms: int) -> Paper:
    """For the public: how somebody looks and speaks, where they were found; nothing of health, belongings or papers."""
    lines = (
        f"{_day(received_ms)}，我站接待一名暂时无法查明身份的人员，现寻找其亲属。",
        *_lines(about, ("自称", about.said_name), ("同行", _COMPANY.get(about.company, ""))),
        "如您认识此人，或有走失的亲人与以上情况相近，请与我站联系。",
        f"联系电话：{station.phone}(24小时)  编号：{number}",
        station.name,
    )
    return Paper("kin_search", "寻亲公告", lines, received_ms + KIN_SEARCH_MS)


def police_request(about: Described, station: Station, number: str, received_ms: int, police: str) -> Paper:
    """`police`: the station that is asked. Urgent ones are due at once."""
    things = "、".join(f"{_THINGS.get(key, key)}{count}件" for key, count in sorted(about.belongings.items()) if count)
    urgent = ("情况紧急：疑似走失、被遗弃、被拐卖或者受到侵害，请立即核查。",) if about.is_urgent else ()
    lines = (
        f"{police}：",
        f"{_minute(received_ms)}，我站接待一名暂时无法查明身份的人员，请协助核查其身份。",
        *urgent,
        *_lines(
            about,
            ("自称", about.said_name),
            ("自述家乡", _HOMES.get(about.home, "")),
            ("到站方式", _CAME.get(about.came, "")),
            ("同行", _COMPANY.get(about.company, "")),
            ("随身物品", things),
        ),
        "请比对走失人口信息；仍无法查明的，请自收到本函之日起一个月内采集、比对DNA，并把结果告知我站。",
        f"联系电话：{station.phone}(24小时)  编号：{number}",
        station.name,
    )
    return Paper("police_request", "协助核查身份函", lines, received_ms + (0 if about.is_urgent else DAY_MS))


def refusal_notice(
    grounds: Sequence[Ground],
    explanation: str,
    station: Station,
    number: str,
    decided_ms: int,
    *,
    is_helped_first: bool,
    called: str = "",
) -> Paper:
    """`explanation`: the facts, in the writer's own words. `called`: as the person calls themselves.

    Raises NotRefusable.
    """
    if is_helped_first:
        raise NotRefusable("the old, the young, the disabled and who cannot say who they are: help first, check later")
    if not grounds or not explanation.strip():
        raise NotRefusable("a refusal needs its ground and what it rests on")
    lines = (
        f"{called or '求助人'}：",
        "经了解您的情况，依照《城市生活无着的流浪乞讨人员救助管理办法》及其实施细则，本次不予救助。",
        f"理由：{'；'.join(_GROUNDS[ground] for ground in dict.fromkeys(grounds))}。",
        f"事实：{explanation.strip()}",
        "情况有变化的，您可以随时再来求助。突发急病或者受到伤害的，请马上告诉工作人员，先看病。",
        f"您认为应当得到救助的，可以向{station.supervisor}反映，电话 {station.supervisor_phone}。",
        f"{station.name}  {_day(decided_ms)}  编号：{number}",
    )
    return Paper("refusal", "不予救助通知书", lines)


def _lines(about: Described, *more: tuple[str, str]) -> tuple[str, ...]:
    """What is known, a line each; what is not known has none."""
    found = AREAS[about.found].zh if about.found in AREAS else ""
    known = (
        ("性别", _SEXES.get(about.sex, "")),
        ("年龄(目测)", _AGES.get(about.age, "")),
        ("身高(目测)", f"约{about.height_cm}厘米" if about.height_cm else ""),
        ("口音", _ACCENTS.get(about.accent, "")),
        ("发现地", found),
        *more,
    )
    return tuple(f"{label}：{value}" for label, value in known if value)


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI)


def _day(at_ms: int) -> str:
    at = _local(at_ms)
    return f"{at.year}年{at.month}月{at.day}日"


def _minute(at_ms: int) -> str:
    return f"{_day(at_ms)}{_local(at_ms):%H:%M}"
