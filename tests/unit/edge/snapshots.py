"""Reference snapshots of the facility of these tests."""

from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.reference import Snapshot, encode, reference_topic
from contract.reference_rows import Label, PriceItem, PriceList, Slot
from contract.reference_signature import sign
from tests.unit.edge.stores import FACILITY

AS_OF_MS = 1_780_000_000_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WORD = Label(zh="样例", en="sample")


def slots(version: int = 1, *, places: int = 3, **changed: Any) -> Snapshot:
    rows = (Slot(matter="care_visit", date="2026-11-26", time="09:00", places=places),)
    return _snapshot("slots", version, rows, **changed)


def price_list(version: int = 1, *, fen: int = 42_000, **changed: Any) -> Snapshot:
    item = PriceItem(
        id="cremation", group="basic", kind="government_set", category=WORD, name=WORD, unit=WORD, price_fen=fen,
        basis="样例价〔2026〕1号",
    )  # fmt: skip
    rows = (
        PriceList(list_version="2026-1", effective_from="2026-01-01", issuers=(WORD,),
                  supervision_phone="000-12345678", items=(item,)),
    )  # fmt: skip
    return _snapshot("price_list", version, rows, **changed)


def signed(snapshot: Snapshot, key: Ed25519PrivateKey = KEY) -> bytes:
    return encode(snapshot, partial(sign, key=key))


def topic(dataset: str, facility: str = FACILITY) -> str:
    return reference_topic(facility, dataset)


def _snapshot(dataset: str, version: int, rows: tuple[Any, ...], **changed: Any) -> Snapshot:
    about: dict[str, Any] = {"facility": FACILITY, "as_of_ms": AS_OF_MS, "source": WORD} | changed
    return Snapshot(dataset=dataset, version=version, rows=rows, **about)
