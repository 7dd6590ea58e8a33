"""An edge node's session against Sparkplug 3.0.0: one test for each assertion id that a state machine can answer.

Left to the MQTT adapter's tests: clean session, and that subscriptions are granted before the first birth.
"""

import pytest

from contract.sparkplug import commands
from contract.sparkplug.datatypes import DataType
from contract.sparkplug.edge_session import EdgeSession, HostOffline, NotBorn
from contract.sparkplug.payload import MetricValue, Payload, Untyped, decode, encode
from contract.sparkplug.topics import Topic, Verb

T0 = 1_700_000_000_000
NODE = [
    MetricValue("Facility/Name", "柯城区婚姻登记处", DataType.STRING, None),
    MetricValue("Node Control/Ack", None, DataType.DATASET, None),
]
BED = [MetricValue("Breath/Rate", None, DataType.INT32, None), MetricValue("Bed/Occupied", True, DataType.BOOLEAN, 5)]
DOOR = [MetricValue("Breath/Rate", 1, DataType.INT32, None)]


def sent(publish):
    """(verb, device, payload) of a message."""
    topic = Topic.parse(publish.topic)
    return topic.verb, topic.device, decode(publish.payload)


def connected(bd_seq=0):
    session = EdgeSession("330802", "marriage-01", "onetrip")
    session.will(bd_seq, T0)
    return session


def born(bd_seq=0):
    session = connected(bd_seq)
    assert session.on_state(True, T0)
    session.birth(NODE, {"bed-1": BED, "door": DOOR}, T0)
    return session


def births(session=None):
    session = session or connected()
    session.on_state(True, T0)
    return session.birth(NODE, {"bed-1": BED, "door": DOOR}, T0)


def rate(value, at=T0):
    return [MetricValue("Breath/Rate", value, DataType.INT32, at)]


def test_tck_id_topic_structure_namespace_a():
    """tck-id-topic-structure-namespace-a: every topic begins with spBv1.0."""
    assert all(publish.topic.startswith("spBv1.0/") for publish in births())


@pytest.mark.parametrize("group", ["", "a/b", "a+", "#", "a\0"])
def test_tck_id_topic_structure_namespace_valid_group_id(group):
    """tck-id-topic-structure-namespace-valid-group-id: no + / # and not empty."""
    with pytest.raises(ValueError, match="group id"):
        EdgeSession(group, "n", "h")


@pytest.mark.parametrize("node", ["", "a/b", "a+", "#", "a\0"])
def test_tck_id_topic_structure_namespace_valid_edge_node_id(node):
    """tck-id-topic-structure-namespace-valid-edge-node-id: no + / # and not empty."""
    with pytest.raises(ValueError, match="edge node id"):
        EdgeSession("g", node, "h")


@pytest.mark.parametrize("device", ["", "a/b", "a+", "#", "a\0"])
def test_tck_id_topic_structure_namespace_valid_device_id(device):
    """tck-id-topic-structure-namespace-valid-device-id: no + / # and not empty; a refused birth changes nothing."""
    session = born()
    with pytest.raises(ValueError, match="device id"):
        session.device_birth(device, BED, T0)
    assert sent(session.device_data("bed-1", rate(1), T0))[2].seq == 3


def test_tck_id_payloads_ndeath_will_message():
    """tck-id-payloads-ndeath-will-message: the will is the NDEATH of this edge node."""
    assert EdgeSession("330802", "marriage-01", "h").will(0, T0).topic == "spBv1.0/330802/NDEATH/marriage-01"


def test_tck_id_payloads_ndeath_will_message_qos():
    """tck-id-payloads-ndeath-will-message-qos: QoS 1."""
    assert connected().will(0, T0).qos == 1


def test_tck_id_payloads_ndeath_will_message_retain():
    """tck-id-payloads-ndeath-will-message-retain: not retained."""
    assert connected().will(0, T0).retain is False


def test_tck_id_topics_ndeath_payload():
    """tck-id-topics-ndeath-payload: bdSeq is the only metric."""
    assert [metric.name for metric in decode(connected().will(4, T0).payload).metrics] == ["bdSeq"]


def test_tck_id_topics_ndeath_seq():
    """tck-id-topics-ndeath-seq: no sequence number."""
    assert decode(connected().will(0, T0).payload).seq is None


