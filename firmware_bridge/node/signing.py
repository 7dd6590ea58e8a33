"""Keys and signatures of firmware images: Ed25519 (RFC 8032).

The private key stays with who releases firmware. The public one, 32 bytes, is built into the nodes' boot loader.
"""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from firmware_bridge.node.image import BadImage, Image, Version, make_header, read_image


class BadKey(ValueError):
    """This is no Ed25519 key, or the passphrase is wrong; the text says what to do."""


def generate_key(passphrase: str = "") -> bytes:
    """A new private key as PEM (PKCS #8), encrypted when there is a passphrase."""
    protection: KeySerializationEncryption = NoEncryption()
    if passphrase:
        protection = BestAvailableEncryption(passphrase.encode())
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


def public_key(private_pem: bytes, passphrase: str = "") -> bytes:
    """The 32 bytes to build into nodes. Raises BadKey."""
    return _load(private_pem, passphrase).public_key().public_bytes_raw()


def sign_image(
    content: bytes, hardware: str, version: str, private_pem: bytes, *, passphrase: str = "", forced: bool = False
) -> bytes:
    """A whole image file. `forced`: it may replace a newer version. Raises BadImage, BadKey."""
    header = make_header(content, hardware, Version.parse(version), forced=forced)
    data = header + _load(private_pem, passphrase).sign(header) + content
    return read_image(data).file


def verify(image: Image, public: bytes) -> None:
    """Raises BadImage when the key did not sign it, BadKey when the key is none."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise BadKey("a public key has 32 bytes; give the one that `public_key` returned") from error
    try:
        key.verify(image.signature, image.header)
    except InvalidSignature as error:
        raise BadImage("the image is not signed with this key; sign it with the key of these nodes") from error


def _load(private_pem: bytes, passphrase: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(private_pem, passphrase.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(f"the private key cannot be read ({error}); check the file and its passphrase") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey("this is no Ed25519 key; make one with `generate_key`")
    return key
