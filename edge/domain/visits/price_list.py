"""A bill (账单) from the published price list (公示价目表) and nothing else.

Source: 殡葬管理条例 as revised (in force 2026-03-30): charges stand in a published list, nothing outside it.
Money is in fen (分). `relief_fen` is the 惠民减免 of the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from contract.reference_rows import Label, PriceItem, PriceList
from edge.domain.visits.conversation import Snapshot

Group = Literal["basic", "important", "regular"]
GROUPS: tuple[Group, ...] = ("basic", "important", "regular")


class NotOnTheList(ValueError):
    """Somebody would charge what the published list does not have."""


@dataclass(frozen=True, slots=True)
class BillLine:
    item: PriceItem
    count: int

    @property
    def price_fen(self) -> int:
        return self.item.price_fen * self.count

    @property
    def relief_fen(self) -> int:
        return self.item.relief_fen * self.count

    @property
    def to_pay_fen(self) -> int:
        return self.item.to_pay_fen * self.count


@dataclass(frozen=True, slots=True)
class Bill:
    """`version`: of the list that it was made from."""

    version: str
    lines: tuple[BillLine, ...]

    @property
    def price_fen(self) -> int:
        """合计."""
        return sum(line.price_fen for line in self.lines)

    @property
    def relief_fen(self) -> int:
        """减免."""
        return sum(line.relief_fen for line in self.lines)

    @property
    def to_pay_fen(self) -> int:
        """需付."""
        return sum(line.to_pay_fen for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        return {line.item.id: line.count for line in self.lines}


def bill_of(prices: PriceList, counts: Mapping[str, int]) -> Bill:
    """In the order of the list; what was counted as nought is left out. Raises NotOnTheList, ValueError."""
    known = {item.id for item in prices.items}
    if unknown := sorted(counts.keys() - known):
        raise NotOnTheList(f"not on the list {prices.list_version}: {', '.join(unknown)}")
    if any(count < 0 for count in counts.values()):
        raise ValueError("a count is below nought")
    lines = tuple(BillLine(item, counts[item.id]) for item in prices.items if counts.get(item.id))
    return Bill(prices.list_version, lines)


def current(snapshot: Snapshot | None) -> PriceList | None:
    """The one list of the dataset; None where the box has none."""
    return next(iter(snapshot.rows), None) if snapshot else None


def categories(prices: PriceList) -> list[Label]:
    """In the order of the list, each once."""
    return list({item.category.zh: item.category for item in prices.items}.values())


def cheapest_first(prices: PriceList, items: Sequence[PriceItem]) -> list[PriceItem]:
    """By category in the order of the list, in each the cheapest first: no price is pushed."""
    order = {label.zh: number for number, label in enumerate(categories(prices))}
    return sorted(items, key=lambda item: (order[item.category.zh], item.to_pay_fen, item.id))


def of_group(prices: PriceList, group: Group) -> list[PriceItem]:
    return cheapest_first(prices, [item for item in prices.items if item.group == group])


def yuan(fen: int) -> str:
    """12.50."""
    return f"{fen // 100}.{fen % 100:02d}"
