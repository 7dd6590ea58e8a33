"""What the pages say of cases of marriage records."""

from collections.abc import Mapping

from cloud.matters.marriage import seal_alerts
from cloud.web.wording import words
from contract.words import Words

WORDS: Mapping[str, Words] = words(
    seal_alerts.NAME,
    Words("婚姻记录签章告警", "Marriage record: broken seal"),
    states={
        "raised": Words("已告警", "raised"),
        "examined": Words("核查中", "being looked into"),
        "settled": Words("已查明", "settled"),
    },
    steps={
        "take_on": Words("开始核查", "Look into it"),
        "settle": Words("查明原因", "Settle"),
    },
    fields={
        "record": Words("记录编号", "Record"),
        "version": Words("共享记录版本", "Version of the shared record"),
        "county": Words("县（市、区）代码", "County code"),
        "cause": Words("原因及处理情况", "Cause, and what was done"),
    },
)
