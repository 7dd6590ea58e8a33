"""Sentences of a GNSS receiver become a position with its own time, and no fix is no position.

The golden sentences are the public examples of NMEA 0183.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.gnss_nmea import (
    DATE_GOOD_S,
    GAP_S,
    GGA_MISSING_S,
    GnssReceiver,
    Sentence,
    date_and_time,
    decode,
    degrees,
    encode,
    explain,
)
from firmware_bridge.session import BadOption, DeviceSettings, Heard, Measured, Output

GGA = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
RMC = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
HEARD = Heard("pda-1")
PLACE = {"Position/Latitude": 48.1173, "Position/Longitude": 11.5166667}
FIX = {
    **PLACE,
    "Position/Fix Quality": 1,
    "Position/Satellites": 8,
    "Position/HDOP": 0.9,
    "Position/Altitude": 545.4,
}
AT_MS = 1_784_597_400_000  # 2026-07-21 01:30:00 UTC


def gga(
    clock: str = "013000.00", quality: str = "1", talker: str = "GN", where: str = "4807.038,N,01131.000,E"
) -> bytes:
    fields = (clock, *where.split(","), quality, "08", "0.9", "545.4", "M", "46.9", "M", "", "")
    return encode(Sentence(talker, "GGA", fields))


def rmc(clock: str = "013000.00", date: str = "210726", status: str = "A") -> bytes:
    return encode(
        Sentence("GN", "RMC", (clock, status, "4807.038", "N", "01131.000", "E", "0", "0", date, "", "", "A"))
    )


def started() -> GnssReceiver:
    session = GnssReceiver([DeviceSettings("pda-1")])
    assert session.start(0.0) == []
    return session


def measured(values: dict[str, float], at_ms: int | None = None) -> Measured:
    return Measured("pda-1", values, at_ms)


def test_the_golden_sentences_both_ways() -> None:
    for golden in (GGA, RMC):
        sentence = decode(golden)
        assert sentence is not None
        assert encode(sentence) == golden
    place = ("4807.038", "N", "01131.000", "E")
    assert decode(GGA) == Sentence("GP", "GGA", ("123519", *place, "1", "08", "0.9", "545.4", "M", "46.9", "M", "", ""))


def test_a_position_is_told_whole_byte_by_byte_behind_noise_and_twice() -> None:
    assert started().feed(GGA, 0.0) == [measured(FIX)]
    session = started()
    assert [output for byte in GGA for output in session.feed(bytes([byte]), 0.0)] == [measured(FIX)]
    noisy = started()
    assert noisy.feed(b"\xff\x00noise$GPG" + GGA + GGA, 0.0) == [measured(FIX)] * 2
    assert (noisy.counters.frames, noisy.counters.resyncs) == (2, 1)


@pytest.mark.parametrize("talker", ["GP", "GN", "BD", "GB"])
def test_every_talker_that_knows_a_place_is_heard(talker: str) -> None:
    assert started().feed(gga(talker=talker), 0.0) == [measured(FIX)]


def test_other_talkers_and_sentences_are_passed_over() -> None:
    other = encode(Sentence("GP", "GSV", ("1", "1", "00")))
    session = started()
    assert session.feed(gga(talker="XX") + other, 0.0) == []
    assert session.counters.frames == 2


def test_a_receiver_without_a_fix_has_no_position() -> None:
    session = started()
    assert session.feed(b"$GNGGA,,,,,,0,00,99.99,,,,,,*56\r\n", 0.0) == [measured({"Position/Fix Quality": 0})]
    assert session.feed(rmc(status="V"), 0.0) == [HEARD]


def test_the_receivers_time_is_told_with_the_date_of_rmc() -> None:
    session = started()
    assert session.feed(rmc(), 0.0) == [measured(PLACE, AT_MS)]  # no GGA yet
    assert session.feed(gga(), 0.1) == [measured(FIX, AT_MS)]
    assert session.feed(gga("013001.00"), 1.1) == [measured(FIX, AT_MS + 1000)]
    assert session.feed(rmc("013002.00"), 2.0) == [HEARD]


def test_midnight_between_the_two_sentences_is_the_next_day_or_the_day_before() -> None:
    midnight = AT_MS - 90 * 60_000
    session = started()
    session.feed(rmc("235959.00", "200726"), 0.0)
    assert session.feed(gga("000000.00"), 0.5) == [measured(FIX, midnight)]
    session.feed(rmc("000000.00", "210726"), 1.0)
    assert session.feed(gga("235959.00"), 1.5) == [measured(FIX, midnight - 1000)]


def test_an_old_or_senseless_date_dates_nothing() -> None:
    session = started()
    session.feed(rmc(), 0.0)
    assert session.feed(gga(), DATE_GOOD_S) == [measured(FIX)]
    session.feed(rmc(date="320726"), 100.0)
    assert session.feed(gga(), 100.1) == [measured(FIX)]
    session.feed(rmc(date="060180"), 200.0)  # a receiver that never saw a satellite
    assert session.feed(gga(), 200.1) == [measured(FIX)]
    assert date_and_time("210726", "236000") is None


def test_rmc_has_to_do_when_gga_stays_away() -> None:
    session = started()
    session.feed(gga() + rmc(), 0.0)
    assert session.feed(rmc(), GGA_MISSING_S - 0.1) == [HEARD]
    assert session.feed(rmc(), GGA_MISSING_S) == [measured(PLACE, AT_MS)]


@pytest.mark.parametrize(
    ("text", "hemisphere", "expected"),
    [
        ("4807.038", "N", 48.1173),
        ("4807.038", "S", -48.1173),
        ("01131.000", "W", -11.5166667),
        ("2858.1220", "N", 28.9687),
        ("9000.000", "N", 90.0),
        ("9000.001", "N", None),
        ("18000.001", "E", None),
        ("4860.000", "N", None),
        ("", "N", None),
        ("4807.038", "", None),
        ("x", "N", None),
    ],
)
def test_an_angle(text: str, hemisphere: str, expected: float | None) -> None:
    assert degrees(text, hemisphere) == expected


def test_a_position_that_cannot_be_is_not_told() -> None:
    assert started().feed(gga(where="9907.038,N,01131.000,E"), 0.0) == [HEARD]


def test_a_wrong_or_missing_checksum_is_counted() -> None:
    session = started()
    assert (
        session.feed(GGA.replace(b"*47", b"*48") + GGA.replace(b"*47", b"") + GGA.replace(b"545.4", b"546.4"), 0.0)
        == []
    )
    assert (session.counters.frames, session.counters.crc_errors) == (0, 3)


def test_a_line_that_is_too_long_is_skipped() -> None:
    session = started()
    assert session.feed(b"$GPGGA," + b"1" * 200 + b"*00\r\n" + GGA, 0.0) == [measured(FIX)]
    assert session.counters.resyncs == 1


def test_half_a_sentence_is_forgotten_after_silence_and_at_a_reopening() -> None:
    session = started()
    session.feed(GGA[:20], 0.0)
    session.tick(GAP_S)
    assert session.feed(GGA[20:], GAP_S) == []
    session.feed(GGA[:20], 5.0)
    session.start(6.0)
    assert session.feed(GGA, 6.0) == [measured(FIX)]


def test_a_port_carries_one_receiver_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        GnssReceiver([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="there is no option 'rate'"):
        GnssReceiver([DeviceSettings("pda-1", {"rate": 5})])


def test_a_technician_sees_the_fields_by_name() -> None:
    parts = explain(GGA, False)
    assert [(GGA[part.start : part.end], part.name) for part in parts][:4] == [
        (b"GP", "来源 talker"),
        (b"GGA", "语句 sentence"),
        (b"123519", "时间 time"),
        (b"4807.038", "纬度 latitude"),
    ]
    assert parts[-1] == (len(GGA) - 4, len(GGA) - 2, "校验 checksum", "47")


@given(st.binary(max_size=60) | st.sampled_from([GGA, RMC, rmc(), GGA[:-1]]))
def test_any_bytes_are_explained_in_order_and_inside(frame: bytes) -> None:
    parts = explain(frame, False)
    ends = [0, *(part.end for part in parts)]
    assert all(end <= part.start <= part.end <= len(frame) for end, part in zip(ends, parts, strict=False))


fields = st.lists(st.text(st.sampled_from("0123456789.-NSEWAV"), max_size=10), max_size=14).map(tuple)
sentences = st.builds(Sentence, st.just("GN"), st.sampled_from(["GGA", "RMC"]), fields).map(encode)


@given(st.lists(st.binary(max_size=60) | sentences | st.sampled_from([GGA, RMC, gga(), rmc()])))
def test_no_bytes_make_it_raise_or_grow(chunks: list[bytes]) -> None:
    session = started()
    for second, chunk in enumerate(chunks):
        outputs: list[Output] = list(session.feed(chunk, second / 10))
        outputs += session.tick(second / 10)
        assert session._lines.waiting <= 122
