"""An event on the wire: exact bytes, a chain over those bytes, and a reason for whatever is no event."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events.envelope import GENESIS, MAX_EVENT_BYTES, Link, MalformedEvent, decode, encode, rfc3339
from contract.events.topics import event_topic, facility_of
from contract.events.types import AlarmRaised, attributes

AT_MS = 1_784_597_400_000  # 2026-07-21 09:30 in Quzhou
ATTRIBUTES = {
    "specversion": "1.0",
    "id": "019f821e-0fc0-7000-8000-000000000001",
    "source": "/facilities/330803-care-01",
    "time": rfc3339(AT_MS),
    "datacontenttype": "application/json",
    "epoch": "0123456789ab",
    "seq": 1,
    "prevhash": GENESIS,
    "timequality": "good",
    **attributes(AlarmRaised(alarm="a-1", device="fall-101", rule="fall", location="101室卫生间")),
}
GOLDEN = (
    '{"data":{"alarm":"a-1","device":"fall-101","location":"101室卫生间","rule":"fall"},'
    '"datacontenttype":"application/json","dataschema":"urn:onetrip:event:onetrip.alarm.raised.v1",'
    '"epoch":"0123456789ab","id":"019f821e-0fc0-7000-8000-000000000001",'
    '"prevhash":"0000000000000000000000000000000000000000000000000000000000000000","priority":0,"seq":1,'
    '"source":"/facilities/330803-care-01","specversion":"1.0","subject":"alarm/a-1",'
    '"time":"2026-07-21T01:30:00.000Z","timequality":"good","type":"onetrip.alarm.raised.v1"}'
).encode()


def test_golden_bytes() -> None:
    assert encode(ATTRIBUTES) == GOLDEN
    envelope = decode(GOLDEN)
    assert (envelope.facility, envelope.time_ms, envelope.seq) == ("330803-care-01", AT_MS, 1)


def test_required_attributes_and_extension_names_are_those_of_cloudevents() -> None:
    """CloudEvents 1.0.2, 3.1 and "Naming Conventions": id, source, specversion, type; lower-case letters and digits."""
    names = set(json.loads(GOLDEN))
    assert {"id", "source", "specversion", "type"} <= names
    assert all(name.isascii() and name.isalnum() and name == name.lower() for name in names)


def test_the_chain_is_over_the_bytes_on_the_wire() -> None:
    link = Link("0123456789ab").after(GOLDEN)
    assert link == Link("0123456789ab", 2, hashlib.sha256(GOLDEN).hexdigest())
    changed = GOLDEN.replace(b"fall-101", b"fall-102")
    assert Link("0123456789ab").after(changed).prevhash != link.prevhash


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": "not-a-uuid"}, "id"),
        ({"source": "somewhere"}, "source"),
        ({"type": "Alarm"}, "type"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-07-21T01:30:00"}, "zone"),
        ({"epoch": "XYZ"}, "epoch"),
        ({"seq": 0}, "seq"),
        ({"seq": 2**31}, "seq"),
        ({"prevhash": "00"}, "prevhash"),
        ({"priority": 5}, "priority"),
        ({"data": "text"}, "data"),
    ],
)
def test_a_wrong_attribute_is_named_without_its_value(change: dict[str, object], says: str) -> None:
    with pytest.raises(MalformedEvent, match=says) as error:
        decode(encode({**ATTRIBUTES, **change}))
    assert "not-a-uuid" not in str(error.value)


def test_a_missing_attribute_is_named() -> None:
    with pytest.raises(MalformedEvent, match="prevhash: Field required"):
        decode(encode({name: value for name, value in ATTRIBUTES.items() if name != "prevhash"}))


def test_an_attribute_of_a_newer_facility_is_passed_over() -> None:
    assert decode(encode({**ATTRIBUTES, "traceparent": "00-0af7-01"})).seq == 1


def test_an_event_has_a_greatest_size() -> None:
    with pytest.raises(MalformedEvent, match=f"the limit is {MAX_EVENT_BYTES}"):
        decode(GOLDEN + b" " * MAX_EVENT_BYTES)


@given(st.binary(max_size=300) | st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode()))
def test_any_bytes_are_an_event_or_malformed(body: bytes) -> None:
    with pytest.raises(MalformedEvent):
        decode(body)


def test_topics() -> None:
    topic = event_topic("330803-care-01", "onetrip.alarm.raised.v1")
    assert topic == "onetrip/v1/events/330803-care-01/onetrip.alarm.raised.v1"
    assert facility_of(topic) == "330803-care-01"
    assert facility_of(topic + "/more") is None
    assert facility_of("spBv1.0/330803/NDATA/330803-care-01") is None
