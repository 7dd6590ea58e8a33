from collections import Counter
from datetime import datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.fire_panel_gb26875 import FirePanel as Driver
from firmware_bridge.session import DeviceSettings, Heard, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices import fire_panel_gb26875 as wire
from simulators.devices.fire_panel_gb26875 import FirePanel, clock_bytes, component, frame
from tests.unit.simulators.golden import VECTORS, hex_bytes

GOLDEN = {name: hex_bytes(text) for name, text in VECTORS["gb26875"].items()}
CORRIDOR, KITCHEN = "42-21000300", "40-05000100"
COMPONENTS = {CORRIDOR: "三楼东侧走廊", KITCHEN: "厨房"}


def panel() -> FirePanel:
    """Awake: it has sent its first sign of life, which was confirmed."""
    model = FirePanel(COMPONENTS)
    confirm(model, model.step(0.0))
    return model


def confirm(model: FirePanel, sent: bytes, now: float = 0.0) -> None:
    """As the standard has it: command 3, the same sequence, addresses exchanged, no data."""
    while sent:
        length = int.from_bytes(sent[24:26], "little") + 30
        body = sent[2:12] + sent[18:24] + sent[12:18] + b"\0\0\3"
        model.receive(b"@@" + body + bytes([sum(body) & 0xFF]) + b"##", now)
        sent = sent[length:]


def test_frames_are_the_golden_ones() -> None:
    time = clock_bytes(datetime(2026, 7, 21, 9, 30, 5))  # noqa: DTZ001
    data = b"\2\1" + component(CORRIDOR, 2, COMPONENTS[CORRIDOR], time)
    assert frame(0x14, time, 2, data) == GOLDEN["fire"]
    assert GOLDEN["confirm"] == (
        b"@@" + hex_bytes("14 00 01 00 06 1E 09 15 07 1A") + wire.HOST + wire.US + hex_bytes("00 00 03 7C") + b"##"
    )


def test_a_fire_is_sent_with_its_description_and_again_until_it_is_confirmed() -> None:
    model = panel()
    model.fire(CORRIDOR)
    sent = [(second, data) for second in range(1, 59) if (data := model.step(float(second)))]
    assert [second for second, _ in sent] == [1, 11, 21, 31]
    assert len({data for _, data in sent}) == 1
    assert sent[0][1][27:38] == hex_bytes("02 01 01 01 2A 21 00 03 00 03 00")  # normal run, fire
    assert model.waiting == 0


def test_a_confirmation_ends_the_repeating() -> None:
    model = panel()
    model.fire(CORRIDOR)
    confirm(model, model.step(1.0))
    assert model.waiting == 0
    assert b"".join(model.step(float(second)) for second in range(2, 59)) == b""


def test_the_golden_confirmation_confirms_its_frame() -> None:
    model = panel()
    for _ in range(0x13):  # the first sign of life had sequence 1
        model.silence()
    model.step(1.0)
    assert model.waiting == 0x13
    model.receive(GOLDEN["confirm"], 1.0)
    assert model.waiting == 0x12


def test_a_sign_of_life_tells_the_time_each_minute() -> None:
    model, sent = FirePanel(COMPONENTS), []
    for second in range(181):
        data = model.step(float(second))
        confirm(model, data)
        sent += [data] if data else []
    assert [one[27:35].hex(" ") for one in sent] == [
        f"1c 01 00 {minute:02x} 09 15 07 1a" for minute in (30, 31, 32, 33)
    ]


def test_a_wrong_clock_is_told_too() -> None:
    model = panel()
    model.set_fault("clock", {"days": 1.0})
    assert model.step(60.0)[6:12].hex() == "001f0916071a"
    model.set_fault("clock", None)
    assert model.step(120.0)[6:12].hex() == "00200915071a"


def test_a_patrol_is_confirmed_and_answered_only_when_asked() -> None:
    model = panel()
    model.answer_patrol()
    assert model.step(1.0) == b""
    question = frame(7, bytes(6), 1, bytes([91, 1, 10]))
    assert model.receive(question, 1.0) == frame(7, clock_bytes(datetime(2026, 7, 21, 9, 30, 1)), 3, b"")  # noqa: DTZ001
    model.answer_patrol()
    assert model.step(2.0)[27:31] == bytes([24, 1, 0x20, 1])


def test_what_was_told_is_reported_once() -> None:
    model = panel()
    model.fire(CORRIDOR)
    model.manual_alarm()
    model.step(1.0)
    model.step(20.0)  # again
    assert model.take_reports() == [Report(CORRIDOR, "fire"), Report("", "manual_alarm")]
    assert model.take_reports() == []


