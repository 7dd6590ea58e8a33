import re
from dataclasses import replace
from pathlib import Path

import pytest

from cloud.domain.picture import DevicePicture, FacilityPicture, Picture
from cloud.wall import render
from cloud.wall.parts import Card, Wall
from cloud.wall.view import CARDS_SHOWN, wall_view
from contract.words import WORDS
from tests.unit.cloud.wall.pictures import NOW_MS, alarm, care_home, city, device, drilled, facility

DAY_MS = 86_400_000
TEMPLATES = Path(render.__file__).parent / "templates"
FOUR = ("f-330803-care-01", "f-330802-relief-01", "f-330800-funeral-01", "f-330802-marriage-01")


def wall(*facilities: FacilityPicture, readings_per_minute: int = 0) -> Wall:
    return wall_view(Picture(NOW_MS, facilities, readings_per_minute))


def card(shown: FacilityPicture) -> Card:
    return wall(shown).cards[0]


def test_danger_then_off_line_then_faults_then_what_is_well() -> None:
    assert tuple(card.id for card in wall_view(city()).cards) == FOUR


def test_not_knowing_ranks_before_a_small_fault() -> None:
    silent = facility("b-silent", heard_at_ms=NOW_MS - 21_000)
    faulty = facility("a-faulty", devices=(device("d", online=False, cause="port"),))
    assert [card.id for card in wall(faulty, silent).cards] == ["f-b-silent", "f-a-faulty"]


@pytest.mark.parametrize(
    ("changes", "tone", "state"),
    [
        ({}, "ok", "正常"),
        ({"link": "offline"}, "critical", "离线"),
        ({"link": "never", "heard_at_ms": 0}, "stale", "尚未上线"),
        ({"heard_at_ms": NOW_MS - 20_001}, "stale", "数据过期"),
        ({"devices": (device("d", online=False, cause="port"), device("e"))}, "warn", "1 台设备离线 · 端口"),
        ({"alarms": (alarm("a", "f", rule="fall"),)}, "critical", "疑似跌倒"),
        ({"alarms": (alarm("a", "f"),), "link": "offline"}, "critical", "呼叫"),
        ({"alarms": (alarm("a", "f", state="attended"),)}, "warn", "呼叫"),
        ({"alarms": (alarm("a", "f", rule="out_of_range", priority=1),)}, "warn", "温度超限"),
        ({"alarms": (alarm("a", "f", rule="smoke"),)}, "critical", "smoke"),
    ],
)
def test_a_facility_shows_the_worst_thing_true_of_it(changes: dict[str, object], tone: str, state: str) -> None:
    shown = card(facility("f", **changes))
    assert (shown.tone, shown.state.zh) == (tone, state)


@pytest.mark.parametrize(
    ("age_ms", "link", "stale"),
    [(20_000, "online", False), (20_001, "online", True), (0, "offline", True), (0, "never", True)],
)
def test_data_is_stale_past_two_periods_and_when_the_facility_is_not_on_line(
    age_ms: int, link: str, stale: bool
) -> None:
    assert card(facility("f", heard_at_ms=NOW_MS - age_ms, link=link, period_s=10)).stale is stale


def test_unknown_beds_are_said_to_be_unknown() -> None:
    beds = card(care_home()).beds
    assert beds is not None
    assert (beds.occupied, beds.total, beds.unknown and beds.unknown.zh) == (2, 4, "未知 1")
    known = card(care_home(beds_unknown=0)).beds
    assert known is not None
    assert known.unknown is None


def test_a_facility_without_beds_shows_none() -> None:
    assert card(facility("f")).beds is None


def test_totals_leave_out_devices_of_which_nothing_is_known() -> None:
    well = facility("well", checkins_today=3)
    gone = facility("gone", checkins_today=4, heard_at_ms=NOW_MS - 60_000)
    headline = wall(well, gone, readings_per_minute=77).headline
    assert (headline.devices_online, headline.devices) == (2, 4)
    assert (headline.checkins_today, headline.readings_per_minute) == (7, 77)
    assert (headline.open_alarms, headline.alarm_tone) == (0, "ok")


def test_a_reading_of_a_device_off_line_is_unknown_and_one_out_of_range_comes_first() -> None:
    shown = facility(
        "f",
        devices=(device("a"), device("b", online=False), device("c", location="冷藏间")),
        alarms=(alarm("x", "f", device="c", rule="out_of_range", priority=1),),
        readings=(("a", "Air/Temperature", 4.04), ("b", "Air/Temperature", 5.0), ("c", "Air/Temperature", 9.87)),
    )
    readings = [(reading.label, reading.value, reading.tone) for reading in card(shown).readings]
    assert readings == [("冷藏间", 9.9, "warn"), ("b 号位", None, "stale"), ("a 号位", 4.0, "ok")]


