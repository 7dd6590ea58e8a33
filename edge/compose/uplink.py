"""The uplink process."""

import threading
from contextlib import closing

from edge.adapters.city_signature import CitySignature
from edge.adapters.config_store import stage_of
from edge.adapters.mqtt_broker import MqttBroker
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.system_clock import SystemClock
from edge.compose.reference import open_snapshots
from edge.domain.certificates import FacilityCard, Running
from edge.services.reference_intake import ReferenceIntake
from edge.services.uplink import Uplink
from edge.settings import Profile


def run_uplink(profile: Profile, stopping: threading.Event) -> None:
    facility, uplink, directory = profile.facility, profile.uplink, profile.store.directory
    card = FacilityCard(
        facility.id, facility.area, facility.kind, facility.name_zh, facility.name_en, facility.simulated
    )
    sha256 = profile.source.sha256 if profile.source else ""

    def running() -> Running:
        return Running(sha256, stage_of(directory / "config"))

    with closing(SqliteOutbox(directory)) as outbox, closing(open_snapshots(profile)) as snapshots:
        reference = ReferenceIntake(facility.id, snapshots, CitySignature(uplink.city_signing_key).trusts)
        broker = MqttBroker(uplink.broker, client_id=facility.id)
        clock = SystemClock(profile.clock.warn_after_s, profile.clock.bad_after_s)
        Uplink(card, uplink.primary_host, outbox, broker, clock, uplink.resend_after_s, running, reference).run(
            stopping
        )
