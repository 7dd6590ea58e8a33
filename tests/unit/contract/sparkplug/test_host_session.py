"""The host session where the specification leaves room: limits, repeats, faults, and a network that does anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.edge_session import EdgeSession
from contract.sparkplug.host_session import (
    Cause,
    Data,
    DeviceOffline,
    DeviceOnline,
    HostSession,
    LimitReached,
    NodeOffline,
    NodeOnline,
    RebirthWanted,
)
from contract.sparkplug.payload import MalformedPayload, MetricValue, Payload, Untyped, encode
from contract.sparkplug.topics import MalformedTopic

T0 = 1_700_000_000_000
NBIRTH, NDATA, DBIRTH, DDATA = (
    "spBv1.0/g/NBIRTH/n",
    "spBv1.0/g/NDATA/n",
    "spBv1.0/g/DBIRTH/n/d",
    "spBv1.0/g/DDATA/n/d",
)


def message(seq, *metrics, at=T0):
    return encode(Payload(metrics, at, seq))


def born(name, alias=None, datatype=DataType.INT32):
    return MetricValue(name, None, datatype, T0, alias=alias)


def value(alias, raw=5, name=None):
    return MetricValue(name, Untyped("int_value", raw), None, T0, alias=alias)


def known(**limits):
    host = HostSession("h", **limits)
    host.feed(NBIRTH, message(0, born("a", 1)), T0)
    host.feed(DBIRTH, message(1, born("b", 2)), T0)
    return host


def kinds(facts):
    return [type(fact) for fact in facts]


@pytest.mark.parametrize(
    ("topic", "metrics"),
    [
        (NDATA, [value(9)]),
        (NDATA, [value(2)]),
        (DDATA, [value(1)]),
        (DDATA, [value(2, name="other")]),
        (DDATA, [value(None, name="a")]),
        (DDATA, [value(2), value(9)]),
        ("spBv1.0/g/DDATA/n/unknown", [value(2)]),
    ],
)
def test_a_metric_of_no_certificate_is_never_guessed(topic, metrics):
    host = known()
    assert kinds(host.feed(topic, message(2, *metrics), T0)) == [RebirthWanted]
    assert kinds(host.feed(DDATA, message(3, value(2)), T0)) == [Data]  # the others go on


def test_names_serve_where_a_node_has_no_aliases():
    host = HostSession("h")
    host.feed(NBIRTH, message(0, born("a")), T0)
    (fact,) = host.feed(NDATA, message(1, value(None, 0xFFFF_FFFF, name="a")), T0)
    assert [(m.name, m.value, m.datatype) for m in fact.metrics] == [("a", -1, DataType.INT32)]


def test_a_metric_without_a_time_gets_the_messages():
    host = known()
    untimed = MetricValue(None, Untyped("int_value", 1), None, None, alias=1)
    (fact,) = host.feed(NDATA, message(2, untimed, at=T0 + 7), T0)
    assert fact.metrics[0].timestamp_ms == T0 + 7


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (NDATA, b"\xff"),
        (NDATA, encode(Payload((), T0, None))),
        (NDATA, message(2, MetricValue(None, Untyped("string_value", "x"), None, T0, alias=1))),
        (DDATA, message(2, MetricValue(None, 5, DataType.INT64, T0, alias=2))),
        (NBIRTH, message(0, value(1, name="a"))),
        (NBIRTH, message(0, born("a", 1), born("b", 1))),
        (NBIRTH, message(0, born("a", 1), born("a", 2))),
        (DBIRTH, message(2, born("c", 1))),
        ("spBv1.0/g/NDATA/n/d", message(2)),
        ("elsewhere", message(2)),
    ],
)
def test_what_is_malformed_raises_and_changes_nothing(topic, payload):
    host = known()
    with pytest.raises((MalformedPayload, MalformedTopic)):
        host.feed(topic, payload, T0)
    assert kinds(host.feed(DDATA, message(2, value(2)), T0)) == [Data]
    assert kinds(host.feed(NDATA, message(3, value(1)), T0)) == [Data]


def test_commands_on_the_air_are_not_ours_to_judge():
    host = HostSession("h")
    command = host.rebirth_command("g", "n", T0)
    assert host.feed(command.topic, command.payload, T0) == []
    assert host.feed("spBv1.0/g/DCMD/n/d", b"\xff", T0) == []


def test_a_message_delivered_twice_counts_once():
    host = known()
    data = message(2, value(1))
    assert kinds(host.feed(NDATA, data, T0)) == [Data]
    assert host.feed(NDATA, data, T0) == []
    early = message(4, value(1))
    assert host.feed(NDATA, early, T0) == host.feed(NDATA, early, T0) == []
    assert kinds(host.feed(NDATA, message(3, value(1)), T0)) == [Data, Data]
    assert host.feed(NBIRTH, message(0, born("a", 1)), T0) == []  # an old birth does not turn the clock back
    assert kinds(host.feed(NDATA, message(5, value(1)), T0)) == [Data]


def test_the_sequence_wraps():
    host = known()
    for turn in range(2, 600):
        assert kinds(host.feed(NDATA, message(turn % 256, value(1), at=T0 + turn), T0)) == [Data]


def test_a_rebirth_is_wanted_once_in_five_seconds():
    host = HostSession("h")
    asked = [now for now in range(0, 15_000, 500) if host.feed(NDATA, message(2), now)]
    assert asked == [0, 5_000, 10_000]


def test_a_clock_set_back_silences_nobody():
    host = HostSession("h")
    assert host.feed(NDATA, message(2), T0)
    assert host.feed(NDATA, message(2), T0 - 3_600_000)


def test_too_many_early_messages_end_the_wait():
    host = known(hold_limit=3)
    for seq in (4, 5, 6):
        assert host.feed(NDATA, message(seq, value(1)), T0) == []
    assert kinds(host.feed(NDATA, message(7, value(1)), T0)) == [RebirthWanted]
    assert host.feed(NDATA, message(3, value(1)), T0) == []  # no value is told out of order afterwards
    assert host._held_bytes == 0


def test_a_held_message_that_contradicts_its_birth_asks_for_a_rebirth():
    host = known()
    assert host.feed(NDATA, message(3, MetricValue(None, Untyped("float_value", 1.0), None, T0, alias=1)), T0) == []
    assert kinds(host.feed(NDATA, message(2, value(1)), T0)) == [Data, RebirthWanted]
    assert host._held_bytes == 0


def test_devices_a_rebirth_leaves_out_go_off_line_after_a_grace_period():
    host = known()
    assert kinds(host.feed(NBIRTH, message(0, born("a", 1), at=T0 + 1), T0)) == [NodeOnline]
    assert host.tick(T0 + 4_999) == []
    assert host.tick(T0 + 5_000) == [DeviceOffline("g", "n", "d", None, Cause.NOT_REBORN)]
    assert host.tick(T0 + 50_000) == []


def test_devices_a_rebirth_names_stay_on_line():
    host = known()
    host.feed(NBIRTH, message(0, born("a", 1), at=T0 + 1), T0)
    assert kinds(host.feed(DDATA, message(1, value(2)), T0)) == [RebirthWanted]
    assert kinds(host.feed(DBIRTH, message(2, born("b", 2)), T0)) == [DeviceOnline]
    assert host.tick(T0 + 50_000) == []


def test_a_new_life_ends_the_devices_of_the_old_one():
    host = HostSession("h")
    host.feed(NBIRTH, message(0, MetricValue("bdSeq", 1, DataType.INT64, T0)), T0)
    host.feed(DBIRTH, message(1, born("b", 2)), T0)
    facts = host.feed(NBIRTH, message(0, MetricValue("bdSeq", 2, DataType.INT64, T0)), T0)
    assert facts[:-1] == [DeviceOffline("g", "n", "d", T0, Cause.NODE)]
    assert kinds(facts[-1:]) == [NodeOnline]


def test_losing_the_broker_makes_everything_unknown():
    host = known()
    host.feed(NDATA, message(9, value(1)), T0)
    assert host.disconnected() == [
        DeviceOffline("g", "n", "d", None, Cause.HOST),
        NodeOffline("g", "n", None, Cause.HOST),
    ]
    assert host.tick(T0 + 60_000) == []
    assert kinds(host.feed(NDATA, message(2, value(1)), T0)) == [RebirthWanted]


def test_memory_is_bounded():
    host = HostSession("h", max_nodes=2, max_devices=1)
    for node in range(1000):
        host.feed(f"spBv1.0/g/NDATA/n{node}", message(2), T0)
    assert len(host._asked_ms) == 2
    host.feed("spBv1.0/g/NBIRTH/n1", message(0), T0)
    host.feed("spBv1.0/g/NBIRTH/n2", message(0), T0)
    with pytest.raises(LimitReached, match="2 edge nodes"):
        host.feed("spBv1.0/g/NBIRTH/n3", message(0), T0)
    host.feed("spBv1.0/g/DBIRTH/n1/d1", message(1), T0)
    with pytest.raises(LimitReached, match="1 devices"):
        host.feed("spBv1.0/g/DBIRTH/n1/d2", message(2), T0)
    assert kinds(host.feed("spBv1.0/g/DBIRTH/n1/d1", message(2), T0)) == [DeviceOnline]


def readings(number):
    return [
        MetricValue("x", -number, DataType.INT32, T0 + number),
        MetricValue("y", number, DataType.INT64, T0 + number),
    ]


class Field:
    """An edge node that measures, restarts with its metrics in another order, and answers rebirth requests."""

    def __init__(self):
        self.number, self.lives = 0, 0
        self.restart()

    def restart(self):
        self.session = EdgeSession("g", "n", "h")
        self.session.will(self.lives, T0)
        self.session.on_state(True, T0)
        self.lives += 1
        return self.births()

    def births(self):
        self.number += 1
        metrics = readings(self.number)[:: -1 if self.lives % 2 else 1]
        return self.session.birth([], {"d": metrics, "e": metrics}, T0 + self.number)

    def measure(self):
        self.number += 1
        return [self.session.device_data("de"[self.number % 2], readings(self.number), T0 + self.number)]


ACTS = st.sampled_from(
    ["measure"] * 8 + ["restart", "restart unheard", "lose", "swap", "repeat", "host restart", "wait"]
)


@settings(deadline=None)
@given(st.lists(ACTS, max_size=60))
def test_no_value_is_ever_misread_and_order_returns_after_any_disturbance(acts):
    host, field, now = HostSession("h"), Field(), T0
    line = field.births()
    facts = []
    for act in [*acts, "wait", "measure", "wait", "measure", "measure"]:
        now += 100
        if act == "restart":
            line += field.restart()
        elif act == "restart unheard":
            line += field.restart()[1:]
        elif act == "lose":
            line = line[1:]
            field.measure()
        elif act == "host restart":
            host = HostSession("h")
        elif act == "wait":
            now += 6_000
            facts = host.tick(now)
        else:
            line += field.measure()
        if act == "swap":
            line += field.measure()
            line.reverse()
        elif act == "repeat":
            line += line[-1:]
        facts += [fact for publish in line for fact in host.feed(publish.topic, publish.payload, now)]
        line = field.births() if any(isinstance(fact, RebirthWanted) for fact in facts) else []
        for fact in facts:
            if isinstance(fact, Data):
                number = fact.timestamp_ms - T0
                assert {metric.name: metric.value for metric in fact.metrics} == {"x": -number, "y": number}
                assert fact.device == "de"[number % 2]
        last, facts = facts, []
    assert kinds(last) == [Data]