@pytest.mark.parametrize(("connects", "bd_seq"), [(0, 0), (1, 1), (255, 255), (256, 0), (257, 1)])
def test_tck_id_topics_nbirth_bdseq_increment(connects, bd_seq):
    """tck-id-topics-nbirth-bdseq-increment: 0..255, one more for every CONNECT, then from 0 again."""
    metric = sent(births(connected(connects))[0])[2].metric("bdSeq")
    assert (metric.value, metric.datatype) == (bd_seq, DataType.INT64)


def test_tck_id_topics_nbirth_bdseq_matching():
    """tck-id-topics-nbirth-bdseq-matching: the NBIRTH repeats the will's bdSeq."""
    session = EdgeSession("g", "n", "onetrip")
    will = decode(session.will(42, T0).payload)
    assert sent(births(session)[0])[2].metric("bdSeq").value == will.metric("bdSeq").value == 42


def test_tck_id_payloads_nbirth_bdseq_repeat():
    """tck-id-payloads-nbirth-bdseq-repeat: so does every further NBIRTH of the connection."""
    session = born(42)
    assert sent(session.birth(NODE, {}, T0 + 9)[0])[2].metric("bdSeq").value == 42


def test_tck_id_message_flow_edge_node_birth_publish_will_message_payload_bdSeq():  # noqa: N802 - the id's spelling
    """tck-id-message-flow-edge-node-birth-publish-will-message-payload-bdSeq: INT64 in the will."""
    metric = decode(connected().will(3, T0).payload).metric("bdSeq")
    assert (metric.value, metric.datatype) == (3, DataType.INT64)


def test_tck_id_message_flow_edge_node_ncmd_subscribe():
    """tck-id-message-flow-edge-node-ncmd-subscribe: its own NCMD, QoS 1."""
    assert ("spBv1.0/330802/NCMD/marriage-01", 1) in connected().subscriptions


def test_tck_id_message_flow_device_dcmd_subscribe():
    """tck-id-message-flow-device-dcmd-subscribe: the DCMD of its devices, QoS 1."""
    assert ("spBv1.0/330802/DCMD/marriage-01/#", 1) in connected().subscriptions


def test_tck_id_principles_birth_certificates_order():
    """tck-id-principles-birth-certificates-order: no message before the NBIRTH."""
    session = connected()
    session.on_state(True, T0)
    for attempt in (
        lambda: session.node_data([], T0),
        lambda: session.device_birth("bed-1", BED, T0),
        lambda: session.device_data("bed-1", rate(1), T0),
        lambda: session.device_death("bed-1", T0),
    ):
        with pytest.raises(NotBorn):
            attempt()
    assert sent(births(session)[0])[0] == Verb.NBIRTH


def test_tck_id_payloads_nbirth_qos():
    """tck-id-payloads-nbirth-qos: QoS 0."""
    assert births()[0].qos == 0


def test_tck_id_payloads_nbirth_retain():
    """tck-id-payloads-nbirth-retain: not retained."""
    assert births()[0].retain is False


def test_tck_id_payloads_nbirth_seq():
    """tck-id-payloads-nbirth-seq: 0, whatever was sent before."""
    session = born()
    session.node_data([MetricValue("Facility/Name", "x", None, None)], T0)
    assert sent(session.birth(NODE, {}, T0)[0])[2].seq == 0


def test_tck_id_payloads_nbirth_timestamp():
    """tck-id-payloads-nbirth-timestamp: when it was sent."""
    assert sent(births()[0])[2].timestamp_ms == T0


def test_tck_id_topics_nbirth_metric_reqs():
    """tck-id-topics-nbirth-metric-reqs: each metric has its name, data type and value."""
    payload = sent(births()[0])[2]
    assert [metric.name for metric in payload.metrics] == [
        "bdSeq",
        "Node Control/Rebirth",
        "Facility/Name",
        "Node Control/Ack",
    ]
    assert all(metric.datatype is not None for metric in payload.metrics)
    assert payload.metric("Facility/Name").value == "柯城区婚姻登记处"


@pytest.mark.parametrize("name", ["Breath/Rate", "Nothing"])
def test_tck_id_topics_nbirth_metrics(name):
    """tck-id-topics-nbirth-metrics: what no birth introduced cannot be sent."""
    with pytest.raises(NotBorn, match="in no birth"):
        born().node_data([MetricValue(name, 1, None, None)], T0)


@pytest.mark.parametrize("name", ["Node Control/Rebirth", "bdSeq"])
def test_tck_id_topics_nbirth_rebirth_metric(name):
    """tck-id-topics-nbirth-rebirth-metric: there once, even when the caller states it as well."""
    session = connected()
    session.on_state(True, T0)
    given = [MetricValue(name, True, DataType.BOOLEAN, None)]
    payload = sent(session.birth(given, {}, T0)[0])[2]
    assert [metric.name for metric in payload.metrics] == ["bdSeq", "Node Control/Rebirth"]


