"""What the tests of a funeral home's matters share: a small price list, places, certificates, a visitor by chance."""

from typing import Any

from hypothesis import strategies as st

from contract.reference_rows import Label, PriceItem, PriceList, Slot
from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.questions import Card, Choice, Counted, Notice, Pad, Review, Scan, Sign
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, WOMAN, Talk

CODE = "2026330899000001|测试丙|1|2026-11-24"
PHONE, SECOND_PHONE = "000-12345678", "000-87654321"
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


def by_chance(talk: Talk, data: st.DataObject) -> Ending:
    """Whatever the pages allow."""
    for _ in range(LONGEST):
        match talk.walk.at:
            case Ending() as ending:
                return ending
            case Choice() as choice:
                keys = [option.key for option in choice.options if option.off is None]
                some = st.lists(st.sampled_from(keys), min_size=0 if choice.may_be_none else 1, unique=True)
                talk.says(chosen=data.draw(some if choice.many else st.sampled_from(keys)))
            case Card():
                if data.draw(st.booleans()):
                    talk.lays(data.draw(st.sampled_from([MAN, WOMAN])))
                else:
                    talk.hears({"instead": data.draw(st.sampled_from(["no_card", "unreadable", "reader_gone"]))})
            case Scan():
                code = st.sampled_from([{"code": CODE}, {"code": "2026330899000002"}, {"instead": "no_code"}])
                talk.says(**data.draw(code))
            case Counted() as counted:
                talk.says(**{f"n_{one.key}": str(data.draw(st.integers(0, counted.most))) for one in counted.items})
            case Pad() as pad:
                if pad.may_skip and data.draw(st.booleans()):
                    talk.says(skip="1")
                else:
                    talk.says(typed={"phone": PHONE, "plate": "H12345", "place_name": "样例市殡仪馆"}[pad.kind])
            case Sign():
                talk.says(**data.draw(st.sampled_from([{"strokes": STROKES}, {"instead": "window"}])))
            case Review() | Notice():
                talk.says(right="1")
            case other:
                raise AssertionError(f"nobody answers {other}")
    raise AssertionError("it asks without an end")
