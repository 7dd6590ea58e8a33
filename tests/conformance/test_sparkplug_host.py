"""A host application's session against Sparkplug 3.0.0: one test for each assertion id that a state machine can answer.

Left to the MQTT adapter's tests: clean session, and that subscriptions are granted before the birth.
"""

import pytest

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.edge_session import EdgeSession
from contract.sparkplug.host_session import (
    Cause,
    Data,
    DeviceOffline,
    DeviceOnline,
    HostSession,
    NodeOffline,
    NodeOnline,
    RebirthWanted,
    StateBirthDue,
)
from contract.sparkplug.payload import MetricValue, decode
from contract.sparkplug.topics import State, decode_state

T0 = 1_700_000_000_000
G, N = "330802", "marriage-01"
OWN_STATE = "spBv1.0/STATE/onetrip"


def edge(bd_seq=0):
    session = EdgeSession(G, N, "onetrip")
    will = session.will(bd_seq, T0)
    session.on_state(True, T0)
    return session, will


def births(session, now=T0):
    node = [MetricValue("Facility/Name", "x", DataType.STRING, None)]
    return session.birth(node, {"bed-1": rate(1), "door": rate(2)}, now)


def rate(value, at=T0):
    return [MetricValue("Breath/Rate", value, DataType.INT32, at)]


def hear(host, *messages, now=T0):
    return [fact for message in messages for fact in host.feed(message.topic, message.payload, now)]


def online(bd_seq=0):
    """A host that knows the edge node with its two devices, the edge node, and its will."""
    host = HostSession("onetrip")
    session, will = edge(bd_seq)
    hear(host, *births(session))
    return host, session, will


def test_tck_id_host_topic_phid_death_topic():
    """tck-id-host-topic-phid-death-topic: the will goes to spBv1.0/STATE/ and the host's id."""
    assert HostSession("onetrip").will(T0).topic == OWN_STATE


def test_tck_id_host_topic_phid_death_qos():
    """tck-id-host-topic-phid-death-qos: QoS 1."""
    assert HostSession("onetrip").will(T0).qos == 1


def test_tck_id_host_topic_phid_death_retain():
    """tck-id-host-topic-phid-death-retain: retained."""
    assert HostSession("onetrip").will(T0).retain is True


def test_tck_id_host_topic_phid_death_payload():
    """tck-id-host-topic-phid-death-payload: offline, with the time of the CONNECT."""
    assert HostSession("onetrip").will(T0).payload == b'{"online":false,"timestamp":1700000000000}'


def test_tck_id_host_topic_phid_birth_sub_required():
    """tck-id-host-topic-phid-birth-sub-required: its own STATE and all of spBv1.0."""
    assert HostSession("onetrip").subscriptions == ((OWN_STATE, 1), ("spBv1.0/#", 1))


def test_tck_id_host_topic_phid_birth_required():
    """tck-id-host-topic-phid-birth-required: online, QoS 1, retained."""
    host = HostSession("onetrip")
    host.will(T0)
    birth = host.state_birth()
    assert (birth.topic, birth.qos, birth.retain) == (OWN_STATE, 1, True)
    assert decode_state(birth.payload).online


def test_tck_id_host_topic_phid_birth_payload_timestamp():
    """tck-id-host-topic-phid-birth-payload-timestamp: the will's time."""
    host = HostSession("onetrip")
    will = host.will(T0)
    assert decode_state(host.state_birth().payload).timestamp_ms == decode_state(will.payload).timestamp_ms == T0


def test_tck_id_message_flow_hid_sparkplug_state_message_delivered():
    """tck-id-message-flow-hid-sparkplug-state-message-delivered: its own death on the broker is corrected at once."""
    host = HostSession("onetrip")
    death = host.will(T0)
    assert hear(host, death) == [StateBirthDue(reconnect=False)]
    assert hear(host, host.state_birth()) == []
    assert host.feed("spBv1.0/STATE/other", b"what others say is theirs", T0) == []


def test_a_state_from_the_future_needs_a_new_will():
    """Edge nodes ignore a STATE older than the last one, so a clock that was set back must not hide the host."""
    host = HostSession("onetrip")
    host.will(T0)
    ahead = host.feed(OWN_STATE, b'{"online":true,"timestamp":1700000000500}', T0)
    assert ahead == [StateBirthDue(reconnect=True)]
    assert decode_state(host.will(T0).payload) == State(False, T0 + 501)


