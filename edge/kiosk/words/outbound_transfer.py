"""Words of the permit to take remains out of the city."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "outbound_transfer": Said("遗体外运", "Transfer out of the city"),
    "outbound_transfer.note": Said("一个窗口办完，随到随办", "One window, at any hour"),
    "outbound_transfer.section.who": Said("您", "You"),
    "outbound_transfer.section.deceased": Said("逝者", "The deceased"),
    "outbound_transfer.section.journey": Said("去哪里", "The journey"),
    "outbound_transfer.section.check": Said("核对", "Check"),
    "outbound_transfer.role": Said("您是？", "Who are you?"),
    "outbound_transfer.role.family": Said("家属", "Family"),
    "outbound_transfer.role.trustee": Said("受托人", "Asked by the family"),
    "outbound_transfer.role.trustee.note": Said("家属请您来办", "The family sent you"),
    "outbound_transfer.role.unit": Said("单位", "An organisation"),
    "outbound_transfer.role.unit.note": Said("单位、社区或者医院", "Work unit, community, hospital"),
    "outbound_transfer.relation": Said("您是逝者的什么人？", "What are you to the deceased?"),
    "outbound_transfer.relation.spouse": Said("配偶", "Husband or wife"),
    "outbound_transfer.relation.child": Said("子女", "Child"),
    "outbound_transfer.relation.parent": Said("父母", "Parent"),
    "outbound_transfer.relation.sibling": Said("兄弟姐妹", "Brother or sister"),
    "outbound_transfer.relation.grandchild": Said("孙辈", "Grandchild"),
    "outbound_transfer.relation.other": Said("其他", "Other"),
    "outbound_transfer.letter": Said("委托书或者介绍信带了吗？", "Is the letter of authority here?"),
    "outbound_transfer.letter.here": Said("带了", "It is here"),
    "outbound_transfer.letter.later": Said("还没有", "Not yet"),
    "outbound_transfer.letter.later.note": Said("可以接着办，领证前补上", "Go on; bring it before the permit is given"),
    "outbound_transfer.certificate": Said("请扫死亡证明上的码", "Scan the code on the death certificate"),
    "outbound_transfer.certificate.say": Said(
        "没有证明也能接着办，工作人员帮您。", "Without one you can go on; staff will help."
    ),
    "outbound_transfer.deceased": Said("是这一位吗？\n{deceased}", "Is it this person?\n{deceased}"),
    "outbound_transfer.deceased.yes": Said("是", "Yes"),
    "outbound_transfer.deceased.no": Said("不是", "No"),
    "outbound_transfer.deceased.no.note": Said("工作人员帮您看证明", "Staff will look at the paper with you"),
    "outbound_transfer.deceased_card": Said("请放逝者的身份证", "Lay the identity card of the deceased"),
    "outbound_transfer.deceased_card.say": Said("过了有效期的也可以。", "One that has run out will do."),
    "outbound_transfer.deceased_card.no_card": Said("没有带", "It is not here"),
    "outbound_transfer.deceased_card.no_card.note": Said("窗口看公安的证明", "The desk looks at a police proof"),
    "outbound_transfer.acceptance": Said("接收方的同意书带了吗？", "Is the receiving home's consent here?"),
    "outbound_transfer.acceptance.say": Said("由接收的殡仪馆开。", "The receiving funeral home issues it."),
    "outbound_transfer.acceptance.here": Said("带了", "It is here"),
    "outbound_transfer.acceptance.later": Said("还没有", "Not yet"),
    "outbound_transfer.acceptance.later.note": Said("窗口帮您和对方联系", "The desk will ask them for you"),
    "outbound_transfer.home": Said("送到哪个殡仪馆？", "To which funeral home?"),
    "outbound_transfer.home.say": Said("请用拼音选字。", "Choose characters by pinyin."),
    "outbound_transfer.province": Said("车牌的第一个字", "First character of the plate"),
    "outbound_transfer.province.say": Said(
        "接运的车。还不知道的，选最后一个。", "Of the hearse. Not known yet: choose the last."
    ),
    "outbound_transfer.province.later": Said("还不知道", "Not known"),
    "outbound_transfer.line.plate": Said("车牌", "Plate"),
    "outbound_transfer.plate": Said("车牌 {province} 后面的字母和数字", "What follows {province} on the plate"),
    "outbound_transfer.phone": Said("您的手机号码", "Your phone number"),
    "outbound_transfer.phone.say": Said(
        "接收方回执到了，发短信告诉您。", "A message comes when the remains have arrived."
    ),
    "outbound_transfer.check": Said("请核对", "Please check"),
    "outbound_transfer.check.go": Said("都对", "All right"),
    "outbound_transfer.who": Said("您是", "You are"),
    "outbound_transfer.later": Said("到窗口补", "To be added at the desk"),
    "outbound_transfer.none": Said("没有留", "None left"),
    "outbound_transfer.statement": Said("外运申请", "Application for the transfer"),
    "outbound_transfer.statement.text": Said(
        "申请人 {name}。\n我申请把逝者遗体运往下面的殡仪馆。\n路上由持证的殡仪车接运。\n"
        "到达后，由接收方出具回执。\n所说属实。",
        "Applicant {name}.\nI apply to take the remains to the funeral home below.\nA licensed hearse carries them.\n"
        "On arrival the receiving home sends a receipt.\nWhat I have said is true.",
    ),
    "outbound_transfer.bring": Said("窗口要补", "To be added"),
    "outbound_transfer.bring.card": Said("您的身份证", "Your identity card"),
    "outbound_transfer.bring.letter": Said("委托书或者介绍信", "Letter of authority"),
    "outbound_transfer.bring.certificate": Said("死亡证明", "Death certificate"),
    "outbound_transfer.bring.identity": Said("逝者身份证，或者公安的证明", "Card of the deceased, or a police proof"),
    "outbound_transfer.bring.acceptance": Said("接收方同意书", "The receiving home's consent"),
    "outbound_transfer.bring.home": Said("接收的殡仪馆名称", "Name of the receiving home"),
    "outbound_transfer.bring.plate": Said("车牌号", "Number plate"),
    "outbound_transfer.bring.signature": Said("您的签名", "Your signature"),
    "outbound_transfer.end.desk": Said("请到窗口领许可", "Your permit is given at the desk"),
    "outbound_transfer.end.desk.say": Said(
        "值班人员签字后，当场打印。", "It is printed as soon as the duty officer has signed."
    ),
    "outbound_transfer.end.incomplete": Said("请到窗口，接着办", "Please go on at the desk"),
    "outbound_transfer.end.incomplete.say": Said(
        "还要补的写在下面，工作人员帮您。", "What is still to be added stands below. Staff will help you."
    ),
}
