"""What the pages say of reports."""

from cloud.matters.reports.workflow import KIND
from cloud.web.wording import words
from contract.words import Words

WORDS = words(
    KIND,
    Words("逐级上报", "Report"),
    states={
        "drafted": Words("填报中", "drafted"),
        "sent": Words("已上报", "sent"),
        "confirmed": Words("已确认", "confirmed"),
        "returned": Words("已退回", "returned"),
    },
    steps={
        "correct": Words("更正", "Correct"),
        "send": Words("上报", "Send"),
        "confirm": Words("确认", "Confirm"),
        "return": Words("退回", "Give back"),
    },
    fields={
        "report": Words("报表", "Report"),
        "period": Words("期间", "Period"),
        "area": Words("区划代码", "Area code"),
        "figures": Words("数据", "Figures"),
    },
)
