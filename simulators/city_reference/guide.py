"""What to bring and who must come (办事指南) at each kind of facility, after the regulations of 2025 and 2026."""

from collections.abc import Mapping

from contract.reference_rows import Label, MatterInfo

_WORDS: Mapping[str, tuple[str, str]] = {
    "id": ("身份证", "identity card"),
    "both-ids": ("两人的身份证", "both identity cards"),
    "family-ids": ("家里每个人的身份证", "everybody's identity card"),
    "elder-ids": ("老人和家属的身份证", "identity cards of the elder and of the relative"),
    "id-or-code": ("身份证或预约码", "identity card or booking code"),
    "photos-together": ("两人近期半身免冠合影3张（2寸）", "three recent photos of both together (35 × 53 mm)"),
    "photos-each": ("两人各自近期半身免冠照2张（2寸）", "two recent photos of each (35 × 53 mm)"),
    "certificate": ("结婚证", "the marriage certificate"),
    "agreement": ("离婚协议书", "the written agreement"),
    "receipt": ("受理回执", "the receipt of the application"),
    "health": ("近期体检报告", "a recent health report"),
    "death": ("死亡证明", "the death certificate"),
    "id-deceased": ("逝者身份证（没有也能办）", "identity card of the deceased (if there is one)"),
    "acceptance": ("接收单位的接收证明", "the receiving home's acceptance"),
    "plate": ("车牌号", "the hearse's number plate"),
    "name-plan": ("命名方案", "the proposed name and its reason"),
    "both": ("两人一起来", "both come together"),
    "yourself": ("本人来", "come yourself"),
    "visitor": ("来看望的人", "who visits"),
    "with-elder": ("家属陪老人", "a relative with the elder"),
    "relative": ("家属或受托人", "a relative, or who acts for them"),
    "one-of-family": ("家里一个人，或代办的人", "one of the family, or who acts for them"),
    "anybody": ("谁都可以来，什么都不用带", "anybody, and nothing to bring"),
    "office": ("周一至周六 9:00-11:30, 14:00-16:30", "Monday to Saturday 9:00-11:30, 14:00-16:30"),
    "working-days": ("工作日 9:00-16:30", "working days 9:00-16:30"),
    "daily": ("每天 9:00-16:30", "every day 9:00-16:30"),
    "always": ("全天24小时", "day and night"),
}
_EVERYWHERE = """
social_assistance                  | family-ids                            | one-of-family | working-days |
place_names                        | id name-plan                          | yourself      | working-days |
"""
_GUIDE: Mapping[str, str] = {  # matter and variant | documents | who | hours | windows
    "marriage_office": """
marriage          marriage         | both-ids photos-together              | both          | office       | 1 2
marriage          divorce.first    | both-ids certificate agreement photos-each | both     | office       | 3
marriage          divorce.claim    | both-ids receipt                      | both          | office       | 3
certificates      marriage         | both-ids                              | both          | office       | 2 3
certificates      divorce          | id                                    | yourself      | office       | 2 3
""",
    "care_home": """
care_visit                         | id-or-code                            | visitor       | daily        |
care_home                          | elder-ids health                      | with-elder    | daily        |
""",
    "funeral_home": """
cremation                          | id death id-deceased                  | relative      | always       | 1 2
outbound_transfer                  | id death acceptance plate             | relative      | always       | 1
""",
    "relief_station": """
relief                             |                                       | anybody       | always       |
""",
}


def matters_info(kind: str) -> tuple[MatterInfo, ...]:
    """`kind`: of the facility."""
    return tuple(map(_info, (_GUIDE[kind] + _EVERYWHERE).strip().replace("\n\n", "\n").splitlines()))


def _info(line: str) -> MatterInfo:
    names, documents, who, hours, windows = (cell.split() for cell in line.split("|"))
    return MatterInfo(
        matter=names[0],
        variant=" ".join(names[1:]),
        documents=tuple(map(_label, documents)),
        who=_label(*who),
        hours=_label(*hours),
        windows=tuple(windows),
    )


def _label(key: str) -> Label:
    zh, en = _WORDS[key]
    return Label(zh=zh, en=en)
