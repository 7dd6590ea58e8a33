"""Events made with ChirpStack's own message definitions, through a real broker, our link and our session.

The package `chirpstack-api` is the network server's: what its messages look like, nobody here wrote.
"""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from chirpstack_api import integration
from google.protobuf.json_format import MessageToJson
from paho.mqtt.enums import CallbackAPIVersion

from firmware_bridge.devices.lorawan_chirpstack import DRIVER
from firmware_bridge.links import open_link
from firmware_bridge.session import DeviceSettings, Heard, Measured, Occurred, Output

EUI = "a84041ffff5d0e7a"
WHEN_MS = 1_784_597_400_250


class NetworkServer:
    """Publishes as ChirpStack does: topics as its configuration has them, JSON, and it does not wait for anybody."""

    def __init__(self, url: str) -> None:
        self.application = str(uuid.uuid4())
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        host, port = url.removeprefix("mqtt://").split(":")
        self._client.connect(host, int(port))
        self._client.loop_start()

    def publish(self, name: str, event: Any, *, every_field: bool = False) -> None:
        text = MessageToJson(event, always_print_fields_with_no_presence=every_field, indent=None)
        topic = f"application/{self.application}/device/{event.device_info.dev_eui}/event/{name}"
        told = self._client.publish(topic, text, qos=0 if name == "log" else 1)
        told.wait_for_publish(5)
        assert told.is_published()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def server(mosquitto_url: str) -> Iterator[NetworkServer]:
    made = NetworkServer(mosquitto_url)
    yield made
    made.close()


class Box:
    """Our link and our session, as a port's thread uses them."""

    def __init__(self, url: str) -> None:
        self.session = DRIVER.session([DeviceSettings("bed-1", {"dev_eui": EUI})])
        self._url = url
        self.open()

    def open(self) -> None:
        self._link = open_link(self._url, DRIVER.line)
        self.session.start(time.monotonic())

    def hear(self, quiet_s: float = 0.7) -> list[Output]:
        outputs: list[Output] = []
        last = time.monotonic()
        while time.monotonic() < last + quiet_s:
            if data := self._link.read(0.05):
                last = time.monotonic()
                outputs += self.session.feed(data, last)
        return outputs

    def close(self) -> None:
        self._link.close()


@pytest.fixture
def box(mosquitto_url: str, server: NetworkServer) -> Iterator[Box]:
    made = Box(f"{mosquitto_url}/application/{server.application}/device/+/event/+")
    yield made
    made.close()


def uplink(data: str, f_cnt: int, eui: str = EUI) -> Any:
    event = integration.UplinkEvent(
        deduplication_id=str(uuid.uuid4()), dev_addr="01ab23cd", adr=True, dr=5, f_cnt=f_cnt, f_port=10,
        confirmed=True, data=bytes.fromhex(data), region_config_id="cn470_10",
    )  # fmt: skip
    event.time.FromMilliseconds(WHEN_MS)
    event.device_info.CopyFrom(device_info(eui))
    for gateway, rssi, snr in (("0016c001f153a14c", -97, 0.0), ("0016c001f153a14d", -110, -3.5)):
        event.rx_info.add(gateway_id=gateway, uplink_id=77, rssi=rssi, snr=snr)
    event.tx_info.frequency = 486_300_000
    event.tx_info.modulation.lora.bandwidth = 125_000
    event.object.update({"battery": 95})
    return event


def device_info(eui: str = EUI) -> Any:
    return integration.DeviceInfo(application_name="养老院", device_name="101室1床", dev_eui=eui, tags={"room": "101"})


def call(f_cnt: int, presses: int) -> list[Output]:
    values = {"Button/Signal": -97, "Button/SNR": 0.0, "Button/Presses": presses, "Button/Battery": 95}
    return [
        Occurred("bed-1", "call_pressed", {"seq": 42, "f_cnt": f_cnt}, device_time_ms=WHEN_MS),
        Measured("bed-1", values, WHEN_MS),
    ]


@pytest.mark.parametrize("every_field", [False, True], ids=["without zeros", "with every field"])
def test_a_press_is_a_call(server: NetworkServer, box: Box, every_field: bool) -> None:
    server.publish("up", uplink("01 01 5F 2A", 0), every_field=every_field)
    assert box.hear() == call(0, 1)


def test_every_event_of_the_application_is_understood_or_passed_over(server: NetworkServer, box: Box) -> None:
    """All that ChirpStack publishes for a device: none of it is taken for a press."""
    info = device_info()
    server.publish("join", integration.JoinEvent(device_info=info, dev_addr="01ab23cd"))
    server.publish("status", integration.StatusEvent(device_info=info, margin=7, battery_level=88.5))
    server.publish("ack", integration.AckEvent(device_info=info, acknowledged=True, f_cnt_down=3))
    server.publish("txack", integration.TxAckEvent(device_info=info, gateway_id="0016c001f153a14c"))
    server.publish("log", integration.LogEvent(device_info=info, level="WARNING", description="Frame-counter reset"))
    server.publish("location", integration.LocationEvent(device_info=info))
    server.publish("up", uplink("01 03 5F 2A", 9))
    *before, heartbeat = box.hear()
    assert set(before) == {Heard("bed-1")}
    assert isinstance(heartbeat, Measured)
    assert heartbeat.values["Button/Battery"] == 95
    assert box.session.counters.crc_errors == box.session.counters.resyncs == 0


def test_an_event_that_is_published_twice_is_one_press(server: NetworkServer, box: Box) -> None:
    press = uplink("01 01 5F 2A", 7)
    server.publish("up", press)
    server.publish("up", press)
    assert box.hear() == [*call(7, 1), Heard("bed-1")]


def test_a_press_while_the_box_was_away_is_heard_when_it_comes_back(server: NetworkServer, box: Box) -> None:
    server.publish("up", uplink("01 01 5F 2A", 7))
    box.hear()
    box.close()
    server.publish("up", uplink("01 01 5F 2A", 8))
    box.open()
    assert box.hear() == call(8, 2)


def test_a_button_that_nobody_wrote_into_the_facility_file_is_told(server: NetworkServer, box: Box) -> None:
    server.publish("up", uplink("01 01 5F 2A", 1, eui="ffffffffffffffff"))
    assert box.hear() == [Occurred("", "unknown_button", {"dev_eui": "ffffffffffffffff"})]
