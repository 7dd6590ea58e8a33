import json
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.lorawan_chirpstack import CallButtons as Driver
from firmware_bridge.session import DeviceSettings, Faulted, Measured, Occurred
from simulators.devices import Report
from simulators.devices.lorawan_chirpstack import HEARTBEAT_S, LorawanButtons, message
from tests.unit.simulators.golden import VECTORS

EUI, OTHER = "a84041ffff5d0001", "a84041ffff5d0002"
GOLDEN = VECTORS["lorawan_button"]


def buttons(seed: int = 1) -> LorawanButtons:
    return LorawanButtons([EUI, OTHER], Random(seed))


def events(sent: bytes) -> list[dict[str, Any]]:
    found = []
    while sent:
        head, _, rest = sent.partition(b"\n")
        topic, length = head.decode().split(" ")
        event = json.loads(rest[: int(length)])
        assert topic.endswith(f"/device/{event['deviceInfo']['devEui']}/event/up")
        found.append(event)
        sent = rest[int(length) :]
    return found


def awake(model: LorawanButtons) -> LorawanButtons:
    """Each has sent its first heartbeat."""
    assert len(events(model.step(10.0))) == 2
    return model


def test_a_message_is_topic_length_and_json_without_zeros() -> None:
    told = {"fCnt": 0, "adr": False, "data": "", "info": {"a": 0, "b": "甲"}, "rxInfo": [{"rssi": -1, "snr": 0}]}
    payload = '{"info":{"b":"甲"},"rxInfo":[{"rssi":-1}]}'.encode()
    assert message("a/b", told) == b"a/b %d\n%s" % (len(payload), payload)


def test_a_press_carries_the_golden_payload() -> None:
    model = awake(buttons())
    model.set_fault(EUI, "battery_low", {"percent": GOLDEN["battery"]})
    for _ in range(41):  # the heartbeat was number 0
        model.press(EUI)
    model.step(11.0)
    model.press(EUI)
    (press,) = events(model.step(12.0))
    assert press["data"] == GOLDEN["data_b64"]
    assert press["confirmed"] is True
    assert press["fCnt"] == GOLDEN["seq"]
    assert press["time"] == "2026-07-21T01:30:12.000+00:00"


def test_each_event_is_reported_once_and_a_heartbeat_is_none() -> None:
    model = awake(buttons())
    model.press(EUI)
    model.tamper(OTHER)
    model.cancel(EUI)
    assert len(events(model.step(11.0))) == 3
    assert model.step(12.0) == b""
    assert model.take_reports() == [Report(EUI, "call"), Report(EUI, "cancel"), Report(OTHER, "tamper")]
    assert model.take_reports() == []


def test_heartbeats_come_an_hour_after_whatever_was_said_last() -> None:
    model = awake(buttons())
    model.press(EUI)
    model.step(1000.0)
    times = [second for second in range(0, 8000, 10) for _ in events(model.step(float(second)))]
    assert times == [10 + HEARTBEAT_S, 1000 + HEARTBEAT_S, 10 + 2 * HEARTBEAT_S]


def test_a_new_battery_joins_anew_and_counts_from_0() -> None:
    model = awake(buttons())
    model.press(EUI)
    (before,) = events(model.step(11.0))
    model.change_battery(EUI)
    model.press(EUI)
    (after,) = events(model.step(12.0))
    assert before["fCnt"] == 1
    assert "fCnt" not in after
    assert before["devAddr"] != after["devAddr"]


def test_same_seed_same_bytes() -> None:
    assert buttons(3).step(10.0) == buttons(3).step(10.0)
    assert buttons(3).step(10.0) != buttons(4).step(10.0)


def test_what_is_sent_to_it_is_nothing() -> None:
    assert buttons().receive(b"\x00confirmed", 0.0) == b""


WHATS = {"call_pressed": "call", "call_cancelled": "cancel", "button_tampered": "tamper"}
VERBS = st.sampled_from(["press", "cancel", "tamper", "change_battery"])


@given(st.lists(st.tuples(VERBS, st.sampled_from([EUI, OTHER])), max_size=30), st.integers(1, 700), st.integers(1, 3))
def test_driver_and_simulator_agree_on_what_was_pressed(deeds: list[tuple[str, str]], cut: int, times: int) -> None:
    """However the messages are cut, and however often the broker sends each."""
    model = buttons()
    driver = Driver([DeviceSettings(eui, {"dev_eui": eui}) for eui in (EUI, OTHER)])
    driver.start(0.0)
    heard, truth = [], []
    for at, (verb, eui) in enumerate(deeds):
        getattr(model, verb)(eui)
        sent = model.step(float(at)) * times
        truth += model.take_reports()
        for start in range(0, len(sent), cut):
            heard += driver.feed(sent[start : start + cut], float(at))
    told = [Report(one.device, WHATS[one.what]) for one in heard if isinstance(one, Occurred)]
    assert told == truth
    assert driver.counters.resyncs == driver.counters.crc_errors == 0


def test_driver_and_simulator_agree_on_a_flat_battery_and_on_silence() -> None:
    model = buttons()
    driver = Driver([DeviceSettings(eui, {"dev_eui": eui}) for eui in (EUI, OTHER)])
    driver.start(0.0)
    outputs = []
    for minute in range(12 * 60):
        if minute == 100:
            model.set_fault(EUI, "battery_low", {"percent": 7})
        if minute == 400:
            model.set_fault(EUI, "battery_low", None)
        outputs += [*driver.feed(model.step(minute * 60.0), minute * 60.0), *driver.tick(minute * 60.0)]
    assert [(one.device, one.what) for one in outputs if isinstance(one, Occurred)] == [(EUI, "battery_low")]
    assert not [one for one in outputs if isinstance(one, Faulted)]
    batteries = {one.values["Button/Battery"] for one in outputs if isinstance(one, Measured) and one.device == EUI}
    assert batteries == {96, 7}
    silent = [one for minute in range(720, 1000) for one in driver.tick(minute * 60.0)]
    assert {one.device for one in silent if isinstance(one, Faulted)} == {EUI, OTHER}
