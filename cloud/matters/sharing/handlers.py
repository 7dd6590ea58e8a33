"""Whose request it is, and each delivery, as a row that anybody can be shown."""

import json

from sqlalchemy import insert

from cloud.domain.happened import Happened
from cloud.matters.sharing.records import share_delivery, share_party
from cloud.matters.sharing.workflow import KIND
from cloud.ports import Books
from contract.events.city import CaseOpened, ShareDelivered


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseOpened(kind=kind, case=case, unit=unit) if kind == KIND:
            books.db.execute(insert(share_party).values(case=case, unit=unit))
        case ShareDelivered() as told:
            row = told.model_dump(include={"dataset", "request", "unit", "by", "purpose", "basis", "about", "rows"})
            row |= {"event": happened.event, "fields": json.dumps(list(told.fields), ensure_ascii=False)}
            books.db.execute(insert(share_delivery).values(at_ms=happened.at_ms, **row))
