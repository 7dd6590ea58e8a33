"""Requests of devices that push are found whole in any chunking, and a broken one spoils no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.http_push import (
    BODY_MAX,
    CONTINUE,
    GAP_S,
    HEAD_MAX,
    HttpPush,
    Refusal,
    Request,
    explain_http,
    response,
    text_parts,
)
from firmware_bridge.session import Counters

GET = b"GET /iclock/getrequest?SN=1 HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n"
POST = b"POST /event HTTP/1.1\r\nHost: 192.0.2.1\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST /event HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
OLD = b"POST /event HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello"
NEVER_ENDING = b"POST /event HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"


def pushing() -> HttpPush:
    return HttpPush(Counters())


def statuses(found: list[Request | Refusal | bytes]) -> list[object]:
    """Methods of requests, and the status codes of refusals."""
    return [
        one.method if isinstance(one, Request) else one.response[9:12].decode() if isinstance(one, Refusal) else one
        for one in found
    ]


@pytest.mark.parametrize("wire", [POST, CHUNKED, OLD])
def test_a_request_is_found_whole_byte_by_byte_behind_noise_and_twice(wire: bytes) -> None:
    expected = ("POST", "/event", b"hello")
    noise = b"\x00\xffnoise\r\n"
    pieces = [bytes([byte]) for byte in wire]
    for chunks, count in (([wire], 1), (pieces, 1), ([noise + wire + wire], 2), ([noise, *pieces, wire], 2)):
        push = pushing()
        found = [one for chunk in chunks for one in push.feed(chunk, 0.0)]
        requests = [(one.method, one.target, one.body) for one in found if isinstance(one, Request)]
        assert requests == [expected] * count
        assert push.waiting == 0


def test_a_new_connection_in_the_middle_of_a_request_starts_afresh() -> None:
    push = pushing()
    for unfinished in (NEVER_ENDING + b"some of it", POST[:30], GET[:-2]):
        assert push.feed(unfinished, 0.0) == []
        assert statuses(push.feed(POST, 0.0)) == ["POST"]


def test_what_is_no_http_is_refused_once_and_the_next_request_served() -> None:
    push = pushing()
    assert statuses(push.feed(b"\x16\x03\x01 TLS\r\n", 0.0)) == ["400"]
    assert push.feed(b"\x00 more of the same " * 1000, 0.0) == []
    assert statuses(push.feed(b"tail" + POST, 0.0)) == ["POST"]


@pytest.mark.parametrize("length", [BODY_MAX + 1, 10**12, "9" * 4000])
def test_a_body_that_is_too_large_is_refused_before_it_comes(length: object) -> None:
    push = pushing()
    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode()
    (refusal,) = push.feed(head, 0.0)
    assert isinstance(refusal, Refusal)
    assert push.feed(b"x" * 100_000, 0.0) == []
    assert statuses(push.feed(POST, 0.0)) == ["POST"]


def test_a_body_of_one_mebibyte_is_served_and_a_chunked_one_without_end_is_not() -> None:
    push = pushing()
    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {BODY_MAX}\r\n\r\n".encode()
    (request,) = push.feed(head + bytes(BODY_MAX), 0.0)
    assert isinstance(request, Request)
    assert len(request.body) == BODY_MAX
    push.feed(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 0.0)
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    told = [one for _ in range(40) for one in push.feed(chunk, 0.0)]
    assert statuses(told) == ["413"]
    assert push.waiting == 0


def test_a_head_without_end_is_refused() -> None:
    push = pushing()
    told = push.feed(b"POST / HTTP/1.1\r\nHost: a\r\n", 0.0)
    told += [one for _ in range(100) for one in push.feed(b"X-Filler: " + b"x" * 1000 + b"\r\n", 0.0)]
    assert statuses(told) == ["400"]
    assert push.waiting <= HEAD_MAX


def test_a_device_that_waits_for_100_continue_is_told_to_go_on() -> None:
    push = pushing()
    head = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    assert push.feed(head, 0.0) == [CONTINUE]
    assert statuses(push.feed(b"hello", 0.0)) == ["POST"]


def test_a_request_whose_rest_never_comes_is_forgotten() -> None:
    push = pushing()
    push.feed(NEVER_ENDING, 0.0)
    push.expire(GAP_S - 0.1)
    assert push.waiting
    push.expire(GAP_S)
    assert push.waiting == 0


def test_a_response_closes_the_connection() -> None:
    assert response(200, b"OK") == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"
    )


def test_every_byte_is_traced_as_frame_or_skipped() -> None:
    counters, traced = Counters(), b""

    def trace(verdict: str, data: bytes) -> None:
        nonlocal traced
        traced += data

    counters.trace = trace
    push = HttpPush(counters)
    for chunk in (b"\x00noise\r\n" + POST + POST, NEVER_ENDING, POST):
        for one in push.feed(chunk, 0.0):
            if isinstance(one, Request):
                counters.on_frame(one.frame)
    assert traced == b"\x00noise\r\n" + POST + POST + NEVER_ENDING + POST
    assert counters.frames == 3


MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="event_log"\r\nContent-Type: application/json\r\n\r\n{"a": 1}\r\n'
    b'--B\r\nContent-Disposition: form-data; name="Picture"; filename="p.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    b"\xff\xd8\r\n\r\npixels\xff\xd9\r\n--B--\r\n"
)


@pytest.mark.parametrize("content_type", [b"multipart/form-data; boundary=B", b'multipart/form-data; BOUNDARY="B"'])
def test_the_parts_of_a_form_are_found_and_pictures_never_looked_at(content_type: bytes) -> None:
    assert text_parts(MULTIPART, content_type) == {"event_log": b'{"a": 1}'}


def test_a_form_without_boundary_or_parts_has_none() -> None:
    assert text_parts(MULTIPART, b"multipart/form-data") == {}
    assert text_parts(b"", b"multipart/form-data; boundary=B") == {}
    assert text_parts(b"--B\r\nno end of the head", b"multipart/form-data; boundary=B") == {}


def test_a_technician_sees_the_shape_of_a_request_and_nothing_personal() -> None:
    parts = explain_http(POST, sent=False)
    assert [(part.name, POST[part.start : part.end]) for part in parts] == [
        ("请求行 request", POST[:22]),
        ("头部 headers", POST[22:-5]),
        ("正文 body", b"hello"),
    ]
    assert not any("hello" in part.text for part in parts)
    assert explain_http(GET, sent=False)[0].text == "GET /iclock/getrequest?(hidden) HTTP/1.1"
    assert explain_http(response(200, b"OK: 3"), sent=True)[0].text == "HTTP/1.1 200 OK"


@given(st.lists(st.binary(max_size=60) | st.sampled_from([GET, POST, CHUNKED, NEVER_ENDING, POST[:40], b"\r\n"])))
def test_no_bytes_make_it_raise_or_grow(chunks: list[bytes]) -> None:
    push = pushing()
    for second, chunk in enumerate(chunks):
        push.feed(chunk, second / 10)
        push.expire(second / 10)
        assert push.waiting <= HEAD_MAX + 2 * BODY_MAX


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_explained_in_order_and_inside(frame: bytes, sent: bool) -> None:
    parts = explain_http(frame, sent)
    ends = [0, *(part.end for part in parts)]
    assert all(end <= part.start <= part.end <= len(frame) for end, part in zip(ends, parts, strict=False))


@given(st.binary(max_size=300), st.binary(max_size=30))
def test_any_body_has_some_parts_or_none(body: bytes, boundary: bytes) -> None:
    text_parts(body, b"multipart/form-data; boundary=" + boundary)
