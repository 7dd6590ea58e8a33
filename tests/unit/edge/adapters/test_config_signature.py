"""A signature says whose file it is and which came later; nothing of it can be changed unnoticed."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.config_signature import (
    BadKey,
    BadSignature,
    Statement,
    key_id,
    new_key,
    private_key,
    public_key,
    sign,
    trusted_keys,
    verify,
)

# RFC 8032, section 7.1, TEST 1: the secret key and its public key
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
KEY = Ed25519PrivateKey.from_private_bytes(SECRET)
TRUSTED = {key_id(KEY.public_key()): KEY.public_key()}
TOML = 'id = "示例"\n'.encode()
SIGNATURE = sign(TOML, "330803-care-01", 7, KEY)


def test_the_key_is_the_one_of_the_standard() -> None:
    assert KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex() == PUBLIC


def test_a_signature_can_be_read_by_people_and_is_always_the_same() -> None:
    lines = SIGNATURE.decode().splitlines()
    assert lines[:5] == [
        "onetrip-signature: 1",
        "facility: 330803-care-01",
        "serial: 7",
        "sha256: d487c53ded2219b975294d54980a1125a437639a720a8e044b5c90f3d3080a6e",
        "key: 21fe31dfa154a261",
    ]
    assert lines[5].startswith("signature: ")
    assert sign(TOML, "330803-care-01", 7, KEY) == SIGNATURE


def test_a_good_signature_tells_what_was_signed() -> None:
    statement = verify(TOML, SIGNATURE, TRUSTED)
    assert statement == Statement("330803-care-01", 7, statement.sha256, key_id(KEY.public_key()))


def test_a_file_that_was_changed_after_signing() -> None:
    with pytest.raises(BadSignature, match="not the one that was signed; send both again"):
        verify(TOML + b" ", SIGNATURE, TRUSTED)


@pytest.mark.parametrize(
    ("old", "new"), [(b"serial: 7", b"serial: 8"), (b"care-01", b"care-02"), (b"sha256: d4", b"sha256: d5")]
)
def test_a_signature_that_was_changed(old: bytes, new: bytes) -> None:
    assert SIGNATURE.count(old) == 1
    with pytest.raises(BadSignature, match="it was changed after signing"):
        verify(TOML, SIGNATURE.replace(old, new), TRUSTED)


def test_a_key_that_is_not_trusted() -> None:
    with pytest.raises(BadSignature, match=r"is not trusted here \(trusted: none\); put its \.pub file on the box"):
        verify(TOML, SIGNATURE, {})


def test_a_stranger_who_claims_to_be_a_trusted_key() -> None:
    stranger = sign(TOML, "330803-care-01", 8, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    claimed = stranger.replace(stranger.splitlines()[4], SIGNATURE.splitlines()[4])
    with pytest.raises(BadSignature, match="the signature is wrong"):
        verify(TOML, claimed, TRUSTED)


@given(st.binary(max_size=400))
def test_noise_is_no_signature(noise: bytes) -> None:
    with pytest.raises(BadSignature, match="has not the form of one"):
        verify(TOML, noise, TRUSTED)


@given(st.integers(0, len(SIGNATURE) - 1), st.integers(1, 255))
def test_no_byte_of_a_signature_can_be_changed(at: int, flip: int) -> None:
    changed = SIGNATURE[:at] + bytes([SIGNATURE[at] ^ flip]) + SIGNATURE[at + 1 :]
    try:
        verify(TOML, changed, TRUSTED)
    except BadSignature:
        return
    assert _bits(changed) == _bits(SIGNATURE)  # base64 ignores the last four bits of its last digit


def _bits(signature: bytes) -> tuple[bytes, bytes]:
    head, _, tail = signature.partition(b"signature: ")
    return head, base64.b64decode(tail)


@pytest.mark.parametrize(("facility", "serial"), [("", 1), ("a\nb", 1), ("x", 0), ("x", -1), ("x", 10**18)])
def test_what_a_signature_cannot_say_is_not_signed(facility: str, serial: int) -> None:
    with pytest.raises(ValueError, match="cannot say"):
        sign(TOML, facility, serial, KEY)


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
def test_a_new_key_signs_what_its_public_half_verifies(tmp_path: Path, passphrase: bytes | None) -> None:
    public = new_key(tmp_path / "bureau", passphrase)
    assert public == tmp_path / "bureau.pub"
    assert stat.S_IMODE((tmp_path / "bureau").stat().st_mode) == 0o600
    signature = sign(TOML, "x", 1, private_key(tmp_path / "bureau", passphrase))
    assert verify(TOML, signature, trusted_keys(tmp_path)).serial == 1


def test_a_passphrase_is_needed_and_must_be_right(tmp_path: Path) -> None:
    new_key(tmp_path / "bureau", b"correct horse")
    for wrong in (None, b"battery"):
        with pytest.raises(BadKey, match="passphrase is wrong"):
            private_key(tmp_path / "bureau", wrong)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    new_key(tmp_path / "bureau")
    before = (tmp_path / "bureau").read_bytes()
    with pytest.raises(BadKey, match="exists already"):
        new_key(tmp_path / "bureau")
    assert (tmp_path / "bureau").read_bytes() == before


def test_a_trusted_file_that_is_no_key_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x.pub").write_text("ssh-ed25519 AAAA")
    with pytest.raises(BadKey, match=r"x\.pub: no public key"):
        trusted_keys(tmp_path)


def test_keys_of_another_kind(tmp_path: Path) -> None:
    other = X25519PrivateKey.generate()
    (tmp_path / "p").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "p.pub").write_bytes(other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(BadKey, match="not an Ed25519 key"):
        private_key(tmp_path / "p")
    with pytest.raises(BadKey, match="not an Ed25519 key"):
        public_key(tmp_path / "p.pub")
