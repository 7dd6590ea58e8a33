"""Reference data on its way in: only a whole, newer and, where it must be, signed snapshot replaces what the box has.

Taken one at a time between the uplink's other work, because a large one takes a while to check.
"""

import logging
from collections.abc import Callable

from contract.reference import MalformedSnapshot, Snapshot, dataset_of, decode, reference_filter, reference_topic
from edge.domain.moment import Moment
from edge.ports import SnapshotShelf, StoreUnavailable

_AGAIN_S = 10.0  # after the store refused
log = logging.getLogger(__name__)


class ReferenceIntake:
    def __init__(self, facility: str, shelf: SnapshotShelf, trusts: Callable[[Snapshot], bool]) -> None:
        """`trusts`: whether it is signed by the city, where it must be."""
        self._facility, self._shelf, self._trusts = facility, shelf, trusts
        self._waiting: dict[str, bytes] = {}  # by topic, the newest
        self._again_at = float("-inf")

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        return ((reference_filter(self._facility), 1),)

    def arrived(self, topic: str, body: bytes) -> bool:
        """False: no reference topic. An empty message (the broker's copy was cleared) takes nothing from the box."""
        if dataset_of(topic) is None:
            return False
        if body:
            self._waiting[topic] = body
        return True

    def work(self, now: Moment) -> None:
        """Take the next one that waits. While the store refuses, it goes on waiting."""
        if not self._waiting or now.monotonic < self._again_at:
            return
        topic = next(iter(self._waiting))
        try:
            self._take(topic, self._waiting[topic], now)
        except MalformedSnapshot as wrong:
            log.warning("reference: %s refused: %s", topic, wrong)
        except StoreUnavailable as error:
            self._again_at = now.monotonic + _AGAIN_S
            log.error("reference: %s waits: %s", topic, error)
            return
        del self._waiting[topic]

    def _take(self, topic: str, body: bytes, now: Moment) -> None:
        if self._shelf.holds(dataset_of(topic) or "", body):
            return  # as after every connect
        snapshot = decode(body)
        if topic != reference_topic(self._facility, snapshot.dataset) or snapshot.facility != self._facility:
            raise MalformedSnapshot(f"it is {snapshot.dataset} of {snapshot.facility}")
        if not self._trusts(snapshot):
            raise MalformedSnapshot("signature: not the city's; publish it with the key of [uplink] city_signing_key")
        have = self._shelf.keep(snapshot, body, now.wall_ms)
        if have is not None:
            raise MalformedSnapshot(f"version {snapshot.version} is not above {have}, which is here")
        log.info("reference: %s taken, %d rows", snapshot.name, len(snapshot.rows))
