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
_D = DataType.DOUBLE  # where a FLOAT is too coarse

_DEVICE = (
    Metric("Air/Temperature", _F, "°C", "温度", "Temperature", -60, 1300),
    Metric("Air/Humidity", _F, "%RH", "相对湿度", "Relative humidity", 0, 100),
    Metric("Air/Carbon Dioxide", _F, "ppm", "二氧化碳", "Carbon dioxide", 0, 40000),
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
    Metric("Button/Battery", _I32, "%", "按钮电池电量", "Button: battery charge", 0, 100),
    Metric("Button/Signal", _I32, "dBm", "按钮信号强度", "Button: signal strength", -200, 50),
    Metric("Button/SNR", _F, "dB", "按钮信噪比", "Button: signal-to-noise ratio", -100, 100),
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
    Metric("Printer/Paper", _I32, "0 ok 1 near end 2 out", "打印纸状态", "Paper", 0, 2),
    Metric("Printer/Cover Open", _B, "", "打印机盖打开", "Printer cover open"),
    Metric("Printer/Online", _B, "", "打印机就绪", "Printer ready"),
    Metric("Printer/Jobs Printed", _I64, "count", "打印任务数", "Jobs printed", 0),
    Metric("Pad/Signatures", _I64, "count", "签名次数", "Signatures captured", 0),
    Metric("Pad/Pen In Range", _B, "", "笔在感应范围", "Pen in range"),
    Metric("Rating/Given", _I64, "count", "评价次数", "Ratings given", 0),
    Metric("Rating/Last Score", _I32, "1-5", "最近评分", "Last score", 1, 5),
    Metric("Door/Passed", _I64, "count", "通行次数", "People let through", 0),
    Metric("Door/Refused", _I64, "count", "拒绝通行次数", "People refused", 0),
    Metric("Tag/Reads", _I64, "count", "标签经过次数", "Tag passes", 0),
    Metric("Position/Latitude", _D, "°", "纬度", "Latitude, WGS-84", -90, 90),
    Metric("Position/Longitude", _D, "°", "经度", "Longitude, WGS-84", -180, 180),
    Metric("Position/Altitude", _F, "m", "海拔", "Altitude above mean sea level", -1000, 20000),
    Metric("Position/Satellites", _I32, "count", "卫星数", "Satellites in use", 0, 99),
    Metric("Position/Fix Quality", _I32, "0 none 1 GNSS 2 differential 4 RTK 5 float", "定位质量", "Fix quality", 0, 9),
    Metric("Position/HDOP", _F, "", "水平精度因子", "Horizontal dilution of precision", 0, 100),
    Metric("Oximeter/Finger In", _B, "", "手指在位", "Finger in place"),
    Metric("Oximeter/Oxygen Saturation", _I32, "%", "血氧饱和度", "Oxygen saturation", 0, 100),
    Metric("Oximeter/Pulse Rate", _I32, "1/min", "脉率", "Pulse rate", 0, 254),
    Metric("Blood Pressure/Systolic", _F, "mmHg", "收缩压", "Systolic blood pressure", 0, 350),
    Metric("Blood Pressure/Diastolic", _F, "mmHg", "舒张压", "Diastolic blood pressure", 0, 350),
    Metric("Blood Pressure/Mean", _F, "mmHg", "平均动脉压", "Mean arterial pressure", 0, 350),
    Metric("Blood Pressure/Pulse Rate", _F, "1/min", "血压计脉率", "Pulse rate by the cuff", 0, 300),
    Metric("Blood Pressure/Measuring", _B, "", "正在测量血压", "Blood pressure is being measured"),
    Metric("Door/Open", _B, "", "门开", "Door open"),
    Metric("Smoke/Detected", _B, "", "烟雾", "Smoke detected"),
    Metric("Gas/Detected", _B, "", "燃气泄漏", "Gas detected"),
    Metric("Leak/Detected", _B, "", "漏水", "Water leak detected"),
    Metric("Contacts/1", _B, "", "触点1闭合", "Contact 1 closed"),
    Metric("Contacts/2", _B, "", "触点2闭合", "Contact 2 closed"),
    Metric("Contacts/3", _B, "", "触点3闭合", "Contact 3 closed"),
    Metric("Contacts/4", _B, "", "触点4闭合", "Contact 4 closed"),
    Metric("Contacts/5", _B, "", "触点5闭合", "Contact 5 closed"),
    Metric("Contacts/6", _B, "", "触点6闭合", "Contact 6 closed"),
    Metric("Contacts/7", _B, "", "触点7闭合", "Contact 7 closed"),
    Metric("Contacts/8", _B, "", "触点8闭合", "Contact 8 closed"),
    Metric("Electricity/Voltage", _F, "V", "电压", "Voltage", 0, 1000),
    Metric("Electricity/Current", _F, "A", "电流", "Current", 0, 10000),
    Metric("Electricity/Power", _F, "W", "有功功率", "Active power", -10000000, 10000000),
    Metric("Electricity/Energy", _F, "kWh", "有功电能", "Active energy", 0),
    Metric("Water/Volume", _F, "m³", "用水量", "Water used", 0),
    Metric("UPS/Input Voltage", _F, "V", "UPS输入电压", "UPS: input voltage", 0, 1000),
    Metric("UPS/Output Voltage", _F, "V", "UPS输出电压", "UPS: output voltage", 0, 1000),
    Metric("UPS/Battery", _F, "%", "UPS电池电量", "UPS: battery charge", 0, 100),
    Metric("UPS/Load", _F, "%", "UPS负载", "UPS: load", 0, 200),
    Metric("UPS/Runtime", _F, "min", "UPS剩余时间", "UPS: runtime left", 0),
    Metric("UPS/On Battery", _B, "", "UPS电池供电", "UPS: on battery"),
    Metric("UPS/Battery Low", _B, "", "UPS电池电量低", "UPS: battery low"),
    Metric("Lamp/On", _B, "", "灯亮", "Lamp on"),
    Metric(
        "Cremator/State",
        _I32,
        "0 idle 1 preheat 2 charge 3 burn 4 cool 5 ash 6 fault",
        "火化机状态",
        "Cremator: state",
        0,
        6,
    ),
    Metric("Cremator/Main Chamber", _F, "°C", "主燃室温度", "Cremator: main chamber", 0, 1500),
    Metric("Cremator/Second Chamber", _F, "°C", "二燃室温度", "Cremator: second chamber", 0, 1500),
    Metric("Cremator/Furnace Pressure", _F, "Pa", "炉膛压力", "Cremator: furnace pressure", -32768, 32767),
    Metric("Cremator/Oxygen", _F, "%", "炉膛含氧量", "Cremator: oxygen", 0, 25),
    Metric("Cremator/Fuel", _F, "", "燃料流量", "Cremator: fuel flow, in the unit of the plant", 0),
    Metric("Cremator/Fan", _F, "%", "风机开度", "Cremator: fan", 0, 100),
    Metric("Cremator/Door Open", _B, "", "炉门开", "Cremator: door open"),
    Metric("Cremator/Batch", _I64, "number", "炉次号", "Cremator: batch", 0),
    Metric("Cremator/Fault Bits", _I32, "bits", "火化机故障位", "Cremator: fault bits", 0, 65535),
    Metric("Cremator/Cycle Time", _I32, "s", "火化用时", "Cremator: cycle time", 0, 65535),
    Metric("Cremator/Quench Temperature", _F, "°C", "急冷后烟温", "Cremator: flue gas after the quench", 0, 1500),
    Metric("Light/Illuminance", _F, "lx", "照度", "Illuminance", 0, 200000),
    Metric("Node/Battery", _F, "%", "节点电池电量", "Node: battery charge", 0, 100),
    Metric("Node/Uptime", _I64, "s", "节点运行时间", "Node: time since its start", 0),
    Metric("Node/Boots", _I64, "count", "节点启动次数", "Node: starts", 0),
    Metric("Node/Healthy", _B, "", "节点自检正常", "Node: self-test passed"),
    Metric("Node/Update Progress", _I32, "%", "节点固件传输进度", "Node: firmware transferred", 0, 100),
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
