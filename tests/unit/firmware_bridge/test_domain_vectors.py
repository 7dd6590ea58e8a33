"""Every vector of tests/golden/domain_vectors.json goes through the project's own codecs, there and back.

`CHECKS` names each one; a vector without a check, or a check without its vector, fails.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from contract.identifiers import citizen_number, credit_code
from firmware_bridge import gb26875, hlk, id_card, osdp, wiegand
from firmware_bridge.devices import (
    blood_pressure_2a35,
    call_button_ev1527,
    flue_gas_hj212,
    id_card_reader,
    lorawan_chirpstack,
    modbus_rtu,
    oximeter_cms50d,
    people_counter_ld2450,
    qr_scanner_gm65,
    radar_ld2410,
    radar_r60abd1,
)
from firmware_bridge.devices.people_counter_ld2450 import Target
from firmware_bridge.modbus.frames import RTU, Read, ReadFunction
from firmware_bridge.session import (
    Counters,
    DeviceSettings,
    Faulted,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)
from tests.unit.firmware_bridge.golden import VECTORS

Check = Callable[[Any], None]


def unhex(text: str) -> bytes:
    return bytes.fromhex(text)


def leaves(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Each vector by its dotted path; a list is one vector."""
    for key, value in table.items():
        path = f"{above}.{key}" if above else key
        yield from leaves(value, path) if isinstance(value, dict) else [(path, value)]


def news(outputs: list[Output]) -> list[Output]:
    return [output for output in outputs if not isinstance(output, Send | Heard)]


def equals(actual: Callable[[], object]) -> Check:
    """The vector is what a decoded frame beside it must say."""

    def check(expected: object) -> None:
        assert actual() == expected

    return check


# SAM

SAM_ASKED = {
    "find": id_card_reader.Command.FIND,
    "select": id_card_reader.Command.SELECT,
    "read": id_card_reader.Command.READ,
    "added_address": id_card_reader.Command.ADDED_ADDRESS,
    "sam_id": id_card_reader.Command.SAM_ID,
}
SAM_NEVER_ASKED = {"reset": "复位 reset", "status": "状态 status", "read_fp": "读卡和指纹 read with fingerprints"}


def sam_command(name: str) -> Check:
    def check(text: str) -> None:
        wire = unhex(text)
        assert id_card_reader.encode(wire[7:-1]) == wire
        if name in SAM_ASKED:
            assert id_card_reader.encode(SAM_ASKED[name].value[0]) == wire
        else:
            assert SAM_NEVER_ASKED[name] in id_card_reader.explain(wire, True)[2].text

    return check


def reader(*answers: str) -> list[Output]:
    """What comes of these answers, one after another, from the first search on."""
    session = id_card_reader.IdCardReader([DeviceSettings("r", {"added_address": True})])
    outputs = list(session.start(0.0))
    for answer in answers:
        outputs = list(session.feed(unhex(answer), 0.1))
    assert session.counters == Counters(frames=len(answers))
    return outputs


def sam_answer(before: list[str], *expected: Output) -> Check:
    def check(text: str) -> None:
        wire = unhex(text)
        assert id_card_reader.encode(wire[7:-1]) == wire
        outputs = reader(*before, text)
        for one in expected:
            assert one in outputs

    return check


def unreadable(sw3: str) -> Output:
    detail = {"sw3": sw3, "meaning": id_card_reader.SW3[int(sw3, 16)]}
    return Occurred("r", "card_unreadable", detail)


RSP, READ_1295 = VECTORS["sam"]["rsp"], VECTORS["sam"]["read_1295_hex"]
CARD = {{"id": "id_number"}.get(key, key): value for key, value in VECTORS["sam"]["read_1295_expect"].items()}


def asks(command: id_card_reader.Command) -> Send:
    return Send(id_card_reader.encode(command.value[0]))


def read_frame(text: str) -> None:
    wire = unhex(text)
    assert len(wire) == 1295
    assert id_card_reader.encode(wire[7:-1]) == wire
    assert asks(id_card_reader.Command.ADDED_ADDRESS) in reader(RSP["find_ok"], RSP["select_ok"], text)


