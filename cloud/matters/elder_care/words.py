"""What the pages say of booked beds and reviews."""

from collections.abc import Mapping

from cloud.matters.elder_care.care_records import BOOKING
from cloud.matters.elder_care.reviews import REVIEW
from cloud.web.wording import words
from contract.words import Words

_LEVELS = {
    "self": Words("自理", "lives independently"),
    "assisted": Words("半护理", "assisted"),
    "full": Words("全护理", "full care"),
}
WORDS: Mapping[str, Words] = {
    **words(
        BOOKING,
        Words("养老机构床位预订", "Booking of a bed in a care home"),
        states={
            "reserved": Words("已预留，待支付", "reserved, to be paid"),
            "paid": Words("已支付，待入住", "paid, to move in"),
            "completed": Words("已入住", "moved in"),
            "cancelled": Words("已取消", "cancelled"),
            "lapsed": Words("逾期未支付，已释放", "not paid in time, given back"),
        },
        steps={
            "pay": Words("支付", "Paid"),
            "lapse": Words("释放床位", "Give the bed back"),
            "admit": Words("办理入住", "Move in"),
            "cancel": Words("取消预订", "Cancel"),
        },
        fields={
            "elder_name": Words("老年人姓名", "Name of who moves in"),
            "elder_number": Words("老年人证件号码", "Their identity number"),
            "home": Words("养老机构编号", "Care home"),
            "area": Words("机构所在地区划代码", "Area code of the home"),
            "care_level": Words("护理等级", "Level of care"),
            "dementia": Words("需要认知症照护专区", "Needs the dementia unit"),
            "since": Words("入住日期", "Day of moving in"),
            "assessed": Words("风险评估日期", "Day of the risk assessment"),
            "amount_fen": Words("金额（分）", "Amount (fen)"),
            "order": Words("订单号", "Order"),
            "reference": Words("支付流水号", "Payment reference"),
        },
        choices=_LEVELS,
    ),
    **words(
        REVIEW,
        Words("养老机构服务评价", "Review of a care home"),
        states={"given": Words("已评价", "given")},
        steps={},
        fields={
            "booking": Words("预订办件编号", "Case of the booking"),
            "home": Words("养老机构编号", "Care home"),
            "area": Words("机构所在地区划代码", "Area code of the home"),
            "score": Words("评分（5 分最好）", "Score (5 is best)"),
            "text": Words("评价内容", "What was good, what was not"),
        },
    ),
}
