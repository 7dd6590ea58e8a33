"""Words of the frame that every page of the city stands in."""

from collections.abc import Mapping

from contract.words import Words

FRAME: Mapping[str, Words] = {
    "city.title": Words("衢州民政 · 最多跑一次", "Quzhou civil affairs · one trip"),
    "city.skip": Words("跳到正文", "Skip to the content"),
    "city.navigation": Words("导航", "Navigation"),
    "city.language": Words("中文", "English"),
    "office.inbox": Words("待办", "To do"),
    "office.new": Words("新建", "New"),
    "office.figures": Words("统计", "Figures"),
    "office.board": Words("任务", "Tasks"),
    "office.log_out": Words("退出", "Log out"),
}
