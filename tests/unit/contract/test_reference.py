"""Reference snapshots: the bytes as they travel, and that nothing else is ever taken for one."""

import base64
import gzip
import hashlib
import json
import random
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contract.reference import (
    MOST_BYTES,
    MalformedSnapshot,
    Snapshot,
    dataset_of,
    decode,
    encode,
    reference_filter,
    reference_topic,
)
from contract.reference_rows import (
    DATASETS,
    ROWS,
    BookedPerson,
    Booking,
    CareHome,
    CreditEntry,
    Label,
    PlaceName,
    PriceItem,
    PriceList,
    ReliefPoint,
    Slot,
    code_hash,
)
from contract.reference_signature import is_signed, sign
from contract.sparkplug.topics import MalformedTopic

AS_OF_MS = 1_795_543_200_000
SLOTS = Snapshot(
    facility="330802-marriage-01",
    dataset="slots",
    version=3,
    as_of_ms=AS_OF_MS,
    source=Label(zh="样例市民政局", en="Sample Bureau"),
    rows=(Slot(matter="marriage", date="2026-11-26", time="09:00", places=3),),
    valid_for_s=86_400,
)
GOLDEN = (
    '{"as_of_ms":1795543200000,"dataset":"slots","facility":"330802-marriage-01",'
    '"rows":[{"date":"2026-11-26","matter":"marriage","places":3,"time":"09:00"}],'
    '"sha256":"%s","source":{"en":"Sample Bureau","zh":"样例市民政局"},"valid_for_s":86400,"version":3}'
)
# printf '%s' '{"as_of_ms":…,"version":3}' without sha256 | sha256sum
GOLDEN_SHA256 = "1e2038b8cf668e2792c227cce85f2ebc742775a3ed554f833732df5d85554218"
RFC_8032_KEY = Ed25519PrivateKey.from_private_bytes(  # section 7.1, test 1
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
RFC_8032_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
sign_it = partial(sign, key=RFC_8032_KEY)


def golden(**changed: Any) -> bytes:
    """The golden document, changed, with the sum that belongs to it."""
    document = json.loads(GOLDEN % "") | changed
    document.pop("sha256")
    return summed(document)


def summed(document: dict[str, Any], **more: Any) -> bytes:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return json.dumps(document | {"sha256": hashlib.sha256(canonical).hexdigest()} | more).encode()


def test_a_snapshot_is_these_bytes() -> None:
    assert encode(SLOTS) == (GOLDEN % GOLDEN_SHA256).encode()


def test_what_was_encoded_is_decoded_with_its_sum() -> None:
    assert decode(encode(SLOTS)) == replace(SLOTS, sha256=GOLDEN_SHA256)


def test_the_sum_does_not_depend_on_spaces_or_order() -> None:
    body = json.loads(encode(SLOTS))
    assert decode(json.dumps(dict(reversed(body.items())), indent=2).encode()) == decode(encode(SLOTS))


@pytest.mark.parametrize(
    ("topic", "dataset"),
    [
        ("onetrip/v1/reference/330802-marriage-01/price_list", "price_list"),
        ("onetrip/v1/reference/330802-marriage-01/of_a_newer_city", "of_a_newer_city"),
        ("onetrip/v1/reference/330802-marriage-01", None),
        ("onetrip/v1/reference/330802-marriage-01/", None),
        ("onetrip/v1/reference/330802-marriage-01/a/b", None),
        ("onetrip/v1/references/330802-marriage-01/slots", None),
        ("spBv1.0/330802/NCMD/330802-marriage-01", None),
    ],
)
def test_the_dataset_is_the_last_level_of_the_topic(topic: str, dataset: str | None) -> None:
    assert dataset_of(topic) == dataset


def test_topic_and_filter_of_a_facility() -> None:
    assert reference_topic("330800-funeral-01", "slots") == "onetrip/v1/reference/330800-funeral-01/slots"
    assert reference_filter("330800-funeral-01") == "onetrip/v1/reference/330800-funeral-01/+"
    for facility in ("", "+", "a/b", "#"):
        with pytest.raises(MalformedTopic):
            reference_filter(facility)


def test_age_grows_with_the_clock_and_is_never_below_zero() -> None:
    assert [SLOTS.age_s(AS_OF_MS + ms) for ms in (-5000, 0, 1500)] == [0, 0, 1.5]
    assert [SLOTS.is_old(AS_OF_MS + s * 1000) for s in (86_400, 86_401)] == [False, True]
    assert not replace(SLOTS, valid_for_s=None).is_old(AS_OF_MS + 10**12)


# what is refused, and why


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"dataset": "weather"}, "dataset: none of those known here"),
        ({"dataset": ["slots"]}, "dataset: none of those known here"),
        ({"version": 0}, "version: Input should be greater than or equal to 1"),
        ({"version": True}, "version: Input should be a valid integer"),
        ({"version": "3"}, "version: Input should be a valid integer"),
        ({"as_of_ms": 10**18}, "as_of_ms"),
        ({"valid_for_s": 0}, "valid_for_s"),
        ({"facility": ""}, "facility"),
        ({"source": {"zh": "", "en": "x"}}, "source.zh"),
        ({"rows": {}}, "rows"),
        ({"rows": [{"date": "2026-11-26", "matter": "m", "time": "09:00"}]}, "rows.0.places: Field required"),
        ({"rows": [{"date": "2026-02-30", "matter": "m", "places": 1, "time": "09:00"}]}, "rows.0.date"),
        ({"rows": [{"date": "20260228", "matter": "m", "places": 1, "time": "09:00"}]}, "rows.0.date"),
        ({"rows": [{"date": "2026-11-26", "matter": "m", "places": 1, "time": "24:00"}]}, "rows.0.time"),
        ({"rows": [{"date": "2026-11-26", "matter": "m", "places": -1, "time": "09:00"}]}, "rows.0.places"),
        ({"rows": [{"date": "2026-11-26", "matter": "m", "places": 1.0, "time": "09:00"}]}, "rows.0.places"),
        ({"more": 1}, "more: Extra inputs are not permitted"),
    ],
)
def test_a_document_that_breaks_a_rule_is_refused_with_its_place(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(MalformedSnapshot) as refused:
        decode(golden(**changed))
    assert str(refused.value).startswith(why)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b"\xff", b'"\xe5"', b"[" * 100_000, b'{"dataset":"slots","version":1e999}']
)
def test_bytes_that_are_no_object_are_refused(body: bytes) -> None:
    with pytest.raises(MalformedSnapshot):
        decode(body)


