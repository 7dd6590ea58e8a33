"""What the pages say of certificates again, of registering after the fact, and of tasks of a campaign."""

from collections.abc import Mapping

from cloud.matters.marriage import make_up, outreach, reissue
from cloud.web.wording import words
from contract.words import Words

_PARTNER = {
    "partner_name": Words("另一方姓名", "Name of the other one"),
    "partner_number": Words("另一方证件号码", "Identity number of the other one"),
}
_RUNGS = {
    "card_and_face": Words("证件和人脸比对", "card and face"),
    "card_and_registrar": Words("证件和人工核对", "card and the registrar's eyes"),
    "temporary_proof": Words("临时身份证明", "temporary proof"),
    "police_query": Words("公安协助查询", "asked the police"),
}
_ENDS = {
    "refused": Words("不予办理", "refused"),
    "withdrawn": Words("已撤回", "withdrawn"),
}
_END_STEPS = {
    "refuse": Words("不予办理", "Refuse"),
    "withdraw": Words("撤回", "Withdraw"),
}
WORDS: Mapping[str, Words] = {
    **words(
        reissue.KIND,
        Words("补领婚姻登记证", "A certificate again"),
        states={
            "applied": Words("已申请，待核对身份", "applied, identity to be checked"),
            "identified": Words("已核对身份", "identity checked"),
            "searching": Words("正在查纸质档案", "looking into the papers"),
            "confirmed": Words("已核对档案，待发证", "record found, to be issued"),
            "issued": Words("已补发，原证号作废", "issued, the old number is void"),
            **_ENDS,
        },
        steps={
            "identify": Words("核对本人身份", "Check the identity"),
            "join": Words("另一方到场", "The other one is here"),
            "entrust": Words("另一方委托", "The other one's mandate"),
            "search": Words("查纸质档案", "Look into the papers"),
            "confirm": Words("核对档案", "Record found"),
            "issue": Words("补发证件", "Issue"),
            **_END_STEPS,
        },
        fields={
            **_PARTNER,
            "certificate_kind": Words("证件种类", "Which certificate"),
            "reason": Words("补领原因", "Why"),
            "delivery": Words("领取方式", "How to receive it"),
            "area": Words("办理地区划代码", "Area code of the office"),
            "rung": Words("核对方式", "How it was checked"),
            "mandate": Words("公证委托书的 SHA-256", "SHA-256 of the mandate"),
            "notary": Words("公证处和公证书编号", "Notary and number"),
            "number": Words("证号", "Certificate number"),
            "statement": Words("补领声明书的 SHA-256", "SHA-256 of the statement"),
        },
        choices={
            **_RUNGS,
            "marriage": Words("结婚证", "marriage"),
            "divorce": Words("离婚证", "divorce"),
            "lost": Words("遗失", "lost"),
            "damaged": Words("损毁", "damaged"),
            "changed": Words("信息变更", "details changed"),
            "window": Words("窗口领取", "at the window"),
            "post": Words("邮寄", "by post"),
        },
    ),
    **words(
        make_up.KIND,
        Words("补办结婚登记", "Registering a marriage after the fact"),
        states={
            "applied": Words("已申请", "applied"),
            "identified": Words("已核对双方身份", "both identified"),
            "declared": Words("双方已声明", "declared"),
            "checked": Words("联网核查通过", "checked on line"),
            "registered": Words("已登记", "registered"),
            **_ENDS,
        },
        steps={
            "identify": Words("核对双方身份", "Check both identities"),
            "declare": Words("双方声明", "Both declare"),
            "check": Words("联网核查", "Check on line"),
            "register": Words("登记发证", "Register"),
            **_END_STEPS,
        },
        fields={
            **_PARTNER,
            "since": Words("以夫妻名义共同生活的起始日期", "Living as a couple since"),
            "area": Words("登记机关区划代码", "Area code of the office"),
            "rung": Words("申请人核对方式", "How the applicant was checked"),
            "partner_rung": Words("另一方核对方式", "How the other one was checked"),
            "both_present": Words("双方亲自到场", "Both are here"),
            "voluntary": Words("双方自愿结为夫妻", "Of their own will"),
            "neither_married": Words("双方均无配偶", "Neither is married"),
            "not_kin": Words("没有直系血亲和三代以内旁系血亲关系", "Not close kin"),
            "statement": Words("声明书的 SHA-256", "SHA-256 of the statement"),
            "result": Words("核查结果", "Result"),
            "request": Words("核查编号", "Number of the check"),
            "number": Words("结婚证字号", "Certificate number"),
        },
        choices={
            **_RUNGS,
            "clear": Words("一致", "clear"),
            "conflict": Words("不一致", "conflict"),
        },
    ),
    **words(
        outreach.KIND,
        Words("动员补办任务", "Outreach task"),
        states={
            "assigned": Words("已分派", "assigned"),
            "under_way": Words("联系中", "under way"),
            "finished": Words("已完成", "finished"),
            "cancelled": Words("已取消", "cancelled"),
        },
        steps={
            "contact": Words("登记一次联系", "Record a contact"),
            "reassign": Words("改派", "Assign to somebody else"),
            "hand_over": Words("转交", "Hand over"),
            "finish": Words("完成", "Finish"),
            "cancel": Words("取消", "Cancel"),
        },
        fields={
            "campaign": Words("动员活动编号", "Campaign"),
            "area": Words("村（社区）区划代码", "Area code of the village"),
            "worker": Words("负责人工号", "Staff number of the worker"),
            "due": Words("完成期限", "Due"),
            "target": Words("对象编号", "Target"),
            "day": Words("联系日期", "Day"),
            "by_way_of": Words("联系方式", "How"),
            "outcome": Words("结果", "Outcome"),
            "said": Words("对方说了什么", "What was said"),
        },
        choices={
            "visit": Words("上门", "visit"),
            "phone": Words("电话", "phone"),
            "letter": Words("信函", "letter"),
            "message": Words("短信", "message"),
            "agreed": Words("愿意办理", "agreed"),
            "undecided": Words("还在考虑", "undecided"),
            "declined": Words("不愿办理", "declined"),
            "not_reached": Words("没有联系上", "not reached"),
            "moved_away": Words("已迁走", "moved away"),
            "no_need": Words("不需要办理", "no need"),
        },
    ),
}
