"""Words of asking for help at the relief station: one or two words to a picture, all of them read aloud."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "relief": Said("我要帮助", "I need help"),
    "relief.note": Said("不要钱，不用证件", "Free, no papers needed"),
    "relief.need": Said("您要什么？", "What do you need?"),
    "relief.need.say": Said("按一下图，就有人来。不要钱。", "Press a picture and somebody comes. It is free."),
    "relief.need.food": Said("吃饭喝水", "Food, water"),
    "relief.need.bed": Said("睡觉", "Sleep"),
    "relief.need.medical": Said("看病", "A doctor"),
    "relief.need.home": Said("回家", "Go home"),
    "relief.need.line": Said("您要", "You need"),
    "relief.state": Said("工作人员正在过来", "Somebody is coming"),
    "relief.state.say": Said("请坐下等。您现在怎么样？", "Please sit down. How are you now?"),
    "relief.state.hurt": Said("我很难受", "I feel ill"),
    "relief.state.harmed": Said("有人害我", "Somebody harms me"),
    "relief.state.child": Said("我是小孩", "I am a child"),
    "relief.state.fine": Said("我还好", "I am all right"),
    "relief.paper": Said("有身份证吗？", "Have you an identity card?"),
    "relief.paper.say": Said("有没有都一样帮您。", "You are helped either way."),
    "relief.paper.have": Said("有", "Yes"),
    "relief.paper.none": Said("没有", "No"),
    "relief.paper.rather_not": Said("不想给", "I would rather not"),
    "relief.paper.wait": Said("我等着", "I just wait"),
    "relief.card": Said("请把身份证放在绿灯上", "Please lay your card on the green light"),
    "relief.card.say": Said("听到滴的一声再拿开。", "Take it away after the beep."),
    "relief.card.no_card": Said("不放了", "Go on without"),
    "relief.card.no_card.note": Said("一样帮您", "You are helped all the same"),
    "relief.company": Said("和谁一起来？", "Who is with you?"),
    "relief.company.say": Said("都可以一起进来。", "All may come in together."),
    "relief.company.alone": Said("一个人", "Nobody"),
    "relief.company.child": Said("带孩子", "A child"),
    "relief.company.old": Said("带老人", "An old person"),
    "relief.company.pet": Said("带小动物", "An animal"),
    "relief.end.coming": Said("工作人员正在过来", "Somebody is coming"),
    "relief.end.coming.say": Said("请坐下等。想走，随时可以走。", "Please sit and wait. You may leave at any time."),
    "relief.end.medical": Said("马上有人来看您", "Somebody comes to you now"),
    "relief.end.medical.say": Said(
        "请坐下，别走动。先看病，不用证件。", "Sit down and rest. A doctor first, no papers."
    ),
}
