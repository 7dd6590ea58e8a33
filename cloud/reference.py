"""`onetrip reference publish`: reference files become retained snapshots of facilities."""

import base64
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cloud.adapters.mqtt_retained import connected
from cloud.adapters.sql_database import open_database
from cloud.adapters.sql_reference import SqlReference
from cloud.domain.reference_draft import BadReferenceFile, Draft, read_draft
from cloud.ports import RecordsUnavailable, ReferenceShelf
from cloud.services.reference_publishing import publish
from cloud.settings import BadSetting
from contract.reference import MalformedSnapshot
from contract.reference_signature import sign
from contract.sparkplug.topics import MalformedTopic, Publish


def publish_files(
    files: Sequence[Path],
    facilities: Sequence[str] | None,
    broker: str,
    records: str,
    key_file: Path | None,
    passphrase_file: Path | None,
) -> int:
    """`facilities` None: all that the records know; empty: as each file says.

    Raises BadReferenceFile, BadSetting, RecordsUnavailable, BrokerUnreachable, OSError.
    """
    if not broker.startswith("mqtt://"):
        raise BadSetting(f"--broker {broker!r}: write mqtt://host:port, the broker that boxes connect to")
    if records.startswith("sqlite:///") and not Path(records.removeprefix("sqlite:///")).exists():
        raise RecordsUnavailable(f"{records}: there is no such file; give the cloud's own --records")
    drafts = [(file, _draft(file)) for file in files]
    key = _key(key_file, passphrase_file) if key_file else None
    engine = open_database(records)
    try:
        shelf = SqlReference(engine)
        everywhere = _all(shelf) if facilities is None else facilities
        with connected(broker) as send:
            for file, draft in drafts:
                _publish(file, draft, everywhere or _named(file, draft), shelf, send, key)
    finally:
        engine.dispose()
    if key:
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        print(f'signed; on each box: [uplink] city_signing_key = "{public}"')
    return 0


def _publish(
    file: Path,
    draft: Draft,
    facilities: Sequence[str],
    shelf: ReferenceShelf,
    send: Callable[[Publish], None],
    key: Ed25519PrivateKey | None,
) -> None:
    try:
        for done in publish(draft, facilities, shelf, send, partial(sign, key=key) if key else None, _now_ms()):
            snapshot = done.snapshot
            print(f"{snapshot.facility}\t{snapshot.name}\t{len(snapshot.rows)} rows\t{done.size} bytes", flush=True)
    except (MalformedSnapshot, MalformedTopic) as wrong:
        raise BadReferenceFile(f"{file}: {wrong}") from None


def _all(shelf: ReferenceShelf) -> Sequence[str]:
    known = shelf.facilities()
    if not known:
        raise BadSetting("--all: the records know no facility yet; give --facility ID")
    return known


def _named(file: Path, draft: Draft) -> Sequence[str]:
    if not draft.facility:
        raise BadReferenceFile(f'{file}: for whom? write "facility" into it, or give --facility ID or --all')
    return [draft.facility]


def _draft(file: Path) -> Draft:
    try:
        return read_draft(file.read_bytes())
    except BadReferenceFile as wrong:
        raise BadReferenceFile(f"{file}: {wrong}") from None


def _key(file: Path, passphrase: Path | None) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), passphrase.read_bytes().strip() if passphrase else None)
    except (ValueError, TypeError) as wrong:
        raise BadSetting(f"--sign {file}: no private key, or the passphrase is wrong: {wrong}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSetting(f"--sign {file}: not an Ed25519 key; make one with onetrip config key")
    return key


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
