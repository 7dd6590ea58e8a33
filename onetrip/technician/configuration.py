"""`onetrip config …` and `onetrip schema`: keys, signatures and the schema of the facility file."""

import hashlib
import json
import threading
import time
from pathlib import Path

from edge.adapters.config_signature import (
    SUFFIX,
    BadKey,
    BadSignature,
    key_id,
    private_key,
    public_key,
    sign,
    trusted_keys,
    verify,
)
from edge.adapters.config_signature import new_key as make_key
from edge.adapters.config_store import stage_of
from edge.adapters.control_client import Refused
from edge.compose import check_devices
from edge.settings import load, schema_text
from onetrip.agent import INBOX, OUTCOME

_NOT_GOOD = 1
_LOOK_S = 0.2


def new_key(path: Path, passphrase_file: Path | None) -> int:
    """Raises Refused, OSError."""
    try:
        public = make_key(path, _passphrase(passphrase_file))
    except BadKey as wrong:
        raise Refused(str(wrong)) from None
    print(f"私钥 private key: {path}  （只有签名人可有；不要复制到设备箱 for who signs alone; never onto a box）")
    print(f"公钥 public key:  {public}  {key_id(public_key(public))}")
    print(f"在每个设备箱上 on each box: cp {public.name} STORE/config/trusted/")
    return 0


def sign_file(facility_file: Path, key: Path, serial: int | None, passphrase_file: Path | None) -> int:
    """Writes the signature beside the file. A file that no box would take is not signed.

    `serial` None: the seconds since 1970, so that what is signed later is newer. Raises Refused, BadFacilityFile.
    """
    profile = load(facility_file)
    check_devices(profile)
    number = int(time.time()) if serial is None else serial
    try:
        text = sign(
            facility_file.read_bytes(), profile.facility.id, number, private_key(key, _passphrase(passphrase_file))
        )
    except ValueError as wrong:
        raise Refused(str(wrong)) from None
    signature = facility_file.with_name(facility_file.name + SUFFIX)
    signature.write_bytes(text)
    print(f"已签名 signed: {signature}")
    print(text.decode(), end="")
    return 0


def verify_file(facility_file: Path, keys: Path) -> int:
    """`keys`: a public key, or a folder of them. 1 when the signature is not good. Raises Refused, OSError."""
    signature = facility_file.with_name(facility_file.name + SUFFIX)
    try:
        trusted = trusted_keys(keys) if keys.is_dir() else {key_id(public_key(keys)): public_key(keys)}
        said = verify(facility_file.read_bytes(), signature.read_bytes(), trusted)
    except BadKey as wrong:
        raise Refused(str(wrong)) from None
    except BadSignature as wrong:
        print(f"✘ 签名无效 {facility_file}: {wrong}")
        return _NOT_GOOD
    print(f"✔ 签名有效 {facility_file}: facility {said.facility}, serial {said.serial}, key {said.key}")
    print(f"  sha256 {said.sha256}")
    return 0


def apply_file(facility_file: Path, config: Path, stopping: threading.Event) -> int:
    """Hands a signed file to the agent of this box and waits for how it ends. Raises Refused, OSError."""
    signature = facility_file.with_name(facility_file.name + SUFFIX)
    if not signature.exists():
        raise Refused(f"{signature} is not there; sign the file first: onetrip config sign {facility_file} --key KEY")
    folder = load(config).store.directory / "config"
    text, inbox = facility_file.read_bytes(), folder / INBOX
    wanted = hashlib.sha256(text).hexdigest()
    if not inbox.is_dir():
        raise Refused(f"{inbox} is not there; start the agent first: onetrip edge --config {config}")
    (inbox / OUTCOME).unlink(missing_ok=True)
    for name, data in ((f"{wanted}.toml", text), (f"{wanted}.toml{SUFFIX}", signature.read_bytes())):  # in this order
        (inbox / f"{name}.new").write_bytes(data)
        (inbox / f"{name}.new").replace(inbox / name)
    stage = stage_of(folder)  # of what was before
    while not (inbox / OUTCOME).exists():
        if stage != (stage := stage_of(folder)):
            print(f"  {stage}", flush=True)
        if stopping.wait(_LOOK_S):
            return _NOT_GOOD
    outcome = json.loads((inbox / OUTCOME).read_text(encoding="utf-8"))
    good = outcome["stage"] == "committed" and outcome["sha256"] == wanted
    print(f"{'✓' if good else '▲'} {outcome['stage']}  runs now: {outcome['sha256']}  {outcome['reason']}")
    return 0 if good else _NOT_GOOD


def show_schema() -> int:
    print(schema_text(), end="")
    return 0


def _passphrase(file: Path | None) -> bytes | None:
    return file.read_bytes().strip() if file else None
