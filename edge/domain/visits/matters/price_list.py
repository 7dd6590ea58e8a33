"""The published price list (公示价目表), for everybody, without a card: three groups or a category, and the issuers.

Source: 殡葬管理条例 as revised (2026-03-30): charges are published as a list. Shown as it is: no total, no advice.
"""

from contract.reference_rows import PriceItem, PriceList
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.price_list import GROUPS, categories, cheapest_first, current, of_group, yuan
from edge.domain.visits.questions import Choice, Line, Notice, Option, Said

MOST_LOOKS = 8  # then the page ends; the visitor may begin again
MOST_PRINTED = 60  # lines of a slip


def looking(visit: Visit) -> Flow:
    prices = current(visit.snapshot("price_list"))
    if prices is None:
        return Ending(key="no_list", state=None, staff="help", rating=False)
    lines: tuple[Line, ...] = ()
    for look in range(1, MOST_LOOKS + 1):
        what = yield Choice(
            name=f"what.{look}",
            words="price_list.what",
            personal=False,
            options=(*(Option(key=group) for group in GROUPS), Option(key="category", icon="search")),
        )
        if what["chosen"] == "category":
            found = categories(prices)
            chosen = yield Choice(
                name=f"category.{look}",
                words="price_list.category",
                style="list",
                personal=False,
                options=tuple(
                    Option(key=str(n), text=Said(one.zh, one.en or one.zh)) for n, one in enumerate(found, 1)
                ),
            )
            name = found[int(chosen["chosen"]) - 1].zh
            items = cheapest_first(prices, [item for item in prices.items if item.category.zh == name])
        else:
            items = of_group(prices, what["chosen"])
        lines = tuple(_line(item) for item in items)
        yield Notice(
            name=f"prices.{look}",
            words="price_list.prices",
            personal=False,
            slow=True,
            lines=(*lines, *_issued(prices)),
            values={"list": prices.list_version, "from": prices.effective_from},
        )
        then = yield Choice(
            name=f"then.{look}",
            words="price_list.then",
            personal=False,
            options=(
                Option(key="more", icon="list"),
                *((Option(key="print", icon="printer"),) if len(lines) <= MOST_PRINTED else ()),
                Option(key="done", icon="home"),
            ),
        )
        if then["chosen"] == "print":
            return Ending(
                key="printed",
                state=None,
                receipt=_issued(prices)[:1],
                slip=(*lines, *_issued(prices)[1:]),
                rating=False,
            )
        if then["chosen"] == "done":
            break
    return Ending(key="seen", state=None, rating=False)


def _line(item: PriceItem) -> Line:
    relief = f"，减免 {yuan(item.relief_fen)}" if item.relief_fen else ""
    relief_en = f", relief {yuan(item.relief_fen)}" if item.relief_fen else ""
    price = yuan(item.price_fen)
    return Line(
        Said(item.name.zh, item.name.en or item.name.zh),
        Said(f"{price} 元/{item.unit.zh}{relief}", f"CNY {price}/{item.unit.en or item.unit.zh}{relief_en}"),
    )


def _issued(prices: PriceList) -> tuple[Line, ...]:
    bases = list(dict.fromkeys(item.basis for item in prices.items))
    return (
        Line("price_list.version", f"{prices.list_version} · {prices.effective_from}"),
        *(Line("price_list.issuer", Said(one.zh, one.en or one.zh)) for one in prices.issuers),
        *(Line("price_list.basis", one) for one in bases[:5]),
        Line("price_list.supervision", prices.supervision_phone),
    )


LOOKING = Matter(name="price_list", theme="funeral", open=looking, icon="list", needs_people=False)
MATTERS: tuple[Matter, ...] = (LOOKING,)
