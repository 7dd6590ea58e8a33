"""The metric catalogue: every measurement's name, data type, unit and range, once.

Names follow Sparkplug's convention of `/` as a folder separator (Sparkplug 3.0.0, section 6.4.6). A time-series
database gets the part before the slash as measurement and the rest as field: `Air/Temperature` -> `air.temperature`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from contract.sparkplug.datatypes import DataType


@dataclass(frozen=True, slots=True)
class Metric:
    """One measurement. `low`/`high` are the physically possible range, both included; a value outside is a fault."""

    name: str
    datatype: DataType
    unit: str
    zh: str
    en: str
    low: float | None = None
    high: float | None = None

    @property
    def numeric(self) -> bool:
        """True when a time-series database can hold the value (strings travel in births only)."""
        return self.datatype not in (DataType.STRING, DataType.TEXT, DataType.DATASET, DataType.UUID)

    @property
    def series(self) -> tuple[str, str]:
        """(measurement, field) in a time-series database, lower case with underscores."""
        group, _, field = self.name.partition("/")
        return group.lower().replace(" ", "_"), field.lower().replace(" ", "_")


_I32, _I64, _F, _B, _S = DataType.INT32, DataType.INT64, DataType.FLOAT, DataType.BOOLEAN, DataType.STRING

_DEVICE = (
    Metric("Air/Temperature", _F, "°C", "温度", "Temperature", -60, 1300),
    Metric("Air/Humidity", _F, "%RH", "相对湿度", "Relative humidity", 0, 100),
    Metric("Presence/Detected", _B, "", "有人", "Somebody present"),
    Metric("Presence/Motion", _I32, "0 none 1 still 2 active", "活动状态", "Motion", 0, 2),
    Metric("Presence/Body Movement", _I32, "0-100", "体动", "Body movement", 0, 100),
    Metric("Presence/Distance", _I32, "cm", "距离", "Distance", 0, 65535),
    Metric("Bed/Occupied", _B, "", "在床", "In bed"),
    Metric("Bed/Sleep Stage", _I32, "0 deep 1 light 2 awake 3 none", "睡眠阶段", "Sleep stage", 0, 3),
    Metric("Breath/Rate", _I32, "1/min", "呼吸率", "Breathing rate", 0, 35),
    Metric("Breath/State", _I32, "1 normal 2 high 3 low 4 none", "呼吸状态", "Breathing state", 1, 4),
    Metric("Heart/Rate", _I32, "1/min", "心率", "Heart rate", 60, 120),
    Metric("Fall/Detected", _B, "", "跌倒", "Fall detected"),
    Metric("Fall/Stationary", _B, "", "静止滞留", "Motionless stay"),
    Metric("Button/Presses", _I64, "count", "按铃次数", "Button presses", 0),
    Metric("Reader/Cards Read", _I64, "count", "读卡次数", "Cards read", 0),
    Metric("Reader/Read Failures", _I64, "count", "读卡失败", "Failed card reads", 0),
    Metric("People/In View", _I32, "count", "视野内人数", "People in view", 0, 3),
    Metric("People/Entered", _I64, "count", "进入人次", "People who entered", 0),
    Metric("People/Left", _I64, "count", "离开人次", "People who left", 0),
    Metric("Fire/Alarms", _I64, "count", "火警次数", "Fire alarms", 0),
    Metric("Fire/Faults", _I64, "count", "消防故障次数", "Faults of the fire panel", 0),
    Metric("Flue/Dust", _F, "mg/m³", "烟气颗粒物", "Flue gas: dust", 0, 100000),
    Metric("Flue/Sulphur Dioxide", _F, "mg/m³", "烟气二氧化硫", "Flue gas: sulphur dioxide", 0, 100000),
    Metric("Flue/Nitrogen Oxides", _F, "mg/m³", "烟气氮氧化物", "Flue gas: nitrogen oxides", 0, 100000),
    Metric("Flue/Carbon Monoxide", _F, "mg/m³", "烟气一氧化碳", "Flue gas: carbon monoxide", 0, 100000),
    Metric("Flue/Hydrogen Chloride", _F, "mg/m³", "烟气氯化氢", "Flue gas: hydrogen chloride", 0, 100000),
    Metric("Flue/Oxygen", _F, "%", "烟气含氧量", "Flue gas: oxygen", 0, 25),
    Metric("Flue/Velocity", _F, "m/s", "烟气流速", "Flue gas: velocity", 0, 100),
    Metric("Flue/Temperature", _F, "°C", "烟气温度", "Flue gas: temperature", -60, 1300),
    Metric("Flue/Pressure", _F, "kPa", "烟气压力", "Flue gas: pressure", -200, 200),
    Metric("Flue/Humidity", _F, "%", "烟气湿度", "Flue gas: humidity", 0, 100),
    Metric("Flue/Flow", _F, "m³/s", "烟气流量", "Flue gas: flow", 0, 100000),
    Metric("Flue Minute/Dust", _F, "mg/m³", "颗粒物折算分钟均值", "Dust, minute mean", 0, 100000),
    Metric("Flue Minute/Sulphur Dioxide", _F, "mg/m³", "二氧化硫折算分钟均值", "SO₂, minute mean", 0, 100000),
    Metric("Flue Minute/Nitrogen Oxides", _F, "mg/m³", "氮氧化物折算分钟均值", "NOx, minute mean", 0, 100000),
    Metric("Flue Minute/Carbon Monoxide", _F, "mg/m³", "一氧化碳折算分钟均值", "CO, minute mean", 0, 100000),
    Metric("Flue Minute/Hydrogen Chloride", _F, "mg/m³", "氯化氢折算分钟均值", "HCl, minute mean", 0, 100000),
    Metric("Flue Hour/Dust", _F, "mg/m³", "颗粒物折算小时均值", "Dust, hour mean", 0, 100000),
    Metric("Flue Hour/Sulphur Dioxide", _F, "mg/m³", "二氧化硫折算小时均值", "SO₂, hour mean", 0, 100000),
    Metric("Flue Hour/Nitrogen Oxides", _F, "mg/m³", "氮氧化物折算小时均值", "NOx, hour mean", 0, 100000),
    Metric("Flue Hour/Carbon Monoxide", _F, "mg/m³", "一氧化碳折算小时均值", "CO, hour mean", 0, 100000),
    Metric("Flue Hour/Hydrogen Chloride", _F, "mg/m³", "氯化氢折算小时均值", "HCl, hour mean", 0, 100000),
    Metric("Flue Day/Dust", _F, "mg/m³", "颗粒物折算日均值", "Dust, day mean", 0, 100000),
    Metric("Flue Day/Sulphur Dioxide", _F, "mg/m³", "二氧化硫折算日均值", "SO₂, day mean", 0, 100000),
    Metric("Flue Day/Nitrogen Oxides", _F, "mg/m³", "氮氧化物折算日均值", "NOx, day mean", 0, 100000),
    Metric("Flue Day/Carbon Monoxide", _F, "mg/m³", "一氧化碳折算日均值", "CO, day mean", 0, 100000),
    Metric("Flue Day/Hydrogen Chloride", _F, "mg/m³", "氯化氢折算日均值", "HCl, day mean", 0, 100000),
    Metric("Flue/CRC Kind", _I32, "1 HJ 212 2 Modbus", "校验算法", "Kind of checksum", 1, 2),
    Metric("Scanner/Codes Read", _I64, "count", "扫码次数", "Codes read", 0),
    Metric("Oximeter/Finger In", _B, "", "手指在位", "Finger in place"),
    Metric("Oximeter/Oxygen Saturation", _I32, "%", "血氧饱和度", "Oxygen saturation", 0, 100),
    Metric("Oximeter/Pulse Rate", _I32, "1/min", "脉率", "Pulse rate", 0, 254),
)

_PORT = (  # what the edge counts for each device's port; a device file never reports these
    Metric("Port/Frames", _I64, "count", "有效帧", "Frames received", 0),
    Metric("Port/CRC Errors", _I64, "count", "校验错误", "Checksum errors", 0),
    Metric("Port/Resyncs", _I64, "count", "重新同步", "Resynchronisations", 0),
    Metric("Port/Reopens", _I64, "count", "重新打开", "Reopens", 0),
)

_ABOUT_DEVICE = (  # stated in a birth, never measured
    Metric("Device/Driver", _S, "", "驱动", "Driver"),
    Metric("Device/Location", _S, "", "位置", "Location"),
    Metric("Device/Life Safety", _B, "", "生命安全", "Life safety"),
    Metric("Device/Simulated", _B, "", "模拟", "Simulated"),
    Metric("Device/Online", _B, "", "在线", "On line"),  # false in a birth: declared only to read its stored data
    Metric("Device/Cause", _S, "", "离线原因", "Why it is off line"),
    Metric("Device/Fingerprint", _S, "", "设备指纹", "What the device says it is"),
    Metric("Device/Proven At", _I64, "ms", "最近验证时间", "Last proven working (UTC)", 0),
    Metric("Device/Prove Every", _I32, "d", "验证周期", "Must prove itself this often", 1),
    Metric("Outbox/Offset", _I64, "offset", "存储序号", "Outbox offset of this reading", 1),
    Metric("Reading/Drill", _S, "", "演练编号", "Drill that this reading comes from"),
    Metric("Reading/Device Time", _I64, "ms", "设备时间", "The device's own time (UTC)", 0),
)

_NODE = (
    Metric("bdSeq", _I64, "", "上线序号", "Birth/death sequence", 0, 255),
    Metric("Node Control/Rebirth", _B, "", "重新声明", "Ask for new birth certificates"),
    Metric("Node Control/Ack", DataType.DATASET, "", "已入库水位", "Committed watermarks"),
    Metric("Node Control/Command", DataType.DATASET, "", "指令", "A command to the facility"),
    Metric("Facility/Name", _S, "", "机构名称", "Facility name (Chinese)"),
    Metric("Facility/Name En", _S, "", "机构英文名称", "Facility name (English)"),
    Metric("Facility/Kind", _S, "", "机构类型", "Facility kind"),
    Metric("Facility/Simulated", _B, "", "模拟", "Simulated"),
    Metric("Outbox/Epoch", _S, "", "存储世代", "Outbox epoch"),
    Metric("Outbox/Oldest Event", _I64, "seq", "最早未确认事件", "Oldest event not yet acknowledged", 1),
    Metric("Outbox/Oldest Reading", _I64, "offset", "最早未确认读数", "Oldest reading not yet acknowledged", 1),
    Metric("Outbox/Events Waiting", _I64, "count", "待上传事件", "Events waiting", 0),
    Metric("Outbox/Readings Waiting", _I64, "count", "待上传读数", "Readings waiting", 0),
    Metric("Field/Heartbeat Age", _F, "s", "现场进程心跳", "Age of the field process's heartbeat", 0),
    Metric("Clock/Offset", _I64, "ms", "时钟偏差", "The facility's clock minus the cloud's"),
    Metric("Clock/Quality", _S, "", "时钟质量", "good, uncertain or bad"),
    Metric("Config/Hash", _S, "", "配置指纹", "SHA-256 of the facility file that runs"),
    Metric("Config/State", _S, "", "配置状态", "Where a new facility file stands"),
)

PORT_METRICS = tuple(metric.name for metric in _PORT)

CATALOGUE: Mapping[str, Metric] = {m.name: m for m in (*_DEVICE, *_PORT, *_ABOUT_DEVICE, *_NODE)}
