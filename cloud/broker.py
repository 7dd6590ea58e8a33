"""`onetrip broker`: the embedded MQTT broker as a process of its own, for the demo and for trying things out."""

import threading

from cloud.adapters.embedded_broker import EmbeddedBroker
from cloud.settings import address


def run(listen: str, stopping: threading.Event) -> None:
    broker = EmbeddedBroker(*address(listen, "--listen"))
    broker.start()
    try:
        broker.watch(stopping)
    finally:
        broker.stop()
