"""What the pages say of social assistance."""

from collections.abc import Mapping

from cloud.matters.social_assistance.proxies import KIND as PROXY
from cloud.matters.social_assistance.tasks import KIND as TASK
from cloud.matters.social_assistance.workflow import KIND as FORM
from cloud.web.wording import words
from contract.words import Words

_HOUSEHOLD = {
    "area": Words("区划代码", "Area code"),
    "phone": Words("联系电话", "Phone"),
    "address": Words("住址", "Address"),
    "status": Words("已认定的身份", "Recognised as"),
    "members": Words("家庭成员", "Members of the household"),
    "incomes": Words("收入", "Incomes"),
    "house": Words("自有住房", "Houses of their own"),
}
_CHOICES = {
    "low_income": Words("低保", "low income"),
    "extreme_poverty": Words("特困", "extreme poverty"),
    "none": Words("都不是", "neither"),
    "unknown": Words("不清楚", "not known"),
    "no": Words("没有", "none"),
    "one": Words("一套", "one"),
    "more": Words("不止一套", "more than one"),
}
_FORM = words(
    FORM,
    Words("社会救助申请", "Application for social assistance"),
    states={
        "submitted": Words("已提交", "submitted"),
        "awaiting_applicant": Words("待补正", "waits for the applicant"),
        "accepted": Words("已受理", "accepted"),
        "visited": Words("已入户调查", "visited"),
        "publicised": Words("公示中", "made public"),
        "approved": Words("已批准", "approved"),
        "refused": Words("不予批准", "refused"),
        "withdrawn": Words("已撤回", "withdrawn"),
    },
    steps={
        "accept": Words("受理", "Accept"),
        "ask_more": Words("要求补正", "Ask for more"),
        "answer": Words("补正", "Answer"),
        "visit": Words("入户调查", "Household visit"),
        "publicise": Words("公示", "Make public"),
        "approve": Words("批准", "Approve"),
        "refuse": Words("不予批准", "Refuse"),
        "withdraw": Words("撤回", "Withdraw"),
    },
    fields={
        **_HOUSEHOLD,
        "economy_check": Words("同意核对家庭经济状况", "Agrees to the check of the family's means"),
        "needs": Words("最困难的方面", "What is hardest"),
        "remark": Words("补充说明", "Remark"),
        "day": Words("入户日期", "Day of the visit"),
        "visitors": Words("入户人员工号", "Who visited"),
        "finding": Words("调查结果", "Finding"),
        "until": Words("公示截止日", "Public until"),
        "category": Words("救助类别", "Kind of assistance"),
        "fen_month": Words("每月金额（分）", "Fen a month"),
    },
    choices={
        **_CHOICES,
        "low_income_margin": Words("低保边缘", "low-income margin"),
        "temporary": Words("临时救助", "temporary"),
        "as_stated": Words("与申报一致", "as stated"),
        "differs": Words("与申报不一致", "differs"),
    },
)
_TASK = words(
    TASK,
    Words("专项救助", "Special relief"),
    states={
        "sent": Words("已转部门", "sent"),
        "received": Words("部门已接收", "received"),
        "recognised": Words("已认定", "decided"),
        "failed": Words("部门退回", "came back"),
    },
    steps={
        "receive": Words("接收", "Receive"),
        "recognise": Words("认定", "Decide"),
        "fail": Words("退回", "Give back"),
        "send_again": Words("重新转办", "Send again"),
        "reuse": Words("结果互认", "Taken over"),
    },
    fields={
        **_HOUSEHOLD,
        "owner": Words("承办部门", "Owner"),
        "parent": Words("来自申请", "Application"),
        "result": Words("认定结果", "Result"),
        "valid_until": Words("有效期至（或“长期”）", "Valid until (or 长期)"),
        "opinion": Words("说明", "Opinion"),
        "of": Words("原认定", "Earlier decision"),
    },
    choices={
        **_CHOICES,
        "medical": Words("医疗", "medical"),
        "employment": Words("就业", "employment"),
        "education": Words("教育", "education"),
        "housing": Words("住房", "housing"),
        "disabled_federation": Words("残联", "disabled persons' federation"),
        "water": Words("供水", "water"),
        "power": Words("供电", "power"),
        "gas": Words("供气", "gas"),
        "cable_tv": Words("有线电视", "cable television"),
        "granted": Words("符合", "granted"),
        "refused": Words("不符合", "refused"),
    },
)
_PROXY = words(
    PROXY,
    Words("代办授权", "Authorisation of a proxy"),
    states={
        "drafted": Words("待签名", "to be signed"),
        "valid": Words("已授权", "authorised"),
        "revoked": Words("已撤销", "revoked"),
    },
    steps={"sign": Words("本人签名", "Signed by the person"), "revoke": Words("撤销授权", "Revoke")},
    fields={
        "area": Words("区划代码", "Area code"),
        "worker": Words("网格员工号", "Grid worker"),
        "matter": Words("代办事项", "Matter"),
        "since": Words("授权起始日", "From"),
        "until": Words("授权截止日", "Until"),
        "document_sha256": Words("授权书摘要（SHA-256）", "Authorisation's SHA-256"),
        "strokes_sha256": Words("签名笔迹摘要（SHA-256）", "Strokes' SHA-256"),
    },
    choices={"assistance_form": Words("社会救助申请", "application for social assistance")},
)
WORDS: Mapping[str, Words] = {**_FORM, **_TASK, **_PROXY}
