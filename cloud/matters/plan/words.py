"""What the pages say of supervision."""

from collections.abc import Mapping

from cloud.matters.plan.supervision import KIND
from cloud.web.wording import words
from contract.words import Words

BOARD: Mapping[str, Words] = {
    "board.say": Words("每项承诺一项任务、一个牵头单位；红灯为超期", "One task, one lead unit each; red is late"),
    "board.none": Words("还没有任务", "There are no tasks yet"),
    "board.all": Words("全部单位", "All units"),
    "board.lead": Words("牵头", "Led by"),
    "board.partners": Words("配合", "With"),
    "board.contact": Words("联系人", "Contact"),
    "board.lacks": Words("还缺", "Lacks"),
    "board.late": Words("超期 {n} 天", "{n} days late"),
    "board.done": Words("已完成", "done"),
    "board.reply": Words("回复", "Reply"),
    "board.no_reply": Words("还没有回复", "no reply yet"),
    "board.light.green": Words("正常", "on time"),
    "board.light.amber": Words("临近", "due soon"),
    "board.light.red": Words("超期", "late"),
    "board.show": Words("查看", "Show"),
    "board.part.plan": Words("方案", "plan"),
    "board.part.goal": Words("目标", "goal"),
    "board.part.measures": Words("措施", "measures"),
    "board.part.people": Words("人员", "people"),
    "board.part.nodes": Words("节点", "time nodes"),
    "board.part.evaluation": Words("评估", "evaluation"),
    "board.status.draft": Words("拟定中", "draft"),
    "board.status.active": Words("进行中", "active"),
    "board.status.done": Words("已完成", "done"),
}
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