def card_field(name: str) -> Callable[[], str]:
    def read() -> str:
        found = id_card.parse_read(unhex(READ_1295)[10:-1])
        assert found is not None
        return found.card.fields[name]

    return read


# radars

RADAR_SAYS: dict[str, dict[str, object]] = {
    "reset": {},
    "version_query": {},
    "present": {"Presence/Detected": True},
    "absent": {"Presence/Detected": False},
    "breath_17": {"Breath/Rate": 17},
    "heart_72": {"Heart/Rate": 72},
    "in_bed": {"Bed/Occupied": True},
    "out_of_bed": {"Bed/Occupied": False},
    "fall": {"Fall/Detected": True},
    "no_fall": {"Fall/Detected": False},
    "stationary": {"Fall/Stationary": True},
    "summary_10min": {"Presence/Detected": True, "Bed/Sleep Stage": 1, "Breath/Rate": 16, "Heart/Rate": 64},
}


def radar(values: dict[str, object]) -> Check:
    def check(text: str) -> None:
        wire = unhex(text)
        assert radar_r60abd1.encode(wire[2], wire[3], wire[6:-3]) == wire
        assert radar_r60abd1.decode(wire) == values
        session = radar_r60abd1.Radar([DeviceSettings("r")])
        session.start(0.0)
        assert news(list(session.feed(wire, 0.1))) == ([Measured("r", values)] if values else [])  # type: ignore[arg-type]
        assert session.counters.frames == 1

    return check


def ld2410(text: str) -> None:
    wire = unhex(text)
    report = radar_ld2410.decode(wire)
    assert report is not None
    assert radar_ld2410.encode(report) == wire
    session = radar_ld2410.PresenceRadar([DeviceSettings("r")])
    session.start(0.0)
    assert Measured("r", {"Presence/Detected": True, "Presence/Motion": 1}) in session.feed(wire, 0.1)


def ld2410_field(name: str) -> Check:
    return equals(lambda: getattr(radar_ld2410.decode(unhex(VECTORS["ld2410"]["frame"])), name))


def ld2450(text: str) -> None:
    wire = unhex(text)
    assert people_counter_ld2450.encode(people_counter_ld2450.decode(wire)) == wire
    session = people_counter_ld2450.PeopleCounter([DeviceSettings("r")])
    session.start(0.0)
    assert Measured("r", {"Presence/Detected": True, "People/In View": 1}) in session.feed(wire, 0.1)


def ld2450_targets(targets: list[dict[str, int]]) -> None:
    found = people_counter_ld2450.decode(unhex(VECTORS["ld2450"]["frame"]))
    assert found == (*(Target(**target) for target in targets), None, None)


# Modbus


def modbus_answer(model: str, unit: int, expected: Output) -> Check:
    def check(text: str) -> None:
        session = modbus_rtu.DRIVER.session([DeviceSettings("m", {"unit": unit, "model": model})])
        session.start(0.0)
        assert session.feed(unhex(text), 0.1) == [expected]

    return check


def modbus_request(text: str) -> None:
    read = Read(ReadFunction.HOLDING_REGISTERS, 0, 2)
    assert RTU.request(1, read, 0) == unhex(text)
    session = modbus_rtu.DRIVER.session([DeviceSettings("m", {"unit": 1, "model": "rs_ws_n01"})])
    assert session.start(0.0) == [Send(unhex(text))]


def measured_th() -> Mapping[str, Value]:
    session = modbus_rtu.DRIVER.session([DeviceSettings("m", {"unit": 1, "model": "rs_ws_n01"})])
    session.start(0.0)
    (output,) = session.feed(unhex(VECTORS["modbus"]["rsp_th"]), 0.1)
    assert isinstance(output, Measured)
    return output.values


def air(humidity: float, temperature: float) -> Output:
    return Measured("m", {"Air/Humidity": humidity, "Air/Temperature": temperature})


# the others


def hj212(crc: Callable[[bytes], int], kind: int, identity: str) -> Check:
    def check(text: str) -> None:
        wire = text.encode("ascii")
        assert flue_gas_hj212.encode(text[6:-6], crc) == wire
        assert flue_gas_hj212.Message(wire).crc_kind == kind
        session = flue_gas_hj212.FlueGasLogger([DeviceSettings("f")])
        assert Identified("f", f"MN {identity}") in session.feed(wire, 0.0)
        assert session.counters == Counters(frames=1)

    return check


