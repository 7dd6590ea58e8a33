"""What the pages say of doorplates, samples of the address base, and enforcement."""

from cloud.matters.place_names import accuracy, enforcement, survey
from cloud.web.wording import words
from contract.words import Words

_POINT = {
    "lon": Words("经度（CGCS2000）", "Longitude (CGCS2000)"),
    "lat": Words("纬度（CGCS2000）", "Latitude (CGCS2000)"),
    "remark": Words("备注", "Remark"),
}
WORDS = {
    **words(
        survey.KIND,
        Words("门牌采集", "Doorplate survey"),
        states={
            "collected": Words("已采集，待审核", "collected, to be reviewed"),
            "returned": Words("已退回采集员", "sent back to the collector"),
            "reviewed": Words("已审核", "reviewed"),
            "completed": Words("已完善", "completed"),
            "standardised": Words("已标准化", "standardised"),
            "imported": Words("已入库", "in the base"),
            "withdrawn": Words("已撤回", "withdrawn"),
        },
        steps={
            "correct": Words("更正", "Correct"),
            "approve": Words("审核通过", "Approve"),
            "complete": Words("整理完善", "Complete"),
            "standardise": Words("标准化", "Standardise"),
            "import": Words("导入地址库", "Into the base"),
            "reject": Words("退回采集员", "Send back to the collector"),
            "withdraw": Words("撤回", "Withdraw"),
        },
        fields={
            **_POINT,
            "point": Words("点位编号", "Point"),
            "revision": Words("修订号", "Revision"),
            "area": Words("村（社区）代码", "Village code"),
            "written": Words("门牌所写地址", "Address as written"),
            "qr": Words("二维码内容", "What the QR code says"),
            "fix": Words("定位方式", "Position by"),
            "satellites": Words("卫星数", "Satellites"),
            "hdop": Words("水平精度因子", "HDOP"),
            "datum": Words("坐标系", "Datum"),
            "taken_at_ms": Words("采集时间（毫秒）", "Taken at (ms)"),
            "photo": Words("照片指纹（SHA-256）", "Picture's SHA-256"),
            "seen": Words("已核对的标记", "Flags looked at"),
            "opinion": Words("审核意见", "Opinion"),
            "address": Words("地址", "Address"),
            "replaces": Words("替换的原地址", "Replaces"),
        },
        choices={
            "gnss": Words("卫星定位", "satellites"),
            "manual": Words("手动标注", "by hand"),
            "CGCS2000": Words("CGCS2000", "CGCS2000"),
            "WGS84": Words("WGS-84", "WGS-84"),
        },
    ),
    **words(
        accuracy.KIND,
        Words("地址抽样复核", "Sample of the address base"),
        states={
            "drawn": Words("已抽样，复核中", "drawn, being visited"),
            "closed": Words("已完成", "closed"),
            "cancelled": Words("已取消", "cancelled"),
        },
        steps={
            "resurvey": Words("记录复核", "Visited"),
            "close": Words("完成", "Close"),
            "cancel": Words("取消", "Cancel"),
        },
        fields={
            **_POINT,
            "area": Words("区划代码", "Area code"),
            "size": Words("样本量", "Sample size"),
            "seed": Words("随机种子", "Seed"),
            "address": Words("样本地址", "Address of the sample"),
            "found": Words("现场有此门牌", "It hangs there"),
            "written": Words("现场所写", "As written there"),
        },
    ),
    **words(
        enforcement.KIND,
        Words("地名执法监察", "Enforcement of naming rules"),
        states={
            "found": Words("已发现", "found"),
            "told": Words("已告知整改", "told"),
            "overdue": Words("逾期未整改", "overdue"),
            "corrected": Words("已整改，待复查", "corrected, to be looked at"),
            "rechecked": Words("复查合格", "looked at again"),
            "closed": Words("已办结", "closed"),
            "withdrawn": Words("已撤销", "withdrawn"),
        },
        steps={
            "tell": Words("告知整改", "Tell"),
            "correct": Words("登记整改", "Corrected"),
            "lapse": Words("逾期", "Overdue"),
            "pass": Words("复查合格", "Right on re-check"),
            "fail": Words("复查不合格", "Not right on re-check"),
            "close": Words("办结", "Close"),
            "postpone": Words("改期", "Another day"),
            "withdraw": Words("撤销", "Withdraw"),
        },
        fields={
            **_POINT,
            "violation": Words("问题类型", "What is wrong"),
            "sign": Words("标志上的文字", "What stands there"),
            "area": Words("所在区划代码", "Area code"),
            "photo": Words("照片指纹（SHA-256）", "Picture's SHA-256"),
            "deadline": Words("整改期限", "Last day"),
            "recipient": Words("告知对象", "Who was told"),
        },
        choices={
            "not_standard": Words("用字、拼写不规范", "not written by the rules"),
            "not_approved": Words("未经批准命名", "named without approval"),
            "no_sign": Words("应设未设标志", "no sign where one must be"),
            "sign_damaged": Words("标志损毁", "sign damaged"),
            "sign_moved": Words("擅自移动标志", "sign moved"),
            "misused": Words("未使用标准地名", "another name used in public"),
        },
    ),
}
