"""What a family is told when a cremation is booked (殡仪服务告知): the same words from a kiosk and from the office.

Source: domain brief, C30: the four items 服务项目、服务流程、价格标准、监督电话. No name stands in it, and no cause of
death: nothing that anybody types goes in.
"""

TEMPLATE = "cremation_booked"
ITEMS = ("services", "process", "prices", "supervision_phone")
PART = 70  # characters of a part of a message in UCS-2 (3GPP TS 23.040)


def text(when: str, version: str, chosen: int, to_pay_fen: int, phone: str, paper: str = "小票") -> str:
    """`when` "" where the time is still to be arranged; `chosen`: how many items of the list `version`; `paper`: on
    which the number stands. One part on a line, 70 characters at most.
    """
    time = f"您预约的时间：{when}" if when else "时间由工作人员和您商定"
    lines = (
        f"【殡仪馆】{time}。请带身份证和死亡证明。",
        f"①服务项目：接运、存放、告别、火化、骨灰寄存等，您选了{chosen}项，见{paper}。",
        "②服务流程：大厅取号、告别、火化、领取骨灰，有专人陪您办。",
        f"③价格标准：按公示清单{version}版，需付{yuan(to_pay_fen)}元，清单外不收费。",
        f"④监督电话：{phone}。改期请凭{paper}上的号码。",
    )
    return "\n".join(line[at : at + PART] for line in lines for at in range(0, len(line), PART))


def yuan(fen: int) -> str:
    """12.50."""
    return f"{fen // 100}.{fen % 100:02d}"
