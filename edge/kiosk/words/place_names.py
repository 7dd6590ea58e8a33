"""Words of naming and renaming places."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "place_names": Said("地名申报", "Place names"),
    "place_names.note": Said("给新地方取名，或者改名", "Name a new place, or rename one"),
    "place_names.section.name": Said("地名", "The name"),
    "place_names.section.who": Said("申请人", "Who applies"),
    "place_names.section.check": Said("核对", "Check"),
    "place_names.act": Said("要取名还是改名？", "A new name, or another one?"),
    "place_names.act.naming": Said("取新名", "A new name"),
    "place_names.act.naming.note": Said("这个地方还没有名字", "The place has no name yet"),
    "place_names.act.renaming": Said("改名", "Another name"),
    "place_names.act.renaming.note": Said("已经有名字，想换一个", "It has a name that should change"),
    "place_names.county": Said("在哪个区县？", "In which county?"),
    "place_names.kind": Said("是什么地方？", "What is it?"),
    "place_names.kind.village": Said("村、社区", "Village or community"),
    "place_names.kind.road": Said("路、街、巷", "Road, street or lane"),
    "place_names.kind.bridge": Said("桥", "Bridge"),
    "place_names.kind.estate": Said("住宅小区", "Housing estate"),
    "place_names.kind.building": Said("大楼", "Building"),
    "place_names.kind.park": Said("公园、广场", "Park or square"),
    "place_names.kind.station": Said("车站", "Station"),
    "place_names.old": Said("现在叫什么？", "What is it called now?"),
    "place_names.old.say": Said("按拼音，再选字。", "Spell it, then choose the characters."),
    "place_names.name": Said("想取什么名字？", "Which name do you want?"),
    "place_names.name.say": Said(
        "按拼音，再选字。最后写上路、桥、小区这样的词。", "Spell it, with its kind at the end."
    ),
    "place_names.taken": Said("这个区县已经有「{name}」", "{name} is in use in this county"),
    "place_names.taken.say": Said(
        "同一个区县里不重名。您可以另取一个。", "A county has no name twice. You may choose another."
    ),
    "place_names.taken.another": Said("另取一个名字", "Choose another name"),
    "place_names.taken.keep": Said("还是报这个名字", "Hand in this one"),
    "place_names.taken.keep.note": Said("由审核的人决定", "The reviewers decide"),
    "place_names.reason": Said("理由", "Reason"),
    "place_names.reason.naming": Said("为什么要取名？", "Why does it need a name?"),
    "place_names.reason.naming.new": Said("新建的地方", "It is newly built"),
    "place_names.reason.naming.unnamed": Said("一直没有名字", "It never had one"),
    "place_names.reason.naming.wanted": Said("住在这里的人希望", "The people there wish it"),
    "place_names.reason.naming.other": Said("别的原因", "Another reason"),
    "place_names.reason.renaming": Said("为什么要改名？", "Why should it change?"),
    "place_names.reason.renaming.twin": Said("和别处重名", "Another place has it too"),
    "place_names.reason.renaming.unclear": Said("难写、难读", "It is hard to write or say"),
    "place_names.reason.renaming.changed": Said("地方变了，名字不合适", "The place has changed"),
    "place_names.reason.renaming.wanted": Said("住在这里的人希望", "The people there wish it"),
    "place_names.reason.renaming.other": Said("别的原因", "Another reason"),
    "place_names.applicant": Said("申请人", "Who applies"),
    "place_names.applicant.window": Said("到窗口核对", "Checked at the window"),
    "place_names.phone": Said("请留一个手机号", "Please leave a mobile number"),
    "place_names.phone.say": Said("有结果就告诉您。也可以不留。", "You are told the result. You may leave it out."),
    "place_names.phone.none": Said("没有留", "None left"),
    "place_names.plan": Said("命名方案带来了吗？", "Have you brought the naming plan?"),
    "place_names.plan.say": Said("方案写明位置、名字的意思。", "It tells where the place is and what the name means."),
    "place_names.plan.here": Said("带来了", "Yes"),
    "place_names.plan.here.note": Said("请交给工作人员", "Please give it to staff"),
    "place_names.plan.later": Said("以后补", "It comes later"),
    "place_names.plan.later.note": Said("可以先报，不用再排队", "Apply first, no second queue"),
    "place_names.check": Said("请看看对不对", "Please check"),
    "place_names.check.go": Said("都对，交申请", "All right, hand it in"),
    "place_names.next": Said("接下来", "What comes next"),
    "place_names.next.steps": Said("审核、公示、批准、公布", "Review, notice, approval, publication"),
    "place_names.end.submitted": Said("申请收到了", "Your application is in"),
    "place_names.end.submitted.say": Said(
        "接下来审核、公示、批准、公布。凭受理号查进度。",
        "Review, notice, approval, publication. Ask by the case number.",
    ),
    "place_names.end.submitted_offline": Said("申请收到了", "Your application is in"),
    "place_names.end.submitted_offline.say": Said(
        "有没有重名，联网后再查一遍。您不用再来。",
        "Whether the name is free is checked on line later. No need to come again.",
    ),
    "place_names.end.taken": Said("申请收到了，名字要再看", "Your application is in"),
    "place_names.end.taken.say": Said(
        "「{name}」已经有地方在用，由审核的人决定，会告诉您理由。",
        "{name} is in use. The reviewers decide and give their reason.",
    ),
    "place_names.end.window": Said("请到窗口核对身份", "Please go to the window"),
    "place_names.end.window.say": Said(
        "您填的都保存好了，窗口不用再填。", "What you filled in is kept, nothing is asked twice."
    ),
}
