"""What a host application says: commands to edge nodes and its own STATE (Sparkplug 3.0.0, section 6.4)."""

from collections.abc import Sequence

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.edge_session import REBIRTH
from contract.sparkplug.payload import MetricValue, Payload, encode
from contract.sparkplug.topics import Publish, State, Topic, Verb, encode_state, state_topic


def node_command(group: str, node: str, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
    """NCMD: QoS 0, not retained, no sequence number.

    By name and with the data type: only `Node Control/` metrics are commanded, which have no alias, and a node
    that was restarted meanwhile must not take the command for another metric.
    """
    data = encode(Payload(tuple(metrics), now_ms, seq=None))
    return Publish(str(Topic(group, Verb.NCMD, node)), data, qos=0, retain=False)


def rebirth_command(group: str, node: str, now_ms: int) -> Publish:
    """NCMD that asks for NBIRTH and all DBIRTHs."""
    return node_command(group, node, [MetricValue(REBIRTH, True, DataType.BOOLEAN, now_ms)], now_ms)


def state_birth(host_id: str, timestamp_ms: int) -> Publish:
    """The host application is online; the time is that of the will of the same connection."""
    return _state(host_id, State(True, timestamp_ms))


def state_death(host_id: str, timestamp_ms: int) -> Publish:
    """The host application's will, and its last word before a clean stop."""
    return _state(host_id, State(False, timestamp_ms))


def _state(host_id: str, state: State) -> Publish:
    return Publish(state_topic(host_id), encode_state(state), qos=1, retain=True)
