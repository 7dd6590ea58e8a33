"""What figures call the matters (事项) of boxes, whose cases are no kind of the city's own, and where these stand."""

from collections.abc import Mapping

from contract.words import Words

WORDS: Mapping[str, Words] = {
    "matter.marriage": Words("婚姻登记", "Marriage and divorce"),
    "matter.certificates": Words("补领证件", "A certificate again"),
    "matter.care_home": Words("入住咨询", "Moving into a care home"),
    "matter.care_visit": Words("探访", "Visit to a care home"),
    "matter.care_visit_booking": Words("预约探访", "Booked visit"),
    "matter.care_bringing": Words("送物品", "Things brought"),
    "matter.care_review": Words("评价养老服务", "Review of a care home"),
    "matter.cremation": Words("预约火化", "Booked cremation"),
    "matter.outbound_transfer": Words("遗体外运", "Transfer of remains"),
    "matter.place_names": Words("地名申报", "Place name"),
    "matter.relief": Words("求助", "Call for relief"),
    "matter.relief_intake": Words("求助登记", "Relief intake"),
    "matter.social_assistance": Words("申请救助", "Social assistance"),
    "matter.social_organisations": Words("社会组织", "Social organisation"),
    "matter.state.submitted": Words("已提交", "submitted"),
    "matter.state.awaiting_online_check": Words("等待联网核对", "waits for its check on line"),
    "matter.state.accepted": Words("已受理", "accepted"),
    "matter.state.awaiting_applicant": Words("等待申请人", "waits for the applicant"),
    "matter.state.in_review": Words("审查中", "in review"),
    "matter.state.approved": Words("已批准", "approved"),
    "matter.state.refused": Words("未批准", "refused"),
    "matter.state.closed": Words("已办结", "closed"),
    "matter.state.withdrawn": Words("已撤回", "withdrawn"),
    "figures.reason.normal": Words("正常", "normal"),
    "figures.reason.missing_document": Words("材料不齐", "a paper was missing"),
    "figures.reason.card_fail": Words("证件读不出", "the card could not be read"),
    "figures.reason.outage": Words("系统或网络故障", "an outage"),
    "figures.reason.policy": Words("政策规定", "a rule"),
    "figures.reason.other": Words("其他", "other"),
}