def test_tck_id_payloads_nbirth_rebirth_req():
    """tck-id-payloads-nbirth-rebirth-req: a Boolean with the value false."""
    metric = sent(births()[0])[2].metric("Node Control/Rebirth")
    assert (metric.datatype, metric.value) == (DataType.BOOLEAN, False)


def test_tck_id_operational_behavior_data_commands_rebirth_name_aliases():
    """tck-id-operational-behavior-data-commands-rebirth-name-aliases: Node Control/Rebirth has no alias."""
    assert sent(births()[0])[2].metric("Node Control/Rebirth").alias is None


def test_tck_id_operational_behavior_data_commands_rebirth_action_1():
    """tck-id-operational-behavior-data-commands-rebirth-action-1: an NCMD with true is understood, false is not one."""
    session = born()
    command = commands.rebirth_command("330802", "marriage-01", T0)
    assert session.wants_rebirth(session.command(decode(command.payload)))
    no = Payload((MetricValue("Node Control/Rebirth", False, DataType.BOOLEAN, T0),), T0, None)
    assert not session.wants_rebirth(session.command(no))


def test_tck_id_operational_behavior_data_commands_rebirth_action_2():
    """tck-id-operational-behavior-data-commands-rebirth-action-2: NBIRTH and all DBIRTHs follow, in one piece."""
    session = born()
    session.device_data("bed-1", rate(1), T0)
    again = [sent(publish) for publish in births(session)]
    assert [(verb, device, payload.seq) for verb, device, payload in again] == [
        (Verb.NBIRTH, None, 0),
        (Verb.DBIRTH, "bed-1", 1),
        (Verb.DBIRTH, "door", 2),
    ]


def test_tck_id_operational_behavior_data_commands_rebirth_action_3():
    """tck-id-operational-behavior-data-commands-rebirth-action-3: with the same bdSeq; the aliases stay as well."""
    session = connected(9)
    first, again = births(session), births(session)
    assert first == again
    assert sent(again[0])[2].metric("bdSeq").value == 9


def test_tck_id_payloads_dbirth_order():
    """tck-id-payloads-dbirth-order: DBIRTHs come after the NBIRTH, with the next sequence numbers."""
    assert [(sent(publish)[0], sent(publish)[2].seq) for publish in births()] == [
        (Verb.NBIRTH, 0),
        (Verb.DBIRTH, 1),
        (Verb.DBIRTH, 2),
    ]


def test_tck_id_payloads_ndata_order():
    """tck-id-payloads-ndata-order: no NDATA while the births are not out, nor after the death."""
    session = born()
    assert sent(session.node_data([MetricValue("Facility/Name", "x", None, None)], T0))[2].seq == 3
    session.death(T0)
    with pytest.raises(NotBorn):
        session.node_data([MetricValue("Facility/Name", "x", None, None)], T0)


def test_tck_id_payloads_ddata_order():
    """tck-id-payloads-ddata-order: no DDATA before the device's DBIRTH, nor after its DDEATH."""
    session = born()
    with pytest.raises(NotBorn, match="bed-2"):
        session.device_data("bed-2", rate(1), T0)
    session.device_birth("bed-2", BED, T0)
    assert sent(session.device_data("bed-2", rate(1), T0))[2].seq == 4
    session.device_death("bed-2", T0)
    with pytest.raises(NotBorn, match="bed-2"):
        session.device_data("bed-2", rate(1), T0)


def test_tck_id_payloads_ddata_qos():
    """tck-id-payloads-ddata-qos: QoS 0, not retained, as every message but the death."""
    session = born()
    for publish in (
        session.device_data("bed-1", rate(1), T0),
        session.node_data([], T0),
        session.device_birth("bed-2", BED, T0),
        session.device_death("bed-2", T0),
    ):
        assert (publish.qos, publish.retain) == (0, False)


def test_tck_id_payloads_sequence_num_incrementing():
    """tck-id-payloads-sequence-num-incrementing: one counter for the node and its devices, 255 is followed by 0."""
    session = born()
    heard = []
    for turn in range(260):
        publish = session.device_data(("bed-1", "door")[turn % 2], rate(turn), T0)
        heard.append(sent(publish)[2].seq)
    assert heard == [(3 + turn) % 256 for turn in range(260)]


