import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.call_button_ev1527 import CallButtons
from firmware_bridge.session import DeviceSettings, Heard, Occurred, Send
from simulators.devices import Report
from simulators.devices.call_button_ev1527 import ANSWER, CANCEL_KEY, LEARN_S, CallButtonBridge, frame
from tests.unit.simulators.golden import VECTORS, hex_bytes

CODE, OTHER = "1A2B3", "5D0E7"
PRESSED = hex_bytes(VECTORS["ev1527"]["frame"])


@pytest.fixture
def bridge() -> CallButtonBridge:
    return CallButtonBridge([CODE, OTHER])


def run(bridge: CallButtonBridge, begin_ms: int, end_ms: int) -> list[tuple[int, bytes]]:
    """When what was sent, in milliseconds, in steps of ten."""
    return [(ms, sent) for ms in range(begin_ms, end_ms, 10) if (sent := bridge.step(ms / 1000 + 1e-9))]


def test_press_is_the_golden_frame(bridge: CallButtonBridge) -> None:
    assert (VECTORS["ev1527"]["id"], VECTORS["ev1527"]["key"]) == (CODE, 8)
    bridge.press(CODE)
    assert bridge.step(0.0) == PRESSED


def test_unanswered_press_is_repeated_five_times(bridge: CallButtonBridge) -> None:
    bridge.press(CODE)
    sent = run(bridge, 0, 10_000)
    assert {data for _, data in sent} == {PRESSED}
    assert [ms for ms, _ in sent] == pytest.approx([0, 100, 200, 500, 1000, 1500, 2000, 2500], abs=60)


def test_answer_ends_the_repeating(bridge: CallButtonBridge) -> None:
    bridge.press(CODE)
    run(bridge, 0, 700)
    bridge.receive(ANSWER, 0.7)
    assert run(bridge, 700, 10_000) == []


def test_remote_goes_on_for_a_moment_after_an_answer(bridge: CallButtonBridge) -> None:
    bridge.press(CODE)
    bridge.step(0.0)
    bridge.receive(ANSWER, 0.01)
    assert len(run(bridge, 20, 10_000)) == 2


def test_answer_is_for_the_oldest_press(bridge: CallButtonBridge) -> None:
    bridge.press(CODE)
    bridge.press(OTHER, CANCEL_KEY)
    run(bridge, 0, 300)
    bridge.receive(ANSWER, 0.3)
    assert {data for _, data in run(bridge, 300, 5000)} == {frame(OTHER, CANCEL_KEY)}


def test_answer_before_any_frame_counts_for_nothing(bridge: CallButtonBridge) -> None:
    bridge.press(CODE)
    bridge.receive(ANSWER, 0.0)
    assert len(run(bridge, 0, 5000)) == 8


def test_each_press_is_reported_once(bridge: CallButtonBridge) -> None:
    bridge.press(CODE)
    run(bridge, 0, 5000)
    bridge.press(CODE, CANCEL_KEY)
    run(bridge, 5000, 9000)
    assert bridge.take_reports() == [Report(CODE, "call"), Report(CODE, "cancel")]


def test_strange_button_is_refused(bridge: CallButtonBridge) -> None:
    with pytest.raises(KeyError):
        bridge.press("00000")


@given(st.binary(max_size=40).filter(lambda noise: ANSWER not in noise + ANSWER[:-1]), st.integers(1, 3))
def test_answer_is_understood_in_any_cutting_and_noise(noise: bytes, size: int) -> None:
    bridge, stream = CallButtonBridge([CODE]), noise + ANSWER
    bridge.press(CODE)
    run(bridge, 0, 300)
    for start in range(0, len(stream), size):
        assert bridge.receive(stream[start : start + size], 0.3) == b""
    assert run(bridge, 300, 5000) == []


def test_driver_and_simulator_agree_on_presses_and_on_a_learned_button(bridge: CallButtonBridge) -> None:
    driver = CallButtons([DeviceSettings(CODE, {"code": CODE}), DeviceSettings(OTHER, {"code": OTHER})])
    driver.start(0.0)
    told, confirms = [], b""
    deeds = {100: ("press", CODE), 700: ("press", OTHER, CANCEL_KEY), 1500: ("learn",), 1700: ("press", OTHER),
             2500: ("learn",), 2500 + int(LEARN_S * 100) + 200: ("press", CODE)}  # fmt: skip
    for step in range(5000):
        now = step / 100
        deed = deeds.get(step)
        if deed == ("learn",):
            (learn,) = driver.act(CODE, "learn", {}, now)
            assert isinstance(learn, Send)
            confirms += learn.data
        elif deed:
            bridge.press(*deed[1:])
        bridge.receive(confirms, now)
        outputs = [*driver.feed(bridge.step(now), now), *driver.tick(now)]
        confirms = b"".join(one.confirm for one in outputs if isinstance(one, Occurred | Heard))
        told += [(one.device, one.what) for one in outputs if isinstance(one, Occurred)]
    assert told == [
        (CODE, "call_pressed"),
        (OTHER, "call_cancelled"),
        (CODE, "button_learned"),
        (OTHER, "call_pressed"),
        (CODE, "learning_failed"),
        (CODE, "call_pressed"),
    ]
    assert bridge.take_reports() == [
        Report(CODE, "call"),
        Report(OTHER, "cancel"),
        Report(OTHER, "learned"),
        Report(CODE, "call"),
    ]
