"""Publish reference data: each facility gets a snapshot of its own, with a version above all before it.

A version is the time in seconds, or one more than the last: it grows also when the records come back from a backup.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cloud.domain.reference_draft import Draft
from cloud.ports import ReferenceShelf
from contract.reference import Snapshot, encode, reference_topic
from contract.sparkplug.topics import Publish


@dataclass(frozen=True, slots=True)
class Published:
    """`size`: bytes on the wire."""

    snapshot: Snapshot
    size: int


def publish(
    draft: Draft,
    facilities: Iterable[str],
    shelf: ReferenceShelf,
    send: Callable[[Publish], None],
    sign: Callable[[str], str] | None,
    now_ms: int,
) -> Iterator[Published]:
    """One for each facility, as they are done. First on the shelf, then out: no version is ever given twice.

    Raises MalformedSnapshot (too large), RecordsUnavailable, BrokerUnreachable.
    """
    for facility in facilities:
        snapshot = Snapshot(
            facility=facility,
            dataset=draft.dataset,
            version=max(shelf.last_version(facility, draft.dataset) + 1, now_ms // 1000),
            as_of_ms=now_ms if draft.as_of_ms is None else draft.as_of_ms,
            source=draft.source,
            rows=draft.rows,
            valid_for_s=draft.valid_for_s,
        )
        body = encode(snapshot, sign)
        shelf.keep(snapshot, body, now_ms)
        send(Publish(reference_topic(facility, draft.dataset), body, qos=1, retain=True))
        yield Published(snapshot, len(body))