def test_tck_id_payloads_sequence_num_always_included():
    """tck-id-payloads-sequence-num-always-included: in all but the NDEATH."""
    session = born()
    messages = [session.node_data([], T0), session.device_data("door", rate(1), T0), session.device_death("door", T0)]
    assert [sent(publish)[2].seq for publish in messages] == [3, 4, 5]


def test_what_cannot_be_encoded_costs_no_sequence_number():
    """A hole in the sequence would look like a lost message."""
    session = born()
    with pytest.raises(ValueError, match="is no INT32"):
        session.device_data("bed-1", rate(1 << 40), T0)
    with pytest.raises(ValueError, match="was born as INT32"):
        session.device_data("bed-1", [MetricValue("Breath/Rate", 1.0, DataType.FLOAT, None)], T0)
    assert sent(session.device_data("bed-1", rate(1), T0))[2].seq == 3


def test_a_birth_that_cannot_be_encoded_leaves_the_old_one_in_force():
    """Otherwise the node could no longer say anything."""
    session = born()
    with pytest.raises(ValueError, match="is no INT32"):
        session.birth(NODE, {"bed-1": rate(1 << 40)}, T0)
    assert sent(session.device_data("door", rate(1), T0))[2].seq == 3


def test_tck_id_payloads_alias_uniqueness():
    """tck-id-payloads-alias-uniqueness: across the node and all its devices."""
    aliases = [metric.alias for publish in births() for metric in sent(publish)[2].metrics if metric.alias is not None]
    assert sorted(aliases) == [1, 2, 3, 4, 5]


def test_tck_id_payloads_alias_birth_requirement():
    """tck-id-payloads-alias-birth-requirement: name and alias, but for the controls, which are called by name."""
    for publish in births():
        for metric in sent(publish)[2].metrics:
            assert (metric.alias is None) == metric.name.startswith("Node Control/")


def test_tck_id_payloads_alias_data_cmd_requirement():
    """tck-id-payloads-alias-data-cmd-requirement: DATA has the birth's alias and no name."""
    session = connected()
    alias = sent(births(session)[1])[2].metric("Breath/Rate").alias
    (metric,) = sent(session.device_data("bed-1", rate(-1), T0))[2].metrics
    assert (metric.name, metric.alias, metric.value) == (None, alias, Untyped("int_value", 0xFFFF_FFFF))


def test_commands_by_alias_are_resolved_too():
    """A host application may use the alias, which is all tck-id-payloads-alias-data-cmd-requirement lets it use."""
    session = connected()
    alias = sent(births(session)[0])[2].metric("Facility/Name").alias
    payload = decode(
        encode(Payload((MetricValue(None, Untyped("string_value", "x"), None, None, alias=alias),), T0, None))
    )
    assert session.command(payload) == (MetricValue("Facility/Name", "x", DataType.STRING, None, alias=alias),)
    unknown = Payload((MetricValue(None, Untyped("string_value", "x"), None, None, alias=99),), T0, None)
    assert session.command(unknown) == ()
    on_device = Payload((MetricValue("Breath/Rate", Untyped("int_value", 5), None, None),), T0, None)
    assert [metric.value for metric in session.command(on_device, "bed-1")] == [5]


def test_tck_id_payloads_metric_datatype_req():
    """tck-id-payloads-metric-datatype-req: a birth without a data type is refused."""
    session = connected()
    session.on_state(True, T0)
    with pytest.raises(ValueError, match="needs a name and a data type"):
        session.birth([MetricValue("x", 1, None, None)], {}, T0)


def test_tck_id_payloads_metric_datatype_not_req():
    """tck-id-payloads-metric-datatype-not-req: DATA leaves it out."""
    (metric,) = sent(born().device_data("bed-1", rate(1), T0))[2].metrics
    assert metric.datatype is None


def test_tck_id_payloads_name_birth_data_requirement():
    """tck-id-payloads-name-birth-data-requirement: every metric has a timestamp, its own or the message's."""
    session = connected()
    first = births(session)
    assert all(metric.timestamp_ms is not None for publish in first for metric in sent(publish)[2].metrics)
    assert sent(first[1])[2].metric("Bed/Occupied").timestamp_ms == 5
    data = [*rate(1, at=None), MetricValue("Bed/Occupied", False, None, 7)]
    assert [m.timestamp_ms for m in sent(session.device_data("bed-1", data, T0 + 1))[2].metrics] == [T0 + 1, 7]


def test_tck_id_operational_behavior_data_publish_nbirth_order():
    """tck-id-operational-behavior-data-publish-nbirth-order: metrics keep the caller's order of time."""
    data = [*rate(1, at=1), *rate(2, at=2), *rate(3, at=3)]
    assert [m.timestamp_ms for m in sent(born().device_data("bed-1", data, T0))[2].metrics] == [1, 2, 3]


