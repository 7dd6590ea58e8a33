"""What the pages say of archive items and samples."""

from collections.abc import Mapping

from cloud.matters.archives.workflow import ITEM, SAMPLE
from cloud.web.wording import words
from contract.words import Words

WORDS: Mapping[str, Words] = {
    **words(
        ITEM,
        Words("婚姻档案", "Marriage archive item"),
        states={
            "scanning": Words("扫描中", "being scanned"),
            "scanned": Words("已扫描", "scanned"),
            "entered": Words("已一录", "entered once"),
            "compared": Words("已二录", "entered twice"),
            "disputed": Words("两次录入不一致", "the entries differ"),
            "sealed": Words("已封存", "sealed"),
            "discarded": Words("已作废", "discarded"),
        },
        steps={
            "finish_scanning": Words("扫描完成", "Scanning is done"),
            "scan_again": Words("退回重扫", "Scan again"),
            "enter_first": Words("第一次录入", "First entry"),
            "enter_second": Words("第二次录入", "Second entry"),
            "agree": Words("两次一致", "Entries agree"),
            "differ": Words("两次不一致", "Entries differ"),
            "decide": Words("第三人裁定", "Decide"),
            "amend": Words("更正（新版本）", "Amend (a new version)"),
            "compare": Words("与共享数据比对", "Compare with the shared record"),
            "discard": Words("作废", "Discard"),
        },
        fields={
            "number": Words("档号", "Archive number"),
            "area": Words("区划代码", "Area code"),
            "year": Words("年度", "Year"),
            "accept": Words("接受质量不合格的页（纸质原件如此）", "Accept poor pages: the paper is so"),
            "remark": Words("说明", "Remark"),
            "fields": Words("不一致的字段", "Fields that differ"),
            "record": Words("共享记录编号", "Shared record"),
            "certificate": Words("证书字号", "Certificate number"),
            "matter": Words("登记类别", "Registered as"),
            "registered_on": Words("登记日期", "Registered on"),
            "office": Words("登记机关", "Registration office"),
            "registrar": Words("登记员", "Registrar"),
            "man_name": Words("男方姓名", "Man's name"),
            "man_number": Words("男方证件号码", "Man's identity number"),
            "man_born": Words("男方出生日期", "Man born on"),
            "woman_name": Words("女方姓名", "Woman's name"),
            "woman_number": Words("女方证件号码", "Woman's identity number"),
            "woman_born": Words("女方出生日期", "Woman born on"),
            "as_written": Words("照录：纸质原件上的号码就是这样", "As written: the paper has the number so"),
            "marks": Words("比对标记", "Marks"),
        },
        choices={"marriage": Words("结婚", "marriage"), "divorce": Words("离婚", "divorce")},
    ),
    **words(
        SAMPLE,
        Words("档案抽样复核", "Re-check of a sample"),
        states={
            "drawn": Words("已抽取", "drawn"),
            "closed": Words("已完成", "closed"),
            "cancelled": Words("已取消", "cancelled"),
        },
        steps={
            "recheck": Words("复核一页", "Check a page"),
            "close": Words("完成", "Close"),
            "cancel": Words("取消", "Cancel"),
        },
        fields={
            "area": Words("区划代码", "Area code"),
            "seed": Words("抽样种子", "Seed"),
            "item": Words("档案编号", "Item"),
            "page": Words("页", "Page"),
            "outcome": Words("结果", "Outcome"),
        },
        choices={
            "good": Words("合格", "good"),
            "unreadable": Words("看不清", "unreadable"),
            "incomplete": Words("不完整", "incomplete"),
            "wrong_page": Words("不是这一页", "another page"),
        },
    ),
}
