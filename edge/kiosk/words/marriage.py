"""Words of the marriage office (婚姻登记): the registration of a marriage or a divorce, and what to bring."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "marriage": Said("婚姻登记", "Marriage and divorce"),
    "marriage.note": Said("有预约的签到，没有的取号", "Check in, or take a number"),
    "marriage.section.who": Said("两个人", "The two of you"),
    "marriage.section.check": Said("核对", "Check"),
    "marriage.section.papers": Said("材料", "Papers"),
    "marriage.section.sign": Said("签名", "Signing"),
    # what for
    "marriage.kind": Said("今天办哪一件？", "Which one today?"),
    "marriage.kind.marriage": Said("结婚登记", "Marriage"),
    "marriage.kind.divorce": Said("离婚登记", "Divorce"),
    "marriage.kind.other": Said("其他，问工作人员", "Something else, ask staff"),
    "marriage.stage": Said("这是第几次来？", "Which visit is this?"),
    "marriage.stage.first": Said("第一次申请", "First application"),
    "marriage.stage.claim": Said("申请过，来领证", "Applied before, here for the certificate"),
    # the days between an application and the certificate
    "marriage.month": Said("哪个月申请的？", "In which month did you apply?"),
    "marriage.month.say": Said("受理回执上写着日期。", "The date stands on your receipt."),
    "marriage.month.unknown": Said("更早，或者不记得", "Earlier, or I do not remember"),
    "marriage.applied": Said("哪一天申请的？", "On which day did you apply?"),
    "marriage.window.early": Said("领证的日子还没有到", "The days for the certificate are still to come"),
    "marriage.window.early.say": Said("两个人在这些日子里一起来。", "Come together within these days."),
    "marriage.window.open": Said("今天可以领证", "Today is within the days"),
    "marriage.window.open.say": Said("在这些日子里，两个人一起来领。", "Within these days, both together."),
    "marriage.window.late": Said("领证的日子已经过了", "The days for the certificate are past"),
    "marriage.window.late.say": Said("还想办，可以重新申请。窗口会说明。", "You may apply again. The window explains."),
    "marriage.window.first": Said("从哪天起", "From"),
    "marriage.window.last": Said("到哪天止", "Until"),
    "marriage.come": Said("现在怎么办？", "What now?"),
    "marriage.come.ticket": Said("今天取号，问窗口", "Take a number, ask today"),
    "marriage.come.later": Said("改天来", "Come another day"),
    # who
    "marriage.both": Said("两个人都来了吗？", "Are both of you here?"),
    "marriage.both.yes": Said("都来了", "Yes, both"),
    "marriage.both.one": Said("只来了一位", "Only one"),
    "marriage.both.one.note": Said("可以先取号，问窗口", "Take a number and ask"),
    "marriage.booking": Said("有预约码吗？", "Have you a booking code?"),
    "marriage.booking.say": Said(
        "按短信里的 6 位数字。没有就不填，一样取号。", "Enter the 6 digits of the message, or leave it out."
    ),
    "marriage.booking_unknown": Said("这里没有找到这个预约", "This booking was not found here"),
    "marriage.booking_unknown.say": Said(
        "没关系，照样取号，窗口会再查一次。", "No matter: take a number, the window looks again."
    ),
    "marriage.booking_other_day": Said("您预约的是 {day}", "Your booking is for {day}"),
    "marriage.booking_other_day.say": Said("今天也可以取号办。", "You can take a number today all the same."),
    "marriage.phone": Said("留一个手机号码吗？", "Will you leave a mobile number?"),
    "marriage.phone.say": Said(
        "叫号和结果用短信告诉您。不留也能办。", "We text you your turn and the result. You need not."
    ),
    "marriage.phone.tail": Said("尾号 {tail}", "ending in {tail}"),
    "marriage.phone.none": Said("没有留", "none left"),
    "marriage.check": Said("请核对一下", "Please check"),
    "marriage.check.go": Said("都对，下一步", "All right, next"),
    "marriage.line.kind": Said("办什么", "Matter"),
    "marriage.line.stage": Said("哪一步", "Step"),
    "marriage.line.applied": Said("申请日期", "Applied on"),
    "marriage.line.first": Said("第一位", "First"),
    "marriage.line.second": Said("第二位", "Second"),
    "marriage.line.booked": Said("预约", "Booking"),
    "marriage.line.booked.none": Said("没有预约", "no booking"),
    "marriage.line.phone": Said("手机", "Mobile"),
    "marriage.line.missing": Said("还缺", "Still needed"),
    "marriage.line.when": Said("改到", "New time"),
    # papers
    "marriage.papers": Said("材料都带了吗？", "Have you got your papers?"),
    "marriage.papers.text": Said("要带：{papers}", "Needed: {papers}"),
    "marriage.papers.all": Said("都带了", "Yes, all"),
    "marriage.papers.lacking": Said("缺一样", "Something is missing"),
    "marriage.missing": Said("哪几样没有带？", "Which ones are missing?"),
    "marriage.missing.say": Said("可以选几样。", "Choose as many as you need."),
    "marriage.instead": Said("缺的怎么办？", "How shall we go on?"),
    "marriage.instead.text": Said("还缺：{papers}", "Still needed: {papers}"),
    "marriage.instead.ticket": Said("先排队，窗口帮您看", "Queue now, the window looks"),
    "marriage.instead.sent": Said("先排队，请人送来", "Queue now, have them sent"),
    "marriage.instead.sent.note": Said("家人或者快递送到这里都行", "By family or by courier, to this office"),
    "marriage.instead.later": Said("改天来", "Come another day"),
    # another day
    "marriage.date": Said("改到哪一天？", "Which day?"),
    "marriage.time": Said("改到几点？", "What time?"),
    "marriage.nearest": Said("这个时间刚刚约满了", "This time has just been taken"),
    "marriage.nearest.say": Said("这几个时间离得最近。", "These are the nearest ones."),
    "marriage.closed": Said("不办公", "Closed"),
    "marriage.full": Said("约满了", "Full"),
    # statements
    "marriage.statement": Said("结婚登记声明，请 {name} 签名", "Statement for a marriage, to be signed by {name}"),
    "marriage.statement.say": Said("请读一遍，再签名。有不明白的，到窗口问。", "Please read it, then sign."),
    "marriage.statement.text": Said(
        "我自愿和对方结婚，没有人强迫我。\n"
        "我现在没有配偶。\n"
        "我们不是直系血亲，也不是三代以内的旁系血亲。\n"
        "有重大疾病的，我已经如实告诉对方。\n"
        "以上是真实的，我愿意承担法律责任。",
        "I marry of my own free will, and nobody forces me.\n"
        "I have no husband or wife at present.\n"
        "We are not related in direct line, nor collaterally within three generations.\n"
        "If I have a serious illness, I have told the other truthfully.\n"
        "This is true, and I answer for it before the law.",
    ),
    "divorce.statement": Said("离婚登记申请，请 {name} 签名", "Application for a divorce, to be signed by {name}"),
    "divorce.statement.say": Said("请读一遍，再签名。有不明白的，到窗口问。", "Please read it, then sign."),
    "divorce.statement.text": Said(
        "我自愿申请离婚登记，没有人强迫我。\n"
        "孩子、财产和债务，我们已经商量好，写进了协议。\n"
        "我知道：从受理第二天起的三十天里，任何一方都可以撤回。\n"
        "之后三十天里，两个人一起来领证。没有来，就算撤回。\n"
        "以上是真实的，我愿意承担法律责任。",
        "I apply for the divorce of my own free will, and nobody forces me.\n"
        "We have agreed in writing about children, property and debts.\n"
        "I know that either of us may withdraw within thirty days from the day after.\n"
        "Within the next thirty days both come for the certificate; if not, it counts as withdrawn.\n"
        "This is true, and I answer for it before the law.",
    ),
    # the end
    "marriage.end.window": Said("请到窗口，工作人员帮您办", "Please go to the window"),
    "marriage.end.window.say": Said("请坐，会叫您的号。", "Please take a seat. Your number will be called."),
    "marriage.end.alone": Said("请先到窗口问一问", "Please ask at the window"),
    "marriage.end.alone.say": Said(
        "登记要两个人一起来。今天能先办什么，窗口告诉您。",
        "Both must come for this. The window tells what can be done.",
    ),
    "marriage.end.ticket": Said("排上队了", "You are in the queue"),
    "marriage.end.ticket.say": Said("请坐，会叫您的号。", "Please take a seat. Your number will be called."),
    "marriage.end.ticket_lacking": Said("排上队了，缺的窗口帮您看", "In the queue; the window helps with the rest"),
    "marriage.end.ticket_lacking.say": Said(
        "轮到您时，缺的还没到，可以再等。", "If they are not here by then, you may wait."
    ),
    "marriage.end.ticket_offline": Said("排上队了", "You are in the queue"),
    "marriage.end.ticket_offline.say": Said(
        "联网核查要等网络恢复。恢复后短信通知，优先办理。",
        "The check on line waits for the network. We text you then, and you go first.",
    ),
    "marriage.end.ticket_offline_no_phone": Said("排上队了", "You are in the queue"),
    "marriage.end.ticket_offline_no_phone.say": Said(
        "联网核查要等网络恢复。请收好这个号，再来时优先办理。",
        "The check on line waits for the network. Keep this number: with it you go first.",
    ),
    "marriage.end.changed": Said("预约改好了", "Your booking is changed"),
    "marriage.end.changed.say": Said("到时请两个人一起来，带齐材料。", "Come together then, with all papers."),
    "marriage.end.later": Said("好的，改天来", "Another day, then"),
    "marriage.end.later.say": Said(
        "哪天方便，来这里取号，或者网上预约。", "Come when it suits you: a number here, or a booking on the web."
    ),
    # by text message
    "marriage.invited": Said(
        "【婚姻登记处】{number}：网络恢复了，请两个人一起来，带身份证。出示这个号，优先办理。",
        "[Marriage office] {number}: the network is back. Come together with your cards: you go first.",
    ),
    # what to bring
    "what_to_bring": Said("要带什么", "What to bring"),
    "what_to_bring.note": Said("先看一看，不用身份证", "Have a look, no card needed"),
    "what_to_bring.which": Said("想办哪一件？", "For which matter?"),
    "what_to_bring.which.marriage": Said("结婚登记", "Marriage"),
    "what_to_bring.which.divorce.first": Said("离婚登记，第一次申请", "Divorce, first application"),
    "what_to_bring.which.divorce.claim": Said("离婚登记，来领证", "Divorce, the certificate"),
    "what_to_bring.which.certificates": Said("补领证件", "A certificate again"),
    "what_to_bring.whose": Said("补领哪一种？", "Which certificate?"),
    "what_to_bring.whose.marriage": Said("结婚证", "Marriage"),
    "what_to_bring.whose.divorce": Said("离婚证", "Divorce"),
    "what_to_bring.list": Said("要带这些", "Please bring"),
    "what_to_bring.list.say": Said("办理前看一遍，少跑一趟。", "One look now saves a trip."),
    "what_to_bring.who": Said("谁来", "Who comes"),
    "what_to_bring.document": Said("材料", "Paper"),
    "what_to_bring.hours": Said("时间", "Hours"),
    "what_to_bring.windows": Said("窗口", "Window"),
    "what_to_bring.end.seen": Said("随时可以来办", "Come whenever you like"),
    "what_to_bring.end.seen.say": Said("还有不明白的，叫工作人员。", "For anything else, call staff."),
    "what_to_bring.papers.marriage": Said(
        "两人的身份证、两人近期半身免冠合影", "both identity cards, recent photos of both together"
    ),
    "what_to_bring.papers.divorce.first": Said(
        "两人的身份证、结婚证、离婚协议书、各自的照片",
        "both identity cards, the marriage certificate, the agreement, photos of each",
    ),
    "what_to_bring.papers.divorce.claim": Said(
        "两人的身份证、受理回执", "both identity cards, the receipt of the application"
    ),
    "what_to_bring.papers.certificates.marriage": Said("两人的身份证", "both identity cards"),
    "what_to_bring.papers.certificates.divorce": Said("身份证", "your identity card"),
}