def test_alarms_worst_first_then_unanswered_then_newest() -> None:
    alarms = (
        alarm("old", "f", raised_at_ms=NOW_MS - 9_000),
        alarm("cold-room", "f", rule="out_of_range", priority=1, raised_at_ms=NOW_MS),
        alarm("new", "f", raised_at_ms=NOW_MS - 1_000),
        alarm("acknowledged", "f", state="acknowledged", raised_at_ms=NOW_MS),
        alarm("attended", "f", state="attended", raised_at_ms=NOW_MS),
        alarm("minor", "f", priority=3, raised_at_ms=NOW_MS),
    )
    shown = wall(facility("f", alarms=alarms)).alarms
    assert [row.id for row in shown.rows] == ["new", "old", "acknowledged", "attended", "cold-room"]
    assert (shown.total, shown.more and shown.more.zh) == (6, "另有 1 条")


# drills


def test_a_drill_changes_no_number_and_no_other_alarm() -> None:
    real, with_drill = wall_view(city()), wall_view(drilled(city()))
    assert with_drill.headline == real.headline
    assert with_drill.alarms == real.alarms
    assert [replace(card, drill=False) for card in with_drill.cards] == list(real.cards)


def test_what_a_drill_pretends_is_shown_in_a_place_of_its_own() -> None:
    assert wall_view(city()).drills.is_empty
    shown = wall_view(drilled(city()))
    assert [row.id for row in shown.drills.rows] == ["drill-call", "drill-fall"]
    assert (shown.drills.total, shown.drills.on, shown.drills.more) == (
        3, ("进行中 1 场", "1 going on"), ("另有 1 条", "1 more")
    )  # fmt: skip
    assert [card.id for card in shown.cards if card.drill] == ["f-330802-marriage-01"]
    html = render.fragment(shown.drills, "zh")
    assert '<span class="drill"><span>演练</span> <small lang="en">Drill</small></span>' in html
    assert "演练床位" in html
    assert "data-alarm" not in html
    assert "data-say" not in html  # nobody is told of it as of an alarm


def test_a_drill_that_goes_on_is_said_though_it_has_raised_nothing() -> None:
    shown = wall(facility("f", drills_on=2)).drills
    assert not shown.is_empty
    assert "进行中 2 场" in render.fragment(shown, "zh")
    assert " hidden>" in render.fragment(wall(facility("f")).drills, "zh")


def test_real_alarms_take_the_room_of_pretended_ones() -> None:
    real = tuple(alarm(f"a-{n}", "f") for n in range(6))
    pretended = (alarm("d", "f", drill="d-1"),)
    three, four = (wall(facility("f", alarms=real[:n], drill_alarms=pretended)) for n in (3, 4))
    assert (len(three.alarms.rows), len(three.drills.rows)) == (3, 1)
    assert (len(four.alarms.rows), len(four.drills.rows), four.drills.more and four.drills.more.zh) == (
        4, 0, "另有 1 条"
    )  # fmt: skip
    six = wall(facility("f", alarms=real, drill_alarms=pretended)).alarms
    assert (len(six.rows), six.more and six.more.zh) == (4, "另有 2 条")


def test_a_device_that_a_drill_cut_off_is_neither_off_line_nor_counted() -> None:
    shown = card(facility("f", devices=(device("a"), device("b", online=False, cause="drill"))))
    assert (shown.devices_online, shown.devices, shown.tone, shown.drill) == (1, 1, "ok", True)


# proof of life


def proven(name: str, days_ago: float | None, *, every: int = 30, life_safety: bool = True) -> DevicePicture:
    at_ms = None if days_ago is None else NOW_MS - round(days_ago * DAY_MS)
    return device(name, proven_at_ms=at_ms, prove_every_days=every, life_safety=life_safety, location=f"{name} 室")


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        ((proven("a", 29.9), proven("b", 30)), None),
        ((proven("a", 400, every=0),), None),
        ((proven("a", 400, life_safety=False),), None),
        ((proven("a", 30.1),), ("待验证 1 台 · 超期 1 天 · a 室", "Proof overdue: 1 · by 1 d · a 室")),
        (
            (proven("a", 33), proven("b", 42.5)),
            ("待验证 2 台 · 超期 12 天 · b 室", "Proof overdue: 2 · by 12 d · b 室"),
        ),
        (
            (proven("a", 90), proven("b", None)),
            ("待验证 2 台 · 从未验证 · b 室", "Proof overdue: 2 · never proven · b 室"),
        ),
        ((proven("a", 42, every=40), proven("b", 20, every=7)), ("待验证 2 台 · 超期 13 天 · b 室", "")),
    ],
)
def test_proof_of_a_life_safety_device_is_due_by_its_schedule(
    devices: tuple[DevicePicture, ...], said: tuple[str, str] | None
) -> None:
    shown = card(facility("f", devices=devices))
    if said is None:
        assert (shown.tone, shown.notes) == ("ok", ())
    else:
        assert (shown.tone, shown.state.zh) == ("warn", said[0])
        assert shown.state.en == said[1] or not said[1]


