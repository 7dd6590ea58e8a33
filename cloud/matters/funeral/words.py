"""What the pages say of funeral cases and of alerts."""

from collections.abc import Mapping

from cloud.matters.funeral import alerts
from cloud.matters.funeral.rules import KIND
from cloud.web.wording import words
from contract.words import Words

WORDS: Mapping[str, Words] = {
    **words(
        KIND,
        Words("治丧案卷", "Funeral case"),
        states={
            "opened": Words("已立案", "opened"),
            "picked_up": Words("已接运", "picked up"),
            "received": Words("已入馆", "received"),
            "stored": Words("冷藏存放", "in the cold room"),
            "farewell": Words("告别厅", "in the farewell hall"),
            "released": Words("已准予火化", "released for the furnace"),
            "cremated": Words("已火化", "cremated"),
            "handed_over": Words("骨灰已领取", "ashes handed over"),
            "sent_out": Words("已外运", "sent out of the city"),
            "withdrawn": Words("已撤回", "withdrawn"),
        },
        steps={
            "pick_up": Words("接运", "Pick up"),
            "receive": Words("入馆登记，佩戴腕带", "Receive, put the wristband on"),
            "store": Words("送冷藏间", "To the cold room"),
            "farewell": Words("送告别厅", "To the farewell hall"),
            "cremate": Words("准予火化", "Release for the furnace"),
            "cremated": Words("登记火化完成", "Record that the cremation has ended"),
            "hand_over": Words("领取骨灰", "Hand the ashes over"),
            "send_out": Words("外运出馆", "Send out of the city"),
            "withdraw": Words("撤回", "Withdraw"),
            "book": Words("服务预约", "Book from the list"),
            "contact": Words("添加联系人", "Add a contact"),
            "reband": Words("更换腕带", "Put on another wristband"),
        },
        fields={
            "home": Words("殡仪馆编号", "Funeral home"),
            "area": Words("区划代码", "Area code"),
            "deceased_name": Words("逝者姓名", "Name of the deceased"),
            "deceased_number": Words("逝者证件号码", "Identity number of the deceased"),
            "certificate": Words("死亡证明号", "Number of the death certificate"),
            "police_case": Words("公安案号（身份不明时）", "Number of the police's case, of the unknown"),
            "vehicle": Words("接运车牌号", "Plate of the vehicle"),
            "price_list": Words("价目表版本", "Version of the price list"),
            "services": Words("服务项目和数量", "Items of the list, with counts"),
            "day": Words("火化日期", "Day of the cremation"),
            "time": Words("火化时间", "Time of the cremation"),
            "phone": Words("接收短信的手机号", "Phone for the message"),
            "proof": Words("死亡凭证", "Proof of death"),
            "epc": Words("腕带编码（EPC）", "Code of the wristband (EPC)"),
            "furnace": Words("火化机编号", "Furnace"),
            "receiver_name": Words("领取人姓名", "Name of who receives the ashes"),
            "receiver_number": Words("领取人证件号码", "Identity number of who receives the ashes"),
            "to": Words("骨灰去向", "Where the ashes go"),
            "signed_by_family": Words("家属签名（摘要）", "The family's signature (digest)"),
            "signed_by_attendant": Words("陪同人员签名（摘要）", "The attendant's signature (digest)"),
            "permit": Words("外运许可编号", "Number of the permit"),
            "name": Words("联系人姓名", "Name of the contact"),
        },
        choices={
            "death_certificate": Words("居民死亡医学证明", "death certificate"),
            "police": Words("公安机关证明", "proof of the police"),
            "family": Words("家属带走", "to the family"),
            "niche": Words("馆内寄存", "to a niche here"),
            "burial": Words("直接安葬", "to a burial place"),
        },
    ),
    **words(
        alerts.KIND,
        Words("殡仪告警", "Alert of a funeral home"),
        states={
            "raised": Words("待处理", "raised"),
            "acknowledged": Words("处理中", "acknowledged"),
            "closed": Words("已处置", "closed"),
        },
        steps={"acknowledge": Words("知悉", "Acknowledge"), "close": Words("处置完毕", "Close")},
        fields={
            "why": Words("告警原因", "Why"),
            "home": Words("殡仪馆编号", "Funeral home"),
            "area": Words("区划代码", "Area code"),
            "about": Words("相关记录", "About"),
            "case": Words("治丧案卷", "Funeral case"),
            "found": Words("查明的情况和处置", "What was found and done"),
        },
        choices={
            "cremation_unmatched": Words("火化机启动，没有对应的案卷和腕带", "a furnace started for no case"),
            "wristband_mismatch": Words("腕带与案卷不符", "another's wristband was scanned"),
            "receipt_overdue": Words("外运接收证明超过72小时未回", "no receipt within 72 hours"),
        },
    ),
}
