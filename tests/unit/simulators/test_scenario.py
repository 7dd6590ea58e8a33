from collections import defaultdict
from itertools import pairwise

import pytest

from simulators.devices.call_button_ev1527 import CALL_KEY, CANCEL_KEY
from simulators.facilities import FACILITIES
from simulators.people import Person
from simulators.scenario import Action, Story

Said = tuple[str, tuple[object, ...]]
SEEDS = range(60)
BEGINS_AND_ENDS: list[tuple[Said, Said]] = [
    (("fall", ()), ("stand_up", ())),
    (("press", (CALL_KEY,)), ("press", (CANCEL_KEY,))),
    (("out_of_bed", ()), ("in_bed", ())),
    (("open_door", ()), ("close_door", ())),
]


def by_device(actions: tuple[Action, ...]) -> dict[tuple[str, str], list[Action]]:
    grouped: dict[tuple[str, str], list[Action]] = defaultdict(list)
    for action in actions:
        grouped[action.facility, action.device].append(action)
    return grouped


def test_same_seed_same_story() -> None:
    assert Story(5).actions() == Story(5).actions()
    assert Story(5).actions() != Story(6).actions()


@pytest.mark.parametrize("seed", SEEDS)
def test_half_a_minute_is_full_of_everything(seed: int) -> None:
    actions = Story(seed).actions()
    incidents = [action for action in actions if action.is_incident]
    assert 20 <= len(incidents) <= 30
    assert {action.facility for action in actions} == {facility.id for facility in FACILITIES}
    assert {action.verb for action in incidents} == {
        "present",
        "press",
        "fall",
        "stand_up",
        "out_of_bed",
        "in_bed",
        "open_door",
        "close_door",
    }


@pytest.mark.parametrize("duration_s", [12.0, 30.0, 300.0])
def test_story_is_in_order_and_ends_quietly(duration_s: float) -> None:
    for seed in SEEDS:
        times = [action.at_s for action in Story(seed, duration_s).actions()]
        assert times == sorted(times)
        assert not times or (times[0] >= 0 and times[-1] <= duration_s - 6)


@pytest.mark.parametrize("seed", range(40))
def test_one_button_is_never_pressed_twice_within_three_seconds(seed: int) -> None:
    for actions in by_device(Story(seed, 300.0).actions()).values():
        presses = [action.at_s for action in actions if action.verb == "press"]
        assert all(after - before > 3 for before, after in pairwise(presses))


@pytest.mark.parametrize("seed", range(40))
def test_what_begins_ends_before_it_begins_again(seed: int) -> None:
    allowed = dict(BEGINS_AND_ENDS)
    for actions in by_device(Story(seed, 300.0).actions()).values():
        said = [(action.verb, action.args) for action in actions if action.verb not in ("present", "remove")]
        assert all(allowed[begin] == end for begin, end in zip(said[::2], said[1::2], strict=True))


def test_card_lies_on_the_reader_for_a_moment() -> None:
    readers = [actions for actions in by_device(Story(1).actions()).values() if actions[0].verb == "present"]
    assert len(readers) == 3
    for actions in readers:
        for present, remove in zip(actions[::2], actions[1::2], strict=True):
            assert remove.at_s - present.at_s == pytest.approx(1.2, abs=0.01)
            assert isinstance(present.args[0], Person)


def test_everything_told_can_be_done() -> None:
    known = {(facility.id, device.id) for facility in FACILITIES for device in facility.devices}
    assert {(action.facility, action.device) for action in Story(1, 300.0).actions()} <= known