def gb26875_fire(text: str) -> None:
    packet = gb26875.decode(unhex(text))
    assert gb26875.encode(packet) == unhex(text)
    (told,) = gb26875.objects(packet.data) or ()
    assert (told.conditions, told.component, told.description) == (["fire"], 42, "三楼东侧走廊")


def gb26875_confirm(text: str) -> None:
    """The other way round, under the same number; its time is that of whoever confirms."""
    golden = gb26875.decode(unhex(text))
    assert gb26875.encode(golden) == unhex(text)
    fire = gb26875.decode(unhex(VECTORS["gb26875"]["fire"]))
    ours = gb26875.decode(gb26875.confirmation(fire, golden.time))
    assert ours == golden


def gm65_command(command: bytes) -> Check:
    def check(text: str) -> None:
        assert command == unhex(text)

    return check


def gm65_ack(text: str) -> None:
    wire = unhex(text)
    assert qr_scanner_gm65.encode(wire[:2], wire[2:-2]) == wire
    session = qr_scanner_gm65.QrScanner([DeviceSettings("q")])
    session.start(0.0)
    outputs = session.feed(wire + b"A012\r", 0.1)  # both in one read
    assert [one.detail["text"] for one in outputs if isinstance(one, Occurred)] == ["A012"]


def wiegand_bits(text: str) -> None:
    golden = VECTORS["wiegand26"]
    data = (int(text, 2) << 6).to_bytes(4, "big")
    assert wiegand.encode(wiegand.Card(golden["facility"], golden["card"])) == data


def wiegand_field(name: str) -> Check:
    data = (int(VECTORS["wiegand26"]["bits"], 2) << 6).to_bytes(4, "big")
    return equals(lambda: getattr(wiegand.decode(data), name))


def osdp_packet(code: int, *, reply: bool) -> Check:
    def check(text: str) -> None:
        wire = unhex(text)
        packet = osdp.decode(wire)
        assert packet == osdp.Packet(address=0, sequence=0, code=code, reply=reply)
        assert osdp.valid(wire)
        assert osdp.encode(packet) == wire

    return check


def ev1527(text: str) -> None:
    wire, golden = unhex(text), VECTORS["ev1527"]
    key = golden["id"], golden["key"]
    assert call_button_ev1527.decode_press(wire) == key
    assert call_button_ev1527.encode_press(*key, sync_us=0x2904, low_us=0x015E, high_us=0x041A) == wire
    session = call_button_ev1527.CallButtons([DeviceSettings("bed", {"code": golden["id"]})])
    session.start(0.0)
    assert session.feed(wire, 0.1)[0] == Occurred("bed", "call_pressed", {"key": 8}, bytes.fromhex("AA A0 55"))


def ev1527_field(at: int) -> Check:
    return equals(lambda: (call_button_ev1527.decode_press(unhex(VECTORS["ev1527"]["frame"])) or ())[at])


def lorawan_payload() -> bytes:
    return base64.b64decode(VECTORS["lorawan_button"]["data_b64"])


def lorawan_outputs(text: str) -> list[Output]:
    uplink = b'{"deviceInfo": {"devEui": "0102030405060708"}, "fCnt": 4, "data": "%s"}' % text.encode()
    session = lorawan_chirpstack.CallButtons([DeviceSettings("bed", {"dev_eui": "0102030405060708"})])
    session.start(0.0)
    return list(session.feed(lorawan_chirpstack.wrap("application/a/device/0102030405060708/event/up", uplink), 0.1))


def lorawan_data(text: str) -> None:
    assert base64.b64encode(lorawan_payload()).decode() == text
    assert lorawan_outputs(text) == [
        Occurred("bed", "call_pressed", {"seq": 42, "f_cnt": 4}),
        Measured("bed", {"Button/Presses": 1, "Button/Battery": 95}),
    ]


def lorawan_said(name: str) -> Check:
    """Of the press, or of what was measured with it."""

    def said() -> object:
        pressed, measured = lorawan_outputs(VECTORS["lorawan_button"]["data_b64"])
        assert isinstance(pressed, Occurred)
        assert isinstance(measured, Measured)
        return {**pressed.detail, **measured.values}[name]

    return equals(said)