def test_tck_id_operational_behavior_data_publish_nbirth_values():
    """tck-id-operational-behavior-data-publish-nbirth-values: a value that is not known is null."""
    metric = sent(births()[1])[2].metric("Breath/Rate")
    assert (metric.value, metric.datatype) == (None, DataType.INT32)


def test_stored_data_is_marked_historical():
    """Sparkplug 3.0.0, section 6.4.6: is_historical, with the time of the measurement."""
    stored = [MetricValue("Breath/Rate", 17, DataType.INT32, 123, is_historical=True)]
    (metric,) = sent(born().device_data("bed-1", stored, T0))[2].metrics
    assert (metric.is_historical, metric.timestamp_ms) == (True, 123)


def test_tck_id_operational_behavior_device_ddeath():
    """tck-id-operational-behavior-device-ddeath: a lost device gets a DDEATH, which needs no metrics."""
    verb, device, payload = sent(born().device_death("door", T0))
    assert (verb, device, payload.metrics, payload.timestamp_ms) == (Verb.DDEATH, "door", (), T0)


def test_tck_id_payloads_ddeath_seq():
    """tck-id-payloads-ddeath-seq: with a sequence number."""
    assert sent(born().device_death("door", T0))[2].seq == 3


def test_tck_id_operational_behavior_edge_node_intentional_disconnect_ndeath():
    """tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath: a clean stop says so itself."""
    session = EdgeSession("g", "n", "onetrip")
    will = session.will(7, T0)
    births(session)
    assert session.death(T0) == will
    assert not session.can_publish


def test_tck_id_message_flow_edge_node_birth_publish_phid_wait():
    """tck-id-message-flow-edge-node-birth-publish-phid-wait: no birth before the primary host's STATE."""
    session = connected()
    assert not session.can_publish
    with pytest.raises(HostOffline):
        session.birth(NODE, {}, T0)


def test_tck_id_message_flow_edge_node_birth_publish_phid_wait_id():
    """tck-id-message-flow-edge-node-birth-publish-phid-wait-id: its own host's topic is what it listens to."""
    assert connected().subscriptions[-1] == ("spBv1.0/STATE/onetrip", 1)


def test_tck_id_message_flow_edge_node_birth_publish_phid_wait_online():
    """tck-id-message-flow-edge-node-birth-publish-phid-wait-online: offline is not enough."""
    session = connected()
    assert session.on_state(False, T0) is False
    assert session.on_state(True, T0 + 1) is True


def test_tck_id_message_flow_edge_node_birth_publish_phid_wait_timestamp():
    """tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp: an older one does not count."""
    session = connected()
    session.on_state(False, T0)
    assert session.on_state(True, T0 - 1) is False
    assert session.on_state(True, T0) is True
    session.will(1, T0)
    assert session.on_state(True, T0 - 1) is False
    assert session.on_state(True, T0) is True


def test_tck_id_operational_behavior_edge_node_termination_host_offline():
    """tck-id-operational-behavior-edge-node-termination-host-offline: the host left, so the node must die."""
    session = born()
    assert session.on_state(False, T0 + 1) is False
    assert not session.host_online
    assert not session.can_publish
    death = session.death(T0 + 2)
    assert (sent(death)[0], death.qos) == (Verb.NDEATH, 1)


def test_tck_id_operational_behavior_edge_node_termination_host_offline_timestamp():
    """tck-id-operational-behavior-edge-node-termination-host-offline-timestamp: an outdated death changes nothing."""
    session = born()
    session.on_state(False, T0 - 1)
    assert session.host_online
    assert session.can_publish


def test_tck_id_operational_behavior_edge_node_termination_host_offline_reconnect():
    """tck-id-operational-behavior-edge-node-termination-host-offline-reconnect: all begins anew."""
    session = born(3)
    session.on_state(False, T0 + 1)
    session.death(T0 + 2)
    session.disconnected()
    session.will(4, T0 + 3)
    assert session.on_state(True, T0 + 4)
    verb, _, payload = sent(session.birth(NODE, {}, T0 + 5)[0])
    assert (verb, payload.seq, payload.metric("bdSeq").value) == (Verb.NBIRTH, 0, 4)


def test_a_host_that_says_online_again_costs_no_second_birth():
    """The host asks with Node Control/Rebirth when it needs one."""
    assert born().on_state(True, T0 + 1) is False
