"""What the pages say of supervision."""

from cloud.matters.plan.supervision import KIND
from cloud.web.wording import words
from contract.words import Words

WORDS = words(
    KIND,
    Words("督查", "Supervision"),
    states={"sent": Words("待回复", "waits for a reply"), "replied": Words("已回复", "replied")},
    steps={"reply": Words("回复", "Reply")},
    fields={
        "kind": Words("方式", "How"),
        "task": Words("任务", "Task"),
        "n": Words("时间节点", "Time node"),
        "due": Words("节点日期", "Its day"),
        "unit": Words("牵头单位", "Lead unit"),
        "area": Words("区划代码", "Area code"),
        "text": Words("回复内容", "What you reply"),
    },
    choices={
        "remind": Words("提醒", "reminder"),
        "urge": Words("督办", "urging"),
        "talk": Words("约谈", "talk"),
    },
)
