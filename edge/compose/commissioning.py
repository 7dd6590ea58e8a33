"""A commissioning put together: for the command line, the terminal UI and the device console."""

from collections.abc import Mapping
from hashlib import sha256
from importlib import metadata
from typing import Any

from edge.adapters import commissioning_records
from edge.adapters.box_key import box_key, public_bytes
from edge.adapters.control_client import ControlClient
from edge.adapters.system_clock import SystemClock
from edge.services.commissioning import Commissioning, Kept, Patience, Subject
from edge.settings import Profile


def make_commissioning(profile: Profile, device: str, by: str, patience: Patience | None = None) -> Commissioning:
    """Raises ValueError for an unknown device or a nameless technician, NoFieldProcess."""
    directory, facility = profile.store.directory, profile.facility
    known = profile.devices.get(device)
    subject = Subject(
        facility.id,
        device,
        simulated=facility.simulated,
        limits={} if known is None else known.limits,
        software=f"onetrip {metadata.version('onetrip')}",
        facility_file_sha256=_sha256_of(profile),
    )

    def keep(record: Mapping[str, Any]) -> Kept:
        path, digest = commissioning_records.keep(directory, record)
        return Kept(str(path), digest)

    return Commissioning(ControlClient(directory), subject, by, SystemClock(), keep, patience)


def box_public_key(profile: Profile) -> bytes:
    return public_bytes(box_key(profile.store.directory))


def _sha256_of(profile: Profile) -> str:
    """Of the facility file; "" for a profile that was read from none."""
    return sha256(profile.source.path.read_bytes()).hexdigest() if profile.source else ""
