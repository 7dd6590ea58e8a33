"""The city's places: counties and townships by their real names (domain brief 5.2), everything smaller invented."""

from collections.abc import Mapping
from random import Random
from typing import get_args

from contract.identifiers.area import AREAS
from contract.reference_rows import Jurisdiction, Label, PlaceKind, PlaceName, ReliefBed, ReliefPoint

TOWNSHIPS: Mapping[str, tuple[str, ...]] = {
    county: tuple(names.split())
    for county, names in {
        "330802": "新新街道 府山街道 荷花街道 信安街道 白云街道 双港街道 衢化街道 花园街道 石梁镇 航埠镇 黄家乡"
        " 七里乡 九华乡 沟溪乡 华墅乡 姜家山乡 万田乡 石室乡",
        "330803": "樟潭街道 浮石街道 上方镇 峡川镇 莲花镇 全旺镇 大洲镇 后溪镇 廿里镇 湖南镇 高家镇 杜泽镇 灰坪乡"
        " 太真乡 双桥乡 周家乡 云溪乡 举村乡 岭洋乡 黄坛口乡",
        "330822": "天马街道 紫港街道 金川街道 白石镇 招贤镇 青石镇 球川镇 辉埠镇 芳村镇 何家乡 同弓乡 大桥头乡"
        " 新昌乡 东案乡",
        "330824": "桐村镇 杨林镇 苏庄镇 齐溪镇 村头镇 华埠镇 马金镇 池淮镇 中村乡 长虹乡 何田乡 林山乡 音坑乡 大溪边乡",
        "330825": "龙洲街道 东华街道 湖镇镇 小南海镇 詹家镇 溪口镇 横山镇 塔石镇 罗家乡 庙下乡 石佛乡 社阳乡 大街乡"
        " 沐尘畲族乡 模环乡",
        "330881": "双塔街道 虎山街道 清湖街道 四都镇 坛石镇 大桥镇 新塘边镇 廿八都镇 长台镇 上余镇 凤林镇 峡口镇 石门镇"
        " 贺村镇 大陈乡 碗窑乡 保安乡 塘源口乡 张村乡",
    }.items()
}
COUNTIES = tuple(TOWNSHIPS)
INVENTED = ("样例", "测试", "模拟", "演示", "试点", "样板")
NUMERALS = "一二三四五六七八九十"

_ENDINGS: Mapping[str, str] = {
    "village": "村",
    "road": "路",
    "bridge": "桥",
    "estate": "小区",
    "building": "大厦",
    "park": "公园",
    "station": "站",
}
_AREAS_OF_MANAGEMENT = (
    ("330802-LSCY", "衢州绿色产业集聚区", "Quzhou Green Industry Cluster"),
    ("330802-XQ", "衢州市西区管委会", "Western District Committee"),
)
_RELIEF_COUNTIES = (("330802", 118.87, 28.94), ("330803", 118.96, 28.98))  # with a point in the middle of each
_RELIEF_ROOMS = (
    *(("201", bed, "men") for bed in "12"),
    *(("202", bed, "men") for bed in "1234"),
    *(("203", bed, "women") for bed in "123"),
    *(("204", bed, "family") for bed in "123"),
    *(("205", bed, "minors") for bed in "12"),
    ("101", "1", "medical"),
)


def address(rng: Random, county: str) -> str:
    town = rng.choice(TOWNSHIPS[county])
    return f"{AREAS[county].zh}{town}{rng.choice(INVENTED)}路{rng.randint(1, 299)}号"


def phone(rng: Random) -> str:
    """Of nobody: no network has numbers that begin so."""
    return f"000-{rng.randint(0, 99_999_999):08d}"


def place_names(rng: Random) -> tuple[PlaceName, ...]:
    """About a thousand; none twice in a county."""
    rows = []
    for county in COUNTIES:
        stems = [word + numeral for word in INVENTED for numeral in NUMERALS]
        for kind in get_args(PlaceKind):
            chosen = sorted(rng.sample(stems, 40 if kind in ("village", "road") else 15), key=stems.index)
            rows += [PlaceName(county=county, name=stem + _ENDINGS[kind], kind=kind) for stem in chosen]
    return tuple(rows)


def jurisdictions() -> tuple[Jurisdiction, ...]:
    counties = [
        Jurisdiction(owner_code=county, name=Label(zh=AREAS[county].zh, en=AREAS[county].en), area=county)
        for county in COUNTIES
    ]
    managed = [
        Jurisdiction(owner_code=code, name=Label(zh=zh, en=en), area=code[:6]) for code, zh, en in _AREAS_OF_MANAGEMENT
    ]
    return (*counties, *managed)


def relief_beds(rng: Random) -> tuple[ReliefBed, ...]:
    states = ("free", "free", "free", "taken", "taken", "out_of_service")
    return tuple(
        ReliefBed.model_validate({"room": room, "bed": bed, "section": section, "state": rng.choice(states)})
        for room, bed, section in _RELIEF_ROOMS
    )


def relief_points(rng: Random) -> tuple[ReliefPoint, ...]:
    """Rounded to a thousandth of a degree, about 100 m."""
    rows = []
    for county, lon, lat in _RELIEF_COUNTIES:
        for number, numeral in enumerate(NUMERALS[:4], start=1):
            always = number == 1
            rows.append(
                ReliefPoint(
                    id=f"{county}-point-{number}",
                    name=Label(
                        zh=f"{AREAS[county].zh}样例{numeral}社区救助点",
                        en=f"{AREAS[county].en} sample relief point {number}",
                    ),
                    county=county,
                    lon=round(lon + rng.uniform(-0.03, 0.03), 3),
                    lat=round(lat + rng.uniform(-0.03, 0.03), 3),
                    opens="00:00" if always else "08:30",
                    closes="24:00" if always else "20:00",
                    phone=phone(rng),
                )
            )
    return tuple(rows)
