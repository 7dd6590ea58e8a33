"""A simulated radio gateway on a real broker."""

import queue

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from simulators.wires.mqtt_publisher import MqttPublisher


def test_what_a_gateway_says_is_published_message_by_message(mosquitto_url: str) -> None:
    heard: queue.Queue[tuple[str, bytes, int]] = queue.Queue()
    subscribed: queue.Queue[bool] = queue.Queue()
    host, port = mosquitto_url.removeprefix("mqtt://").split(":")
    listener = mqtt.Client(CallbackAPIVersion.VERSION2)
    listener.on_message = lambda _client, _data, message: heard.put((message.topic, message.payload, message.qos))
    listener.on_subscribe = lambda *_: subscribed.put(True)
    listener.connect(host, int(port))
    listener.subscribe("wires/#", qos=1)
    listener.loop_start()
    subscribed.get(timeout=5)

    gateway = MqttPublisher(mosquitto_url, "wires/#")
    for round_ in ("first", "after it was plugged in again"):
        gateway.plug()
        payload = round_.encode()
        gateway.write(b"wires/a %d\n%swires/b 0\n" % (len(payload), payload))  # said before it is connected: kept
        assert [heard.get(timeout=10) for _ in range(2)] == [("wires/a", payload, 1), ("wires/b", b"", 1)]
        gateway.unplug()
    listener.disconnect()
    listener.loop_stop()
