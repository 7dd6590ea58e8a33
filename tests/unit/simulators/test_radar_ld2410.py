from random import Random

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.radar_ld2410 import PresenceRadar as Driver
from firmware_bridge.session import DeviceSettings, Identified, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.radar_ld2410 import PresenceRadar, report
from tests.unit.simulators.golden import VECTORS, hex_bytes

GOLDEN = VECTORS["ld2410"]
ENABLE, END, FIRMWARE, ENGINEERING = (
    hex_bytes(f"FD FC FB FA {rest} 04 03 02 01")
    for rest in ("04 00 FF 00 01 00", "02 00 FE 00", "02 00 A0 00", "02 00 62 00")
)


def radar(seed: int = 1) -> PresenceRadar:
    return PresenceRadar(Random(seed))


def test_a_report_is_the_golden_one() -> None:
    moving, still = (GOLDEN["moving_cm"], GOLDEN["moving_energy"]), (GOLDEN["still_cm"], GOLDEN["still_energy"])
    assert report(GOLDEN["state"], moving, still, GOLDEN["detect_cm"]) == hex_bytes(GOLDEN["frame"])


def test_twenty_reports_a_second_and_each_change_once() -> None:
    model = radar()
    sent = [one for step in range(200) if (one := model.step(step / 100))]
    assert 35 <= len(sent) <= 40
    assert {len(one) for one in sent} == {23}
    model.enter()
    model.step(3.0)
    model.sit_down()
    model.step(4.0)
    model.step(5.0)
    model.leave()
    model.step(6.0)
    assert [one.what for one in model.take_reports()] == ["absent", "moving", "still", "absent"]


def test_commands_are_obeyed_only_within_a_configuration_and_silence_the_reports() -> None:
    model = radar()
    assert model.receive(FIRMWARE, 0.0) == hex_bytes("FD FC FB FA 04 00 A0 01 01 00 04 03 02 01")
    assert model.receive(ENABLE, 0.0) == hex_bytes("FD FC FB FA 08 00 FF 01 00 00 01 00 40 00 04 03 02 01")
    assert model.step(1.0) == b""
    version = hex_bytes("FD FC FB FA 0C 00 A0 01 00 00 00 01 07 01 16 15 09 22 04 03 02 01")
    assert model.receive(FIRMWARE, 1.0) == version
    assert model.receive(END, 1.0) == hex_bytes("FD FC FB FA 04 00 FE 01 00 00 04 03 02 01")
    assert model.step(2.0)


def test_in_engineering_mode_the_gates_are_told_too() -> None:
    model = radar()
    model.receive(ENABLE + ENGINEERING + END, 0.0)
    sent = model.step(1.0)
    assert sent[6] == 1
    assert len(sent) == 43


@given(st.lists(st.binary(max_size=30) | st.just(b"\xfd\xfc\xfb\xfa\x40\x00"), max_size=6), st.integers(1, 9))
def test_a_command_is_understood_in_any_cutting_and_after_any_noise(noise: list[bytes], size: int) -> None:
    model, stream = radar(), b"".join(noise) + bytes(80) + ENABLE + FIRMWARE
    answers = b"".join(model.receive(stream[at : at + size], 0.0) for at in range(0, len(stream), size))
    assert answers.endswith(hex_bytes("00 01 07 01 16 15 09 22 04 03 02 01"))


def test_driver_and_simulator_agree_on_who_is_there_in_both_modes() -> None:
    model, driver = radar(), Driver([DeviceSettings("")])
    heard: list[Output] = []
    states: list[str] = []

    def exchange(outputs: list[Output], now: float) -> None:
        heard.extend(outputs)
        for output in outputs:
            if isinstance(output, Send) and (answer := model.receive(output.data, now)):
                exchange(list(driver.feed(answer, now)), now)

    exchange(list(driver.start(0.0)), 0.0)
    for step in range(4000):
        now = step / 100
        if step % 500 == 250:
            (model.enter, model.sit_down, model.leave)[step // 500 % 3]()
        if step == 2000:
            exchange(list(driver.act("", "engineering_on", {}, now)), now)
        exchange([*driver.feed(model.step(now), now), *driver.tick(now)], now)
    for one in heard:
        if isinstance(one, Measured):
            state = ("absent", "still", "moving")[int(one.values["Presence/Motion"])]
            states += [state] if states[-1:] != [state] else []
    assert [Report("", state) for state in states] == model.take_reports()
    assert Identified("", "V1.07.22091516") in heard
    assert [one.what for one in heard if isinstance(one, Occurred)] == ["engineering_on"]
    assert driver.counters.crc_errors == driver.counters.resyncs == 0


def test_same_seed_same_bytes() -> None:
    def drive(seed: int) -> list[bytes]:
        model = radar(seed)
        model.enter()
        return [model.step(step / 10) for step in range(10)]

    assert drive(3) == drive(3)
    assert drive(3) != drive(4)