def test_one_changed_figure_breaks_the_sum() -> None:
    with pytest.raises(MalformedSnapshot, match="sha256"):
        decode(encode(SLOTS).replace(b'"places":3', b'"places":9'))


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(MalformedSnapshot, match="no canonical JSON"):
        decode(encode(SLOTS).replace("样".encode(), rb"\ud83d"))


def test_a_refusal_repeats_no_row() -> None:
    person = {"name_masked": "欧阳测试", "token": ""}
    row = {"booking": "b", "matter": "m", "date": "2026-11-26", "time": "09:00", "persons": [person], "code_hash": "0"}
    with pytest.raises(MalformedSnapshot) as refused:
        decode(golden(dataset="bookings", rows=[row]))
    assert "rows.0.persons.0.name_masked" in str(refused.value)
    assert "欧阳" not in str(refused.value)


# compression and size


def places(count: int, seed: int | None = None) -> Snapshot:
    """`seed`: of names that no compression makes shorter."""
    rng = random.Random(seed)
    names = (f"测试{n}村" if seed is None else base64.b64encode(rng.randbytes(45)).decode() for n in range(count))
    rows = tuple(PlaceName(county="330802", name=name, kind="village") for name in names)
    return replace(SLOTS, dataset="place_names", rows=rows)


def test_a_long_snapshot_is_compressed_and_a_short_one_is_not() -> None:
    long = encode(places(1000))
    assert long.startswith(b"\x1f\x8b")
    assert len(long) < 10_000
    assert decode(long).rows == places(1000).rows
    assert decode(gzip.compress(encode(SLOTS))) == decode(encode(SLOTS))


@pytest.mark.parametrize(
    "spoil", [lambda zipped: zipped[:-9], lambda zipped: zipped[:200], lambda zipped: zipped + b"more"]
)
def test_gzip_that_is_cut_or_followed_by_something_is_refused(spoil: Any) -> None:
    with pytest.raises(MalformedSnapshot, match="gzip"):
        decode(spoil(encode(places(1000))))


def test_a_zip_bomb_is_given_up_at_the_limit() -> None:
    bomb = gzip.compress(b" " * 50_000_000, 1)
    with pytest.raises(MalformedSnapshot, match=f"above the limit of {MOST_BYTES} bytes"):
        decode(bomb)


def test_what_is_too_large_is_not_published() -> None:
    with pytest.raises(MalformedSnapshot, match=f"above the limit of {MOST_BYTES} bytes"):
        encode(places(80_000))
    with pytest.raises(MalformedSnapshot, match="on the wire"):
        encode(places(25_000, seed=1))


