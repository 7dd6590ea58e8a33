"""Who is helped, what a refusal says, which point is open and nearest."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.kiosk_forms.records import KioskForm
from cloud.matters.relief.contacts import HandOver
from cloud.matters.relief.eligibility import CONDITIONS, is_helped_first, outcome
from cloud.matters.relief.intake import case_form, slip_of
from cloud.matters.relief.joint_tickets import DISTRICTS, STATION, UNIT_OF, desk
from cloud.matters.relief.nearest import Opening, Place, is_open, metres, minute_of, nearest_open
from cloud.matters.relief.refusal import GROUNDS, hash_of, refusal_text
from cloud.matters.relief.workflow import CASES
from edge.domain.visits.matters import relief_intake
from tests.unit.cloud.facility import NOW_MS

ALL = frozenset(range(7))
MIDNIGHT_MS = 1_790_006_400_000 - 1_790_006_400_000 % 86_400_000 - 8 * 3_600_000  # of Asia/Shanghai
SAID = ("yes", "no", "unknown", "unwilling")
degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def test_the_city_goes_by_the_same_four_conditions_as_the_desk() -> None:
    names = {"taken_in": "eligible", "staff_decides": "not_eligible"}
    for said in product(SAID, repeat=4):
        conditions = dict(zip(CONDITIONS, said, strict=True))
        for first in (True, False):
            at_desk = relief_intake.outcome(conditions, helped_first=first)
            assert outcome(conditions, helped_first=first) == names.get(at_desk, at_desk)


def test_the_city_helps_the_same_people_first_as_the_desk() -> None:
    for who in product(
        ("child", "adult", "old", "unknown"), ("none", "walking", "hearing", "mind"), ("card", "unknown")
    ):
        assert is_helped_first(*who) == relief_intake.is_helped_first(*who)


def test_a_case_may_be_left_from_every_state_that_is_not_its_end() -> None:
    workflow = CASES.workflow
    assert [state for state in workflow.states - workflow.final if "leave" not in workflow.names(state)] == []


def test_a_refusal_names_ground_facts_and_where_to_complain_and_its_hash_is_of_its_bytes() -> None:
    station = {"name": "样例站", "supervisor": "样例局", "supervisor_phone": "0570-1"}
    text = refusal_text("QZ-1", ("has_kin", "can_pay", "has_kin"), " 表兄来接 ", station, NOW_MS)
    assert text.count(GROUNDS["has_kin"]) == 1
    for words in ("QZ-1", "表兄来接", "样例局", "0570-1", "2026年9月21日"):
        assert words in text
    assert len(hash_of(text)) == 64
    assert hash_of(text) != hash_of(text + " ")


def test_ten_tickets_have_ten_desks_and_a_third_area_has_the_stations() -> None:
    assert {(area, desk(area, task)) for area in DISTRICTS for task in UNIT_OF} == {
        (area, unit) for area in DISTRICTS for unit in ("民政", "公安", "综合执法", "卫生健康")
    }
    assert {desk(area, task) for area in ("330800", "330881") for task in UNIT_OF} == {STATION}


@pytest.mark.parametrize(
    ("opens", "closes", "hour", "there"),
    [
        ("08:00", "20:00", 8, True),
        ("08:00", "20:00", 20, False),
        ("20:00", "02:00", 1, True),
        ("20:00", "02:00", 2, False),
        ("20:00", "24:00", 23, True),
        ("20:00", "24:00", 0, False),
        ("00:00", "24:00", 0, True),
        ("08:00", "08:00", 3, True),
    ],
)
def test_hours_may_go_on_after_midnight(opens: str, closes: str, hour: int, there: bool) -> None:
    opening = Opening(ALL, minute_of(opens), minute_of(closes))
    assert is_open([opening], MIDNIGHT_MS + hour * 3_600_000) is there


@given(degrees, degrees)
def test_a_distance_is_the_same_both_ways_and_at_most_half_round_the_earth(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    away = metres(*one, *other)
    assert 0 <= away <= 20_015_200
    assert away == pytest.approx(metres(*other, *one), abs=1e-3)
    assert metres(*one, *one) == 0


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert metres(118, 28, 118, 29) == pytest.approx(111_195, abs=1)


@given(st.lists(degrees, max_size=8), degrees)
def test_nearest_are_in_order_and_none_that_is_closed(
    places: list[tuple[float, float]], at: tuple[float, float]
) -> None:
    always = (Opening(ALL, 0, 24 * 60),)
    listed = [Place(str(n), *place, always if n % 2 else ()) for n, place in enumerate(places)]
    found = nearest_open(listed, *at, NOW_MS, 20)
    assert [place.id for place, _ in found if int(place.id) % 2 == 0] == []
    assert len(found) == len(places) // 2
    assert [away for _, away in found] == sorted(away for _, away in found)


def form(**answers: str) -> KioskForm:
    return KioskForm("330802-relief-01", "a", "relief_intake", "1", answers, None, NOW_MS, "submitted", "", "")


def test_codes_that_nobody_knows_stay_open_and_only_a_points_slip_is_a_slip() -> None:
    told = case_form(form(age="ancient", ability="mind", agreed="signed"), "330802", {"slip": "4711"})
    assert (told.age, told.ability, told.request, told.ref) == ("unknown", "mind", "signed", "330802-relief-01/a")
    assert case_form(form(), "330802", {"slip": "00004711"}).ref == "slip/00004711"
    assert [slip_of({"slip": slip}) for slip in ("", "1234567", "123456789", "١٢٣٤٥٦٧٨", 12345678)] == [
        "", "", "", "", "12345678",
    ]  # fmt: skip


def test_a_slip_has_eight_digits() -> None:
    with pytest.raises(ValueError, match="slip"):
        HandOver(slip="１２３４５６７８", point="A", station="S")
