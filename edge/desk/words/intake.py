"""Words of the relief station's intake at the desk; what is asked stands with the matter (edge.kiosk.words)."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "desk.intake": Said("求助登记", "Intake"),
    "desk.intake.say": Said(
        "一页问一件，念给对方听；对方不知道、不愿说都可以，不影响帮助。",
        "One page asks one thing and reads it aloud. Not known and would rather not say are answers: help is the same.",
    ),
    "desk.intake.begin": Said("新登记一位", "Begin an intake"),
    "desk.intake.receptions": Said("按了求助、还没有登记的", "Asked for help, not taken in yet"),
    "desk.intake.receptions.none": Said("现在没有", "Nobody now"),
    "desk.intake.since": Said("{at} 来的", "since {at}"),
    "desk.intake.needs": Said("要：{need}", "Asks for: {need}"),
    "desk.intake.take": Said("接进来登记", "Take in"),
    "desk.intake.drafts": Said("没有填完的", "Begun, not finished"),
    "desk.intake.drafts.none": Said("都填完了", "All are finished"),
    "desk.intake.draft": Said("{at} 开始，答了 {count} 项", "begun {at}, {count} answers"),
    "desk.intake.resume": Said("接着填", "Go on"),
    "desk.intake.only_attendants": Said(
        "求助登记由值班员或管理人员来填。", "Intakes are filled in by attendants and managers."
    ),
    "desk.intake.from": Said("求助时的接待", "The reception before"),
    "desk.intake.to": Said("求助登记", "The intake"),
    "desk.intake.by": Said("开始登记的值班员", "Begun by"),
}
