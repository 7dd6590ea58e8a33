"""The permit to take remains out of the city (遗体外运许可), and its QR code: verified without a network.

    OT1:<base64url without padding>   of   signature (64 bytes, Ed25519, RFC 8032), number, deceased, home, plate,
                                          YYYYMMDD, days: UTF-8, one on a line

What is signed is `onetrip/v1/permit/` and the fields. Names are masked: who may read the code on the road need not know
whose family it is. 300 bytes at most: what a ticket printer here takes as a code.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from edge.domain.visits.person import mask_name

MARK, PREFIX = "OT1:", b"onetrip/v1/permit/"
SIGNATURE_BYTES, MOST_TEXT = 64, 300  # bytes
MOST_FIELDS_BYTES = (MOST_TEXT - len(MARK)) * 3 // 4 - SIGNATURE_BYTES
VALID_DAYS, MOST_DAYS = 3, 30  # (P): the receiving home's receipt is due within 72 h
_MASKED = re.compile(r".\*{1,2}")

Sign = Callable[[bytes], bytes]
IsSigned = Callable[[bytes, bytes], bool]
"""Of (signature, data): whether the key that one trusts has signed it."""


class NotAPermit(ValueError):
    """The text is no permit of this form, or is damaged."""


class NotSigned(ValueError):
    """The text has the form of a permit, but this key has not signed it."""


@dataclass(frozen=True, slots=True)
class Permit:
    """`number`: the case's own. `deceased`: the masked name. `home`: the receiving funeral home (接收殡仪馆). `plate`:
    of the hearse. Valid for `days` days, `issued` among them. Raises ValueError for fields that do not fit.
    """

    number: str
    deceased: str
    home: str
    plate: str
    issued: date
    days: int = VALID_DAYS

    def __post_init__(self) -> None:
        if any(not text or not text.isprintable() for text in (self.number, self.home, self.plate)):
            raise ValueError("number, home and plate of a permit are texts on one line")
        if not _MASKED.fullmatch(self.deceased):
            raise ValueError("the name on a permit is masked")
        if not 1 <= self.days <= MOST_DAYS:
            raise ValueError(f"a permit is valid for 1 to {MOST_DAYS} days")
        if len(self.payload) > MOST_FIELDS_BYTES:
            raise ValueError(f"the fields of a permit have {MOST_FIELDS_BYTES} bytes at most, not {len(self.payload)}")

    @property
    def payload(self) -> bytes:
        fields = (self.number, self.deceased, self.home, self.plate, f"{self.issued:%Y%m%d}", str(self.days))
        return "\n".join(fields).encode()

    @property
    def last_day(self) -> date:
        return self.issued + timedelta(days=self.days - 1)

    def is_valid_on(self, day: date) -> bool:
        return self.issued <= day <= self.last_day


def permit_of(number: str, sealed: Mapping[str, Any], issued: date) -> Permit:
    """From what the matter outbound_transfer sealed, completed at the desk. Raises KeyError, ValueError."""
    return Permit(number, mask_name(str(sealed["deceased"]["name"])), str(sealed["home"]), str(sealed["plate"]), issued)


def write(permit: Permit, sign: Sign) -> str:
    """The text of the QR code. `sign`: Ed25519 over the given bytes, 64 bytes."""
    signature = sign(PREFIX + permit.payload)
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError(f"an Ed25519 signature has {SIGNATURE_BYTES} bytes, not {len(signature)}")
    return MARK + base64.urlsafe_b64encode(signature + permit.payload).decode().rstrip("=")


def read(text: str, is_signed: IsSigned) -> Permit:
    """Raises NotAPermit, NotSigned. Nothing of the permit is told before its signature was found good."""
    text = text.strip()
    if not text.startswith(MARK) or len(text) > MOST_TEXT:
        raise NotAPermit(f"a permit begins with {MARK} and has {MOST_TEXT} characters at most")
    coded = text.removeprefix(MARK)
    try:
        whole = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotAPermit("the text is damaged") from None
    if base64.urlsafe_b64encode(whole).decode().rstrip("=") != coded:  # one permit has one text
        raise NotAPermit("the text is damaged")
    signature, payload = whole[:SIGNATURE_BYTES], whole[SIGNATURE_BYTES:]
    if not is_signed(signature, PREFIX + payload):
        raise NotSigned("this key has not signed it, or it was changed")
    return _permit(payload)


def _permit(payload: bytes) -> Permit:
    try:
        number, deceased, home, plate, issued, days = payload.decode().split("\n")
        permit = Permit(number, deceased, home, plate, datetime.strptime(issued, "%Y%m%d").date(), int(days))  # noqa: DTZ007
    except ValueError:
        raise NotAPermit("a key that is trusted has signed what is no permit") from None
    if permit.payload != payload:
        raise NotAPermit("a key that is trusted has signed what is no permit")
    return permit


def digest(text: str) -> str:
    """`qr_sha256` of the event."""
    return sha256(text.encode()).hexdigest()
