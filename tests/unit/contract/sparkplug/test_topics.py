"""Topics and the STATE payload."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.sparkplug.payload import MalformedPayload
from contract.sparkplug.topics import (
    MalformedTopic,
    State,
    Topic,
    Verb,
    decode_state,
    encode_state,
    state_host,
    state_topic,
)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("spBv1.0/330802/NBIRTH/marriage-01", Topic("330802", Verb.NBIRTH, "marriage-01")),
        ("spBv1.0/330802/DDATA/养老院/床 1", Topic("330802", Verb.DDATA, "养老院", "床 1")),
        ("spBv1.0/g/NCMD/n", Topic("g", Verb.NCMD, "n")),
    ],
)
def test_topics_both_ways(text, topic):
    assert Topic.parse(text) == topic
    assert str(topic) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("spAv1.0/g/NDATA/n", "not in spBv1.0"),
        ("spBv1.0/g/NDATA", "3 levels"),
        ("spBv1.0/g/DDATA/n/d/x", "6 levels"),
        ("spBv1.0/g/NSTATE/n", "'NSTATE' is no"),
        ("spBv1.0/g/ndata/n", "'ndata' is no"),
        ("spBv1.0/g/NDATA/n/d", "NDATA has no device"),
        ("spBv1.0/g/DDATA/n", "DDATA needs a device"),
        ("spBv1.0//NDATA/n", "group id is empty"),
        ("spBv1.0/g/NDATA/", "edge node id is empty"),
        ("spBv1.0/g/NDATA/a+b", r"holds one of"),
        ("spBv1.0/g/NDATA/a#", r"holds one of"),
        ("spBv1.0/g/DDATA/n/a\0b", r"holds one of"),
        ("spBv1.0/g/NDATA/\ud800", "not UTF-8"),
        ("spBv1.0/STATE/NDATA/n", "STATE"),
        ("spBv1.0/g/NDATA/" + "n" * 20_000, "20000 bytes"),
    ],
)
def test_malformed_topics_say_why(text, reason):
    with pytest.raises(MalformedTopic, match=reason):
        Topic.parse(text)


@given(st.text())
def test_any_text_parses_or_is_malformed(text):
    for topic in (text, f"spBv1.0/{text}", f"spBv1.0/g/NDATA/{text}", f"spBv1.0/STATE/{text}"):
        with suppress(MalformedTopic):
            assert str(Topic.parse(topic)) == topic
        with suppress(MalformedTopic):
            state_host(topic)


def test_state_topic():
    assert state_topic("onetrip") == "spBv1.0/STATE/onetrip"
    assert state_host("spBv1.0/STATE/onetrip") == "onetrip"
    assert state_host("spBv1.0/g/NDATA/n") is None
    with pytest.raises(MalformedTopic):
        state_topic("a/b")


def test_state_payload_both_ways():
    assert encode_state(State(True, 1668114759262)) == b'{"online":true,"timestamp":1668114759262}'
    assert decode_state(b'{"timestamp": 5, "online": false, "more": 1}') == State(False, 5)


@pytest.mark.parametrize(
    "data",
    [
        b"ONLINE",
        b"\xff",
        b"[]",
        b"{}",
        b'{"online":1,"timestamp":5}',
        b'{"online":true}',
        b'{"online":true,"timestamp":true}',
        b'{"online":true,"timestamp":-1}',
        b'{"online":true,"timestamp":1.5}',
        b'{"online":true,"timestamp":' + b"9" * 5000 + b"}",
        b"[" * 100_000,
    ],
)
def test_malformed_states(data):
    with pytest.raises(MalformedPayload):
        decode_state(data)
