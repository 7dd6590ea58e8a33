"""What the pages say of social organisations."""

from collections.abc import Mapping

from cloud.matters.social_organisations.joint_platform import KIND as FEEDBACK
from cloud.matters.social_organisations.objections import KIND as OBJECTION
from cloud.matters.social_organisations.workflow import KIND as ORG_CASE
from cloud.web.wording import words
from contract.words import Words

_ORG_CASE = words(
    ORG_CASE,
    Words("社会组织登记、年检", "Social organisation: registration, annual check"),
    states={
        "submitted": Words("已提交", "submitted"),
        "awaiting_applicant": Words("待补正", "waits for the applicant"),
        "accepted": Words("已受理", "accepted"),
        "signed": Words("已签名", "signed"),
        "reviewed": Words("已审查", "reviewed"),
        "approved": Words("已批准", "approved"),
        "closed": Words("已办结", "closed"),
        "refused": Words("不予批准", "refused"),
        "withdrawn": Words("已撤回", "withdrawn"),
    },
    steps={
        "ask_more": Words("要求补正", "Ask for more"),
        "answer": Words("补正", "Answer"),
        "accept": Words("受理", "Accept"),
        "sign_electronically": Words("电子签名", "Signed electronically"),
        "sign_at_window": Words("窗口签名", "Signed at the window"),
        "review": Words("审查通过", "Reviewed"),
        "approve": Words("批准", "Approve"),
        "report": Words("报送省联办平台", "Report to the province"),
        "refuse": Words("不予批准", "Refuse"),
        "withdraw": Words("撤回", "Withdraw"),
    },
    fields={
        "action": Words("事项", "What"),
        "county": Words("登记县（市、区）代码", "County code"),
        "code": Words("统一社会信用代码", "Unified social credit code"),
        "facts": Words("拟设立组织的情况", "Facts of the new organisation"),
        "changes": Words("变更内容", "Changes"),
        "year": Words("年检年度", "Year of the check"),
        "documents": Words("电子材料", "Documents"),
        "document_sha256": Words("申请书摘要（SHA-256）", "Application's SHA-256"),
        "strokes_sha256": Words("签名笔迹摘要（SHA-256）", "Strokes' SHA-256"),
        "certificate": Words("电子签名证书号", "Certificate number"),
        "public_key": Words("公钥", "Public key"),
        "signature": Words("电子签名", "Signature"),
        "opinion": Words("审批意见", "Opinion"),
        "established": Words("成立日期", "Established"),
        "result": Words("年检结论", "Result of the check"),
        "reference": Words("省平台编号", "Reference of the province"),
    },
    choices={
        "establish": Words("成立登记", "establishing"),
        "change": Words("变更登记", "change"),
        "cancel": Words("注销登记", "cancelling"),
        "annual_check": Words("年度检查", "annual check"),
        "passed": Words("合格", "passed"),
        "basically_passed": Words("基本合格", "basically passed"),
        "not_passed": Words("不合格", "not passed"),
    },
)
_OBJECTION = words(
    OBJECTION,
    Words("信用信息异议", "Objection to a credit record"),
    states={
        "submitted": Words("已提交", "submitted"),
        "asked": Words("已转来源部门", "source asked"),
        "answered": Words("来源部门已答复", "source has answered"),
        "upheld": Words("维持", "upheld"),
        "corrected": Words("已更正", "corrected"),
        "revoked": Words("已撤销", "revoked"),
        "withdrawn": Words("已撤回", "withdrawn"),
    },
    steps={
        "ask_source": Words("转来源部门", "Ask the source"),
        "answer": Words("答复", "Answer"),
        "uphold": Words("维持", "Uphold"),
        "correct": Words("更正", "Correct"),
        "revoke": Words("撤销", "Revoke"),
        "withdraw": Words("撤回", "Withdraw"),
    },
    fields={
        "code": Words("统一社会信用代码", "Unified social credit code"),
        "county": Words("登记县（市、区）代码", "County code"),
        "ledger": Words("记录类别", "Kind of record"),
        "entry": Words("记录编号", "Record"),
        "grounds": Words("异议理由", "Grounds"),
        "statement": Words("答复内容", "Statement"),
        "reason": Words("更正后的内容", "What stands instead"),
        "valid_until": Words("有效期至（或“长期”）", "Valid until (or 长期)"),
    },
    choices={
        "org_credit_event": Words("信用信息", "credit event"),
        "org_licence_or_penalty": Words("行政许可、处罚", "licence or penalty"),
    },
)
_FEEDBACK = words(
    FEEDBACK,
    Words("省联办平台反馈", "Feedback to the provincial platform"),
    states={
        "queued": Words("待发送", "queued"),
        "sent": Words("已发送", "sent"),
        "answered": Words("已答复", "answered"),
        "settled": Words("已解决", "settled"),
        "withdrawn": Words("已撤回", "withdrawn"),
    },
    steps={
        "send": Words("发送", "Send"),
        "answer": Words("答复", "Answer"),
        "settle": Words("已解决", "Settled"),
        "ask_again": Words("再次反馈", "Ask again"),
        "withdraw": Words("撤回", "Withdraw"),
    },
    fields={
        "area": Words("区划代码", "Area code"),
        "topic": Words("类别", "Topic"),
        "text": Words("内容", "Text"),
        "about": Words("相关办件编号", "Case it is about"),
        "reference": Words("省平台编号", "Reference of the province"),
    },
    choices={
        "fault": Words("系统故障", "fault"),
        "wish": Words("改进建议", "wish"),
        "training": Words("培训", "training"),
        "data": Words("数据问题", "data"),
    },
)
WORDS: Mapping[str, Words] = {**_ORG_CASE, **_OBJECTION, **_FEEDBACK}
