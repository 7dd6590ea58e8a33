"""The one signature (签名) of an application: electronic, over what was filed, or with a pen at the window."""

import base64
import binascii
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field

from cloud.domain.case_now import CaseNow
from cloud.domain.forms import Form, Words
from cloud.matters.social_organisations.archive import Sha256
from cloud.services.casework import Refused

Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=128)]


class ESignature(Form):
    """电子签名: Ed25519 over the application's SHA-256 (`CaseNow.filed_sha256`). `certificate`: its serial number."""

    document_sha256: Sha256
    certificate: Words
    public_key: Base64
    signature: Base64


class PenSignature(Form):
    """窗口签名, on the pad. `strokes_sha256`: they stay on the box."""

    document_sha256: Sha256
    strokes_sha256: Sha256


def verify(case: CaseNow, signed: ESignature | PenSignature) -> None:
    """Raises Refused."""
    if signed.document_sha256 != case.filed_sha256:
        raise Refused("what was signed is not this application", "签名的内容不是这份申请")
    if isinstance(signed, PenSignature):
        return
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed.public_key, validate=True))
        key.verify(base64.b64decode(signed.signature, validate=True), bytes.fromhex(signed.document_sha256))
    except (InvalidSignature, ValueError, binascii.Error):
        raise Refused(
            "the signature does not fit: sign again, or come to the window once", "签名不符，请重新签名，或到窗口办一次"
        ) from None
