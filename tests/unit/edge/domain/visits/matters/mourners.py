"""What the tests of a funeral home's matters share: a small price list and places."""

from typing import Any

from contract.reference_rows import Label, PriceItem, PriceList, Slot

SECOND_PHONE = "000-87654321"
ITEMS: tuple[tuple[str, str, str, int, int], ...] = (  # group, id, category, fen, relief
    ("basic", "pick-up", "接运", 26_000, 26_000),
    ("basic", "cremation", "火化", 42_000, 42_000),
    ("basic", "storage-more", "存放", 9_000, 0),
    ("important", "furnace-ash", "火化", 98_000, 0),
    ("regular", "urn-pine", "骨灰盒", 28_000, 0),
    ("regular", "urn-paper", "骨灰盒", 12_000, 0),
    ("regular", "candle", "用品", 2_500, 0),
)
_KINDS = {"basic": "government_set", "important": "government_guided", "regular": "market"}


def price_list(items: tuple[tuple[str, str, str, int, int], ...] = ITEMS) -> PriceList:
    return PriceList(
        list_version="2026-1",
        effective_from="2026-01-01",
        issuers=(Label(zh="样例市民政局", en="Sample Civil Affairs Bureau"),),
        supervision_phone="000-96000000",
        items=tuple(_item(*one) for one in items),
    )


def _item(group: str, name: str, category: str, fen: int, relief: int) -> PriceItem:
    return PriceItem.model_validate({
        "id": name, "group": group, "kind": _KINDS[group], "category": Label(zh=category, en=f"c-{category}"),
        "name": Label(zh=f"样例{name}", en=name), "unit": Label(zh="次", en="time"), "price_fen": fen,
        "relief_fen": relief, "basis": "样例价〔2026〕1号",
    })  # fmt: skip


def places(*times: str, number: int = 1) -> list[Slot]:
    """Tomorrow."""
    return [Slot(matter="cremation", date="2026-11-26", time=time, places=number) for time in times]


def known(**more: Any) -> dict[str, Any]:
    return {"price_list": (price_list(),), "slots": places("09:00", "10:00", "14:00")} | more
