"""Any Modbus device by its profile, several on a line; contacts tell what happened. Golden bytes: P9, SCD30."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.modbus_rtu import DRIVER
from firmware_bridge.modbus.line import ReadingLine
from firmware_bridge.modbus.profile import SHIPPED
from firmware_bridge.session import BadOption, DeviceSettings, Faulted, Measured, Occurred, Output, Send, Value
from tests.unit.firmware_bridge.modbus.wire import corrupted, rtu

OWN = """
zh = "冷柜控制器"
en = "cold-store controller"
source = "(P)"
[[read]]
function = 3
quantity = [
    { register = 16, type = "s16", steps = 10, metric = "Air/Temperature" },
    { register = 20, type = "bit", bit = 3, metric = "Door/Open", occurs = "door_opened" },
]
"""


def started(model: str, unit: int = 1, **options: Value) -> ReadingLine:
    session = DRIVER.session([DeviceSettings("d", {"unit": unit, "model": model, **options})])
    assert isinstance(session, ReadingLine)
    session.start(0.0)
    return session


def fed(session: ReadingLine, *frames: bytes) -> list[Output]:
    """The outputs, while each frame answers the next question."""
    outputs: list[Output] = []
    for n, frame in enumerate(frames):
        outputs += session.feed(frame, n * 10 + 0.1)
        outputs += [one for one in session.tick(n * 10 + 10) if not isinstance(one, Send)]
    return outputs


def contacts(closed: set[int]) -> Mapping[str, Value]:
    return {f"Contacts/{n}": n in closed for n in range(1, 9)}


@pytest.mark.parametrize(
    ("model", "unit", "asks", "answer", "values"),
    [
        (
            "rs_ws_n01",
            1,
            "01 03 00 00 00 02 C4 0B",
            "01 03 04 02 92 FF 9B 5A 3D",
            {"Air/Humidity": 65.8, "Air/Temperature": -10.1},
        ),
        (
            "rs_ws_n01",
            0x11,
            "11 03 00 00 00 02 C6 9B",
            "11 03 04 02 C8 FF 49 EB B2",
            {"Air/Humidity": 71.2, "Air/Temperature": -18.3},
        ),
        ("contacts_8", 2, "02 02 00 00 00 08 79 FF", "02 02 01 05 61 CF", contacts({1, 3})),
        (
            "scd30",
            0x61,
            "61 03 00 28 00 06 4C 60",
            "61 03 0C 43 DB 8C 2E 41 D9 E7 FF 42 43 3A 1B 50 07",
            {
                "Air/Carbon Dioxide": pytest.approx(439.09, abs=0.01),
                "Air/Temperature": pytest.approx(27.24, abs=0.01),
                "Air/Humidity": pytest.approx(48.81, abs=0.01),
            },
        ),
    ],
)
def test_golden_bytes(model: str, unit: int, asks: str, answer: str, values: Mapping[str, Value]) -> None:
    frame = bytes.fromhex(answer)
    session = DRIVER.session([DeviceSettings("d", {"unit": unit, "model": model})])
    assert session.start(0.0) == [Send(bytes.fromhex(asks))]
    assert session.feed(frame, 0.1) == [Measured("d", values)]  # whole
    slow = started(model, unit)
    assert [one for byte in frame for one in slow.feed(bytes([byte]), 0.1)] == [Measured("d", values)]
    noisy = started(model, unit)
    assert noisy.feed(b"\xff\x00" + corrupted(frame) + frame * 2, 0.1) == [Measured("d", values)]
    assert noisy.counters.frames == 2


@pytest.mark.parametrize(
    ("model", "answers", "values"),
    [
        (
            "sdm230",
            ["01 04 1C 43668000" + "00" * 8 + "3FC00000" + "00" * 8 + "43AF0000", "01 04 04 42F60000"],
            {
                "Electricity/Voltage": 230.5,
                "Electricity/Current": 1.5,
                "Electricity/Power": 350.0,
                "Electricity/Energy": 123.0,
            },
        ),
        (
            "energy_meter",
            ["01 03 0C 0901 0096 FFFFFFF6 00003039"],
            {
                "Electricity/Voltage": 230.5,
                "Electricity/Current": 1.5,
                "Electricity/Power": -10,
                "Electricity/Energy": 123.45,
            },
        ),
        ("water_meter", ["01 03 04 0001E240"], {"Water/Volume": 123.456}),
        ("freezer", ["01 04 04 FF49 0001"], {"Air/Temperature": -18.3, "Door/Open": True}),
        (
            "ups",
            ["01 03 0C 08FC 0898 0064 0023 002D 0000"],
            {
                "UPS/Input Voltage": 230.0,
                "UPS/Output Voltage": 220.0,
                "UPS/Battery": 100,
                "UPS/Load": 35,
                "UPS/Runtime": 45,
                "UPS/On Battery": False,
                "UPS/Battery Low": False,
            },
        ),
        ("door_contact", ["01 02 01 01"], {"Door/Open": False}),
    ],
)
def test_every_other_model_reports_all_its_quantities(
    model: str, answers: list[str], values: Mapping[str, Value]
) -> None:
    assert fed(started(model), *(rtu(answer) for answer in answers)) == [Measured("d", values)]


def test_all_shipped_models_may_be_written() -> None:
    for model in SHIPPED:
        assert started(model)


def test_smoke_tells_fire_once_and_again_only_after_it_was_gone() -> None:
    session = started("smoke_contact", 5, input=2)
    clear, smoke = rtu("05 02 01 00"), rtu("05 02 01 01")
    fire = Occurred("d", "fire", {"input": 2})
    is_smoky, is_clear = Measured("d", {"Smoke/Detected": True}), Measured("d", {"Smoke/Detected": False})
    outputs = fed(session, clear, smoke, smoke, clear, smoke)
    assert outputs == [is_clear, fire, is_smoky, is_smoky, is_clear, fire, is_smoky]


def test_smoke_that_was_there_before_the_program_is_told() -> None:
    assert fed(started("smoke_contact"), rtu("01 02 01 01"))[0] == Occurred("d", "fire", {"input": 0})


def test_an_outage_in_the_middle_of_a_fire_does_not_tell_it_twice() -> None:
    session = started("smoke_contact")
    fed(session, rtu("01 02 01 01"))
    session.start(20.0)
    assert session.feed(rtu("01 02 01 01"), 20.1) == [Measured("d", {"Smoke/Detected": True})]


@pytest.mark.parametrize(
    ("model", "answer", "what", "register"),
    [
        ("gas_contact", "01 02 01 01", "gas_leak", 0),
        ("leak_contact", "01 02 01 01", "water_leak", 0),
        ("ups", "01 03 0C 0000 0898 0064 0023 002D 0001", "power_lost", 5),
        ("ups", "01 03 0C 0000 0898 0005 0023 0002 0002", "battery_low", 5),
    ],
)
def test_other_contacts_tell_what_happened(model: str, answer: str, what: str, register: int) -> None:
    occurred = [one for one in fed(started(model), rtu(answer)) if isinstance(one, Occurred)]
    assert occurred == [Occurred("d", what, {"input": register})]


def test_only_detectors_prove_that_a_life_safety_device_works() -> None:
    assert DRIVER.proven_by == ("fire", "gas_leak", "water_leak")


def test_each_input_of_a_module_is_a_device_of_its_own() -> None:
    session = DRIVER.session(
        [DeviceSettings(f"smoke-{n}", {"unit": 5, "model": "smoke_contact", "input": n}) for n in range(2)]
    )
    assert session.start(0.0) == [Send(rtu("05 02 0000 0001"))]
    session.feed(rtu("05 02 01 00"), 0.1)
    assert session.tick(0.2) == [Send(rtu("05 02 0001 0001"))]
    assert session.feed(rtu("05 02 01 01"), 0.3)[0] == Occurred("smoke-1", "fire", {"input": 1})


def test_a_float_that_is_no_number_makes_the_values_unknown() -> None:
    outputs = fed(started("scd30", 0x61), rtu("61 03 0C 7FC00000 41D9E7FF 42433A1B"))
    assert outputs == [Faulted("d", "Air/Carbon Dioxide is no number")]


WITH_LEAK = """zh = "水浸"
en = "leak and temperature"
source = "a test"
[[read]]
function = 3
quantity = [
    { register = 0, type = "bit", bit = 0, metric = "Leak/Detected", occurs = "water_leak" },
    { register = 1, type = "float32", metric = "Air/Temperature" },
]"""


def test_a_hazard_is_told_though_another_value_of_the_device_is_no_number() -> None:
    session = DRIVER.session([DeviceSettings("d", {"unit": 3, "profile": WITH_LEAK})])
    session.start(0.0)
    unknown = Faulted("d", "Air/Temperature is no number")
    assert session.feed(rtu("03 03 06 0001 7FC00000"), 0.1) == [Occurred("d", "water_leak", {"input": 0}), unknown]
    session.tick(3.0)
    assert session.feed(rtu("03 03 06 0001 7FC00000"), 3.1) == [unknown]  # told once


def test_a_facility_may_describe_a_device_of_its_own() -> None:
    session = DRIVER.session([DeviceSettings("d", {"unit": 3, "profile": OWN})])
    assert session.start(0.0) == [Send(rtu("03 03 0010 0005"))]
    assert session.feed(rtu("03 03 0A FF49 0000 0000 0000 0008"), 0.1) == [
        Occurred("d", "door_opened", {"input": 20}),
        Measured("d", {"Air/Temperature": -18.3, "Door/Open": True}),
    ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"model": "ups"}, "d: option 'unit' is missing; write a whole number from 1 to 247"),
        ({"unit": 248, "model": "ups"}, "'unit' is 248"),
        ({"unit": 1}, "'model' is missing; write one of \"contacts_8\", "),
        ({"unit": 1, "model": "acme"}, "'model' is 'acme'; write one of"),
        ({"unit": 1, "model": "ups", "profile": OWN}, "'model' and 'profile' exclude each other; remove one"),
        ({"unit": 1, "profile": "zh ="}, "d: option 'profile': it is no TOML"),
        ({"unit": 1, "profile": 7}, "d: option 'profile': it is no TOML"),
        ({"unit": 1, "profile": OWN.replace("Air/", "Ear/")}, "cannot be 'Ear/Temperature'; .*\"Air/Temperature\""),
        ({"unit": 1, "profile": OWN.replace("Door/Open", "Air/Humidity")}, "a bit cannot be 'Air/Humidity'"),
        ({"unit": 1, "profile": OWN.replace("Air/Temperature", "Leak/Detected")}, "a s16 cannot be 'Leak/Detected'"),
        ({"unit": 1, "model": "ups", "input": 1}, "'input' is only for contacts"),
        ({"unit": 1, "model": "contacts_8", "input": 65529}, "'input' is 65529; .*from 0 to 65528"),
        ({"unit": 1, "model": "ups", "poll_s": 0.1}, "'poll_s' is 0.1; write a number from 0.5 to 10"),
        ({"unit": 1, "model": "ups", "adress": 1}, "no option 'adress'.*input, model, poll_s, profile, unit"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        DRIVER.session([DeviceSettings("d", options)])


@given(
    st.sampled_from(sorted(SHIPPED)),
    st.lists(st.tuples(st.floats(0, 3), st.binary(max_size=20) | st.just(rtu("01 02 01 01")))),
)
def test_any_bytes_are_survived_and_nothing_but_reads_is_sent(model: str, moments: list[tuple[float, bytes]]) -> None:
    session = started(model)
    now = 0.0
    for step, data in moments:
        now += step
        for output in [*session.feed(data, now), *session.tick(now)]:
            assert not isinstance(output, Send) or (len(output.data), output.data[1] in (1, 2, 3, 4)) == (8, True)
