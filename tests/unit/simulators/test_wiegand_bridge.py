from random import Random

from firmware_bridge.devices.wiegand_bridge import WiegandBridge as Driver
from firmware_bridge.session import DeviceSettings, Occurred
from simulators.devices import Report
from simulators.devices.wiegand_bridge import WiegandBridge, bits_of, line_of
from tests.unit.simulators.golden import VECTORS

GOLDEN = VECTORS["wiegand26"]


def test_bits_and_line_are_the_golden_ones() -> None:
    assert bits_of(GOLDEN["facility"], GOLDEN["card"]) == GOLDEN["bits"]
    assert line_of(GOLDEN["bits"]) == b"26:BDD93740\r\n"


def test_a_card_is_one_line_and_a_key_another() -> None:
    bridge = WiegandBridge()
    bridge.present(123, 45678)
    bridge.press_key(5)
    assert bridge.step(0.0) == b"26:BDD93740\r\n4:50\r\n"
    assert bridge.take_reports() == [Report("", "card_presented")]
    assert bridge.step(0.1) == b""


def test_a_misread_card_differs_in_one_bit_and_is_no_truth() -> None:
    bridge = WiegandBridge()
    bridge.misread(123, 45678)
    wrong = int(bridge.step(0.0)[3:11], 16) ^ 0xBDD93740
    assert wrong.bit_count() == 1
    assert bridge.take_reports() == []


def test_driver_and_simulator_agree_on_what_happened() -> None:
    rng = Random(3)
    bridge, driver = WiegandBridge(), Driver([DeviceSettings("gate-1")])
    presented, told, misread = [], [], 0
    for turn in range(200):
        card = (rng.randint(0, 255), rng.randint(0, 65535))
        match rng.randint(0, 3):
            case 0:
                bridge.present(*card)
                presented.append(card)
            case 1:
                bridge.misread(*card)
                misread += 1
            case 2:
                bridge.press_key(rng.randint(0, 11))
        for byte in bridge.step(turn / 10):
            told += [one for one in driver.feed(bytes([byte]), turn / 10) if isinstance(one, Occurred)]
    assert [(one.detail["facility_code"], one.detail["card"]) for one in told] == presented
    assert len(bridge.take_reports()) == len(presented) > 20
    assert driver.counters.crc_errors == misread
