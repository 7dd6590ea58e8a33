"""Parsers that keep nothing from one input to the next, each with the exceptions it may raise: no others."""

import io
import struct
import tempfile
import tomllib
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from contract import acknowledgement, command
from contract.events import envelope, types
from contract.events.envelope import MalformedEvent
from contract.sparkplug import payload, topics
from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import MalformedPayload, MetricValue, Payload
from contract.sparkplug.topics import MalformedTopic, Topic
from edge.settings import BadFacilityFile, load, toml_lines
from firmware_bridge import http_push, ticket
from firmware_bridge.http_push import HttpPush, Request
from firmware_bridge.modbus import profile
from firmware_bridge.modbus.profile import BadProfile
from firmware_bridge.node import cobs, frames, image, messages
from firmware_bridge.node.frames import FrameStream
from firmware_bridge.node.image import BadImage
from firmware_bridge.recording import MAGIC, BadRecording, Entry, Kind, RecordingReader, RecordingWriter
from firmware_bridge.recording_seal import RecordingSeal
from firmware_bridge.session import Counters
from simulators import fault_schedule
from tests.fuzz import samples
from tests.fuzz.target import Broken, Target


class _Stateless:
    def __init__(self, parse: Callable[[bytes], None], allowed: tuple[type[Exception], ...]) -> None:
        self._parse, self._allowed = parse, allowed

    def feed(self, data: bytes) -> None:
        try:
            self._parse(data)
        except self._allowed as refused:
            if not str(refused):
                raise Broken("a refusal says why: it is empty") from refused

    def kept_bytes(self) -> int:
        return 0


def _target(
    name: str,
    parse: Callable[[bytes], None],
    seeds: Callable[[], Sequence[bytes]],
    code: Sequence[str],
    *allowed: type[Exception],
) -> Target:
    return Target(name, lambda _: _Stateless(parse, allowed), seeds, code)