# signatures


def test_the_citys_signature_is_the_one_of_this_key_over_this_text() -> None:
    snapshot = decode(encode(SLOTS, sign_it))
    RFC_8032_KEY.public_key().verify(
        base64.b64decode(snapshot.signature), f"onetrip/v1/reference/{GOLDEN_SHA256}".encode()
    )
    assert is_signed(snapshot, RFC_8032_PUBLIC)
    assert encode(SLOTS, sign_it) == encode(SLOTS, sign_it)


@pytest.mark.parametrize(
    "signature", ["", "x", "é", "AAAA", base64.b64encode(bytes(64)).decode(), sign("0" * 64, RFC_8032_KEY)]
)
def test_a_wrong_signature_is_none(signature: str) -> None:
    assert not is_signed(replace(decode(encode(SLOTS)), signature=signature), RFC_8032_PUBLIC)


def test_a_signature_binds_facility_and_version_and_rows() -> None:
    """Somebody takes the signature of one snapshot for another."""
    signature = decode(encode(SLOTS, sign_it)).signature
    for changed in ({"facility": "330803-care-01"}, {"version": 4}, {"as_of_ms": AS_OF_MS + 1}, {"rows": ()}):
        other = decode(encode(replace(SLOTS, **changed), lambda _sha256: signature))  # type: ignore[arg-type]
        assert not is_signed(other, RFC_8032_PUBLIC)


def test_another_key_signs_for_nobody() -> None:
    snapshot = decode(encode(SLOTS, partial(sign, key=Ed25519PrivateKey.from_private_bytes(bytes(32)))))
    assert not is_signed(snapshot, RFC_8032_PUBLIC)
    assert not is_signed(snapshot, b"not 32 bytes")


# garbage

WORDS = st.sampled_from(["slots", "price_list", "330802", "2026-11-26", "09:00", "normal", "张*", "\ud800", "1A", ""])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | WORDS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text() | WORDS, inside, max_size=4),
    max_leaves=12,
)


def only_malformed(body: bytes) -> None:
    try:
        decode(body)
    except MalformedSnapshot:
        return


@given(st.binary())
def test_garbage_raises_nothing_else(body: bytes) -> None:
    only_malformed(body)
    only_malformed(b"\x1f\x8b" + body)
    only_malformed(gzip.compress(body))


@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_spoilt_snapshot_raises_nothing_else(place: int, spoilt: bytes) -> None:
    for body in (encode(SLOTS), gzip.compress(encode(SLOTS), mtime=0)):
        only_malformed(body[:place] + spoilt + body[place + 1 :])


@given(st.sampled_from(DATASETS), st.data())
def test_a_true_sum_over_garbage_raises_nothing_else(dataset: str, data: st.DataObject) -> None:
    fields = st.sampled_from(sorted(ROWS[dataset].model_fields))
    rows = data.draw(st.lists(st.dictionaries(fields, JSON, max_size=8), max_size=3) | JSON)
    document = json.loads(GOLDEN % "") | {"dataset": dataset, "rows": rows} | data.draw(st.dictionaries(WORDS, JSON))
    document.pop("sha256", None)
    try:
        body = summed(document)
    except UnicodeEncodeError:
        body = json.dumps(document).encode()
    only_malformed(body)


# rows


def test_every_dataset_has_a_model_and_takes_an_empty_list_but_the_price_list() -> None:
    assert tuple(ROWS) == DATASETS
    for dataset in DATASETS:
        empty = replace(SLOTS, dataset=dataset, rows=())
        if ROWS[dataset] is PriceList:
            with pytest.raises(MalformedSnapshot, match="rows"):
                encode(empty)
        else:
            assert decode(encode(empty)).rows == ()


def test_rows_of_another_dataset_are_not_published() -> None:
    with pytest.raises(MalformedSnapshot):
        encode(replace(SLOTS, dataset="place_names"))


