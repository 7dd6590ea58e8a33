"""What the demo tells the person at the terminal. Chinese first, English beside it."""

from collections.abc import Mapping

from simulators.bench import Incident
from simulators.demo.office import STAFF
from simulators.facilities import FACILITIES
from simulators.facilities.kiosk import READER

_WHAT = {
    "card_read": "刷身份证签到 checks in by card",
    "card_unreadable": "身份证读不出 card cannot be read",
    "call": "按下呼叫按钮 presses the call button",
    "cancel": "护理员到场按取消 a nurse cancels at the bedside",
    "fall": "雷达发现疑似跌倒 radar suspects a fall",
    "stand_up": "已站起 is up again",
    "stationary": "长时间静止 has not moved for long",
    "in_bed": "回到床上 is back in bed",
    "out_of_bed": "离床 leaves the bed",
    "door_open": "冷藏柜门未关 the cold store's door is left open",
    "door_closed": "冷藏柜门已关 the door is shut",
}


def addresses(url: str, kiosks: Mapping[str, str], password: str, directory: object) -> None:
    print(f"\n  实时大屏 the live wall   {url}/wall        English first: {url}/wall?lang=en")
    names = {facility.id: facility.name_zh for facility in FACILITIES}
    for facility, address in kiosks.items():
        print(f"  自助机   a kiosk         {address}/             {names.get(facility, facility)}")
    print("           每隔几秒有一张模拟身份证放上去。 A simulated card is laid on each every few seconds.")
    print(f"  办公     the office      {url}/office       {' / '.join(one[0] for one in STAFF)}   {password}")
    print(f"  接口定义 the API         {url}/openapi.json")
    print(f"  文件     its files       {directory}")
    print(f"  参考数据 reference data  onetrip reference show --config {directory}/profiles/330800-funeral-01.toml")
    print("  全部为模拟数据。按 Ctrl-C 结束。 All data is simulated. Ctrl-C ends it.\n", flush=True)


def starting() -> None:
    print("正在启动：消息代理、云端、四个机构的边缘代理 …  starting broker, cloud and four facilities …", flush=True)


class Narrator:
    def __init__(self) -> None:
        self._told = 0
        self._names = {facility.id: facility.name_zh for facility in FACILITIES}

    def tell(self, incidents: tuple[Incident, ...]) -> None:
        for incident in incidents[self._told :]:
            if incident.device == READER:
                continue  # every few seconds
            name = self._names.get(incident.facility, incident.facility)
            print(f"  {name} · {incident.device}：{_WHAT.get(incident.what, incident.what)}", flush=True)
        self._told = len(incidents)


def result(report: Mapping[str, object], *, good: bool) -> None:
    print("\n结果 result")
    for key, value in report.items():
        print(f"  {key}: {value}")
    print(
        "\n  " + ("无丢失、无重复。 Nothing lost, nothing doubled." if good else "账目不符！ THE BOOKS DO NOT AGREE!"),
        flush=True,
    )
