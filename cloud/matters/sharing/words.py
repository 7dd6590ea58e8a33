"""What the pages say of sharing."""

from cloud.matters.sharing.workflow import KIND
from cloud.web.wording import words
from contract.words import Words

WORDS = words(
    KIND,
    Words("数据共享申请", "Request for data"),
    states={
        "submitted": Words("待审核", "submitted"),
        "approved": Words("已同意", "approved"),
        "refused": Words("不予共享", "refused"),
        "revoked": Words("已收回", "revoked"),
    },
    steps={
        "approve": Words("同意", "Approve"),
        "refuse": Words("不予共享", "Refuse"),
        "revoke": Words("收回", "Revoke"),
    },
    fields={
        "dataset": Words("数据集", "Dataset"),
        "fields": Words("字段", "Fields"),
        "purpose": Words("用途", "Purpose"),
        "basis": Words("法律依据", "Legal basis"),
        "until": Words("使用至", "Until"),
        "opinion": Words("审核意见", "Opinion"),
    },
)