def lorawan_event(name: str) -> None:
    event = lorawan_chirpstack.event_of(lorawan_payload())
    assert event is not None
    assert lorawan_chirpstack.TOLD[event] == f"call_{name}ed"


def cms50(text: str) -> None:
    packet = oximeter_cms50d.decode(unhex(text))
    assert packet.good
    assert oximeter_cms50d.encode(packet) == unhex(text)
    session = oximeter_cms50d.Oximeter([DeviceSettings("o")])
    session.start(0.0)
    outputs = [session.feed(unhex(text), n / 10) for n in range(60)]
    known = {"Oximeter/Finger In": True, "Oximeter/Oxygen Saturation": 97, "Oximeter/Pulse Rate": 72}
    assert outputs[-10:].count([Measured("o", known)]) == 1  # once a second, after five


def cms50_field(name: str) -> Check:
    return equals(lambda: getattr(oximeter_cms50d.decode(unhex(VECTORS["cms50_v45"]["packet"])), name))


def ble_2a35(text: str) -> None:
    """Only monitors speak it; it is put together again from its parts."""
    value = unhex(text)
    measurement = blood_pressure_2a35.decode(value)
    assert measurement is not None
    numbers = (measurement.systolic, measurement.diastolic, measurement.mean, measurement.pulse)
    *pressures, pulse = (blood_pressure_2a35.encode_sfloat(int(number or 0)) for number in numbers)
    flags = bytes([blood_pressure_2a35.TIME | blood_pressure_2a35.PULSE])
    assert flags + b"".join(pressures) + unhex("EA07 07 15 09 1E 00") + pulse == value


def ble_field(name: str) -> Check:
    return equals(lambda: getattr(blood_pressure_2a35.decode(unhex(VECTORS["ble_2a35"]["value"])), name))


def ble_time(text: str) -> None:
    measurement = blood_pressure_2a35.decode(unhex(VECTORS["ble_2a35"]["value"]))
    assert measurement is not None
    assert text == "2026-07-21T09:30:00"  # in China
    assert measurement.time_ms == 1_784_597_400_000


def citizen_numbers(numbers: list[str]) -> None:
    """The last is the standard's own example, of a county that is no synthetic one."""
    for number in numbers[:-1]:
        assert citizen_number.check_character(number[:17]) == number[17]
        citizen_number.parse(number, test=True)
    assert citizen_number.check_character(numbers[-1][:17]) == numbers[-1][17] == "X"


def credit_codes(codes: list[str]) -> None:
    for code in codes:
        assert credit_code.check_character(code[:17]) == code[17]
        credit_code.parse(code)


def is_text(note: str) -> None:
    assert "synthetic" in note


FOUND, SELECTED = [RSP["find_ok"]], [RSP["find_ok"], RSP["select_ok"]]
READ = [*SELECTED, READ_1295]

