"""Lines of a terminal's log become passages, and it may forget them only once they are stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.face_terminal_zkteco import REMEMBERED, Passage, PushTerminal, decode, options
from firmware_bridge.http_push import response
from firmware_bridge.session import (
    BadOption,
    DeviceSettings,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Send,
)

SERIAL = "SIM0000001"
AT_MS = 1_784_597_400_000
LINE = "7\t2026-07-21 09:30:00\t0\t15\t0\t0\t0"
IDENTIFIED = Identified("door-2", SERIAL)
OK = Send(response(200, b"OK"))


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def post(target: str, body: str) -> bytes:
    raw = body.encode()
    head = f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: {len(raw)}\r\n\r\n"
    return head.encode() + raw


def log(*lines: str, serial: str = SERIAL) -> bytes:
    return post(f"/iclock/cdata?SN={serial}&table=ATTLOG&Stamp=9999", "".join(f"{line}\n" for line in lines))


def stored(count: int) -> bytes:
    return response(200, f"OK: {count}".encode())


def count(passed: int) -> Measured:
    return Measured("door-2", {"Door/Passed": passed})


def passed(person: str, confirm: bytes = b"", method: str = "face", verify: int = 15, at_ms: int = AT_MS) -> Occurred:
    detail = {"person": person, "method": method, "device_event": f"verify {verify}"}
    return Occurred("door-2", "door_passed", detail, confirm, at_ms)


def started() -> PushTerminal:
    session = PushTerminal([DeviceSettings("door-2")])
    assert session.start(0.0) == []
    return session


def greeted() -> PushTerminal:
    session = started()
    session.feed(get(f"/iclock/getrequest?SN={SERIAL}"), 0.0)
    return session


def test_the_terminal_greets_and_is_told_to_send_passages_alone() -> None:
    outputs = started().feed(get(f"/iclock/cdata?SN={SERIAL}&options=all&pushver=2.4.1"), 0.0)
    assert outputs == [IDENTIFIED, Send(response(200, options(SERIAL).encode())), count(0)]
    told = options(SERIAL).split("\r\n")
    assert told[0] == f"GET OPTION FROM: {SERIAL}"
    assert {"TransFlag=1000000000", "Delay=30", "Realtime=1", "TimeZone=8", "Encrypt=0"} <= set(told)


def test_a_terminal_that_asks_for_commands_gets_none() -> None:
    session = greeted()
    assert session.feed(get(f"/iclock/getrequest?SN={SERIAL}"), 30.0) == [OK, Heard("door-2")]
    assert session.feed(post(f"/iclock/devicecmd?SN={SERIAL}", "ID=1&Return=0&CMD=DATA"), 30.0) == [OK, Heard("door-2")]


def test_a_passage_is_told_and_confirmed_only_when_it_is_durable() -> None:
    expected = [passed("7", stored(1)), count(1)]
    assert greeted().feed(log(LINE), 1.0) == expected
    session = greeted()
    assert [output for byte in log(LINE) for output in session.feed(bytes([byte]), 1.0)] == expected


def test_the_last_of_several_lines_carries_the_confirmation() -> None:
    lines = [f"{person}\t2026-07-21 09:30:0{second}\t0\t1" for second, person in enumerate("123")]
    outputs = greeted().feed(log(*lines), 1.0)
    expected = [passed(p, b"", "fingerprint", 1, AT_MS + 1000 * i) for i, p in enumerate("12")]
    assert outputs == [*expected, passed("3", stored(3), "fingerprint", 1, AT_MS + 2000), count(3)]


def test_lines_told_before_are_confirmed_and_not_told_again() -> None:
    session = greeted()
    session.feed(log(LINE), 1.0)
    assert session.feed(log(LINE), 2.0) == [Heard("door-2", stored(1))]
    other = "8\t2026-07-21 09:30:00\t0\t4"
    assert session.feed(log(other, LINE), 3.0) == [passed("8", stored(2), "card", 4), count(2)]
    assert session.feed(log(LINE, LINE, other), 4.0) == [Heard("door-2", stored(3))]


def test_noise_before_and_two_requests_in_one_read() -> None:
    session = started()
    outputs = session.feed(b"\x00noise\r\n" + log(LINE) + log("8\t2026-07-21 09:30:00\t0\t15"), 0.0)
    assert [output.detail["person"] for output in outputs if isinstance(output, Occurred)] == ["7", "8"]


@pytest.mark.parametrize(
    ("verify", "method"), [(1, "fingerprint"), (3, "password"), (4, "card"), (15, "face"), (25, "other")]
)
def test_the_verify_code_says_the_method(verify: int, method: str) -> None:
    outputs = greeted().feed(log(f"7\t2026-07-21 09:30:00\t0\t{verify}"), 1.0)
    assert outputs[0] == passed("7", stored(1), method, verify)


@pytest.mark.parametrize(
    "line", ["7", "\t2026-07-21 09:30:00\t0\t15", "7\tyesterday\t0\t15", "7\t2026-07-21 09:30:00\t0\tface", "7\t\t\t"]
)
def test_a_line_that_is_none_is_counted_and_confirmed_or_it_would_come_for_ever(line: str) -> None:
    assert decode(line) is None
    session = greeted()
    assert session.feed(log(line), 1.0) == [Heard("door-2", stored(1))]
    assert session.counters.crc_errors == 1


def test_a_line_is_read() -> None:
    assert decode(LINE) == Passage("7", "2026-07-21 09:30:00", 15)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_may_end_as_they_like(end: str) -> None:
    body = f"7\t2026-07-21 09:30:00\t0\t15{end}"
    outputs = greeted().feed(post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG", body), 1.0)
    assert outputs[0] == passed("7", stored(1))


def test_what_people_did_at_the_menu_is_ignored() -> None:
    outputs = greeted().feed(post(f"/iclock/cdata?SN={SERIAL}&table=OPERLOG", "OPLOG 0\t7\nUSER PIN=7\tName=x\n"), 1.0)
    assert outputs == [Send(stored(2)), Heard("door-2")]


def test_a_photograph_is_dropped() -> None:
    session = greeted()
    assert session.feed(post(f"/iclock/fdata?SN={SERIAL}&table=ATTPHOTO", "PIXELS"), 1.0) == [OK, Heard("door-2")]
    assert "PIXELS" not in repr([vars(session), vars(session._http)])


def test_a_request_without_a_serial_number_or_to_nowhere_is_refused() -> None:
    assert started().feed(get("/iclock/getrequest"), 0.0) == [Send(response(400, b"SN is missing"))]
    assert greeted().feed(get(f"/elsewhere?SN={SERIAL}"), 0.0) == [Send(response(404))]


def test_another_terminal_is_another_memory() -> None:
    session = greeted()
    session.feed(log(LINE), 1.0)
    outputs = session.feed(log(LINE, serial="SIM0000002"), 2.0)
    assert outputs == [Identified("door-2", "SIM0000002"), passed("7", stored(1)), count(2)]


def test_the_memory_is_bounded() -> None:
    session = greeted()
    for number in range(REMEMBERED + 100):
        session._is_new(Passage(str(number), "2026-07-21 09:30:00", 15))
    assert len(session._told) == REMEMBERED


def test_a_time_that_cannot_be_is_left_out() -> None:
    outputs: list[Output] = list(greeted().feed(log("7\t2026-13-41 99:30:00\t0\t15"), 1.0))
    assert isinstance(outputs[0], Occurred)
    assert outputs[0].device_time_ms is None


@given(st.lists(st.text(st.sampled_from("7\t:- 2026\r\nx"), max_size=60), max_size=5))
def test_no_lines_make_it_raise(lines: list[str]) -> None:
    assert greeted().feed(log(*lines), 1.0)


@given(st.lists(st.binary(max_size=60) | st.sampled_from([log(LINE), log(LINE)[:60], get("/iclock/cdata?SN=%ff&SN")])))
def test_no_bytes_make_it_raise_or_grow(chunks: list[bytes]) -> None:
    session = started()
    for second, chunk in enumerate(chunks):
        session.feed(chunk, second / 10)
        session.tick(second / 10)
        assert session._http.waiting < 100_000


def test_a_port_carries_one_terminal_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        PushTerminal([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="door-2: there is no option 'serial'"):
        PushTerminal([DeviceSettings("door-2", {"serial": "x"})])