@given(st.lists(st.binary(max_size=40) | st.just(GOLDEN["confirm"]) | st.just(b"@@"), max_size=9), st.integers(1, 30))
def test_any_bytes_are_survived_and_a_confirmation_after_them_is_heard(chunks: list[bytes], size: int) -> None:
    model = panel()
    model.fire(CORRIDOR)
    sent, stream = model.step(1.0), b"".join(chunks)
    for at in range(0, len(stream), size):
        model.receive(stream[at : at + size], 1.0)
    model.receive(bytes(2000), 1.0)  # completes whatever the noise seemed to begin
    confirm(model, sent)
    assert model.waiting == 0


SAYS = {"fire": "fire", "fault": "fault", "restore": "normal", "test": "test", "manual_alarm": "fire",
        "silence": "panel_silenced", "reset": "panel_reset"}  # fmt: skip
TRUTH = {"manual_alarm": "fire", "silence": "panel_silenced", "reset": "panel_reset"}


def test_driver_and_simulator_agree_on_every_fire_though_a_tenth_of_the_bytes_is_lost_both_ways() -> None:
    rng = Random(7)
    model = FirePanel(COMPONENTS)
    driver = Driver(
        [DeviceSettings("", {"heartbeat_min": 5}), *(DeviceSettings(k, {"component": k}) for k in COMPONENTS)]
    )
    driver.start(0.0)
    heard: list[Output] = []
    truth: list[Report] = []
    confirms = b""
    verbs = ["fire", "fault", "restore", "manual_alarm", "silence", "reset"]
    for second in range(3000):
        if second < 2900 and rng.random() < 0.1:
            verb = rng.choice(verbs)
            key = () if verb in TRUTH else (rng.choice(list(COMPONENTS)),)
            getattr(model, verb)(*key)
        model.receive(confirms, second)
        sent = model.step(float(second))
        truth += model.take_reports()
        sent = b"" if rng.random() < 0.1 else sent
        outputs = [*driver.feed(sent, float(second)), *driver.tick(float(second))]
        heard += outputs
        lost = rng.random() < 0.1
        confirms = b"".join(o.confirm for o in outputs if isinstance(o, Occurred | Heard) and not lost)
    told = [Report(one.device, one.what) for one in heard if isinstance(one, Occurred)]
    assert {report.what for report in truth} >= {"fire", "fault", "manual_alarm"}
    fires = Counter(report.key for report in truth if report.what in ("fire", "manual_alarm"))
    assert not fires - Counter(report.key for report in told if report.what == "fire")
    assert model.waiting == 0
    counts = [one.values for one in heard if isinstance(one, Measured) and one.device == ""][-1]
    assert counts["Fire/Alarms"] == sum(r.what == "fire" for r in told)


@given(st.lists(st.tuples(st.sampled_from(sorted(SAYS)), st.sampled_from([CORRIDOR, KITCHEN])), max_size=12))
def test_driver_and_simulator_agree_on_who_said_what(deeds: list[tuple[str, str]]) -> None:
    model = panel()
    driver = Driver(
        [DeviceSettings("", {"test_bit": True}), *(DeviceSettings(key, {"component": key}) for key in COMPONENTS)]
    )
    driver.start(0.0)
    for second, (verb, key) in enumerate(deeds, start=1):
        getattr(model, verb)(*(() if verb in TRUTH else (key,)))
        outputs = driver.feed(model.step(float(second)), float(second))
        for one in outputs:
            model.receive(getattr(one, "confirm", b""), float(second))
        told = [Report(one.device, one.what) for one in outputs if isinstance(one, Occurred)]
        (truth,) = model.take_reports()
        words = {"test": "detector_tested", **TRUTH}
        assert Report(truth.key, words.get(truth.what, truth.what)) in told
        assert {report.key for report in told} == {truth.key}
    assert model.waiting == 0
    assert driver.counters.crc_errors == driver.counters.resyncs == 0


def test_driver_and_simulator_agree_on_a_patrol() -> None:
    model, driver = panel(), Driver([DeviceSettings("")])
    driver.start(0.0)
    model.silence()
    driver.feed(model.step(1.0), 1.0)
    (question,) = driver.act("", "patrol", {"minutes": 3}, 2.0)
    assert isinstance(question, Send)
    driver.feed(model.receive(question.data, 2.0), 2.0)
    model.answer_patrol()
    outputs = driver.feed(model.step(3.0), 3.0)
    assert [one.what for one in outputs if isinstance(one, Occurred)] == ["patrol_answered"]
    assert model.take_reports()[-1] == Report("", "patrol_answered")
    assert driver.tick(1e6) == []
