from pathlib import Path

import pytest

from simulators.bench import Bench
from simulators.facilities import CARE_HOME, FACILITIES, FUNERAL_HOME, Facility
from simulators.fault_schedule import BadSchedule, FaultSchedule, load, parse
from simulators.scenario import Story
from tests.unit.simulators.golden import VECTORS, hex_bytes
from tests.unit.simulators.wire import Clock, build

EVERYTHING = """
seed = 7

[[fault]]
at_s = 0
device = "*"
name = "loss"
parameters = { p = 0.05 }

[[fault]]
at_s = 2
for_s = 5
facility = "330803-care-01"
port = "CARE-BED-*"
name = "bit_flips"
parameters = { p = 0.1 }

[[fault]]
at_s = 3
for_s = 4
device = "fall-10?"
name = "half_frames"

[[fault]]
at_s = 4
device = "call-*"
name = "noise"

[[fault]]
at_s = 1
for_s = 9
device = "bed-*"
name = "replay"
parameters = { p = 0.3, after_s = 2 }

[[fault]]
at_s = 5
port = "CARE-FRIDGE"
name = "flood"
parameters = { bytes_per_s = 500 }

[[fault]]
at_s = 6
device = "cold-*"
name = "drift"
parameters = { per_minute = 20 }

[[fault]]
at_s = 8
for_s = 2
device = "fall-101"
name = "unplug"
"""
POLLS = {"FUNERAL-COLD": "11 03 00 00 00 02 C6 9B", "CARE-FRIDGE": "01 04 00 01 00 02 20 0B"}
FIND = hex_bytes(VECTORS["sam"]["cmd"]["find"])


def played(schedule: FaultSchedule, *facilities: Facility, seconds: int = 12) -> dict[str, list[bytes]]:
    """All that the host hears at each port while the city's story is told."""
    ports, wires = build(*facilities)
    here = {facility.id for facility in facilities}
    clock, actions = Clock(), [one for one in Story(3, seconds + 10).actions() if one.facility in here]
    bench = Bench(ports, clock=clock, timetable=schedule)
    for step in range(seconds * 50):
        clock.now = 1000 + step / 50
        while actions and actions[0].at_s <= step / 50:
            bench.perform(actions.pop(0))
        for name, poll in POLLS.items():
            if step % 50 == 0 and name in wires:
                wires[name].from_host = hex_bytes(poll)
        if step % 25 == 0 and "RELIEF-INTAKE" in wires:
            wires["RELIEF-INTAKE"].from_host = FIND
        bench.step()
    return {name: wire.to_host for name, wire in wires.items()}


def test_the_same_schedule_gives_the_same_bytes() -> None:
    first, second = (played(parse(EVERYTHING), *FACILITIES) for _ in range(2))
    assert first == second
    assert all(first[name] for name in ("CARE-BED-101-1", "CARE-FALL-101", "CARE-CALL", "CARE-FRIDGE", "FUNERAL-COLD"))


def test_another_seed_gives_others() -> None:
    assert played(parse(EVERYTHING), CARE_HOME) != played(parse(EVERYTHING, 8), CARE_HOME)


def test_faults_begin_and_end_by_the_benchs_time() -> None:
    ports, _ = build(CARE_HOME)
    clock = Clock()
    clock.now = 500.0
    text = '[[fault]]\nat_s = 2\nfor_s = 3\ndevice = "fall-10?"\nname = "silence"'
    bench = Bench(ports, clock=clock, timetable=parse(text))
    on = {}
    for second in range(7):
        clock.now = 500.0 + second
        bench.step()
        on[second] = sorted(port.port.name for port in ports if port.faults)
    both = ["CARE-FALL-101", "CARE-FALL-102"]
    assert on == {0: [], 1: [], 2: both, 3: both, 4: both, 5: [], 6: []}


def test_it_can_be_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.toml"
    path.write_text(EVERYTHING, "utf-8")
    schedule = load(path)
    assert [entry.name for entry in schedule.entries][:2] == ["loss", "replay"]  # by their time
    schedule.check(build(*FACILITIES)[0])
    path.write_bytes("# 测试".encode("gbk"))
    with pytest.raises(BadSchedule, match=r"faults\.toml: not UTF-8"):
        load(path)


def test_the_pages_sample_can_be_used() -> None:
    page = (Path(__file__).parents[3] / "docs/simulators.md").read_text("utf-8")
    sample = page.partition("```\nseed")[2].partition("```")[0]
    parse("seed" + sample).check(build(CARE_HOME)[0])


FAULT = '[[fault]]\nat_s = 1\ndevice = "*"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[fault]", "not TOML"),
        ("speed = 2", "unknown key 'speed'; write seed and [[fault]]"),
        ('seed = "a"', "seed is 'a'; write a whole number"),
        ("fault = 3", "write each fault as a table that begins with [[fault]]"),
        ('[[fault]]\nname = "loss"\ndevice = "*"', "fault 1: at_s is missing; write seconds, like at_s = 10"),
        (FAULT + 'name = "loss"\nfor_s = "long"', "fault 1: for_s is 'long'; write seconds, like for_s = 10"),
        (FAULT + 'name = "loss"\nfor_s = nan', "fault 1: for_s is nan; write seconds"),
        ('[[fault]]\nat_s = 1\nname = "loss"', 'fault 1: write device = "…" or port = "…"'),
        (FAULT + "name = 3", "fault 1: name is 3; write text"),
        (FAULT, "fault 1: no fault ''; there are: battery_low, bit_flips, "),
        (FAULT + 'name = "loss"\n' + FAULT + 'name = "rot"', "fault 2: no fault 'rot'"),
        (FAULT + 'name = "loss"\nparameters = { p = 5 }', "fault 1: fault 'loss': p is 5; write a number from 0 to 1"),
        (FAULT + 'name = "loss"\nparameters = 3', "fault 1: parameters is 3; write { p = 0.2 }"),
        (FAULT + 'name = "loss"\nuntil = 3', "fault 1: unknown key 'until'; there are: at_s, for_s, "),
    ],
)
def test_what_cannot_be_says_where_and_what_to_write(text: str, says: str) -> None:
    with pytest.raises(BadSchedule) as wrong:
        parse(text)
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ('device = "bed-9*"\nname = "loss"', "fault 1: nothing that can have 'loss' is facility '*', port '*', device"),
        ('device = "*"\nname = "paper_out"', "fault 1: no device here can have 'paper_out'"),
        ('device = "call-*"\nname = "drift"', "it can happen at: 330803-care-01 CARE-FRIDGE, 330800-funeral-01 FUN"),
    ],
)
def test_a_fault_that_would_happen_to_nobody_is_refused(place: str, says: str) -> None:
    with pytest.raises(BadSchedule) as wrong:
        parse(f"[[fault]]\nat_s = 1\n{place}").check(build(CARE_HOME, FUNERAL_HOME)[0])
    assert says in str(wrong.value)
