"""`onetrip permit verify`: whether a permit's QR code was signed by a station's key. No network, no box, no store."""

import base64
import binascii
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from edge.adapters.box_key import is_signed_by, key_name
from edge.adapters.config_signature import BadKey, public_key
from edge.adapters.control_client import Refused
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.permit import NotAPermit, NotSigned, read

_NOT_GOOD = 1
_KEY_BYTES = 32


def verify(text: str, key: str) -> int:
    """1 when the permit is not good or not valid today. `text` "-": standard input. Raises Refused, OSError."""
    public = _public(key)
    try:
        permit = read(sys.stdin.readline() if text == "-" else text, partial(is_signed_by, public))
    except (NotAPermit, NotSigned) as wrong:
        print(f"✘ 许可无效 not a good permit: {wrong}")
        return _NOT_GOOD
    valid = permit.is_valid_on(datetime.now(UTC).astimezone(SHANGHAI).date())
    print(f"✔ 签名有效 signed by {key_name(public)}" if valid else "✘ 签名有效，不在有效期 signed, but not valid today")
    print(f"  许可号 number        {permit.number}")
    print(f"  逝者 deceased        {permit.deceased}")
    print(f"  接收方 received by   {permit.home}")
    print(f"  车牌 plate           {permit.plate}")
    print(f"  有效期 valid         {permit.issued} – {permit.last_day}")
    return 0 if valid else _NOT_GOOD


def _public(key: str) -> bytes:
    """Raises Refused, OSError."""
    if Path(key).is_file():
        try:
            return public_key(Path(key)).public_bytes_raw()
        except BadKey as wrong:
            raise Refused(str(wrong)) from None
    try:
        raw = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise Refused(f"--key {key}: no such file, and no base64 of {_KEY_BYTES} bytes")
    return raw
