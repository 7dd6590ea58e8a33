"""Words of certificates again (补领婚姻登记证)."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "certificates": Said("补领证件", "A certificate again"),
    "certificates.note": Said("丢了、坏了、信息变了，都能补", "Lost, damaged, or changed"),
    "certificates.section.who": Said("谁来", "Who comes"),
    "certificates.section.record": Said("登记", "Record"),
    "certificates.section.how": Said("怎么补", "How"),
    "certificates.section.check": Said("核对", "Check"),
    "certificates.section.sign": Said("签名", "Signing"),
    # which
    "certificates.what": Said("补领哪一种？", "Which certificate?"),
    "certificates.what.marriage": Said("结婚证", "Marriage certificate"),
    "certificates.what.divorce": Said("离婚证", "Divorce certificate"),
    "certificates.what.cremation": Said("火化证明", "Cremation certificate"),
    "certificates.what.other": Said("其他，问工作人员", "Something else, ask staff"),
    # who must come
    "certificates.comes.marriage": Said("补结婚证，要双方一起来", "For this one both must come"),
    "certificates.comes.marriage.say": Said(
        "只来了一位，也有能办的。", "If only one is here, some things can be done."
    ),
    "certificates.comes.marriage.who": Said("两人一起来", "both come together"),
    "certificates.comes.divorce": Said("补离婚证，您本人来就行", "For this one, come yourself"),
    "certificates.comes.divorce.who": Said("本人来", "come yourself"),
    "certificates.line.comes": Said("谁来", "Who comes"),
    "certificates.line.paper": Said("要带", "To bring"),
    "certificates.both": Said("都来了吗？", "Are both of you here?"),
    "certificates.both.yes": Said("都来了", "Yes, both"),
    "certificates.both.one": Said("只来了一位", "Only one"),
    "certificates.alone": Said("一位可以办这些", "This can be done by one"),
    "certificates.alone.proof": Said("开一份查档证明", "A proof of your record"),
    "certificates.alone.proof.note": Said("查您本人的登记，盖章带走", "Your own record, stamped, to take with you"),
    "certificates.alone.mandate": Said("问委托怎么办", "Ask how to act for the other"),
    "certificates.alone.mandate.note": Said(
        "另一位来不了，窗口告诉您", "The window explains, if the other cannot come"
    ),
    # the record
    "certificates.records": Said("正在查您的登记", "Looking for your record"),
    "certificates.records.say": Said(
        "一般几秒钟。等得久，可以先取号，查到后告诉您。", "A few seconds. You may take a number first."
    ),
    "certificates.record": Said("要补的是哪一条？", "Which record is it?"),
    "certificates.record.none": Said("都不是", "None of these"),
    "certificates.record.later": Said("窗口核对后再查", "looked up after the check"),
    "certificates.not_found": Said("这里没有查到", "It was not found here"),
    "certificates.not_found.say": Said(
        "早年或者外地办的，可能还没有录入。", "Records of early years or of other places may not be entered yet."
    ),
    "certificates.not_found.other_way": Said("换个办法查", "Look another way"),
    "certificates.not_found.other_way.note": Said(
        "用旧证件号、曾用名，窗口查", "By an old number or name, at the window"
    ),
    "certificates.not_found.archive": Said("申请查档案", "Ask for a search of the papers"),
    "certificates.not_found.archive.note": Said("留个电话，查到告诉您", "Leave a number, we tell you"),
    "certificates.not_found.window": Said("到窗口", "To the window"),
    # how
    "certificates.reason": Said("为什么要补？", "Why again?"),
    "certificates.reason.lost": Said("丢了", "It is lost"),
    "certificates.reason.damaged": Said("坏了", "It is damaged"),
    "certificates.reason.changed": Said("信息变了", "What it says has changed"),
    "certificates.delivery": Said("证件怎么拿？", "How would you like to get it?"),
    "certificates.delivery.window": Said("今天在窗口拿", "At the window, today"),
    "certificates.delivery.post": Said("寄给我", "By post"),
    "certificates.delivery.post.note": Said("地址告诉窗口就行", "Tell the window the address"),
    "certificates.phone": Said("留一个手机号码吗？", "Will you leave a mobile number?"),
    "certificates.phone.say": Said("查到了用短信告诉您。不留也能办。", "We text you the result. You need not."),
    "certificates.phone.tail": Said("尾号 {tail}", "ending in {tail}"),
    "certificates.phone.none": Said("没有留", "none left"),
    "certificates.check": Said("请核对一下", "Please check"),
    "certificates.check.go": Said("都对，下一步", "All right, next"),
    "certificates.line.what": Said("补什么", "Certificate"),
    "certificates.line.applicant": Said("谁申请", "Applicant"),
    "certificates.line.record": Said("哪一条", "Record"),
    "certificates.line.reason": Said("为什么补", "Why"),
    "certificates.line.delivery": Said("怎么拿", "Delivery"),
    "certificates.line.phone": Said("手机", "Mobile"),
    "certificates.statement": Said("补领声明，请 {name} 签名", "Statement, to be signed by {name}"),
    "certificates.statement.say": Said("请读一遍，再签名。有不明白的，到窗口问。", "Please read it, then sign."),
    "certificates.statement.text": Said(
        "我申请补领自己的婚姻登记证。\n"
        "登记以后，我的婚姻状况没有变过。\n"
        "补领以后，原来的证不再使用；找到了就交回来。\n"
        "以上是真实的，我愿意承担法律责任。",
        "I apply to have my own certificate again.\n"
        "My marital status has not changed since that record.\n"
        "The old certificate is no longer used; if it is found, I hand it in.\n"
        "This is true, and I answer for it before the law.",
    ),
    # the end
    "certificates.end.window": Said("请到窗口，工作人员帮您办", "Please go to the window"),
    "certificates.end.window.say": Said("请坐，会叫您的号。", "Please take a seat. Your number will be called."),
    "certificates.end.cremation": Said("火化证明由殡仪馆补发", "The funeral home issues it again"),
    "certificates.end.cremation.say": Said(
        "去之前可以先问窗口，会叫您的号。", "Ask at the window before you go: your number will be called."
    ),
    "certificates.end.alone": Said("请到窗口问委托办法", "Please ask at the window"),
    "certificates.end.alone.say": Said("请坐，会叫您的号。", "Please take a seat. Your number will be called."),
    "certificates.end.ticket": Said("申请好了，排上队了", "Applied; you are in the queue"),
    "certificates.end.ticket.say": Said("请坐，会叫您的号。", "Please take a seat. Your number will be called."),
    "certificates.end.ticket_check": Said("排上队了", "You are in the queue"),
    "certificates.end.ticket_check.say": Said("窗口核对身份后，马上查登记。", "The window checks, then looks it up."),
    "certificates.end.ticket_later": Said("申请收下了", "Your application is taken"),
    "certificates.end.ticket_later.say": Said(
        "现在查不了档案。能查时第一时间查，短信通知，优先办理。",
        "The archives cannot be asked now. We ask first thing, text you, and you go first.",
    ),
    "certificates.end.ticket_later_no_phone": Said("申请收下了", "Your application is taken"),
    "certificates.end.ticket_later_no_phone.say": Said(
        "现在查不了档案。请收好这个号，再来时优先办理。",
        "The archives cannot be asked now. Keep this number: with it you go first.",
    ),
    "certificates.end.ticket_offline": Said("排上队了", "You are in the queue"),
    "certificates.end.ticket_offline.say": Said(
        "窗口先核对身份。查档案要等网络恢复。", "The window checks first. The archives wait for the network."
    ),
    "certificates.end.archive": Said("查档案的申请收下了", "The papers will be searched"),
    "certificates.end.archive.say": Said("查到了，打电话告诉您。", "We call you with what we find."),
    "certificates.end.archive_no_phone": Said("查档案的申请收下了", "The papers will be searched"),
    "certificates.end.archive_no_phone.say": Said(
        "凭受理号来问结果，窗口告诉您。", "Ask at the window by the case number."
    ),
    # by text message
    "certificates.invited": Said(
        "【婚姻登记处】{number}：档案查过了，请带身份证到窗口。出示这个号，优先办理。",
        "[Marriage office] {number}: the archives were asked. Bring your card; with this number you go first.",
    ),
}