ITEM = {
    "id": "cremation", "group": "basic", "kind": "government_set", "category": {"zh": "火化", "en": "Cremation"},
    "name": {"zh": "普通炉", "en": "Ordinary"}, "unit": {"zh": "次", "en": "time"}, "price_fen": 42_000,
    "relief_fen": 40_000, "basis": "样例价〔2026〕1号",
}  # fmt: skip
LIST = {
    "list_version": "2026-1", "effective_from": "2026-01-01", "issuers": [{"zh": "样例市民政局", "en": "Bureau"}],
    "supervision_phone": "000-12345678", "items": [ITEM],
}  # fmt: skip
HOME = {
    "id": "home-1", "name": {"zh": "样例", "en": "Sample"}, "county": "330803", "phone": "000-12345678",
    "price_fen_month_from": 200_000, "price_fen_month_to": 300_000, "beds": 10, "free_beds": 10,
    "care_levels": ["self"],
}  # fmt: skip
POINT = {
    "id": "p", "name": {"zh": "样例", "en": "Sample"}, "county": "330802", "lon": 118.87, "lat": 28.94,
    "opens": "00:00", "closes": "24:00", "phone": "000-12345678",
}  # fmt: skip


def accepts(model: Any, row: dict[str, Any], **changed: Any) -> bool:
    try:
        model.model_validate_json(json.dumps(row | changed))
    except ValidationError:
        return False
    return True


def test_relief_is_at_most_the_price() -> None:
    assert PriceItem.model_validate_json(json.dumps(ITEM)).to_pay_fen == 2000
    assert accepts(PriceItem, ITEM, relief_fen=42_000)
    assert not accepts(PriceItem, ITEM, relief_fen=42_001)
    assert not accepts(PriceItem, ITEM, price_fen=420.5)


def test_a_price_list_has_items_with_ids_of_their_own_and_stands_alone() -> None:
    assert accepts(PriceList, LIST)
    assert not accepts(PriceList, LIST, items=[ITEM, ITEM])
    assert not accepts(PriceList, LIST, items=[])
    decode(golden(dataset="price_list", rows=[LIST]))
    with pytest.raises(MalformedSnapshot, match="rows"):
        decode(golden(dataset="price_list", rows=[LIST, LIST]))


def test_a_care_home_has_no_more_free_beds_than_beds() -> None:
    assert accepts(CareHome, HOME)
    assert not accepts(CareHome, HOME, free_beds=11)
    assert not accepts(CareHome, HOME, price_fen_month_to=199_999)
    assert not accepts(CareHome, HOME, county="330899")


def test_a_relief_point_lies_in_the_country_and_may_never_close() -> None:
    assert accepts(ReliefPoint, POINT)
    assert not accepts(ReliefPoint, POINT, lon=28.94, lat=118.87)
    assert not accepts(ReliefPoint, POINT, opens="24:00")


def test_a_credit_code_that_fails_its_check_is_in_no_row() -> None:
    group = {"as_of_ms": AS_OF_MS, "source": "样例市民政局"}
    row = {
        "name": "柯城区样例甲柑橘协会", "initials": "KCQYLJGJXH", "credit_code": "51330899MJT000010L",
        "kind": "association", "county": "330802", "state": "normal", "legal_representative": "测试甲",
        "registration": group | {"established": "2015-05-01", "registrar": "样例市民政局"}, "annual": group,
        "credit": group,
    }  # fmt: skip
    model = ROWS["social_organisations"]
    assert accepts(model, row)
    assert not accepts(model, row, credit_code="51330899MJT000010M")
    assert not accepts(model, row, credit_code="51330899mjt000010l")
    assert not accepts(model, row, initials="kcq")


def test_a_penalty_leaves_public_view_when_its_validity_ends() -> None:
    entry = CreditEntry(kind="penalty", decided="2025-01-01", authority="a", reason="r", valid_until="2026-01-01")
    assert [entry.is_public(day) for day in ("2025-12-31", "2026-01-01", "2026-01-02")] == [True, True, False]
    assert entry.model_copy(update={"valid_until": None}).is_public("2099-01-01")


def test_a_booking_is_opened_by_its_own_code_alone() -> None:
    booking = Booking(
        booking="b-1",
        matter="marriage",
        date="2026-11-26",
        time="09:00",
        persons=(BookedPerson(name_masked="张*"),),
        code_hash=code_hash("b-1", "482913"),
    )
    assert booking.has_code(" 482913 ")
    assert not booking.has_code("482914")
    assert not booking.model_copy(update={"booking": "b-2"}).has_code("482913")
    assert code_hash("b-1", "482913") == hashlib.sha256(b"b-1/482913").hexdigest()


def test_a_full_name_or_number_fits_no_row_of_a_person() -> None:
    with pytest.raises(ValidationError):
        BookedPerson(name_masked="张三")
    with pytest.raises(ValidationError):
        BookedPerson(name_masked="张*", token="330899199003070016")


def test_a_slot_is_counted_by_matter_day_and_time() -> None:
    assert SLOTS.rows[0].key == "marriage/2026-11-26/09:00"
