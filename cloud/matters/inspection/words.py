"""What the pages say of inspection."""

from collections.abc import Mapping

from cloud.matters.inspection.workflow import DRAW, VISIT
from cloud.web.wording import words
from contract.words import Words

WORDS: Mapping[str, Words] = {
    **words(
        DRAW,
        Words("双随机抽查", "Random inspection"),
        states={
            "announced": Words("已公告", "announced"),
            "drawn": Words("已抽取", "drawn"),
            "cancelled": Words("已取消", "cancelled"),
        },
        steps={"draw": Words("填入种子并抽取", "Enter the seed and draw"), "cancel": Words("取消", "Cancel")},
        fields={
            "title": Words("抽查名称", "Title"),
            "units": Words("参加部门", "Departments"),
            "category": Words("对象类别", "Kind of targets"),
            "area": Words("区划代码", "Area code"),
            "targets": Words("抽查对象数", "Targets"),
            "inspectors": Words("每部门每处人数", "Inspectors of each department at each target"),
            "cross_county": Words("只派其他县（市、区）人员", "Only inspectors from another county"),
            "seed_source": Words("种子来源", "Where the seed comes from"),
            "draw_on": Words("抽取日", "Day of the draw"),
            "seed": Words("种子", "Seed"),
        },
        choices={
            "care_home": Words("养老机构", "care homes"),
            "social_organisation": Words("社会组织", "social organisations"),
            "funeral_home": Words("殡仪馆", "funeral homes"),
            "cemetery": Words("公墓", "cemeteries"),
            "relief_station": Words("救助站", "relief stations"),
        },
    ),
    **words(
        VISIT,
        Words("联合检查", "Joint inspection"),
        states={
            "visiting": Words("检查中", "being inspected"),
            "reported": Words("待公开", "to be published"),
            "published": Words("已公开", "published"),
            "closed": Words("已办结", "closed"),
        },
        steps={
            "section": Words("填写本部门检查情况", "Our department's part"),
            "finish": Words("检查结束", "Finish the visit"),
            "recheck": Words("复查", "Look again"),
            "publish": Words("公开结果", "Publish the result"),
            "close": Words("办结", "Close"),
        },
        fields={
            "draw": Words("抽查编号", "Draw"),
            "target": Words("检查对象", "Target"),
            "area": Words("区划代码", "Area code"),
            "items": Words("检查项", "Items"),
            "findings": Words("整改项", "To be put right"),
            "photos": Words("照片校验码", "Photos (SHA-256)"),
            "evidence": Words("设备记录编号", "Events of the devices"),
            "n": Words("清单序号", "Number on the list"),
            "fixed": Words("已整改", "Put right"),
            "due": Words("新的期限", "New last day"),
        },
    ),
}
