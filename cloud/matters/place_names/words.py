"""What the pages say of place names."""

from cloud.matters.place_names.workflow import KIND
from cloud.web.wording import words
from contract.words import Words

WORDS = words(
    KIND,
    Words("地名命名、更名", "Naming of a place"),
    states={
        "drafted": Words("草稿", "drafted"),
        "submitted": Words("已提交", "submitted"),
        "awaiting_applicant": Words("待补正", "waits for the applicant"),
        "reviewed": Words("已审查", "reviewed"),
        "publicised": Words("公示中", "made public"),
        "approved": Words("已批准", "approved"),
        "published": Words("已公告", "published"),
        "refused": Words("不予批准", "refused"),
        "withdrawn": Words("已撤回", "withdrawn"),
    },
    steps={
        "submit": Words("提交", "Submit"),
        "ask_more": Words("要求补正", "Ask for more"),
        "answer": Words("补正", "Answer"),
        "review": Words("审查通过", "Reviewed"),
        "publicise": Words("公示", "Make public"),
        "approve": Words("批准", "Approve"),
        "publish": Words("公告", "Publish"),
        "refuse": Words("不予批准", "Refuse"),
        "withdraw": Words("撤回", "Withdraw"),
    },
    fields={
        "action": Words("事项", "What"),
        "name": Words("地名", "Name"),
        "former_name": Words("原名", "Former name"),
        "category": Words("类别", "Category"),
        "area": Words("所在区划代码", "Area code"),
        "lon": Words("经度（CGCS2000）", "Longitude (CGCS2000)"),
        "lat": Words("纬度（CGCS2000）", "Latitude (CGCS2000)"),
        "meaning": Words("含义与由来", "Meaning"),
        "opinion": Words("审查意见", "Opinion"),
        "until": Words("公示截止日", "Public until"),
        "announcement": Words("公告文号", "Announcement"),
    },
    choices={
        "naming": Words("命名", "naming"),
        "renaming": Words("更名", "renaming"),
        "road": Words("道路", "road"),
        "bridge": Words("桥梁", "bridge"),
        "residential": Words("住宅区", "residential area"),
        "building": Words("楼宇", "building"),
        "village": Words("自然村", "village"),
        "square": Words("广场", "square"),
        "park": Words("公园", "park"),
    },
)
