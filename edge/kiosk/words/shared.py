"""Words of all matters: the frame of a page, cards, faces, pads, signing, waiting, the end."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    # the frame
    "home.title": Said("今天要办什么？", "What would you like to do?"),
    "home.say": Said(
        "请按下面的大按钮。需要帮忙，按右下角叫工作人员。", "Press a large button below. For help, press Call staff."
    ),
    "home.more": Said("更多", "More"),
    "home.first": Said("回到前面", "Back to the first"),
    "home.resume": Said("接着上次的办", "Go on where you left"),
    "home.resume.web": Said("接着办网上填的", "Go on with what you began on the web"),
    "home.resume.card": Said("接着刚才这张身份证的事办", "Go on with this card's matter"),
    "home.none": Said("这台机器暂时没有能办的事", "Nothing can be done here just now"),
    "resume.title": Said("请按屏幕上次显示的号码", "Enter the code you were given"),
    "resume.say": Said("号码在上次页面的右上角，小票上也有。", "It stood at the top of the page, and on your slip."),
    "resume.go": Said("接着办", "Go on"),
    "resume.unknown": Said(
        "没有找到这个号码。请再看一眼，或者叫工作人员。", "This code was not found. Look again, or call staff."
    ),
    "resume.offline": Said(
        "现在查不到网上填的，请把号码告诉窗口，或者过一会儿再来。",
        "What you filled in on the web cannot be fetched now. Tell the window your code, or come a little later.",
    ),
    "resume.elsewhere": Said(
        "这件事已经在另一处接着办了，请到那里，或者叫工作人员。",
        "You went on with this at another office. Please go there, or call staff.",
    ),
    "resume.not_here": Said("这件事在别处办，请叫工作人员。", "This is done at another office. Please call staff."),
    "resume.later": Said("请过几分钟再试，或者叫工作人员。", "Please try again in a few minutes, or call staff."),
    "resume.pad": Said("号码是 4 到 9 位数字", "The code has 4 to 9 digits"),
    "matter.unknown": Said("这件事这里暂时不能办，请叫工作人员。", "This cannot be done here just now. Call staff."),
    "tool.large": Said("大字", "Large"),
    "tool.normal": Said("小字", "Smaller"),
    "tool.contrast": Said("高对比", "Contrast"),
    "tool.plain": Said("普通色", "Plain"),
    "tool.read": Said("朗读", "Read out"),
    "tool.quiet": Said("不朗读", "Silence"),
    "tool.language": Said("English", "中文"),
    "nav.back": Said("返回", "Back"),
    "nav.leave": Said("退出", "Leave"),
    "nav.staff": Said("叫工作人员", "Call staff"),
    "nav.put_aside": Said("先放下，以后接着填", "Put aside, go on later"),
    "frame.step": Said("第 {n} 步，共 {of} 步", "Step {n} of {of}"),
    "frame.code": Said("接着办的号码 {code}", "Code to go on: {code}"),
    "frame.simulated": Said("模拟", "simulated"),
    "frame.offline": Said(
        "网络暂时不通，可以照常办理。恢复后自动上传。", "The network is out. You can go on; it is sent later."
    ),
    "frame.age": Said("资料截至 {at}", "Data as of {at}"),
    "frame.staff": Said("工作人员正在过来，请在这里等一等。", "Somebody is coming. Please wait here."),
    "frame.seconds": Said("秒", "s"),
    "frame.mend": Said("请看一下", "Please look"),
    "trouble.title": Said("刚才这一步没有记下来", "The last step was not kept"),
    "trouble.say": Said(
        "请再试一次。还是不行，请到窗口，由工作人员帮您办。",
        "Please try again. If that does not help, go to the window: staff will do it with you.",
    ),
    "trouble.again": Said("再试一次", "Try again"),
    "idle.title": Said("您还在吗？", "Are you still there?"),
    "idle.say": Said("还要办理，请按中间的大按钮。", "To go on, press the large button."),
    "idle.go": Said("我还在，接着办", "I am here, go on"),
    "idle.leave": Said("不办了，退出", "Leave"),
    # pages
    "go": Said("下一步", "Next"),
    "page.next": Said("后面的", "Next ones"),
    "page.before": Said("前面的", "Ones before"),
    "page.of": Said("第 {n} 页，共 {of} 页", "Page {n} of {of}"),
    "choose.one": Said("请先选一项。", "Please choose one first."),
    "choose.gone": Said("这一项刚刚没有了，请另选一项。", "This one has just gone. Please choose another."),
    "choose.done": Said("选好了", "Done"),
    "choose.none": Said("都不选，继续", "None, go on"),
    "change": Said("改", "Change"),
    "total": Said("合计", "Total"),
    "yuan": Said("{n} 元", "CNY {n}"),
    "skip": Said("不填，继续", "Leave out, go on"),
    # cards
    "identity.card": Said("请放身份证", "Please lay your identity card"),
    "identity.card.say": Said(
        "把身份证平放在绿灯亮的地方，听到滴的一声再拿开。", "Lay it flat on the green light until it beeps."
    ),
    "identity.card.no_card": Said("没带身份证", "I have no card here"),
    "identity.card.no_card.note": Said("没关系，到窗口办，一样排队", "No matter: at the window, same queue"),
    "identity.card.other": Said("请放另一位的身份证", "Please lay the other person's card"),
    "identity.card.other.say": Said("先把刚才那张拿开，再放这一张。", "Take the first card away, then lay this one."),
    "identity.card.other.no_card": Said("另一位没带身份证", "The other has no card here"),
    "identity.card.other.no_card.note": Said("没关系，到窗口办，一样排队", "No matter: at the window, same queue"),
    "identity.checked": Said("{who} 核对好了", "{who}, checked"),
    "identity.at_window": Said("{who} 到窗口核对", "{who}, checked at the window"),
    "identity.unread": Said("到窗口核对", "checked at the window"),
    "card.place": Said("请把身份证平放在绿灯亮的地方。", "Please lay the card flat on the green light."),
    "card.retry": Said("没有读到，请把身份证再放一次。", "It was not read. Please lay it again."),
    "card.bad_number": Said(
        "这张证件的号码这里认不出来，请到窗口办。",
        "This card is not known here. Please go to the window.",
    ),
    "card.unreadable": Said("没有读全，请把身份证再放一次。", "It was not read in full. Please lay it again."),
    "card.same": Said("这是刚才那张身份证，请放另一位的。", "This is the same card. Please lay the other person's."),
    "card.expired": Said("这张身份证过了有效期，工作人员会帮您看。", "This card has run out. Staff will help you."),
    "card.gone": Said(
        "读卡器暂时不能用，请按下面的按钮到窗口办。", "The card reader does not work now. Press below for the window."
    ),
    # faces
    "identity.way": Said("怎么核对是您本人？", "How shall we check that it is you?"),
    "identity.way.say": Said(
        "两种方式都可以，您自己选，排队一样快。", "Both ways are fine. You choose; the queue is the same."
    ),
    "identity.way.yes": Said("刷脸核对", "By face"),
    "identity.way.yes.note": Said(
        "和证件照片比对。只在本机，比对后马上删除", "Compared with a document, here only, then wiped"
    ),
    "identity.way.no": Said("不刷脸", "Not by face"),
    "identity.way.no.note": Said("由工作人员核对，排队一样快", "Staff check, same place in the queue"),
    "identity.way.text": Said(
        "刷脸要用您的面部照片，只为核对是不是您本人。\n照片和特征只在这台机器里，比对后马上删除，不上传。\n您可以不同意，也可以随时改用不刷脸。",
        "By face uses a photograph of you, only to check that it is you.\n"
        "It stays in this machine and is wiped at once.\n"
        "You may decline, or change to the other way at any time.",
    ),
    "identity.face": Said("请正对圆圈", "Please face the circle"),
    "identity.face.say": Said("慢慢靠近一点。摄像头已打开。", "Come a little nearer. The camera is on."),
    "identity.face.window": Said("不刷脸，到窗口核对", "Not by face, at the window"),
    "identity.way_by_terminal": Said("怎么核对是您本人？", "How shall we check that it is you?"),
    "identity.way_by_terminal.say": Said(
        "两种方式都可以，您自己选，排队一样快。", "Both ways are fine. You choose; the queue is the same."
    ),
    "identity.way_by_terminal.yes": Said("刷脸核对", "By face"),
    "identity.way_by_terminal.yes.note": Said(
        "在屏幕旁边的终端上和身份证比对", "Compared with your card at the terminal beside you"
    ),
    "identity.way_by_terminal.no": Said("不刷脸", "Not by face"),
    "identity.way_by_terminal.no.note": Said("由工作人员核对，排队一样快", "Staff check, same place in the queue"),
    "identity.way_by_terminal.text": Said(
        "刷脸要用您的面部照片，只为核对是不是您本人。\n"
        "照片只在屏幕旁边的终端里比对，这台机器不收照片，也不上传。\n"
        "您可以不同意，也可以随时改用不刷脸。",
        "By face uses a photograph of you, only to check that it is you.\n"
        "The terminal beside the screen compares it. This machine takes no photograph and sends none.\n"
        "You may decline, or change to the other way at any time.",
    ),
    "identity.terminal": Said("请看屏幕旁边的终端", "Please look at the terminal beside the screen"),
    "identity.terminal.say": Said(
        "把身份证放在终端上，看着它的镜头。", "Lay your ID card on the terminal and look at its camera."
    ),
    "identity.terminal.window": Said("不刷脸，到窗口核对", "Not by face, at the window"),
    "face.terminal": Said(
        "把身份证放在终端上，看着它的镜头。", "Lay your ID card on the terminal and look at its camera."
    ),
    "face.terminal_again": Said(
        "请再试一次：放刚才那张身份证，看着终端。", "Once more, please: lay the same card and look at the terminal."
    ),
    "face.no_terminal": Said(
        "终端暂时不能用，由工作人员核对，排队一样快。",
        "The terminal does not work now. Staff will check; same place in the queue.",
    ),
    "identity.document": Said("请出示带照片的证件", "Please show a document with your photo"),
    "identity.document.say": Said(
        "身份证上的照片这里看不了，换一本带照片的证件就行。没带也没关系。",
        "The card's photo cannot be seen here; another document with a photo will do. It is all right without one.",
    ),
    "identity.document.window": Said("不刷脸，到窗口核对", "Not by face, at the window"),
    "face.document": Said(
        "请把护照、驾驶证等证件的照片对准圆圈。没带也没关系，请按下面的按钮。",
        "Please hold the photo of a passport or driving licence in the circle. Without one, press below.",
    ),
    "face.document_one": Said("只让证件照片在圆圈里。", "Only the document's photo in the circle, please."),
    "face.document_flat": Said("请把证件放正，正对镜头。", "Please hold the document straight to the camera."),
    "face.document_glare": Said(
        "照片反光，请把证件稍微转一点。", "The photo shines. Please tilt the document a little."
    ),
    "face.document_read": Said("好了，请放下证件，看着镜头。", "Good. Put the document down and look at the camera."),
    "face.document_done": Said(
        "核对好了，请把这本证件带到窗口看一下。", "Compared. Please show this document at the window."
    ),
    "face.look": Said("请正对圆圈，看着镜头。", "Please face the circle and look at the camera."),
    "face.one": Said("请一位一位来，只让一个人在圆圈里。", "One person at a time in the circle, please."),
    "face.nearer": Said("请再近一点。", "A little nearer, please."),
    "face.farther": Said("请再远一点。", "A little farther back, please."),
    "face.centre": Said("请把脸放到圆圈中间。", "Please bring your face to the middle of the circle."),
    "face.light": Said("光有点暗，请转向亮的地方。", "It is a little dark. Please turn towards the light."),
    "face.glare": Said("光太亮了，请稍微侧开一点。", "It is very bright. Please move a little out of the light."),
    "face.even": Said("一边亮一边暗，请面向灯光。", "One side is dark. Please face the light."),
    "face.straight": Said("请把头摆正。", "Please hold your head upright."),
    "face.front": Said("请正对镜头。", "Please face the camera."),
    "face.level": Said("请平视镜头。", "Please look straight ahead."),
    "face.still": Said("请停一下，别动。", "Please hold still a moment."),
    "face.turn_left": Said("请慢慢向左转头。", "Please turn your head slowly to your left."),
    "face.turn_right": Said("请慢慢向右转头。", "Please turn your head slowly to your right."),
    "face.hold": Said("很好，请保持一下。", "Good. Please stay like that."),
    "face.again": Said("再看一次镜头，可以摘下口罩、帽子或墨镜。", "Look once more. A mask or hat can come off."),
    "face.window": Said("现在请按下面的按钮，到窗口核对。", "Please press below; the window will help."),
    "face.wait": Said("正在打开摄像头", "The camera is opening"),
    "face.done": Said("核对好了。", "Checked."),
    "face.no_camera": Said(
        "摄像头暂时不能用，由工作人员核对，排队一样快。",
        "The camera does not work now. Staff will check; same place in the queue.",
    ),
    "face.staff": Said(
        "没关系，由工作人员核对，排队一样快。", "That is all right. Staff will check; same place in the queue."
    ),
    # pads
    "pad.phone": Said("请按 11 位手机号码。", "Please enter the 11 digits of a mobile number."),
    "pad.room": Said("请按房间号，比如 301。", "Please enter a room number, such as 301."),
    "pad.code": Said("请按 4 到 8 位数字的号码。", "Please enter the code, 4 to 8 digits."),
    "pad.number": Said("请按数字。", "Please enter a number."),
    "pad.credit_code": Said("信用代码是 18 位数字和字母，请再看一眼。", "The credit code has 18 digits and letters."),
    "pad.credit_code.wrong": Said(
        "这个代码有一位不对，请再看一眼。", "One sign of this code is not right. Please look again."
    ),
    "pad.letters": Said("请按名称每个字的拼音首字母。", "Please enter the first letter of each syllable."),
    "pad.plate": Said("请按车牌的字母和数字，比如 H12345。", "Please enter the plate, such as H12345."),
    "pad.place_name": Said("请用拼音选字，2 到 30 个字。", "Please choose characters by pinyin, 2 to 30."),
    "pad.delete": Said("退一格", "Delete"),
    "pad.clear": Said("重按", "Clear"),
    "pad.empty": Said("还没有按", "Nothing yet"),
    "pad.scan": Said("也可以把二维码放在扫码口", "Or hold a code before the scanner"),
    # signing, scanning, waiting
    "sign.here": Said("请用手指在框里签名", "Please sign with your finger in the frame"),
    "sign.again": Said("重签", "Again"),
    "sign.done": Said("签好了", "Signed"),
    "sign.window": Said("到窗口签", "Sign at the window"),
    "sign.later": Said("以后签，或在纸上按手印", "Later, or a fingerprint on paper"),
    "sign.short": Said(
        "还没有签名。请在框里签，或者选到窗口签。", "Not signed yet. Sign in the frame, or at the window."
    ),
    "sign.long": Said("笔画太多了，请重签一次。", "That was very long. Please sign again."),
    "scan.say": Said("请把二维码放在扫码口", "Hold the code before the scanner"),
    "scan.no_code": Said("没有二维码", "I have no code"),
    "scan.not_ours": Said(
        "这个码这里读不懂，请换一个，或者选没有二维码。", "This code is not one of ours. Try another, or go on without."
    ),
    "lookup.wait": Said("正在查，请稍等。", "Looking it up, please wait."),
    "lookup.later": Said("不等了，查到后告诉我", "Do not wait, tell me later"),
    "pay.wait": Said("请稍等，正在确认付款。", "Please wait, the payment is being confirmed."),
    "pay.at_counter": Said("到窗口付", "Pay at the window"),
    "pay.offline": Said(
        "现在不能在线付款，请到窗口付。", "Paying on line is not possible now. Please pay at the window."
    ),
    "pay.late": Said(
        "付款结果还没有到。可以再等等，也可以到窗口付。已经付的不会丢。",
        "The result is not here yet. Wait a little, or pay at the window. What you have paid is not lost.",
    ),
    "pay.stands": Said(
        "已经付款，前面的内容在这里不能改。要改请到窗口，工作人员帮您。",
        "It is paid, so what was said before stands. To change it, please come to the window.",
    ),
    "pay.kept": Said(
        "您的付款已收到，申请已为您记下，查询码{code}。窗口如已收过款，会退给您。",
        "Your payment has arrived and your request is noted, code {code}. What was paid twice is given back.",
    ),
    "pay.refund": Said(
        "您的付款已收到，但没有办成，会退给您，查询码{code}。有疑问请到窗口或打电话。",
        "Your payment has arrived but could not be used. It will be given back, code {code}. Ask at the window.",
    ),
    "pay.refunded": Said(
        "您付的钱已经退回，按原路到账，查询码{code}。有疑问请到窗口或打电话。",
        "What you paid was given back the way it came, code {code}. Ask at the window if anything is unclear.",
    ),
    "pay.again": Said(
        "这次没有付上，没有扣款。可以到窗口付。", "It was not paid, nothing was taken. You can pay at the window."
    ),
    "counted.range": Said("每样最多 9 件。", "Nine of each at most."),
    "counted.more": Said("加一件：{item}", "One more: {item}"),
    "counted.less": Said("减一件：{item}", "One less: {item}"),
    # the end
    "result.number": Said("受理号", "Case number"),
    "result.ticket": Said("排队号", "Your number"),
    "result.ahead": Said("前面还有 {n} 位，大约等 {min} 分钟", "{n} before you, about {min} minutes"),
    "result.next": Said("您是下一位", "You are next"),
    "result.code": Said("查进度的号码", "Code to return"),
    "result.done": Said("完成", "Done"),
    "result.undo": Said("撤回这次办理", "Take it back"),
    "undo.late": Said(
        "过了十分钟，这里不能撤回了。要撤回请到窗口，工作人员帮您办。",
        "The ten minutes are over. To take it back, please come to the window.",
    ),
    "undo.begun": Said(
        "工作人员已经在办。要撤回请到窗口说一声。", "Staff are working on it. To take it back, please tell the window."
    ),
    "undo.never": Said(
        "这件事在这里不能撤回。有疑问请到窗口。", "This cannot be taken back here. Please ask at the window."
    ),
    "undo.over": Said("这件事已经办结，不用撤回。有疑问请到窗口。", "It is finished. Please ask at the window."),
    "result.withdrawn": Said("已经撤回，什么都没有留下要办的", "It was taken back"),
    "result.again": Said("您已经办过这件事，这是上次的回执。", "You have done this before. This is its receipt."),
    "result.printing": Said("正在打印，请稍等。", "Printing, please wait."),
    "result.printed": Said("小票打好了，请取走。", "Your slip is printed. Please take it."),
    "result.failed": Said(
        "打印不了。请记住号码，或者拍一张照片。", "It could not be printed. Note the number, or take a photograph."
    ),
    "result.rate": Said("这次办得怎么样？", "How was it?"),
    "result.rated": Said("谢谢您的评价。", "Thank you for your rating."),
    "result.qr": Said("回执的二维码", "Code of the receipt"),
    "rate.1": Said("很不满意", "Very poor"),
    "rate.2": Said("不满意", "Poor"),
    "rate.3": Said("一般", "Fair"),
    "rate.4": Said("满意", "Good"),
    "rate.5": Said("很满意", "Very good"),
    "receipt.part": Said("第 {n} 张，共 {of} 张", "Slip {n} of {of}"),
    "receipt.keep": Said("请保管好这张小票", "Please keep this slip"),
}
