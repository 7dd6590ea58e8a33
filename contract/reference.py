"""Reference snapshots (参考数据快照): what a box answers from while the network is out, and how old that is.

    onetrip/v1/reference/<facility>/<dataset>      MQTT, retained, QoS 1

A snapshot is a JSON object, gzip-compressed where that is shorter: facility, dataset, version (only ever grows),
as_of_ms (UTC, when the city made it), valid_for_s (after that it counts as old), source, rows, sha256, signature.
`sha256` is taken over the canonical JSON (sorted keys, no spaces, UTF-8) of the object without `sha256` and
`signature`, so that the signature of contract.reference_signature binds all of it, facility and version too.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, ValidationError

from contract.events.data import Name
from contract.events.envelope import explain
from contract.reference_rows import ROWS, Dataset, Label, Millis, PriceList, Row
from contract.sparkplug.topics import check_id

PREFIX = "onetrip/v1/reference"
MOST_BYTES = 4 << 20
"""Of a snapshot, before compression."""
MOST_WIRE_BYTES = 1_000_000
"""After it: brokers are set to take packets of 1 MiB."""
_ZIP_FROM = 4096
_GZIP = b"\x1f\x8b"
_YEARS_S = 10 * 366 * 86400


class MalformedSnapshot(ValueError):
    """The bytes are not a snapshot of ours; the text says why, and repeats no row of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`rows`: of the dataset's model (contract.reference_rows). `sha256`, `signature`: as they came; else empty."""

    facility: str
    dataset: str
    version: int
    as_of_ms: int
    source: Label
    rows: tuple[Any, ...]
    valid_for_s: int | None = None
    sha256: str = ""
    signature: str = ""

    def age_s(self, now_ms: int) -> float:
        """Never below zero: a clock that is behind makes no data of tomorrow."""
        return max(0, now_ms - self.as_of_ms) / 1000

    def is_old(self, now_ms: int) -> bool:
        return self.valid_for_s is not None and self.age_s(now_ms) > self.valid_for_s

    @property
    def name(self) -> str:
        """As a case keeps it: `price_list@1795543200`."""
        return f"{self.dataset}@{self.version}"


def reference_topic(facility: str, dataset: str) -> str:
    """MalformedTopic where one of them cannot stand in a topic."""
    check_id(facility, "facility")
    check_id(dataset, "dataset")
    return f"{PREFIX}/{facility}/{dataset}"


def reference_filter(facility: str) -> str:
    """All datasets of one facility."""
    return f"{reference_topic(facility, 'x')[:-1]}+"


def dataset_of(topic: str) -> str | None:
    """The dataset in a reference topic, one of ours or not; None when it is no such topic."""
    parts = topic.split("/")
    return parts[4] if len(parts) == 5 and topic.startswith(PREFIX + "/") and parts[4] else None


def encode(snapshot: Snapshot, sign: Callable[[str], str] | None = None) -> bytes:
    """`sign`: makes the signature of a SHA-256. Raises MalformedSnapshot for what `decode` would not take."""
    rows = [row.model_dump(mode="json", exclude_defaults=True) for row in snapshot.rows]
    document: dict[str, Any] = {
        "facility": snapshot.facility,
        "dataset": snapshot.dataset,
        "version": snapshot.version,
        "as_of_ms": snapshot.as_of_ms,
        "source": snapshot.source.model_dump(mode="json"),
        "rows": rows,
    }
    if snapshot.valid_for_s is not None:
        document["valid_for_s"] = snapshot.valid_for_s
    sha256 = hashlib.sha256(_canonical(document)).hexdigest()
    body = _canonical(document | {"sha256": sha256} | ({"signature": sign(sha256)} if sign else {}))
    decode(body)
    zipped = gzip.compress(body, mtime=0) if len(body) >= _ZIP_FROM else body
    shorter = min(body, zipped, key=len)
    if len(shorter) > MOST_WIRE_BYTES:
        raise MalformedSnapshot(f"above the limit of {MOST_WIRE_BYTES} bytes on the wire, compressed")
    return shorter


def decode(body: bytes) -> Snapshot:
    """Raises MalformedSnapshot: too large, no JSON, a wrong field or row, another SHA-256."""
    document = _object(_unzipped(body))
    sha256, signature = document.pop("sha256", ""), document.pop("signature", "")
    if not isinstance(signature, str) or len(signature) > 128:
        raise MalformedSnapshot("signature: a short text")
    dataset = document.get("dataset")
    model = _DOCUMENTS.get(dataset) if isinstance(dataset, str) else None
    if model is None:
        raise MalformedSnapshot("dataset: none of those known here")
    canonical = _canonical(document)
    if sha256 != hashlib.sha256(canonical).hexdigest():
        raise MalformedSnapshot("sha256: the snapshot was changed or cut")
    try:
        about = model.model_validate_json(canonical)  # the very bytes that the sum is of
    except ValidationError as wrong:
        raise MalformedSnapshot(explain(wrong)) from None
    return Snapshot(
        facility=about.facility,
        dataset=about.dataset,
        version=about.version,
        as_of_ms=about.as_of_ms,
        source=about.source,
        rows=about.rows,
        valid_for_s=about.valid_for_s,
        sha256=sha256,
        signature=signature,
    )


_Rows = TypeVar("_Rows")


class _Document(Row, Generic[_Rows]):
    facility: Name
    dataset: Dataset
    version: Annotated[int, Field(ge=1, le=2**53 - 1)]
    as_of_ms: Millis
    source: Label
    rows: _Rows
    valid_for_s: Annotated[int, Field(ge=1, le=_YEARS_S)] | None = None


_DOCUMENTS: Mapping[str, type[_Document[Any]]] = {
    dataset: _Document[tuple[PriceList]] if row is PriceList else _Document[tuple[row, ...]]  # type: ignore[valid-type]
    for dataset, row in ROWS.items()
}


def _canonical(document: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (ValueError, RecursionError) as wrong:  # a number without end, half of a surrogate pair
        raise MalformedSnapshot(f"no canonical JSON: {type(wrong).__name__}") from None


def _unzipped(body: bytes) -> bytes:
    if body.startswith(_GZIP):
        unpacking = zlib.decompressobj(wbits=31)
        try:
            body = unpacking.decompress(body, MOST_BYTES + 1)
        except zlib.error as wrong:
            raise MalformedSnapshot(f"gzip: {wrong}") from None
        if len(body) <= MOST_BYTES and (not unpacking.eof or unpacking.unused_data):
            raise MalformedSnapshot("gzip: cut, or something follows it")
    if len(body) > MOST_BYTES:
        raise MalformedSnapshot(f"above the limit of {MOST_BYTES} bytes")
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedSnapshot("no JSON") from None
    if not isinstance(document, dict):
        raise MalformedSnapshot("no JSON object")
    return document
