"""The uplink process."""

import threading

from edge.adapters.config_store import stage_of
from edge.adapters.mqtt_broker import MqttBroker
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.system_clock import SystemClock
from edge.domain.certificates import FacilityCard, Running
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
        clock = SystemClock(profile.clock.warn_after_s, profile.clock.bad_after_s)
        sha256 = profile.source.sha256 if profile.source else ""

        def running() -> Running:
            return Running(sha256, stage_of(profile.store.directory / "config"))

        Uplink(card, uplink.primary_host, outbox, broker, clock, uplink.resend_after_s, running).run(stopping)
    finally:
        outbox.close()