def test_proof_that_is_due_is_a_note_while_something_worse_is_true() -> None:
    shown = card(facility("f", devices=(proven("a", None), device("b", online=False, cause="port"))))
    assert shown.state.zh == "1 台设备离线 · 端口"
    assert [(note.tone, note.words.zh) for note in shown.notes] == [("warn", "待验证 1 台 · 从未验证 · a 室")]
    html = render.fragment(shown, "en")
    assert "Proof overdue: 1" in html
    assert "M12 1 23 12 12 23 1 12z" in html  # the diamond: shape, word and colour


# the facility's clock


@pytest.mark.parametrize(
    ("changes", "tone", "said"),
    [
        ({}, "ok", "正常"),
        ({"clock_quality": "good", "clock_offset_ms": 5_000, "clock_seen_ms": -5_000}, "ok", "正常"),
        ({"clock_offset_ms": 5_001}, "warn", "时钟快 5 秒"),
        ({"clock_seen_ms": -5_001}, "warn", "时钟慢 5 秒"),
        ({"clock_offset_ms": 100, "clock_seen_ms": 120_000}, "warn", "时钟快 2 分钟"),
        ({"clock_offset_ms": -120_001}, "critical", "时钟慢 2 分钟"),
        ({"clock_quality": "good", "clock_seen_ms": 3 * 3_600_000}, "critical", "时钟快 3 小时"),
        ({"clock_seen_ms": 31 * DAY_MS}, "critical", "时钟快 31 天"),
        ({"clock_quality": "bad"}, "critical", "时钟不可信"),
        ({"clock_quality": "uncertain"}, "warn", "时钟未核对"),
        ({"clock_quality": "uncertain", "clock_seen_ms": 40}, "ok", "正常"),
        ({"clock_quality": "traceable", "clock_seen_ms": 40}, "warn", "时钟状态未知"),
    ],
)
def test_clock_past_five_seconds_warns_and_past_two_minutes_is_red(
    changes: dict[str, object], tone: str, said: str
) -> None:
    shown = card(facility("f", **changes))
    assert (shown.tone, shown.state.zh) == (tone, said)


def test_clock_of_a_facility_that_is_not_on_line_is_unknown() -> None:
    shown = card(facility("f", link="offline", clock_seen_ms=10**9))
    assert (shown.state.zh, shown.notes) == ("离线", ())


def test_somebody_in_danger_outranks_a_wrong_clock_which_outranks_a_faulty_device() -> None:
    wrong = facility("f", clock_seen_ms=-(10**9), devices=(device("d", online=False, cause="port"),))
    assert card(wrong).state.zh == "时钟慢 11 天"
    assert card(replace(wrong, alarms=(alarm("a", "f"),))).state.zh == "呼叫"
    assert card(replace(wrong, alarms=(alarm("a", "f"),))).notes[0].words.en == "Clock 11 d slow"


def test_facilities_past_the_last_card_are_counted() -> None:
    shown = wall(*(facility(f"f{n}") for n in range(CARDS_SHOWN + 3)), facility("gone", link="offline"))
    assert len(shown.cards) == CARDS_SHOWN
    assert shown.cards[0].id == "f-gone"
    assert shown.rest.title == ("其余 4 处", "4 more")
    assert shown.rest.tones == (("ok", 4),)


def test_the_tag_says_simulated_so_the_name_does_not() -> None:
    assert card(facility("f")).name == ("柯城区婚姻登记处", "Kecheng Marriage Registration Office")
    assert card(facility("f", simulated=False)).name.zh == "柯城区婚姻登记处(模拟)"
    assert card(facility("f", name_zh="", name_en="")).name == ("f", "f")


def test_hearing_again_is_no_change_of_a_card_but_getting_stale_is() -> None:
    shown = facility("f")
    assert card(shown) == card(replace(shown, heard_at_ms=NOW_MS))
    assert card(shown) != card(replace(shown, heard_at_ms=NOW_MS - 60_000))


def test_every_word_has_both_languages_with_the_same_blanks() -> None:
    for key, words in WORDS.items():
        assert words.zh.strip(), key
        assert words.en.strip(), key
        assert re.findall(r"{\w+}", words.zh) == re.findall(r"{\w+}", words.en), key


def test_every_word_a_template_asks_for_is_in_the_catalogue() -> None:
    asked = {
        (path.name, key)
        for path in TEMPLATES.iterdir()
        for key in re.findall(r"\b(?:t|o|both)\('([^']+)'\)", path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 20
    assert {(name, key) for name, key in asked if key not in WORDS} == set()


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("kind", "marriage_office care_home funeral_home relief_station"),
        ("rule", "call fall stationary bed_exit out_of_range device_silent"),
        ("alarm", "raised acknowledged attended"),
        ("escalation", "1 2 3"),
        ("cause", "device port edge uplink drill"),
        ("state", "ok warn critical stale offline never"),
    ],
)
def test_every_value_of_a_picture_has_words(group: str, values: str) -> None:
    assert {f"{group}.{value}" for value in values.split()} <= WORDS.keys()


def test_times_are_shown_in_shanghai() -> None:
    assert render.clock_time(NOW_MS) == "09:41:00"