def test_tck_id_operational_behavior_host_application_termination():
    """tck-id-operational-behavior-host-application-termination: a clean stop publishes the death first."""
    host = HostSession("onetrip")
    host.will(T0)
    death = host.state_death(T0 + 5)
    assert (death.topic, death.qos, death.retain) == (OWN_STATE, 1, True)
    assert decode_state(death.payload) == State(False, T0 + 5)


def test_births_tell_node_and_devices():
    """Sparkplug 3.0.0, chapter 5: NBIRTH and DBIRTH put the edge node and its devices on line."""
    host = HostSession("onetrip")
    node, bed, door = hear(host, *births(edge(7)[0]))
    assert isinstance(node, NodeOnline)
    assert (node.group, node.node, node.bd_seq, node.timestamp_ms) == (G, N, 7, T0)
    assert {metric.name: metric.value for metric in node.metrics}["Facility/Name"] == "x"
    assert [type(bed), type(door)] == [DeviceOnline, DeviceOnline]
    assert [bed.device, door.device] == ["bed-1", "door"]


def test_data_gets_its_names_types_and_signs_back():
    """Sparkplug 3.0.0, section 6.4.6: an alias stands for the name and data type of the birth."""
    host, session, _ = online()
    (fact,) = hear(host, session.device_data("bed-1", rate(-5), T0 + 1))
    assert isinstance(fact, Data)
    assert (fact.device, fact.timestamp_ms) == ("bed-1", T0 + 1)
    (metric,) = fact.metrics
    assert (metric.name, metric.value, metric.datatype, metric.timestamp_ms) == ("Breath/Rate", -5, DataType.INT32, T0)


def test_tck_id_operational_behavior_edge_node_termination_host_action_ndeath_node_offline():
    """tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline: on its will."""
    host, _, will = online(3)
    assert hear(host, will)[-1] == NodeOffline(G, N, T0, Cause.DEATH)


def test_tck_id_operational_behavior_edge_node_termination_host_action_ndeath_node_tags_stale():
    """tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale: births first."""
    host, session, will = online(3)
    hear(host, will)
    assert [type(f) for f in hear(host, session.device_data("bed-1", rate(1), T0))] == [RebirthWanted]


def test_tck_id_operational_behavior_edge_node_termination_host_action_ndeath_devices_offline():
    """tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-offline: all its devices with it."""
    host, _, will = online()
    assert hear(host, will)[:-1] == [
        DeviceOffline(G, N, "bed-1", T0, Cause.NODE),
        DeviceOffline(G, N, "door", T0, Cause.NODE),
    ]


def test_a_will_of_an_earlier_connection_is_ignored():
    """Sparkplug 3.0.0, section 5.6: an NDEATH counts when its bdSeq is that of the last NBIRTH."""
    host, session, old_will = online(3)
    session.will(4, T0)
    session.on_state(True, T0)
    hear(host, *births(session))
    assert hear(host, old_will) == []
    assert [type(f) for f in hear(host, session.device_data("bed-1", rate(1), T0))] == [Data]


def test_a_death_counts_once():
    """A will is QoS 1 and may come twice."""
    host, _, will = online()
    assert len(hear(host, will, will)) == 3


def test_tck_id_operational_behavior_edge_node_termination_host_action_ddeath_devices_offline():
    """tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline: that device alone."""
    host, session, _ = online()
    assert hear(host, session.device_death("door", T0 + 1)) == [DeviceOffline(G, N, "door", T0 + 1, Cause.DEATH)]
    assert [type(f) for f in hear(host, session.device_data("bed-1", rate(1), T0))] == [Data]


def test_tck_id_operational_behavior_edge_node_termination_host_action_ddeath_devices_tags_stale():
    """tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale: its aliases are void."""
    host, session, _ = online()
    data = session.device_data("door", rate(1), T0)
    hear(host, data)
    late = session.device_data("door", rate(2), T0)  # an edge node that goes on after its own DDEATH
    session._seq -= 1
    hear(host, session.device_death("door", T0))
    facts = host.feed(late.topic, _with_seq(late.payload, session._seq), T0)
    assert [type(f) for f in facts] == [RebirthWanted]


