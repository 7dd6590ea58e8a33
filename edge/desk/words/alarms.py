"""The alarm board (报警台). Alarms, their states and their escalation are called as on the wall (contract.words)."""

from collections.abc import Mapping

from contract.events.types import RULES
from contract.words import WORDS as SHARED
from edge.domain.alarms import STATES
from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "desk.alarms": Said("报警", "Alarms"),
    "desk.alarms.none": Said("现在没有报警", "No alarms now"),
    "desk.alarms.blind": Said(
        "现在看不到报警，请到各处看一看，并告诉管理人员",
        "Alarms cannot be seen now. Please walk round and tell the manager",
    ),
    "desk.alarms.blind.last": Said("下面是最后看到的", "Below is what was seen last"),
    "desk.alarms.lost": Said(
        "这个页面没有更新，看不到新的报警", "This page is not up to date: new alarms are not shown"
    ),
    "desk.alarms.over": Said("请重新登录，才能看到报警", "Please log in again to see alarms"),
    "desk.alarms.login": Said("登录", "Log in"),
    "desk.alarms.snapshot": Said(
        "页面每 5 秒更新一次，没有声音", "This page is renewed every 5 seconds, without sound"
    ),
    "desk.alarms.muted": Said("声音没有打开，请按一下这里", "Sound is off. Press here"),
    "desk.alarms.unanswered": Said("{n} 条没有人去", "{n} unanswered"),
    "desk.alarms.calls": Said("{n} 条报警没有人去，请看报警", "{n} alarms are unanswered. Please look"),
    "desk.alarms.silent": Said("没有信号的设备 {n} 台", "Devices without a sign: {n}"),
    "desk.alarms.waited": Said("已等", "Waiting"),
    "desk.alarms.drills": Said("演练", "Drills"),
    "desk.alarms.drills.why": Said("这里是演练，不用到场", "Practice only: nobody need go there"),
    "desk.alarms.drill": Said("演练", "Drill"),
    "desk.alarms.do.acknowledge": Said("收到，我去", "I am going"),
    "desk.alarms.do.all": Said("这里 {n} 条都收到，我去", "I am going: all {n} here"),
    "desk.alarms.do.attend": Said("我到了", "I am here"),
    "desk.alarms.do.done": Said("处理好了", "Dealt with"),
    "desk.alarms.do.false_alarm": Said("是误报", "False alarm"),
    "desk.alarms.do.recovered": Said("已经恢复", "Back to normal"),
    "desk.alarms.for": Said("{rule}，{place}", "{rule}, {place}"),
    "desk.alarms.kept": Said("记下了：{what}", "Noted: {what}"),
    "desk.alarms.again": Said(
        "页面刚刚变了，请看清后再按一次", "The page has just changed. Please look and press again"
    ),
    "desk.alarms.not.closed": Said("这条报警已经关闭了", "This alarm is closed already"),
    "desk.alarms.not.acknowledged": Said("同事已经在去的路上", "A colleague is on the way already"),
    "desk.alarms.not.attended": Said("同事已经到场", "A colleague is there already"),
    "desk.alarms.not.raised": Said(
        "请先按「收到，我去」或「我到了」", "Please press “I am going” or “I am here” first"
    ),
    "desk.alarms.not.seen": Said(
        "没有记下：设备没有应答。请马上到现场看一看", "Not noted: the devices do not answer. Please go there now"
    ),
    **{f"desk.alarms.rule.{rule}": Said(*SHARED[f"rule.{rule}"]) for rule in RULES},
    **{f"desk.alarms.state.{state}": Said(*SHARED[f"alarm.{state}"]) for state in STATES},
    **{f"desk.alarms.level.{level}": Said(*SHARED[f"escalation.{level}"]) for level in (1, 2, 3)},
}
