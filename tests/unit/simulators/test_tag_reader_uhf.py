import re
from random import Random

from firmware_bridge.devices.tag_reader_uhf import TagReader
from firmware_bridge.session import DeviceSettings, Occurred
from simulators.devices import Report
from simulators.devices.tag_reader_uhf import BEGAN_MS, READS, UhfReader, make_epc


def run(reader: UhfReader, begin: float, end: float) -> list[bytes]:
    return [sent for turn in range(int((end - begin) * 20)) if (sent := reader.step(begin + turn / 20))]


def test_a_tag_that_is_carried_past_is_heard_several_times_and_is_one_pass() -> None:
    reader, epc = UhfReader(Random(1)), make_epc(Random(2))
    reader.carry_past(epc)
    lines = run(reader, 0.0, 2.0)
    assert len(lines) == READS
    assert re.fullmatch(rf"{epc},-\d\d\.\d,1,{BEGAN_MS}\r\n", lines[0].decode())
    assert reader.take_reports() == [Report("", "tag_read")]


def test_an_epc_has_96_bits() -> None:
    assert re.fullmatch("E280[0-9A-F]{20}", make_epc(Random(2)))


def test_driver_and_simulator_agree_on_what_happened() -> None:
    rng = Random(5)
    reader, driver = UhfReader(Random(1)), TagReader([DeviceSettings("gate-1")])
    tags = [make_epc(rng) for _ in range(4)]
    told: list[Occurred] = []
    reported = 0
    for turn in range(4000):
        now = turn * 0.05
        if rng.random() < 0.03:
            reader.carry_past(rng.choice(tags), rng.randint(1, 2))
        sent = reader.step(now)
        cut = rng.randint(0, len(sent))
        outputs = [*driver.feed(sent[:cut], now), *driver.feed(sent[cut:], now), *driver.tick(now)]
        told += [one for one in outputs if isinstance(one, Occurred)]
        reported += len(reader.take_reports())
    assert len(told) == reported > 30
    assert {one.detail["epc"] for one in told} == set(tags)
    assert all(one.device_time_ms is not None for one in told)


def test_a_clock_that_is_a_day_fast_says_so_until_it_is_set() -> None:
    reader, epc = UhfReader(Random(1)), make_epc(Random(2))
    reader.carry_past(epc)
    reader.set_fault("clock", {"days": 1.0})
    assert reader.step(0.0).endswith(f",{BEGAN_MS + 86_400_000}\r\n".encode())
    reader.set_fault("clock", None)
    assert reader.step(1.0).endswith(f",{BEGAN_MS + 1000}\r\n".encode())