def _with_seq(payload, seq):
    return payload[:-1] + bytes([seq])  # seq is the last field and below 128 here


def test_tck_id_operational_behavior_host_reordering_start():
    """tck-id-operational-behavior-host-reordering-start: a message too early is held, nothing is asked yet."""
    host, session, _ = online()
    session.device_data("bed-1", rate(1), T0)
    assert hear(host, session.device_data("bed-1", rate(2), T0)) == []
    assert host.tick(T0 + 1_999) == []


def test_tck_id_operational_behavior_host_reordering_success():
    """tck-id-operational-behavior-host-reordering-success: the missing one comes in time, all are told in order."""
    host, session, _ = online()
    first, second, third = (session.device_data("bed-1", rate(value), T0) for value in (1, 2, 3))
    facts = hear(host, third, second, first)
    assert [fact.metrics[0].value for fact in facts] == [1, 2, 3]
    assert host.tick(T0 + 60_000) == []


def test_tck_id_operational_behavior_host_reordering_rebirth():
    """tck-id-operational-behavior-host-reordering-rebirth: it does not come, so a rebirth is wanted."""
    host, session, _ = online()
    session.device_data("bed-1", rate(1), T0)
    hear(host, session.device_data("bed-1", rate(2), T0))
    assert host.tick(T0 + 2_000) == [RebirthWanted(G, N, "message 3 is missing")]
    hear(host, *births(session, T0 + 2_001))
    (fact,) = hear(host, session.device_data("bed-1", rate(3), T0))
    assert fact.metrics[0].value == 3


@pytest.mark.parametrize(("timeout_ms", "asked"), [(100, True), (10_000, False)])
def test_tck_id_operational_behavior_host_reordering_param(timeout_ms, asked):
    """tck-id-operational-behavior-host-reordering-param: how long to wait can be configured."""
    host = HostSession("onetrip", reorder_timeout_ms=timeout_ms)
    session, _ = edge()
    hear(host, *births(session))
    session.device_data("bed-1", rate(1), T0)
    hear(host, session.device_data("bed-1", rate(2), T0))
    assert bool(host.tick(T0 + 5_000)) is asked


def test_data_of_a_node_unknown_after_a_restart_asks_for_its_rebirth():
    """Sparkplug 3.0.0, section 5.7: without the birth nothing can be read."""
    _, session, _ = online()
    restarted = HostSession("onetrip")
    for message in (session.device_data("bed-1", rate(1), T0), session.device_death("door", T0)):
        (fact,) = HostSession("onetrip").feed(message.topic, message.payload, T0)
        assert isinstance(fact, RebirthWanted)
    assert len(hear(restarted, session.node_data([], T0), session.node_data([], T0))) == 1
    hear(restarted, *births(session))
    assert [type(f) for f in hear(restarted, session.device_data("bed-1", rate(1), T0))] == [Data]


def test_tck_id_payloads_ncmd_qos():
    """tck-id-payloads-ncmd-qos: QoS 0."""
    assert HostSession.rebirth_command(G, N, T0).qos == 0


def test_tck_id_payloads_ncmd_retain():
    """tck-id-payloads-ncmd-retain: not retained."""
    assert HostSession.rebirth_command(G, N, T0).retain is False


def test_tck_id_payloads_ncmd_timestamp():
    """tck-id-payloads-ncmd-timestamp: when it was sent."""
    assert decode(HostSession.rebirth_command(G, N, T0).payload).timestamp_ms == T0


def test_tck_id_payloads_ncmd_seq():
    """tck-id-payloads-ncmd-seq: no sequence number."""
    assert decode(HostSession.rebirth_command(G, N, T0).payload).seq is None


def test_tck_id_operational_behavior_data_commands_ncmd_rebirth_name():
    """tck-id-operational-behavior-data-commands-ncmd-rebirth-name: by name, with the value true."""
    command = HostSession.rebirth_command(G, N, T0)
    (metric,) = decode(command.payload).metrics
    assert command.topic == "spBv1.0/330802/NCMD/marriage-01"
    assert (metric.name, metric.value, metric.datatype) == ("Node Control/Rebirth", True, DataType.BOOLEAN)
