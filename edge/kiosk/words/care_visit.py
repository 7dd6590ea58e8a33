"""Words of a care home's visitors: signing in, signing out, bringing something.

To any room the same sentences: nothing here may tell who lives in it.
"""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    # signing in
    "care_visit": Said("来看望，签到", "Visiting, sign in"),
    "care_visit.note": Said("扫预约码，或者放身份证", "With a booking code or an identity card"),
    "care_visit.section.who": Said("您", "You"),
    "care_visit.section.whom": Said("看望", "Visit"),
    "care_visit.section.health": Said("身体", "Health"),
    "care_visit.how": Said("您怎么签到？", "How would you like to sign in?"),
    "care_visit.how.say": Said("三种都可以。", "All three are fine."),
    "care_visit.how.code": Said("用预约码", "With a booking code"),
    "care_visit.how.code.note": Said("短信里的 6 位数字，或者二维码", "Six digits in your message, or its QR code"),
    "care_visit.how.card": Said("放身份证", "With an identity card"),
    "care_visit.how.card.note": Said("没有预约也可以", "No booking is needed"),
    "care_visit.how.none": Said("没有证件", "I have no papers here"),
    "care_visit.how.none.note": Said("工作人员来帮您", "Staff will come and help you"),
    "care_visit.code": Said("请按预约码", "Enter your booking code"),
    "care_visit.code.say": Said(
        "预约码在短信里。有二维码的，放在扫码口也可以。", "It is in your message. You may also hold up its QR code."
    ),
    "care_visit.code_unknown": Said("这里还没有这个预约", "This booking is not known here yet"),
    "care_visit.code_unknown.say": Said(
        "没关系，放身份证也能签到。", "That is all right. An identity card will do as well."
    ),
    "care_visit.code_unknown.go": Said("接着签到", "Go on"),
    "care_visit.whom": Said("{about}，对吗？", "{about}: is this right?"),
    "care_visit.booked_today": Said("您今天的预约", "Your booking of today"),
    "care_visit.whom.yes": Said("对", "Yes"),
    "care_visit.whom.no": Said("不对", "No"),
    "care_visit.whom.no.note": Said("请按房间号", "Enter a room number"),
    "care_visit.room": Said("您去哪个房间？", "Which room would you like to visit?"),
    "care_visit.room.say": Said("请按房间号。", "Enter the room number."),
    "care_visit.persons": Said("一共来了几位？", "How many of you are here?"),
    "care_visit.persons.say": Said("连您自己一起数。", "Count yourself too."),
    "care_visit.persons.1": Said("1 位", "1 person"),
    "care_visit.persons.2": Said("2 位", "2 persons"),
    "care_visit.persons.3": Said("3 位", "3 persons"),
    "care_visit.persons.4": Said("4 位或更多", "4 persons or more"),
    "care_visit.family": Said("您看望哪一间？", "Which room would you like to visit?"),
    "care_visit.family.other": Said("别的房间", "Another room"),
    "care_visit.health": Said("今天身体怎么样？", "How do you feel today?"),
    "care_visit.health.say": Said("有没有发热、咳嗽、拉肚子、皮疹？", "Any fever, cough, upset stomach or rash?"),
    "care_visit.health.well": Said("都没有", "None of these"),
    "care_visit.health.some": Said("有一样", "One of these"),
    "care_visit.badge": Said("访客贴编号", "Badge number"),
    "care_visit.to": Said("看望", "Visiting"),
    "care_visit.until": Said("有效到", "Valid until"),
    "care_visit.end.badge": Said("签到好了，请贴好访客贴", "You are signed in. Please wear the badge"),
    "care_visit.end.badge.say": Said("离开时，请在这里扫访客贴签退。", "When you leave, scan the badge here."),
    "care_visit.end.badge.text": Said(
        "请先洗手。\n带来的食品和药品，请先给护理员看。\n请小声说话。",
        "Please wash your hands first.\nShow food and medicine to a carer first.\nPlease speak softly.",
    ),
    "care_visit.end.wait": Said("已经通知护理员", "A carer has been told"),
    "care_visit.end.wait.say": Said(
        "请坐一下，工作人员来和您说。", "Please take a seat. Somebody will come and talk to you."
    ),
    "care_visit.end.mask": Said("请戴上口罩，坐一下", "Please put on a mask and take a seat"),
    "care_visit.end.mask.say": Said(
        "口罩在旁边。工作人员来和您一起想办法。", "Masks are beside you. Staff will come to find a way with you."
    ),
    # signing out
    "care_leaving": Said("离开，签退", "Leaving, sign out"),
    "care_leaving.note": Said("扫一下访客贴", "Scan your badge"),
    "care_leaving.badge": Said("请扫访客贴", "Please scan your badge"),
    "care_leaving.badge.say": Said(
        "也可以按访客贴上的 8 位编号。找不到了，按不填。", "Or enter its eight digits. If it is lost, leave this out."
    ),
    "care_leaving.end.bye": Said("再见，路上慢走", "Goodbye, and a safe way home"),
    "care_leaving.end.by_staff": Said("工作人员来帮您签退", "Staff will sign you out"),
    "care_leaving.end.by_staff.say": Said("请在这里等一等。", "Please wait here a moment."),
    # bringing something
    "care_bringing": Said("送东西给老人", "Bring something"),
    "care_bringing.note": Said("不用见面，交给前台", "Hand it over at the desk"),
    "care_bringing.section.what": Said("东西", "Things"),
    "care_bringing.section.whom": Said("给谁", "For whom"),
    "care_bringing.section.check": Said("核对", "Check"),
    "care_bringing.what": Said("您送什么？", "What are you bringing?"),
    "care_bringing.what.say": Said("可以选几样。", "You may choose several."),
    "care_bringing.what.clothes": Said("衣物、用品", "Clothes, daily things"),
    "care_bringing.what.food": Said("吃的、喝的", "Food or drink"),
    "care_bringing.what.food.note": Said("护理员先看适不适合", "A carer looks first whether it suits"),
    "care_bringing.what.medicine": Said("药品", "Medicine"),
    "care_bringing.what.medicine.note": Said("护士先看", "A nurse looks at it first"),
    "care_bringing.what.other": Said("别的", "Something else"),
    "care_bringing.room": Said("送到哪个房间？", "Which room is it for?"),
    "care_bringing.room.say": Said("请按房间号。", "Enter the room number."),
    "care_bringing.phone": Said("收下以后，告诉您吗？", "Shall we tell you when it is received?"),
    "care_bringing.phone.say": Said("请按手机号码，不填也可以。", "Enter a mobile number, or leave it out."),
    "care_bringing.check": Said("请看一看，对不对", "Please check"),
    "care_bringing.check.go": Said("对，交给前台", "Right, hand it over"),
    "care_bringing.thing": Said("东西", "What"),
    "care_bringing.to": Said("房间", "Room"),
    "care_bringing.told": Said("通知", "Tell"),
    "care_bringing.told.none": Said("不用通知", "no message"),
    "care_bringing.end.taken": Said("请把小票和东西交给前台", "Hand the slip and the things to the desk"),
    "care_bringing.end.taken.say": Said("工作人员正在过来，帮您转交。", "Somebody is coming to take them."),
    "care_bringing.end.looked_at": Said("请把小票和东西交给前台", "Hand the slip and the things to the desk"),
    "care_bringing.end.looked_at.say": Said(
        "吃的和药，护理员先看一看。不适合的，当面还给您。",
        "A carer looks at food and medicine, and gives back what does not suit.",
    ),
}
