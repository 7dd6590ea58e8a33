"""Going on with a case that was begun before (接着办): by its code, or by the card that was just laid."""

import secrets
from collections.abc import Mapping
from typing import Literal

from edge.domain.moment import Moment
from edge.domain.visits.case import DRAFT_MS, KEPT_DRAFT_MS, Case
from edge.domain.visits.conversation import Matter
from edge.ports import CaseStore
from edge.services.visits.session import NotFound

_TRIES, _PAUSE_S = 5, 300.0
_CARD_OFFER_S = 60.0
_PURGE_S = 600.0
_CODE_MS = 90 * 24 * 3600_000  # a code leads to its case for so long at least
_ONE_IN = 100  # so rarely, at most, a guess hits a code


class Drafts:
    def __init__(self, store: CaseStore, matters: Mapping[str, Matter]) -> None:
        self._store, self._matters = store, matters
        self._tries: list[float] = []
        self._counted_at: float | None = None  # monotonic s: up to then drafts have aged
        self._may_have_been_off = True
        self._offer: tuple[str, float, Literal["card", "web"]] | None = None  # a case, until when, by what

    def by_code(self, code: str, now: Moment) -> Case:
        """A draft, or a case whose receipt is seen again. Raises NotFound; five wrong tries in five minutes."""
        self.may_try(now)
        case = self._store.by_code(code)
        if case is None or not self._may_go_on(case):
            self._tries.append(now.monotonic)
            raise NotFound("resume.unknown")
        return case

    def may_try(self, now: Moment) -> None:
        """Raises NotFound after five wrong tries in five minutes."""
        self._tries = [at for at in self._tries if now.monotonic - at < _PAUSE_S]
        if len(self._tries) >= _TRIES:
            raise NotFound("resume.later")

    def offer_code(self, code: str, now: Moment) -> None:
        """Somebody showed the code of a draft on the home page."""
        if (draft := self._store.by_code(code)) is not None and self._may_go_on(draft):
            self._offer = (draft.id, now.monotonic + _CARD_OFFER_S, "web")

    def offer(self, token: str, now: Moment) -> None:
        """Somebody laid their card on the home page."""
        if (draft := self._store.draft_of(token)) is not None and self._may_go_on(draft):
            self._offer = (draft.id, now.monotonic + _CARD_OFFER_S, "card")

    def is_offered(self, now: Moment) -> Literal["", "card", "web"]:
        """By what."""
        return self._offer[2] if self._offer is not None and now.monotonic < self._offer[1] else ""

    def offered(self, now: Moment) -> Case:
        """Raises NotFound."""
        offer, self._offer = self._offer, None
        case = self._store.case(offer[0]) if offer and now.monotonic < offer[1] else None
        if case is None or not self._may_go_on(case):
            raise NotFound("resume.unknown")
        return case

    def purge(self, now: Moment) -> None:
        """What nobody came back for goes for good: looked at when it starts, and every ten minutes."""
        ran_s = 0.0 if self._counted_at is None else now.monotonic - self._counted_at
        if self._counted_at is not None and ran_s < _PURGE_S:
            return
        kept = [matter.name for matter in self._matters.values() if matter.keeps_draft]
        with self._store.transaction() as writing:
            writing.age_drafts(round(ran_s * 1000), now, may_have_been_off=self._may_have_been_off)
            writing.forget_drafts(kept, KEPT_DRAFT_MS, DRAFT_MS)
        self._counted_at = now.monotonic
        self._may_have_been_off &= now.quality != "good"

    def new_code(self, now: Moment) -> str:
        """Digits that nobody has had lately: four, or six or eight where so many have some."""
        used = self._store.codes_in_use(now.wall_ms - _CODE_MS)
        digits = next((few for few in (4, 6) if len(used) * _ONE_IN < 10**few), 8)
        while (code := f"{secrets.randbelow(10**digits):0{digits}d}") in used:
            pass
        return code

    def are_there(self) -> bool:
        """Whether a visitor could go on with one. Raises StoreUnavailable."""
        return self._store.has_drafts([name for name, matter in self._matters.items() if not matter.by_staff])

    def _may_go_on(self, case: Case) -> bool:
        matter = self._matters.get(case.matter)
        if matter is None or case.state == "withdrawn":
            return False
        return case.state != "draft" or not matter.by_staff
