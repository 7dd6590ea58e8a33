"""Addresses as they are to be written: one spelling for each place, and the same again when it is read once more."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.place_names.addressing import BadAddress, number_of, parse, standard

AREA = "330802013201"  # 柯城区花园街道
HEAD = "浙江省衢州市柯城区花园街道"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("浙江省衢州市柯城区花园街道荷花社区荷花中路１２号３幢２单元５０２室", "荷花社区荷花中路12号3幢2单元502室"),
        ("荷花中路十二号", "荷花中路12号"),
        ("柯城区花园街道办事处荷花中路 12 号", "荷花中路12号"),
        ("衢州市柯城区荷花中路12号之3", "荷花中路12-3号"),
        ("荷花中路12号附三号", "荷花中路12-3号"),
        ("荷花中路12－3号", "荷花中路12-3号"),
        ("荷花社区居委会荷花中路12号", "荷花社区荷花中路12号"),
        ("王家村委会二十一号", "王家村21号"),
        ("王家行政村廿一号", "王家村21号"),
        ("荷花小区A座一单元", "荷花小区A幢1单元"),
        ("荷花小区三号楼502", "荷花小区3幢502室"),
        ("荷花小区3栋2单元502户", "荷花小区3幢2单元502室"),
        ("荷花小区3幢二楼203房", "荷花小区3幢2层203室"),
        ("五一路一百零五号", "五一路105号"),
        ("三衢路0012号", "三衢路12号"),
        ("新村路8号", "新村路8号"),
        ("花园街道花园大道8号", "花园大道8号"),
    ],
)
def test_each_way_to_write_it_is_one_address(written: str, wanted: str) -> None:
    assert standard(written, AREA) == HEAD + wanted


def test_parts_are_told_apart() -> None:
    found = parse("荷花社区荷花中路12号3幢2单元5层502室", AREA)
    assert (found.county, found.township, found.village, found.road) == ("柯城区", "花园街道", "荷花社区", "荷花中路")
    assert (found.plate, found.building, found.unit, found.floor, found.room) == (
        "12号",
        "3幢",
        "2单元",
        "5层",
        "502室",
    )
    assert found.missing == ()
    assert len(parse("荷花中路", AREA).missing) == 1
    assert len(parse("12号", AREA).missing) == 1


@pytest.mark.parametrize(
    ("chinese", "digits"),
    [
        ("十", "10"), ("十二", "12"), ("二十", "20"), ("一百零五", "105"), ("二〇三", "203"), ("廿一", "21"),
        ("两百", "200"), ("一千零二十", "1020"), ("007", "7"), ("B-03", "B-3"), ("0", "0"),
    ],
)  # fmt: skip
def test_numbers_become_digits(chinese: str, digits: str) -> None:
    assert number_of(chinese) == digits


@pytest.mark.parametrize(
    "written", ["衢江区荷花路1号", "柯城区石梁镇荷花路1号", "荷花路\u200b1号", "路" * 200, "\u202e荷花路1号"]
)
def test_what_contradicts_its_code_or_cannot_be_seen_is_told(written: str) -> None:
    with pytest.raises(BadAddress) as told:
        standard(written, AREA)
    assert told.value.zh


LETTERS = "荷花村社区路号幢单元室层楼栋座一二十百之附-0123AＢ１２浙江省衢州市柯城花园街道办事处居委会"
NUMBERS = st.integers(1, 999)
WRITTEN = st.builds(
    lambda head, village, road, plate, rest: head + village + road + plate + rest,
    st.sampled_from(["", "浙江省", "浙江衢州市柯城区", "柯城区", HEAD, "花园街道办事处"]),
    st.sampled_from(["", "荷花社区", "王家村村委会", "上村下村", "荷花居委会居委会"]),
    st.sampled_from(["", "荷花中路", "五一路", "三衢大道", "新村路", "王家一区", "百家塘"]),
    st.builds(
        lambda n, way: way.format(n), NUMBERS, st.sampled_from(["{}号", "{}号之1", "{}-2号", "十{}号", " {} 号 "])
    ),
    st.builds(
        lambda n, way: way.format(n), NUMBERS, st.sampled_from(["", "{}幢", "{}栋2梯", "{}号楼", "{}座一单元203室"])
    ),
)


@given(WRITTEN | st.text(alphabet=LETTERS, max_size=30) | st.text(max_size=40))
def test_a_standard_address_is_its_own_standard(written: str) -> None:
    with contextlib.suppress(BadAddress):
        once = standard(written, AREA)
        assert standard(once, AREA) == once
        assert once.startswith(HEAD)