CHECKS: dict[str, Check] = {
    "note": is_text,
    **{f"sam.cmd.{name}": sam_command(name) for name in (*SAM_ASKED, *SAM_NEVER_ASKED)},
    "sam.rsp.find_ok": sam_answer([], asks(id_card_reader.Command.SELECT)),
    "sam.rsp.select_ok": sam_answer(FOUND, asks(id_card_reader.Command.READ)),
    "sam.rsp.no_card": sam_answer([], asks(id_card_reader.Command.SAM_ID)),
    "sam.rsp.select_fail": sam_answer(FOUND, unreadable("81")),
    "sam.rsp.read_fail": sam_answer(SELECTED, unreadable("41")),
    "sam.rsp.no_added_address": sam_answer(READ, Occurred("r", "card_read", {"card_type": "resident", **CARD})),
    "sam.rsp.selftest_fail": sam_answer([], Faulted("r", "self-test failed (SW3 60)")),
    "sam.read_1295_hex": read_frame,
    **{
        f"sam.read_1295_expect.{field}": equals(card_field({"id": "id_number"}.get(field, field)))
        for field in VECTORS["sam"]["read_1295_expect"]
    },
    "id_valid": citizen_numbers,
    "uscc_valid": credit_codes,
    **{f"radar5359.{name}": radar(values) for name, values in RADAR_SAYS.items()},
    "ld2410.frame": ld2410,
    "ld2410.state": ld2410_field("state"),
    "ld2410.moving_cm": ld2410_field("moving_cm"),
    "ld2410.moving_energy": ld2410_field("moving_energy"),
    "ld2410.still_cm": ld2410_field("still_cm"),
    "ld2410.still_energy": ld2410_field("still_energy"),
    "ld2410.detect_cm": ld2410_field("detection_cm"),
    "ld2450.frame": ld2450,
    "ld2450.targets": ld2450_targets,
    "modbus.req_th": modbus_request,
    "modbus.rsp_th": modbus_answer("rs_ws_n01", 1, air(65.8, -10.1)),
    "modbus.rsp_th_value.humidity": equals(lambda: measured_th()["Air/Humidity"]),
    "modbus.rsp_th_value.temp": equals(lambda: measured_th()["Air/Temperature"]),
    "modbus.freezer": modbus_answer("rs_ws_n01", 0x11, air(71.2, -18.3)),
    "modbus.exception": modbus_answer("rs_ws_n01", 1, Faulted("m", "exception 2: illegal data address")),
    "hj212.standard_crc": hj212(flue_gas_hj212.standard_crc, flue_gas_hj212.STANDARD, "010000A8900016F000169DC0"),
    "hj212.modbus_crc": hj212(flue_gas_hj212.modbus_crc, flue_gas_hj212.MODBUS, "C201801010001"),
    "gb26875.fire": gb26875_fire,
    "gb26875.confirm": gb26875_confirm,
    "gm65.trigger": gm65_command(qr_scanner_gm65.TRIGGER),
    "gm65.ack": gm65_ack,
    "gm65.save": gm65_command(qr_scanner_gm65.SAVE),
    "wiegand26.bits": wiegand_bits,
    "wiegand26.facility": wiegand_field("facility_code"),
    "wiegand26.card": wiegand_field("card"),
    "osdp.poll": osdp_packet(osdp.Command.POLL, reply=False),
    "osdp.ack": osdp_packet(osdp.Reply.ACK, reply=True),
    "ev1527.frame": ev1527,
    "ev1527.id": ev1527_field(0),
    "ev1527.key": ev1527_field(1),
    "lorawan_button.data_b64": lorawan_data,
    "lorawan_button.event": lorawan_event,
    "lorawan_button.battery": lorawan_said("Button/Battery"),
    "lorawan_button.seq": lorawan_said("seq"),
    "cms50_v45.packet": cms50,
    "cms50_v45.spo2": cms50_field("oxygen"),
    "cms50_v45.pulse": cms50_field("pulse"),
    "ble_2a35.value": ble_2a35,
    "ble_2a35.sys": ble_field("systolic"),
    "ble_2a35.dia": ble_field("diastolic"),
    "ble_2a35.map": ble_field("mean"),
    "ble_2a35.pulse": ble_field("pulse"),
    "ble_2a35.time": ble_time,
}
ALL = dict(leaves(VECTORS))


def test_every_vector_has_a_check_and_every_check_a_vector() -> None:
    assert set(CHECKS) == set(ALL)


@pytest.mark.parametrize("path", ALL)
def test_the_projects_codecs_agree_with_the_vector(path: str) -> None:
    CHECKS[path](ALL[path])


@pytest.mark.parametrize(
    ("wire", "values"),
    [
        ("53 59 80 02 00 01 01 30 54 43", {"Presence/Motion": 1}),
        ("53 59 80 03 00 01 23 53 54 43", {"Presence/Body Movement": 35}),
        ("53 59 81 01 00 01 04 33 54 43", {"Breath/State": 4}),
    ],
)
def test_the_makers_frames_that_are_no_vectors(wire: str, values: dict[str, object]) -> None:
    radar(values)(wire)


def test_the_commands_that_frame_every_configuration_of_an_hlk_radar() -> None:
    assert hlk.command(hlk.ENABLE, b"\x01\x00") == unhex("FD FC FB FA 04 00 FF 00 01 00 04 03 02 01")
    assert hlk.command(hlk.END_CONFIGURATION) == unhex("FD FC FB FA 02 00 FE 00 04 03 02 01")