def _text(data: bytes) -> str:
    """Any text that can come out of MQTT, a file or a form: also lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


DEEP = [b"[" * 3000, b'{"a":' * 800, b"x = " + b"[" * 3000, b"x = " + b"{a=" * 1000]  # nested beyond all reason
_SCHEDULE = b'seed = 7\n[[fault]]\nat_s = 1\nfor_s = 2\ndevice = "bed-*"\nname = "noise"\nparameters = { p = 0.2 }\n'


# contract


def sparkplug_payload(data: bytes) -> None:
    found = payload.decode(data)
    for datatype in DataType:
        for metric in found.metrics[:8]:
            try:
                payload.typed(metric, "m", datatype)
            except MalformedPayload:
                continue
    command.commands_in(found.metrics)
    acknowledgement.acks_in(found.metrics)
    acknowledgement.sent_at(found.metrics)


def _payloads() -> list[bytes]:
    metrics = [
        MetricValue("Air/Temperature", 21.5, DataType.FLOAT, 1_784_597_400_000, properties={"unit": "°C", "n": 1}),
        MetricValue("a", True, DataType.BOOLEAN, None, alias=3, is_historical=True),
        MetricValue("b", "text", DataType.STRING, 1),
        MetricValue("c", -5, DataType.INT64, None),
        acknowledgement.ack_metric(acknowledgement.Ack("0123456789ab", 5, 7), 1),
        command.command_metric(command.Command("a", "b", "c", "d"), 1),
    ]
    return [payload.encode(Payload((metric,), 1, 0)) for metric in metrics] + [
        payload.encode(Payload(tuple(metrics), 1_784_597_400_000, 255))
    ]


def sparkplug_topic(data: bytes) -> None:
    text = _text(data)
    for parse in (Topic.parse, topics.state_host):
        try:
            found = parse(text)
        except MalformedTopic:
            continue
        if isinstance(found, Topic) and str(found) != text:
            raise Broken(f"a topic is written as it was read: {text!r} became {found}")


def sparkplug_state(data: bytes) -> None:
    topics.decode_state(data)


def event(data: bytes) -> None:
    found = envelope.decode(data)
    assert found.facility
    assert isinstance(found.time_ms, int)
    assert types.data_of(found).subject


def _events() -> list[bytes]:
    about = {
        "id": "019f8000-0000-7000-8000-000000000000",
        "source": "/facilities/330803-care-01",
        "specversion": "1.0",
        "subject": "device/d",
        "time": "2026-07-21T01:30:00.000Z",
        "datacontenttype": "application/json",
        "dataschema": "s",
        "epoch": "0123456789ab",
        "seq": 1,
        "prevhash": envelope.GENESIS,
        "priority": 0,
        "timequality": "good",
        "data": {"device": "d", "port": "p", "what": "w", "detail": "t"},
    }
    return [envelope.encode({**about, "type": name}) for name in types.TYPES]


# files


def facility_file(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(data)
        file.flush()
        load(Path(file.name))


def toml_lines_of(data: bytes) -> None:
    text = data.decode()
    values = tomllib.loads(text)
    lines = toml_lines.lines_of(text)
    if missing := [key for key in values if (key,) not in lines]:
        raise Broken(f"every key has a line: {missing}")
    if any(not 1 <= line <= text.count("\n") + 1 for line in lines.values()):
        raise Broken(f"a line is one of the file: {lines}")


def _facility_files() -> list[bytes]:
    head = '[facility]\nid = "x"\narea = "330803"\nkind = "care_home"\nname_zh = "示"\nname_en = "x"\n[store]\n'
    pages = sorted((samples.ROOT / "docs").rglob("*.md"))
    blocks = [block for page in pages for block in samples.toml_blocks(page)]
    return [f'{head}directory = "x"\n{block}'.encode() for block in blocks] + [block.encode() for block in blocks]


def modbus_profile(data: bytes) -> None:
    found = profile.parse(_text(data))
    for block in found.blocks:
        for pattern in (b"\0", b"\x7f\xff", b"\xff"):
            answer = (pattern * block.read.answer_bytes)[: block.read.answer_bytes]
            for quantity in block.quantities:
                quantity.decode(block.read, answer)


def _profiles() -> list[bytes]:
    folder = Path(profile.__file__).with_name("profiles")
    return [path.read_bytes() for path in sorted(folder.glob("*.toml"))]


def fault_schedules(data: bytes) -> None:
    fault_schedule.parse(_text(data))


# bytes


def http_requests(data: bytes) -> None:
    """Cut at each 1F: those are the reads of the port."""
    http = HttpPush(Counters(trace=lambda _, seen: http_push.explain_http(seen, False) and None))
    for number, piece in enumerate(data.split(b"\x1f")):
        for found in http.feed(piece, float(number)):
            if isinstance(found, Request):
                http_push.text_parts(found.body, found.headers.get(b"content-type", b""))
                assert http.waiting <= len(data)
        http.expire(float(number))


def _requests() -> list[bytes]:
    body = b'--b\r\nContent-Disposition: form-data; name="event_log"\r\n\r\n{"eventType": "x"}\r\n--b--\r\n'
    head = b"POST /a?SN=1 HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    return [
        b"GET /iclock/getrequest?SN=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        head + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n\x1fabcde\x1fGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    ]


_SEAL = RecordingSeal(bytes(32), "fuzz")


def recording(data: bytes) -> None:
    """A whole file, or with 01 before it the entries of one whose blocks are right."""
    if data[:1] == b"\x01":
        packed = zlib.compress(data[1:])
        data = _recording_head() + struct.pack(">II", len(packed), zlib.crc32(packed)) + packed
    reader = RecordingReader(io.BytesIO(data), _SEAL.unseal)
    for _ in reader.entries():
        pass


def _recording_head() -> bytes:
    file = io.BytesIO()
    RecordingWriter(file, {"id": "fuzz"})
    return file.getvalue()


def _recordings() -> list[bytes]:
    file = io.BytesIO()
    writer = RecordingWriter(file, {"id": "fuzz"}, RecordingSeal(bytes(32), "fuzz").seal)
    for number, kind in enumerate(Kind):
        writer.write(Entry(kind, number, number * 1000, 1_784_597_400_000 + number, 1, b"data", sealed=number % 5 == 0))
    writer.flush()
    whole = file.getvalue()
    at = len(_recording_head()) + 8
    headers = [MAGIC + struct.pack(">I", len(text)) + text for text in DEEP]
    return [whole, b"\x01" + zlib.decompress(whole[at:]), *headers]


def node_frames(data: bytes) -> None:
    """The stream as it is, and as the payload of a frame that is right."""
    stream = FrameStream(Counters())
    for frame in stream.feed(data):
        messages.decode(frame)
    if stream.waiting > frames.MAX_FRAME:
        raise Broken(f"waiting bytes are bounded: {stream.waiting}")
    if len(data) >= 2 and len(data) - 2 <= frames.MAX_PAYLOAD:
        frame = frames.Frame(data[0], data[1], data[2:])
        (again,) = FrameStream(Counters()).feed(frames.encode(frame))
        if again != frame:
            raise Broken(f"a frame is read as it was written: {frame} became {again}")
        messages.decode(frame)
    try:
        if cobs.encode(cobs.decode(data)) != data:
            raise Broken(f"COBS has one form: {data.hex()}")
    except cobs.Malformed:
        pass


def node_image(data: bytes) -> None:
    image.read_image(data)


def tickets(data: bytes) -> None:
    text = _text(data)
    ticket.holds_citizen_number(text)
    ticket.encode(ticket.parse(text))


def targets() -> list[Target]:
    golden = samples.golden
    return [
        _target("sparkplug_payload", sparkplug_payload, _payloads, ["contract.sparkplug.payload"], MalformedPayload),
        _target(
            "sparkplug_topic",
            sparkplug_topic,
            lambda: [b"spBv1.0/330803/DDATA/care-01/bed-101-1", b"spBv1.0/g/NBIRTH/n", b"spBv1.0/STATE/onetrip"],
            ["contract.sparkplug.topics"],
        ),
        _target(
            "sparkplug_state",
            sparkplug_state,
            lambda: [topics.encode_state(topics.State(online=True, timestamp_ms=1)), *DEEP],
            ["contract.sparkplug.topics"],
            MalformedPayload,
        ),
        _target(
            "event",
            event,
            lambda: [*_events(), *DEEP],
            ["contract.events.envelope", "contract.events.types"],
            MalformedEvent,
        ),
        _target(
            "facility_file",
            facility_file,
            lambda: [*_facility_files(), *DEEP],
            ["edge.settings.model"],
            BadFacilityFile,
        ),
        _target(
            "toml_lines",
            toml_lines_of,
            _facility_files,
            [],
            tomllib.TOMLDecodeError,
            UnicodeDecodeError,
            RecursionError,
        ),
        _target(
            "modbus_profile",
            modbus_profile,
            lambda: [*_profiles(), *DEEP],
            ["firmware_bridge.modbus.profile"],
            BadProfile,
        ),
        _target(
            "fault_schedule",
            fault_schedules,
            lambda: [_SCHEDULE, *DEEP],
            ["simulators.fault_schedule"],
            fault_schedule.BadSchedule,
        ),
        _target("http_push", http_requests, _requests, ["firmware_bridge.http_push"]),
        _target("recording", recording, _recordings, ["firmware_bridge.recording"], BadRecording),
        _target("node_frames", node_frames, golden, ["firmware_bridge.node.messages"]),
        _target("node_image", node_image, golden, ["firmware_bridge.node.image"], BadImage),
        _target(
            "ticket",
            tickets,
            lambda: ["[centre][double]衢州民政\n[qr]https://example.org/a\n[][1] 三楼".encode()],
            ["firmware_bridge.ticket"],
            ticket.BadTicket,
        ),
    ]
