"""Counts behind the public pages."""

from sqlalchemy import Connection, func, select

from cloud.adapters import tables as t
from contract.identifiers.area import AREAS


def cases_by_county(db: Connection, kind: str) -> dict[str, int]:
    """County -> cases that were opened. A case of a facility is counted where the facility is."""
    f, where = t.case_file.c, t.facility.c
    county = func.substr(func.coalesce(func.nullif(f.area, ""), where.area, ""), 1, 6)
    counted = select(county.label("county"), func.count().label("n")).select_from(
        t.case_file.outerjoin(t.facility, f.facility == where.id)
    )
    counted = counted.where(f.drill == "", f.state != "withdrawn", f.matter == kind)
    found: dict[str, int] = {row.county: row.n for row in db.execute(counted.group_by(county))}
    return {code: found.get(code, 0) for code in AREAS}
