"""What the pages say of burials."""

from collections.abc import Mapping

from cloud.matters.burial.workflow import BURIAL, REWARD
from cloud.web.wording import words
from contract.words import Words

_DECEASED = {
    "deceased_name": Words("逝者姓名", "Name of the deceased"),
    "deceased_number": Words("逝者证件号码", "Identity number of the deceased"),
    "area": Words("区划代码", "Area code"),
}
WORDS: Mapping[str, Words] = {
    **words(
        BURIAL,
        Words("安葬登记", "Burial"),
        states={
            "reserved": Words("已预留", "reserved"),
            "buried": Words("已安葬", "buried"),
            "released": Words("已取消预留", "given back"),
            "moved_out": Words("已迁出", "moved out"),
        },
        steps={
            "bury": Words("登记安葬", "Record the burial"),
            "release": Words("取消预留", "Give the place back"),
            "move_out": Words("迁出", "Move out"),
        },
        fields={
            **_DECEASED,
            "facility": Words("安葬设施编号", "Facility"),
            "proof": Words("凭证", "Against what"),
            "place": Words("位置", "Place"),
            "day": Words("安葬日期", "Day"),
        },
        choices={
            "cremation": Words("火化证明", "proof of cremation"),
            "death": Words("死亡证明", "proof of death"),
            "very_old": Words("高龄老人", "a very old person"),
            "critically_ill": Words("危重病人", "a critically ill person"),
        },
    ),
    **words(
        REWARD,
        Words("节地生态安葬奖励", "Reward for an ecological burial"),
        states={
            "submitted": Words("已提交", "submitted"),
            "reviewed": Words("已审查", "reviewed"),
            "approved": Words("已核定，待发放", "approved, to be paid"),
            "paid": Words("已发放", "paid"),
            "refused": Words("不予奖励", "refused"),
            "withdrawn": Words("已撤回", "withdrawn"),
        },
        steps={
            "review": Words("审查通过", "Reviewed"),
            "approve": Words("核定", "Approve"),
            "pay": Words("发放", "Paid"),
            "refuse": Words("不予奖励", "Refuse"),
            "withdraw": Words("撤回", "Withdraw"),
        },
        fields={
            **_DECEASED,
            "amount_fen": Words("金额（分）", "Amount (fen)"),
            "day": Words("发放日期", "Day of payment"),
            "reference": Words("银行回单号", "Bank reference"),
        },
    ),
}
