"""The uplink process."""

import threading

from edge.adapters.mqtt_broker import MqttBroker
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.system_clock import SystemClock
from edge.domain.certificates import FacilityCard
from edge.services.uplink import Uplink
from edge.settings import Profile


def run_uplink(profile: Profile, stopping: threading.Event) -> None:
    facility = profile.facility
    card = FacilityCard(
        facility.id, facility.area, facility.kind, facility.name_zh, facility.name_en, facility.simulated
    )
    outbox = SqliteOutbox(profile.store.directory)
    try:
        broker = MqttBroker(profile.uplink.broker, client_id=facility.id)
        uplink = profile.uplink
        Uplink(card, uplink.primary_host, outbox, broker, SystemClock(), uplink.resend_after_s).run(stopping)
    finally:
        outbox.close()
