"""Words of choosing a care home, booking a visit, and saying how it was."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from edge.domain.visits.questions import Said

_LEVELS: Mapping[str, Said] = {
    "self": Said("自理", "self-reliant"),
    "assisted": Said("半护理", "some care"),
    "full": Said("全护理", "full care"),
}


def _level_lists() -> Iterator[tuple[str, Said]]:
    """Every list of levels that a home may have."""
    for number in range(1, len(_LEVELS) + 1):
        for levels in combinations(_LEVELS, number):
            zh, en = "、".join(_LEVELS[one].zh for one in levels), ", ".join(_LEVELS[one].en for one in levels)
            yield f"care_home.levels.{'_'.join(levels)}", Said(zh, en)


WORDS: Mapping[str, Said] = {
    # moving in
    "care_home": Said("想入住，咨询", "Moving in"),
    "care_home.note": Said("找养老院，看空床，约参观", "Find a home, free beds, a tour"),
    "care_home.section.find": Said("挑选", "Find"),
    "care_home.section.home": Said("了解", "Look"),
    "care_home.section.book": Said("预约", "Book"),
    "care_home.how": Said("您想怎么了解？", "How would you like to begin?"),
    "care_home.how.find": Said("自己找养老院", "Find a home myself"),
    "care_home.how.find.note": Said("按地方、价格、护理来选", "By place, price and care"),
    "care_home.how.talk": Said("和工作人员谈", "Talk to somebody"),
    "care_home.how.talk.note": Said("取一个号", "Take a number"),
    "care_home.area": Said("想住在哪里？", "Where would you like to live?"),
    "care_home.area.any": Said("哪里都可以", "Anywhere"),
    "care_home.price": Said("每月大约多少钱？", "About how much a month?"),
    "care_home.price.low": Said("{to} 元以内", "Up to CNY {to}"),
    "care_home.price.middle": Said("{from} 到 {to} 元", "CNY {from} to {to}"),
    "care_home.price.high": Said("{from} 元以上", "CNY {from} and more"),
    "care_home.price.any": Said("都看看", "Any"),
    "care_home.level": Said("需要多少照顾？", "How much care is needed?"),
    "care_home.level.say": Said(
        "不确定也没关系，入住前会评估。", "If you are not sure: there is an assessment before moving in."
    ),
    "care_home.level.self": Said("能自己照顾自己", "Self-reliant"),
    "care_home.level.assisted": Said("有些事要人帮", "Some help"),
    "care_home.level.full": Said("都要人照顾", "Full care"),
    "care_home.level.any": Said("不确定", "Not sure"),
    "care_home.wishes": Said("还有别的要求吗？", "Anything else that matters?"),
    "care_home.wishes.free": Said("现在有空床", "A bed is free now"),
    "care_home.wishes.dementia": Said("有记忆照护专区", "A dementia unit"),
    "care_home.none_fits": Said("没有正好合适的", "None fits exactly"),
    "care_home.none_fits.say": Said("可以看看全部，或者和工作人员谈。", "Look at all of them, or talk to somebody."),
    "care_home.none_fits.all": Said("看全部养老院", "See all homes"),
    "care_home.none_fits.talk": Said("和工作人员谈", "Talk to somebody"),
    "care_home.home": Said("想了解哪一家？", "Which home would you like to look at?"),
    "care_home.which": Said("养老院", "Care home"),
    "care_home.home.say": Said(
        "按价格从低到高。空床数以养老院确认为准。", "By price, lowest first. The home confirms free beds."
    ),
    "care_home.facts": Said("{home}", "{home}"),
    "care_home.facts.go": Said("接着看", "Go on"),
    "care_home.price_range": Said("价格", "Price"),
    "care_home.free": Said("空床", "Free beds"),
    "care_home.levels": Said("护理", "Care"),
    "care_home.dementia": Said("记忆照护专区", "Dementia unit"),
    "care_home.dementia.yes": Said("有", "yes"),
    "care_home.dementia.no": Said("没有", "no"),
    "care_home.deposit": Said("定金", "Deposit"),
    "care_home.telephone": Said("电话", "Telephone"),
    "care_home.address": Said("地址", "Address"),
    "care_home.what": Said("接下来做什么？", "What next?"),
    "care_home.what.say": Said("{home}", "{home}"),
    "care_home.what.tour": Said("约时间去看看", "Arrange a tour"),
    "care_home.what.bed": Said("留一张床位", "Ask for a bed"),
    "care_home.what.bed.none": Said("现在没有空床，可以先登记等候", "None is free now; you can be put on the list"),
    "care_home.what.look": Said("只要电话和地址", "Just telephone and address"),
    "care_home.closed": Said("这天不安排", "Not on this day"),
    "care_home.full": Said("约满了", "Full"),
    "care_home.date": Said("哪一天去看？", "On which day?"),
    "care_home.time": Said("几点去？", "At what time?"),
    "care_home.nearest": Said("这个时间刚刚约满了", "This time has just been taken"),
    "care_home.nearest.say": Said(
        "下面是最近的时间，前面填的都还在。", "These are the nearest. All you entered is kept."
    ),
    "care_home.phone": Said("怎么联系您？", "How can you be reached?"),
    "care_home.phone.say": Said("请按手机号码，不填也可以。", "Enter a mobile number, or leave it out."),
    "care_home.phone.none": Said("没有留", "none left"),
    "care_home.your_phone": Said("您的手机", "Your telephone"),
    "care_home.check": Said("请看一看，对不对", "Please check"),
    "care_home.check.go": Said("对，就这样", "Right, go on"),
    "care_home.when": Said("时间", "Time"),
    "care_home.when.later": Said("养老院和您商量", "the home will arrange it with you"),
    "care_home.applicant": Said("申请人", "Applicant"),
    "care_home.bed": Said("床位", "Bed"),
    "care_home.bed.free": Said("有空床，等养老院确认", "free, to be confirmed by the home"),
    "care_home.bed.waiting": Said("登记等候，不收定金", "on the list, no deposit"),
    "care_home.pay": Said("付床位定金", "Pay the deposit"),
    "care_home.pay.say": Said(
        "{home}。养老院没有确认的，定金退给您。", "{home}. If the home does not confirm, it is paid back."
    ),
    "care_home.paid": Said("付款", "Payment"),
    "care_home.paid.paid": Said("已付", "paid"),
    "care_home.paid.at_counter": Said("到窗口付", "at the window"),
    "care_home.paid.none": Said("不用付", "nothing to pay"),
    "care_home.sent": Said("送达", "Sent"),
    "care_home.sent.now": Said("已经送出", "on its way"),
    "care_home.sent.later": Said("先记下了，网络恢复后送出", "noted, sent when the network is back"),
    "care_home.end.paid_back": Said("没有办成，定金退给您", "It did not go through: the deposit is given back"),
    "care_home.end.paid_back.say": Said("请到窗口，工作人员帮您办。", "Please come to the window."),
    "care_home.end.talk": Said("请拿好号，工作人员和您谈", "Your number: somebody will talk with you"),
    "care_home.end.talk.say": Said("到了会叫号，请坐一下。", "You will be called. Please take a seat."),
    "care_home.end.no_list": Said("养老院名单暂时看不到", "The list of homes cannot be shown now"),
    "care_home.end.no_list.say": Said("为您取了号，工作人员和您谈。", "Here is a number. Somebody will talk with you."),
    "care_home.end.looked": Said("电话和地址在这里", "Telephone and address"),
    "care_home.end.looked.say": Said("可以拍一张照片。", "You may take a photograph."),
    "care_home.end.tour": Said("参观时间为您留好了", "The time is kept for you"),
    "care_home.end.tour.say": Said("来的时候带上小票。", "Please bring this slip."),
    "care_home.end.tour_asked": Said("已经记下，您想去看看", "Your wish for a tour is noted"),
    "care_home.end.tour_asked.say": Said(
        "养老院和您商量时间。没留手机的，请打小票上的电话。",
        "The home will arrange a time. Without a number of yours, please call theirs.",
    ),
    "care_home.end.bed": Said("床位申请记下了", "Your request for a bed is noted"),
    "care_home.end.bed.say": Said(
        "等养老院确认。入住前先评估，再签合同。",
        "The home will confirm it. Assessment and contract come before moving in.",
    ),
    "care_home.end.bed_counter": Said("床位申请记下了，请到窗口", "Noted. Please come to the window"),
    "care_home.end.bed_counter.say": Said(
        "叫到号，工作人员帮您办完，再等养老院确认。",
        "When you are called, staff will finish it with you. Then the home confirms.",
    ),
    "care_home.end.bed_waiting": Said("现在没有空床，已经登记等候", "No bed is free now. You are on the list"),
    "care_home.end.bed_waiting.say": Said(
        "工作人员和您谈别的办法。付过定金的，帮您退。",
        "Staff will look for a way with you. A deposit that was paid is given back.",
    ),
    # booking a visit
    "care_visit_booking": Said("预约看望", "Book a visit"),
    "care_visit_booking.note": Said("选日子和时间", "Choose a day and a time"),
    "care_visit_booking.section.who": Said("看望", "Visit"),
    "care_visit_booking.section.when": Said("时间", "Time"),
    "care_visit_booking.section.check": Said("核对", "Check"),
    "care_visit_booking.family": Said("您看望哪一间？", "Which room would you like to visit?"),
    "care_visit_booking.family.other": Said("别的房间", "Another room"),
    "care_visit_booking.room": Said("您看望哪个房间？", "Which room would you like to visit?"),
    "care_visit_booking.room.say": Said("请按房间号。", "Enter the room number."),
    "care_visit_booking.closed": Said("这天不安排看望", "No visits on this day"),
    "care_visit_booking.full": Said("约满了", "Full"),
    "care_visit_booking.date": Said("哪一天来？", "On which day?"),
    "care_visit_booking.time": Said("几点来？", "At what time?"),
    "care_visit_booking.nearest": Said("这个时间刚刚约满了", "This time has just been taken"),
    "care_visit_booking.nearest.say": Said(
        "下面是最近的时间，前面填的都还在。", "These are the nearest. All you entered is kept."
    ),
    "care_visit_booking.persons": Said("一共几位来？", "How many of you will come?"),
    "care_visit_booking.persons.1": Said("1 位", "1 person"),
    "care_visit_booking.persons.2": Said("2 位", "2 persons"),
    "care_visit_booking.persons.3": Said("3 位", "3 persons"),
    "care_visit_booking.persons.4": Said("4 位", "4 persons"),
    "care_visit_booking.phone": Said("短信发到哪里？", "Where shall we send a message?"),
    "care_visit_booking.phone.say": Said("请按手机号码，不填也可以。", "Enter a mobile number, or leave it out."),
    "care_visit_booking.check": Said("请看一看，对不对", "Please check"),
    "care_visit_booking.check.go": Said("对，约这个时间", "Right, book it"),
    "care_visit_booking.visitor": Said("您", "You"),
    "care_visit_booking.to": Said("房间", "Room"),
    "care_visit_booking.when": Said("时间", "Time"),
    "care_visit_booking.when.later": Said("工作人员和您商量", "staff will arrange it with you"),
    "care_visit_booking.number": Said("人数", "Persons"),
    "care_visit_booking.code": Said("预约码，来时用", "Booking code, for the day"),
    "care_visit_booking.end.booked": Said("约好了，时间为您留着", "Booked. The time is kept for you"),
    "care_visit_booking.end.booked.say": Said(
        "来的时候带身份证。要改或取消，用小票上的号码。",
        "Bring an identity card. To change or cancel, use the code on the slip.",
    ),
    "care_visit_booking.end.noted": Said("先记下了，时间为您留着", "Noted. The time is kept for you"),
    "care_visit_booking.end.noted.say": Said(
        "留了手机的，确认后发短信。来的时候带身份证。",
        "If you left a number, a message follows. Bring an identity card.",
    ),
    "care_visit_booking.end.asked": Said("已经记下，您想来看望", "Your wish to visit is noted"),
    "care_visit_booking.end.asked.say": Said(
        "现在没有能约的时间。请坐一下，工作人员和您商量。",
        "No time can be booked now. Please take a seat; staff will arrange one with you.",
    ),
    # saying how it was
    "care_review": Said("评价养老服务", "Rate the care home"),
    "care_review.note": Said("看望或参观以后", "After a visit or a tour"),
    "care_review.how": Said("怎么找到您的预约？", "How shall we find your booking?"),
    "care_review.how.code": Said("用预约码", "With its code"),
    "care_review.how.card": Said("放身份证", "With an identity card"),
    "care_review.code": Said("请按预约码", "Enter the booking code"),
    "care_review.code.say": Said(
        "预约码在短信里。有二维码的，放在扫码口也可以。", "It is in your message. You may also hold up its QR code."
    ),
    "care_review.score": Said("这次怎么样？", "How was it?"),
    "care_review.score.5": Said("很满意", "Very good"),
    "care_review.score.4": Said("满意", "Good"),
    "care_review.score.3": Said("一般", "Fair"),
    "care_review.score.2": Said("不满意", "Poor"),
    "care_review.score.1": Said("很不满意", "Very poor"),
    "care_review.end.thanks": Said("谢谢您的评价", "Thank you for your rating"),
    "care_review.end.thanks.say": Said("养老院会认真看。", "The home will read it with care."),
    "care_review.end.already": Said("这次预约已经评价过了", "This booking has its rating already"),
    "care_review.end.already.say": Said("谢谢您。", "Thank you."),
    "care_review.end.not_yet": Said("还没有找到可以评价的预约", "No booking to rate was found yet"),
    "care_review.end.not_yet.say": Said(
        "看望或参观完了，第二天就能评价。也可以叫工作人员。", "You can rate it on the day after. Or call staff."
    ),
    "care_review.end.later": Said("现在还看不到预约", "Bookings cannot be seen now"),
    "care_review.end.later.say": Said("请过些时候再来，或者叫工作人员。", "Please come again later, or call staff."),
    **dict(_level_lists()),
}
