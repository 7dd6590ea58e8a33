"""The export package of addresses as files of the API, there and back (导入区划地名系统)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine, select

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY, Actor, covers
from cloud.domain.happened import IllegalStep
from cloud.matters.place_names import address_base, exchange
from cloud.matters.place_names import doorplate_records as records
from cloud.matters.place_names.address_base import StandardAddress
from cloud.ports import CityLog
from cloud.services.casework import BadForm, NotAllowed, Refused
from cloud.services.ledgers import Ledgers
from cloud.web.door import Door, actor_of

AreaCode = Annotated[str, Query(pattern=r"^3308[0-9]{2}([0-9]{3}([0-9]{3})?)?$")]
_MOST_BYTES = 16 << 20
_AT_ONCE = 1000
_a = records.address_std.c
Write = Callable[[Iterable[StandardAddress]], Iterator[str]]
Read = Callable[[str], list[StandardAddress]]
_FILES: Mapping[str, tuple[str, Write, Read]] = {
    "csv": ("text/csv; charset=utf-8", exchange.to_csv, exchange.from_csv),
    "geojson": ("application/geo+json", exchange.to_geojson, exchange.from_geojson),
}


class Package:
    """Both ways. Each method raises RecordsUnavailable."""

    def __init__(self, engine: Engine, log: CityLog, ledgers: Ledgers) -> None:
        self._engine, self._log, self._ledgers = engine, log, ledgers

    def rows(self, area: str) -> Iterator[StandardAddress]:
        """Of an area and below, former ones too, however many there are; in the order of their characters."""
        query = select(records.address_std).order_by(_a.address)
        if area != CITY:
            query = query.where(_a.area.startswith(area, autoescape=True))
        with available(), self._engine.connect() as db:
            for row in db.execute(query.execution_options(yield_per=_AT_ONCE)).mappings():
                yield StandardAddress.model_validate(dict(row))

    def take(self, rows: list[StandardAddress], actor: Actor) -> int:
        """How many were changed: all of them are there then or, at the first that cannot be, none is.

        Raises NotAllowed, BadPackage.
        """
        ledger, changed = self._ledgers.ledgers[address_base.NAME], 0
        if actor.role not in ledger.enters:
            raise NotAllowed(f"{ledger.name} is entered by {', '.join(sorted(ledger.enters))}, not by a {actor.role}")
        with self._log.writing() as writing:
            for n, row in enumerate(rows, 1):
                if not covers(actor.area, row.area):
                    raise NotAllowed(f"row {n}: {row.area} is not in {actor.area}")
                before = writing.books.ledger_row(ledger.name, ledger.key(row))
                try:
                    after = self._ledgers.enter_in(writing, ledger, row, actor)
                except (BadForm, IllegalStep, Refused) as wrong:
                    raise exchange.BadPackage(n, getattr(wrong, "zh", "") or str(wrong), str(wrong)) from None
                changed += before is None or before.version != after.version
        return changed


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, {"zh": "文件太大，请分批导入", "en": "too large: import it in parts"})
    return bytes(body)


def _no_department(request: Request) -> None:
    if actor_of(request).role == "department":
        raise HTTPException(403, "addresses are shared by the catalogue alone: POST /api/share/address_std")


def router(package: Package, door: Door) -> APIRouter:
    routes = APIRouter(prefix="/api/doorplates", dependencies=[Depends(door), Depends(_no_department)])
    for ending, (media, write, read) in _FILES.items():
        _add(routes, package, ending, media, write, read)
    return routes


def _add(routes: APIRouter, package: Package, ending: str, media: str, write: Write, read: Read) -> None:
    @routes.get(f"/export.{ending}", name=f"export_addresses_{ending}", response_class=StreamingResponse)
    def export(area: AreaCode = CITY) -> StreamingResponse:
        """Standard addresses of an area."""
        headers = {"Content-Disposition": f'attachment; filename="addresses-{area}.{ending}"'}
        return StreamingResponse(write(package.rows(area)), media_type=media, headers=headers)

    @routes.post(f"/import.{ending}", name=f"import_addresses_{ending}")
    def take(request: Request, body: Annotated[bytes, Depends(_body)]) -> dict[str, int]:
        """A file as the export gives it: all of it or, at the first row that cannot be, nothing."""
        try:
            rows = read(body.decode("utf-8"))
            return {"rows": len(rows), "changed": package.take(rows, actor_of(request))}
        except UnicodeDecodeError:
            raise HTTPException(422, {"zh": "文件不是 UTF-8 编码", "en": "the file is not UTF-8"}) from None
        except exchange.BadPackage as wrong:
            raise HTTPException(422, {"row": wrong.row, "zh": wrong.zh, "en": str(wrong)}) from None
        except NotAllowed as wrong:
            raise HTTPException(403, str(wrong)) from None
