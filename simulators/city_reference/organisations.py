"""Three thousand invented social organisations. Codes have the region 330899, which no county has (GB 32100)."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from contract.identifiers.area import AREAS
from contract.identifiers.credit_code import check_character, organisation_check_character
from contract.reference_rows import (
    AnnualCheck,
    AnnualChecks,
    CreditEntry,
    CreditRecord,
    PartyAndProjects,
    Registration,
    SocialOrganisation,
)
from simulators.city_reference.places import address
from simulators.people import make_person

ORGANISATIONS = 3000
_DAY_MS = 86_400_000
_PREFIX = {"association": "51", "service": "52", "foundation": "53"}
_COUNTIES: Mapping[str, str] = {  # the initials of their pinyin
    "330802": "KCQ",
    "330803": "QJQ",
    "330822": "CSX",
    "330824": "KHX",
    "330825": "LYX",
    "330881": "JSS",
}
_INVENTED = (("样例", "YL"), ("测试", "CS"), ("模拟", "MN"), ("演示", "YS"), ("试点", "SD"))
_ORDINALS = (("甲", "J"), ("乙", "Y"), ("丙", "B"), ("丁", "D"), ("戊", "W"), ("己", "J"), ("庚", "G"), ("辛", "X"))
_TRADES = (
    ("柑橘", "GJ"), ("茶叶", "CY"), ("胡柚", "HY"), ("清水鱼", "QSY"), ("蔬菜", "SC"), ("木材", "MC"), ("旅游", "LY"),
    ("民宿", "MS"), ("围棋", "WQ"), ("乒乓球", "PPQ"), ("登山", "DS"), ("书法", "SF"), ("摄影", "SY"), ("婺剧", "WJ"),
    ("收藏", "SC"), ("餐饮", "CY"), ("物流", "WL"), ("建材", "JC"), ("电子商务", "DZSW"), ("老年", "LN"),
)  # fmt: skip
_SERVICES = (
    ("养老服务中心", "YLFWZX"), ("社会工作服务中心", "SHGZFWZX"), ("志愿服务中心", "ZYFWZX"), ("康复中心", "KFZX"),
    ("职业培训学校", "ZYPXXX"), ("幼儿园", "YEY"), ("艺术培训中心", "YSPXZX"), ("体育俱乐部", "TYJLB"),
    ("救援队", "JYD"), ("阅读馆", "YDG"),
)  # fmt: skip
_CAUSES = (("助学", "ZX"), ("敬老", "JL"), ("慈善", "CS"), ("教育发展", "JYFZ"))
_STATES = ("normal",) * 88 + ("check_due",) * 7 + ("listed_abnormal",) * 3 + ("cancelled",) * 2
_REASONS = ("未按规定报送年度工作报告", "通过登记的住所无法联系", "未按章程换届")
_PROJECTS = ("社区老人助餐", "乡村儿童阅读", "残疾人技能培训", "邻里互助", "河道清洁日")


def social_organisations(
    rng: Random, day: date, now_ms: int, count: int = ORGANISATIONS
) -> tuple[SocialOrganisation, ...]:
    names = _names(rng)
    return tuple(_organisation(rng, number, *names[number], day, now_ms) for number in range(count))


def credit_code(kind: str, number: int) -> str:
    """The code of the organisation with this number, from 1."""
    inside = f"MJT{number:05d}"
    first_17 = f"{_PREFIX[kind]}330899{inside}{organisation_check_character(inside)}"
    return first_17 + check_character(first_17)


def _names(rng: Random) -> list[tuple[str, str, str, str]]:
    """(kind, county, name, initials), all different, in random order."""
    made = []
    for county, county_initials in _COUNTIES.items():
        for word, w in _INVENTED:
            for ordinal, o in _ORDINALS:
                kinds = [("association", trade + "协会", t + "XH") for trade, t in _TRADES]
                kinds += [("service", service, s) for service, s in _SERVICES]
                kinds += [("foundation", cause + "基金会", c + "JJH") for cause, c in _CAUSES if ordinal == "甲"]
                made += [
                    (kind, county, f"{AREAS[county].zh}{word}{ordinal}{what}", county_initials + w + o + initials)
                    for kind, what, initials in kinds
                ]
    rng.shuffle(made)
    return made


def _organisation(
    rng: Random, number: int, kind: str, county: str, name: str, initials: str, day: date, now_ms: int
) -> SocialOrganisation:
    established = day - timedelta(days=rng.randint(400, 9000))
    state, yesterday = rng.choice(_STATES), now_ms - _DAY_MS
    office = f"{AREAS[county].zh}民政局"
    return SocialOrganisation.model_validate(
        {
            "name": name,
            "initials": initials,
            "credit_code": credit_code(kind, number + 1),
            "kind": kind,
            "county": county,
            "state": state,
            "legal_representative": make_person(rng).name,
            "registration": Registration(
                as_of_ms=yesterday, source=office, established=established.isoformat(), registrar=office,
                address=address(rng, county),
            ),
            "annual": AnnualChecks(
                as_of_ms=now_ms - rng.randint(1, 90) * _DAY_MS, source=office,
                checks=_checks(rng, established.year, day.year, state), rating=rng.choice(("", "", "", "3A", "4A")),
            ),
            "credit": CreditRecord(as_of_ms=yesterday, source="市信用平台", entries=_entries(rng, day, office, state)),
            "party": _party(rng, now_ms),
        }
    )  # fmt: skip


def _checks(rng: Random, first: int, this_year: int, state: str) -> tuple[AnnualCheck, ...]:
    years = range(max(first + 1, this_year - 3), this_year)
    last = {"check_due": "not_done", "listed_abnormal": "not_done"}.get(state)
    return tuple(
        AnnualCheck.model_validate(
            {"year": year, "result": last if last and year == years[-1]
             else rng.choice(("passed", "passed", "passed", "basically_passed"))}
        )
        for year in years
    )  # fmt: skip


def _entries(rng: Random, day: date, office: str, state: str) -> tuple[CreditEntry, ...]:
    """Also penalties whose time is over: no page may show those."""
    entries = []
    if state == "listed_abnormal":
        decided = day - timedelta(days=rng.randint(10, 300))
        entries.append(
            CreditEntry(kind="listed_abnormal", decided=decided.isoformat(), authority=office,
                        reason=rng.choice(_REASONS))
        )  # fmt: skip
    if rng.random() < 0.02:
        decided = day - timedelta(days=rng.randint(30, 700))
        ends = (decided + timedelta(days=365)).isoformat()
        entries.append(
            CreditEntry(kind="penalty", decided=decided.isoformat(), authority=office, reason="警告",
                        valid_until=ends)
        )  # fmt: skip
    return tuple(entries)


def _party(rng: Random, now_ms: int) -> PartyAndProjects | None:
    if rng.random() < 0.6:
        return None
    projects = tuple(rng.sample(_PROJECTS, rng.randint(0, 2)))
    return PartyAndProjects(
        as_of_ms=now_ms - 7 * _DAY_MS, source="市委社会工作部", has_party_branch=rng.random() < 0.5, projects=projects
    )
