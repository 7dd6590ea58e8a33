"""An image file is the golden one; a damaged or foreign one is refused, with what to do."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.node.image import MAX_SIZE, BadImage, Image, Version, read_image
from firmware_bridge.node.signing import BadKey, generate_key, public_key, sign_image, verify
from tests.unit.firmware_bridge.node.golden import IMAGE_CONTENT, IMAGE_FILE, PUBLIC_KEY, SECRET_KEY

KEY = Ed25519PrivateKey.from_private_bytes(SECRET_KEY).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_signing_makes_the_golden_file_and_reading_takes_it_apart() -> None:
    assert sign_image(IMAGE_CONTENT, "SN-1", "1.5.0", KEY) == IMAGE_FILE
    image = read_image(IMAGE_FILE)
    assert image == Image("SN-1", Version(1, 5, 0), False, IMAGE_FILE[:56], IMAGE_FILE[56:120], IMAGE_CONTENT)
    assert image.begin == IMAGE_FILE[:120]
    assert image.file == IMAGE_FILE
    verify(image, PUBLIC_KEY)


def test_the_public_key_is_that_of_the_standard() -> None:
    assert public_key(KEY) == PUBLIC_KEY


def test_a_forced_image_says_so_under_its_signature() -> None:
    image = read_image(sign_image(IMAGE_CONTENT, "SN-1", "1.5.0", KEY, forced=True))
    assert image.forced
    assert image.header[4] == 1
    verify(image, PUBLIC_KEY)


def test_a_new_key_signs_with_and_without_a_passphrase() -> None:
    for passphrase in ("", "rice and tea"):
        key = generate_key(passphrase)
        image = read_image(sign_image(b"image", "SN-1", "0.0.1", key, passphrase=passphrase))
        verify(image, public_key(key, passphrase))
    assert generate_key() != generate_key()


def test_another_key_did_not_sign_it() -> None:
    with pytest.raises(BadImage, match="sign it with the key of these nodes"):
        verify(read_image(IMAGE_FILE), public_key(generate_key()))


def test_a_changed_header_is_not_what_was_signed() -> None:
    newer = sign_image(IMAGE_CONTENT, "SN-1", "9.0.0", KEY)
    with pytest.raises(BadImage, match="not signed with this key"):
        verify(read_image(newer[:56] + IMAGE_FILE[56:]), PUBLIC_KEY)


@pytest.mark.parametrize(
    ("file", "what_to_do"),
    [
        (b"", "sign the binary first"),
        (b"\x7fELF" + IMAGE_FILE, "sign the binary first"),
        (IMAGE_FILE[:119], "ends after 119 bytes"),
        (IMAGE_FILE[:-1], "copy it again"),
        (IMAGE_FILE + b"\x00", "copy it again"),
        (IMAGE_FILE[:-1] + b"\x00", "SHA-256 differs"),
        (IMAGE_FILE[:4] + b"\x02" + IMAGE_FILE[5:], "update this program"),
        (IMAGE_FILE[:5] + b"\x01" + IMAGE_FILE[6:], "update this program"),
        (IMAGE_FILE[:8] + b"\xff" + IMAGE_FILE[9:], "hardware"),
    ],
)
def test_a_damaged_file_is_refused(file: bytes, what_to_do: str) -> None:
    with pytest.raises(BadImage, match=what_to_do):
        read_image(file)


@given(st.binary(max_size=400) | st.builds(bytes.__add__, st.just(IMAGE_FILE[:30]), st.binary(max_size=200)))
def test_no_file_makes_it_fail_otherwise(file: bytes) -> None:
    with pytest.raises(BadImage):
        read_image(file)


@pytest.mark.parametrize("text", ["", "1.2", "1.2.3.4", "v1.2.3", "256.0.0", "1.256.0", "1.2.65536", "1.2.3 "])
def test_a_wrong_version_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadImage, match=r"write it as 1\.4\.2"):
        sign_image(b"image", "SN-1", text, KEY)


def test_versions_are_ordered_as_their_numbers() -> None:
    texts = ["0.0.1", "0.0.65535", "0.1.0", "1.0.0", "1.4.2", "1.10.0", "255.255.65535"]
    versions = [Version.parse(text) for text in texts]
    assert sorted(versions, reverse=True)[::-1] == versions
    assert sorted(version.number for version in versions) == [version.number for version in versions]
    assert [str(Version.of_number(version.number)) for version in versions] == texts


@pytest.mark.parametrize("hardware", ["", "SN 1", "SN-123456", "节点"])
def test_a_wrong_hardware_is_refused(hardware: str) -> None:
    with pytest.raises(BadImage, match="1 to 8 letters"):
        sign_image(b"image", hardware, "1.0.0", KEY)


@pytest.mark.parametrize("size", [0, MAX_SIZE + 1])
def test_an_image_has_a_size(size: int) -> None:
    with pytest.raises(BadImage, match="raw binary"):
        sign_image(bytes(size), "SN-1", "1.0.0", KEY)


def test_a_wrong_key_says_what_to_do() -> None:
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(BadKey, match="make one"):
        public_key(other)
    for key, passphrase in ((b"no key", ""), (generate_key("right"), "wrong"), (generate_key("right"), ""), (KEY, "x")):
        with pytest.raises(BadKey, match="passphrase"):
            public_key(key, passphrase)
    with pytest.raises(BadKey, match="32 bytes"):
        verify(read_image(IMAGE_FILE), b"short")
