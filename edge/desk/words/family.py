"""Family of a resident."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "desk.family": Said("亲属关系", "Family"),
    "desk.family.say": Said(
        "先问老人或监护人愿不愿意。同意的，这位亲属下次放身份证就能选这个房间。不同意的，照样可以来看望。",
        "Ask the resident or the guardian first. With their consent this visitor is offered the room next time."
        " Without it they may visit all the same.",
    ),
    "desk.family.is": Said("已确认", "confirmed"),
    "desk.family.consent": Said("谁同意的", "Whose consent"),
    "desk.family.consent.resident": Said("老人本人", "The resident"),
    "desk.family.consent.guardian": Said("监护人", "The guardian"),
    "desk.family.confirm": Said("确认亲属关系", "Confirm"),
    "desk.family.end": Said("解除", "End it"),
    "desk.family.none": Said("这个房间没有可以确认的老人。", "Nobody in this room can be confirmed."),
    "desk.done.family.confirm": Said("亲属关系已记下", "The relation is noted"),
    "desk.done.family.end": Said("亲属关系已解除", "The relation is ended"),
    "desk.why.consent": Said("请选谁同意的", "Say whose consent it is"),
    "desk.why.no_card": Said("没有读过身份证，不能确认", "No card was read, so nobody can be confirmed"),
    "desk.why.no_resident": Said("这个房间没有这位老人，或已经记过", "Not of this room, or noted already"),
}
