"""The permit's QR text: whoever has the public key can tell, off line, what was signed and what was changed."""

import base64
from datetime import date
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.box_key import is_signed_by, public_bytes
from edge.domain.visits.permit import MOST_TEXT, NotAPermit, NotSigned, Permit, digest, permit_of, read, write
from firmware_bridge.ticket import MOST_QR_BYTES

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BY_KEY = partial(is_signed_by, public_bytes(KEY))
PERMIT = Permit("330802-funeral-01-20261125-0001", "测**", "样例市殡仪馆", "浙H12345", date(2026, 11, 25))
GOLDEN = (
    "OT1:_k__DHa8_c3LSqnQOzCz5zXI9XVyopaFZDJ7wUn3Km4CUiGfWjmZoT6yGZvUFhxAr1Kk57bUKuN85hOnIaMSATMzMDgwMi1m"
    "dW5lcmFsLTAxLTIwMjYxMTI1LTAwMDEK5rWLKioK5qC35L6L5biC5q6h5Luq6aaGCua1mUgxMjM0NQoyMDI2MTEyNQoz"
)


def test_the_text_of_a_known_permit_under_a_known_key() -> None:
    assert write(PERMIT, KEY.sign) == GOLDEN
    assert read(GOLDEN, BY_KEY) == PERMIT


def test_what_is_signed_can_be_made_again_by_hand() -> None:
    fields = "330802-funeral-01-20261125-0001\n测**\n样例市殡仪馆\n浙H12345\n20261125\n3"
    assert PERMIT.payload == fields.encode()
    assert BY_KEY(KEY.sign(b"onetrip/v1/permit/" + fields.encode()), b"onetrip/v1/permit/" + PERMIT.payload)


@pytest.mark.parametrize("place", range(len(GOLDEN)))
def test_one_changed_character_is_noticed(place: int) -> None:
    changed = GOLDEN[:place] + ("A" if GOLDEN[place] != "A" else "B") + GOLDEN[place + 1 :]
    with pytest.raises((NotSigned, NotAPermit)):
        read(changed, BY_KEY)


def test_one_changed_byte_of_what_was_signed_is_noticed() -> None:
    raw = base64.urlsafe_b64decode(GOLDEN[4:] + "=" * (-len(GOLDEN[4:]) % 4))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(NotSigned):
            read("OT1:" + base64.urlsafe_b64encode(changed).decode().rstrip("="), BY_KEY)


def test_another_key_says_nothing_for_it() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    with pytest.raises(NotSigned, match="this key has not signed it"):
        read(GOLDEN, partial(is_signed_by, public_bytes(other)))


@given(st.text(max_size=320) | st.binary(max_size=240).map(lambda raw: "OT1:" + raw.hex()))
def test_any_other_text_is_no_permit(text: str) -> None:
    with pytest.raises((NotSigned, NotAPermit)):
        read(text, BY_KEY)


def test_a_signature_over_something_else_makes_no_permit() -> None:
    for fields in (
        "",
        "one line",
        "n\n测试\nh\np\n20261125\n3",
        "n\n测*\nh\np\n20261325\n3",
        "n\n测*\nh\np\n20261125\n03",
    ):
        with pytest.raises(NotAPermit, match="has signed what is no permit"):
            read(_forged(fields.encode()), BY_KEY)


def _forged(fields: bytes) -> str:
    signature = KEY.sign(b"onetrip/v1/permit/" + fields)
    return "OT1:" + base64.urlsafe_b64encode(signature + fields).decode().rstrip("=")


def test_the_longest_permit_still_fits_the_printers_code() -> None:
    longest = Permit("330802-funeral-01-20261125-0001", "欧**", "样" * 30, "浙HF12345", date(2026, 11, 25), 30)
    assert len(write(longest, KEY.sign).encode()) <= MOST_TEXT <= MOST_QR_BYTES


def test_a_permit_that_is_too_long_is_refused_before_it_is_signed() -> None:
    with pytest.raises(ValueError, match="bytes at most"):
        Permit("n" * 64, "测*", "样" * 30, "浙HF12345", date(2026, 11, 25))


@pytest.mark.parametrize(
    "fields",
    [
        ("", "测*", "馆馆", "浙H12345"),
        ("n", "测试丙", "馆馆", "浙H12345"),
        ("n", "测*", "馆\n馆", "浙H12345"),
        ("n", "测*", "馆馆", ""),
    ],
)
def test_fields_that_do_not_fit_are_refused(fields: tuple[str, str, str, str]) -> None:
    with pytest.raises(ValueError):
        Permit(*fields, date(2026, 11, 25))


@pytest.mark.parametrize(("day", "valid"), [(24, False), (25, True), (27, True), (28, False)])
def test_it_is_valid_for_three_days_from_its_day_on(day: int, *, valid: bool) -> None:
    assert PERMIT.is_valid_on(date(2026, 11, day)) is valid


def test_an_application_without_a_name_gives_no_permit() -> None:
    with pytest.raises(KeyError):
        permit_of("n", {"deceased": {}, "home": "馆馆", "plate": "浙H12345"}, date(2026, 11, 25))
    with pytest.raises(ValueError):
        permit_of("n", {"deceased": {"name": "测试丙"}, "home": "", "plate": "浙H12345"}, date(2026, 11, 25))


def test_the_events_digest_is_of_the_very_text() -> None:
    assert digest("OT1:") == "32574ef74560ddafd0f488d1b8f633daf4e32ff3409b0fe2d7f9a2bde3d59375"


@given(
    st.text("ABCabc0123456789-", min_size=1, max_size=31),
    st.text("样例市县殡仪馆", min_size=2, max_size=30),
    st.dates(date(2026, 1, 1), date(2099, 12, 1)),
    st.integers(1, 30),
)
def test_what_was_written_is_read_again(number: str, home: str, issued: date, days: int) -> None:
    permit = Permit(number, "测*", home, "浙H12345", issued, days)
    assert read(write(permit, KEY.sign) + "\n", BY_KEY) == permit
