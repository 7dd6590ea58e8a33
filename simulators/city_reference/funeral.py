"""An invented published price list of a funeral home, in the three groups of the real ones. No price is anybody's."""

from datetime import date

from contract.reference_rows import Label, PriceItem, PriceList

_YUAN = 100  # fen
_KINDS = {"basic": "government_set", "important": "government_guided", "regular": "market"}
_BASIS = {"basic": "样例价〔2026〕1号", "important": "样例价〔2026〕2号", "regular": "样例馆示〔2026〕3号"}
_CATEGORIES = {
    "transport": ("遗体接运", "Transport"),
    "storage": ("遗体存放", "Storage"),
    "farewell": ("告别", "Farewell"),
    "cremation": ("火化", "Cremation"),
    "ashes": ("骨灰寄存", "Keeping of ashes"),
    "burial": ("生态安葬", "Ecological burial"),
    "body": ("遗体料理", "Care of the body"),
    "urn": ("骨灰盒", "Urns"),
    "flowers": ("鲜花", "Flowers"),
    "supplies": ("用品", "Supplies"),
    "service": ("服务", "Services"),
}
_UNITS = {
    "time": ("次", "time"),
    "day": ("天", "day"),
    "year": ("年", "year"),
    "piece": ("个", "piece"),
    "hour": ("小时", "hour"),
    "set": ("套", "set"),
    "place": ("处", "place"),
}
_ITEMS = """
basic     pick-up         transport  遗体接运（市区内）       Transport within the city               time   260   260
basic     pick-up-far     transport  遗体接运（市区外50公里）  Transport up to 50 km outside           time   480   260
basic     carrying        transport  遗体抬运               Carrying                                time   100   100
basic     storage-3       storage    遗体冷藏（前三天）        Cold storage, first three days          day    90    90
basic     storage-more    storage    遗体冷藏（第四天起）      Cold storage, from the fourth day       day    90    0
basic     farewell-small  farewell   小告别厅               Small farewell hall                     time   300   300
basic     cremation       cremation  遗体火化（普通炉）        Cremation, ordinary furnace             time   420   420
basic     cremation-child cremation  儿童遗体火化            Cremation of a child                    time   200   200
basic     ashes-year      ashes      骨灰寄存（一年内）        Keeping of ashes, first year            year   80    80
basic     ashes-more      ashes      骨灰寄存（第二年起）      Keeping of ashes, from the second year  year   80    0
basic     tree-burial     burial     树葬                   Burial under a tree                     place  600   600
basic     lawn-burial     burial     草坪葬                 Burial in a lawn                        place  500   500
basic     niche           burial     骨灰堂格位              Niche in the ash hall                   place  900   450
important wash            body       遗体清洗穿衣            Washing and dressing                    time   220   0
important make-up         body       一般整容               Restoring the face                      time   260   0
important make-up-special body       特殊整容               Restoring, special                      time   900   0
important preserve        body       防腐                   Preservation                            time   600   0
important farewell-medium farewell   中告别厅               Medium farewell hall                    time   600   0
important farewell-large  farewell   大告别厅               Large farewell hall                     time   1200  0
important vigil           farewell   守灵间                 Vigil room                              day    300   0
important furnace-ash     cremation  拣灰炉火化              Cremation, ash-picking furnace          time   980   0
important ash-picking     cremation  陪同拣灰               Attending the ash picking               time   160   0
important mourning-car    transport  灵车（市区内）           Hearse within the city                  time   350   0
important host            service    告别仪式主持            Conducting the farewell                 time   280   0
regular   urn-paper       urn        可降解骨灰盒            Degradable urn                          piece  120   0
regular   urn-bamboo      urn        竹骨灰盒               Bamboo urn                              piece  180   0
regular   urn-pine        urn        松木骨灰盒              Pine urn                                piece  280   0
regular   urn-camphor     urn        樟木骨灰盒              Camphor urn                             piece  460   0
regular   urn-stone       urn        石质骨灰盒              Stone urn                               piece  680   0
regular   urn-jade        urn        玉质骨灰盒              Jade urn                                piece  1980  0
regular   flower-basket   flowers    花篮                   Basket of flowers                       piece  80    0
regular   flower-wreath   flowers    鲜花圈                 Wreath                                  piece  160   0
regular   flower-hall     flowers    告别厅花卉布置           Flowers in the hall                     set    980   0
regular   clothes         supplies   寿衣                   Burial clothes                          set    360   0
regular   quilt           supplies   棉被                   Quilt                                   piece  150   0
regular   armband         supplies   黑纱                   Armband                                 piece  3     0
regular   portrait        supplies   遗像放大               Enlarged portrait                       piece  60    0
regular   candle          supplies   电子烛                 Electric candle                         piece  25    0
regular   video           service    仪式录像               Filming the ceremony                    time   400   0
regular   music           service    民乐队                 Musicians                               hour   500   0
regular   meal            service    家属用餐               Meal for the family                     set    35    0
"""  # group, id, category, name, English name, unit, yuan, relief in yuan


def price_list(day: date, supervision_phone: str) -> tuple[PriceList]:
    """In force since the first of January of the day's year."""
    items = tuple(_item(*_cells(line)) for line in _ITEMS.strip().splitlines())
    issuers = (
        Label(zh="样例市发展和改革委员会", en="Sample Development and Reform Commission"),
        Label(zh="样例市民政局", en="Sample Civil Affairs Bureau"),
    )
    return (
        PriceList(
            list_version=f"{day.year}-1",
            effective_from=f"{day.year}-01-01",
            issuers=issuers,
            supervision_phone=supervision_phone,
            items=items,
        ),
    )


def _cells(line: str) -> list[str]:
    group, item, category, zh, *words, unit, price, relief = line.split()
    return [group, item, category, zh, " ".join(words), unit, price, relief]


def _item(group: str, item: str, category: str, zh: str, en: str, unit: str, price: str, relief: str) -> PriceItem:
    return PriceItem.model_validate(
        {
            "id": item,
            "group": group,
            "kind": _KINDS[group],
            "category": _label(_CATEGORIES[category]),
            "name": Label(zh=zh, en=en),
            "unit": _label(_UNITS[unit]),
            "price_fen": int(price) * _YUAN,
            "relief_fen": int(relief) * _YUAN,
            "basis": _BASIS[group],
        }
    )


def _label(pair: tuple[str, str]) -> Label:
    return Label(zh=pair[0], en=pair[1])
