"""The written refusal (不予救助通知书): its ground, the facts, and where to complain. Pure.

Sources: ministry order 24 (2003), article 4 and 5: who is no 救助对象 is told the reason in writing. It names nobody:
the number is the person's, and the paper goes into their hand.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Literal

from cloud.domain.deadline import day_of

Ground = Literal["can_pay", "has_kin", "has_support", "not_living_so", "untrue"]
GROUNDS: Mapping[Ground, str] = {
    "can_pay": "自身有能力解决食宿",
    "has_kin": "有亲友可以投靠",
    "has_support": "已享受最低生活保障或者特困人员供养",
    "not_living_so": "不属于在城市流浪乞讨度日",
    "untrue": "经说明后，仍不愿如实提供救助所需的基本情况",
}
_TITLE = "不予救助通知书"


def refusal_text(
    number: str, grounds: Sequence[Ground], facts: str, station: Mapping[str, str], decided_ms: int
) -> str:
    """`station`: name, supervisor, supervisor_phone. `facts`: what the ground rests on, in the writer's words."""
    day = day_of(decided_ms)
    return "\n".join((
        _TITLE,
        f"求助人（登记号 {number}）：",
        "经了解您的情况，依照《城市生活无着的流浪乞讨人员救助管理办法》及其实施细则，本次不予救助。",
        f"理由：{'；'.join(GROUNDS[ground] for ground in dict.fromkeys(grounds))}。",
        f"事实：{facts.strip()}",
        "情况有变化的，您可以随时再来求助。突发急病或者受到伤害的，请马上告诉工作人员，先看病。",
        f"您认为应当得到救助的，可以向{station['supervisor']}反映，电话 {station['supervisor_phone']}。",
        f"{station['name']}  {day.year}年{day.month}月{day.day}日",
    ))  # fmt: skip


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
