"""Reference data on the box, for the process that takes it in and for those that answer from it."""

from edge.adapters.city_signature import CitySignature
from edge.adapters.sqlite_snapshots import SqliteSnapshots
from edge.settings import Profile


def open_snapshots(profile: Profile) -> SqliteSnapshots:
    """Close it at the end. Raises StoreUnavailable."""
    return SqliteSnapshots(profile.store.directory, CitySignature(profile.uplink.city_signing_key).trusts)
