"""What the call display shows and says. Numbers and windows only: no name, and no matter, is ever called out."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "title": Said("叫号", "Now calling"),
    "call.window": Said("{window} 号窗口", "Window {window}"),
    "call.say": Said("请 {number} 号，到 {window} 号窗口。", "Number {number}, please go to window {window}."),
    "call.again": Said("再次叫号", "Called again"),
    "call.none": Said("请稍候，正在等待叫号", "Please wait to be called"),
    "waiting": Said("正在等候", "Waiting"),
    "waiting.places": Said("位", "waiting"),
    "simulated": Said("模拟", "simulated"),
    "lost": Said(
        "屏幕暂时没有更新，请听窗口工作人员叫号", "This screen is not up to date. Please listen for your number"
    ),
    "lost.age": Said("{n} 秒前", "{n} s old"),
    "snapshot": Said("屏幕每 5 秒更新一次", "This screen is renewed every 5 seconds"),
    "silent": Said("现在叫号没有语音，请看屏幕", "Calls are not spoken now. Please watch this screen"),
    "muted": Said("声音还没有打开，请工作人员按一下屏幕", "Sound is off. Staff: please press the screen once"),
}
