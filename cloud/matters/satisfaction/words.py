"""What the pages say of a call back."""

from cloud.matters.satisfaction.workflow import KIND
from cloud.web.wording import words
from contract.words import Words

WORDS = words(
    KIND,
    Words("低分回访", "Call back"),
    states={"open": Words("待回访", "open"), "done": Words("已回访", "done")},
    steps={"done": Words("已回访", "Called back")},
    fields={
        "about": Words("被评价的办件", "Case that was rated"),
        "facility": Words("机构", "Facility"),
        "area": Words("区划代码", "Area code"),
        "score": Words("评分", "Score"),
        "learnt": Words("了解到的情况", "What was learnt"),
    },
)
