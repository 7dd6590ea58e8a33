"""The one catalogue of what people read on our pages: Chinese first, English beside it."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    zh: str
    en: str


WORDS: Mapping[str, Words] = {
    "title": Words("民政设施运行总览", "Civil-affairs facilities, live"),
    "language": Words("中文", "English"),
    "simulated_data": Words("模拟数据", "Simulated data"),
    "simulated": Words("模拟", "SIM"),
    "connection_lost": Words("连接中断，以下为最后收到的数据", "Connection lost: these are the last values received"),
    "unavailable": Words("数据暂时无法读取，5 秒后重试", "The records cannot be read now; trying again in 5 seconds"),
    "snapshot": Words("网页脚本未启用，每 10 秒整页刷新", "No scripts: the whole page reloads every 10 seconds"),
    "aid_note": Words(
        "雷达和呼叫器仅为照护辅助，不是医疗器械", "Radars and call buttons aid care; they are not medical devices"
    ),
    # headline
    "headline": Words("全市合计", "City totals"),
    "headline.devices": Words("在线设备", "On line"),
    "headline.alarms": Words("待处理告警", "Alarms"),
    "headline.checkins": Words("今日签到", "Check-ins"),
    "headline.readings": Words("每分钟读数", "Readings/min"),
    # facilities
    "facilities": Words("设施", "Facilities"),
    "facilities.none": Words("尚无设施上报数据", "No facility has reported yet"),
    "facilities.rest": Words("其余 {n} 处", "{n} more"),
    "kind.marriage_office": Words("婚姻登记", "Marriage registration"),
    "kind.care_home": Words("养老服务", "Care home"),
    "kind.funeral_home": Words("殡葬服务", "Funeral home"),
    "kind.relief_station": Words("救助管理", "Relief station"),
    "state.ok": Words("正常", "Normal"),
    "state.warn": Words("需关注", "Needs attention"),
    "state.critical": Words("告警", "Alarm"),
    "state.offline": Words("离线", "Off line"),
    "state.never": Words("尚未上线", "Never on line"),
    "state.stale": Words("数据过期", "Out of date"),
    "state.devices_off": Words("{n} 台设备离线", "{n} off line"),
    "devices": Words("设备", "Devices"),
    "checkins": Words("签到", "Check-ins"),
    "beds": Words("床位", "Beds"),
    "beds.unknown": Words("未知 {n}", "{n} unknown"),
    "alarms": Words("告警", "Alarms"),
    "reading.unknown": Words("未知", "Unknown"),
    "cause.device": Words("设备", "device"),
    "cause.port": Words("端口", "port"),
    "cause.edge": Words("边缘网关", "edge box"),
    "cause.uplink": Words("上行网络", "uplink"),
    "cause.ingest": Words("云端接收", "ingest"),
    "cause.removed": Words("已移除", "removed"),
    "cause.drill": Words("演练", "drill"),
    # proof of life
    "proof.overdue": Words("待验证 {n} 台", "Proof overdue: {n}"),
    "proof.never": Words("从未验证", "never proven"),
    "proof.days": Words("超期 {n} 天", "by {n} d"),
    # a facility's clock
    "clock.fast": Words("时钟快 {n}", "Clock {n} fast"),
    "clock.slow": Words("时钟慢 {n}", "Clock {n} slow"),
    "clock.bad": Words("时钟不可信", "Clock cannot be trusted"),
    "clock.uncertain": Words("时钟未核对", "Clock not compared"),
    "clock.unknown": Words("时钟状态未知", "Clock state unknown"),
    "span.seconds": Words("{n} 秒", "{n} s"),
    "span.minutes": Words("{n} 分钟", "{n} min"),
    "span.hours": Words("{n} 小时", "{n} h"),
    "span.days": Words("{n} 天", "{n} d"),
    # drills
    "drill": Words("演练", "Drill"),
    "drills.aside": Words("不计入统计", "not counted"),
    "drills.on": Words("进行中 {n} 场", "{n} going on"),
    "drills.more": Words("另有 {n} 条", "{n} more"),
    # alarms
    "alarms.open": Words("待处理告警", "Open alarms"),
    "alarms.none": Words("没有待处理告警", "No open alarms"),
    "alarms.more": Words("另有 {n} 条", "{n} more"),
    "rule.call": Words("呼叫", "Call for help"),
    "rule.fall": Words("疑似跌倒", "Possible fall"),
    "rule.stationary": Words("静止滞留", "Motionless stay"),
    "rule.bed_exit": Words("离床未归", "Out of bed"),
    "rule.out_of_range": Words("温度超限", "Out of range"),
    "rule.device_silent": Words("设备失联", "Device silent"),
    "rule.fire": Words("火警", "Fire"),
    "rule.gas_leak": Words("燃气泄漏", "Gas leak"),
    "rule.water_leak": Words("漏水", "Water leak"),
    "alarm.raised": Words("未确认", "Unanswered"),
    "alarm.acknowledged": Words("已确认", "Acknowledged"),
    "alarm.attended": Words("已到场", "Attended"),
    "escalation.1": Words("已报值班组长", "Shift lead told"),
    "escalation.2": Words("已报值班经理", "Duty manager told"),
    "escalation.3": Words("已报指导中心", "Care centre told"),
    # ages
    "age.seconds": Words("{n} 秒前", "{n} s ago"),
    "age.minutes": Words("{n} 分钟前", "{n} min ago"),
    "age.hours": Words("{n} 小时前", "{n} h ago"),
    "age.days": Words("{n} 天前", "{n} d ago"),
}
