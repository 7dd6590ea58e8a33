"""The four items that a family is told (domain brief, C30), in parts that a telephone takes."""

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.cremation_notice import ITEMS, PART, message
from edge.domain.visits.price_list import Bill, bill_of
from tests.unit.edge.domain.visits.matters.mourners import price_list


def test_the_whole_text() -> None:
    assert message("11月26日09:00", bill_of(price_list(), {"cremation": 1, "storage-more": 2}), "000-96000000") == (
        "【殡仪馆】您预约的时间：11月26日09:00。请带身份证和死亡证明。\n"
        "①服务项目：接运、存放、告别、火化、骨灰寄存等，您选了2项，见小票。\n"
        "②服务流程：大厅取号、告别、火化、领取骨灰，有专人陪您办。\n"
        "③价格标准：按公示清单2026-1版，需付180.00元，清单外不收费。\n"
        "④监督电话：000-96000000。改期请凭小票上的号码。"
    )
    assert len(ITEMS) == 4


def test_without_a_time_it_says_that_it_is_to_be_arranged() -> None:
    assert message("", bill_of(price_list(), {}), "000-96000000").startswith("【殡仪馆】时间由工作人员和您商定。")


@given(st.text("清单2026-", min_size=1, max_size=64), st.text("0123456789-", min_size=4, max_size=20))
def test_no_part_is_longer_than_a_message_and_nothing_is_lost(version: str, phone: str) -> None:
    text = message("11月26日09:00", Bill(version, ()), phone)
    assert all(0 < len(part) <= PART for part in text.split("\n"))
    joined = text.replace("\n", "")
    assert f"按公示清单{version}版" in joined
    assert f"监督电话：{phone}。" in joined
